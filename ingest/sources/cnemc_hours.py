"""CNEMC's hourly values as kept by an archive on GitHub, a CSV file an hour ("2022-01-04T16.csv").

https://github.com/HeQinWill/CNEMC (collected from the network's own site)

* `timepoint` names the end of the hour in Chinese time, as the network publishes it (its notes: the hourly
  mean of 16:00 is that of 15:00 to 16:00).
* An empty cell is missing. Carbon monoxide is mg/m³.
* o3 and o3_24h are exchanged until 2023-11-09, as in the live feed: see `ingest.sources.cnemc`.
* Means over 24 and 8 hours and the index are other quantities and not stored.
"""

from __future__ import annotations

import numpy as np

from ingest.cells import Numbers, numbers
from ingest.hours import HourClock, Hours
from ingest.layout import ArchiveFormat, ValueColumn
from ingest.rows import Rows, hourly_by_order, listed_stations
from ingest.source import Quantity
from ingest.sources.cnemc import O3_SWAPPED_BEFORE, O3_UNSWAPPED_FROM

CLOCK = HourClock(label="end", zone="Asia/Shanghai")
O3 = Quantity("o3", "ug/m3")


def hour_mean(rows: Rows, start: Hours, quantity: Quantity, found: Numbers) -> Numbers:
    """The hour's ozone: before the change o3 holds the maximum of 24 hours and o3_24h the hour's mean."""
    if quantity != O3:
        return found
    other = numbers(rows.roles["o3_24h"])
    # An hour's mean is never above the maximum of the 24 hours that end with it.
    smaller = (start < O3_UNSWAPPED_FROM) & (other.values < found.values)
    swapped = (start < O3_SWAPPED_BEFORE) | smaller
    return Numbers(
        np.where(swapped, other.values, found.values),
        np.where(swapped, other.statuses, found.statuses),
        np.where(swapped, other.bad, found.bad),
    )


FORMAT = ArchiveFormat(
    name="cnemc-hours",
    feed="cnemc-hours",
    parser_version=1,
    period="PT1H",
    values={
        Quantity("pm25", "ug/m3"): ValueColumn(("pm2_5",)),
        Quantity("pm10", "ug/m3"): ValueColumn(("pm10",)),
        O3: ValueColumn(("o3",)),
        Quantity("no2", "ug/m3"): ValueColumn(("no2",)),
        Quantity("so2", "ug/m3"): ValueColumn(("so2",)),
        Quantity("co", "mg/m3"): ValueColumn(("co",)),
    },
    roles={"time": ("timepoint",), "code": ("stationcode",), "o3_24h": ("o3_24h",)},
    optional={"name": ("positionname",), "lat": ("latitude",), "lon": ("longitude",)},
    left_out=(
        *("area", "primarypollutant", "aqi", "pm10_24h", "pm2_5_24h", "no2_24h", "so2_24h", "co_24h"),
        *("o3_8h", "o3_8h_24h"),
    ),
    encodings=("gb18030",),
    place=hourly_by_order(CLOCK, "ymdh", ("time",)),
    stations=listed_stations,
    amend=hour_mean,
)
