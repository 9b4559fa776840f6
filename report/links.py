"""`yellowsea measures link`: episodes and the measures around them, with numerators and denominators.

A measure is announced at 17:00 for the next day, so its criterion of today's mean cannot cover the first
day of a run: first and later days are counted apart. Days with a measure that stayed at or below the
threshold are named so. Nothing here says what a measure brought about.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from analysis.episodes import Profile, find
from config.clock import civil
from config.facts import Facts
from config.policy import Measure
from report import episodes, measures
from report.answer import Answer, data_of_place, method_of_place
from report.measures import Ledger
from report.question import NothingHeldError, Question, QuestionError
from report.regional import PlaceValues, day_values
from report.stations_held import Desk
from store.engine import Store

# "link takes measures within 48 h either side of an episode" (INTERFACE).
AROUND = timedelta(hours=48)


@dataclass(frozen=True)
class HighDays:
    """The days of the span: which met the profile, which had a value, and which began a run."""

    high: list[date]
    valued: set[date]
    first: set[date]


def ask(store: Store, facts: Facts, question: Question, profile: Profile) -> Answer:
    """Each episode with its measures, and how many high days were covered.

    Raises
    ------
    NothingHeldError
        Where nothing is held for the question.
    QuestionError
        For a profile of hours or a span that is not whole days: coverage is counted in days.
    """
    if question.region is None:
        raise QuestionError("measures are issued for regions: ask with --region")
    if profile.every != "day":
        raise QuestionError(f"{profile.id} is a profile of hours; measures are linked to days: kr-high-day")
    found = episodes.ask(store, facts, question, profile)
    with store.read() as connection:
        desk = Desk(connection, facts)
        before = _day_before(desk, question, found.place.basis)
        ledger = Ledger(facts, desk.places, question.region.id)
        near = ledger.within(question.first_day - timedelta(days=3), question.last_day + timedelta(days=3))
        days = _days(found.place, question, profile, before)
        summary, lists = _summary(ledger, question, days)
        return {
            "question": found.answer["question"],
            "method": {
                **method_of_place(desk, question, found.place),
                "profile": found.answer["method"]["profile"],
                "around_hours": AROUND // timedelta(hours=1),
                "covered": "an emergency measure is in force on the day in the region or a part of it",
                "words": measures.WORDS,
            },
            "data": _with_notes(data_of_place(desk, found.place), facts, question),
            "links": [_link(facts, question, one, near, days) for one in found.answer["episodes"]],
            "summary": summary,
            **lists,
        }


def _day_before(desk: Desk, question: Question, basis: Any) -> float:
    """The mean of the day before the span: it tells whether a run began there."""
    day = timedelta(days=1)
    try:
        asked = replace(question, first=question.first - day, end=question.first, basis=basis)
        values = day_values(desk, asked)
    except NothingHeldError:
        return float("nan")
    return float(values.value[0])


def _days(place: PlaceValues, question: Question, profile: Profile, before: float) -> HighDays:
    values = np.concatenate([[before], place.value])
    meets = np.zeros(len(values), bool)
    for one in find(values, profile):
        meets[int(one["start"]) : int(one["end"])] = True
    meets &= ~np.isnan(values)
    start = question.first_day - timedelta(days=1)
    of = [start + timedelta(days=index) for index in range(len(values))]
    inside = range(1, len(values))
    return HighDays(
        [of[i] for i in inside if meets[i]],
        {of[i] for i in inside if not np.isnan(values[i])},
        {of[i] for i in inside if meets[i] and not meets[i - 1]},
    )


def _summary(ledger: Ledger, question: Question, days: HighDays) -> tuple[Answer, dict[str, list[str]]]:
    first, last = question.first_day, question.last_day
    issued = ledger.within(first, last + timedelta(days=1), ["emergency"])
    in_force = {one.date for one in issued if one.date <= last}
    announced = {one.announced_on for one in issued if one.announced_on}
    low = sorted((in_force & days.valued) - set(days.high))
    later = set(days.high) - days.first
    through = ledger.known_through()
    summary = {
        "high_days": len(days.high),
        "high_days_covered": len(in_force & set(days.high)),
        "first_days": len(days.first),
        "first_days_covered": len(in_force & days.first),
        "later_days": len(later),
        "later_days_covered": len(in_force & later),
        "announced_same_day": len((announced & set(days.high)) - in_force),
        "measure_days": len(in_force),
        "measure_days_high": len(in_force & set(days.high)),
        "measure_days_at_or_below": len(low),
        "measure_days_without_value": len(in_force - days.valued),
        "measure_days_with_vehicle_rules": len(
            {one.date for one in issued if one.date <= last and measures.vehicle_rules(one)}
        ),
        "known_through": through.isoformat() if through else None,
        "complete": ledger.complete(first, last),
    }
    without = sorted(set(days.high) - in_force)
    lists = {
        "days_without_known_measure": [day.isoformat() for day in without],
        "measure_days_at_or_below": [day.isoformat() for day in low],
    }
    return summary, lists


def _link(facts: Facts, question: Question, episode: Answer, near: list[Measure], days: HighDays) -> Answer:
    start, end = (datetime.fromisoformat(episode[key]) for key in ("start", "end"))
    linked = []
    for one in near:
        begins, ends = in_force(one, question.zone)
        if ends > start - AROUND and begins < end + AROUND:
            linked.append(_related(facts, one, (begins, ends), (start, end), days))
    return {"episode": episode, "measures": linked}


def in_force(measure: Measure, zone: str) -> tuple[datetime, datetime]:
    """From when until when a measure was in force; its civil day where the hours are not known."""
    midnight = datetime.combine(measure.date, time(), civil(zone))
    ends = measure.lifted_at or measure.in_force_to or midnight + timedelta(days=1)
    return measure.in_force_from or midnight, ends


def _related(
    facts: Facts,
    measure: Measure,
    force: tuple[datetime, datetime],
    episode: tuple[datetime, datetime],
    days: HighDays,
) -> Answer:
    (begins, ends), (start, end) = force, episode
    overlap = max(timedelta(0), min(ends, end) - max(begins, start))
    relation = "during" if overlap else ("before" if ends <= start else "after")
    timed = measure.in_force_from and measure.in_force_to
    told = measures.told(facts, measure)
    at = datetime.fromisoformat(told["announced_at"]) if told["announced_at"] else None
    return {
        **told,
        "relation": relation,
        "lead_hours": None if at is None else (start - at) / timedelta(hours=1),
        "overlap_hours": overlap / timedelta(hours=1) if timed else None,
        "nth_of_run": _nth(measure.date, days),
    }


def _nth(day: date, days: HighDays) -> int | None:
    """Which day of its run of high days a date is, from 1; None where it is not high, or began unseen."""
    high, n = set(days.high), 0
    while day in high:
        n += 1
        if day in days.first:
            return n
        day -= timedelta(days=1)
    return None


def _with_notes(data: Answer, facts: Facts, question: Question) -> Answer:
    """What else was in force in the span and must not be pooled over."""
    first, last = question.first_day, question.last_day
    crossed = [
        f"{one.title} ({one.start}): do not pool days before and after"
        for one in facts.confounders
        if one.kind in ("policy", "method")
        and any(facts.regions[region].country == question.country for region in one.regions)
        and first < one.start <= last
    ]
    return {**data, "notes": [*data["notes"], *crossed]}
