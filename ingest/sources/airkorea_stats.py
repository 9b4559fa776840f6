"""AirKorea's day means by station (data.go.kr 15073855, ArpltnStatsSvc/getMsrstnAcctoRDyrg).

A check of our own means: readings of a feed of their own, P1D, which answers only where it is asked for.

* `msurDt` is the Korean civil day, labels 01..24. Numbers come without a leading zero: ".003".
* A question names a station and its days, clients ask for a week at most; so it is cut into weeks.
* How many hours stand behind a mean is not told.
* The times in `feeds.csv` count from the end of the day's first hour, as those of hourly feeds do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from ingest.bulletins import plain
from ingest.data_go_kr import KEY_PARAM, Judge, items, total_count
from ingest.hours import EPOCH, HourClock, fixed_offset, place_days
from ingest.live_rows import LiveRows
from ingest.source import Batch, NoData, Payload, Request, Route, SourceSpec, StationRef
from ingest.sources.airkorea import QUANTITIES, AirKorea

if TYPE_CHECKING:
    from ingest.http import HttpClient

ZONE = "Asia/Seoul"
SPEC = SourceSpec(
    id="airkorea-stats",
    feed="airkorea-daily",
    base_url="https://apis.data.go.kr",
    clock=HourClock(label="end", zone=ZONE),
    routes=(Route("days", "station", 24 * 90, dated=True), Route("stations", "list")),
    needs_key=True,
    daily_calls=500,
    calls_per_second=5.0,
    parser_version=1,
    scope="day",
    where_to_get_a_key="apply for datasets 15073855 and 15073877 at data.go.kr; approval takes 1-2 h",
    period="P1D",
)

DAYS = "/B552584/ArpltnStatsSvc/getMsrstnAcctoRDyrg"
WEEK = timedelta(days=7)
PAGE = 100
JUDGE = Judge(
    "AirKorea",
    "check YELLOWSEA_AIRKOREA_STATS__KEY, and that the key's account has applied for dataset 15073855 at "
    "data.go.kr",
)
_KNOWN = {"msurDt", "msrstnName", "msrstnCode"} | {f"{pollutant}Value" for pollutant in QUANTITIES}


class AirKoreaStats:
    """The source: the day means of one station; the list is that of the live source."""

    spec = SPEC

    def fetch(self, client: HttpClient, base_url: str, request: Request) -> Iterator[Payload]:
        """All pages of all weeks of a request; a week without a row is none."""
        if request.route.span == "list":
            for payload in AirKorea().fetch(client, base_url, request):
                yield replace(payload, source=SPEC.id)
            return
        if request.station is None or request.station.name is None or request.before is None:
            raise ValueError("days are asked by a station's name and their end")
        nothing: NoData | None = None
        came = False
        for first, last in _weeks(request.before - request.back_hours, request.before):
            try:
                for payload in self._week(client, base_url, request, first, last):
                    came = True
                    yield payload
            except NoData as error:
                nothing = error
        if nothing is not None and not came:
            raise nothing

    def _week(
        self, client: HttpClient, base_url: str, request: Request, first: date, last: date
    ) -> Iterator[Payload]:
        station = str(request.station.name if request.station else "")
        days = {"msrstnName": station, "inqBginDt": f"{first:%Y%m%d}", "inqEndDt": f"{last:%Y%m%d}"}
        for page in count(1):
            received = client.ask(
                "GET",
                base_url + DAYS,
                params={**days, "returnType": "json", "numOfRows": PAGE, "pageNo": page},
                secret_param=KEY_PARAM,
                judge=JUDGE,
            )
            yield Payload(
                SPEC.id, request, received.url, received.body, received.content_type, received.world
            )
            if page * PAGE >= total_count(received.body):
                return

    def parse(self, payload: Payload) -> Batch:
        """The day means of a page."""
        rows = LiveRows(SPEC.feed, list(QUANTITIES.values()), period="P1D")
        held = items(payload.body)
        for item in held:
            _read(rows, item, payload.request.station)
        rows.whole(held, [f"{pollutant}Value" for pollutant in QUANTITIES])
        return rows.batch()

    def parse_stations(self, payload: Payload) -> list[StationRef]:
        """The stations of getMsrstnList."""
        return AirKorea().parse_stations(payload)


def _weeks(first: int, before: int) -> Iterator[tuple[date, date]]:
    """The civil days that begin in a span of hours and are over at its end, by weeks."""
    day, end = _day(first), _day(before - 24)
    while day <= end:
        last = min(day + WEEK - timedelta(days=1), end)
        yield day, last
        day = last + timedelta(days=1)


def _day(hour: int) -> date:
    return EPOCH.date() + timedelta(days=(hour + fixed_offset(ZONE)) // 24)


def _read(rows: LiveRows, item: dict[str, Any], asked: StationRef | None) -> None:
    for key in item.keys() - _KNOWN:
        rows.notes[f"unknown key {key}"] += 1
    label = item.get("msurDt")
    hours, placed = place_days([str(label)], ZONE)
    if not placed[0]:
        rows.reject(json.dumps(item, ensure_ascii=False), f"msurDt {label!r} is no day")
        return
    rows.begin(_whose(rows, item, asked), int(hours[0]))
    for pollutant, quantity in QUANTITIES.items():
        rows.value(quantity, item.get(f"{pollutant}Value"))


def _whose(rows: LiveRows, item: dict[str, Any], asked: StationRef | None) -> StationRef:
    """The station that was asked for, unless a row names another."""
    name = plain(str(item.get("msrstnName") or "")) or None
    if asked is None:
        return StationRef(name=name)
    if name is not None and name != asked.name:
        rows.notes[f"days of {asked.name} answer with station {name}"] += 1
        return StationRef(name=name)
    return asked
