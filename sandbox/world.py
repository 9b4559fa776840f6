"""What the sandbox serves: a world of stations and hourly values, whoever makes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from config.air import Station
from config.facts import Facts

Network = Literal["airkorea", "cnemc"]
NETWORKS: tuple[Network, ...] = ("airkorea", "cnemc")
POLLUTANTS = ("pm25", "pm10", "o3", "no2", "so2", "co")

SIDO = {
    "kr-seoul": "서울", "kr-busan": "부산", "kr-daegu": "대구", "kr-incheon": "인천", "kr-gwangju": "광주",
    "kr-daejeon": "대전", "kr-ulsan": "울산", "kr-gyeonggi": "경기", "kr-gangwon": "강원",
    "kr-chungbuk": "충북", "kr-chungnam": "충남", "kr-jeonbuk": "전북", "kr-jeonnam": "전남",
    "kr-gyeongbuk": "경북", "kr-gyeongnam": "경남", "kr-jeju": "제주", "kr-sejong": "세종",
}  # fmt: skip
"""The names that `sidoName` takes and gives, by region id."""

_CENTRES = {
    "kr-seoul": (37.55, 126.99), "kr-busan": (35.16, 129.06), "kr-daegu": (35.86, 128.60),
    "kr-incheon": (37.46, 126.68), "kr-gwangju": (35.16, 126.86), "kr-daejeon": (36.35, 127.39),
    "kr-ulsan": (35.54, 129.31), "kr-gyeonggi": (37.38, 127.05), "kr-gangwon": (37.75, 128.30),
    "kr-chungbuk": (36.79, 127.69), "kr-chungnam": (36.55, 126.80), "kr-jeonbuk": (35.78, 127.13),
    "kr-jeonnam": (34.90, 126.90), "kr-gyeongbuk": (36.28, 128.76), "kr-gyeongnam": (35.29, 128.34),
    "kr-jeju": (33.43, 126.54), "kr-sejong": (36.52, 127.26), "cn-beijing": (39.92, 116.41),
}  # fmt: skip
_CHINA = (35.0, 114.0)

Block = npt.NDArray[np.float64]


@dataclass(frozen=True)
class WorldStation:
    """A station as its network names it; `area` is the short sido name, or the Chinese city with 市."""

    code: str
    name: str
    area: str
    province: str
    address: str
    kind: str
    lat: float
    lon: float
    opened: int | None = None


class World(Protocol):
    """Stations and their hours. An hour is a number: hours since 1970 UTC at the START of averaging."""

    @property
    def name(self) -> Literal["synthetic", "replay"]:
        """What the header `X-Yellowsea-World` says."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """AirKorea's flags for missing values, drawn from with equal chance."""

    def stations(self, network: Network) -> list[WorldStation]:
        """All stations, in an order that never changes; a world may add some at the end."""

    def block(self, network: Network, hour: int) -> Block:
        """(stations, pollutants in the order of `POLLUTANTS`), NaN where missing, in the wire's units:
        ug/m3 for particles, ppm for Korea's gases, ug/m3 for China's, whose CO is mg/m3."""

    def hour(self, network: Network, hour: int) -> dict[str, dict[str, float | None]]:
        """The same by code and pollutant, None where missing."""

    def reading(self, network: Network, code: str, hour: int) -> dict[str, float | None]:
        """One station's values of one hour, None where missing."""


def as_values(row: Block) -> dict[str, float | None]:
    """One row of a block by pollutant, None where missing."""
    values = zip(POLLUTANTS, row.tolist(), strict=True)
    return {name: None if value != value else value for name, value in values}


def catalogue_stations(facts: Facts, network: Network, day: date) -> dict[str, WorldStation]:
    """The catalogue's stations of a network that hold on a day and have a code, by id, in order of id."""
    held: dict[str, Station] = {}
    for id_, versions in sorted(facts.stations.items()):
        for version in versions:
            if version.network == network and version.code and version.holds_on(day):
                held[id_] = version
    return named_once(facts, held)


def named_once(
    facts: Facts, versions: Mapping[str, Station], taken: Iterable[str] = ()
) -> dict[str, WorldStation]:
    """World stations of catalogue versions; a Korean name met again gets its sido, as in 우산동(광주)."""
    names = set(taken)
    provinces = {m.member: m.region for m in facts.members if facts.regions[m.region].kind == "province"}
    stations: dict[str, WorldStation] = {}
    for id_, version in versions.items():
        province = facts.regions[provinces.get(version.area, version.area)].name_zh
        station = _world_station(version, _wire_area(facts, version), province)
        if version.network == "airkorea" and station.name in names:
            station = replace(station, name=f"{station.name}({station.area})")
        if version.network == "airkorea" and station.name in names:
            station = replace(station, name=f"{station.name}{station.code}")
        names.add(station.name)
        stations[id_] = station
    return stations


def _world_station(version: Station, area: str, province: str) -> WorldStation:
    lat, lon = version.lat, version.lon
    if lat is None or lon is None:
        lat, lon = _CENTRES.get(version.area, _CHINA)
    parts = [area, None if version.district == version.name else version.district, version.name]
    return WorldStation(
        code=version.code or "", name=version.name, area=area, province=province,
        address=" ".join(part for part in parts if part), kind=version.kind, lat=lat, lon=lon,
        opened=version.valid_from.year if version.valid_from else None,
    )  # fmt: skip


def _wire_area(facts: Facts, version: Station) -> str:
    if version.network == "airkorea":
        return SIDO[version.area]
    name = facts.regions[version.area].name_zh
    return name if name.endswith(("市", "州", "盟", "区", "县")) else f"{name}市"
