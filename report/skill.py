"""`yellowsea forecasts`: how well the stored forecasts came true, by region, product, lead and grade.

What a forecast is worth shows beside persistence, which says of each day what the last whole day before the
issue was: a bulletin that knows no more than that helps nobody. Model series stand beside them; they have no
issue time, so they are hindcasts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from analysis.averages import round_half_up
from analysis.skill import Floats, Table, onsets, table, wilson
from config.clock import civil
from config.facts import Facts
from config.rules import Halves
from config.scales import Grade
from report.answer import Answer, data_of_place, method_of_place, number
from report.forecasts import Expected, expected, hull
from report.panel import region_parts
from report.question import NothingHeldError, Question, QuestionError
from report.regional import PlaceValues, day_values
from report.stations_held import Desk
from store.engine import Store
from store.forecasts import Forecast, days_forecast, issued_for

Bools = npt.NDArray[np.bool_]

# The separate forecast of high concentrations; the measure's criterion is a day mean above it.
HIGH = 50.0
METHOD = {
    "observed": "regional day mean; grades by the mean rounded half up, 'above 50' by the unrounded one",
    "forecast": "yes where its lower bound lies at or above the limit, no where its upper bound does not "
    "exceed it, else not decided",
    "persistence": "the last whole civil day before the issue, of the same days",
    "intervals": "95 %, Wilson 1927; they take days for independent, but bad days come in runs: the truth is "
    "wider",
    "scores": "Wilks 2019, chapter 9; null where there is no case to take them of",
}


@dataclass(frozen=True)
class Event:
    """What is forecast or not: a day mean above a limit, which grades may move by date."""

    name: str
    limits: Floats
    rounded: bool

    def of(self, means: Floats) -> Floats:
        """Whether the day means (day,) are above: 1, 0, NaN."""
        seen = round_half_up(means) if self.rounded else means
        return np.where(np.isnan(means), np.nan, (seen > self.limits).astype(np.float64))

    def told(self, day: int, bounds: Expected) -> float:
        """Whether bounds say that a day is above."""
        if bounds.above is not None and bounds.above >= self.limits[day]:
            return 1.0
        return 0.0 if bounds.up_to is not None and bounds.up_to <= self.limits[day] else np.nan


@dataclass(frozen=True)
class _Lead:
    """One product at one lead: what it says of each day, and the day that persistence goes by.

    A bulletin says bounds; a model says a mean (day,).
    """

    product: str
    lead_days: int | None = None
    issue_hour: int | None = None
    bounds: dict[int, Expected] = field(default_factory=dict)
    before: dict[int, int] = field(default_factory=dict)
    means: Floats | None = None

    def told(self, event: Event, days: int) -> Floats:
        """Whether it says that the event comes (day,): 1, 0, NaN."""
        if self.means is not None:
            return event.of(self.means)
        said = np.full(days, np.nan)
        for day, bounds in self.bounds.items():
            said[day] = event.told(day, bounds)
        return said

    def given(self, days: int) -> Bools:
        """The days of which it says anything (day,)."""
        if self.means is not None:
            return np.asarray(~np.isnan(self.means))
        said = np.zeros(days, bool)
        said[list(self.bounds)] = True
        return said


def ask(store: Store, facts: Facts, question: Question) -> Answer:
    """The skill of every product held for the region, or for each sido of a larger one.

    Raises
    ------
    NothingHeldError
        Where no forecast of the span is held, or no day mean to set it beside.
    QuestionError
        For stations, or spans of times.
    """
    if question.region is None or not question.whole_days:
        raise QuestionError(
            "forecasts speak of regions and days: --region seoul --from 2024-12-01 --to 2025-03-31"
        )
    with store.read() as connection:
        desk = Desk(connection, facts)
        rows: list[Answer] = []
        places: list[tuple[Question, PlaceValues]] = []
        for region in region_parts(desk, question):
            part = replace(question, region=facts.regions[region])
            try:
                place = day_values(desk, part)
            except NothingHeldError:
                continue
            found = list(_rows(desk, part, place))
            rows += found
            places += [(part, place)] if found else []
        if not rows:
            span = f"from {question.first_day} to {question.last_day}"
            told = f"no forecast of {question.place} is held {span} beside day means"
            raise NothingHeldError(told, _spans(desk, region_parts(desk, question)))
        part, place = places[0]
        return {
            "question": question.as_json(),
            "method": {**method_of_place(desk, part, place), **METHOD},
            "data": data_of_place(desk, place)
            | {"regions": [one.region.id for one, _ in places if one.region]},
            "skill": rows,
        }


def _spans(desk: Desk, regions: list[str]) -> list[str]:
    """Which forecasts are held of the regions, a line a product."""
    held = days_forecast(desk.connection, regions)
    return [f"forecasts {product} for {first} to {last}" for product, first, last in held]


def events(facts: Facts, question: Question, days: int) -> list[Event]:
    """The grades above the lowest, each by the limit of its date, and a day mean above 50."""
    limits: dict[str, Floats] = {}
    for one in facts.all("grades", Grade):
        if (one.country, one.pollutant) != (question.country, question.pollutant) or one.lo == 0:
            continue
        row = limits.setdefault(one.name_en, np.full(days, np.nan))
        for day in range(days):
            if one.holds_on(question.first_day + timedelta(days=day)):
                row[day] = one.lo - 1
    graded = [Event(f"{name} or worse", row, rounded=True) for name, row in limits.items()]
    return [*graded, Event(f"above {HIGH:g}", np.full(days, HIGH), rounded=False)]


def _rows(desk: Desk, question: Question, place: PlaceValues) -> Iterator[Answer]:
    asked = events(desk.facts, question, len(place.value))
    for lead in [*_leads(desk, question), *_models(desk, question)]:
        for event in asked:
            observed = event.of(place.value)
            told = lead.told(event, len(observed))
            if not np.isnan(told).all() and (lead.given(len(observed)) & ~np.isnan(observed)).any():
                yield _row(question, lead, event, told, observed)


def _row(question: Question, lead: _Lead, event: Event, told: Floats, observed: Floats) -> Answer:
    given = lead.given(len(observed))
    found = table(told[given], observed[given])
    lasting = np.full(len(observed), np.nan)
    for day, before in lead.before.items():
        if before >= 0 and not np.isnan(told[day]):
            lasting[day] = observed[before]
    first = onsets(observed) & ~np.isnan(told)
    low, high = wilson(found.hits, found.hits + found.misses)
    return {
        "region": question.region.id if question.region else None,
        "product": lead.product,
        "lead_days": lead.lead_days,
        "issue_hour": lead.issue_hour,
        "event": event.name,
        **_scores(found),
        "hit_rate_low": number(low),
        "hit_rate_high": number(high),
        "not_decided": found.not_decided,
        "not_observed": found.not_observed,
        "first_days": int(np.count_nonzero(first)),
        "first_days_hit": int(np.count_nonzero(first & (told == 1))),
        "persistence": _scores(table(lasting[given], observed[given])) if lead.before else None,
    }


def _scores(found: Table) -> Answer:
    return {
        "n": found.n,
        "hits": found.hits,
        "misses": found.misses,
        "false_alarms": found.false_alarms,
        "correct_negatives": found.correct_negatives,
        "hit_rate": number(found.hit_rate),
        "false_alarm_ratio": number(found.false_alarm_ratio),
        "critical_success_index": number(found.critical_success_index),
        "bias": number(found.bias),
        "accuracy": number(found.accuracy),
        "peirce": number(found.peirce),
        "base_rate": number(found.base_rate),
    }


def _leads(desk: Desk, question: Question) -> list[_Lead]:
    """The stored bulletins by product, lead in civil days, and hour of issue."""
    zone = civil(question.zone)
    leads: dict[tuple[str, int, int], _Lead] = {}
    for (product, issued, for_date), bounds in _told(desk, question).items():
        at = issued.astimezone(zone)
        key = (product, (for_date - at.date()).days, at.hour)
        lead = leads.setdefault(key, _Lead(*key))
        day = (for_date - question.first_day).days
        lead.bounds[day] = bounds
        lead.before[day] = (at.date() - question.first_day).days - 1
    return [leads[key] for key in sorted(leads)]


def _told(desk: Desk, question: Question) -> dict[tuple[str, datetime, date], Expected]:
    """Each bulletin's bounds for the region; those of its halves together where it speaks of halves."""
    if question.region is None:
        return {}
    region = question.region.id
    halves = next(
        (one.parts.split("|") for one in desk.facts.all("halves", Halves) if one.region == region), []
    )
    grouped: dict[tuple[str, datetime, date], dict[str, Forecast]] = {}
    for one in issued_for(
        desk.connection, [region, *halves], question.pollutant, question.first_day, question.last_day
    ):
        grouped.setdefault((one.product, one.issued_at, one.for_date), {})[one.region] = one
    found = {}
    for key, by_region in grouped.items():
        whole = by_region.get(region)
        parts = [by_region.get(half) for half in halves]
        bounds = expected([whole]) if whole else hull(expected([one]) if one else None for one in parts)
        if bounds is not None:
            found[key] = bounds
    return found


def _models(desk: Desk, question: Question) -> Iterator[_Lead]:
    """Day means of the model networks that are held, as forecasts without an issue time."""
    for network in desk.facts.networks.values():
        if network.answers_by != "model":
            continue
        try:
            place = day_values(desk, replace(question, network=network.id))
        except NothingHeldError:
            continue
        yield _Lead(network.id, means=place.value)
