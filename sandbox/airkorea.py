"""AirKorea's operations (data.go.kr B552584) over a world.

Recorded (key sets, order and types follow the recordings): getCtprvnRltmMesureDnsty and
getMsrstnAcctoRltmMesureDnsty at ver 1.0, getMsrstnList at ver 1.0.
Documented, not recorded: the fields that ver 1.1 to 1.5 add, dataTerm MONTH and 3MONTH, getMsrstnList 1.1,
answers without a row, codes 10 and 11.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sandbox.airkorea_rows import MANG, VERSIONS, Rows
from sandbox.labels import minute_of
from sandbox.publication import Publication
from sandbox.recent import Recent
from sandbox.wire import (
    Answer,
    Item,
    envelope,
    gateway_json,
    gateway_xml,
    no_data,
    provider_error,
)
from sandbox.world import SIDO, WorldStation

MEASUREMENTS = "/B552584/ArpltnInforInqireSvc/"
STATIONS = "/B552584/MsrstnInfoInqireSvc/"
NATIONWIDE = "전국"

_TERM_HOURS = {"DAILY": 23, "MONTH": 30 * 24, "3MONTH": 90 * 24}
_ENCODED = re.compile(r"%(2B|2F|3D)", re.IGNORECASE)

Query = Mapping[str, str]
T = TypeVar("T")


class BadParameter(Exception):
    """A parameter that the provider refuses."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class AirKorea:
    """Answers GET requests below `/B552584/`.

    Parameters
    ----------
    publication : Publication
    key : str, optional
        The only service key to accept, in its decoded form; without it any is accepted that is not empty
        and was not encoded twice.
    others : mapping, optional
        More operations by path, behind the same key.
    """

    def __init__(
        self,
        publication: Publication,
        seed: int,
        key: str | None = None,
        others: Mapping[str, Callable[[Query, datetime], Answer]] | None = None,
    ) -> None:
        self._publication = publication
        self._key = key
        self._rows = Rows(publication, seed)
        self._pages: Recent[tuple[str, bytes, bytes, int], list[Item]] = Recent(self._page, 6)
        self._bodies: dict[tuple[object, ...], Answer] = {}
        self._operations: dict[str, Callable[[Query, datetime], Answer]] = {
            MEASUREMENTS + "getCtprvnRltmMesureDnsty": self._by_sido,
            MEASUREMENTS + "getMsrstnAcctoRltmMesureDnsty": self._by_station,
            STATIONS + "getMsrstnList": self._station_list,
            **(others or {}),
        }

    @staticmethod
    def route(path: str) -> str:
        """Which kind of route a path is, for the plan of faults."""
        if path.endswith("getMsrstnAcctoRltmMesureDnsty"):
            return "history"
        if "MinuDust" in path:
            return "forecasts"
        if path.endswith("getUlfptcaAlarmInfo"):
            return "alerts"
        if path.endswith("getMsrstnAcctoRDyrg"):
            return "days"
        return "stations" if path.startswith(STATIONS) else "live"

    def answer(self, path: str, query: Query, now: datetime) -> Answer:
        """The answer to one GET request."""
        operation = self._operations.get(path)
        if operation is None:
            return gateway_json("12", 400)
        key = query.get("serviceKey") or query.get("ServiceKey") or ""
        if not key or " " in key or _ENCODED.search(key) or (self._key is not None and key != self._key):
            return gateway_xml("30")
        try:
            return operation(query, now)
        except BadParameter as refused:
            return provider_error(refused.code, as_json=wants_json(query))

    def _by_sido(self, query: Query, now: datetime) -> Answer:
        sido = needed(query, "sidoName")
        if sido != NATIONWIDE and sido not in SIDO.values():
            raise BadParameter("10")
        version, as_json = _version(query), wants_json(query)
        page, rows = paging(query)
        live = self._publication.live("airkorea", now)
        changes = self._publication.changes("airkorea", now)
        state = (version, live.shown.tobytes(), live.first.tobytes(), changes)
        asked = (*state, sido, page, rows, as_json)
        held = self._bodies.get(asked)
        if held is None:
            items = [i for i in self._pages(state) if sido in (NATIONWIDE, i["sidoName"])]
            held = envelope(cut(items, page, rows), len(items), page, rows, as_json=as_json)
            if len(self._bodies) >= 32:
                self._bodies.clear()
            self._bodies[asked] = held
        return held

    def _page(self, state: tuple[str, bytes, bytes, int]) -> list[Item]:
        return self._rows.live(*state)

    def _by_station(self, query: Query, now: datetime) -> Answer:
        name, term = needed(query, "stationName"), needed(query, "dataTerm").upper()
        if term not in _TERM_HOURS:
            raise BadParameter("10")
        version, as_json = _version(query), wants_json(query)
        page, rows = paging(query)
        newest = minute_of(now) // 60 - 1
        self._publication.world.block("airkorea", newest)  # a replay meets its stations by reading them
        stations = self._publication.stations("airkorea", self._publication.changes("airkorea", now))
        row = next((i for i, s in enumerate(stations) if s.name == name), None)
        if row is None:
            return no_data(page, rows, as_json=as_json)
        hours = self._rows.published(row, newest, _TERM_HOURS[term], now)
        if not hours:
            return no_data(page, rows, as_json=as_json)
        items = self._rows.history(row, cut(hours, page, rows), version, now)
        return envelope(items, len(hours), page, rows, as_json=as_json)

    def _station_list(self, query: Query, now: datetime) -> Answer:
        swapped = query.get("ver", "1.0") == "1.1"
        if query.get("ver", "1.0") not in ("", "1.0", "1.1"):
            raise BadParameter("10")
        page, rows = paging(query)
        as_json = wants_json(query)
        self._publication.world.block("airkorea", minute_of(now) // 60 - 1)
        held = [
            station
            for station in self._publication.stations("airkorea", self._publication.changes("airkorea", now))
            if query.get("addr", "") in station.address and query.get("stationName", "") in station.name
        ]
        if not held:
            return no_data(page, rows, as_json=as_json)
        items = [_station_item(station, swapped=swapped) for station in cut(held, page, rows)]
        return envelope(items, len(held), page, rows, as_json=as_json)


def _station_item(station: WorldStation, *, swapped: bool) -> Item:
    """ver 1.0 gives latitude as dmX; ver 1.1 longitude, and the code."""
    lat, lon = f"{station.lat:.6f}".rstrip("0"), f"{station.lon:.6f}".rstrip("0")
    item: dict[str, str | None] = {
        "dmX": lon if swapped else lat,
        "item": "SO2, CO, O3, NO2, PM10, PM2.5",
        "mangName": MANG.get(station.kind, MANG["urban"]),
        "year": None if station.opened is None else str(station.opened),
        "addr": station.address,
        "stationName": station.name,
        "dmY": lat if swapped else lon,
    }
    if swapped:
        item["stationCode"] = station.code
    return item


def needed(query: Query, name: str) -> str:
    """A parameter that must be given; raises `BadParameter`."""
    value = query.get(name, "")
    if not value:
        raise BadParameter("11")
    return value


def _version(query: Query) -> str:
    version = query.get("ver", "")
    if version not in VERSIONS:
        raise BadParameter("10")
    return version


def wants_json(query: Query) -> bool:
    """Whether the answer is to be JSON."""
    return query.get("returnType", "xml").lower() == "json"


def paging(query: Query) -> tuple[int, int]:
    """pageNo and numOfRows, 1 and 10 where not given."""
    try:
        page, rows = int(query.get("pageNo") or 1), int(query.get("numOfRows") or 10)
    except ValueError:
        raise BadParameter("10") from None
    if page < 1 or rows < 1 or query.get("returnType", "xml").lower() not in ("json", "xml"):
        raise BadParameter("10")
    return page, rows


def cut(held: Sequence[T], page: int, rows: int) -> Sequence[T]:
    """The rows of a page."""
    return held[(page - 1) * rows : page * rows]
