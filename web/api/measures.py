"""Questions about measures: listed, linked with episodes, decided anew, and what is known at 17:15."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from report import (
    brief,
    links,
    measures,
    replay,
)
from report.answer import Answer
from report.episodes import profile_of
from report.question import instant
from web.api.asked import (
    AboutPlace,
    Asked,
    BasisChoice,
    Moment,
    Name,
    OfPollutant,
    Spanned,
    Text,
)
from web.desk import Desk

WINTER = "region=kr-seoul&from=2018-12-01&to=2019-03-31"


class Measures(Asked):
    """The measures that are listed, each with its source, and how far each list reaches."""

    path = "/measures"
    rows = "measures"
    example = WINTER

    region: Name | None = None
    since: date | None = Field(None, description="First day.")
    until: date | None = Field(None, description="Last day (inclusive).")
    kind: Text | None = Field(None, description="emergency, preliminary or heavy-alert.")

    def answer(self, desk: Desk) -> Answer:
        return measures.ask(desk.facts, self.region, self.since, self.until, self.kind)


class Links(AboutPlace):
    """Episodes with the measures around them: announced, in force, covered or not."""

    path = "/measures/link"
    rows = "links"
    example = WINTER

    profile: Text | None = Field(None, description="Of days: kr-high-day unless given.")

    def answer(self, desk: Desk) -> Answer:
        question = self.understood(desk)
        chosen = profile_of(desk.facts, question, self.profile)
        return links.ask(desk.store, desk.facts, question, chosen)

    def lines(self, answer: Answer) -> list[Answer]:
        """An episode with each of its measures; one row without, where none is known."""
        return [
            {"episode": one["episode"], "measure": measure}
            for one in answer["links"]
            for measure in one["measures"] or [None]
        ]


class Replay(Spanned, OfPollutant):
    """Decide measures and alerts anew by the rule of the date, beside what was issued."""

    path = "/measures/replay"
    rows = "decisions"
    example = f"{WINTER}&forecast=observed"

    region: Name | None = None
    basis: BasisChoice = "best"
    rule: Literal["kr-emergency", "kr-advisory", "kr-warning", "cn-alert"] = "kr-emergency"
    forecast: Literal["issued", "observed", "none"] = Field(
        "issued", description="As issued then; hindcasts: the observed day means instead, or none."
    )
    window: str | None = Field(
        None,
        pattern=r"^[0-9]{1,2}-[0-9]{1,2}$",
        description="Hours of today's mean, hour-ending labels: 1-16 is the law's 0-16 h.",
    )

    def answer(self, desk: Desk) -> Answer:
        question = self.understood(desk)
        return replay.ask(desk.store, desk.facts, question, self.rule, self.forecast, self.window)

    @classmethod
    def row_keys(cls) -> tuple[str, ...]:
        """Decisions or alerts."""
        return ("decisions", "alerts")

    def rows_of(self) -> str:
        """Advisories and warnings are alerts, not decisions."""
        return "alerts" if self.rule in ("kr-advisory", "kr-warning") else "decisions"


class Brief(Asked):
    """The sheet of 17:15: today's air, alerts, forecasts, and what the rule says of tomorrow, by sido."""

    path = "/brief"
    rows = "regions"
    example = "at=2019-03-04T17:15%2B09:00"

    at: Moment | None = Field(None, description="The moment, an ISO time with offset; now unless given.")
    region: Name | None = None

    def answer(self, desk: Desk) -> Answer:
        moment = instant(self.at, "Asia/Seoul") if self.at else desk.now
        return brief.ask(desk.store, desk.facts, self.region, moment)

    def depends_on(self, desk: Desk) -> str | None:  # noqa: ARG002
        """Without a moment, on the hour."""
        return "" if self.at else None


QUESTIONS: tuple[type[Asked], ...] = (Measures, Links, Replay, Brief)
