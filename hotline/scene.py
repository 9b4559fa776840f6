"""What is known of the air at a moment: hours, day means, forecasts, alerts and late sources.

A scene is loaded once for a span and then asked hour by hour; nothing that ends after the moment asked for
is looked at. Values stand as they are held (or were, with `as_of`); a walk over history says which.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Literal

import numpy as np

from analysis.truth import Amount, Truth
from config.air import Region
from config.clock import civil
from config.rules import Halves
from report.alerts_by_rule import Alerts
from report.answer import Answer
from report.forecasts import Expected, forecasts
from report.published_alerts import Published, published
from report.question import Question
from report.regional import Floats
from report.stations_held import Desk
from report.unit_hours import UnitHours
from store.arrivals import issue_times

Mode = Literal["issued", "observed", "none"]

# An episode that is under way began in these days, or its beginning is not known.
LEAD = timedelta(days=10)
# When a forecast of tomorrow is at hand where the day mean that came stands in for it: the hour of decisions.
DECIDED_AT = time(17)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Ahead:
    """What is expected of one civil day: a part of the region and its amount, each; empty where not known."""

    day: date
    amounts: tuple[Amount, ...] = ()
    told: tuple[Expected, ...] = ()


@dataclass
class Scene:
    """The state of things from `first` to `last`, aware.

    Attributes
    ----------
    mode : which forecasts count: as issued, the day means that came in their place (a hindcast), or none.
    as_of : readings as they were known then; None: as they are held now.
    silence : the rows of `status`; None where the state of the sources is not known (of the past).
    """

    desk: Desk
    first: datetime
    last: datetime
    mode: Mode = "issued"
    as_of: datetime | None = None
    silence: list[Answer] | None = None
    # Of profiles, by what decides them: of days the state is the same at each hour of the next.
    states: dict[tuple[Hashable, ...], tuple[Truth, Answer | None]] = field(default_factory=dict)
    _units: dict[tuple[str, str], UnitHours] = field(default_factory=dict)
    _alerts: dict[tuple[str, str], Alerts] = field(default_factory=dict)
    _days: dict[tuple[str, str], Floats] = field(default_factory=dict)
    _told: dict[tuple[str, str, date, datetime], Ahead] = field(default_factory=dict)
    _issues: dict[str, list[datetime]] = field(default_factory=dict)
    _published: dict[tuple[str, str], list[Published]] = field(default_factory=dict)

    def region(self, region: str) -> Region:
        """A region of the catalogue."""
        return self.desk.facts.regions[region]

    def unit(self, region: str, pollutant: str) -> UnitHours:
        """The hours of a region's country, from `LEAD` before the span on."""
        country = self.region(region).country
        if (country, pollutant) not in self._units:
            zone = self.region(region).zone
            first = (self.first - LEAD).astimezone(civil(zone)).date()
            last = self.last.astimezone(civil(zone)).date()
            template = Question(
                None, (), zone, country, self.first, self.last, True, pollutant, as_of=self.as_of
            )
            self._units[country, pollutant] = UnitHours(self.desk, template, first, last, self.last)
        return self._units[country, pollutant]

    def alerts(self, region: str, pollutant: str) -> Alerts:
        """The replay of a region's rules of alerts."""
        unit = self.unit(region, pollutant)
        return self._alerts.setdefault((unit.template.country, pollutant), Alerts(unit))

    # Of readings

    def held(self, region: str, pollutant: str) -> bool:
        """Whether any hour or day of a region is held in the span."""
        unit = self.unit(region, pollutant)
        return unit.place(region) is not None or not np.isnan(self._day_means(region, pollutant)).all()

    def hours(self, region: str, pollutant: str, at: datetime) -> slice:
        """The hours that had ended at a moment and count for it, as columns of the unit's series."""
        ended = int(at.timestamp()) // 3600 - self.unit(region, pollutant).first_hour
        ended = max(0, ended)
        return slice(max(0, ended - int(LEAD / _HOUR)), ended)

    def days(self, region: str, pollutant: str, at: datetime) -> tuple[date, Floats]:
        """The means of the civil days that had ended at a moment, and the first of these days."""
        unit = self.unit(region, pollutant)
        over = (at.astimezone(civil(unit.template.zone)).date() - unit.first).days
        first = max(0, over - LEAD.days)
        return unit.first + first * _DAY, self._day_means(region, pollutant)[first : max(0, over)]

    def _day_means(self, region: str, pollutant: str) -> Floats:
        if (region, pollutant) not in self._days:
            unit = self.unit(region, pollutant)
            n = (unit.last - unit.first).days + 3  # the stand-in for a forecast looks two days ahead
            means = (unit.day_mean(region, unit.first + one * _DAY) for one in range(n))
            self._days[region, pollutant] = np.array([np.nan if one is None else one for one in means])
        return self._days[region, pollutant]

    def today(self, region: str, at: datetime) -> date:
        """The civil day of a region at a moment."""
        return at.astimezone(civil(self.region(region).zone)).date()

    # Of what is announced

    def ahead(self, region: str, pollutant: str, day: date, at: datetime) -> Ahead:
        """What is known at a moment of a region's day mean."""
        if self.mode == "none":
            return Ahead(day)
        if self.mode == "observed":
            mean = self._came(region, pollutant, day, at)
            return Ahead(day, () if mean is None else (mean,))
        return self._bulletins(region, pollutant, day, at)

    def _came(self, region: str, pollutant: str, day: date, at: datetime) -> float | None:
        """The day mean that came, from the decision of the day before on."""
        zone = civil(self.region(region).zone)
        index = (day - self.unit(region, pollutant).first).days
        means = self._day_means(region, pollutant)
        if at < datetime.combine(day - _DAY, DECIDED_AT, zone) or not 0 <= index < len(means):
            return None
        return None if np.isnan(means[index]) else float(means[index])

    def _bulletins(self, region: str, pollutant: str, day: date, at: datetime) -> Ahead:
        """The forecast of a region, or those of its halves; looked up once an issue."""
        issues = self._issue_times(pollutant)
        place = bisect_right(issues, at)
        if place == 0:
            return Ahead(day)
        key = (region, pollutant, day, issues[place - 1])
        if key not in self._told:
            halves = self._halves.get(region, [])
            found = forecasts(self.desk, [region, *halves], pollutant, day, issues[place - 1])
            parts = [region] if region in found or not halves else halves
            told = [found.get(one) for one in parts]
            # A half of which nothing is said may be above any limit.
            amounts = tuple(None if one is None else one.amount for one in told) if any(told) else ()
            self._told[key] = Ahead(day, amounts, tuple(one for one in told if one is not None))
        return self._told[key]

    def _issue_times(self, pollutant: str) -> list[datetime]:
        if pollutant not in self._issues:
            since = self.first - LEAD
            self._issues[pollutant] = issue_times(self.desk.connection, pollutant, since, self.last)
        return self._issues[pollutant]

    def bulletins_held(self, pollutant: str) -> bool:
        """Whether any bulletin of the span is held."""
        return bool(self._issue_times(pollutant))

    @cached_property
    def _halves(self) -> dict[str, list[str]]:
        rows = self.desk.facts.all("halves", Halves)
        return {one.region: one.parts.split("|") for one in rows}

    def published(self, region: str, pollutant: str) -> list[Published]:
        """The published alerts of a region in the span."""
        key = (region, pollutant)
        if key not in self._published:
            since = (self.first - LEAD).astimezone(UTC)
            until = self.last + _HOUR  # exclusive; who asks leaves out what was issued later
            self._published[key] = published(self.desk, [region], pollutant, since, until)
        return self._published[key]
