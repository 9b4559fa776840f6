"""Open-Meteo's air-quality and archive operations over a world.

Recorded: the fields of an answer for one place, their order and types, units with U+03BC, a grid's
coordinates with float32 noise. Documented, not recorded: the array for several places, `start_hour` and
`end_hour`, the archive's variables, {"error": true, "reason": ...}.

Particles are the mean of the world's stations around a place. Weather is made up, in every world.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import cos, pi
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from sandbox.dice import Floats, draws, keys
from sandbox.labels import hour_of
from sandbox.publication import Publication
from sandbox.recent import Recent
from sandbox.wire import JSON, Answer, dump
from sandbox.world import NETWORKS, POLLUTANTS

AIR, ARCHIVE = "/v1/air-quality", "/v1/archive"
ARCHIVE_DELAY_HOURS = 5 * 24
FORECAST_DAYS = 5

_AIR_UNITS = {"pm2_5": "μg/m³", "pm10": "μg/m³"}
_PARTICLES = {"pm2_5": POLLUTANTS.index("pm25"), "pm10": POLLUTANTS.index("pm10")}
_WEATHER_UNITS = {
    "temperature_2m": "°C", "dew_point_2m": "°C", "surface_pressure": "hPa", "boundary_layer_height": "m",
    "precipitation": "mm", "wind_speed_10m": "km/h", "wind_direction_10m": "°",
}  # fmt: skip
_DECIMALS = {"boundary_layer_height": 0, "wind_direction_10m": 0, "precipitation": 2}
_CELL = {AIR: 0.4, ARCHIVE: 0.25}
_NEAR_DEGREES = 0.6

Query = Mapping[str, str]


class RefusedError(Exception):
    """A question that is answered with a reason."""


class OpenMeteo:
    """Answers below `/v1/`."""

    network = "open-meteo"

    def __init__(self, publication: Publication, seed: int, _key: str | None = None) -> None:
        self._world = publication.world
        self._seed = seed
        self._near: Recent[tuple[str, float, float, int], list[int]] = Recent(self._stations_near, 4096)

    def route(self, path: str) -> str | None:
        """Both operations bring hours that are past."""
        return "history" if path in (AIR, ARCHIVE) else None

    def answer(self, path: str, query: Query, _key: str | None, now: datetime) -> Answer:
        """An object for one place, an array for several; a reason with HTTP 400 for what cannot be."""
        try:
            places = _places(query)
            zone = _zone(query.get("timezone", "GMT"))
            hours = _hours(query, zone, now, path)
            units = _units(path, query)
            names = _names(query, units)
        except RefusedError as refused:
            return Answer(dump({"error": True, "reason": str(refused)}), JSON, 400)
        columns = self._air(names, places, hours, now) if path == AIR else self._weather(names, places, hours)
        if path == ARCHIVE:
            late = np.array(hours) > hour_of(now) - ARCHIVE_DELAY_HOURS
            columns = {name: np.where(late, np.nan, values) for name, values in columns.items()}
            for name in {"wind_speed_10m"} & columns.keys():
                columns[name] = columns[name] * (1.0 if units[name] == "m/s" else 3.6)
        offset = int(
            (datetime.fromtimestamp(hours[0] * 3600, zone).utcoffset() or timedelta()).total_seconds()
        )
        items = [
            _item(path, place, at, query.get("timezone", "GMT"), offset, hours, columns, units)
            for at, place in enumerate(places)
        ]
        return Answer(dump(items if len(items) > 1 else items[0]))

    def _air(
        self, names: list[str], places: list[tuple[float, float]], hours: list[int], now: datetime
    ) -> dict[str, Floats]:
        """(place, hour) by variable; what is still to come is as the newest hour is."""
        newest = hour_of(now) - 1
        found = {name: np.full((len(places), len(hours)), np.nan) for name in names}
        for network in NETWORKS:
            self._world.block(network, newest)  # a replay meets its stations by reading them
        for column, hour in enumerate(hours):
            blocks = {network: self._world.block(network, min(hour, newest)) for network in NETWORKS}
            for row, (lat, lon) in enumerate(places):
                for network, block in blocks.items():
                    near = self._near((network, lat, lon, len(block)))
                    for name in names if near else ():
                        values = block[near, _PARTICLES[name]]
                        if not np.isnan(values).all():
                            found[name][row, column] = np.nanmean(values)
        return found

    def _weather(
        self, names: list[str], places: list[tuple[float, float]], hours: list[int]
    ) -> dict[str, Floats]:
        """(place, hour) by variable; westerly winds, cold and shallow layers at night, some rain."""
        named = keys([f"{lat},{lon}" for lat, lon in places])
        lat = np.array([place[0] for place in places])
        found = {name: np.zeros((len(places), len(hours))) for name in names}
        for column, hour in enumerate(hours):
            sun = max(0.0, cos(((hour + 9) % 24 - 14) / 24 * 2 * pi))
            winter = (1 + cos((hour / 24 % 365.25 - 15) / 365.25 * 2 * pi)) / 2
            chance = [draws(named, self._seed, "weather", hour, which) for which in range(3)]
            temperature = 40 - 0.6 * lat - 26 * winter + 8 * sun + chance[0] * 2
            made = {
                "temperature_2m": temperature,
                "dew_point_2m": temperature - 3 - 9 * chance[1],
                "surface_pressure": 1008 + 14 * winter + 4 * chance[2],
                "boundary_layer_height": 120 + 1100 * sun * (1.1 - winter) + 80 * chance[0],
                "precipitation": np.where(chance[1] > 0.93, (chance[1] - 0.93) * 60, 0.0),
                "wind_speed_10m": 1 + 5 * chance[2] + 2 * sun,
                "wind_direction_10m": (270 + 90 * (chance[0] - 0.5)) % 360,
            }
            for name in names:
                found[name][:, column] = made[name]
        return found

    def _stations_near(self, key: tuple[str, float, float, int]) -> list[int]:
        network, lat, lon, n = key
        stations = self._world.stations("airkorea" if network == "airkorea" else "cnemc")[:n]
        away = [max(abs(one.lat - lat), abs(one.lon - lon)) for one in stations]
        return [row for row, far in enumerate(away) if far <= _NEAR_DEGREES]


def _places(query: Query) -> list[tuple[float, float]]:
    try:
        lat, lon = ([float(one) for one in query[name].split(",")] for name in ("latitude", "longitude"))
        return list(zip(lat, lon, strict=True))
    except (KeyError, ValueError):
        raise RefusedError(
            "Parameter 'latitude' and 'longitude' must have the same number of elements"
        ) from None


def _names(query: Query, units: Mapping[str, str]) -> list[str]:
    names = query.get("hourly", "").split(",")
    unknown = next((name for name in names if name not in units), None)
    if unknown is not None:
        raise RefusedError(f"Cannot initialize from invalid String value {unknown} for key hourly")
    return names


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise RefusedError(f"Invalid timezone {name}") from None


def _hours(query: Query, zone: ZoneInfo, now: datetime, path: str) -> list[int]:
    """The labels of an answer as hours since 1970 UTC: from hour to hour, or whole local days."""
    try:
        if "start_hour" in query:
            first, last = (
                hour_of(datetime.fromisoformat(query[name]).replace(tzinfo=zone))
                for name in ("start_hour", "end_hour")
            )
            hours = list(range(first, last + 1))
        else:
            today = now.astimezone(zone).date().isoformat()
            first, last = (
                hour_of(datetime.fromisoformat(query.get(name, today)).replace(tzinfo=zone))
                for name in ("start_date", "end_date")
            )
            hours = list(range(first, last + 24))
    except (KeyError, ValueError):
        raise RefusedError("Invalid date format. Make sure to use 'YYYY-MM-DD'") from None
    latest = hour_of(now.astimezone(UTC)) + 24 * (FORECAST_DAYS + 1 if path == AIR else 1)
    if not hours or hours[-1] > latest:
        raise RefusedError("Parameter 'end_date' is out of allowed range")
    return hours


def _units(path: str, query: Query) -> dict[str, str]:
    if path == AIR:
        return _AIR_UNITS
    wind = "m/s" if query.get("wind_speed_unit") == "ms" else "km/h"
    return _WEATHER_UNITS | {"wind_speed_10m": wind}


def _item(
    path: str,
    place: tuple[float, float],
    at: int,
    timezone: str,
    offset: int,
    hours: list[int],
    columns: dict[str, Floats],
    units: dict[str, str],
) -> dict[str, Any]:
    lat, lon = (float(np.float32(round(one / _CELL[path]) * _CELL[path])) for one in place)
    labels = [
        (datetime.fromtimestamp(hour * 3600, UTC) + timedelta(seconds=offset)).strftime("%Y-%m-%dT%H:%M")
        for hour in hours
    ]
    return {
        "latitude": round(lat, 6), "longitude": round(lon, 6), "generationtime_ms": 0.19,
        "utc_offset_seconds": offset, "timezone": timezone, "timezone_abbreviation": timezone,
        "elevation": 30.0, **({"location_id": at} if at else {}),
        "hourly_units": {"time": "iso8601", **{name: units[name] for name in columns}},
        "hourly": {"time": labels, **{name: _written(name, values[at]) for name, values in columns.items()}},
    }  # fmt: skip


def _written(name: str, values: Floats) -> list[float | None]:
    decimals = _DECIMALS.get(name, 1)
    return [None if value != value else round(value, decimals) for value in values.tolist()]
