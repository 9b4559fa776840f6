"""Seoul's real-time values (data.seoul.go.kr OA-2219, RealtimeCityAir): the hour on show of the 25 gu.

http://openapi.seoul.go.kr:8088/KEY/json/RealtimeCityAir/1/100/

* The key stands in the PATH, over plain HTTP: it is taken out of everything that is told or kept.
* Values are JSON numbers; 0 and "" mean missing, in every column.
* MSRDT is YYYYMMDDHHMM of Korea, hour-ending as in AirKorea's files, 00 being the day before's 24.
* The stations are AirKorea's, by name: one of each gu. There is no way back to an hour that has passed.
* Errors put RESULT at the top of the document, some of them as XML although JSON was asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, Any

from ingest.hours import HourClock, LabelError
from ingest.http import KEY_IN_PATH
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
    SourceSpec,
    StationRef,
    Transient,
)
from ingest.wire_json import read_json

if TYPE_CHECKING:
    from ingest.http import HttpClient

SERVICE = "RealtimeCityAir"
# The hours of a past day or hour come in rows of the same names; they are read where someone saved them.
SERVICES = (SERVICE, "TimeAverageAirQuality")
# Of one question; the portal refuses more than 1,000 rows.
PAGE = 100

SPEC = SourceSpec(
    id="seoul",
    feed="seoul-live",
    base_url="http://openapi.seoul.go.kr:8088",
    clock=HourClock(label="end", zone="Asia/Seoul"),
    # An hour is on show until the next is out, which may be late.
    routes=(Route("realtime", "latest", 3),),
    needs_key=True,
    daily_calls=None,
    calls_per_second=1.0,
    parser_version=1,
    scope="seoul",
    where_to_get_a_key="apply at data.seoul.go.kr",
)

QUANTITIES = {
    "PM25": Quantity("pm25", "ug/m3"),
    "PM10": Quantity("pm10", "ug/m3"),
    "O3": Quantity("o3", "ppm"),
    "NO2": Quantity("no2", "ppm"),
    "SO2": Quantity("so2", "ppm"),
    "CO": Quantity("co", "ppm"),
}
_KNOWN = {*QUANTITIES, "MSRDT", "MSRRGN_NM", "MSRSTE_NM", "IDEX_NM", "IDEX_MVL", "ARPLT_MAIN"}
_CODE = re.compile(rb"(INFO|ERROR)-(\d{3})")
_REFUSED = {
    "INFO-100": "the key is not valid",
    "INFO-300": "the key is blocked",
    "ERROR-335": "the sample key gives five rows",
}


class Seoul:
    """The source: all stations of the hour on show."""

    spec = SPEC

    def fetch(self, client: HttpClient, base_url: str, request: Request) -> Iterator[Payload]:
        """All pages of the hour on show."""
        for page in count():
            rows = f"{page * PAGE + 1}/{(page + 1) * PAGE}"
            received = client.ask("GET", f"{base_url}/{KEY_IN_PATH}/json/{SERVICE}/{rows}/", judge=judge)
            yield Payload(
                SPEC.id, request, received.url, received.body, received.content_type, received.world
            )
            if (page + 1) * PAGE >= _total(received.body):
                return

    def parse(self, payload: Payload) -> Batch:
        """The readings of a page; rows may belong to several hours."""
        rows = LiveRows(SPEC.feed, list(QUANTITIES.values()), ("",), sentinels=(0.0,))
        held = _items(payload.body)
        for item in held:
            _read(rows, item)
        rows.whole(held, QUANTITIES)
        return rows.batch()

    def parse_stations(self, payload: Payload) -> list[StationRef]:
        """The portal has no list: the stations of a page."""
        return [_ref(item) for item in _items(payload.body) if _text(item, "MSRSTE_NM")]


def judge(status: int, body: bytes) -> None:
    """Raise what an answer tells of; the codes of the portal."""
    text = body.lstrip()
    if not text or (status >= 300 and not text.startswith((b"{", b"<"))):
        return
    found = _CODE.search(text)
    code = "" if found is None else found[0].decode()
    if code == "INFO-000" and text.startswith(b"{"):
        _whole(text)
        return
    if code == "INFO-200":
        raise NoData("Seoul has nothing for the question")
    if code in _REFUSED:
        said = f"Seoul refuses the key ({code}: {_REFUSED[code]})"
        raise Auth(f"{said}; check YELLOWSEA_SEOUL__KEY, {SPEC.where_to_get_a_key}")
    if code == "ERROR-337":
        raise Quota(f"Seoul's calls of the day are used up ({code})")
    if code.startswith("ERROR-3"):
        raise SchemaDrift(f"Seoul does not take the question ({code})")
    if code:
        raise Transient(f"Seoul answers {code}")
    if status < 300:
        raise (
            Transient("Seoul's answer says no code")
            if not text.startswith(b"{")
            else SchemaDrift("Seoul's answer has no RESULT")
        )


def _whole(text: bytes) -> None:
    try:
        json.loads(text)
    except ValueError:
        raise Transient("Seoul's answer breaks off") from None


def _service(body: bytes) -> dict[str, Any]:
    try:
        document = read_json(body)
    except ValueError:
        raise SchemaDrift("Seoul's answer is no JSON") from None
    named = [name for name in SERVICES if isinstance(document, dict) and name in document]
    service = document[named[0]] if named else None
    if not isinstance(service, dict):
        raise SchemaDrift(f"Seoul's answer has no {SERVICE}")
    return service


def _items(body: bytes) -> list[dict[str, Any]]:
    rows = _service(body).get("row")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SchemaDrift("Seoul's rows are no list of objects")
    return rows


def _total(body: bytes) -> int:
    service = _service(body)
    total, rows = service.get("list_total_count"), service.get("row")
    if not isinstance(total, int) or isinstance(total, bool) or total < 0:
        raise SchemaDrift("Seoul's answer does not say how many rows there are")
    return total if rows else 0


def _read(rows: LiveRows, item: dict[str, Any]) -> None:
    for key in item.keys() - _KNOWN:
        rows.notes[f"unknown key {key}"] += 1
    if not _text(item, "MSRSTE_NM"):
        rows.reject(json.dumps(item, ensure_ascii=False), "row without MSRSTE_NM")
        return
    try:
        hour = SPEC.clock.from_text(_text(item, "MSRDT"))
    except LabelError as error:
        rows.mention(_ref(item))
        rows.reject(json.dumps(item, ensure_ascii=False), f"MSRDT {error}")
        return
    rows.begin(_ref(item), hour)
    for name, quantity in QUANTITIES.items():
        rows.value(quantity, item.get(name))


def _ref(item: dict[str, Any]) -> StationRef:
    return StationRef(name=_text(item, "MSRSTE_NM"), area="kr-seoul")


def _text(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    return "" if value is None else str(value).strip()
