"""CNEMC real-time values (air.cnemc.cn:18007, the site's own calls; undocumented by the network).

Fields and quirks after the site's JavaScript and its clients; no raw body was found, so the shapes are
documented, not recorded. All values are strings; TimePoint is `/Date(ms)/`, an absolute moment, hour-ending.
O3 and O3_24h were exchanged in the raw feed until 2023-11-09.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ingest.hours import HourClock, LabelError, hour_number
from ingest.live_rows import LiveRows
from ingest.source import (
    Batch,
    NoData,
    Payload,
    Quantity,
    Request,
    Route,
    SchemaDrift,
    SourceSpec,
    StationRef,
    Transient,
)
from ingest.wire_json import read_json

if TYPE_CHECKING:
    from ingest.http import HttpClient

SPEC = SourceSpec(
    id="cnemc",
    feed="cnemc-live",
    base_url="https://air.cnemc.cn:18007",
    clock=HourClock(label="end", zone="Asia/Shanghai"),
    routes=(Route("live", "latest"), Route("past hour", "hour", 48)),
    needs_key=False,
    daily_calls=None,
    calls_per_second=1.0,
    parser_version=1,
)

LIVE = "/HourChangesPublish/GetAllAQIPublishLive"
PAST = "/HourChangesPublish/GetAQIHistoryByConditionHis"
# The site's own pages send both; without them some answers are an error page.
HEADERS = {"X-Requested-With": "XMLHttpRequest", "Referer": "https://air.cnemc.cn:18007/"}

# Labels of the day 2023-11-09 in China: "until" that day leaves open which of the two fields its hours used.
O3_SWAPPED_BEFORE = hour_number(datetime(2023, 11, 8, 15, tzinfo=UTC))
O3_UNSWAPPED_FROM = hour_number(datetime(2023, 11, 9, 16, tzinfo=UTC))

_PLAIN = {
    "PM2_5": Quantity("pm25", "ug/m3"),
    "PM10": Quantity("pm10", "ug/m3"),
    "NO2": Quantity("no2", "ug/m3"),
    "SO2": Quantity("so2", "ug/m3"),
    "CO": Quantity("co", "mg/m3"),
}
_O3 = Quantity("o3", "ug/m3")
_MISSING = ("—", "NA", "-", "", "&mdash;")
# Means over 24 h and 8 h, indices and texts: other quantities than the hour's mean.
_LEFT_OUT = {f"{name}_24h" for name in (*_PLAIN, "O3")} | {"O3_8h", "O3_8h_24h", "AQI", "Quality", "Measure"}
_LEFT_OUT |= {
    "PrimaryPollutant",
    "Unheathful",
    "Id",
    "OrderId",
    "ProvinceId",
    "IsPublish",
    "CityCode",
    "CityName",
}
_LEFT_OUT |= {f"I{name}" for name in ("PM2_5", "PM10", "O3", "NO2", "SO2", "CO", "O3_8h")}
_KNOWN = {
    *_PLAIN,
    "O3",
    "TimePoint",
    "TimePointStr",
    "StationCode",
    "PositionName",
    "Area",
    "Latitude",
    "Longitude",
}
_KNOWN |= _LEFT_OUT

_DATE = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_NOTE = re.compile(r"[(（].*?[)）]")


class Cnemc:
    """The source: all stations of the hour on show, or of one past hour."""

    spec = SPEC

    def fetch(self, client: HttpClient, base_url: str, request: Request) -> Iterator[Payload]:
        """The one answer of a request."""
        if request.route.span == "latest":
            received = client.ask("POST", base_url + LIVE, headers=HEADERS, judge=judge)
        else:
            received = client.ask(
                "POST", base_url + PAST, form={"date": _label(request)}, headers=HEADERS, judge=judge
            )
        yield Payload(SPEC.id, request, received.url, received.body, received.content_type, received.world)

    def parse(self, payload: Payload) -> Batch:
        """The readings of an answer; rows may belong to several hours while the site publishes."""
        rows = LiveRows(SPEC.feed, [*_PLAIN.values(), _O3], _MISSING)
        held = _items(payload.body)
        for item in held:
            _read(rows, item)
        rows.whole(held, [*_PLAIN, "O3"])
        return rows.batch()

    def parse_stations(self, payload: Payload) -> list[StationRef]:
        """The site has no list of its own: the stations of an answer."""
        return [_ref(item) for item in _items(payload.body) if item.get("StationCode")]


def judge(status: int, body: bytes) -> None:
    """Raise what an answer tells of; an error page has a status of its own."""
    if status >= 300 or not body.strip():
        return
    if body.lstrip().startswith(b"{"):
        raise SchemaDrift("CNEMC's answer is an object where an array was researched")
    if not body.lstrip().startswith(b"["):
        raise Transient("CNEMC's answer is no JSON array")
    try:
        items = json.loads(body)
    except ValueError:
        raise Transient("CNEMC's answer breaks off") from None
    if not items:
        raise NoData("CNEMC has not published this hour, or no longer holds it")


def _label(request: Request) -> str:
    if request.hour is None:
        raise ValueError("a past hour is asked by its hour")
    day, hour = SPEC.clock.label_of(request.hour)
    return f"{day.isoformat()} {hour:02d}:00:00"


def _items(body: bytes) -> list[dict[str, Any]]:
    try:
        items = read_json(body)
    except ValueError:
        raise SchemaDrift("CNEMC's answer is no JSON") from None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise SchemaDrift("CNEMC's answer is no list of objects")
    return items


def _read(rows: LiveRows, item: dict[str, Any]) -> None:
    for key in item.keys() - _KNOWN:
        rows.notes[f"unknown key {key}"] += 1
    if not item.get("StationCode"):
        rows.reject(json.dumps(item, ensure_ascii=False), "row without StationCode")
        return
    try:
        hour = _hour(item.get("TimePoint"))
    except LabelError as error:
        rows.reject(json.dumps(item, ensure_ascii=False), str(error))
        return
    rows.begin(_ref(item), hour)
    for name, quantity in _PLAIN.items():
        rows.value(quantity, item.get(name))
    rows.value(_O3, _ozone(item, hour))


def _hour(point: object) -> int:
    match = _DATE.fullmatch(str(point or ""))
    if match is None:
        raise LabelError(f"TimePoint {point!r} is not /Date(ms)/")
    return SPEC.clock.from_epoch_ms(int(match[1]))


def _ozone(item: dict[str, Any], hour: int) -> object:
    """The hour's ozone: before the change O3 holds the 24-hour maximum and O3_24h the hour's mean."""
    now, then = item.get("O3"), item.get("O3_24h")
    if hour >= O3_UNSWAPPED_FROM:
        return now
    if hour < O3_SWAPPED_BEFORE:
        return then
    # An hour's mean is never above the maximum of the 24 hours that end with it.
    one, other = _number(now), _number(then)
    return then if one is not None and other is not None and other < one else now


def _ref(item: dict[str, Any]) -> StationRef:
    name = str(item.get("PositionName") or "")
    return StationRef(
        code=str(item["StationCode"]),
        name=_NOTE.sub("", name).strip() or None,
        area=str(item.get("Area") or "") or None,
        kind="control" if "对照点" in name else "urban",
        lat=_number(item.get("Latitude")),
        lon=_number(item.get("Longitude")),
    )


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None
