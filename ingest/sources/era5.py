"""ERA5: weather at the surface from the reanalysis of the Copernicus Climate Change Service, netCDF.

https://cds.climate.copernicus.eu; "ERA5: data documentation", ECMWF

* Wind, temperature, pressure and boundary layer are instants: kept as such, at the hour that begins there.
* `tp` is what fell in the hour that ends at the time given, in metres: a sum, stored in mm.
"""

from __future__ import annotations

from ingest.grids import Field, Product
from ingest.source import Quantity

FEED = "era5-grid"

PRODUCT = Product(
    name="era5",
    network="era5",
    parser_version=1,
    fields=(
        Field(FEED, Quantity("wind_u", "m/s", "instant"), {"u10": 1.0}, "instant"),
        Field(FEED, Quantity("wind_v", "m/s", "instant"), {"v10": 1.0}, "instant"),
        Field(FEED, Quantity("boundary_layer", "m", "instant"), {"blh": 1.0}, "instant"),
        Field(FEED, Quantity("temperature", "degC", "instant"), {"t2m": 1.0}, "instant"),
        Field(FEED, Quantity("dewpoint", "degC", "instant"), {"d2m": 1.0}, "instant"),
        Field(FEED, Quantity("pressure", "Pa", "instant"), {"sp": 1.0}, "instant"),
        Field(FEED, Quantity("precipitation", "mm", "sum"), {"tp": 1.0}, "end"),
    ),
)
