"""WAQI's feed and map/bounds over a world.

Recorded: the feed's fields with their order and types, `time.v` as the local clock taken for UTC, "-" for no
index, the bodies of errors. Documented by clients, not recorded: map/bounds, `time.iso` beside the whole
feed, the forecast by day. Indices are of the hour on show, by a table of the sandbox's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cached_property
from typing import Any
from urllib.parse import unquote

import numpy as np

from sandbox.dice import draw
from sandbox.labels import CST, KST, minute_of
from sandbox.publication import Publication
from sandbox.recent import Recent
from sandbox.us_index import sub_index
from sandbox.wire import JSON, Answer, dump
from sandbox.world import NETWORKS, Network, WorldStation, as_values

FEED = re.compile(r"/feed/([^/]+)/?")
BOUNDS = re.compile(r"/map/bounds/?")
# The world's names of the cities that have a feed of their own.
_CITIES = {
    "seoul": ("Seoul (서울)", "서울"), "busan": ("Busan (부산)", "부산"),
    "incheon": ("Incheon (인천)", "인천"), "daegu": ("Daegu (대구)", "대구"),
    "daejeon": ("Daejeon (대전)", "대전"),
    "gwangju": ("Gwangju (광주시)", "광주"), "ulsan": ("Ulsan (울산)", "울산"),
    "beijing": ("Beijing (北京)", "北京市"), "shanghai": ("Shanghai (上海)", "上海市"),
    "guangzhou": ("Guangzhou (广州)", "广州市"), "shenzhen": ("Shenzhen (深圳)", "深圳市"),
    "chengdu": ("Chengdu (成都)", "成都市"), "chongqing": ("Chongqing (重庆)", "重庆市"),
}  # fmt: skip
_FIRST_NUMBER: dict[Network, int] = {"airkorea": 5500, "cnemc": 20000}
_AGENCY = {
    "airkorea": ("https://www.airkorea.or.kr/", "South Air Korea Environment Corporation"),
    "cnemc": (
        "https://air.cnemc.cn:18007/",
        "China National Environmental Monitoring Centre",
    ),
}
_PROJECT = {"url": "https://waqi.info/", "name": "World Air Quality Index Project"}
_NEAR_DEGREES = 3.0
_FORECAST_DAYS = 5


def refused(said: str) -> Answer:
    """An error as WAQI tells it: HTTP 200, as recorded."""
    return Answer(dump({"status": "error", "data": said}), JSON)


@dataclass(frozen=True)
class _Shown:
    """What the network shows of one station."""

    number: int
    network: Network
    station: WorldStation
    label: datetime | None
    values: Mapping[str, float | None]

    @cached_property
    def iaqi(self) -> dict[str, float]:
        """The sub-indices that there are."""
        korean = self.network == "airkorea"
        given = {name: sub_index(name, value, korean=korean) for name, value in self.values.items()}
        return {name: one for name, one in given.items() if one is not None}

    @property
    def aqi(self) -> float | None:
        return max(self.iaqi.values(), default=None)


class Waqi:
    """Answers below /feed/ and /map/bounds."""

    network = "waqi"

    def __init__(self, publication: Publication, seed: int, key: str | None = None) -> None:
        self._publication = publication
        self._seed = seed
        self._key = key
        self._shown: Recent[int, list[_Shown]] = Recent(self._all, 4)

    def route(self, path: str) -> str | None:
        """Both show the present."""
        return "live" if FEED.fullmatch(path) or BOUNDS.fullmatch(path) else None

    @staticmethod
    def called(path: str, query: Mapping[str, str]) -> str:
        """What was asked for, without token or comma: `feed/seoul`, `map/bounds 33 124 39 131`."""
        return f"{path.strip('/')} {query.get('latlng', '')}".replace(",", " ").strip()

    def answer(self, path: str, query: Mapping[str, str], _header: str | None, now: datetime) -> Answer:
        """One station, or all of a box."""
        token = query.get("token", "")
        if not token or (self._key is not None and token != self._key):
            return refused("Invalid key")
        asked = FEED.fullmatch(path)
        if asked is None:
            return self._box(query.get("latlng", ""), now)
        found = self._station(unquote(asked[1]), now)
        return refused("Unknown station") if found is None else self._feed(*found, now)

    def _all(self, minute: int) -> list[_Shown]:
        """Every station of the world with the hour on show, which WAQI names by its end."""
        now, found = datetime.fromtimestamp(minute * 60, UTC), []
        for network in NETWORKS:
            live = self._publication.live(network, now)
            zone = timezone(timedelta(hours=KST if network == "airkorea" else CST))
            blocks = {
                (int(hour), early): self._publication.values(network, int(hour), first=early)
                for hour in np.unique(live.shown[live.shown >= 0])
                for early in (False, True)
            }
            stations = self._publication.world.stations(network)[: len(live.shown)]
            for at, station in enumerate(stations):
                hour, number = int(live.shown[at]), _FIRST_NUMBER[network] + at
                if hour < 0:
                    found.append(_Shown(number, network, station, None, {}))
                    continue
                values = as_values(blocks[hour, bool(live.first[at])][at])
                label = datetime.fromtimestamp((hour + 1) * 3600, UTC).astimezone(zone)
                found.append(_Shown(number, network, station, label, values))
        return found

    def _station(self, asked: str, now: datetime) -> tuple[_Shown, str] | None:
        """The station of a city, a number or a place, and what it is called."""
        shown = self._shown(minute_of(now))
        if asked in _CITIES:
            title, area = _CITIES[asked]
            found = next((one for one in shown if one.station.area == area), None)
            return None if found is None else (found, title)
        if asked.startswith("@"):
            found = next((one for one in shown if f"@{one.number}" == asked), None)
            return None if found is None else (found, _title(found))
        try:
            lat, lon = (float(one) for one in asked.removeprefix("geo:").split(";"))
        except ValueError:
            return None
        near = min(shown, key=lambda one: _away(one, lat, lon), default=None)
        if near is None or _away(near, lat, lon) > _NEAR_DEGREES:
            return None
        return near, _title(near)

    def _feed(self, one: _Shown, title: str, now: datetime) -> Answer:
        aqi = one.aqi
        url, agency = _AGENCY[one.network]
        weather = {
            name: round(
                low + (high - low) * draw(self._seed, "waqi", name, one.number, int(now.timestamp()) // 3600),
                1,
            )
            for name, low, high in (("h", 20, 95), ("p", 1000, 1030), ("t", -10, 30), ("w", 0, 9))
        }
        parts = dict(sorted({**one.iaqi, **weather}.items()))
        body: dict[str, Any] = {
            "aqi": "-" if aqi is None else round(aqi),
            "idx": one.number,
            "attributions": [{"url": url, "name": agency}, _PROJECT],
            "city": {
                "geo": [one.station.lat, one.station.lon],
                "name": title,
                "url": f"https://aqicn.org/station/@{one.number}",
            },
            "dominentpol": max(one.iaqi, key=lambda name: one.iaqi[name]) if one.iaqi else "",
            "iaqi": {name: {"v": value} for name, value in parts.items()},
            "time": _time(one),
        }
        if draw(self._seed, "forecast", one.number) < 0.5:
            body["forecast"] = {"daily": {"pm25": self._forecast(one, now)}}
        body["debug"] = {"sync": now.astimezone(timezone(timedelta(hours=KST))).isoformat(timespec="seconds")}
        return Answer(dump({"status": "ok", "data": body}))

    def _forecast(self, one: _Shown, now: datetime) -> list[dict[str, Any]]:
        days = []
        for ahead in range(_FORECAST_DAYS):
            day = (now + timedelta(days=ahead)).date()
            mean = round(40 + 120 * draw(self._seed, "ahead", one.number, day.toordinal()))
            days.append({"avg": mean, "day": day.isoformat(), "max": mean + 20, "min": max(0, mean - 20)})
        return days

    def _box(self, latlng: str, now: datetime) -> Answer:
        try:
            south, west, north, east = (float(one) for one in latlng.split(","))
        except ValueError:
            return refused("Invalid bounds")
        rows = [
            {
                "lat": one.station.lat,
                "lon": one.station.lon,
                "uid": one.number,
                "aqi": "-" if one.aqi is None else str(round(one.aqi)),
                "station": {"name": _title(one), "time": one.label.isoformat()},
            }
            for one in self._shown(minute_of(now))
            if one.label is not None
            and min(south, north) <= one.station.lat <= max(south, north)
            and min(west, east) <= one.station.lon <= max(west, east)
        ]
        return Answer(dump({"status": "ok", "data": rows}))


def _title(one: _Shown) -> str:
    return f"{one.station.name}, {one.station.area}"


def _away(one: _Shown, lat: float, lon: float) -> float:
    return max(abs(one.station.lat - lat), abs(one.station.lon - lon))


def _time(one: _Shown) -> dict[str, Any]:
    """The label thrice; a station that shows nothing has a zone and a zero, as recorded of Rio de Janeiro."""
    if one.label is None:
        return {"tz": "+09:00" if one.network == "airkorea" else "+08:00", "v": 0}
    text = one.label.isoformat()
    return {
        "s": f"{one.label:%Y-%m-%d %H:%M:%S}",
        "tz": text[-6:],
        "v": int(one.label.replace(tzinfo=UTC).timestamp()),
        "iso": text,
    }
