"""WAQI (aqicn.org): sub-indices of stations on the United States scale, as it shows them now.

https://aqicn.org/json-api/doc/. They are no concentrations and are never kept as readings: they go into the
table `station_index`. Which places and boxes are asked is `catalogue/index_places.csv`.

* feed/{city|@id|geo:lat;lon}/: `data.aqi` is a number or "-"; `iaqi.X.v` is the sub-index of a pollutant, and
  of t, h, p, w and dew the weather, which is no index. `time.v` is the local clock as if it were
  UTC: the time is taken from `time.iso`, else from `time.s` with `time.tz`, and a row without is a reject.
* map/bounds/?latlng=lat1,lng1,lat2,lng2: the index of every station in a box. No body was recorded: the shape
  is that of its clients.
* Errors come with HTTP 200: {"status": "error", "data": "Invalid key" | "Unknown station" | "Over quota"}.
* Its forecasts by day are counted and not stored; they stay in the payload archive.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from config.facts import Facts
from config.index_places import IndexPlace
from ingest.bulletins import Bulletin, BulletinSpec, Document, plain
from ingest.operation import UnreadableError
from ingest.source import Auth, NoData, Quota, SchemaDrift, SourceError, Transient
from ingest.wording import Wording
from store.station_indices import WHOLE, StationIndex

if TYPE_CHECKING:
    from ingest.http import HttpClient

NETWORK = "waqi"
SCHEME = "us-aqi"
TOKEN_PARAM = "token"  # noqa: S105 - the parameter's name
POLLUTANTS = ("pm25", "pm10", "o3", "no2", "so2", "co")
# Temperature, humidity, pressure, wind, dew point.
WEATHER = frozenset({"t", "h", "p", "w", "dew"})
# Of one question after another: then the network is away, and not one place.
IN_A_ROW = 2
_FEED_KEYS = frozenset(
    {"aqi", "idx", "attributions", "city", "dominentpol", "iaqi", "time", "debug", "forecast"}
)
_BOUNDS_KEYS = frozenset({"lat", "lon", "uid", "aqi", "station"})
_OFFSET = re.compile(r"[+-]\d{2}:?\d{2}", re.ASCII)
_NUMBER = re.compile(r"\d+(\.\d+)?", re.ASCII)
_WHERE = "ask for a token at aqicn.org/data-platform/token, and read its terms at aqicn.org/api/tos"
Row = dict[str, Any]


def refusal(body: bytes) -> SourceError | None:
    """The fault that an answer tells of; None for a normal one and for one that is not known."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return Transient("WAQI's answer breaks off or is no JSON")
    if not isinstance(answer, dict) or answer.get("status") != "error":
        return None
    said = {
        "Invalid key": Auth(f"WAQI refuses the token: check YELLOWSEA_WAQI__KEY; {_WHERE}"),
        "Over quota": Quota("WAQI says that the calls of the token are used up; it goes on the next day"),
        "Unknown station": NoData("WAQI knows no such station"),
    }
    return said.get(str(answer.get("data")))


def judge(_status: int, body: bytes) -> None:
    """Raise what an answer tells of; a station that is not known is for the parser to count."""
    found = refusal(body) if body.strip() else None
    if found is not None and not isinstance(found, NoData):
        raise found


@dataclass(frozen=True)
class Waqi:
    """WAQI, asked for the places of a catalogue."""

    places: tuple[IndexPlace, ...] = ()
    spec = BulletinSpec(
        id=NETWORK,
        base_url="https://api.waqi.info",
        # Its stations are of both shores; of which zone its quota's day is, is not known.
        zone="UTC",
        span="day",
        dispatches=(),
        poll_minutes=60,
        lateness_hours=2,
        needs_key=True,
        # No limit of a day is stated: four times what the shipped places need.
        daily_calls=3000,
        # The copies of its terms say 1,000 a second or 1,000 a minute: within both.
        calls_per_second=10.0,
        parser_version=1,
        where_to_get_a_key=_WHERE,
        present_only=True,
    )

    def knowing(self, facts: Facts) -> Waqi:
        """The source with the places of a catalogue, boxes first: they bring most."""
        own = [one for one in facts.all("index_places", IndexPlace) if one.network == NETWORK]
        return Waqi(tuple(sorted(own, key=lambda one: one.what)))

    def fetch(self, client: HttpClient, base_url: str, day: date) -> Iterator[Document]:
        """One document a place; a place that fails does not keep the others from being asked."""
        failed: Transient | None = None
        in_a_row = 0
        for place in self.places:
            path, params = _question(place)
            try:
                got = client.ask("GET", base_url + path, params=params, secret_param=TOKEN_PARAM, judge=judge)
            except Transient as error:
                failed, in_a_row = error, in_a_row + 1
                if in_a_row == IN_A_ROW:
                    break
                continue
            in_a_row = 0
            yield Document(NETWORK, day, got.url, got.body, got.content_type, got.world)
        if failed is not None:
            raise failed

    def parse(self, document: Document, _wording: Wording) -> Bulletin:
        """The index values of one answer; pure; raises `SchemaDrift`."""
        bulletin = Bulletin()
        found = refusal(document.body)
        if isinstance(found, NoData):
            bulletin.notes["unknown station"] += 1
            return bulletin
        if found is not None:
            raise SchemaDrift(str(found))
        answer = json.loads(document.body)
        if not isinstance(answer, dict) or answer.get("status") != "ok":
            raise SchemaDrift("the answer's status is not ok")
        data = answer.get("data")
        reader = _Reader(bulletin)
        if isinstance(data, dict):
            reader.feed(data)
        elif isinstance(data, list):
            for row in data:
                reader.box(row)
        else:
            raise SchemaDrift("data is neither an object nor a list")
        return bulletin


def _question(place: IndexPlace) -> tuple[str, dict[str, str | int]]:
    if place.what == "bounds":
        return "/map/bounds/", {"latlng": place.asked}
    return f"/feed/{place.asked}/", {}


class _Reader:
    """What one answer says, into a bulletin."""

    def __init__(self, bulletin: Bulletin) -> None:
        self._bulletin = bulletin
        self._said: dict[tuple[str, str, datetime], float | None] = {}

    def feed(self, data: Row) -> None:
        """One station with its sub-indices."""
        self._unknown("key", data, _FEED_KEYS)
        self._not_stored(data)
        iaqi = data.get("iaqi")
        parts = iaqi if isinstance(iaqi, dict) else {}
        if iaqi is not None and not isinstance(iaqi, dict):
            self._bulletin.reject(_text(iaqi), "iaqi is no object")
        indices = {code: parts[code] for code in POLLUTANTS if code in parts}
        self._unknown("iaqi", parts, WEATHER.union(POLLUTANTS))
        for code in sorted(WEATHER & parts.keys()):
            self._bulletin.notes[f"weather, which is no index: {code}"] += 1
        try:
            station = _number_of(data.get("idx"), "idx")
            at = _time(data.get("time"))
        except UnreadableError as error:
            self._bulletin.reject(_text(data), str(error), 1 + len(indices))
            return
        told = data.get("city")
        city: Row = told if isinstance(told, dict) else {}
        lat, lon = self._place(city.get("geo"))
        name = city.get("name")
        title = plain(name) if isinstance(name, str) and name.strip() else f"@{station}"
        given = {WHOLE: data.get("aqi"), **{code: _inside(cell) for code, cell in indices.items()}}
        for pollutant, value in given.items():
            self._row(station, title, lat, lon, pollutant, at, value)

    def box(self, row: object) -> None:
        """One station of a box: its index alone."""
        if not isinstance(row, dict):
            self._bulletin.reject(_text(row), "the row is no object")
            return
        self._unknown("key", row, _BOUNDS_KEYS)
        inner = row.get("station")
        told = inner if isinstance(inner, dict) else {}
        try:
            station = _number_of(row.get("uid"), "uid")
            at = _iso(told.get("time"))
        except UnreadableError as error:
            self._bulletin.reject(_text(row), str(error))
            return
        name = told.get("name")
        title = plain(name) if isinstance(name, str) and name.strip() else f"@{station}"
        lat, lon = self._place([row.get("lat"), row.get("lon")])
        self._row(station, title, lat, lon, WHOLE, at, row.get("aqi"))

    def _row(
        self,
        station: str,
        title: str,
        lat: float | None,
        lon: float | None,
        pollutant: str,
        at: datetime,
        given: object,
    ) -> None:
        told = f"{station} {pollutant} {at.isoformat()}: {_text(given)}"
        try:
            value = _value(given)
        except UnreadableError as error:
            self._bulletin.reject(told, str(error))
            return
        key = (station, pollutant, at)
        if self._said.setdefault(key, value) != value:
            self._bulletin.reject(told, "said twice, and otherwise")
            return
        self._bulletin.indices.append(
            StationIndex(NETWORK, station, title, lat, lon, SCHEME, pollutant, at, value)
        )

    def _place(self, geo: object) -> tuple[float | None, float | None]:
        """Latitude and longitude in degrees; none where they are no place, which is counted."""
        if isinstance(geo, list) and len(geo) == 2:
            lat, lon = (_degrees(one) for one in geo)
            if lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180:
                return lat, lon
        self._bulletin.notes["without a place"] += 1
        return None, None

    def _unknown(self, what: str, row: Row, known: frozenset[str]) -> None:
        for key in row.keys() - known:
            self._bulletin.notes[plain(f"unknown {what} {key}")] += 1

    def _not_stored(self, data: Row) -> None:
        """The forecast by day, counted."""
        forecast = data.get("forecast")
        daily = forecast.get("daily") if isinstance(forecast, dict) else None
        for code, days in daily.items() if isinstance(daily, dict) else ():
            count = len(days) if isinstance(days, list) else 1
            self._bulletin.notes[plain(f"days of forecast, not stored: {code}")] += count
        if forecast is not None and not isinstance(daily, dict):
            self._bulletin.notes["a forecast without daily, not stored"] += 1


def _value(given: object) -> float | None:
    """An index; None for "-" and null, which stand for none."""
    text = given.strip() if isinstance(given, str) else given
    if text in ("-", "", None):
        return None
    if isinstance(text, str) and _NUMBER.fullmatch(text):
        text = float(text)
    value = _degrees(text)
    if value is None or value < 0:
        raise UnreadableError("is no index")
    return value


def _inside(cell: object) -> object:
    """The value of {"v": 78}; a cell of another shape is no index."""
    return cell.get("v") if isinstance(cell, dict) else [cell]


def _degrees(given: object) -> float | None:
    """A finite number, not a truth value."""
    if not isinstance(given, int | float) or isinstance(given, bool):
        return None
    try:
        value = float(given)
    except OverflowError:
        return None
    return value if math.isfinite(value) else None


def _number_of(given: object, key: str) -> str:
    """WAQI's number of a station, as text; an unlisted sensor has a negative one."""
    if not isinstance(given, int) or isinstance(given, bool) or abs(given) >= 10**12:
        raise UnreadableError(f"row without {key}")
    return str(given)


def _time(given: object) -> datetime:
    """The moment of `time`: its `iso`, else `s` with `tz`; never `v`, which is no UTC."""
    told = given if isinstance(given, dict) else {}
    if told.get("iso"):
        return _iso(told["iso"])
    clock, zone = told.get("s"), told.get("tz")
    if not isinstance(clock, str) or not isinstance(zone, str) or not _OFFSET.fullmatch(zone):
        raise UnreadableError("time has neither iso nor s with tz")
    return _iso(f"{clock}{zone}")


def _iso(text: object) -> datetime:
    """An aware moment in UTC from ISO text with an offset."""
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
        if at is None or at.tzinfo is None:
            raise UnreadableError("no time with an offset")
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnreadableError("no time with an offset") from None


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:500]


WAQI = Waqi()
