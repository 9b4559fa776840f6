"""AirKorea, finalized hourly tables (최종확정 측정자료): quarterly or monthly CSV and XLSX files.

https://www.airkorea.or.kr/web/last_amb_hour_data

* Labels 01..24 name the end of the hour in Korean time; 24 is midnight at the end of the day.
* Columns changed order and names over the years, so they are found by name: 망 stands there from 2017,
  PM25 is absent or blank up to 2014, copies write English headers.
* Up to 2013 -999 means missing, from 2014 an empty cell does.
  Zero is a value: gases are rounded to three decimals.
* Excerpts without a header are known by their first line: two of them, as people cut them out of the tables.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.hours import HourClock
from ingest.layout import ArchiveFormat, ValueColumn
from ingest.rows import hourly, hourly_by_order, listed_stations
from ingest.source import Quantity
from ingest.tables import Bare

CLOCK = HourClock(label="end", zone="Asia/Seoul")
SENTINELS = (-999.0,)

FORMAT = ArchiveFormat(
    name="airkorea-final",
    feed="airkorea-final",
    parser_version=1,
    period="PT1H",
    values={
        Quantity("pm25", "ug/m3"): ValueColumn(("PM25", "PM2.5", "PM2_5"), SENTINELS),
        Quantity("pm10", "ug/m3"): ValueColumn(("PM10",), SENTINELS),
        Quantity("o3", "ppm"): ValueColumn(("O3",), SENTINELS),
        Quantity("no2", "ppm"): ValueColumn(("NO2",), SENTINELS),
        Quantity("so2", "ppm"): ValueColumn(("SO2",), SENTINELS),
        Quantity("co", "ppm"): ValueColumn(("CO",), SENTINELS),
    },
    roles={"time": ("측정일시", "mdate", "time"), "code": ("측정소코드", "측정소 코드", "station_id", "loc")},
    optional={"name": ("측정소명",), "lat": ("lat",), "lon": ("long", "lon")},
    left_out=("지역", "망", "주소"),
    never=("date",),  # a copy with a day beside 측정일시 holds day means (kr_station_metadata)
    place=hourly(CLOCK, digits=10),
    stations=listed_stations,
)

# Columns of lists of AirKorea's stations, as people keep them beside the tables; folded.
STATION_LISTS = (
    ("측정소코드", "측정소명", "위도", "경도"),
    ("측정소 코드", "측정소명", "연도", "위도", "경도"),
    ("station_code", "station", "lat", "long"),
    ("station_id", "lat", "long"),
)

_GASES_AND_PARTICLES = ("SO2", "CO", "O3", "NO2", "PM10", "PM25")
FORMATS = (
    FORMAT,
    replace(
        FORMAT,
        bare=Bare(
            ("", "지역", "망", "측정소코드", "측정소명", "측정일시", *_GASES_AND_PARTICLES, "주소"),
            ",",
            re.compile(r"\d+,[^,]*,[^,]*,\d{6},[^,]*,\d{10},"),
            first=True,
        ),
        encodings=("utf-8", "cp949"),
    ),
    replace(
        FORMAT,
        bare=Bare(
            ("측정일시", "지역", "측정소명", "측정소코드", *_GASES_AND_PARTICLES),
            ",",
            re.compile(r"\d{4}-\d{2}-\d{2} \d{2},[^,]*,[^,]*,\d{6},"),
            first=True,
        ),
        encodings=("utf-8", "cp949"),
        place=hourly_by_order(CLOCK, "ymdh", ("time",)),
    ),
)
