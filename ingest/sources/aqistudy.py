"""City daily values copied from aqistudy.cn: one CSV file per city, named 北京.csv and so on.

https://www.aqistudy.cn/historydata (a copy of the daily values of China's monitoring centre)

* A day is the Chinese civil day; the city is known from the file's name alone.
* Carbon monoxide is mg/m³; O3_8h is the highest 8-hour mean of the day.
* Zero means missing. Of 47,199 rows of 37 cities only 70, of Beijing and Zhengzhou, hold a zero: 68 of them
  say PM10 0 while PM2.5, a part of it, is up to 294, and one row is zero throughout. Elsewhere nothing is
  lower than 2 (PM2.5) and 1 (PM10).
"""

from __future__ import annotations

from ingest.layout import ArchiveFormat, ValueColumn
from ingest.rows import daily, one_station
from ingest.source import Quantity, StationRef

SENTINELS = (0.0,)

FORMAT = ArchiveFormat(
    name="aqistudy-daily",
    feed="aqistudy-daily",
    parser_version=1,
    period="P1D",
    values={
        Quantity("pm25", "ug/m3"): ValueColumn(("PM2.5",), SENTINELS),
        Quantity("pm10", "ug/m3"): ValueColumn(("PM10",), SENTINELS),
        Quantity("o3", "ug/m3", "max8h"): ValueColumn(("O3_8h",), SENTINELS),
        Quantity("no2", "ug/m3"): ValueColumn(("NO2",), SENTINELS),
        Quantity("so2", "ug/m3"): ValueColumn(("SO2",), SENTINELS),
        Quantity("co", "mg/m3"): ValueColumn(("CO",), SENTINELS),
    },
    roles={"time": ("日期",), "index": ("AQI",)},
    optional={},
    left_out=("AQI级别", "质量等级", "排名"),
    never=("城市", "监测点"),  # a table of several places is not a city's file
    encodings=("gb18030",),
    place=daily("Asia/Shanghai"),
    stations=one_station(lambda city: StationRef(name=city)),
)
