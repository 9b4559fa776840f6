"""Judge what is held: quality flags by the rules of the catalogue, written beside the values they doubt.

Values are read, judged and written in one transaction for each stretch of four weeks, so that a flag always
stands beside the value that it was made for. A flag may be taken back when its hour is judged again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection

from analysis import quality
from analysis.quality import Bools, Flag, Floats, Indices
from config.facts import Facts
from config.places import Places
from config.rules import QualityRule
from store.engine import Store
from store.flags import set_flags
from store.grid import load
from store.series import Series, feeds_held, select_series
from store.stations import unlisted

# The windows of `clock_shift` are weeks that begin at a multiple of 168 hours; a stretch is some of them.
WEEK = 168
_STRETCH = 4 * WEEK
# Hours before and after a stretch that its checks look at: the longest run that a rule asks for fits in.
AROUND = 48


@dataclass
class Judged:
    """What one flagging did: readings looked at, marked by check, and how many flags changed.

    `marked` counts by (feed, pollutant, period, check), `readings` by (feed, pollutant, period).
    """

    readings: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    marked: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    changed: int = 0


@dataclass
class _Sheet:
    """The series of one feed, pollutant and phase over a stretch: columns are `step` hours apart."""

    values: Floats
    pm10: Floats
    near: Callable[[float], list[Indices]]
    _around: dict[tuple[float, int], tuple[Floats, Floats]] = field(default_factory=dict)

    def around(self, rule: QualityRule) -> tuple[Floats, Floats]:
        """Median and spread of each station's neighbours, made once for all rules that share them."""
        key = _number(rule, "km"), int(_number(rule, "neighbours"))
        if key not in self._around:
            self._around[key] = quality.surroundings(self.values, self.near(key[0]), key[1])
        return self._around[key]


def _number(rule: QualityRule, column: str) -> float:
    return float(getattr(rule, column))


def _range(sheet: _Sheet, rule: QualityRule) -> Bools:
    low = -np.inf if rule.low is None else rule.low
    return quality.out_of_range(sheet.values, low, np.inf if rule.high is None else rule.high)


def _stuck(sheet: _Sheet, rule: QualityRule) -> Bools:
    return quality.stuck(sheet.values, int(_number(rule, "hours")))


def _spike(sheet: _Sheet, rule: QualityRule) -> Bools:
    return quality.spike(sheet.values, _number(rule, "step"), _number(rule, "ratio"))


def _above_pm10(sheet: _Sheet, rule: QualityRule) -> Bools:
    return quality.above_pm10(sheet.values, sheet.pm10, _number(rule, "step"))


def _neighbour(sheet: _Sheet, rule: QualityRule) -> Bools:
    middle, spread = sheet.around(rule)
    step, spreads = _number(rule, "step"), _number(rule, "spreads")
    return quality.neighbour_outlier(sheet.values, middle, spread, step, spreads)


def _clock_shift(sheet: _Sheet, rule: QualityRule) -> Bools:
    middle, _ = sheet.around(rule)
    hours, lag = (int(_number(rule, name)) for name in ("hours", "lag"))
    marked = np.zeros(sheet.values.shape, bool)
    weeks = slice(AROUND, -AROUND)
    marked[:, weeks] = quality.clock_shift(
        sheet.values[:, weeks], middle[:, weeks], hours, lag, _number(rule, "gain"), _number(rule, "least_r")
    )
    return marked


CHECKS: dict[str, tuple[Flag, Callable[[_Sheet, QualityRule], Bools]]] = {
    "range": (Flag.RANGE, _range),
    "stuck": (Flag.STUCK, _stuck),
    "spike": (Flag.SPIKE, _spike),
    "above_pm10": (Flag.ABOVE_PM10, _above_pm10),
    "neighbour": (Flag.NEIGHBOUR, _neighbour),
    "clock_shift": (Flag.CLOCK, _clock_shift),
}


def flag(
    store: Store,
    facts: Facts,
    first: int,
    end: int,
    *,
    feeds: Collection[str] | None = None,
    stations: Collection[str] | None = None,
) -> Judged:
    """Judge every reading from hour `first` to before `end` by the catalogue's rules and write its flags.

    Parameters
    ----------
    feeds, stations : collection of str, optional
        Only these are judged; their neighbours are looked at all the same.
    """
    judged = Judged()
    for begin in range(first, end, _STRETCH):
        with store.write() as connection:
            _Judge(connection, facts, judged, stations, begin, min(end, begin + _STRETCH)).work(feeds)
    return judged


class _Group(NamedTuple):
    """What is judged together: daily series are told apart by the hour of UTC at which their days begin."""

    feed: str
    pollutant: str
    period: str
    phase: int

    @property
    def step(self) -> int:
        """Hours from one start to the next."""
        return 1 if self.period == "PT1H" else 24


class _Judge:
    """At work on the hours from `first` to before `end`."""

    def __init__(
        self,
        connection: Connection,
        facts: Facts,
        judged: Judged,
        stations: Collection[str] | None,
        first: int,
        end: int,
    ) -> None:
        self.connection, self.facts, self.judged, self.stations = connection, facts, judged, stations
        self.first, self.end = first, end
        # Whole weeks, and what lies around them.
        self.low, self.high = first - first % WEEK - AROUND, end + -end % WEEK + AROUND
        self.places = Places(facts, unlisted(connection, facts))
        self.networks = {one.id: one.network for one in feeds_held(connection).values()}
        self.groups = self._grouped()

    def work(self, feeds: Collection[str] | None) -> None:
        """Judge every group of these feeds (all of them: None) that some rule is for."""
        for group, members in sorted(self.groups.items()):
            rules = self._rules(group)
            if rules and (feeds is None or group.feed in feeds):
                self._mark(group, members, rules)

    def _grouped(self) -> dict[_Group, list[Series]]:
        found: dict[_Group, list[Series]] = defaultdict(list)
        for one in select_series(self.connection):
            key = one.key
            if key.statistic != "mean" or one.first is None or one.last is None:
                continue
            if one.first < self.high and self.low <= one.last:
                phase = 0 if key.period == "PT1H" else one.first % 24
                found[_Group(key.feed, key.pollutant, key.period, phase)].append(one)
        return found

    def _rules(self, group: _Group) -> list[QualityRule]:
        """What the feed's network is judged by."""
        return [
            one
            for one in self.facts.all("quality_rules", QualityRule)
            if (one.pollutant, one.period) == (group.pollutant, group.period)
            and self.networks[group.feed] in one.networks.split("|")
        ]

    def _mark(self, group: _Group, members: list[Series], rules: list[QualityRule]) -> None:
        """Judge one group and write the flags of the stations that are asked for."""
        sheet = self._sheet(group, members, rules)
        flags = np.zeros_like(sheet.values, np.int64)
        starts = self.low + group.phase + group.step * np.arange(flags.shape[1])
        inside = (starts >= self.first) & (starts < self.end)
        own = [row for row, one in enumerate(members) if self._asked(one)]
        if not own or not inside.any():
            return
        feed, pollutant, period, _ = group
        for rule in rules:
            bit, check = CHECKS[rule.check]
            marked = check(sheet, rule)
            flags[marked] |= int(bit)
            self.judged.marked[feed, pollutant, period, rule.check] += int(marked[own][:, inside].sum())
        self.judged.readings[feed, pollutant, period] += int((~np.isnan(sheet.values))[own][:, inside].sum())
        hourly = np.zeros((len(own), self.end - self.first), np.int64)
        hourly[:, starts[inside] - self.first] = flags[own][:, inside]
        ids = [members[row].id for row in own]
        self.judged.changed += set_flags(self.connection, ids, self.first, hourly)

    def _asked(self, one: Series) -> bool:
        return self.stations is None or one.key.station in self.stations

    def _sheet(self, group: _Group, members: list[Series], rules: list[QualityRule]) -> _Sheet:
        values = self._values(group, members)
        pm10 = np.full(values.shape, np.nan)
        if any(rule.check == "above_pm10" for rule in rules):
            others = self.groups.get(group._replace(pollutant="pm10"), [])
            rows = defaultdict(list)
            for row, one in enumerate(members):
                rows[one.key.station].append(row)
            for one, beside in zip(others, self._values(group, others), strict=True):
                for row in rows[one.key.station]:
                    pm10[row] = np.fmin(pm10[row], beside)
        positions = np.array([self._position(one.key.station) for one in members])
        return _Sheet(values, pm10, lambda km: quality.around(positions, km))

    def _values(self, group: _Group, series: list[Series]) -> Floats:
        grid = load(self.connection, series, self.low, self.high)
        return grid.values[:, group.phase :: group.step].astype(np.float64)

    def _position(self, station: str) -> tuple[float, float]:
        version = self.places.version(station)
        return (
            np.nan if version.lat is None else version.lat,
            np.nan if version.lon is None else version.lon,
        )
