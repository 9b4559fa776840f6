"""A copy of AirKorea's finalized table by day: the mean of a day's labels 01..24 of each station.

Known of one day, 2019-11-02, made by a third party (github hadistar/hadistar, Lec_Py_inter). It proves what
AirKorea's day is (see docs/sources.md).

* The day is the Korean civil day. 측정일시 is the mean of the labels (…13 for 12.5); `date` is
  month/day/year.
* An empty cell is missing. How many hours stand behind a mean is not told.
* Coordinates are those of the copy.
"""

from __future__ import annotations

import numpy as np

from ingest.hours import place_days
from ingest.layout import ArchiveFormat, ValueColumn
from ingest.rows import Placed, Rows, listed_stations
from ingest.source import Quantity


def _day(rows: Rows) -> Placed:
    """By the day of the mean label; it cannot leave its day."""
    column = rows.roles["time"]
    days, placed = place_days([text.strip()[:8] for text in column.texts], "Asia/Seoul")
    placed &= np.array([len(text.strip()) == 10 for text in column.texts], bool)
    return days[column.codes], placed[column.codes]


FORMAT = ArchiveFormat(
    name="airkorea-day-means",
    feed="airkorea-day-means",
    parser_version=1,
    period="P1D",
    values={
        Quantity("pm25", "ug/m3"): ValueColumn(("PM25",)),
        Quantity("pm10", "ug/m3"): ValueColumn(("PM10",)),
        Quantity("o3", "ppm"): ValueColumn(("O3",)),
        Quantity("no2", "ppm"): ValueColumn(("NO2",)),
        Quantity("so2", "ppm"): ValueColumn(("SO2",)),
        Quantity("co", "ppm"): ValueColumn(("CO",)),
    },
    roles={
        "code": ("측정소코드",),
        "time": ("측정일시",),
        "day": ("date",),
        "lat": ("Latitude",),
        "lon": ("Longitude",),
    },
    optional={},
    left_out=("주소",),
    every_value=True,
    place=_day,
    stations=listed_stations,
)
