"""A world that repeats what a database holds, hour by hour, as if it were live."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from threading import RLock
from typing import Literal, Protocol

import numpy as np

from config.facts import Facts
from sandbox.labels import CST, KST, hour_of, local_day
from sandbox.recent import Recent
from sandbox.world import (
    NETWORKS,
    POLLUTANTS,
    Block,
    Network,
    WorldStation,
    as_values,
    catalogue_stations,
    named_once,
)

_ALSO: dict[Network, tuple[str, ...]] = {"airkorea": ("seoul",), "cnemc": ()}
"""Networks whose feeds hold the same monitors."""
_KEPT_HOURS = 2400


class ReadingSource(Protocol):
    """What the replay needs of a store."""

    def hour_values(self, feeds: Sequence[str], hour: int) -> Mapping[str, Mapping[str, float | None]]:
        """The hourly means of one hour by station id and pollutant.

        `feeds` are in order of preference: a station-hour is answered by the first that holds a value.
        Values are in the wire's units (see `sandbox.world.World.block`); a series in another unit is
        converted or left out. A station without any row is left out; a missing value may be None or absent.
        """


class ReplayWorld:
    """The hours of a database in the networks' wire formats.

    Parameters
    ----------
    source : ReadingSource
    facts : Facts
        Names, codes and places of the stations; readings of stations not in it cannot be served.
    start : datetime
        The data time from which is replayed. Stations are those of the catalogue valid then, and any
        other of the catalogue as soon as the database shows a reading of it.
    among : collection of station ids, or None
        Begin with these alone: the stations that the database holds. None is the whole catalogue.
    """

    name: Literal["replay"] = "replay"
    reasons: tuple[str, ...] = ("통신장애",)

    def __init__(
        self, source: ReadingSource, facts: Facts, start: datetime, among: Collection[str] | None = None
    ) -> None:
        self._source = source
        self._facts = facts
        self._start = hour_of(start)
        self._lock = RLock()
        self._feeds = {network: _feeds(facts, network) for network in NETWORKS}
        self._stations: dict[Network, list[WorldStation]] = {}
        self._rows: dict[Network, dict[str, int]] = {}
        for network in NETWORKS:
            day = local_day(self._start, KST if network == "airkorea" else CST)
            held = {
                id_: station
                for id_, station in catalogue_stations(facts, network, day).items()
                if among is None or id_ in among
            }
            self._stations[network] = list(held.values())
            self._rows[network] = {id_: row for row, id_ in enumerate(held)}
        self._blocks: Recent[tuple[Network, int], Block] = Recent(self._load, _KEPT_HOURS)

    def stations(self, network: Network) -> list[WorldStation]:
        """All stations met so far."""
        return self._stations[network]

    def block(self, network: Network, hour: int) -> Block:
        """(stations, pollutants), NaN where the database has none."""
        block = self._blocks((network, hour))
        more = len(self._stations[network]) - len(block)
        return np.pad(block, ((0, more), (0, 0)), constant_values=np.nan) if more else block

    def hour(self, network: Network, hour: int) -> dict[str, dict[str, float | None]]:
        """By code and pollutant, None where missing."""
        block = self.block(network, hour)
        return {s.code: as_values(row) for s, row in zip(self._stations[network], block, strict=True)}

    def reading(self, network: Network, code: str, hour: int) -> dict[str, float | None]:
        """One station's values of one hour; raises KeyError for a code that is not served."""
        return self.hour(network, hour)[code]

    def _load(self, key: tuple[Network, int]) -> Block:
        network, hour = key
        values = self._source.hour_values(self._feeds[network], hour)
        with self._lock:
            self._meet(network, hour, [id_ for id_ in values if id_ not in self._rows[network]])
            rows = self._rows[network]
            block = np.full((len(self._stations[network]), len(POLLUTANTS)), np.nan)
            for id_, by_pollutant in values.items():
                row = rows.get(id_)
                if row is None:
                    continue
                for column, pollutant in enumerate(POLLUTANTS):
                    value = by_pollutant.get(pollutant)
                    if value is not None:
                        block[row, column] = value
        return block

    def _meet(self, network: Network, hour: int, ids: list[str]) -> None:
        """Take in stations of the catalogue that the list of the first day did not hold."""
        day = local_day(hour, KST if network == "airkorea" else CST)
        fresh = {}
        for id_ in sorted(ids):
            versions = [v for v in self._facts.stations.get(id_, []) if v.network == network and v.code]
            if versions:
                fresh[id_] = next((v for v in reversed(versions) if v.holds_on(day)), versions[-1])
        stations = self._stations[network]
        for id_, station in named_once(self._facts, fresh, {s.name for s in stations}).items():
            self._rows[network][id_] = len(stations)
            stations.append(station)


def _feeds(facts: Facts, network: Network) -> list[str]:
    """Hourly feeds with this network's monitors, the one to be believed first in front."""
    networks = (network, *_ALSO[network])
    # A check of our own tells means of areas, and no monitor's hours.
    monitors = [f for f in facts.feeds.values() if f.network in networks and f.status != "check"]
    hourly = [f for f in monitors if f.period == "PT1H"]
    return [feed.id for feed in sorted(hourly, key=lambda feed: feed.rank)]
