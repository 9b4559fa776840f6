"""AirNow, yearly files of the US missions in China ("Beijing_PM2.5_2015_YTD.csv"), 2013 to 2025.

https://www.airnow.gov/international/us-embassies-and-consulates/

* Labels name the end of the hour in Chinese time: files run from 01-01 01:00 to the next 01-01 00:00.
* The value is Raw Conc.; NowCast is an index average and not stored.
* -999 and 985 mean missing; what QC Name does not call Valid is not a value, whatever stands there.
  Small negatives called Valid are instrument noise and are values.
* Files of 2013 to 2019 went through a US clock, see `ingest.hours.undo_us_spring`.
"""

from __future__ import annotations

from ingest.hours import HourClock
from ingest.layout import ArchiveFormat, ValueColumn
from ingest.rows import hourly_by_parts
from ingest.source import Quantity
from ingest.sources.us_stateair import not_hourly_pm25, quality, sites

CLOCK = HourClock(label="end", zone="Asia/Shanghai")

FORMAT = ArchiveFormat(
    name="us-airnow",
    feed="us-airnow",
    parser_version=1,
    period="PT1H",
    values={Quantity("pm25", "ug/m3"): ValueColumn(("Raw Conc.",), (-999.0, 985.0))},
    roles={
        "name": ("Site",),
        "year": ("Year",),
        "month": ("Month",),
        "day": ("Day",),
        "hour": ("Hour",),
        "quality": ("QC Name",),
    },
    optional={"parameter": ("Parameter",), "duration": ("Duration",)},
    left_out=("Date (LT)", "NowCast Conc.", "AQI", "AQI Category", "Conc. Unit"),
    encodings=("latin-1",),
    place=hourly_by_parts(CLOCK, us_clock="name"),
    stations=sites,
    flags=quality,
    refuse=not_hourly_pm25,
    whole=True,
)
