"""A synthetic world: seeded, plausible, and a pure function of seed, station and hour.

Haze gathers over the North China Plain every two to three days, weakly in summer, and reaches Korea 18 to
36 hours later. It is made up throughout: nothing here is a measurement, and every answer says `synthetic`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import cos, pi
from typing import Literal

import numpy as np

from config.facts import Facts
from sandbox.cities import CITIES
from sandbox.dice import Floats, Keys, bells, draw, draws, keys
from sandbox.labels import CST, KST, hour_of
from sandbox.recent import Recent
from sandbox.world import (
    NETWORKS,
    POLLUTANTS,
    Block,
    Network,
    WorldStation,
    as_values,
    catalogue_stations,
)

DEFAULT_SEED = 1
demo_start = datetime(2025, 1, 9, 15, tzinfo=UTC)
"""With the default seed the five days from here (2025-01-10 in Korea) hold a heavy day of Beijing, and high
days of Seoul after it."""

_SLOT = 64  # hours between episodes; with the jitter every five winter days hold a whole one
_JITTER = 12
_RISE, _FALL = 13.0, 8.0
_KIND = {"roadside": 1.12, "background": 0.7, "suburban": 0.85, "control": 0.7, "port": 1.05}
_MISSING_CELL, _MISSING_STATION = 0.008, 0.006
_OUTAGE_HOURS = 6
_KEPT_HOURS = 2400


@dataclass(frozen=True)
class _Place:
    """What does not change from hour to hour, per station of one network."""

    names: Keys
    areas: Keys
    offset: int
    base: float
    factor: Floats
    plume: Floats
    progress: Floats


class SyntheticWorld:
    """A made-up world over the catalogue's stations.

    Parameters
    ----------
    facts : Facts
    seed : int
    day : date
        The stations are those valid on it.
    cities : collection of region ids, or None
        The Chinese cities; None is all of them.
    sido : collection of region ids, or None
        The Korean sido; None is all of them.
    """

    name: Literal["synthetic"] = "synthetic"
    reasons: tuple[str, ...] = ("통신장애",) * 9 + ("점검및교정", "점검 및 교정", "장비점검", "자료이상")

    def __init__(
        self,
        facts: Facts,
        seed: int = DEFAULT_SEED,
        day: date | None = None,
        cities: Collection[str] | None = CITIES,
        sido: Collection[str] | None = None,
    ) -> None:
        self.seed = seed
        day = day or demo_start.date()
        wanted = {"airkorea": sido, "cnemc": cities}
        self._stations: dict[Network, list[WorldStation]] = {}
        for network in NETWORKS:
            held = catalogue_stations(facts, network, day)
            areas = {id_: facts.stations[id_][-1].area for id_ in held}
            self._stations[network] = [
                station
                for id_, station in held.items()
                if (among := wanted[network]) is None or areas[id_] in among
            ]
        self._index = {n: {s.code: i for i, s in enumerate(rows)} for n, rows in self._stations.items()}
        self._places = {n: self._place(n) for n in NETWORKS}
        self._blocks: Recent[tuple[Network, int], Block] = Recent(self._make, _KEPT_HOURS)

    def stations(self, network: Network) -> list[WorldStation]:
        """All stations of a network."""
        return self._stations[network]

    def block(self, network: Network, hour: int) -> Block:
        """(stations, pollutants), NaN where missing."""
        return self._blocks((network, hour))

    def hour(self, network: Network, hour: int) -> dict[str, dict[str, float | None]]:
        """By code and pollutant, None where missing."""
        block = self.block(network, hour)
        return {s.code: as_values(row) for s, row in zip(self._stations[network], block, strict=True)}

    def reading(self, network: Network, code: str, hour: int) -> dict[str, float | None]:
        """One station's values of one hour; raises KeyError for a code that is not served."""
        return as_values(self.block(network, hour)[self._index[network][code]])

    def _place(self, network: Network) -> _Place:
        stations = self._stations[network]
        names = keys([f"{network} {s.code}" for s in stations])
        lat = np.array([s.lat for s in stations], dtype=float)
        lon = np.array([s.lon for s in stations], dtype=float)
        west = np.exp(-0.5 * (np.minimum(lon - 116.0, 0) / 6) ** 2)
        east = np.exp(-np.maximum(lon - 118.0, 0) / 8.4)
        kind = np.array([_KIND.get(s.kind, 1.0) for s in stations], dtype=float)
        return _Place(
            names=names,
            areas=keys([s.area for s in stations]),
            offset=KST if network == "airkorea" else CST,
            base=17.0 if network == "airkorea" else 34.0,
            factor=kind * (1 + 0.08 * bells(names, self.seed, "offset")),
            plume=west * east * np.exp(-0.5 * ((lat - 38.0) / 3.2) ** 2),
            progress=np.clip((lon - 116.4) / 10.6, -0.5, 1.4),
        )

    def _haze(self, place: _Place, hour: int) -> Floats:
        total = np.zeros(len(place.names))
        for slot in range(hour // _SLOT - 2, hour // _SLOT + 2):
            peak = (slot + 0.5) * _SLOT + _JITTER * (draw(self.seed, "when", slot) - 0.5)
            height = (175 + 205 * draw(self.seed, "height", slot)) * _winter(peak)
            lag = 18 + 18 * draw(self.seed, "lag", slot)
            past = hour + 0.5 - (peak + lag * place.progress)
            width = np.where(past < 0, _RISE, _FALL)
            total += height * place.plume * np.exp(-0.5 * (past / width) ** 2)
        return total

    def _slow(self, names: Keys, hour: int, what: str, knot: int) -> Floats:
        """Noise that wanders: normal at every `knot` hours, straight in between."""
        at, share = divmod(hour, knot)
        before, after = bells(names, self.seed, what, at), bells(names, self.seed, what, at + 1)
        return before + (after - before) * (share / knot)

    def _make(self, key: tuple[Network, int]) -> Block:
        network, hour = key
        place = self._places[network]
        local = (hour + place.offset) % 24
        weather = np.exp(0.25 * self._slow(place.areas, hour, "a", 24))
        level = place.base * (0.55 + 0.5 * _winter(hour)) * weather
        daily = 1 + 0.12 * cos(2 * pi * (local - 23) / 24) + 0.05 * cos(4 * pi * (local - 9) / 24)
        noise = 0.08 * self._slow(place.names, hour, "s", 6) + 0.05 * bells(place.names, self.seed, "h", hour)
        pm25 = (level + self._haze(place, hour)) * daily * place.factor * np.exp(noise)
        values = self._others(network, place, hour, local, np.maximum(pm25, 1.0))
        values[draws(place.names, self.seed, "out", hour // _OUTAGE_HOURS) < _MISSING_STATION] = np.nan
        for column in range(len(POLLUTANTS)):
            values[draws(place.names, self.seed, "cell", hour, column) < _MISSING_CELL, column] = np.nan
        return values

    def _others(self, network: Network, place: _Place, hour: int, local: int, pm25: Floats) -> Block:
        """All six pollutants beside the fine particles that set them, rounded as the network does."""
        rush = 1 + 0.25 * cos(4 * pi * (local - 8.5) / 24)
        sun = max(0.0, cos(2 * pi * (local - 15) / 24))
        wobble: list[Floats] = [np.exp(0.1 * bells(place.names, self.seed, "g", hour, i)) for i in range(5)]
        pm10 = (pm25 * 1.25 + 12) * wobble[0]
        no2 = (0.012 + 0.00018 * pm25) * rush * wobble[1]
        o3: Floats = np.maximum(0.002, (0.022 + sun * (0.045 - 0.03 * _winter(hour)) - 0.3 * no2) * wobble[2])
        so2 = (0.0025 + 0.00002 * pm25) * wobble[3]
        co = (0.25 + 0.0055 * pm25) * wobble[4]
        if network == "airkorea":
            gases = [np.round(o3, 4), np.round(no2, 4), np.round(so2, 4), np.round(co, 2)]
        else:
            gases = [np.round(o3 * 2000), np.round(no2 * 1900), np.round(so2 * 2700), np.round(co * 1.2, 1)]
        return np.stack([np.round(pm25), np.round(pm10), *gases], axis=1)


def _winter(hour: float) -> float:
    """1 from December to February, falling to about 0.25 in July."""
    year = 365.2425 * 24
    middle = hour_of(datetime(2025, 1, 15, tzinfo=UTC))
    return min(1.0, 0.72 + 0.47 * cos(2 * pi * (hour - middle) / year))
