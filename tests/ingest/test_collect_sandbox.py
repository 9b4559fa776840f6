"""A collector before the sandbox, over real HTTP: the regular hour, catch-up, every trap of publication."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from live_desk import KEY, START_HOUR, STATIONS, Desk
from sqlalchemy import func, select

from config.facts import Facts
from ingest import keep
from ingest.plan import LOOKS_MINUTES
from ingest.source import Auth, Quota, SchemaDrift, Transient
from store import ledger, quota, schema
from store.batches import payload_body
from store.engine import Store

Open = Callable[..., Desk]
AFTER = {"to_hours": 200.0}


@pytest.fixture
def open_desk(sqlite_store: Store, facts: Facts) -> Iterator[Open]:
    with ExitStack() as stack:
        yield lambda *faults, **kind: stack.enter_context(Desk(sqlite_store, facts, faults, **kind))


@pytest.fixture(params=["airkorea", "cnemc"])
def either(request: pytest.FixtureRequest, store: Store, facts: Facts) -> Iterator[Desk]:
    """Each source, on each engine."""
    with Desk(store, facts, source=request.param) as desk:
        yield desk


def test_a_fresh_ledger_is_filled_back_and_kept_up(either: Desk) -> None:
    either.work(18, every_minutes=20)
    assert not either.wrong(START_HOUR - 6, START_HOUR + 17)
    settled = [window for window in either.windows() if window.state == "settled"]
    assert [window.start for window in settled][:6] == list(range(START_HOUR - 6, START_HOUR))
    assert all(
        (w.present, w.expected, w.reason, w.error) == (STATIONS, STATIONS, None, None) for w in settled
    )


@pytest.mark.parametrize("source", ["airkorea", "cnemc"])
def test_counts_of_windows_are_truthful(open_desk: Open, source: str) -> None:
    either = open_desk(source=source)
    either.work(14, every_minutes=20)
    for window in either.windows():
        if window.state == "settled":
            counts = window.counts
            assert counts.new == STATIONS * 6
            assert counts.new + counts.changed + counts.same + counts.rejected == counts.rows
    first = min(window.start for window in either.windows())
    r = schema.reading
    with either.store.read() as connection:
        held = connection.execute(select(r.c.day, r.c.hour)).all()
    ours = sum(day * 24 + hour >= first for day, hour in held)
    assert sum(window.counts.new for window in either.windows()) == ours


def test_after_a_stop_of_any_length_every_hour_is_brought(open_desk: Open) -> None:
    desk = open_desk()
    desk.work(2)
    desk.clock.move(hours=60)  # beyond DAILY's 23 rows
    desk.new_collector()
    desk.work(14, every_minutes=30)
    assert not desk.wrong(START_HOUR - 6, START_HOUR + 74)
    assert not desk.errors()


def test_cnemc_forgets_and_what_it_forgot_is_lost_with_the_reason(open_desk: Open) -> None:
    desk = open_desk(source="cnemc")
    desk.work(2)
    desk.clock.move(hours=80)
    desk.new_collector()
    desk.work(1)
    lost = [window for window in desk.windows() if window.state == "lost"]
    assert len(lost) > 20
    assert all(window.reason and "no longer gives" in window.reason for window in lost)
    assert not desk.wrong(START_HOUR + 60, START_HOUR + 80)


def test_mid_publish_pages_mix_hours(open_desk: Open) -> None:
    desk = open_desk({"kind": "mix", "rate": 1.0, "minutes": [0, 35], "from_hours": -20.0, **AFTER})
    desk.work(8, every_minutes=5)
    assert not desk.wrong(START_HOUR - 6, START_HOUR + 6)


def test_stale_and_null_rows_are_fetched_from_the_history(open_desk: Open) -> None:
    desk = open_desk(
        {"kind": "stale", "rate": 0.3, "from_hours": -20.0, **AFTER},
        {"kind": "null_row", "rate": 0.3, "from_hours": -20.0, **AFTER},
    )
    desk.work(18, every_minutes=15)
    assert not desk.wrong(START_HOUR - 6, START_HOUR + 14)


def test_late_hours_are_waited_for(open_desk: Open) -> None:
    desk = open_desk({"kind": "late", "rate": 0.5, "minutes": [120, 175], **AFTER})
    desk.work(24, every_minutes=20)
    assert not desk.wrong(START_HOUR - 6, START_HOUR + 19)
    assert not any(window.reason for window in desk.windows())


@pytest.mark.parametrize("source", ["airkorea", "cnemc"])
def test_revised_values_are_held_and_leave_revisions(open_desk: Open, source: str) -> None:
    desk = open_desk({"kind": "revised", "rate": 0.4, "minutes": [60, 110], **AFTER}, source=source)
    desk.work(26, every_minutes=30)
    assert not desk.wrong(START_HOUR - 6, START_HOUR + 12)
    with desk.store.read() as connection:
        revised = connection.execute(select(func.count()).select_from(schema.revision)).scalar_one()
    changed = sum(window.counts.changed for window in desk.windows())
    assert revised == changed > 10


def test_the_quotas_end_stops_until_midnight_in_korea_then_all_is_caught_up(open_desk: Open) -> None:
    fault = {"kind": "quota", "rate": 1.0, "from_hours": 9.0, "to_hours": 9.6, "network": "airkorea"}
    desk = open_desk(fault)
    desk.work(9.75, every_minutes=15)
    asked = sum(desk.plan.requests().values())
    assert any(isinstance(error, Quota) for run in desk.runs for error in run.errors)
    desk.work(13.5, every_minutes=30)
    assert sum(desk.plan.requests().values()) == asked  # not one call, until 00:00 KST
    assert all("airkorea: AirKorea says" in text for text in desk.errors())
    desk.work(15, every_minutes=30)
    assert not desk.wrong(START_HOUR - 6, START_HOUR + 30)
    assert not desk.errors()


def test_within_a_development_keys_calls(open_desk: Open) -> None:
    desk = open_desk()
    desk.new_collector(daily_calls=120)
    desk.work(36, every_minutes=15)
    with desk.store.read() as connection:
        days = connection.execute(select(schema.quota.c.calls)).scalars().all()
    assert max(days) <= 120
    assert not desk.wrong(START_HOUR - 6, START_HOUR + 33)
    live = desk.plan.requests()["airkorea live"]
    assert live <= 48 * len(LOOKS_MINUTES)


def test_a_list_that_is_refused_leaves_who_reported(open_desk: Open) -> None:
    desk = open_desk(
        {"kind": "gateway_json", "code": "30", "status": 403, "route": "stations", "rate": 1.0, **AFTER}
    )
    desk.work(14, every_minutes=20)
    assert not desk.wrong(START_HOUR - 6, START_HOUR + 12)
    assert desk.plan.requests()["airkorea stations"] == 1  # and not again before the next day
    assert not desk.errors()


def test_a_list_that_fails_is_asked_again_later(open_desk: Open) -> None:
    desk = open_desk({"kind": "forbidden", "route": "stations", "rate": 1.0, "times": 3, **AFTER})
    desk.work(2)
    assert desk.plan.requests()["airkorea stations"] == 4
    assert not desk.wrong(START_HOUR - 6, START_HOUR)


def test_a_wrong_key_is_asked_once_a_day(open_desk: Open) -> None:
    desk = open_desk()
    desk.new_collector(key="another-wrong-key")
    desk.work(5)
    assert sum(desk.plan.requests().values()) == 1
    assert isinstance(desk.runs[0].errors[0], Auth)
    with desk.store.read() as connection:
        standing = ledger.standing(connection, "airkorea")
    assert standing.blocked
    assert "YELLOWSEA_AIRKOREA__KEY" in str(standing.error)
    desk.new_collector(key=KEY)  # a restart with the right one
    desk.tick()
    assert not desk.errors()


def test_a_source_that_cannot_be_reached_costs_no_calls_and_rests(open_desk: Open) -> None:
    desk = open_desk()
    desk.new_collector(url="http://127.0.0.1:9")
    desk.collector.client._wait = lambda _seconds: False
    desk.work(1, every_minutes=1)
    assert sum(run.calls for run in desk.runs) <= 12
    desk.collector.close()
    with desk.store.read() as connection:
        assert quota.used(connection, "airkorea", desk.collector._day()).calls == 0
    assert any(isinstance(error, Transient) for run in desk.runs for error in run.errors)
    assert desk.errors()
    desk.new_collector(url=desk.sandbox.url)
    desk.work(3)
    assert not desk.wrong(START_HOUR - 6, START_HOUR + 2)


def test_faults_of_a_hard_hour_pass(open_desk: Open) -> None:
    desk = open_desk(
        {"kind": "http", "status": 503, "rate": 0.2, **AFTER},
        {"kind": "truncate", "rate": 0.1, **AFTER},
        {"kind": "empty", "rate": 0.1, **AFTER},
        {"kind": "gateway_xml", "code": "05", "rate": 0.1, **AFTER},
    )
    desk.collector.client._wait = lambda _seconds: False
    desk.work(18, every_minutes=20)
    assert not desk.wrong(START_HOUR - 6, START_HOUR + 12)


def test_what_was_looked_at_is_not_looked_at_again_after_a_restart(open_desk: Open) -> None:
    desk = open_desk()
    desk.work(14, every_minutes=20)
    desk.collector.open_due()
    before = {hour: (set(s.held), dict(s.seen)) for hour, s in desk.collector.memory.evidence.hours.items()}
    desk.new_collector()
    desk.collector.open_due()
    after = desk.collector.memory.evidence.hours
    assert after.keys() == before.keys()
    for hour, (held, seen) in before.items():
        assert after[hour].held == held
        late = {station: age for station, age in seen.items() if age >= 3}
        assert {s: pytest.approx(age, abs=1e-3) for s, age in late.items()} == {
            s: age for s, age in after[hour].seen.items() if age >= 3
        }


def test_a_process_killed_between_saving_and_the_ledger_leaves_nothing(
    open_desk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk()
    desk.work(1)
    held, windows = desk.held(), desk.windows()

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    desk.clock.move(hours=2)
    monkeypatch.setattr(ledger, "answered", dies)
    with pytest.raises(KeyboardInterrupt):
        desk.tick()
    monkeypatch.undo()
    assert desk.held() == held
    assert {w.start: w.counts for w in windows}.items() <= {w.start: w.counts for w in desk.windows()}.items()
    desk.new_collector()
    desk.work(4)
    assert not desk.wrong(START_HOUR - 6, START_HOUR + 3)


def test_leases_of_a_dead_process_expire(open_desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = open_desk()
    monkeypatch.setattr(ledger, "give_back", lambda *_: None)
    desk.tick()
    assert desk.states() == {"leased"}
    monkeypatch.undo()
    desk.clock.move(hours=24 * 365)
    with desk.store.write() as connection:
        ledger.reopen_expired(connection, "airkorea", desk.clock.now())  # machine time is later than that
        connection.execute(
            schema.fetch_window.update().values(leased_until=desk.clock.now().replace(year=2000))
        )
    desk.clock.move(hours=-24 * 365)
    desk.new_collector().open_due()
    assert desk.states() == {"open"}


def drifting(desk: Desk, monkeypatch: pytest.MonkeyPatch, body: bytes) -> Any:
    """The source answers the live page with these bytes."""
    answer = desk.sandbox._server.upstream.respond

    def respond(method: str, target: str, sent: bytes) -> Any:
        from sandbox.wire import Answer

        return Answer(body) if "getCtprvn" in target else answer(method, target, sent)

    monkeypatch.setattr(desk.sandbox._server.upstream, "respond", respond)


@pytest.mark.parametrize(
    "body",
    [
        b'{"response":{"header":{"resultCode":"00"},"body":{"totalCount":1,"items":[7]}}}',
        b'{"response":{"header":{"resultCode":"00"},"body":{"totalCount":"x","items":[]}}}',
        b'{"response":{"header":{"resultCode":"10"}}}',
        b'{"response":{"header":{"resultCode":"00"},"body":{"totalCount":1,"items":[{"dataTime":{}}]}}}',
    ],
)
def test_another_shape_is_kept_with_the_error_on_the_window(
    open_desk: Open, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    desk = open_desk()
    drifting(desk, monkeypatch, body)
    desk.work(0.5)
    drift = [error for run in desk.runs for error in run.errors]
    if b'{"dataTime":{}}' not in body:  # a label that is none is a reject, not another shape
        assert drift
        assert all(isinstance(error, SchemaDrift) for error in drift)
        assert any(text.startswith("nationwide: ") for text in desk.errors())
    with desk.store.read() as connection:
        ids = connection.execute(select(schema.payload.c.id)).scalars().all()
        assert body in [payload_body(connection, one) for one in ids]
    assert len(desk.plan.requests()) <= 2
    monkeypatch.undo()
    desk.work(3)
    assert not desk.wrong(START_HOUR - 6, START_HOUR + 2)
    assert not [text for text in desk.errors() if text.startswith("nationwide")]


def test_a_parser_that_trips_is_drift_and_does_not_storm(
    open_desk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk()

    def trips(*_: object) -> None:
        raise AttributeError("'int' object has no attribute 'items'")

    monkeypatch.setattr(type(desk.collector.source), "parse", trips)
    desk.work(1, every_minutes=1)
    assert desk.plan.requests()["airkorea live"] <= len(LOOKS_MINUTES) + 1
    assert any("cannot be read" in text for text in desk.errors())


def test_unknown_keys_are_counted_in_the_batch(open_desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = open_desk()
    row = {"stationName": "종로구", "stationCode": "111123", "dataTime": "2020-02-13 24:00", "pm1Value": "3"}
    body = {"response": {"header": {"resultCode": "00"}, "body": {"totalCount": 1, "items": [row]}}}
    drifting(desk, monkeypatch, json.dumps(body).encode())
    desk.tick()
    with desk.store.read() as connection:
        notes = connection.execute(select(schema.batch.c.notes)).scalars().first()
    assert json.loads(str(notes)) == {"unknown key pm1Value": 1}


def test_the_key_is_nowhere_on_disk(open_desk: Open, tmp_path: Path) -> None:
    desk = open_desk({"kind": "forbidden", "rate": 0.3, **AFTER})
    desk.collector.client._wait = lambda _seconds: False
    desk.work(2)
    database = Path(str(desk.store.url.database))
    files = [path for path in database.parent.iterdir() if path.name.startswith(database.name)]
    assert len(files) > 1
    for form in (KEY, "k3y%2B%2Fwith%3D%3Dsigns", "k3y+%2Fwith%3D%3Dsigns"):
        assert not [path for path in files if form.encode() in path.read_bytes()]


def test_a_stop_ends_a_tick_between_two_requests(open_desk: Open) -> None:
    desk = open_desk()
    desk.tick()
    desk.collector.stop.set()
    assert desk.tick().calls == 0
    assert desk.states() == {"open"}


def test_a_locked_database_is_told_and_the_next_tick_goes_on(open_desk: Open) -> None:
    desk = open_desk()
    desk.tick()
    other = sqlite3.connect(str(desk.store.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    impatient = Store(desk.store.url.render_as_string(), busy_seconds=0.01)
    desk.collector.store = impatient
    with pytest.raises(Exception, match="locked"):
        desk.tick()
    other.execute("ROLLBACK")
    other.close()
    desk.tick()
    impatient.close()


def test_the_saver_is_made_anew_after_a_transaction_that_failed(
    open_desk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk()
    fails = [True]
    whole = keep.end_batch

    def once(*given: Any) -> None:
        if fails.pop() if fails else False:
            raise RuntimeError("power")
        whole(*given)

    monkeypatch.setattr(keep, "end_batch", once)
    with pytest.raises(RuntimeError):
        desk.tick()
    desk.clock.move(minutes=20)
    desk.work(3)
    assert not desk.wrong(START_HOUR - 6, START_HOUR + 2)
