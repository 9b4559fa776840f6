"""What was known of a unit each evening when a measure for the next day was decided, and what the day was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt

from analysis.bounded import centre
from analysis.decisions import window_means
from analysis.measure_days import LAGS, Evenings
from config.clock import civil
from config.rules import Halves, MeasureRule
from report.effect_weather import Weather, weather_of
from report.forecasts import Expected, forecasts, hull
from report.measures import free_day
from report.question import Question
from report.regional import PlaceValues, day_values, hour_values
from report.stations_held import Desk
from report.unit_hours import sido_of

Floats = npt.NDArray[np.float64]

_DAY = timedelta(days=1)


@dataclass
class Known:
    """What the stored bulletins and readings say, evening by evening.

    Attributes
    ----------
    template : Question
        Pollutant, feeds, basis; its region and span are not looked at.
    rule : `kr-emergency`.
    upwind : regions whose mean on the day before is a covariate.
    places : what was read so far.
    """

    desk: Desk
    template: Question
    rule: str
    upwind: tuple[str, ...] = ()
    places: list[PlaceValues] = field(default_factory=list)
    _told: dict[date, dict[str, Expected]] = field(default_factory=dict)
    _weather: dict[tuple[str, date, date], Weather | None] = field(default_factory=dict)

    @cached_property
    def _rules(self) -> list[MeasureRule]:
        return [one for one in self.desk.facts.all("measure_rules", MeasureRule) if one.rule == self.rule]

    @cached_property
    def _parts(self) -> dict[str, list[str]]:
        return {one.region: one.parts.split("|") for one in self.desk.facts.all("halves", Halves)}

    @cached_property
    def _asked(self) -> list[str]:
        sido = [one for rule in self._rules for one in self._decide(rule)]
        return sorted({*sido, *(part for one in sido for part in self._parts.get(one, []))})

    def _decide(self, rule: MeasureRule) -> list[str]:
        if rule.regions != "kr":
            return rule.regions.split("|")
        return [one.id for one in self.desk.facts.regions.values() if one.kind == "sido"]

    def rules(self, unit: str, today: date) -> list[MeasureRule]:
        """The versions by which was decided for a unit on a day; the newest where none is documented."""
        sido = sido_of(self.desk.facts, unit)
        own = [one for one in self._rules if sido in self._decide(one)]
        return [one for one in own if one.holds_on(today)] or own[-1:]

    def partners(self, unit: str, first: date, last: date) -> list[str]:
        """The units that decided together with a unit at any time in a span."""
        sido = sido_of(self.desk.facts, unit)
        joint = [
            self._decide(rule) for rule in self._rules if rule.joint != "each" and rule.holds_in(first, last)
        ]
        return sorted({one for regions in joint if sido in regions for one in regions if one != sido})

    def forecast(self, unit: str, day: date) -> Expected | None:
        """The forecast of a day as stored when was decided for it; of a parted sido what holds of both."""
        if day not in self._told:
            today = day - _DAY
            rules = self.rules(unit, today)
            at = datetime.combine(today, time.fromisoformat(rules[0].decide_at), civil(self.template.zone))
            self._told[day] = forecasts(self.desk, self._asked, self.template.pollutant, day, at)
        told = self._told[day]
        return told.get(unit) or hull(told.get(part) for part in self._parts.get(unit, []))

    def evenings(
        self, unit: str, first: date, last: date, measure: Iterable[date], aside: Iterable[date]
    ) -> Evenings:
        """The days of a span and those before it that lags need.

        Raises
        ------
        NothingHeldError
            Where no day mean is held.
        """
        start = first - max(LAGS) * _DAY
        days = [start + n * _DAY for n in range((last - start).days + 1)]
        place = day_values(self.desk, self._question(unit, start, last))
        self.places.append(place)
        weather = self.weather(unit, start, last)
        told = [self.forecast(unit, day) if day >= first else None for day in days]
        inside, out = set(measure), set(aside)
        return Evenings(
            first=(start - date(1970, 1, 1)).days,
            mean=place.value,
            value=self._value(unit, days, place),
            above=np.array([np.nan if one is None else _or(one.above, -np.inf) for one in told]),
            up_to=np.array([np.nan if one is None else _or(one.up_to, np.inf) for one in told]),
            partners=self._partners(unit, days),
            others=self._others(days),
            measure=np.array([day in inside for day in days]),
            aside=np.array([day in out for day in days]),
            free=np.array([free_day(day) for day in days]),
            season=np.array([day.month for day in days], np.int64),
            weather=np.empty((0, 0)) if weather is None else weather.values,
        )

    def weather(self, unit: str, first: date, last: date) -> Weather | None:
        """The weather of the days, as a model has it afterwards; None where too little is stored."""
        key = (unit, first, last)
        if key not in self._weather:
            self._weather[key] = found = weather_of(self.desk, self._question(unit, first, last))
            self.places += found.read if found else ()
        return self._weather[key]

    def _others(self, days: list[date]) -> Floats:
        """Day means of upwind regions on the day before, by their own civil day."""
        columns = []
        for region in self.upwind:
            place = day_values(self.desk, self._question(region, days[0] - _DAY, days[-1] - _DAY))
            self.places.append(place)
            columns.append(place.value)
        return np.column_stack(columns) if columns else np.zeros((len(days), 0))

    def _partners(self, unit: str, days: list[date]) -> Floats:
        """The centres of the partners' forecasts (day, partner); NaN where none is held."""
        partners = self.partners(unit, days[0], days[-1])
        found = np.full((len(days), len(partners)), np.nan)
        for row, day in enumerate(days):
            for column, partner in enumerate(partners):
                told = self.forecast(partner, day)
                if told is not None:
                    found[row, column] = _centre(told)
        return found

    def _value(self, unit: str, days: list[date], place: PlaceValues) -> Floats:
        """What was known of the day before: the mean of the rule's hours, or on the daily basis its mean."""
        before = np.concatenate([[np.nan], place.value[:-1]])
        if place.basis == "daily":
            return before
        rule = self.rules(unit, days[-1] - _DAY)[0]
        asked = replace(self._question(unit, days[0], days[-1]), basis="hourly")
        means = window_means(hour_values(self.desk, asked).value, rule.window_first, rule.window_last)
        return np.concatenate([[np.nan], means[:-1]])

    def _question(self, region: str, first: date, last: date) -> Question:
        return self.template.over(self.desk.facts.regions[region], first, last)


def _or(bound: float | None, open_end: float) -> float:
    return open_end if bound is None else bound


def _centre(told: Expected) -> float:
    low = np.log(told.above) if told.above else -np.inf
    high = np.log(told.up_to) if told.up_to else np.inf
    return float(centre(np.array([low]), np.array([high]))[0])
