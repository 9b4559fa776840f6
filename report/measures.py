"""`yellowsea measures list`: what was announced, where and when, and how far the list reaches.

Past the day to which a list was looked after a day without a measure is one without a *known* measure,
never one without a measure; so it is before that day, unless the list is marked complete.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from typing import Any

from config.clock import civil
from config.facts import Facts
from config.places import Places
from config.policy import Coverage, Measure
from config.rules import MeasureRule
from report.answer import NO_READINGS, Answer
from report.question import QuestionError

KINDS = ("emergency", "preliminary", "heavy-alert")
UNKNOWN, NONE = "no measure known", "no measure"
WORDS = f"a day without a row: {UNKNOWN}; where the list is complete: {NONE}"


@dataclass(frozen=True)
class Ledger:
    """The measures that concern a region, of any kind.

    A region is concerned by measures of its own, of its parts, and of the sido that it is a part of.
    """

    facts: Facts
    places: Places
    region: str

    @property
    def concerned(self) -> set[str]:
        """The regions whose measures count for this one."""
        inside = {self.region, *self._units(self.region)}
        parts = {part for part, rows in self.facts.districts.items() if {r.area for r in rows} & inside}
        halves = {part for part in parts if self.facts.regions[part].kind == "part"}
        above = {row.area for row in self.facts.districts.get(self.region, [])}
        return inside | halves | above

    def within(self, first: date, last: date, kinds: Iterable[str] = KINDS) -> list[Measure]:
        """The measures in force on a day from `first` to `last`, in order."""
        wanted, kinds = self.concerned, set(kinds)
        return [
            one
            for one in self.facts.measures
            if one.region in wanted and one.kind in kinds and first <= one.date <= last
        ]

    def days(self, first: date, last: date, kind: str = "emergency") -> list[date]:
        """The dates on which any of the regions concerned had a measure: how the ministry counts."""
        return sorted({one.date for one in self.within(first, last, [kind])})

    def known_through(self, kind: str = "emergency") -> date | None:
        """The last day to which the list was looked after; None where it never was."""
        return max((one.end for one in self._coverage(kind)), default=None)

    def word(self, day: date, kind: str = "emergency") -> str:
        """What is said of a day without a row."""
        complete = any(one.complete and one.start <= day <= one.end for one in self._coverage(kind))
        return NONE if complete else UNKNOWN

    def complete(self, first: date, last: date, kind: str = "emergency") -> bool:
        """Whether none is missing from `first` to `last`."""
        days = range((last - first).days + 1)
        return all(self.word(first + timedelta(days=one), kind) == NONE for one in days)

    def _coverage(self, kind: str) -> list[Coverage]:
        """The spans that speak of the region: its own, and those of regions that hold all its units."""
        return [one for one in self._spans if one.kind == kind]

    @cached_property
    def _spans(self) -> list[Coverage]:
        rows = self.facts.measure_coverage
        units = {row.area for row in self.facts.districts.get(self.region, [])} or self._units(self.region)
        country = self.facts.regions[self.region].country
        named = {row.region for row in rows if self.facts.regions[row.region].country == country}
        around = {one for one in named if units <= self._units(one)}
        return [one for one in rows if one.region in {self.region, *around}]

    def _units(self, region: str) -> set[str]:
        """The sido or cities that a region has ever consisted of."""
        return set(self.places.leaves(region, date.min, date.max))


def announced(facts: Facts, measure: Measure, zone: str) -> tuple[datetime | None, str]:
    """When a measure was announced, and how that is known: `time`, or `day` with the hour of the rule."""
    if measure.announced_at is not None:
        return measure.announced_at, "time"
    if measure.announced_on is None:
        return None, "not known"
    rules = [
        rule
        for rule in facts.all("measure_rules", MeasureRule)
        if rule.rule == f"kr-{measure.kind}" and rule.holds_on(measure.announced_on)
    ]
    if not rules:
        return None, "day"
    at = time.fromisoformat(rules[0].decide_at)
    return datetime.combine(measure.announced_on, at, civil(zone)), "day"


def vehicle_rules(measure: Measure) -> bool | None:
    """Whether vehicles were restricted: as listed, else by the rule (not on weekends and holidays).

    Source: Special Act on fine dust, art. 18 and its notices; a preliminary measure binds the public sector.
    """
    if measure.vehicle_rules is not None:
        return measure.vehicle_rules
    if measure.kind == "emergency":
        return not free_day(measure.date)
    return None


@cache
def _holidays() -> Any:
    import holidays

    return holidays.country_holidays("KR")


def free_day(day: date) -> bool:
    """Whether a day is a Saturday, a Sunday or a public holiday in Korea."""
    return day.weekday() >= 5 or day in _holidays()


def told(facts: Facts, measure: Measure) -> Answer:
    """A measure as answers show it."""
    zone = facts.regions[measure.region].zone
    at, precision = announced(facts, measure, zone)
    return {
        "date": measure.date.isoformat(),
        "region": measure.region,
        "kind": measure.kind,
        "step": measure.step,
        "announced_at": _iso(at),
        "announced_precision": precision,
        "in_force_from": _iso(measure.in_force_from),
        "in_force_to": _iso(measure.in_force_to),
        "lifted_at": _iso(measure.lifted_at),
        "criterion": measure.criterion,
        "vehicle_rules": vehicle_rules(measure),
        "status": measure.status,
        "source": measure.source,
        "confidence": measure.confidence,
        "note": measure.note,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def ask(
    facts: Facts, region: str | None, first: date | None, last: date | None, kind: str | None = None
) -> Answer:
    """Every listed measure of a region (of all without one) in a span, and how far each list reaches.

    Raises
    ------
    UnknownPlaceError, AmbiguousPlaceError
    QuestionError
        For a kind that there is not.
    """
    if kind is not None and kind not in KINDS:
        raise QuestionError(f"no kind of measure is called {kind!r}; there are {', '.join(KINDS)}")
    places = Places(facts)
    asked = [places.region(region).id] if region else ["kr", "cn"]
    ledgers = [Ledger(facts, places, one) for one in asked]
    kinds = [kind] if kind else list(KINDS)
    rows = [
        told(facts, one)
        for ledger in ledgers
        for one in ledger.within(first or date.min, last or date.max, kinds)
    ]
    through = [
        {
            "region": ledger.region,
            "kind": one,
            "known_through": _day(ledger.known_through(one)),
            "complete": bool(first and last) and ledger.complete(first, last, one),  # type: ignore[arg-type]
        }
        for ledger in ledgers
        for one in kinds
        if ledger.known_through(one)
    ]
    return {
        "question": {"region": region, "from": _day(first), "to": _day(last), "kind": kind},
        "method": {"words": WORDS},
        "data": NO_READINGS,
        "measures": rows,
        "known_through": through,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
