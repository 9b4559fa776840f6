"""The public archive of China's hourly values (quotsoft.net/air), daily CSV files since 2014-05-13.

`china_sites_YYYYMMDD.csv` (a column a station code), `china_cities_…` (a column a city), and of Beijing's
own platform `beijing_all_…` (particles) and `beijing_extra_…` (gases), a column a station name. A row is a
type of an hour: date,hour,type,1001A,1002A,…  No original file was found: documented, not recorded.

* Labels 0..23 name the end of the hour in Chinese time. CNEMC's notes on publishing say so (the hourly mean
  of 16:00 is that of 15:00 to 16:00; quoted in github HeQinWill/CNEMC), and its values match the US
  mission's hour-beginning ones at the label less one (see `uci_beijing`).
* Headers change (945 stations, later 1,815); hours and days are missing. An empty cell is missing.
* Types of 24 and 8 hours and the index are other quantities and are left out. Carbon monoxide is mg/m³.
* O3 and O3_24h are exchanged until 2023-11-09, as in the live feed: see `ingest.sources.cnemc`. Nothing is
  known of an exchange in Beijing's own files; they are read as labelled.
* A city's value is a published mean of its stations: a composite, in a feed of its own.
* Beijing's names changed in 2021. A name that the catalogue lacks makes a station of unknown kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from config.facts import Facts
from config.places import folded
from ingest.cells import whole
from ingest.headers import fold
from ingest.hours import HourClock, Hours
from ingest.rows import Placed, Rows, Stations
from ingest.source import Quantity, StationRef
from ingest.sources.cnemc import O3_SWAPPED_BEFORE, O3_UNSWAPPED_FROM
from ingest.typed import LEFT_OUT, UNKNOWN, Kinds, TypedFormat, Values

CLOCK = HourClock(label="end", zone="Asia/Shanghai")
QUANTITIES = {
    "PM2.5": Quantity("pm25", "ug/m3"),
    "PM10": Quantity("pm10", "ug/m3"),
    "NO2": Quantity("no2", "ug/m3"),
    "SO2": Quantity("so2", "ug/m3"),
    "CO": Quantity("co", "mg/m3"),
    "O3": Quantity("o3", "ug/m3"),
}
OTHERS = ("AQI", "O3_8h", "O3_8h_24h", *(f"{name}_24h" for name in QUANTITIES))
_O3 = list(QUANTITIES).index("O3")
_KINDS = {fold(name): LEFT_OUT for name in OTHERS} | {fold(name): at for at, name in enumerate(QUANTITIES)}

_CODE = re.compile(r"\d{3,5}[A-Z]")
_CHINESE = re.compile(r"[\u3400-\u9fff]{2,12}([(（][\u3400-\u9fff]+[)）])?")

STATION_LIST = ("监测点编码", "监测点名称", "城市", "经度", "纬度")
STATION_LIST_ADVICE = (
    "a list of stations, no readings: stations are found by their codes without it; "
    "one that the catalogue lacks goes into stations.csv of your catalogue folder (经度 is lon, 纬度 lat)"
)

# pm25.in and its copies, by some of their columns.


def _labels(rows: Rows) -> Placed:
    day, hour = (rows.roles[role].map(whole, np.int64) for role in ("date", "hour"))
    sound = (day > 0) & (day < 100_000_000) & (hour >= 0) & (hour <= 24)
    return CLOCK.place_compact(np.where(sound, day * 100 + hour, -1))


def _as_labelled(rows: Rows, _start: Hours, _values: Values) -> Kinds:
    kinds = rows.roles["type"].map(lambda text: _KINDS.get(fold(text), UNKNOWN), np.int32)
    return Kinds(list(QUANTITIES.values()), kinds)


def _as_cnemc(rows: Rows, start: Hours, values: Values) -> Kinds:
    """As labelled, but for ozone: until the change the rows O3_24h hold the hour's mean."""
    named = _as_labelled(rows, start, values)
    types = rows.roles["type"].map(fold, object)
    o3, o3_24h = types == "o3", types == "o3_24h"
    swapped = start < O3_SWAPPED_BEFORE
    for hour in np.unique(start[(o3 | o3_24h) & ~swapped & (start < O3_UNSWAPPED_FROM)]).tolist():
        swapped |= (start == hour) & _is_swapped(values, o3 & (start == hour), o3_24h & (start == hour))
    kinds = np.where(o3 | o3_24h, LEFT_OUT, named.of_row)
    return Kinds(named.quantities, np.where(np.where(swapped, o3_24h, o3), _O3, kinds).astype(np.int32))


def _is_swapped(values: Values, o3: npt.NDArray[np.bool_], o3_24h: npt.NDArray[np.bool_]) -> bool:
    """Whether O3_24h is the hour's mean, which is never above the maximum of the 24 hours up to it."""
    if not (o3.any() and o3_24h.any()):
        return False
    one, other = values[o3][0], values[o3_24h][0]
    return bool(np.count_nonzero(other < one) > np.count_nonzero(one < other))


def _all_if(
    known: Callable[[str], bool], pattern: re.Pattern[str]
) -> Callable[[Mapping[int, str]], list[int]]:
    """Every column of a pattern, if at least one of them is known."""

    def columns(header: Mapping[int, str]) -> list[int]:
        at = [place for place, cell in header.items() if pattern.fullmatch(cell)]
        return at if any(known(header[place]) for place in at) else []

    return columns


def _each(ref: Callable[[str], StationRef]) -> Callable[[Rows, Sequence[str]], Stations]:
    """A station a column."""

    def stations(_rows: Rows, columns: Sequence[str]) -> Stations:
        return [ref(name) for name in columns], np.arange(len(columns), dtype=np.int32)[None, :]

    return stations


@lru_cache(maxsize=1)
def _facts() -> Facts:
    return Facts()


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    """Ids of China's cities by folded name."""
    found = [one for one in _facts().regions.values() if (one.country, one.kind) == ("CN", "city")]
    return {folded(name): one.id for one in found for name in one.names if name}


def _city_id(name: str) -> str | None:
    return _cities().get(folded(name)) or _cities().get(folded(f"{name}市"))


def city_composite(name: str) -> StationRef:
    """The composite of a city: the catalogue's, or one with an id of the same making."""
    area = _city_id(name)
    if area is None:
        return StationRef(name=name)
    code = area.replace("cn-", "city-", 1)
    listed = _facts().stations.get(f"cnemc-{code}")
    if listed:
        return StationRef(name=listed[-1].name, area=area)
    return StationRef(code=code, name=name, area=area, kind="composite")


@lru_cache(maxsize=1)
def _beijing_names() -> frozenset[str]:
    """Every folded name of a station of Beijing in the catalogue."""
    facts = _facts()
    listed = {
        one: versions
        for one, versions in facts.stations.items()
        if versions[-1].network == "cnemc" and versions[-1].area == "cn-beijing"
    }
    stations = {one: vs for one, vs in listed.items() if vs[-1].kind != "composite"}
    names = {version.name for versions in stations.values() for version in versions}
    names |= {a.value for one in stations for a in facts.aliases_of.get(one, []) if a.what == "name"}
    return frozenset(map(folded, names))


def _beijing_station(name: str) -> StationRef:
    if folded(name) in _beijing_names():
        return StationRef(name=name, area="cn-beijing")
    return StationRef(code=f"beijing-{name}", name=name, area="cn-beijing")


def _format(
    name: str,
    feed: str,
    columns: Callable[[Mapping[int, str]], list[int]],
    station: Callable[[str], StationRef],
    kinds: Callable[[Rows, Hours, Values], Kinds] = _as_cnemc,
) -> TypedFormat:
    return TypedFormat(
        name=name,
        feed=feed,
        parser_version=1,
        period="PT1H",
        roles={"date": ("date",), "hour": ("hour",), "type": ("type",)},
        value_columns=columns,
        place=_labels,
        kinds=kinds,
        stations=_each(station),
        encodings=("gb18030",),
        whole=True,  # the two rows of ozone explain each other
    )


SITES = _format(
    "china-sites", "cnemc-archive", _all_if(lambda _: True, _CODE), lambda code: StationRef(code=code)
)
CITIES = _format(
    "china-cities",
    "cnemc-city-archive",
    _all_if(lambda name: _city_id(name) is not None, _CHINESE),
    city_composite,
)
BEIJING = _format(
    "beijing-stations",
    "beijing-archive",
    _all_if(lambda name: folded(name) in _beijing_names(), _CHINESE),
    _beijing_station,
    _as_labelled,
)
FORMATS = (SITES, CITIES, BEIJING)
