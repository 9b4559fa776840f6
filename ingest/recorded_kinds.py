"""Which source a saved answer is of, by its own keys, and how that source's parser reads it; pure."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from ingest import unwrapping, wcf_binary
from ingest.bulletins import BulletinSource
from ingest.data_go_kr import Judge
from ingest.openmeteo_wire import answers
from ingest.points import points
from ingest.source import Batch, Payload, Request, Source, StationRef
from ingest.sources import airkorea_areas, airkorea_months, cnemc_old, liaoning
from ingest.sources import seoul as seoul_portal
from ingest.sources.airkorea import AirKorea
from ingest.sources.airkorea_alerts import ALERTS
from ingest.sources.airkorea_forecast import FORECAST, HIGH_FORECAST, OVER, WEEK_FORECAST
from ingest.sources.airkorea_stats import AirKoreaStats
from ingest.sources.cnemc import Cnemc
from ingest.sources.disaster_messages import MESSAGES
from ingest.sources.openaq import OpenAq
from ingest.sources.openmeteo import PARTICLES, WEATHER
from ingest.sources.seoul import Seoul
from ingest.sources.waqi import Waqi, refusal
from ingest.unwrapping import Row, envelope

Place = Callable[[str], StationRef]

# Degrees: the cells of CAMS are 0.4 wide, and an answer gives the middle of one.
CELL = 0.5

_JUDGE = Judge("data.go.kr", "ask again with a key that it takes")
_FAULT_KEYS = ({"OpenAPI_ServiceResponse"}, {"code", "msg"}, {"response"})
_FAULT_ROOTS = {"OpenAPI_ServiceResponse", "response"}


class NoReadingsError(ValueError):
    """An answer that carries no readings of a known source; the text says what it is."""


class StationNeededError(ValueError):
    """An answer that does not say of which station it is."""


@dataclass(frozen=True)
class Readings:
    """An answer that carries readings; `read` gives them, and raises what the source's parser raises."""

    format: str
    feed: str
    parser_version: int
    read: Callable[[], Sequence[Batch]]


@dataclass(frozen=True)
class Bulletins:
    """An answer of a source of bulletins, as its parser takes it."""

    source: BulletinSource
    body: bytes


Kind = Readings | Bulletins


def kind_of(body: bytes, place: Place) -> Kind:
    """What an answer is.

    Parameters
    ----------
    place : callable
        Told a network, gives the station of it that the answer is of; raises `StationNeededError`.

    Raises
    ------
    NoReadingsError, StationNeededError, NotWholeError, SourceError
    """
    if wcf_binary.is_binary(body):
        return _of_xml(wcf_binary.read(body), place)
    if unwrapping.is_xml(body):
        return _of_xml(unwrapping.read_xml(body), place, body)
    value = unwrapping.read(body)
    if isinstance(value, dict) and any(keys <= value.keys() for keys in _FAULT_KEYS):
        _JUDGE(200, body)
    for recognise in (_messages, _seoul, _openaq, _openmeteo, _waqi):
        found = recognise(value, body, place)
        if found is not None:
            return found
    features = cnemc_old.of_features(value)
    if features is not None:
        return _old_cnemc(features)
    rows = unwrapping.rows_of(value)
    if rows is None:
        raise NoReadingsError(f"JSON of no source that is known; keys seen: {_keys(value)}")
    return _of_rows(rows, body, place)


def _of_xml(root: ET.Element, place: Place, body: bytes = b"") -> Kind:
    if any(unwrapping.local(element) in _FAULT_ROOTS for element in root):
        _JUDGE(200, body)
    old = cnemc_old.of_xml(root)
    if old is not None:
        return _old_cnemc(old)
    rows = unwrapping.xml_rows(root, "item")
    if not rows:
        raise NoReadingsError(f"XML of no source that is known; elements seen: {_elements(root)}")
    return _of_rows(rows, b"", place)


def _of_rows(rows: list[Row], body: bytes, place: Place) -> Kind:
    """By the keys of its rows: those of AirKorea's operations, and of China's platforms."""
    keys = set().union(*rows) if rows else set()
    bulletins = _bulletins(keys)
    if bulletins is not None:
        return Bulletins(bulletins, envelope(rows))
    if "StationCode" in keys and "TimePoint" in keys:
        return _live(Cnemc(), body)
    if liaoning.is_of(rows):
        return Readings(liaoning.NAME, liaoning.FEED, liaoning.PARSER_VERSION, lambda: [liaoning.parse(rows)])
    if airkorea_areas.is_of_sido(rows):
        return _areas(lambda: airkorea_areas.parse_sido(rows))
    if airkorea_areas.is_of_districts(rows):
        return _areas(lambda: [airkorea_areas.parse_districts(rows)])
    if "msurDt" in keys:
        return _live(AirKoreaStats(), envelope(rows))
    if "msurMm" in keys:
        return Readings(
            airkorea_months.NAME,
            airkorea_months.FEED,
            airkorea_months.PARSER_VERSION,
            lambda: [airkorea_months.parse(rows)],
        )
    if {"dataTime", "pm10Value"} <= keys:
        return _airkorea(rows, keys, place)
    raise NoReadingsError(_without_readings(keys))


def _bulletins(keys: set[str]) -> BulletinSource | None:
    if {"informCode", "informGrade"} <= keys:
        return FORECAST
    if "presnatnDt" in keys:
        return WEEK_FORECAST
    if {"issueGbn", "districtName"} <= keys:
        return ALERTS
    return HIGH_FORECAST if any(key.endswith(OVER) for key in keys) else None


def _airkorea(rows: list[Row], keys: set[str], place: Place) -> Readings:
    """A page names the station of each row; a history of old versions does not."""
    if "stationName" in keys:
        return _live(AirKorea(), envelope(rows))
    return _live(AirKorea(), envelope(rows), "station", place("airkorea"))


def _without_readings(keys: set[str]) -> str:
    if {"stationName", "dmX"} <= keys or {"stationName", "tm"} <= keys:
        return "a list of AirKorea's stations, no readings: stations are those of the catalogue"
    if keys and keys <= {"stationName", "addr"}:
        return "names of stations alone, no readings: their values are not told"
    return f"rows of no source that is known; keys seen: {', '.join(sorted(keys))[:160] or 'none'}"


def _areas(read: Callable[[], Sequence[Batch]]) -> Readings:
    return Readings(airkorea_areas.NAME, airkorea_areas.FEED, airkorea_areas.PARSER_VERSION, read)


def _old_cnemc(rows: list[Row]) -> Readings:
    return Readings(cnemc_old.NAME, cnemc_old.FEED, cnemc_old.PARSER_VERSION, lambda: [cnemc_old.parse(rows)])


def _messages(value: Any, body: bytes, _place: Place) -> Kind | None:
    if not isinstance(value, dict) or not isinstance(value.get("header"), dict) or "body" not in value:
        return None
    return Bulletins(MESSAGES, body)


def _seoul(value: Any, body: bytes, _place: Place) -> Kind | None:
    if not isinstance(value, dict) or not (value.keys() & {*seoul_portal.SERVICES, "RESULT"}):
        return None
    seoul_portal.judge(200, body)
    return _live(Seoul(), body)


def _openaq(value: Any, body: bytes, place: Place) -> Kind | None:
    if not isinstance(value, dict) or "meta" not in value or not isinstance(value.get("results"), list):
        return None
    keys = set().union(*(one for one in value["results"] if isinstance(one, dict)))
    if "period" not in keys:
        raise NoReadingsError(f"a list of OpenAQ's, no hours; keys seen: {', '.join(sorted(keys))[:160]}")
    return _live(OpenAq(), body, "station", place("openaq"))


def _openmeteo(value: Any, body: bytes, place: Place) -> Kind | None:
    """An answer gives the coordinates of a cell; of which point it is stands in the question."""
    first = value[0] if isinstance(value, list) and value else value
    if not isinstance(first, dict) or "utc_offset_seconds" not in first:
        return None
    if "hourly" not in first:
        raise NoReadingsError("an answer of Open-Meteo without hours")
    hourly = first["hourly"] if isinstance(first["hourly"], dict) else {}
    source = PARTICLES if "pm2_5" in hourly or "pm10" in hourly else WEATHER
    if len(answers(body)) > 1:
        raise NoReadingsError("an answer of Open-Meteo for several points: their order stood in the question")
    if not any(_near(first, point) for point in points()):
        told = f"{first.get('latitude')}, {first.get('longitude')}"
        raise NoReadingsError(f"an answer of Open-Meteo for {told}, where no point lies that is kept")
    point = place("open-meteo")
    if not _near(first, point):
        raise NoReadingsError(f"an answer of Open-Meteo for another place than {point.name}")
    url = f"?{urlencode({'latitude': str(point.lat), 'longitude': str(point.lon)})}"
    return _live(source, body, "stretch", point, url)


def _near(item: Row, point: StationRef) -> bool:
    """Whether the middle of an answer's cell may be that of a point's."""
    at = (item.get("latitude"), item.get("longitude"))
    return all(
        isinstance(one, int | float) and own is not None and abs(one - own) <= CELL
        for one, own in zip(at, (point.lat, point.lon), strict=True)
    )


def _waqi(value: Any, body: bytes, _place: Place) -> Kind | None:
    if not isinstance(value, dict) or "data" not in value or value.get("status") not in ("ok", "error"):
        return None
    fault = refusal(body)
    if fault is not None:
        raise fault
    return Bulletins(Waqi(), body)


def _live(
    source: Source, body: bytes, span: str = "latest", station: StationRef | None = None, url: str = ""
) -> Readings:
    """An answer as if it had just come by a route of its source."""
    spec = source.spec
    route = spec.route(span) or spec.routes[0]
    payload = Payload(spec.id, Request(route, station=station), url, body, "")
    of = f" of {station.code or station.name}" if station else ""
    return Readings(f"{spec.id}-answer{of}", spec.feed, spec.parser_version, lambda: [source.parse(payload)])


def _keys(value: Any) -> str:
    return ", ".join(map(str, value))[:160] if isinstance(value, dict) else type(value).__name__


def _elements(root: ET.Element) -> str:
    names = dict.fromkeys(unwrapping.local(one) for one in root.iter() if one is not root)
    return ", ".join(names)[:160]
