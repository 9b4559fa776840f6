"""AirKorea's day means (WIRE_FORMATS §1.9): ".003", weeks, civil days; a feed that is never mixed in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
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
from ingest.source import Batch, NoData, Payload, Quantity, Request, SchemaDrift, StationRef
from ingest.sources.airkorea_stats import SPEC, AirKoreaStats, _weeks
from store.engine import Store
from store.readings import select_held
from store.series import select_series

DAYS, LIST = SPEC.routes
PM25, SO2 = Quantity("pm25", "ug/m3"), Quantity("so2", "ppm")
JUNG = StationRef("111121", "중구", "서울")
ROW = {
    "msurDt": "2024-03-05", "so2Value": ".003", "coValue": ".4", "msrstnName": "중구", "pm10Value": "36",
    "no2Value": ".027", "o3Value": ".03", "pm25Value": "24",
}  # fmt: skip


def page(*rows: Any, total: int | None = None) -> dict[str, Any]:
    body = {"totalCount": len(rows) if total is None else total, "items": list(rows), "pageNo": 1}
    return {"response": {"body": body, "header": {"resultMsg": "NORMAL_CODE", "resultCode": "00"}}}


def payload(body: bytes, station: StationRef | None = JUNG) -> Payload:
    request = Request(DAYS, station=station, station_id="airkorea-111121", back_hours=48, before=START_HOUR)
    return Payload("airkorea-stats", request, "u", body, "")


def read(*rows: Any, station: StationRef | None = JUNG) -> Batch:
    return AirKoreaStats().parse(payload(json.dumps(page(*rows)).encode(), station))


def test_a_day_is_koreas_civil_day() -> None:
    batch = read(ROW)
    assert moment(int(batch.start[0])).isoformat() == "2024-03-04T15:00:00+00:00"
    assert batch.period == "P1D"


def test_a_number_may_begin_with_its_point() -> None:
    assert read(ROW).values[SO2][0] == 0.003
    assert read(ROW).values[PM25][0] == 24


@pytest.mark.parametrize("written", [None, "", "-"])
def test_missing(written: Any) -> None:
    batch = read(ROW | {"pm25Value": written})
    assert np.isnan(batch.values[PM25][0])
    assert batch.statuses[PM25][0] == 1


def test_the_feed_is_one_of_its_own_that_only_checks() -> None:
    facts = Facts()
    own, official = facts.feeds["airkorea-daily"], facts.feeds["seoul-daily"]
    assert read(ROW).feed == own.id
    assert (own.period, own.status) == ("P1D", "check")
    assert own.rank > official.rank


@pytest.mark.parametrize("day", [None, "", "2024-02-30", "2024-03", "2024-03-05 13:00", "soon", {}])
def test_what_is_no_day_is_a_reject(day: Any) -> None:
    assert [one.readings for one in read(ROW | {"msurDt": day}).rejects] == [6]


def test_a_row_of_another_station_is_that_stations() -> None:
    batch = read(ROW | {"msrstnName": "종로구"})
    assert batch.stations == [StationRef(name="종로구")]
    assert sum(batch.notes.values()) == 1


def test_an_unknown_key_is_counted() -> None:
    assert read(ROW | {"pm1Value": "3"}).notes == Counter({"unknown key pm1Value": 1})


def test_questions_are_cut_into_weeks_of_days_that_are_over() -> None:
    before = START_HOUR  # 2020-02-14 00:00 KST
    assert list(_weeks(before - 24 * 10, before)) == [
        (date(2020, 2, 4), date(2020, 2, 10)),
        (date(2020, 2, 11), date(2020, 2, 13)),
    ]
    assert list(_weeks(before - 24, before + 5)) == [(date(2020, 2, 13), date(2020, 2, 13))]


def client(*answers: dict[str, Any]) -> HttpClient:
    waiting = list(answers)
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=waiting.pop(0)))
    return HttpClient("airkorea-stats", Pace(1e6), secret=SecretStr(KEY), transport=transport)


NOTHING = {"response": {"header": {"resultCode": "03", "resultMsg": "NODATA_ERROR"}}}


def test_a_week_without_data_does_not_hide_the_others() -> None:
    request = Request(DAYS, station=JUNG, station_id="x", back_hours=24 * 14, before=START_HOUR)
    assert len(list(AirKoreaStats().fetch(client(NOTHING, page(ROW)), "http://x", request))) == 1
    with pytest.raises(NoData):
        list(AirKoreaStats().fetch(client(NOTHING, NOTHING), "http://x", request))


def test_all_pages_are_asked_for() -> None:
    request = Request(DAYS, station=JUNG, station_id="x", back_hours=24, before=START_HOUR)
    answers = (page(ROW, total=201), page(ROW, total=201), page(ROW, total=201))
    assert len(list(AirKoreaStats().fetch(client(*answers), "http://x", request))) == 3


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("getMsrstnAcctoRDyrg_2024-03-05.json", ["2024-03-05"]),
        ("getMsrstnAcctoRDyrg_2021-09.transcribed.json", ["2021-09-22", "2021-09-23"]),
    ],
)
def test_recordings(shared: Path, name: str, days: list[str]) -> None:
    path = shared / "sources/airkorea/json" / name
    if not path.exists():
        pytest.skip(f"the recording {path} is not there")
    batch = AirKoreaStats().parse(payload(path.read_bytes(), None))
    assert [moment(hour + 9).date().isoformat() for hour in batch.start.tolist()] == days
    assert batch.rows == 6 * len(days)
    assert not batch.rejects
    assert all((status == 0).all() for status in batch.statuses.values())


@given(st.data())
def test_hostile_answers_are_read_or_refused_and_no_row_is_lost(data: st.DataObject) -> None:
    body = data.draw(mutated(page(ROW, ROW | {"msurDt": "2024-03-06", "pm25Value": "-"})))
    try:
        batch = _read(AirKoreaStats().parse, payload(body))
    except SchemaDrift:
        return
    found = json.loads(body)["response"]["body"].get("items")
    assert batch.rows == 6 * (len(found) if isinstance(found, list) else 0)


# Over HTTP

Open = Callable[..., Desk]


@pytest.fixture
def open_desk(sqlite_store: Store, facts: Facts) -> Iterator[Open]:
    with ExitStack() as stack:
        yield lambda *faults, **kind: stack.enter_context(
            Desk(sqlite_store, facts, faults, source="airkorea-stats", **kind)
        )


def days_held(desk: Desk) -> dict[tuple[str, int], float]:
    with desk.store.read() as connection:
        series = select_series(connection, pollutant="pm25")
        assert {(one.key.feed, one.key.period) for one in series} <= {("airkorea-daily", "P1D")}
        names = {one.id: one.key.station for one in series}
        days = list(range(START_HOUR // 24 - 30, START_HOUR // 24 + 20))
        rows = select_held(connection, list(names), days).columns
    triples = zip(rows.series.tolist(), rows.hour.tolist(), rows.value.tolist(), strict=True)
    return {(names[series], hour): value for series, hour, value in triples}


def mean_of_the_world(desk: Desk, at: int, start: int) -> float:
    values = [desk.world.block("airkorea", hour)[at, 0] for hour in range(start, start + 24)]
    return float(np.mean(values))


def test_windows_are_days_and_every_day_comes(open_desk: Open) -> None:
    desk = open_desk()
    desk.work(24 * 7, every_minutes=120)
    windows = desk.windows()
    assert all(window.end - window.start == 24 and (window.start + 9) % 24 == 0 for window in windows)
    held = days_held(desk)
    settled = [window.start for window in windows if window.state == "settled"]
    assert len(settled) >= 4
    for start in settled:
        for at, one in enumerate(desk.world.stations("airkorea")):
            assert held[f"airkorea-{one.code}", start] == round(mean_of_the_world(desk, at, start))
    assert not desk.errors()
    assert "lost" not in desk.states()
    # A call a station and day, the list once a day, and little more.
    assert sum(run.calls for run in desk.runs) <= 7 * (2 * STATIONS + 2)


def test_a_past_of_weeks_is_brought_by_stations(open_desk: Open) -> None:
    desk = open_desk()
    desk.collector.open_due()
    desk.collector.open_span(START_HOUR - 24 * 20, START_HOUR)
    desk.work(2, every_minutes=30)
    assert len(days_held(desk)) >= 17 * STATIONS


def test_a_development_keys_day_is_never_exceeded(open_desk: Open) -> None:
    desk = open_desk()
    desk.new_collector(daily_calls=3)
    desk.work(10, every_minutes=60)
    assert sum(run.calls for run in desk.runs) <= 4


def test_what_is_not_set_is_as_for_airkorea_and_it_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YELLOWSEA_AIRKOREA__KEY", "x" * 40)
    assert not load().source("airkorea-stats").enabled
    monkeypatch.setenv("YELLOWSEA_AIRKOREA_STATS__ENABLED", "true")
    own = load().source("airkorea-stats")
    assert own.enabled
    assert own.key is not None
