"""The mean of a region over a span of civil days, for reports that put it beside something else.

It is given only where it can stand beside another: with enough valid days, in one reference state.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from analysis.averages import period_means
from report.answer import Answer, data_of_feeds
from report.published import Computed
from report.question import NothingHeldError, ask
from report.regional import PlaceValues, day_values
from report.stations_held import Desk

# A mean of fewer days than three of four would be that of another span. Korea asks 75 % of a month or a
# year (yearbook of air quality); China a little more: 27 days of a month, 324 of a year.
ENOUGH = 0.75


@dataclass(frozen=True)
class SpanDays:
    """The day means of a region in a span, ug/m3, NaN where not valid, and how they came about."""

    region: str
    start: date
    place: PlaceValues
    networks: frozenset[str]

    def part(self, first: date, last: date) -> npt.NDArray[np.float64]:
        """The day means from `first` to `last`, inclusive."""
        at = (first - self.start).days
        return self.place.value[at : at + (last - first).days + 1]

    @property
    def computed(self) -> Computed:
        """What a figure from these days stands on."""
        cities = len(self.place.panel.rows) if self.region.startswith("cn") else None
        states = frozenset(one.reference_state for one in self.place.origins)
        return Computed(states, cities=cities if cities and cities > 1 else None)


def span_days(desk: Desk, region: str, first: date, last: date) -> SpanDays | None:
    """The day means of a region; None where nothing is held of the span."""
    try:
        asked = ask(desk.facts, desk.places, region=region, since=first.isoformat(), until=last.isoformat())
        place = day_values(desk, asked)
    except NothingHeldError:
        return None
    networks = frozenset(desk.feeds[one.feed].network for one in place.origins)
    return SpanDays(region, first, place, networks)


def mean_of(days: SpanDays | None, first: date, last: date) -> Answer:
    """The mean of a part of the days with its capture; null, and `why`, where too few are valid.

    Unit ug/m3. `n` counts valid days, `capture` is their share of the calendar.
    """
    expected = (last - first).days + 1
    told: Answer = {
        "start": first.isoformat(),
        "end": last.isoformat(),
        "mean": None,
        "n": 0,
        "days": expected,
    }
    if days is None:
        return {**told, "capture": 0.0, "basis": None, "stations": None, "why": "not held"}
    values = days.part(first, last)
    n = int(np.count_nonzero(~np.isnan(values)))
    capture = n / expected
    told |= {"n": n, "capture": capture, "basis": days.place.basis, "stations": days.place.panel.stations}
    if capture < ENOUGH:
        return {**told, "why": "not held" if not n else f"only {n} of {expected} days are valid"}
    mean = float(period_means(values, np.zeros(expected, np.int8)).mean[0])
    return {**told, "mean": mean, "why": None}


def state_change(desk: Desk, days: SpanDays, first: date, last: date, pollutant: str = "pm25") -> str | None:
    """The first change of reference state of the answering networks within the span, as words.

    A difference over such a day needs temperature and pressure of every hour and is refused without.
    """
    rows = [
        one
        for one in desk.facts.reference_states
        if one.network in days.networks and one.pollutant == pollutant
    ]
    for row in sorted(rows, key=lambda one: one.valid_from or date.min):
        began = row.valid_from
        if began is None or not first < began <= last:
            continue
        eve = began - timedelta(days=1)
        before = next((one.state for one in rows if one.network == row.network and one.holds_on(eve)), None)
        if before is not None and before != row.state:
            return f"{row.network} changes from {before} to {row.state} state on {began}"
    return None


def data_of_spans(desk: Desk, read: Iterable[SpanDays]) -> Answer:
    """The `data` of an answer that rests on several spans."""
    spans = list(read)
    feeds = sorted({one.feed for span in spans for one in span.place.origins})
    told = data_of_feeds(desk, [desk.feeds[feed] for feed in feeds])
    notes = dict.fromkeys(note for span in spans for note in span.place.notes)
    return {**told, "stations": None, "capture": None, "notes": [*told["notes"], *notes]}
