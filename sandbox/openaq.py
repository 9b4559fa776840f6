"""OpenAQ's v3 over a world: locations, and the hours of their sensors.

Recorded: the fields of locations and of hours, `found` as a number. Documented, not recorded: `found` as the
text ">1000", 401 and 404 with {"detail": ...}, the counters in x-ratelimit headers. Its locations are Korea's
monitors, with 9999 for what is missing; China has none any more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.labels import KST, hour_of
from sandbox.publication import Publication
from sandbox.wire import JSON, Answer, dump
from sandbox.world import POLLUTANTS, WorldStation

LOCATIONS = "/v3/locations"
OUT_AFTER_HOURS = 2
FIRST_LOCATION = 2_500_000
MOST_ROWS = 1000
COUNTERS = {"x-ratelimit-limit": "60", "x-ratelimit-used": "1", "x-ratelimit-remaining": "59",
            "x-ratelimit-reset": "60"}  # fmt: skip

_HOURS = re.compile(r"/v3/sensors/(\d+)/hours")
_PARAMETERS = {1: ("pm25", 2), 2: ("pm10", 1)}  # by the last digit of a sensor

Query = Mapping[str, str]


class OpenAq:
    """Answers below `/v3/`."""

    network = "openaq"

    def __init__(self, publication: Publication, _seed: int, key: str | None = None) -> None:
        self._publication, self._world = publication, publication.world
        self._key = key

    def route(self, path: str) -> str | None:
        """Locations are a list, hours a history."""
        if _HOURS.fullmatch(path):
            return "history"
        return "stations" if path == LOCATIONS else None

    def answer(self, path: str, query: Query, key: str | None, now: datetime) -> Answer:
        """The answer to one request; without a key 401, and so with another one than the only one."""
        if not key or (self._key is not None and key != self._key):
            return _refused(401, "Unauthorized. A valid API key must be provided in the X-API-Key header.")
        try:
            limit, page = int(query.get("limit", "100")), int(query.get("page", "1"))
        except ValueError:
            return _refused(422, "limit and page are numbers")
        if not (0 < limit <= MOST_ROWS and page > 0):
            return _refused(422, "limit is 1 to 1000, page from 1")
        asked = _HOURS.fullmatch(path)
        rows = self._locations(query, now) if asked is None else self._hours(int(asked[1]), query, now)
        if rows is None:
            return _refused(404, "Sensor not found")
        found: int | str = len(rows) if len(rows) <= MOST_ROWS else f">{MOST_ROWS}"
        meta = {"name": "openaq-api", "website": "/", "page": page, "limit": limit, "found": found}
        part = rows[(page - 1) * limit : page * limit]
        return Answer(dump({"meta": meta, "results": part}), JSON, 200, COUNTERS)

    def _locations(self, query: Query, now: datetime) -> list[dict[str, Any]]:
        if query.get("iso") != "KR":
            return []
        newest = hour_of(now) - OUT_AFTER_HOURS
        return [
            _location(FIRST_LOCATION + at, station, newest)
            for at, station in enumerate(
                self._publication.stations("airkorea", self._publication.changes("airkorea", now))
            )
        ]

    def _hours(self, sensor: int, query: Query, now: datetime) -> list[dict[str, Any]] | None:
        at, which = divmod(sensor, 10)
        at -= FIRST_LOCATION
        if which not in _PARAMETERS or not 0 <= at < len(self._world.stations("airkorea")):
            return None
        after, until = (
            hour_of(datetime.fromisoformat(query[name])) if name in query else otherwise
            for name, otherwise in (("datetime_from", 0), ("datetime_to", hour_of(now)))
        )
        column = POLLUTANTS.index(_PARAMETERS[which][0])
        last = min(until, hour_of(now) - OUT_AFTER_HOURS + 1)
        return [
            _hour(end, float(self._world.block("airkorea", end - 1)[at, column]), which)
            for end in range(after + 1, last + 1)
        ]


def _moment(hour: int) -> dict[str, str]:
    utc = datetime.fromtimestamp(hour * 3600, UTC)
    local = utc + timedelta(hours=KST)
    return {"utc": f"{utc:%Y-%m-%dT%H:%M:%SZ}", "local": f"{local:%Y-%m-%dT%H:%M:%S}+09:00"}


def _parameter(which: int) -> dict[str, Any]:
    name, number = _PARAMETERS[which]
    return {"id": number, "name": name, "units": "µg/m³", "displayName": None}


def _hour(end: int, value: float, which: int) -> dict[str, Any]:
    """One result; the coverage begins where the period ends, as in the recording."""
    written = float(f"{value:.3g}") if value == value else 9999
    return {
        "value": written, "flagInfo": {"hasFlags": False}, "parameter": _parameter(which),
        "period": {"label": "1hour", "interval": "01:00:00", "datetimeFrom": _moment(end - 1),
                   "datetimeTo": _moment(end)},
        "coordinates": None, "summary": None,
        "coverage": {"expectedCount": 1, "expectedInterval": "01:00:00", "observedCount": 1,
                     "observedInterval": "01:00:00", "percentComplete": 100, "percentCoverage": 100,
                     "datetimeFrom": _moment(end), "datetimeTo": _moment(end)},
    }  # fmt: skip


def _location(number: int, station: WorldStation, newest: int) -> dict[str, Any]:
    return {
        "id": number, "name": station.name, "locality": station.area, "timezone": "Asia/Seoul",
        "country": {"id": 25, "code": "KR", "name": "Republic of Korea"}, "isMobile": False,
        "isMonitor": True,
        "owner": {"id": 4, "name": "Unknown Governmental Organization"},
        "sensors": [{"id": number * 10 + which, "name": f"{_PARAMETERS[which][0]} µg/m³",
                     "parameter": _parameter(which)} for which in _PARAMETERS],
        "coordinates": {"latitude": station.lat, "longitude": station.lon}, "licenses": None,
        "datetimeFirst": _moment(0), "datetimeLast": _moment(newest),
    }  # fmt: skip


def _refused(status: int, detail: str) -> Answer:
    return Answer(dump({"detail": detail}), JSON, status)
