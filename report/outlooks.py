"""What was known of each sido, or of its half, when a measure for tomorrow was decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal

import numpy as np

from analysis.decisions import LEVELS, Level, Outlook, window_means
from analysis.truth import Amount
from config.places import folded
from config.rules import Halves
from report.alerts_by_rule import Alerts
from report.forecasts import Expected, forecasts, hull
from report.published_alerts import Published, published
from report.unit_hours import UnitHours, sido_of

Mode = Literal["issued", "observed", "none"]
Window = tuple[int, int]


@dataclass(frozen=True)
class Known:
    """What was known of one unit.

    Attributes
    ----------
    outlook : as the rule takes it.
    hours : valid hours of the window; 0 where none is held.
    stations : the most that were heard in one of them.
    alert_origin : `stored`, `documented` (published) or `replayed`; None where no alert was found.
    d1, d2 : the forecasts as bounds, or the day means that stand in for them.
    """

    outlook: Outlook
    hours: int
    stations: int
    alert_origin: str | None
    d1: Expected | float | None
    d2: Expected | float | None


@dataclass
class Outlooks:
    """What is known of units day by day.

    Attributes
    ----------
    mode : `issued`: forecasts as stored at the moment of the decision; `observed`: the day means that came;
        `none`.
    """

    hours: UnitHours
    mode: Mode
    units: tuple[str, ...]
    _forecasts: dict[tuple[date, datetime], dict[str, Expected]] = field(default_factory=dict)
    _of_unit: dict[str, list[Published]] = field(default_factory=dict)
    _known: dict[tuple[str, date, Window, datetime], Known] = field(default_factory=dict)

    @cached_property
    def alerts(self) -> Alerts:
        """The alerts by the rule."""
        return Alerts(self.hours)

    @cached_property
    def published(self) -> list[Published]:
        """Every published alert of the units in the span of the hours."""
        hours = self.hours
        until = hours.until or hours.end_of(len(hours.days))
        return published(hours.desk, self.units, hours.template.pollutant, hours.end_of(0), until)

    @cached_property
    def _halves(self) -> dict[str, Halves]:
        """By part."""
        rows = self.hours.desk.facts.all("halves", Halves)
        return {part: one for one in rows for part in one.parts.split("|")}

    def parts(self, unit: str) -> list[str]:
        """The halves of a sido; none of a unit that is not parted."""
        return [part for part, one in self._halves.items() if one.region == unit]

    def at(self, unit: str, today: date, window: Window, moment: datetime) -> Known:
        """What was known of a unit at a moment of a day; mean and alerts are those of a window of hours."""
        key = (unit, today, window, moment)
        if key not in self._known:
            self._known[key] = self._at(*key)
        return self._known[key]

    def _at(self, unit: str, today: date, window: Window, moment: datetime) -> Known:
        span = self.hours.span(today, *window)
        values = self.hours.values(unit)[span]
        place = self.hours.place(unit)
        level, origin = self._alert(unit, today, window)
        d1 = self._ahead(unit, today + timedelta(days=1), moment)
        d2 = self._ahead(unit, today + timedelta(days=2), moment)
        mean = float(window_means(self.hours.day(unit, today), *window)[0])
        outlook = Outlook(None if np.isnan(mean) else mean, level, _amount(d1), _amount(d2))
        heard = 0 if place is None else int(place.stations[span].max(initial=0))
        return Known(outlook, int(np.count_nonzero(~np.isnan(values))), heard, origin, d1, d2)

    def _ahead(self, unit: str, day: date, moment: datetime) -> Expected | float | None:
        if self.mode == "observed":
            return self.hours.day_mean(unit, day)
        if self.mode == "none":
            return None
        if (day, moment) not in self._forecasts:
            wanted = [*self.units, *(part for unit in self.units for part in self.parts(unit))]
            desk, pollutant = self.hours.desk, self.hours.template.pollutant
            self._forecasts[day, moment] = forecasts(desk, wanted, pollutant, day, moment)
        told = self._forecasts[day, moment]
        return told.get(unit) or hull(told.get(part) for part in self.parts(unit))

    @property
    def forecasts_held(self) -> bool:
        """Whether any forecast was found in what was asked so far."""
        return any(self._forecasts.values())

    def _alert(self, unit: str, day: date, window: Window) -> tuple[Level | None, str | None]:
        """The highest level in any zone, published or by the rule, and which of them it was."""
        half = self._halves.get(unit)
        witness = half.region if half and half.joint == "all" else unit
        by_rule = self.alerts.level(witness, day, *window)
        midnight = self.hours.end_of((day - self.hours.first).days * 24)
        since, until = (midnight + timedelta(hours=h) for h in (window[0] - 1, window[1]))
        told = [one for one in self.of_unit(unit) if one.in_force(since, until)]
        highest = max(told, key=lambda one: LEVELS.index(one.level), default=None)
        if highest is not None and _rank(highest.level) >= _rank(by_rule):
            return highest.level, highest.origin  # type: ignore[return-value]
        return by_rule, "replayed" if _rank(by_rule) > 0 else None

    def of_unit(self, unit: str) -> list[Published]:
        """The published alerts of a unit's zones; one that names neither half of a sido counts for both."""
        if unit not in self._of_unit:
            sido = sido_of(self.hours.desk.facts, unit)
            told = [one for one in self.published if one.region == sido]
            half = self._halves.get(unit)
            if half is not None and half.joint == "each":
                others = set(half.parts.split("|")) - {unit}
                told = [one for one in told if not any(self._names(other, one.zone) for other in others)]
            self._of_unit[unit] = told
        return self._of_unit[unit]

    def _names(self, half: str, zone: str | None) -> bool:
        names = self.hours.desk.facts.regions[half].names
        return zone is not None and any(name and folded(name) in folded(zone) for name in names)


def _rank(level: str | None) -> int:
    return 0 if level is None else LEVELS.index(level)


def _amount(ahead: Expected | float | None) -> Amount:
    return ahead.amount if isinstance(ahead, Expected) else ahead
