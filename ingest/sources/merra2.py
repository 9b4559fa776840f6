"""MERRA-2: PM2.5 from the aerosols of NASA's reanalysis, collection tavg1_2d_aer_Nx (M2T1NXAER), netCDF.

https://gmao.gsfc.nasa.gov/reanalysis/MERRA-2/
PM2.5 = DUSMASS25 + SSSMASS25 + BCSMASS + 1.4 OCSMASS + 1.375 SO4SMASS

* 1.375 (132.14/96.06) makes ammonium sulphate of sulphate, 1.4 organic matter of organic carbon (Chow et
  al. 2015). Papers take 1.4 to 1.8, the publisher's FAQ 1: one number below, if yours differs.
* The files hold no PM2.5 and no nitrate, which is much of the winter particles of both shores: read as
  PM2.5 it is too low there.
* Values are means of an hour, named by its middle: 00:30 is 00:00 to 01:00 UTC.
"""

from __future__ import annotations

from ingest.grids import Field, Product
from ingest.source import Quantity

SPECIES = {
    "DUSMASS25": 1.0,
    "OCSMASS": 1.4,
    "BCSMASS": 1.0,
    "SSSMASS25": 1.0,
    "SO4SMASS": 1.375,
}

PRODUCT = Product(
    name="merra2",
    network="merra2",
    parser_version=1,
    fields=(Field("merra2-grid", Quantity("pm25", "ug/m3"), SPECIES, "middle"),),
)
