"""CMAQ: daily PM2.5 of East Asia, as modelled and as fused with monitors (gVNA), one netCDF file a day.

https://github.com/zhuobichen/PM25-Fusion-AutoResearch (MIT)

* `PM25_cmaq` is the model; the file gives it no unit, its publisher µg/m³. Against monitors of January 2020
  it correlates with 0.89 in Seoul.
* `PM25_fused` is another feed: it knows China's monitors, and over Korea it extrapolates them (about
  20 µg/m³ too high).
* The grid is curvilinear, 27 km. The day is the file's `date`; whose midnight bounds it is not said. It is
  taken as the civil day of each place: Seoul's hourly means correlate with it by 0.89, by the UTC day 0.86.
"""

from __future__ import annotations

from ingest.grids import Field, Product
from ingest.source import Quantity

PM25 = Quantity("pm25", "ug/m3")

PRODUCT = Product(
    name="cmaq-daily",
    network="cmaq",
    parser_version=1,
    fields=(
        Field("cmaq-daily", PM25, {"PM25_cmaq": 1.0}, "day", said_unit="ug/m3"),
        Field("cmaq-fused-daily", PM25, {"PM25_fused": 1.0}, "day"),
    ),
)
