"""OpenAQ v3: the hours of the locations of Korea and China (https://docs.openaq.org).

* Key in the header X-API-Key; 60 calls a minute, 2,000 an hour, told by x-ratelimit headers.
* `meta.found` is a number, or the text ">1000": pages are asked for until one is not full.
* `datetime_from` is exclusive and `datetime_to` inclusive, of hours that are named by their end. An hour
  stands at `period`: `coverage.datetimeFrom` of an hourly sensor is the end of the hour, not its start.
* 9999 and -999 mean missing: OpenAQ passes on what its providers write; an aggregate's value may be null.
* Korea's values are AirKorea's page by way of OpenAQ; before May 2024 their clock cannot be told (see
  `openaq_archive`). China's official sources are inactive. So a location is asked once a day, and its kind is
  unknown: it stands in no regional mean.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from ingest.headers import unit
from ingest.hours import EPOCH, HourClock, LabelError, moment
from ingest.live_rows import LiveRows
from ingest.source import (
    Auth,
    Batch,
    NoData,
    Payload,
    Pollutant,
    Quantity,
    Request,
    Route,
    SchemaDrift,
    SourceSpec,
    StationRef,
    Transient,
)
from ingest.sources.openaq_archive import KOREA, KOREA_OFFSET, KOREA_SOUND_FROM
from ingest.wire_json import read_json

if TYPE_CHECKING:
    from ingest.http import HttpClient

SPEC = SourceSpec(
    id="openaq",
    feed="openaq-live",
    base_url="https://api.openaq.org",
    clock=HourClock(label="end", zone="UTC"),  # of moments whose offset is stated
    routes=(
        Route("hours", "station", 24 * 90, dated=True, together_hours=24, handled=True),
        Route("locations", "list"),
    ),
    needs_key=True,
    daily_calls=None,
    calls_per_second=0.5,
    parser_version=1,
    scope="locations",
    where_to_get_a_key="register at explore.openaq.org",
)

COUNTRIES = ("KR", "CN")
PARAMETER_PM25 = 2
PAGE = 1000
KEY_HEADER = "X-API-Key"
SENTINELS = (9999.0, -999.0)
POLLUTANTS: tuple[Pollutant, ...] = ("pm25", "pm10")
# A location whose last value is so much older than the newest of its country reports no more.
SILENT = timedelta(days=7)
_HOUR = timedelta(hours=1)


class OpenAq:
    """The source: the locations of both countries, and the hours of a location's particle sensors."""

    spec = SPEC

    def fetch(self, client: HttpClient, base_url: str, request: Request) -> Iterator[Payload]:
        """All pages: of both countries, or of all particle sensors of a location."""
        if request.route.span == "list":
            for country in COUNTRIES:
                params = {"iso": country, "parameters_id": PARAMETER_PM25}
                yield from self._pages(client, f"{base_url}/v3/locations", params, request)
            return
        if request.station is None or request.station.handle is None or request.before is None:
            raise ValueError("hours are asked by a location's sensors and their end")
        span = {
            "datetime_from": f"{moment(request.before - request.back_hours):%Y-%m-%dT%H:%M:%SZ}",
            "datetime_to": f"{moment(request.before):%Y-%m-%dT%H:%M:%SZ}",
        }
        for sensor in request.station.handle.split(","):
            yield from self._pages(client, f"{base_url}/v3/sensors/{sensor}/hours", span, request)

    def _pages(
        self, client: HttpClient, url: str, params: dict[str, Any], request: Request
    ) -> Iterator[Payload]:
        for page in count(1):
            received = client.ask(
                "GET",
                url,
                params={**params, "limit": PAGE, "page": page},
                secret_header=KEY_HEADER,
                judge=judge,
            )
            yield Payload(
                SPEC.id, request, received.url, received.body, received.content_type, received.world
            )
            if len(_results(received.body)) < PAGE:
                return

    def parse(self, payload: Payload) -> Batch:
        """The hours of a sensor, as those of its location."""
        station = payload.request.station
        if station is None:
            raise SchemaDrift("the hours of a sensor do not say of which location they are")
        results = _results(payload.body)
        quantities = {quantity for item in results if (quantity := _quantity(item)) is not None}
        if len(quantities) > 1:
            raise SchemaDrift("the hours of a sensor are of several quantities")
        rows = LiveRows(SPEC.feed, list(quantities), ("",), SENTINELS)
        for item in results:
            _read(rows, station, item)
        rows.whole(results, ["value"])
        return rows.batch()

    def parse_stations(self, payload: Payload) -> list[StationRef]:
        """The locations of a page that report particles and stand still."""
        found = [item for item in _results(payload.body) if not item.get("isMobile") and _handle(item)]
        newest = max((last for item in found if (last := _last(item))), default=None)
        return [
            _location(item)
            for item in found
            if newest is None or ((last := _last(item)) is not None and newest - last <= SILENT)
        ]


def judge(status: int, body: bytes) -> None:
    """Raise what an answer tells of; {"detail": ...} stands beside an HTTP status."""
    if status in (401, 403):
        raise Auth(f"OpenAQ refuses the key; check YELLOWSEA_OPENAQ__KEY, {SPEC.where_to_get_a_key}")
    if status in (404, 410):
        raise NoData("OpenAQ has no such sensor")
    if status in (400, 422):
        raise SchemaDrift("OpenAQ does not take the question")
    if status < 300 and body.strip():
        if not body.lstrip().startswith(b"{"):
            raise Transient("OpenAQ's answer is no JSON object")
        try:
            json.loads(body)
        except ValueError:
            raise Transient("OpenAQ's answer breaks off") from None


def _results(body: bytes) -> list[dict[str, Any]]:
    try:
        document = read_json(body)
    except ValueError:
        raise SchemaDrift("OpenAQ's answer is no JSON") from None
    results = document.get("results") if isinstance(document, dict) else None
    if not isinstance(results, list) or not all(isinstance(item, dict) for item in results):
        raise SchemaDrift("OpenAQ's answer has no list of results")
    return results


def _quantity(item: dict[str, Any]) -> Quantity | None:
    parameter = item.get("parameter")
    if not isinstance(parameter, dict) or unit(str(parameter.get("units"))) != "ug/m3":
        return None
    return next((Quantity(one, "ug/m3") for one in POLLUTANTS if parameter.get("name") == one), None)


def _read(rows: LiveRows, station: StationRef, item: dict[str, Any]) -> None:
    told = json.dumps(item, ensure_ascii=False)
    quantity = _quantity(item)
    if quantity is None:
        rows.reject(told, "no particles in ug/m3", 1)
        return
    try:
        hour, offset = _period(item)
    except LabelError as error:
        rows.reject(told, str(error), 1)
        return
    if _in_korea(station) and (hour < KOREA_SOUND_FROM or offset != KOREA_OFFSET):
        rows.reject(told, "Korea before May 2024, or without Korea's offset: the clock cannot be told", 1)
        return
    flags = item.get("flagInfo")
    if isinstance(flags, dict) and flags.get("hasFlags"):
        rows.notes["hours flagged by OpenAQ"] += 1
    coverage = item.get("coverage")
    if isinstance(coverage, dict) and coverage.get("observedCount") == 0:
        rows.notes["hours of which nothing was observed"] += 1
        item = item | {"value": None}
    rows.begin(station, hour)
    rows.value(quantity, item.get("value"))


def _period(item: dict[str, Any]) -> tuple[int, timedelta | None]:
    """The hour of a result, and the offset of its local clock."""
    period = item.get("period")
    begins, ends = (_moment(period, name, "utc") for name in ("datetimeFrom", "datetimeTo"))
    local = _moment(period, "datetimeTo", "local")
    if begins is None or ends is None or ends - begins != _HOUR:
        raise LabelError("the period is not one hour")
    hour = SPEC.clock.from_epoch_ms((ends - EPOCH) // timedelta(milliseconds=1))
    return hour, None if local is None else local.utcoffset()


def _moment(holder: object, *names: str) -> datetime | None:
    """A moment with its offset, by its way from the holder; None where there is none."""
    for name in names:
        holder = holder.get(name) if isinstance(holder, dict) else None
    try:
        at = datetime.fromisoformat(str(holder))
        at.astimezone(UTC)  # of a year that another zone can hold
    except (ValueError, OverflowError):
        return None
    return at if at.utcoffset() is not None else None


def _in_korea(station: StationRef) -> bool:
    if station.lat is None or station.lon is None:
        return False
    return any(s <= station.lat <= n and w <= station.lon <= e for s, n, w, e in KOREA)


def _handle(item: dict[str, Any]) -> str | None:
    """The sensors of PM2.5 and PM10, the newest of each: their numbers are what hours are asked by."""
    sensors = item.get("sensors")
    newest: dict[str, int] = {}
    for sensor in sensors if isinstance(sensors, list) else ():
        number = sensor.get("id") if isinstance(sensor, dict) else None
        if (quantity := _quantity(sensor) if isinstance(sensor, dict) else None) and isinstance(number, int):
            newest[quantity.pollutant] = max(number, newest.get(quantity.pollutant, 0))
    return ",".join(str(newest[one]) for one in POLLUTANTS if one in newest) or None


def _last(item: dict[str, Any]) -> datetime | None:
    return _moment(item.get("datetimeLast"), "utc")


def _location(item: dict[str, Any]) -> StationRef:
    place = item.get("coordinates")
    lat, lon = (place.get(one) if isinstance(place, dict) else None for one in ("latitude", "longitude"))
    return StationRef(
        code=str(item.get("id")),
        name=str(item.get("name") or "") or None,
        lat=_degrees(lat, 90),
        lon=_degrees(lon, 180),
        handle=_handle(item),
    )


def _degrees(value: object, limit: float) -> float | None:
    return float(value) if isinstance(value, int | float) and abs(value) <= limit else None
