"""AirKorea real-time values (data.go.kr, provider B552584).

Services: 15073861 (ArpltnInforInqireSvc, values), 15073877 (MsrstnInfoInqireSvc, stations); a key per
dataset, 500 calls a day on a development account. ver=1.5 gives the station code, the join key with the
finalized archive. `dataTime` is KST, hour-ending, "24:00" is midnight at the end of the named day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any

from ingest.data_go_kr import KEY_PARAM, Judge, items, total_count
from ingest.hours import HourClock, LabelError
from ingest.live_rows import LiveRows
from ingest.source import (
    Batch,
    Payload,
    Quantity,
    Request,
    Route,
    SourceSpec,
    StationRef,
)

if TYPE_CHECKING:
    from ingest.http import HttpClient

SPEC = SourceSpec(
    id="airkorea",
    feed="airkorea-live",
    base_url="https://apis.data.go.kr",
    clock=HourClock(label="end", zone="Asia/Seoul"),
    routes=(
        Route("nationwide", "latest"),
        Route("DAILY", "station", 23),
        Route("MONTH", "station", 24 * 30),
        Route("3MONTH", "station", 24 * 90),
        Route("stations", "list"),
    ),
    needs_key=True,
    daily_calls=500,
    calls_per_second=10.0,
    parser_version=1,
    where_to_get_a_key="apply for datasets 15073861 and 15073877 at data.go.kr; approval takes 1-2 h",
)

LIVE = "/B552584/ArpltnInforInqireSvc/getCtprvnRltmMesureDnsty"
HISTORY = "/B552584/ArpltnInforInqireSvc/getMsrstnAcctoRltmMesureDnsty"
STATIONS = "/B552584/MsrstnInfoInqireSvc/getMsrstnList"
PAGE = 1000
JUDGE = Judge(
    "AirKorea",
    "check YELLOWSEA_AIRKOREA__KEY, and that the key's account has applied for datasets 15073861 and "
    "15073877 at data.go.kr",
)

QUANTITIES = {
    "pm25": Quantity("pm25", "ug/m3"),
    "pm10": Quantity("pm10", "ug/m3"),
    "o3": Quantity("o3", "ppm"),
    "no2": Quantity("no2", "ppm"),
    "so2": Quantity("so2", "ppm"),
    "co": Quantity("co", "ppm"),
}
# Indices and moving averages are other quantities than the hour's mean: left out on purpose.
_LEFT_OUT = {"khaiValue", "khaiGrade", "pm10Value24", "pm25Value24", "pm10Grade1h", "pm25Grade1h"}
_LEFT_OUT |= {f"{pollutant}Grade" for pollutant in QUANTITIES}
_KNOWN = {"sidoName", "stationName", "stationCode", "mangName", "dataTime"} | _LEFT_OUT
_KNOWN |= {f"{pollutant}{part}" for pollutant in QUANTITIES for part in ("Value", "Flag")}

KINDS = {
    "도시대기": "urban",
    "도로변대기": "roadside",
    "교외대기": "suburban",
    "국가배경농도": "background",
    "국가배경농도(도서)": "background",
    "항만": "port",
}


class AirKorea:
    """The source: nationwide page, station history, station list."""

    spec = SPEC

    def fetch(self, client: HttpClient, base_url: str, request: Request) -> Iterator[Payload]:
        """All pages of one request."""
        path, params = _question(request)
        # A history comes newest first: as many rows as hours are needed, and no page beyond them.
        size = min(PAGE, request.back_hours + 1) if request.back_hours else PAGE
        for page in count(1):
            received = client.ask(
                "GET",
                base_url + path,
                params={**params, "returnType": "json", "numOfRows": size, "pageNo": page},
                secret_param=KEY_PARAM,
                judge=JUDGE,
            )
            yield Payload(
                SPEC.id, request, received.url, received.body, received.content_type, received.world
            )
            total = total_count(received.body)
            wanted = min(total, request.back_hours + 1) if request.back_hours else total
            if page * size >= wanted:
                return

    def parse(self, payload: Payload) -> Batch:
        """The readings of a nationwide page or of a station's history."""
        station = payload.request.station if payload.request.route.span == "station" else None
        rows = LiveRows(SPEC.feed, list(QUANTITIES.values()))
        held = items(payload.body)
        for item in held:
            _read(rows, item, station)
        rows.whole(held, [f"{pollutant}Value" for pollutant in QUANTITIES])
        return rows.batch()

    def parse_stations(self, payload: Payload) -> list[StationRef]:
        """The stations of getMsrstnList, whichever way round dmX and dmY stand."""
        return [_station(item) for item in items(payload.body) if item.get("stationName")]


def _question(request: Request) -> tuple[str, dict[str, str | int]]:
    if request.route.span == "list":
        return STATIONS, {"ver": "1.1"}
    if request.route.span == "latest":
        return LIVE, {"sidoName": "전국", "ver": "1.5"}
    if request.station is None or request.station.name is None:
        raise ValueError("a station's history is asked by its name")
    return HISTORY, {"stationName": request.station.name, "dataTerm": request.route.name, "ver": "1.5"}


def _read(rows: LiveRows, item: dict[str, Any], asked: StationRef | None) -> None:
    for key in item.keys() - _KNOWN:
        rows.notes[f"unknown key {key}"] += 1
    station = _whose(rows, item, asked)
    label = item.get("dataTime")
    if not label:
        rows.mention(station)
        rows.reject(json.dumps(item, ensure_ascii=False), "row without dataTime")
        return
    try:
        hour = _hour(str(label))
    except LabelError as error:
        rows.mention(station)
        rows.reject(json.dumps(item, ensure_ascii=False), str(error))
        return
    rows.begin(station, hour)
    for pollutant, quantity in QUANTITIES.items():
        rows.value(quantity, item.get(f"{pollutant}Value"), item.get(f"{pollutant}Flag"))


def _whose(rows: LiveRows, item: dict[str, Any], asked: StationRef | None) -> StationRef:
    """The station of a row: below ver 1.4 a history's rows do not say, above a code says more than a name."""
    own = _ref(item)
    if asked is None:
        return own
    if own.code and asked.code and own.code != asked.code:
        rows.notes[f"history of {asked.name} ({asked.code}) answers with station {own.code}"] += 1
        return own
    return asked


@lru_cache(maxsize=4096)
def _hour(label: str) -> int:
    return SPEC.clock.from_text(label)


def _ref(item: dict[str, Any]) -> StationRef:
    return StationRef(
        code=item.get("stationCode") or None,
        name=item.get("stationName"),
        area=item.get("sidoName"),
        kind=KINDS.get(str(item.get("mangName")).strip()),
    )


def _station(item: dict[str, Any]) -> StationRef:
    lat, lon = _coordinates(item.get("dmX"), item.get("dmY"))
    return StationRef(
        code=item.get("stationCode") or None,
        name=item["stationName"],
        area=str(item.get("addr") or "").split(" ")[0] or None,
        kind=KINDS.get(str(item.get("mangName")).strip()),
        lat=lat,
        lon=lon,
    )


def _coordinates(x: str | None, y: str | None) -> tuple[float | None, float | None]:
    """Latitude and longitude by their range: ver 1.0 and 1.1 exchange dmX and dmY."""
    try:
        first, second = float(x or ""), float(y or "")
    except ValueError:
        return None, None
    for lat, lon in ((first, second), (second, first)):
        if 32 < lat < 40 and 123 < lon < 133:
            return lat, lon
    return None, None
