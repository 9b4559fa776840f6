"""StateAir, yearly files of the US missions in China ("Beijing_2015_HourlyPM25_created….csv"), 2008 to 2017.

http://www.stateair.net/web/historical (gone; copies)

* Labels name the start of the hour in Chinese time: shifted by one they equal AirNow's.
* Date (LST) is written in several ways; Year, Month, Day and Hour are read.
* Three lines may precede the header; bytes are latin-1 and the unit is mangled in some years.
* -999 means missing, also where QC Name says Valid. Values down to -15 called Valid are instrument noise.
* Most years went through a US clock, see `ingest.hours.undo_us_spring`.
"""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from ingest.cells import Statuses, status, status_of_word
from ingest.hours import HourClock
from ingest.layout import ArchiveFormat, ValueColumn
from ingest.rows import Refusal, Rows, Stations, hourly_by_parts
from ingest.source import Quantity, StationRef

_PM25 = re.compile(r"\s*PM2\.5", re.IGNORECASE)
_HOUR = re.compile(r"\s*1 ?Hr", re.IGNORECASE)

CLOCK = HourClock(label="start", zone="Asia/Shanghai")


def sites(rows: Rows) -> Stations:
    """Missions by their city."""
    column = rows.roles["name"]
    names = [text.strip() for text in column.texts]
    refs = [StationRef(name=name, area=f"cn-{name.casefold().replace(' ', '-')}") for name in names]
    return refs, np.where(column.map(bool, bool), column.codes, -1).astype(np.int32)


def quality(rows: Rows) -> tuple[Statuses, Counter[str]]:
    """Statuses by QC Name: 0 for Valid, and for a word nobody knows `other`, with a note."""
    column = rows.roles["quality"]
    known = {word: 0 if word.strip() == "Valid" else status_of_word(word) for word in column.texts}
    flags = column.map(lambda word: status("other") if known[word] is None else known[word], np.uint8)
    unknown = Counter(f"unknown QC Name {word!r}" for word in column.map(str, object) if known[word] is None)
    return flags, unknown


def not_hourly_pm25(rows: Rows) -> list[Refusal]:
    """Rows of another parameter or of another averaging time."""
    refusals = []
    for role, known in (("parameter", _PM25), ("duration", _HOUR)):
        if role in rows.roles:
            matches = rows.roles[role].map(known.match, object)
            refusals.append((f"the {role} is not known", matches == None))  # noqa: E711 - elementwise
    return refusals


FORMAT = ArchiveFormat(
    name="us-stateair",
    feed="us-stateair",
    parser_version=1,
    period="PT1H",
    values={Quantity("pm25", "ug/m3"): ValueColumn(("Value",), (-999.0,))},
    roles={
        "name": ("Site",),
        "year": ("Year",),
        "month": ("Month",),
        "day": ("Day",),
        "hour": ("Hour",),
        "quality": ("QC Name",),
    },
    optional={"parameter": ("Parameter",), "duration": ("Duration",)},
    left_out=("Date (LST)", "Unit"),
    encodings=("latin-1",),
    place=hourly_by_parts(CLOCK, us_clock="name"),
    stations=sites,
    flags=quality,
    refuse=not_hourly_pm25,
    whole=True,
)
