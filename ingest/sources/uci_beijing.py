"""Beijing Multi-Site Air-Quality Data (UCI, Chen 2017): 12 official stations, 2013-03 to 2017-02.

https://doi.org/10.24432/C5RK5G

* Labels 0..23 name the end of the hour in Chinese time: hour-to-hour differences match the US mission's
  hour-beginning series at label − 1 (correlation 0.561 at Nongzhanguan against 0.19 at 0).
* NA means missing. All gases are µg/m³, carbon monoxide too.
* Weather columns are not stored. Stations are named in pinyin, of which other cities hold some too.
"""

from __future__ import annotations

from functools import partial

from ingest.hours import HourClock
from ingest.layout import ArchiveFormat, ValueColumn
from ingest.rows import hourly_by_parts, listed_stations
from ingest.source import Quantity

CLOCK = HourClock(label="end", zone="Asia/Shanghai")

FORMAT = ArchiveFormat(
    name="uci-beijing",
    feed="uci-beijing",
    parser_version=1,
    period="PT1H",
    values={
        Quantity("pm25", "ug/m3"): ValueColumn(("PM2.5",)),
        Quantity("pm10", "ug/m3"): ValueColumn(("PM10",)),
        Quantity("o3", "ug/m3"): ValueColumn(("O3",)),
        Quantity("no2", "ug/m3"): ValueColumn(("NO2",)),
        Quantity("so2", "ug/m3"): ValueColumn(("SO2",)),
        Quantity("co", "ug/m3"): ValueColumn(("CO",)),
    },
    roles={
        "name": ("station",),
        "year": ("year",),
        "month": ("month",),
        "day": ("day",),
        "hour": ("hour",),
    },
    optional={},
    left_out=("No", "TEMP", "PRES", "DEWP", "RAIN", "wd", "WSPM"),
    place=hourly_by_parts(CLOCK),
    stations=partial(listed_stations, area="cn-beijing"),
)
