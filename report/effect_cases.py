"""Which measure days are looked at together: of one unit and period, with or without vehicle rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from config.facts import Facts
from config.places import Places
from report.answer import Answer
from report.day_decision import units_of
from report.effect_evenings import Known
from report.measures import Ledger, vehicle_rules
from report.outlooks import Outlooks
from report.question import Question
from report.stations_held import Desk
from report.unit_hours import UnitHours, sido_of

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Case:
    """The measure days of one unit in one period, with or without vehicle rules."""

    unit: str
    first: date
    last: date
    vehicle_rules: bool
    days: tuple[date, ...]
    aside: tuple[date, ...]
    told: int

    def as_json(self) -> Answer:
        """The case as answers name it."""
        return {
            "region": self.unit,
            "period": {"from": self.first.isoformat(), "to": self.last.isoformat()},
            "vehicle_rules": self.vehicle_rules,
        }


def looked_after(facts: Facts, places: Places, region: str, kind: str) -> tuple[date, date] | None:
    """From when until when the list of measures of a region, or of one that holds it, was looked after."""
    around = {region, *places.regions_of(sido_of(facts, region))}
    spans = [one for one in facts.measure_coverage if one.kind == kind and one.region in around]
    if not spans:
        return None
    return min(one.start for one in spans), max(one.end for one in spans)


def cases(known: Known, question: Question, kind: str) -> Iterator[Case]:
    """Every unit that decides, its periods between changes of policy, with and without vehicle rules.

    A day after the list of measures ends is none without a measure, so the list's end cuts the span.
    """
    desk = known.desk
    hours = UnitHours(desk, question, question.first_day, question.last_day)
    outlooks = Outlooks(hours, "issued", ())
    region = question.region.id if question.region else ""
    for unit in units_of(outlooks, region, question.first_day, question.last_day):
        ledger = Ledger(desk.facts, desk.places, unit)
        since, until = looked_after(desk.facts, desk.places, unit, kind) or (date.max, date.min)
        first, last = max(question.first_day, since), min(question.last_day, until)
        bound = {one.date: bool(vehicle_rules(one)) for one in ledger.within(first, last, [kind])}
        for period in _periods(desk, unit, first, last):
            for rules in (True, False):
                listed = [day for day in sorted(bound) if period[0] <= day <= period[1]]
                days = tuple(day for day in listed if bound[day] is rules)
                aside = tuple(day for day in listed if bound[day] is not rules)
                if days:
                    told = sum(known.forecast(unit, day) is not None for day in days)
                    yield Case(unit, *period, rules, days, aside, told)


def _periods(desk: Desk, unit: str, first: date, last: date) -> Iterator[tuple[date, date]]:
    """The span parted wherever another policy begins or ends: nothing is pooled across."""
    around = {unit, *desk.places.regions_of(sido_of(desk.facts, unit))}
    edges = {
        edge
        for one in desk.facts.confounders
        if one.kind == "policy" and around & set(one.regions)
        for edge in (one.start, one.end + _DAY)
        if first < edge <= last
    }
    starts = [first, *sorted(edges)]
    for start, following in zip(starts, [*starts[1:], last + _DAY], strict=True):
        if start < following:
            yield start, following - _DAY
