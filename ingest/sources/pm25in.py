"""Copies of pm25.in's table of China's stations, as scraped in 2014 (AQI, city, CO, ..., time_point).

* time_point is Chinese local time marked "Z", as if it were UTC: 13:00Z is the network's label 13:00, the end
  of the hour. Labels that are no full hour are those of stations that were silent.
* A row without a primary pollutant lacks its cell, so that what follows stands a column further left; a row
  that lacks the quality too stands two. Where the station's code stands says by how much. A row with two
  primary pollutants stands a column further right and cannot be read.
* Zero means missing: stations that were silent have it in every column.
* o_3 and o3_24h are equal in the copy that is known; an hour's mean is never above the maximum of the 24
  hours that end with it, so the smaller is taken. Carbon monoxide is mg/m3.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ingest.cells import Column, Numbers, numbers
from ingest.hours import HourClock, Hours
from ingest.layout import ArchiveFormat, ValueColumn
from ingest.rows import Placed, Rows, Stations
from ingest.source import Quantity, StationRef

CLOCK = HourClock(label="end", zone="Asia/Shanghai")
SENTINELS = (0.0,)
O3, SO2 = Quantity("o3", "ug/m3"), Quantity("so2", "ug/m3")

# The last columns in their order; the code of a row that has slipped stands in one of those before it.
_LAST = ("primary", "quality", "so2", "so2_24h", "code", "time")
_SLIPS = (0, 1, 2)
_CODE = re.compile(r"\d{4}A")
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}):00:00Z")


def _slip(rows: Rows) -> npt.NDArray[np.int64]:
    """By how many columns each row stands further left; -1 where no code is found."""
    slip = np.full(rows.count, -1, np.int64)
    for by in reversed(_SLIPS):
        coded = rows.roles[_LAST[4 - by]].map(lambda text: bool(_CODE.fullmatch(text.strip())), bool)
        slip[coded] = by
    return slip


def _slipped(rows: Rows, role: str, read: Callable[[Column], npt.NDArray[np.generic]]) -> npt.NDArray:  # type: ignore[type-arg]
    """What a column holds, read where each row has it."""
    slip, at = _slip(rows), _LAST.index(role)
    found = read(rows.roles[role])
    for by in _SLIPS[1:]:
        found = np.where(slip == by, read(rows.roles[_LAST[at - by]]), found)
    return found


def _label(text: str) -> str:
    found = _TIME.fullmatch(text.strip())
    return found[1].replace("T", " ") if found else ""


def _place(rows: Rows) -> Placed:
    labels = _slipped(rows, "time", lambda column: column.map(_label, object))
    texts = sorted(set(labels.tolist()))
    hours, placed = CLOCK.place_texts(texts)
    index = np.array([texts.index(one) for one in labels.tolist()], np.intp)
    return hours[index], placed[index]


def _stations(rows: Rows) -> Stations:
    codes = _slipped(rows, "code", lambda column: column.map(str.strip, object)).tolist()
    sound = [code if _CODE.fullmatch(code) else None for code in codes]
    listed = {code: at for at, code in enumerate(dict.fromkeys(filter(None, sound)))}
    return (
        [StationRef(code=code) for code in listed],
        np.array([listed[code] if code else -1 for code in sound], np.int32),
    )


def _amend(rows: Rows, _start: Hours, quantity: Quantity, found: Numbers) -> Numbers:
    """Sulphur dioxide where the row has it; the smaller of ozone's two columns."""
    if quantity == SO2:
        slip = _slip(rows)
        for by in _SLIPS[1:]:
            other = numbers(rows.roles[_LAST[_LAST.index("so2") - by]], SENTINELS)
            found = _where(slip == by, other, found)
    if quantity == O3:
        other = numbers(rows.roles["o3_24h"], SENTINELS)
        found = _where(other.values < found.values, other, found)
    return found


def _where(chosen: npt.NDArray[np.bool_], one: Numbers, other: Numbers) -> Numbers:
    return Numbers(
        np.where(chosen, one.values, other.values),
        np.where(chosen, one.statuses, other.statuses),
        np.where(chosen, one.bad, other.bad),
    )


FORMAT = ArchiveFormat(
    name="pm25in",
    feed="pm25in",
    parser_version=1,
    period="PT1H",
    values={
        Quantity("pm25", "ug/m3"): ValueColumn(("pm2_5",), SENTINELS),
        Quantity("pm10", "ug/m3"): ValueColumn(("pm10",), SENTINELS),
        O3: ValueColumn(("o_3", "o3"), SENTINELS),
        Quantity("no2", "ug/m3"): ValueColumn(("no2",), SENTINELS),
        SO2: ValueColumn(("so2",), SENTINELS),
        Quantity("co", "mg/m3"): ValueColumn(("co",), SENTINELS),
    },
    roles={
        "name": ("position_name",),
        "primary": ("primary_pollutant",),
        "quality": ("quality",),
        "so2": ("so2",),
        "so2_24h": ("so2_24h",),
        "code": ("station_code",),
        "time": ("time_point",),
        "o3_24h": ("o3_24h",),
    },
    optional={},
    left_out=("aqi", "city", "co_24h", "no2_24h", "o3_8h", "o3_8h_24h", "pm10_24h", "pm2_5_24h"),
    encodings=("gb18030",),
    every_value=True,
    place=_place,
    stations=_stations,
    amend=_amend,
)
