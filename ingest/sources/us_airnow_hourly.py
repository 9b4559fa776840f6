"""AirNow, hourly files of the whole world ("HourlyData_YYYYMMDDHH.dat"), of which the US missions in China.

https://files.airnowtech.org, airnow/YYYY/YYYYMMDD/

* No header: MM/DD/YY|HH:MM|AQSID|name|offset|parameter|unit|value|agency, latin-1.
* Labels name the start of the hour in UTC. -999 means missing.
* The numbers (AQSID) of the missions are documented nowhere at hand: a mission is a site of the offset +8
  whose name or agency holds one of the missions' cities; nobody else there publishes by AirNow.
* All other rows are left out and counted. The missions' feeds ended on 2025-03-04.
* Values are preliminary, so the files are a feed of their own behind the yearly ones.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from config.facts import Facts
from ingest.headers import fold, unit
from ingest.hours import HourClock, Hours
from ingest.rows import Placed, Rows, Stations
from ingest.source import Quantity, StationRef
from ingest.tables import Bare
from ingest.typed import LEFT_OUT, UNKNOWN, Kinds, TypedFormat, Values

CLOCK = HourClock(label="start", zone="UTC")
PM25 = Quantity("pm25", "ug/m3")

COLUMNS = ("date", "hour", "AQSID", "name", "offset", "parameter", "unit", "value", "agency")
LINE = re.compile(r"\d\d/\d\d/\d\d\|\d\d:\d\d\|[^|]*\|[^|]*\|[^|]*\|[^|]*\|[^|]*\|[^|]*\|[^|]*$")
_DATE = re.compile(r"(\d\d)/(\d\d)/(\d\d)")
_HOUR = re.compile(r"(\d\d):00")
_CHINA = re.compile(r"\+?8(\.0*)?")


def _labels(rows: Rows) -> Placed:
    day = rows.roles["date"].map(lambda text: _digits(_DATE, text, (3, 1, 2), "20"), np.int64)
    hour = rows.roles["hour"].map(lambda text: _digits(_HOUR, text, (1,)), np.int64)
    return CLOCK.place_compact(np.where((day < 0) | (hour < 0), -1, day * 100 + hour))


def _digits(pattern: re.Pattern[str], text: str, groups: tuple[int, ...], before: str = "") -> int:
    found = pattern.fullmatch(text.strip())
    return int(before + "".join(found[group] for group in groups)) if found else -1


@lru_cache(maxsize=1)
def _mission_city() -> re.Pattern[str]:
    """Finds the city of a mission."""
    missions = [versions[-1] for versions in Facts().stations.values() if versions[-1].kind == "mission"]
    cities = sorted({Facts().regions[mission.area].name_en for mission in missions})
    return re.compile(rf"\b({'|'.join(cities)})\b", re.IGNORECASE)


def _cities(rows: Rows) -> npt.NDArray[np.object_]:
    """The mission's city of each row; None for a row of anybody else."""
    named, agency = (rows.roles[role].map(_mission_city().search, object) for role in ("name", "agency"))
    there = rows.roles["offset"].map(lambda text: bool(_CHINA.fullmatch(text.strip())), bool)
    found = np.where(named != None, named, agency)  # noqa: E711 - elementwise
    return np.array(
        [m[1].capitalize() if m and here else None for m, here in zip(found, there, strict=True)], object
    )


def _kinds(rows: Rows, _start: Hours, _values: Values) -> Kinds:
    pm25 = rows.roles["parameter"].map(lambda text: fold(text) in ("pm2.5", "pm25"), bool)
    pm25 &= rows.roles["unit"].map(lambda text: unit(text) == PM25.unit, bool)
    elsewhere = np.array([city is None for city in _cities(rows)], bool)
    of_row = np.where(elsewhere, LEFT_OUT, np.where(pm25, 0, UNKNOWN)).astype(np.int32)
    notes = Counter({"left out: row of another place": int(np.count_nonzero(elsewhere))})
    return Kinds([PM25], of_row, +notes)


def _stations(rows: Rows, _columns: object) -> Stations:
    cities = _cities(rows)
    known = sorted({city for city in cities if city})
    refs = [StationRef(name=city, area=f"cn-{city.casefold()}") for city in known]
    places = {city: at for at, city in enumerate(known)}
    return refs, np.array([places.get(city, -1) for city in cities], np.int32)[:, None]


def _value(header: Mapping[int, str]) -> list[int]:
    return [at for at, cell in header.items() if cell == "value"]


FORMAT = TypedFormat(
    name="us-airnow-hourly",
    feed="us-airnow-hourly",
    parser_version=1,
    period="PT1H",
    roles={name: (name,) for name in COLUMNS if name not in ("AQSID", "value")},
    left_out=("AQSID",),
    sentinels=(-999.0,),
    encodings=("latin-1",),
    value_columns=_value,
    place=_labels,
    kinds=_kinds,
    stations=_stations,
    bare=Bare(COLUMNS, "|", LINE),
)
