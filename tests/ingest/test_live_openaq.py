"""OpenAQ's traps (WIRE_FORMATS §3): found ">1000", ends of hours, coverage, 9999, Korea's clock, counters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_desk import KEY, STATIONS, Desk, Hand
from mutations import mutated
from pydantic import SecretStr

from config.facts import Facts
from config.settings import load
from ingest.hours import moment
from ingest.http import HttpClient, Pace
from ingest.perform import _read
from ingest.source import (
    Auth,
    Batch,
    NoData,
    Payload,
    Quantity,
    Request,
    SchemaDrift,
    SourceError,
    StationRef,
    Transient,
)
from ingest.sources.openaq import PAGE, SPEC, OpenAq, judge
from store.engine import Store

HOURS, LIST = SPEC.routes
PM25 = Quantity("pm25", "ug/m3")
DENVER = StationRef("2178", "Del Norte", lat=35.1353, lon=-106.584702, handle="3920,3919")
SEOUL = StationRef("2622686", "중구", lat=37.5646, lon=126.9760, handle="8539597")


def times(utc: str, local: str) -> dict[str, str]:
    return {"utc": utc, "local": local}


HOUR: dict[str, Any] = {
    "value": 23.5, "flagInfo": {"hasFlags": False},
    "parameter": {"id": 2, "name": "pm25", "units": "µg/m³", "displayName": None},
    "period": {
        "label": "1hour", "interval": "01:00:00",
        "datetimeFrom": times("2025-01-09T15:00:00Z", "2025-01-10T00:00:00+09:00"),
        "datetimeTo": times("2025-01-09T16:00:00Z", "2025-01-10T01:00:00+09:00"),
    },
    "coverage": {
        "expectedCount": 1, "observedCount": 1, "percentComplete": 100,
        "datetimeFrom": times("2025-01-09T16:00:00Z", "2025-01-10T01:00:00+09:00"),
        "datetimeTo": times("2025-01-09T16:00:00Z", "2025-01-10T01:00:00+09:00"),
    },
}  # fmt: skip


def at(utc: str, local: str, **changes: Any) -> dict[str, Any]:
    """The hour that ends so."""
    ends = times(utc, local)
    begins = {"utc": f"{utc[:11]}{int(utc[11:13]) - 1:02d}{utc[13:]}", "local": None}
    return HOUR | {"period": HOUR["period"] | {"datetimeFrom": begins, "datetimeTo": ends}} | changes


def document(*results: Any, found: Any = None) -> dict[str, Any]:
    return {
        "meta": {"found": len(results) if found is None else found, "limit": PAGE},
        "results": list(results),
    }


def payload(body: bytes, station: StationRef = SEOUL) -> Payload:
    return Payload("openaq", Request(HOURS, station=station, station_id="openaq-1", before=1), "u", body, "")


def read(*results: Any, station: StationRef = SEOUL) -> Batch:
    return OpenAq().parse(payload(json.dumps(document(*results)).encode(), station))


def test_an_hour_stands_at_its_period_and_not_at_its_coverage() -> None:
    assert moment(int(read(HOUR).start[0])).isoformat() == "2025-01-09T15:00:00+00:00"


@pytest.mark.parametrize("zero", ["Z", "+00:00"])
def test_utc_is_written_in_two_ways(zero: str) -> None:
    hour = at(f"2025-01-09T16:00:00{zero}", "2025-01-10T01:00:00+09:00")
    assert moment(int(read(hour).start[0])).hour == 15


@pytest.mark.parametrize(("written", "status"), [(9999, 2), (9999.0, 2), (-999, 2), (None, 1)])
def test_missing_is_written_as_a_number_or_null(written: Any, status: int) -> None:
    batch = read(HOUR | {"value": written})
    assert np.isnan(batch.values[PM25][0])
    assert batch.statuses[PM25][0] == status


def test_an_hour_of_which_nothing_was_observed_has_no_value() -> None:
    batch = read(HOUR | {"coverage": HOUR["coverage"] | {"observedCount": 0}})
    assert batch.statuses[PM25][0] == 1
    assert batch.notes == {"hours of which nothing was observed": 1}


def test_a_flag_of_openaq_is_counted_and_the_value_stands() -> None:
    batch = read(HOUR | {"flagInfo": {"hasFlags": True}})
    assert batch.values[PM25][0] == 23.5
    assert batch.notes == {"hours flagged by OpenAQ": 1}


def test_zero_and_small_negatives_are_values() -> None:
    later = at("2025-01-09T17:00:00Z", "2025-01-10T02:00:00+09:00", value=-0.4)
    assert read(HOUR | {"value": 0}, later).values[PM25].tolist() == [0, -0.4]


@pytest.mark.parametrize(
    "hour",
    [
        at("2024-03-31T16:00:00Z", "2024-04-01T01:00:00+09:00"),  # before it was mended
        at("2025-01-09T16:00:00Z", "2025-01-09T16:00:00+00:00"),  # without Korea's offset
        at("2025-01-09T16:00:00Z", "soon"),
    ],
)
def test_a_korean_hour_whose_clock_cannot_be_told_is_a_reject(hour: dict[str, Any]) -> None:
    batch = read(hour)
    assert "clock" in batch.rejects[0].reason
    assert len(read(hour, station=DENVER).start) == 1


@pytest.mark.parametrize("name", ["datetimeFrom", "datetimeTo"])
@pytest.mark.parametrize("written", [None, {}, times("2025-01-09T12:00:00Z", "x"), times("soon", "soon")])
def test_what_is_no_hour_is_a_reject(name: str, written: Any) -> None:
    batch = read(HOUR | {"period": HOUR["period"] | {name: written}})
    assert [one.readings for one in batch.rejects] == [1]


def test_an_hour_between_full_hours_is_a_reject() -> None:
    hour = at("2025-01-09T16:30:00Z", "2025-01-10T01:30:00+09:00")
    assert "not a full hour" in read(hour).rejects[0].reason


def test_another_unit_or_parameter_is_a_reject() -> None:
    for parameter in ({"name": "pm25", "units": "ppm"}, {"name": "um010", "units": "µg/m³"}, None):
        assert [one.reason for one in read(HOUR | {"parameter": parameter}).rejects] == [
            "no particles in ug/m3"
        ]


@pytest.mark.parametrize("micro", ["\u03bc", "\u00b5"])
def test_either_letter_mu_is_micro(micro: str) -> None:
    assert len(read(HOUR | {"parameter": {"name": "pm25", "units": f"{micro}g/m³"}}).start) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, Auth),
        (403, Auth),
        (404, NoData),
        (422, SchemaDrift),
        (400, SchemaDrift),
        (408, None),
        (500, None),
    ],
)
def test_what_a_status_tells(status: int, kind: type[SourceError] | None) -> None:
    if kind is None:
        judge(status, b'{"detail":"x"}')
        return
    with pytest.raises(kind):
        judge(status, b'{"detail":"x"}')


@pytest.mark.parametrize("body", [b"<html>", b'{"results": ['])
def test_a_broken_answer_is_tried_again(body: bytes) -> None:
    with pytest.raises(Transient):
        judge(200, body)


# Locations


def location(**changes: Any) -> dict[str, Any]:
    own = {
        "id": 7, "name": "여기", "isMobile": False, "coordinates": {"latitude": 37.5, "longitude": 127.0},
        "sensors": [
            {"id": 71, "parameter": {"name": "pm25", "units": "µg/m³"}},
            {"id": 72, "parameter": {"name": "pm10", "units": "µg/m³"}},
            {"id": 73, "parameter": {"name": "no2", "units": "ppm"}},
            {"id": 79, "parameter": {"name": "pm25", "units": "µg/m³"}},
        ],
        "datetimeLast": times("2025-01-09T16:00:00Z", "2025-01-10T01:00:00+09:00"),
    }  # fmt: skip
    return own | changes


def locations(*items: Any) -> list[StationRef]:
    request = Request(LIST)
    return OpenAq().parse_stations(Payload("openaq", request, "u", json.dumps(document(*items)).encode(), ""))


def test_a_location_is_asked_by_its_newest_sensor_of_each_particle() -> None:
    assert locations(location()) == [StationRef("7", "여기", lat=37.5, lon=127.0, handle="79,72")]


def test_locations_that_move_that_measure_no_particles_or_that_fell_silent_are_not_asked() -> None:
    silent = location(id=9, datetimeLast=times("2023-01-01T00:00:00Z", "2023-01-01T09:00:00+09:00"))
    unknown = location(id=10, datetimeLast=None)
    moving, gases = location(id=8, isMobile=True), location(id=11, sensors=[])
    assert [one.code for one in locations(location(), silent, unknown, moving, gases)] == ["7"]


# Pages and counters


def client(*answers: httpx.Response, asked: list[httpx.Request] | None = None, **kind: Any) -> HttpClient:
    waiting = list(answers)

    def respond(request: httpx.Request) -> httpx.Response:
        if asked is not None:
            asked.append(request)
        return waiting.pop(0)

    pace = kind.pop("pace", Pace(1e6))
    return HttpClient("openaq", pace, secret=SecretStr(KEY), transport=httpx.MockTransport(respond), **kind)


def test_pages_are_asked_for_until_one_is_not_full_whatever_found_says() -> None:
    asked: list[httpx.Request] = []
    full, rest = document(*[HOUR] * PAGE, found=">1000"), document(HOUR, found=">1000")
    request = Request(HOURS, station=SEOUL, station_id="x", back_hours=24, before=480_000)
    answers = [httpx.Response(200, json=one) for one in (full, full, rest)]
    assert len(list(OpenAq().fetch(client(*answers, asked=asked), "https://o", request))) == 3
    assert [one.url.params["page"] for one in asked] == ["1", "2", "3"]
    assert {one.headers["X-API-Key"] for one in asked} == {KEY}


def test_the_span_leaves_out_the_end_of_the_hour_before_and_takes_in_the_last_end() -> None:
    asked: list[httpx.Request] = []
    before = 482_800
    request = Request(HOURS, station=SEOUL, station_id="x", back_hours=2, before=before)
    list(OpenAq().fetch(client(httpx.Response(200, json=document()), asked=asked), "https://o", request))
    params = asked[0].url.params
    assert (params["datetime_from"], params["datetime_to"]) == (
        f"{moment(before - 2):%Y-%m-%dT%H:%M:%SZ}",
        f"{moment(before):%Y-%m-%dT%H:%M:%SZ}",
    )


def test_both_countries_and_both_sensors_are_asked() -> None:
    asked: list[httpx.Request] = []
    empty = [httpx.Response(200, json=document()) for _ in range(4)]
    own = client(*empty, asked=asked)
    list(OpenAq().fetch(own, "https://o", Request(LIST)))
    request = Request(HOURS, station=DENVER, station_id="x", back_hours=2, before=482_800)
    list(OpenAq().fetch(own, "https://o", request))
    assert [one.url.params.get("iso") for one in asked] == ["KR", "CN", None, None]
    assert [one.url.path for one in asked[2:]] == ["/v3/sensors/3920/hours", "/v3/sensors/3919/hours"]


def test_where_no_call_is_left_the_next_waits_until_the_counter_begins_anew() -> None:
    waits: list[float] = []
    pace = Pace(1e6, clock=lambda: 100.0, wait=lambda seconds: waits.append(seconds) or False)
    spent = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "37"}
    left = {"x-ratelimit-remaining": "5", "x-ratelimit-reset": "37"}
    own = client(
        httpx.Response(200, json=document(), headers=left),
        httpx.Response(200, json=document(), headers=spent),
        httpx.Response(200, json=document()),
        pace=pace,
    )
    for _ in range(3):
        own.ask("GET", "https://o/v3/locations")
    assert [round(seconds) for seconds in waits if seconds > 1] == [37]


def test_too_many_calls_are_told_with_the_seconds_to_wait() -> None:
    own = client(httpx.Response(429, json={"detail": "slow"}, headers={"x-ratelimit-reset": "55"}))
    with pytest.raises(Transient) as caught:
        own.ask("GET", "https://o/v3/locations", judge=judge)
    assert caught.value.retry_after == 55


def test_the_key_is_in_no_address() -> None:
    asked: list[httpx.Request] = []
    own = client(httpx.Response(200, json=document()), asked=asked)
    received = own.ask("GET", "https://o/v3/locations", secret_header="X-API-Key")
    assert KEY not in str(asked[0].url) + received.url


# Recordings


def recorded(shared: Path, name: str) -> bytes:
    path = shared / "sources/openaq/v3" / name
    if not path.exists():
        pytest.skip(f"the recording {path} is not there")
    return path.read_bytes()


def test_the_recorded_hours(shared: Path) -> None:
    batch = OpenAq().parse(payload(recorded(shared, "measurements.json"), DENVER))
    assert [moment(hour).isoformat()[:16] for hour in batch.start.tolist()] == [
        "2023-10-16T12:00",
        "2023-10-16T13:00",
    ]
    assert batch.values[PM25].tolist() == [6, 7.5]
    assert not batch.rejects
    assert not batch.notes


@pytest.mark.parametrize("name", ["locations.json", "locations_variation.json"])
def test_the_recorded_location(shared: Path, name: str) -> None:
    found = OpenAq().parse_stations(Payload("openaq", Request(LIST), "u", recorded(shared, name), ""))
    assert found == [DENVER]


@pytest.mark.parametrize("name", ["countries.json", "parameters.json", "providers.json"])
def test_other_recordings_make_no_reading_and_no_location(shared: Path, name: str) -> None:
    body = recorded(shared, name)
    batch = OpenAq().parse(payload(body))
    assert len(batch.rejects) == len(json.loads(body)["results"])
    assert not OpenAq().parse_stations(Payload("openaq", Request(LIST), "u", body, ""))


@given(st.data())
def test_hostile_hours_are_read_or_refused_and_none_is_lost(data: st.DataObject) -> None:
    later = at("2025-01-09T17:00:00Z", "2025-01-10T02:00:00+09:00", value=9999)
    body = data.draw(mutated(document(HOUR, later)))
    try:
        batch = _read(OpenAq().parse, payload(body))
    except SchemaDrift:
        return
    assert batch.rows == len(json.loads(body)["results"])


@given(st.data())
def test_hostile_locations_are_read_or_refused(data: st.DataObject) -> None:
    body = data.draw(mutated(document(location(), location(id=8))))
    try:
        found = _read(OpenAq().parse_stations, Payload("openaq", Request(LIST), "u", body, ""))
    except SchemaDrift:
        return
    assert all(one.handle for one in found)


# Over HTTP

Open = Callable[..., Desk]


@pytest.fixture
def open_desk(sqlite_store: Store, facts: Facts, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Of 2025: Korea's clock before is not believed."""
    start = moment(482_799)  # 2025-01-28T15:00Z
    monkeypatch.setattr("live_desk.START", start)
    monkeypatch.setattr(Hand.__init__, "__defaults__", (start,))
    with ExitStack() as stack:
        yield lambda *faults, **kind: stack.enter_context(
            Desk(sqlite_store, facts, faults, source="openaq", **kind)
        )


def held(desk: Desk) -> dict[tuple[str, int], float]:
    with desk.store.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT station, start_utc, value FROM reading_utc WHERE pollutant = 'pm25'"
        ).all()
    return {(station, start): value for station, start, value in rows}


def test_the_daemon_asks_each_location_once_a_day_and_holds_every_hour(open_desk: Open) -> None:
    desk = open_desk()
    desk.work(24 * 4, every_minutes=60)
    found = held(desk)
    assert len({station for station, _ in found}) == STATIONS
    settled = [window.start for window in desk.windows() if window.state == "settled"]
    assert len(settled) >= 48
    for hour in settled:
        world = desk.world.block("airkorea", hour)[:, 0]
        for at_, value in enumerate(world):
            assert found[f"openaq-{2_500_000 + at_}", f"{moment(hour):%Y-%m-%dT%H:%M:%SZ}"] == value
    asked = sum(run.calls for run in desk.runs)
    assert asked <= 5 * (STATIONS + 1)
    assert not desk.errors()
    assert "lost" not in desk.states()


def test_after_a_restart_no_location_is_asked_before_the_list_tells_its_sensors(open_desk: Open) -> None:
    away = {"kind": "http", "network": "openaq", "route": "stations", "from_hours": 47, "to_hours": 53}
    desk = open_desk(away | {"rate": 1.0})
    desk.work(48, every_minutes=60)
    before = len(held(desk))
    desk.new_collector()
    desk.work(5, every_minutes=60)
    assert desk.sandbox._server.upstream._plan.counts()["http"] > 0
    assert len(held(desk)) == before
    desk.work(43, every_minutes=60)
    assert len(held(desk)) > before
    assert "lost" not in desk.states()


def test_a_wrong_key_rests(open_desk: Open) -> None:
    desk = open_desk()
    desk.new_collector(key="not-the-key-that-is-right")
    desk.work(30, every_minutes=60)
    kinds = {type(error) for run in desk.runs for error in run.errors}
    assert kinds == {Auth}
    assert sum(run.calls for run in desk.runs) <= 4


def test_it_is_off_until_something_of_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not load().source("openaq").enabled
    monkeypatch.setenv("YELLOWSEA_OPENAQ__KEY", "x" * 30)
    assert load().source("openaq").enabled
