"""OpenAQ's archive, a file a location and day ("location-7727-20221101.csv.gz").

https://openaq-data-archive.s3.amazonaws.com, records/csv.gz/locationid=…/year=…/month=…/

* A row is a reading: location_id,sensors_id,location,datetime,lat,lon,parameter,units,value. Files of 2025
  quote every cell.
* `datetime` names the end of the hour and states its offset (first row of a day 01:00).
* 9999 and -999 mean missing: OpenAQ passes on what its providers write.
* Gases are ppm or µg/m³ as the provider gives them, kept as given. The sign for micro is U+00B5 or U+03BC.
* Korea: until April 2024 the provider's Korean time was stored as if it were UTC, and what was stored was
  to be corrected afterwards (github openaq/openaq-fetch #1102). A file does not tell whether it has been:
  rows of before May 2024 may be nine hours off and are rejected, and so are rows of Korean places that do
  not state Korea's offset. AirKorea's own tables hold these hours.
* Readings between full hours (low-cost sensors) cannot be placed and are rejected.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np

from ingest.headers import fold, unit
from ingest.hours import EPOCH, HourClock, Hours, LabelError, Mask, hour_number
from ingest.rows import Placed, Refusal, Rows, Stations, listed_stations
from ingest.source import Pollutant, Quantity
from ingest.typed import LEFT_OUT, UNKNOWN, Kinds, TypedFormat, Values

CLOCK = HourClock(label="end", zone="UTC")  # of moments whose offset is stated
KOREA_SOUND_FROM = hour_number(datetime(2024, 4, 30, 15, tzinfo=UTC))
KOREA_OFFSET = timedelta(hours=9)
# South Korea without Japan's north-west: the mainland and Jeju; Ulleungdo and Dokdo (lat, lon, degrees).
KOREA = ((33.0, 38.7, 124.5, 129.7), (37.0, 38.0, 130.5, 132.0))

POLLUTANTS: tuple[Pollutant, ...] = ("pm25", "pm10", "o3", "no2", "so2", "co")
UNITS = ("ug/m3", "mg/m3", "ppm", "ppb")
# What OpenAQ lists besides the six pollutants.
OTHERS = re.compile(
    "bc|ch4|co2|no|nox|pm1|pm4|so4|no3|ufp|um[0-9]{3}|temperature|relativehumidity|humidity|pressure|wind_[a-z]+"
)
_NUMBERED = re.compile("[0-9]{1,10}")
_YEARS = range(2000, 2200)


@lru_cache(maxsize=100_000)
def _moment(text: str) -> tuple[int, timedelta] | None:
    """Hour number and offset of a moment; None without an offset, a full hour or a sound year."""
    try:
        moment = datetime.fromisoformat(text.strip())
        offset = moment.utcoffset()
        if offset is None or moment.year not in _YEARS:
            return None
        return CLOCK.from_epoch_ms((moment - EPOCH) // timedelta(milliseconds=1)), offset
    except (ValueError, OverflowError, LabelError):
        return None


def _place(rows: Rows) -> Placed:
    column = rows.roles["time"]
    placed = column.map(lambda text: _moment(text) is not None, bool)
    return column.map(lambda text: (_moment(text) or (0,))[0], np.int64), placed


def _kinds(rows: Rows, _start: Hours, _values: Values) -> Kinds:
    """By parameter and unit; what else OpenAQ measures is left out and counted."""
    parameter = rows.roles["parameter"].map(fold, object)
    units = rows.roles["units"].map(unit, object)
    pairs = list(zip(parameter.tolist(), units.tolist(), strict=True))
    met = set(pairs)
    held = [Quantity(p, u) for p in POLLUTANTS for u in UNITS if (p, u) in met]
    kinds = {pair: LEFT_OUT for pair in met if OTHERS.fullmatch(pair[0])}
    kinds |= {(quantity.pollutant, quantity.unit): at for at, quantity in enumerate(held)}
    of_row = np.array([kinds.get(pair, UNKNOWN) for pair in pairs], np.int32)
    return Kinds(held, of_row, Counter(f"left out: {name}" for name, _ in pairs if OTHERS.fullmatch(name)))


def _stations(rows: Rows, _columns: object) -> Stations:
    """Locations by their number; what stands behind the name is the number again."""
    refs, station = listed_stations(rows)
    numbered = np.array([bool(_NUMBERED.fullmatch(ref.code or "")) for ref in refs], bool)
    sound = [
        replace(
            ref,
            name=(ref.name or "").removesuffix(f"-{ref.code}") or None,
            lat=_within(ref.lat, 90),
            lon=_within(ref.lon, 180),
        )
        for ref in refs
    ]
    return sound, np.where(numbered[station], station, -1).astype(np.int32)[:, None]


def _within(degrees: float | None, limit: float) -> float | None:
    return degrees if degrees is not None and abs(degrees) <= limit else None


def _refusals(rows: Rows, start: Hours) -> list[Refusal]:
    """Korea's clock, and numbers that would be taken for the code of another network's station."""
    column = rows.roles["time"]
    offset = column.map(lambda text: (_moment(text) or (0, None))[1] == KOREA_OFFSET, bool)
    korea = _in_korea(rows)
    return [
        (
            "Korea before May 2024: the clock cannot be told; import AirKorea's own files",
            korea & (start < KOREA_SOUND_FROM),
        ),
        ("a Korean place without Korea's offset: the clock cannot be told", korea & ~offset),
    ]


def _in_korea(rows: Rows) -> Mask:
    lat, lon = (rows.roles[role].map(_degrees, np.float64) for role in ("lat", "lon"))
    mainland, islands = ((lat >= s) & (lat <= n) & (lon >= w) & (lon <= e) for s, n, w, e in KOREA)
    return mainland | islands


def _degrees(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _value(header: Mapping[int, str]) -> list[int]:
    return [at for at, cell in header.items() if fold(cell) == "value"][:1]


FORMAT = TypedFormat(
    name="openaq-archive",
    feed="openaq-archive",
    parser_version=1,
    period="PT1H",
    roles={
        "code": ("location_id",),
        "name": ("location",),
        "time": ("datetime",),
        "lat": ("lat",),
        "lon": ("lon",),
        "parameter": ("parameter",),
        "units": ("units",),
    },
    left_out=("sensors_id",),
    sentinels=(9999.0, -999.0),
    encodings=("latin-1",),
    value_columns=_value,
    place=_place,
    kinds=_kinds,
    stations=_stations,
    refuse=_refusals,
)
