"""The hourly series of sido, their halves and alert zones over whole civil days, each read once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from analysis.averages import HOURS
from config.clock import civil
from config.facts import Facts
from report.answer import Answer, data_of_feeds
from report.question import Basis, NothingHeldError, Question
from report.regional import SHARE, Floats, PlaceValues, day_values, hour_values
from report.stations_held import Desk, Origin

_DAY = timedelta(days=1)

Asking: TypeAlias = Callable[[Desk, Question], PlaceValues]
Span: TypeAlias = tuple[PlaceValues | None, int]
"""What answers a span of days, and how many they are."""


@dataclass
class UnitHours:
    """Hours and day means of regions from one civil day to another, both inclusive.

    Attributes
    ----------
    template : Question
        Pollutant, feeds, flags, as of when; its region and span are not looked at.
    until : datetime or None
        Hours that end after it are not looked at: what was not known then.
    """

    desk: Desk
    template: Question
    first: date
    last: date
    until: datetime | None = None
    held: list[str] = field(default_factory=list)
    _hours: dict[str, PlaceValues | None] = field(default_factory=dict)
    _days: dict[str, PlaceValues | None] = field(default_factory=dict)
    _values: dict[str, Floats] = field(default_factory=dict)

    @property
    def first_hour(self) -> int:
        """The hour number at which the series begin."""
        return int(self._midnight(self.first).timestamp()) // 3600

    @property
    def days(self) -> npt.NDArray[np.datetime64]:
        """The civil day (hour,) in which each hour starts."""
        n = (self.last - self.first).days + 1
        return np.repeat(np.datetime64(self.first, "D") + np.arange(n), HOURS)

    def place(self, region: str) -> PlaceValues | None:
        """The hours of a region; None where nothing is held."""
        if region not in self._hours:
            self._hours[region] = self._read(hour_values, region, self.last)
        return self._hours[region]

    def values(self, region: str) -> Floats:
        """The hourly means (hour,), NaN where missing."""
        if region not in self._values:
            place = self.place(region)
            found = np.full(len(self.days), np.nan) if place is None else place.value
            if self.until is not None:
                known = int(self.until.timestamp()) // 3600 - self.first_hour
                found = np.where(np.arange(len(found)) < known, found, np.nan)
            self._values[region] = found
        return self._values[region]

    def day(self, region: str, day: date) -> Floats:
        """The means of a day's 24 hours."""
        return self.values(region)[self.span(day, 1, HOURS)]

    def day_mean(self, region: str, day: date) -> float | None:
        """The observed mean of a civil day; None where it is not valid. Reads two days past the last."""
        if region not in self._days:
            self._days[region] = self._read(day_values, region, self.last + 2 * _DAY)
        place, index = self._days[region], (day - self.first).days
        if place is None or not 0 <= index < len(place.value) or np.isnan(place.value[index]):
            return None
        return float(place.value[index])

    def span(self, day: date, first_label: int, last_label: int) -> slice:
        """The columns of the hours of a day with labels (hour-ending) from the first to the last."""
        start = (day - self.first).days * HOURS
        return slice(max(0, start + first_label - 1), max(0, start + last_label))

    def end_of(self, hours: int) -> datetime:
        """The civil time, with offset, at which so many hours have passed since the series begin."""
        zone = civil(self.template.zone)
        return datetime.fromtimestamp((self.first_hour + hours) * 3600, zone)

    def _read(self, ask: Asking, region: str, last: date) -> PlaceValues | None:
        columns, basis = (HOURS if ask is hour_values else 1), self.template.basis
        if basis == "daily" and ask is hour_values:
            basis = "best"
        found = _joined(self._spans(ask, basis, region, self.first, last), columns, self.first_hour)
        if found is None and basis == "daily":
            # Day means are published of some places alone; units that decide with them have hours.
            spans = self._spans(ask, "best", region, self.first, last)
            return _joined(spans, columns, self.first_hour)
        return found

    def _spans(self, ask: Asking, basis: Basis, region: str, first: date, last: date) -> list[Span]:
        """What answers a span; where it leaves much open its halves are asked, each for its best witness.

        One hour of stations at the edge of a year would else silence the composite that holds all of it.
        """
        days = (last - first).days + 1
        try:
            found = ask(self.desk, self._asked(basis, region, first, last))
        except NothingHeldError as error:
            self.held = self.held or error.held or []
            return [(None, days)]
        if days == 1 or found.valid >= SHARE * len(found.value):
            return [(found, days)]
        middle = first + (days // 2) * _DAY
        before = self._spans(ask, basis, region, first, middle - _DAY)
        return [*before, *self._spans(ask, basis, region, middle, last)]

    def _asked(self, basis: Basis, region: str, first: date, last: date) -> Question:
        return replace(
            self.template,
            basis=basis,
            region=self.desk.facts.regions[region],
            stations=(),
            first=self._midnight(first),
            end=self._midnight(last + _DAY),
            whole_days=True,
        )

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), civil(self.template.zone)).astimezone(UTC)

    def data(self) -> Answer:
        """Where the figures come from; stations and capture count those of sido, or of parts read alone."""
        parts = self.desk.facts.districts
        read = {one: place for one, place in self._hours.items() if place is not None}
        own = {one: place for one, place in read.items() if one not in parts} or read
        feeds: Counter[str] = Counter()
        for place in own.values():
            for origin, given in place.origins.items():
                feeds[origin.feed] += given
        expected = float(sum(place.expected.sum() for place in own.values()))
        told = data_of_feeds(self.desk, [self.desk.feeds[one] for one in sorted(feeds)])
        notes = [note for place in read.values() for note in place.notes]
        return told | {
            "feed_values": dict(sorted(feeds.items())),
            "stations": sum(place.panel.stations for place in own.values()),
            "stations_known": sum(place.panel.known for place in own.values()),
            "kinds": sorted({kind for place in own.values() for kind in place.panel.kinds}),
            "capture": sum(float(place.captured.sum()) for place in own.values()) / expected
            if expected
            else None,
            "basis": "hourly",
            "not_held": sorted(one for one, place in self._hours.items() if place is None),
            "notes": list(dict.fromkeys([*told["notes"], *notes])),
        }


def _joined(found: list[Span], columns: int, first: int) -> PlaceValues | None:
    """One axis of several spans; a day has so many columns."""
    held = [place for place, _ in found if place is not None]
    if not held:
        return None
    best = max(held, key=lambda one: one.panel.stations)
    kinds = set().union(*(one.panel.kinds for one in held))

    def whole(name: str, missing: float, kind: type) -> npt.NDArray[Any]:
        return np.concatenate(
            [
                np.full(days * columns, missing, kind) if place is None else getattr(place, name)
                for place, days in found
            ]
        )

    return replace(
        best,
        first=first,
        value=whole("value", np.nan, float),
        stations=whole("stations", 0, int),
        captured=whole("captured", 0, float),
        expected=whole("expected", 0, float),
        panel=replace(best.panel, kinds=kinds),
        origins=sum((one.origins for one in held), Counter[Origin]()),
        notes=list(dict.fromkeys(note for one in held for note in one.notes)),
        parts=None,
    )


def sido_of(facts: Facts, region: str) -> str:
    """The sido of a half or an alert zone; a region that is no part is itself."""
    rows = facts.districts.get(region)
    return rows[0].area if rows else region


def zones_of(facts: Facts, region: str) -> list[str]:
    """The alert zones of a sido that the catalogue knows, in order."""
    return [
        part
        for part, rows in facts.districts.items()
        if rows[0].area == region and facts.regions[part].kind == "alert-zone"
    ]
