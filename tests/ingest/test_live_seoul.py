"""Seoul's traps (WIRE_FORMATS §1.15): zeros and "" for missing, MSRDT, the key in the path, errors on top."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_desk import KEY, START_HOUR, STATIONS, Desk
from mutations import mutated
from pydantic import SecretStr

from config.facts import Facts
from config.settings import load
from ingest.hours import moment
from ingest.http import HttpClient, Pace
from ingest.perform import _read
from ingest.redact import spellings
from ingest.source import (
    Auth,
    Batch,
    NoData,
    Payload,
    Quantity,
    Quota,
    Request,
    SchemaDrift,
    SourceError,
    StationRef,
    Transient,
)
from ingest.sources.seoul import PAGE, SPEC, Seoul, judge
from store.engine import Store

[REALTIME] = SPEC.routes
PM25, CO = Quantity("pm25", "ug/m3"), Quantity("co", "ppm")
ROW: dict[str, Any] = {
    "MSRDT": "202105111500", "MSRRGN_NM": "도심권", "MSRSTE_NM": "중구", "PM10": 25.0, "PM25": 9.0,
    "O3": 0.048, "NO2": 0.022, "CO": 0.4, "SO2": 0.001, "IDEX_NM": "보통", "IDEX_MVL": 66.0,
    "ARPLT_MAIN": "O3",
}  # fmt: skip


def page(*rows: Any, total: Any = None) -> dict[str, Any]:
    result = {"CODE": "INFO-000", "MESSAGE": "정상 처리되었습니다"}
    count = len(rows) if total is None else total
    return {"RealtimeCityAir": {"list_total_count": count, "RESULT": result, "row": list(rows)}}


def payload(body: bytes) -> Payload:
    return Payload("seoul", Request(REALTIME), "http://x/<key>/json/RealtimeCityAir/1/100/", body, "")


def read(document: Any) -> Batch:
    return Seoul().parse(payload(json.dumps(document).encode()))


def one(**changes: Any) -> Batch:
    return read(page(ROW | changes))


def test_the_label_is_the_end_of_the_hour_in_korea() -> None:
    assert moment(int(one().start[0])).isoformat() == "2021-05-11T05:00:00+00:00"  # 14:00-15:00 KST


def test_midnight_is_the_day_befores_24() -> None:
    assert moment(int(one(MSRDT="202105120000").start[0])).isoformat() == "2021-05-11T14:00:00+00:00"


@pytest.mark.parametrize(("written", "status"), [(0, 2), (0.0, 2), ("0", 2), ("", 1), (None, 1)])
def test_zero_and_nothing_are_missing_for_their_own_reasons(written: Any, status: int) -> None:
    batch = one(PM25=written)
    assert np.isnan(batch.values[PM25][0])
    assert batch.statuses[PM25][0] == status
    assert not batch.notes


def test_values_are_numbers_and_texts_of_numbers_are_read() -> None:
    assert one().values[PM25][0] == one(PM25="9").values[PM25][0] == 9
    assert one().values[CO][0] == 0.4


def test_a_gu_is_a_station_of_seoul_by_name() -> None:
    assert one().stations == [StationRef(name="중구", area="kr-seoul")]


def test_rows_of_several_hours_stand_at_their_own() -> None:
    batch = read(page(ROW, ROW | {"MSRSTE_NM": "종로구", "MSRDT": "202105111400"}))
    assert int(batch.start[0] - batch.start[1]) == 1


@pytest.mark.parametrize("label", [None, "", "점검중", "2021051115", "202105119900", "202105111530"])
def test_a_label_that_cannot_be_placed_is_a_reject_and_the_station_is_still_expected(label: Any) -> None:
    batch = one(MSRDT=label)
    if label == "2021051115":
        assert len(batch.start) == 1
        return
    assert [reject.readings for reject in batch.rejects] == [6]
    assert batch.mentioned == [StationRef(name="중구", area="kr-seoul")]


def test_a_row_without_a_name_is_a_reject() -> None:
    assert one(MSRSTE_NM=None).rejects[0].reason == "row without MSRSTE_NM"


def test_an_unknown_key_is_counted() -> None:
    assert one(PM1=4).notes == Counter({"unknown key PM1": 1})


def error(code: str) -> bytes:
    return json.dumps({"RESULT": {"CODE": code, "MESSAGE": "x"}}).encode()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (error("INFO-200"), NoData),
        (error("INFO-100"), Auth),
        (b"<RESULT><CODE>INFO-100</CODE></RESULT>", Auth),
        (error("ERROR-335"), Auth),
        (error("ERROR-336"), SchemaDrift),
        (error("ERROR-331"), SchemaDrift),
        (error("ERROR-300"), SchemaDrift),
        (error("ERROR-337"), Quota),
        (error("ERROR-500"), Transient),
        (error("ERROR-600"), Transient),
        (error("ERROR-601"), Transient),
        (b"<html>busy</html>", Transient),
        (b'{"RealtimeCityAir":{"RESULT":{"CODE":"INFO-000"', Transient),
        (b"{}", SchemaDrift),
        (json.dumps(page(ROW)).encode(), None),
        (b"", None),
    ],
)
def test_what_an_answer_tells(body: bytes, kind: type[SourceError] | None) -> None:
    if kind is None:
        judge(200, body)
        return
    with pytest.raises(kind):
        judge(200, body)


@pytest.mark.parametrize("document", [{}, {"RealtimeCityAir": []}, {"RealtimeCityAir": {"row": 7}}, [], 7])
def test_another_shape_is_drift(document: Any) -> None:
    with pytest.raises(SchemaDrift):
        read(document)


def test_the_recorded_rows(shared: Path) -> None:
    path = shared / "sources/seoul/RealtimeCityAir_2021-05-11T15.first3rows.transcribed.json"
    if not path.exists():
        pytest.skip(f"the recording {path} is not there")
    judge(200, path.read_bytes())
    batch = Seoul().parse(payload(path.read_bytes()))
    assert [one.name for one in batch.stations] == ["중구", "종로구", "용산구"]
    assert batch.values[PM25].tolist() == [9, 10, 6]
    assert not batch.notes


@given(st.data())
def test_hostile_pages_are_read_or_refused_and_no_row_is_lost(data: st.DataObject) -> None:
    body = data.draw(mutated(page(ROW, ROW | {"MSRSTE_NM": "종로구", "PM25": 0})))
    try:
        batch = _read(Seoul().parse, payload(body))
    except SchemaDrift:
        return
    assert batch.rows == 6 * len(json.loads(body)["RealtimeCityAir"]["row"])
    assert all((np.isnan(v) == (batch.statuses[q] != 0)).all() for q, v in batch.values.items())


# Over HTTP

Open = Callable[..., Desk]


@pytest.fixture
def open_desk(sqlite_store: Store, facts: Facts) -> Iterator[Open]:
    with ExitStack() as stack:
        yield lambda *faults, **kind: stack.enter_context(
            Desk(sqlite_store, facts, faults, source="seoul", **kind)
        )


def urban(desk: Desk) -> set[str]:
    stations = desk.world.stations("airkorea")[:STATIONS]
    return {f"airkorea-{one.code}" for one in stations if one.area == "서울" and one.kind == "urban"}


def test_the_daemon_holds_each_hour_of_the_gu_in_airkoreas_stations(open_desk: Open) -> None:
    desk = open_desk()
    desk.work(8, every_minutes=10)
    held = desk.held()
    assert urban(desk)
    assert {station for station, _ in held} == urban(desk)
    assert {hour for _, hour in held} >= set(range(START_HOUR, START_HOUR + 7))
    rows = {f"airkorea-{one.code}": at for at, one in enumerate(desk.world.stations("airkorea"))}
    assert all(
        value == desk.world.block("airkorea", hour)[rows[one], 0] for (one, hour), value in held.items()
    )
    assert "lost" not in desk.states()
    assert sum(run.calls for run in desk.runs) <= 8 * 4 + 1


def test_an_hour_that_passed_is_lost_with_the_reason_and_no_more_than_that(open_desk: Open) -> None:
    desk = open_desk()
    desk.work(2)
    desk.clock.move(hours=10)
    desk.new_collector()
    desk.work(3)
    lost = [window for window in desk.windows() if window.state == "lost"]
    assert 5 <= len(lost) <= 10
    assert all("no longer gives" in str(window.reason) for window in lost)


def test_a_fresh_ledger_promises_nothing_that_is_past(open_desk: Open) -> None:
    desk = open_desk()
    desk.tick()
    assert [window.start for window in desk.windows()] == [START_HOUR - 1]


def test_all_pages_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, json=page(*[ROW] * 3, total=2 * PAGE + 3))

    client = HttpClient("seoul", Pace(1e6), secret=SecretStr(KEY), transport=httpx.MockTransport(respond))
    assert len(list(Seoul().fetch(client, "http://seoul", Request(REALTIME)))) == 3
    assert [path.split("RealtimeCityAir")[1] for path in asked] == ["/1/100/", "/101/200/", "/201/300/"]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "http", "rate": 1.0, "status": 404},
        {"kind": "truncate", "rate": 1.0},
        {"kind": "empty", "rate": 1.0},
        {"kind": "gateway_json", "rate": 1.0, "code": "30"},
        {"kind": "forbidden", "rate": 1.0},
        None,
    ],
)
def test_the_key_in_the_path_is_told_and_kept_nowhere(
    open_desk: Open, fault: dict[str, Any] | None, capsys: pytest.CaptureFixture[str], sqlite_url: str
) -> None:
    desk = open_desk(*([fault | {"to_hours": 9.0}] if fault else []))
    desk.work(1)
    errors = [str(error) for run in desk.runs for error in run.errors]
    assert bool(errors) == bool(fault)
    requests = " ".join(error.request for run in desk.runs for error in run.errors)
    printed = capsys.readouterr()
    dump = "\n".join(sqlite3.connect(sqlite_url.removeprefix("sqlite:///")).iterdump())
    for spelling in spellings(SecretStr(KEY)):
        assert spelling not in " ".join(errors) + requests + printed.out + printed.err + dump
    assert not fault or "/<key>/json/" in requests


def test_a_wrong_key_rests_until_the_next_day(open_desk: Open) -> None:
    desk = open_desk()
    desk.new_collector(key="another-key-of-thirty-letters")
    desk.work(3)
    assert [type(error) for run in desk.runs for error in run.errors] == [Auth]
    assert "data.seoul.go.kr" in desk.errors()[0]


def test_it_is_off_until_something_of_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not load().source("seoul").enabled
    monkeypatch.setenv("YELLOWSEA_SEOUL__KEY", "x" * 30)
    assert load().source("seoul").enabled
