"""When an hour of a station can be seen, and what is seen: the schedule both wire formats show.

An hour comes out area by area some minutes after it ended, so that a page mixes hours while publishing.
The live page also has rows that hang at an old hour and rows with nothing in them; the station history
and the past hour do not. A plan of faults makes hours late, mixes longer, and first values wrong; what is
published in the end is always the world's value.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt

from sandbox.dice import Floats, Keys, draws, keys
from sandbox.faults import FaultPlan, Span
from sandbox.hanging import hanging
from sandbox.labels import minute_of
from sandbox.recent import Recent
from sandbox.world import POLLUTANTS, Block, Network, World, WorldStation

Minutes = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int64]

FIRST_MINUTE = {"airkorea": 12, "cnemc": 30}
"""Minutes after the hour's end at which its first areas come out."""
SPREAD_MINUTES = {"airkorea": 6, "cnemc": 8}
"""Minutes over which the other areas follow."""
NULL_SHARE, STALE_SHARE = 0.006, 0.0015
"""Shares of a live page's rows, as the recordings of 2024 and 2026 show them, without any fault."""
TROUBLE_HOURS = 12
"""A row stays empty or stale until the 12-hour block of data time is over."""
_LOOK_BACK = 8
_KEPT_HOURS = 2400


@dataclass(frozen=True)
class LivePage:
    """Per station: the hour on show (-1: a row without anything), and whether its first value is on show."""

    shown: Rows
    first: npt.NDArray[np.bool_]


class Publication:
    """What is published at a data time.

    Parameters
    ----------
    world : World
    plan : FaultPlan
    seed : int
    start : datetime
        Windows of faults are counted from here.
    """

    def __init__(self, world: World, plan: FaultPlan, seed: int, start: datetime) -> None:
        self.world = hanging(world, plan, start)
        self._plan = plan
        self._seed = seed
        self._start = minute_of(start)
        self._keys: Recent[tuple[Network, int], tuple[Keys, Keys]] = Recent(self._name, 8)
        self._out: Recent[tuple[Network, int, int], Minutes] = Recent(self._out_minutes, _KEPT_HOURS)
        self._right: Recent[tuple[Network, int, int], Minutes] = Recent(self._right_minutes, _KEPT_HOURS)
        self._wrong: Recent[tuple[Network, int, int], Block] = Recent(self._first_values, 64)
        self._called: Recent[tuple[Network, int, int], list[WorldStation]] = Recent(self._changed, 8)

    def live(self, network: Network, now: datetime) -> LivePage:
        """What the live page shows of each station, in the world's order."""
        minute = minute_of(now)
        newest = minute // 60 - 1
        self.world.block(network, newest)  # a replay meets its stations by reading them
        n = len(self.world.stations(network))
        shown = np.full(n, -1, dtype=np.int64)
        for hour in range(newest, newest - _LOOK_BACK, -1):
            out = self.out_minutes(network, hour)[:n]
            shown[(shown < 0) & (out <= minute)] = hour
        self._trouble(network, newest, shown)
        first = np.zeros(n, dtype=np.bool_)
        for hour in np.unique(shown[shown >= 0]):
            first |= (shown == hour) & (self.right_minutes(network, int(hour))[:n] > minute)
        return LivePage(shown, first)

    def changes(self, network: Network, now: datetime) -> int:
        """How many changes of stations are in force: what was written with fewer is out of date."""
        return len(self._plan.changes(network, (minute_of(now) - self._start) / 60))

    def stations(self, network: Network, changes: int) -> list[WorldStation]:
        """The stations in the world's order, as they are called after so many changes."""
        return self._called((network, len(self.world.stations(network)), changes))

    def out_minutes(self, network: Network, hour: int) -> Minutes:
        """Per station the minute since 1970 at which an hour comes out."""
        return self._out((network, hour, len(self.world.stations(network))))

    def right_minutes(self, network: Network, hour: int) -> Minutes:
        """Per station the minute from which the true value is shown; 0 where it always is."""
        return self._right((network, hour, len(self.world.stations(network))))

    def values(self, network: Network, hour: int, *, first: bool) -> Block:
        """The values of an hour: true, or as first published where they are corrected later."""
        true = self.world.block(network, hour)
        return self._wrong((network, hour, len(true))) if first else true

    def seen(self, network: Network, hour: int, now: datetime) -> tuple[npt.NDArray[np.bool_], Block]:
        """Which stations have the hour out, and its values as a history shows them at a data time."""
        minute = minute_of(now)
        values = self.values(network, hour, first=False)  # first: a replay meets its stations by reading them
        n = len(values)
        early = self.right_minutes(network, hour)[:n] > minute
        if early.any():
            values = np.where(early[:, None], self.values(network, hour, first=True)[:n], values)
        return self.out_minutes(network, hour)[:n] <= minute, values

    def _changed(self, key: tuple[Network, int, int]) -> list[WorldStation]:
        network, n, count = key
        stations = list(self.world.stations(network)[:n])
        row = {station.code: at for at, station in enumerate(stations)}
        for one in self._plan.changes(network, float("inf"))[:count]:
            if one.code in row:
                told = {"name": one.name, "lat": one.lat, "lon": one.lon}
                new = {field: value for field, value in told.items() if value is not None}
                stations[row[one.code]] = replace(stations[row[one.code]], **new)  # type: ignore[arg-type]
        return stations

    def _name(self, key: tuple[Network, int]) -> tuple[Keys, Keys]:
        stations = self.world.stations(key[0])[: key[1]]
        return keys([s.code for s in stations]), keys([s.area for s in stations])

    def _hits(self, span: Span, names: Keys, hour: int, what: int) -> npt.NDArray[np.bool_]:
        if not span.holds((hour * 60 - self._start) / 60):
            return np.zeros(len(names), dtype=np.bool_)
        hits: npt.NDArray[np.bool_] = draws(names, self._seed, span.kind, span.number, what) < span.rate
        return hits

    def _out_minutes(self, key: tuple[Network, int, int]) -> Minutes:
        network, hour, n = key
        _, areas = self._keys((network, n))
        spread: Floats = np.full(n, float(SPREAD_MINUTES[network]))
        for span in self._plan.spans("mix", network):
            spread = np.where(self._hits(span, areas, hour, hour), span.minutes[1], spread)
        after = FIRST_MINUTE[network] + spread * draws(areas, self._seed, "publish", network, hour)
        for span in self._plan.spans("late", network):
            low, high = span.minutes
            late = low + (high - low) * draws(areas, self._seed, "by", span.number, hour)
            after = np.where(self._hits(span, areas, hour, hour), late, after)
        return ((hour + 1) * 60 + after).astype(np.int64)

    def _right_minutes(self, key: tuple[Network, int, int]) -> Minutes:
        network, hour, n = key
        names, _ = self._keys((network, n))
        right = np.zeros(n, dtype=np.int64)
        for span in self._plan.spans("revised", network):
            low, high = span.minutes
            after = low + (high - low) * draws(names, self._seed, "corrected", span.number, hour)
            minutes = ((hour + 1) * 60 + after).astype(np.int64)
            right = np.where(self._hits(span, names, hour, hour), minutes, right)
        return right

    def _first_values(self, key: tuple[Network, int, int]) -> Block:
        """Particles a fifth and some units too high; the rest is as it will stay."""
        network, hour, _ = key
        values = self.world.block(network, hour).copy()
        revised = self.right_minutes(network, hour)[: len(values)] > 0
        for column in (POLLUTANTS.index("pm25"), POLLUTANTS.index("pm10")):
            values[revised, column] = np.round(values[revised, column] * 1.2) + 3
        return values

    def _trouble(self, network: Network, newest: int, shown: Rows) -> None:
        """Empty rows and rows that hang at the last hour before their block of hours began."""
        names, _ = self._keys((network, len(shown)))
        block = newest // TROUBLE_HOURS
        stale = draws(names, self._seed, "hangs", network, block) < STALE_SHARE
        empty = draws(names, self._seed, "empty", network, block) < NULL_SHARE
        for span in self._plan.spans("stale", network):
            stale |= self._hits(span, names, newest, block)
        for span in self._plan.spans("null_row", network):
            empty |= self._hits(span, names, newest, block)
        shown[stale] = np.minimum(shown[stale], block * TROUBLE_HOURS - 1)
        shown[empty] = -1
