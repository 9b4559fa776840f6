"""Questions about policy: seasons, milestones, claims, targets, published figures, the exchange sheet."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from config.places import Places
from report import (
    claims,
    exchange,
    milestones,
    published_beside,
    seasons,
    targets,
)
from report.answer import Answer
from report.exchange_sheet import sheet
from report.given import season_years
from web.api.asked import (
    Asked,
    BasisChoice,
    Name,
    OfPollutant,
    Text,
)
from web.desk import Desk


class Seasons(OfPollutant):
    """Seasons in figures, against a baseline and beside what was published, by vintage."""

    path = "/seasons"
    rows = "seasons"
    example = "region=kr-seoul&years=2018-2019"

    region: list[Name] = Field(
        min_length=1, max_length=20, description="Id or name; repeat it to set regions side by side."
    )
    basis: BasisChoice = "best"
    years: str | None = Field(
        None,
        pattern=r"^[0-9]{4}(-[0-9]{4})?$",
        description="Years in which the seasons begin.",
        examples=["2018-2024"],
    )
    season: list[Text] = Field([], max_length=20, description="As people name it: 6th, 제6차, 2024/25.")
    dates: Literal["own", "common"] = Field("own", description="Each country's own, or the common one.")
    through: str | None = Field(
        None, pattern=r"^[0-9]{2}-[0-9]{2}$", description="MM-DD: every season only until this day."
    )
    by: Literal["sido", "month"] | None = Field(None, description="The parts of the region; the months.")
    baseline: Text = Field("previous", description="previous, mean3 of the three before, or a season.")

    def answer(self, desk: Desk) -> Answer:
        # The span is set season by season; that of all of them says how much is asked.
        day = "2000-01-01"
        questions = [self.understood(desk, region=one, since=day, until=day) for one in self.region]
        years = season_years(desk.facts, questions[0].country, self.years, self.season)
        first, last = f"{years[0]}-01-01", f"{min(years[-1] + 1, 2100)}-12-31"
        for one in self.region:
            self.understood(desk, region=one, since=first, until=last)
        asked = seasons.Asked(years, self.dates, self.through, self.by, self.baseline)
        return seasons.ask(desk.store, desk.facts, questions, asked)


class Milestones(Asked):
    """The timeline: planned, held, slipped; with `region` the air before and after each limit and plan."""

    path = "/milestones"
    rows = "milestones"
    example = "country=KR&kind=plan"

    country: Text | None = Field(None, description="Part of the milestone's: KR, CN, KR-CN.")
    kind: Text | None = Field(None, description="standard, plan, season, meeting, ...")
    since: date | None = Field(None, description="First day.")
    until: date | None = Field(None, description="Last day (inclusive).")
    region: Name | None = Field(None, description="Show the air there before and after each step.")
    days: int = Field(365, ge=1, le=3660, description="Days before and after a step, with `region`.")

    def answer(self, desk: Desk) -> Answer:
        asked = milestones.Asked(self.country, self.kind, self.since, self.until)
        if self.region is None:
            return milestones.ask(desk.facts, asked)
        return milestones.around(desk.store, desk.facts, asked, self.region, self.days)


class Claims(Asked):
    """Checkable statements, each reading decided: supported, not supported, depends, not decidable."""

    path = "/claims"
    rows = "claims"

    claim: list[Text] = Field([], max_length=50, description="Ids of claims; without any, all.")
    region: Name | None = None

    def answer(self, desk: Desk) -> Answer:
        return claims.ask(desk.facts, self.claim, self.region)

    def lines(self, answer: Answer) -> list[Answer]:
        """A row a variant, with its claim."""
        return [
            {"claim": one["id"], "statement": one["statement"], "claim_verdict": one["verdict"]}
            | {key: value for key, value in variant.items() if key != "values"}
            for one in answer["claims"]
            for variant in one["variants"]
        ]


class Targets(Asked):
    """What plans set themselves and how far it has come, on each plan's own base, from published values."""

    path = "/targets"
    rows = "targets"
    example = "region=cn-beijing"

    region: Name | None = None
    computed: bool = Field(False, description="Put what the readings held give beside the published values.")

    def answer(self, desk: Desk) -> Answer:
        if self.computed:
            return targets.ask(desk.facts, self.region, desk.store)
        return targets.ask(desk.facts, self.region)


class Published(Asked):
    """What authorities published of a region, every vintage, beside what the readings held give."""

    path = "/published"
    rows = "figures"
    example = "region=cn-beijing&metric=pm25_mean"

    region: Name
    since: date | None = Field(None, description="First day.")
    until: date | None = Field(None, description="Last day (inclusive).")
    metric: Text | None = Field(None, description="pm25_mean, good_days, bad_days, measure_days, ...")

    def answer(self, desk: Desk) -> Answer:
        place = Places(desk.facts).region(self.region)
        return published_beside.ask(desk.store, desk.facts, place, self.since, self.until, self.metric)


class Exchange(Asked):
    """One sheet in Korean, Chinese and English with both countries' seasons side by side."""

    path = "/exchange"
    rows = "sheet"
    example = "season=2018"

    season: Text | None = Field(None, description="2024, 2024/25, 6th, 제6차; else the last that ended.")
    region: list[Name] = Field([], max_length=20, description="A region more on the sheet.")

    def answer(self, desk: Desk) -> Answer:
        answer = exchange.ask(desk.store, desk.facts, self.season, desk.now.date(), self.region)
        return {**answer, "sheet": sheet(answer)}

    def depends_on(self, desk: Desk) -> str | None:
        """Which season is the last depends on the day."""
        return desk.now.date().isoformat()


QUESTIONS: tuple[type[Asked], ...] = (Seasons, Milestones, Claims, Targets, Published, Exchange)
