"""Open-Meteo: CAMS particles and ERA5 weather at points, keyless, for non-commercial use.

https://open-meteo.com/en/docs/air-quality-api, https://open-meteo.com/en/docs/historical-weather-api

* Modelled, and mostly instants: kept as such, at the hour that begins with them (label "start").
  `precipitation` is what fell in the hour that the label ends: a sum, at the hour before.
* Labels are local and have no offset: `utc_offset_seconds` of the same answer is applied.
* Several coordinates in one call make an array, in their order; the coordinates of an answer are those of a
  grid's cell, so that what an answer is of stands in the question.
* The air-quality answer goes on into the forecast: what lies behind the hours asked for is left out.
* An hour of which everything is null has not come yet. Wind is km/h unless m/s is asked for: units come from
  the answer, and an unknown one is refused. µ is U+03BC here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import cos, radians, sin
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from ingest.headers import fold
from ingest.hours import moment
from ingest.live_rows import LiveRows
from ingest.openmeteo_wire import CLOCK, Item, answers, column, hour_of, judge, place
from ingest.points import points
from ingest.source import Batch, Payload, Quantity, Request, Route, SchemaDrift, SourceSpec, StationRef

if TYPE_CHECKING:
    from ingest.http import HttpClient

# Each place of a question counts as one of 10,000 calls a day, of both sources: so many questions for all.
_DAILY_CALLS = 40
_YEAR = 24 * 366

CAMS = SourceSpec(
    id="openmeteo",
    feed="open-meteo-cams",
    base_url="https://air-quality-api.open-meteo.com",
    clock=CLOCK,
    routes=(Route("hourly", "stretch", 3 * _YEAR, dated=True),),
    needs_key=False,
    daily_calls=_DAILY_CALLS,
    calls_per_second=0.2,
    parser_version=1,
    scope="points",
)
ERA5 = SourceSpec(
    id="openmeteo-weather",
    feed="open-meteo-era5",
    base_url="https://archive-api.open-meteo.com",
    clock=CLOCK,
    routes=(Route("hourly", "stretch", 80 * _YEAR, dated=True),),
    needs_key=False,
    daily_calls=_DAILY_CALLS,
    calls_per_second=0.2,
    parser_version=1,
    scope="points",
    proof="temperature",
)

Params = Mapping[str, str | int]


@dataclass(frozen=True)
class Variable:
    """One array of an answer: our quantity, our units by theirs with the factor, and the label's hour."""

    name: str
    quantity: Quantity
    factors: Mapping[str, float]
    ends: bool = False


_MICRO = {"μg/m3": 1.0, "ug/m3": 1.0}
_PARTICLES = (
    Variable("pm2_5", Quantity("pm25", "ug/m3", "instant"), _MICRO),
    Variable("pm10", Quantity("pm10", "ug/m3", "instant"), _MICRO),
)
_WEATHER = (
    Variable("temperature_2m", Quantity("temperature", "degC", "instant"), {"°c": 1.0}),
    Variable("dew_point_2m", Quantity("dewpoint", "degC", "instant"), {"°c": 1.0}),
    Variable("surface_pressure", Quantity("pressure", "Pa", "instant"), {"hpa": 100.0}),
    Variable("boundary_layer_height", Quantity("boundary_layer", "m", "instant"), {"m": 1.0}),
    Variable("precipitation", Quantity("precipitation", "mm", "sum"), {"mm": 1.0}, ends=True),
)
_SPEED, _DIRECTION = "wind_speed_10m", "wind_direction_10m"
_WIND = (Quantity("wind_u", "m/s", "instant"), Quantity("wind_v", "m/s", "instant"))


class OpenMeteo:
    """One of its two sources: all points of a stretch of hours in one call.

    Parameters
    ----------
    wind : whether speed and direction are asked for, and kept as components.
    params : what the source wants besides place, time and variables.
    """

    def __init__(
        self, spec: SourceSpec, path: str, variables: tuple[Variable, ...], params: Params, *, wind: bool
    ) -> None:
        self.spec = spec
        self._path, self._variables, self._params, self._wind = path, variables, params, wind
        self._names = [one.name for one in variables] + ([_SPEED, _DIRECTION] if wind else [])
        self._sums = any(one.ends for one in variables)
        self._quantities = [one.quantity for one in variables] + (list(_WIND) if wind else [])

    def fetch(self, client: HttpClient, base_url: str, request: Request) -> Iterator[Payload]:
        """The one answer of a stretch."""
        if request.before is None:
            raise ValueError("a stretch is asked by its end")
        received = client.ask(
            "GET",
            base_url + self._path,
            params={
                **_places(),
                **_span(request.before - request.back_hours, request.before, whole_days=self._sums),
                **self._params,
                "hourly": ",".join(self._names),
                "timezone": "GMT",
            },
            judge=judge,
        )
        yield Payload(
            self.spec.id, request, received.url, received.body, received.content_type, received.world
        )

    def parse(self, payload: Payload) -> Batch:
        """The hours of all points; which points, and up to which hour, its address says."""
        asked, before = _of_address(payload.url)
        answer = answers(payload.body)
        if len(answer) != len(asked):
            raise SchemaDrift(f"Open-Meteo answers for {len(answer)} places where {len(asked)} were asked")
        rows = LiveRows(self.spec.feed, self._quantities, ("",))
        for station, item in zip(asked, answer, strict=True):
            self._read(rows, station, item, before)
        return rows.batch()

    def parse_stations(self, payload: Payload) -> list[StationRef]:
        """The points that were asked for."""
        return _of_address(payload.url)[0]

    def _read(self, rows: LiveRows, station: StationRef, item: Item, before: int | None) -> None:
        hourly, units = item.get("hourly"), item.get("hourly_units")
        if not isinstance(hourly, dict) or not isinstance(units, dict):
            raise SchemaDrift("an answer of Open-Meteo has no hourly values")
        labels = column(hourly, "time", None)
        columns = {name: column(hourly, name, len(labels)) for name in self._names}
        factors = {one.name: _factor(one, units) for one in self._variables}
        if self._wind and (units.get(_SPEED), units.get(_DIRECTION)) != ("m/s", "°"):
            raise SchemaDrift(f"Open-Meteo's wind is in {units.get(_SPEED)!r} and {units.get(_DIRECTION)!r}")
        for key in hourly.keys() - columns.keys() - {"time"}:
            rows.notes[f"unknown key {key}"] += 1
        placed = place(rows, station, labels, item.get("utc_offset_seconds"))
        # Of an answer with sums the last label only ends the hour before it.
        end = max(placed, default=None) if self._sums else before
        for hour, at in placed.items():
            if end is None or hour < end:
                self._keep(rows, station, hour, self._row(columns, factors, at, placed.get(hour + 1)))
            else:
                rows.notes["values after the hours asked for"] += not self._sums

    def _row(
        self, columns: dict[str, list[Any]], factors: dict[str, float], at: int, ends: int | None
    ) -> dict[Quantity, object]:
        """What holds at one label, and what ends with the next."""
        row: dict[Quantity, object] = {}
        for one in self._variables:
            index = ends if one.ends else at
            value = None if index is None else columns[one.name][index]
            row[one.quantity] = _times(value, factors[one.name])
        if self._wind:
            row |= zip(_WIND, _components(columns[_SPEED][at], columns[_DIRECTION][at]), strict=True)
        return row

    def _keep(self, rows: LiveRows, station: StationRef, start: int, row: dict[Quantity, object]) -> None:
        if all(value is None for value in row.values()):
            rows.notes["hours without a value yet"] += 1
            return
        rows.begin(station, start)
        for quantity in self._quantities:
            rows.value(quantity, row[quantity])


def _places() -> Params:
    return {
        "latitude": ",".join(str(one.lat) for one in points()),
        "longitude": ",".join(str(one.lon) for one in points()),
    }


def _span(first: int, before: int, *, whole_days: bool) -> Params:
    """The hours of a question: from the first label to the last, or the days that hold one label more."""
    if whole_days:
        return {"start_date": f"{moment(first):%Y-%m-%d}", "end_date": f"{moment(before):%Y-%m-%d}"}
    return {
        "start_hour": f"{moment(first):%Y-%m-%dT%H:%M}",
        "end_hour": f"{moment(before - 1):%Y-%m-%dT%H:%M}",
    }


def _of_address(url: str) -> tuple[list[StationRef], int | None]:
    """The points of a question, and the hour before which its answer is kept; None keeps all."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    at = {(str(one.lat), str(one.lon)): one for one in points()}
    places = zip(query["latitude"].split(","), query["longitude"].split(","), strict=True)
    before = hour_of(query["end_hour"], 0) + 1 if "end_hour" in query else None
    return [at.get(one) or _nameless(*one) for one in places], before


def _nameless(lat: str, lon: str) -> StationRef:
    """A point of an old question, which the catalogue's stations no longer make."""
    return StationRef(f"{lat},{lon}", kind="model", lat=float(lat), lon=float(lon))


def _factor(variable: Variable, units: Item) -> float:
    said = fold(str(units.get(variable.name)))
    if said not in variable.factors:
        raise SchemaDrift(f"Open-Meteo gives {variable.name} in {units.get(variable.name)!r}")
    return variable.factors[said]


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _times(value: object, factor: float) -> object:
    number = _number(value)
    return value if factor == 1 or number is None else round(number * factor, 6)


def _components(speed: object, degrees: object) -> tuple[object, object]:
    """Towards the east and the north, of a wind that comes from `degrees`; as they are if not numbers."""
    strength, turned = _number(speed), _number(degrees)
    if strength is None or turned is None:
        said = speed if strength is None else degrees
        return said, said
    return round(-strength * sin(radians(turned)), 4), round(-strength * cos(radians(turned)), 4)


PARTICLES = OpenMeteo(CAMS, "/v1/air-quality", _PARTICLES, {"domains": "cams_global"}, wind=False)
WEATHER = OpenMeteo(ERA5, "/v1/archive", _WEATHER, {"models": "era5", "wind_speed_unit": "ms"}, wind=True)
