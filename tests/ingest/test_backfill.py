"""Older hours in pieces: each day's spare calls bring some, and the live hours keep theirs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from live_desk import KEY, START, STATIONS, Desk

from config.facts import Facts
from config.settings import Settings
from ingest.backfill import BY_DAEMON, FAULT, NO_CALLS, backfill
from ingest.plan import LOOKS_MINUTES, MISSES_AN_HOUR
from ingest.source import Transient
from store import ledger, quota
from store.engine import Store
from store.locks import only_daemon

HOUR = int(START.timestamp() // 3600)
SPAN = (START - timedelta(days=3), START - timedelta(days=1))
# At half past midnight in Korea the whole day is before us.
RESERVE = 24 * (MISSES_AN_HOUR + len(LOOKS_MINUTES))


@pytest.fixture
def desk(sqlite_store: Store, facts: Facts) -> Iterator[Desk]:
    with Desk(sqlite_store, facts) as desk:
        yield desk


def ask(
    desk: Desk, name: str = "airkorea", at: datetime = START, span: Any = SPAN, **own: Any
) -> tuple[dict[str, Any], Any]:
    here = {"url": desk.sandbox.url, "calls_per_second": 10_000, "key": KEY} | own
    given: dict[str, Any] = {name.replace("-", "_"): here}
    clock = f"{at.isoformat()}@{time.time():.3f}x1"
    settings = Settings(
        database_url=desk.store.url.render_as_string(), clock=clock, backfill_hours=1, **given
    )
    answer, fault = backfill(desk.store, desk.facts, settings, name, span)
    (row,) = answer["backfill"]
    return row, fault


def used(desk: Desk, days: int = 0) -> int:
    with desk.store.read() as connection:
        return quota.used(connection, "airkorea", (START + timedelta(hours=9, days=days)).date()).calls


def test_a_span_is_filled_and_told(desk: Desk) -> None:
    row, fault = ask(desk)
    assert fault is None
    assert (row["windows"], row["settled"], row["open"], row["lost"]) == (48, 48, 0, 0)
    assert row["new"] == 48 * STATIONS * 6
    assert (row["stopped"], row["go_on_at"], row["had"]) == (None, None, 48)
    assert row["calls"] == used(desk) > 0
    assert row["calls_left"] == 500 - used(desk)


def test_asked_again_it_asks_for_nothing_that_is_held(desk: Desk) -> None:
    ask(desk)
    before = used(desk)
    row, _ = ask(desk)
    # The live hours are looked at; the span is closed.
    assert used(desk) - before <= 3
    assert row["settled"] == 48


def test_it_stops_before_the_calls_of_the_live_hours_and_goes_on_the_next_day(desk: Desk) -> None:
    row, fault = ask(desk, daily_calls=RESERVE + 4)
    assert fault is None
    assert used(desk) <= 4
    assert row["calls_left"] >= RESERVE
    assert (row["stopped"], row["go_on_at"]) == (NO_CALLS, "2020-02-15T00:00:00+09:00")
    assert 0 < row["open"] <= 48
    for day in (1, 2, 3):
        row, fault = ask(desk, daily_calls=RESERVE + 4, at=START + timedelta(days=day))
        assert fault is None
        assert used(desk, day) <= 4
        if not row["open"]:
            break
    assert (row["settled"], row["stopped"], row["new"]) == (48, None, 48 * STATIONS * 6)


def test_what_the_source_has_forgotten_is_lost_with_the_reason(desk: Desk) -> None:
    old = (START - timedelta(days=200), START - timedelta(days=199))
    row, _ = ask(desk, span=old)
    assert (row["lost"], row["had"], row["stopped"]) == (24, 0, None)
    assert row["reasons"]


def test_a_fault_is_told_and_the_rest_stays_open(desk: Desk) -> None:
    row, fault = ask(desk, url="http://127.0.0.1:9")
    assert isinstance(fault, Transient)
    assert (row["stopped"], row["open"], row["go_on_at"][:16]) == (FAULT, 48, "2020-02-14T01:00")


def test_beside_a_daemon_it_only_opens_the_windows(desk: Desk) -> None:
    with only_daemon(desk.store):
        row, fault = ask(desk)
    assert fault is None
    assert (row["stopped"], row["open"], row["calls"]) == (BY_DAEMON, 48, 0)
    with desk.store.read() as connection:
        assert len(ledger.unsettled(connection, "airkorea")) == 48
    assert used(desk) == 0


def test_a_source_without_a_limit_is_asked_for_all_that_it_still_has(
    sqlite_store: Store, facts: Facts
) -> None:
    with Desk(sqlite_store, facts, source="cnemc") as desk:
        row, fault = ask(desk, "cnemc", span=(START - timedelta(hours=60), START - timedelta(hours=20)))
    assert fault is None
    assert (row["calls_left"], row["open"]) == (None, 0)
    assert 11 <= row["lost"] <= 13
    assert row["settled"] == 40 - row["lost"]
