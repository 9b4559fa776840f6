"""Cities of Liaoning as its province's platform gave them (GetCityDetailList), as recorded in 2016.

* TimePoint is `/Date(ms)/`, an absolute moment; it is taken for the end of the hour, as on the network's own
  platform. No second publication of that hour was found to show it on.
* Values are numbers; zero stands for what is absent, as its columns of 24 hours show.
* A value is the mean of a city: a composite, never averaged with stations. O38, *24 and IAQI_* are others.
* Carbon monoxide is mg/m3.
"""

from __future__ import annotations

import json
import re

from ingest.hours import HourClock, LabelError
from ingest.live_rows import LiveRows
from ingest.source import Batch, Quantity
from ingest.sources.cnemc_archive import city_composite
from ingest.unwrapping import Row

FEED = "liaoning-city"
NAME = "liaoning-answer"
PARSER_VERSION = 1
CLOCK = HourClock(label="end", zone="Asia/Shanghai")

QUANTITIES = {
    "PM25": Quantity("pm25", "ug/m3"),
    "PM10": Quantity("pm10", "ug/m3"),
    "O3": Quantity("o3", "ug/m3"),
    "NO2": Quantity("no2", "ug/m3"),
    "SO2": Quantity("so2", "ug/m3"),
    "CO": Quantity("co", "mg/m3"),
}
_LEFT_OUT = {"IsUse", "AQIColor", "AQIDescription", "PrimaryPollutantInfoList", "Id", "AQI", "O38", "Value"}
_LEFT_OUT |= {"PrimaryPollutantName", "PM2524", "PM1024", "Level", "Status", "O38_24"}
_LEFT_OUT |= {f"IAQI_{name}" for name in ("PM2524", "PM1024", "SO2", "NO2", "CO", "O3", "O38")}
_LEFT_OUT |= {f"{name}_24" for name in ("SO2", "NO2", "CO", "O3")}
_KNOWN = {*QUANTITIES, "CityName", "TimePoint"} | _LEFT_OUT
_DATE = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")


def is_of(rows: list[Row]) -> bool:
    """Whether rows are such cities."""
    return any({"CityName", "TimePoint", "PM25"} <= row.keys() for row in rows)


def parse(rows: list[Row]) -> Batch:
    """The readings of an answer; pure."""
    found = LiveRows(FEED, list(QUANTITIES.values()), sentinels=(0.0,))
    for row in rows:
        _read(found, row)
    return found.batch()


def _read(found: LiveRows, row: Row) -> None:
    for key in row.keys() - _KNOWN:
        found.notes[f"unknown key {key}"] += 1
    told = json.dumps(row, ensure_ascii=False)
    name = row.get("CityName")
    if not isinstance(name, str) or not name.strip():
        found.reject(told, "row without CityName")
        return
    moment = _DATE.fullmatch(str(row.get("TimePoint")))
    try:
        hour = CLOCK.from_epoch_ms(int(moment[1])) if moment else None
    except LabelError:
        hour = None
    if hour is None:
        found.reject(told, "TimePoint is not a full hour written /Date(ms)/")
        return
    found.begin(city_composite(name.strip()), hour)
    for key, quantity in QUANTITIES.items():
        found.value(quantity, row.get(key))
