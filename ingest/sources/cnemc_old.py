"""CNEMC's old platform (106.37.208.233:20035, WCF, gone) and what was made of its answers, as recorded.

GetAQIDataPublishLives gave all stations of the hour on show, as the later site does: the same fields under
the same names. So a recorded answer is read by the parser of the live site, and stands in a feed of its own.

* TimePoint is local time without a zone and names the end of the hour.
* Missing is `&mdash;`; a copy made by a sloppy unescape has "-;" instead.
* O3 and O3_24h are exchanged, as on the live site before 2023-11-09: O3 is never the smaller here.
* A copy as GeoJSON writes the fields in small letters and the place as a point.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.hours import EPOCH, fixed_offset
from ingest.source import Batch, Payload, Request
from ingest.sources.cnemc import SPEC, Cnemc
from ingest.unwrapping import Row, local, xml_rows

FEED = "cnemc-old"
NAME = "cnemc-old-answer"
PARSER_VERSION = 1
ROW = "AQIDataPublishLive"

# The site's own spelling of each field, by its small letters.
_FIELDS = {
    name.casefold(): name
    for name in (
        *("AQI", "Area", "CO", "CO_24h", "CityCode", "IsPublish", "Latitude", "Longitude", "Measure", "NO2"),
        *("NO2_24h", "O3", "O3_24h", "O3_8h", "O3_8h_24h", "OrderId", "PM10", "PM10_24h", "PM2_5"),
        *("PM2_5_24h", "PositionName", "PrimaryPollutant", "ProvinceId", "Quality", "SO2", "SO2_24h"),
        *("StationCode", "TimePoint", "Unheathful", "Id"),
    )
}
_DAMAGED = "-;"
_OFFSET = timedelta(hours=fixed_offset("Asia/Shanghai"))


def of_xml(root: ET.Element) -> list[Row] | None:
    """The rows of a decoded WCF answer; None for XML of another kind."""
    if not any(local(element) == "GetAQIDataPublishLivesResponse" for element in root.iter()):
        return None
    return xml_rows(root, ROW)


def of_features(value: Any) -> list[Row] | None:
    """The rows of a GeoJSON copy; None for JSON of another kind."""
    features = value.get("features") if isinstance(value, dict) else None
    if not isinstance(features, list):
        return None
    rows = [_of_feature(one) for one in features]
    known = any("StationCode" in row for row in rows)
    return rows if known else None


def parse(rows: list[Row]) -> Batch:
    """The readings of an answer, by the parser of the live site."""
    body = json.dumps([{**row, "TimePoint": _absolute(row.get("TimePoint"))} for row in rows]).encode()
    batch = Cnemc().parse(Payload(SPEC.id, Request(SPEC.routes[0]), "", body, ""))
    return replace(batch, feed=FEED)


def _of_feature(feature: Any) -> Row:
    held = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(held, dict):
        return {"feature": feature}
    row: Row = {_FIELDS.get(str(key).casefold(), str(key)): value for key, value in held.items()}
    place = feature.get("geometry")
    point = place.get("coordinates") if isinstance(place, dict) else None
    if isinstance(point, list) and len(point) == 2:
        row |= {"Longitude": point[0], "Latitude": point[1]}
    return {key: "—" if value == _DAMAGED else value for key, value in row.items()}


def _absolute(label: object) -> object:
    """Local time as the live site writes its moments; what is none is left for its parser to refuse."""
    try:
        local_time = datetime.fromisoformat(str(label)).replace(tzinfo=UTC)
        return f"/Date({(local_time - _OFFSET - EPOCH) // timedelta(milliseconds=1)})/"
    except (ValueError, OverflowError):
        return label
