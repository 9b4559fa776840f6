"""How often a rule fires in winter at all: what a notice says depends on it.

A rule that fires on half of all winter days tells nobody anything; so a dry run prints beside its notices on
which share of winter days the rule, and its upwind part alone, would have fired.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from analysis.truth import Truth
from config.clock import civil
from config.facts import Facts
from config.notices import NoticeRule
from config.policy import SeasonSystem
from hotline.rules import forecast, sight, upwind_part
from hotline.scene import Mode, Scene
from report.answer import Answer
from report.stations_held import Desk

WINTERS = 5
_DAY = timedelta(days=1)
# When forecasts and day means move, hours of civil time; alerts move every hour.
_LOOKS = (0, 6, 12, 18)


@dataclass
class Count:
    """Days on which something held, of those for which it is known."""

    fired: int = 0
    known: int = 0

    def add(self, truth: Truth) -> None:
        """One more day."""
        self.fired += truth is True
        self.known += truth is not None

    def as_json(self) -> Answer:
        """Days, and their share; null where none is known."""
        share = self.fired / self.known if self.known else None
        return {"days": self.fired, "known_days": self.known, "share": share}


def winters(facts: Facts, last: date) -> list[tuple[date, date]]:
    """The Korean management seasons that began in the five years up to a day, oldest first."""
    system = next(one for one in facts.all("season_systems", SeasonSystem) if one.country == "KR")
    spans = (system.window(year) for year in range(last.year - WINTERS - 1, last.year + 1))
    return [span for span in spans if span[0] <= last][-WINTERS:]


def base_rates(desk: Desk, judged: list[tuple[NoticeRule, str]], last: date, mode: Mode) -> list[Answer]:
    """For each rule and subject the winter days on which it fires; its upwind and forecast parts alone."""
    spans = winters(desk.facts, last)
    counts = {(rule.id, subject): (Count(), Count(), Count()) for rule, subject in judged}
    for first, end in spans:
        scene = Scene(desk, _moment(first, 0), _moment(end + _DAY, 0), mode)
        held = {(s, r.pollutant) for r, s in judged if scene.held(s, r.pollutant)}
        for rule, subject in judged:
            if (subject, rule.pollutant) in held or rule.about == "forecast":
                _count(counts[rule.id, subject], rule, subject, scene, first, end)
    return [
        {
            "rule": rule.id,
            "subject": subject,
            "winters": f"{spans[0][0]} to {spans[-1][1]}",
            "fires": whole.as_json(),
            "upwind_alone": up.as_json() if rule.about == "upwind" else None,
            "forecast_alone": ahead.as_json() if rule.about == "upwind" else None,
        }
        for rule, subject in judged
        for whole, up, ahead in [counts[rule.id, subject]]
    ]


def _count(
    counts: tuple[Count, Count, Count], rule: NoticeRule, subject: str, scene: Scene, first: date, end: date
) -> None:
    whole, up, ahead = counts
    for day in _days(first, end):
        looks = [_moment(day, hour) for hour in (range(24) if rule.about == "alert" else _LOOKS)]
        whole.add(_any(sight(rule, subject, scene, at).level for at in looks))
        if rule.about == "upwind":
            ahead.add(_any(forecast(rule, subject, scene, at).level for at in looks))
            truths = [upwind_part(rule, scene, at)[0] for at in looks]
            up.add(_any(None if truth is None else int(truth) for truth in truths))


def _any(levels: Iterator[int | None]) -> Truth:
    """Whether any look of a day found the rule to hold; None where none of them could tell."""
    known = [level for level in levels if level is not None]
    return any(known) if known else None


def _days(first: date, end: date) -> Iterator[date]:
    for one in range((end - first).days + 1):
        yield first + one * _DAY


def _moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), civil("Asia/Seoul"))
