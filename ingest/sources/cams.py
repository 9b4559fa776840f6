"""CAMS: particles of the Copernicus Atmosphere Monitoring Service (EAC4 reanalysis, global analyses), netCDF.

https://ads.atmosphere.copernicus.eu

* `pm2p5` and `pm10` in kg m-3, often packed (scale_factor, add_offset); latitude from north to south; the
  dimension of time is called `time`, in files of the newer data store `valid_time`.
* Values are instants of the model, every three hours in EAC4: kept as instants, never as hourly means.
* Lead times of a forecast (`forecast_period`) make several values of one moment: such a file is refused.
"""

from __future__ import annotations

from ingest.grids import Field, Product
from ingest.source import Quantity

PRODUCT = Product(
    name="cams",
    network="cams",
    parser_version=1,
    fields=(
        Field("cams-grid", Quantity("pm25", "ug/m3", "instant"), {"pm2p5": 1.0}, "instant"),
        Field("cams-grid", Quantity("pm10", "ug/m3", "instant"), {"pm10": 1.0}, "instant"),
    ),
)
