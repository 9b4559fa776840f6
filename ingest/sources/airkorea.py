"""AirKorea real-time values (data.go.kr, provider B552584).

Services: 15073861 (ArpltnInforInqireSvc, values), 15073877 (MsrstnInfoInqireSvc, stations); a key per
dataset, 500 calls a day on a development account. ver=1.5 gives the station code, the join key with the
finalized archive. `dataTime` is KST, hour-ending, "24:00" is midnight at the end of the named day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from ingest.hours import HourClock, LabelError
from ingest.live_rows import LiveRows
from ingest.source import (
    Auth,
    Batch,
    NoData,
    Payload,
    Quantity,
    Quota,
    Request,
    Route,
    SchemaDrift,
    SourceError,
    SourceSpec,
    StationRef,
    Transient,
)

if TYPE_CHECKING:
    from ingest.http import HttpClient, Received

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

# Technical document, error table; the meaning decides what to do.
_FINE = {"00", "0", "200"}
_NO_DATA = {"03"}
_TRANSIENT = {"01", "02", "04", "05", "23", "99"}
_QUOTA = {"22"}
_AUTH = {"12", "20", "21", "29", "30", "31", "32", "33"}


class AirKorea:
    """The source: nationwide page, station history, station list."""

    spec = SPEC

    def fetch(self, client: HttpClient, base_url: str, request: Request) -> Iterator[Payload]:
        """All pages of one request."""
        path, params = _question(request)
        # A history comes newest first: as many rows as hours are needed, and no page beyond them.
        size = min(PAGE, request.back_hours + 1) if request.back_hours else PAGE
        page, wanted = 1, 1
        while (page - 1) * size < wanted:
            received = client.ask(
                "GET",
                base_url + path,
                params={**params, "returnType": "json", "numOfRows": size, "pageNo": page},
                secret_param="serviceKey",
                judge=judge,
            )
            total = _total(received)
            wanted = min(total, request.back_hours + 1) if request.back_hours else total
            yield Payload(
                SPEC.id, request, received.url, received.body, received.content_type, received.world
            )
            page += 1

    def parse(self, payload: Payload) -> Batch:
        """The readings of a nationwide page or of a station's history."""
        items = _items(payload.body)
        station = payload.request.station if payload.request.route.span == "station" else None
        rows = LiveRows(SPEC.feed, list(QUANTITIES.values()))
        for item in items:
            _read(rows, item, station)
        return rows.batch()

    def parse_stations(self, payload: Payload) -> list[StationRef]:
        """The stations of getMsrstnList, whichever way round dmX and dmY stand."""
        return [_station(item) for item in _items(payload.body) if item.get("stationName")]


def _question(request: Request) -> tuple[str, dict[str, str | int]]:
    if request.route.span == "list":
        return STATIONS, {"ver": "1.1"}
    if request.route.span == "latest":
        return LIVE, {"sidoName": "전국", "ver": "1.5"}
    if request.station is None or request.station.name is None:
        raise ValueError("a station's history is asked by its name")
    return HISTORY, {"stationName": request.station.name, "dataTerm": request.route.name, "ver": "1.5"}


def judge(status: int, body: bytes) -> None:  # noqa: ARG001 - what the body says decides; see HttpClient
    """Raise what an answer tells of, in any of its five shapes; quiet for a normal one."""
    text = body.lstrip(b"\xef\xbb\xbf \r\n\t")
    if text.startswith(b"{"):
        code = _json_code(text)
    elif text.startswith(b"<"):
        code = _xml_code(text)
    else:
        return  # plain text (Forbidden, Unauthorized) or empty: the status decides
    if code is None or code in _FINE:
        return
    # 99 is "unknown" by the table, but a provider has been recorded that says so of a wrong key.
    raise _error("30" if code == "99" and b"SERVICE KEY" in text.upper().replace(b"_", b" ") else code)


def _error(code: str) -> SourceError:
    if code in _QUOTA:
        return Quota("AirKorea says that the day's calls are used up (22); it goes on after midnight KST")
    if code in _AUTH:
        return Auth(
            f"AirKorea refuses the key (reason {code}): check YELLOWSEA_AIRKOREA__KEY, and that the key's "
            "account has applied for datasets 15073861 and 15073877 at data.go.kr"
        )
    if code in _NO_DATA:
        return NoData(f"AirKorea holds nothing for the question ({code})")
    if code in _TRANSIENT:
        return Transient(f"AirKorea answers with error {code}")
    return SchemaDrift(f"AirKorea answers with an error that is not documented: {code[:40]}")


def _json_code(text: bytes) -> str | None:
    try:
        answer = json.loads(text)
    except ValueError:
        raise Transient("AirKorea's answer breaks off or is no JSON") from None
    if not isinstance(answer, dict):
        raise SchemaDrift("AirKorea's answer is no object")
    gateway = answer.get("OpenAPI_ServiceResponse")
    if isinstance(gateway, dict):
        return str(gateway.get("cmmMsgHeader", {}).get("returnReasonCode"))
    if "code" in answer and "msg" in answer:  # the file-data gateway (odcloud)
        return "30" if answer["code"] == -4 else str(answer["code"])
    header = answer.get("response", {}).get("header", {})
    return str(header["resultCode"]) if "resultCode" in header else None


def _xml_code(text: bytes) -> str | None:
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - no entities are resolved; size is bounded
    except ElementTree.ParseError:
        raise Transient("AirKorea's answer breaks off or is no XML") from None
    for path in (".//returnReasonCode", ".//resultCode"):
        found = root.findtext(path)
        if found:
            return found.strip()
    return None


def _body(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)["response"]["body"]
    except (ValueError, KeyError, TypeError):
        raise SchemaDrift("AirKorea's answer has no response.body") from None
    if not isinstance(found, dict):
        raise SchemaDrift("AirKorea's response.body is no object")
    return found


def _total(received: Received) -> int:
    return int(_body(received.body).get("totalCount") or 0)


def _items(body: bytes) -> list[dict[str, Any]]:
    """The rows: a list, a list inside an object, or nothing ("", missing)."""
    items = _body(body).get("items") or []
    if isinstance(items, dict):
        items = items.get("item") or []
    if isinstance(items, dict):
        items = [items]
    if not isinstance(items, list):
        raise SchemaDrift("AirKorea's items are no list")
    return items


def _read(rows: LiveRows, item: dict[str, Any], station: StationRef | None) -> None:
    for key in item.keys() - _KNOWN:
        rows.notes[f"unknown key {key}"] += 1
    label = item.get("dataTime")
    if not label:
        rows.reject(json.dumps(item, ensure_ascii=False), "row without dataTime")
        return
    try:
        hour = _hour(label)
    except LabelError as error:
        rows.reject(json.dumps(item, ensure_ascii=False), str(error))
        return
    rows.begin(station or _ref(item), hour)
    for pollutant, quantity in QUANTITIES.items():
        rows.value(quantity, item.get(f"{pollutant}Value"), item.get(f"{pollutant}Flag"))


@lru_cache(maxsize=4096)
def _hour(label: str) -> int:
    return SPEC.clock.from_text(label)


def _ref(item: dict[str, Any]) -> StationRef:
    return StationRef(
        code=item.get("stationCode") or None,
        name=item.get("stationName"),
        area=item.get("sidoName"),
        kind=KINDS.get(str(item.get("mangName"))),
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
