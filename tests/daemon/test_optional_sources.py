"""Which sources the daemon asks by itself: with nothing set, with something set, without a key."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog

from config.facts import Facts
from config.settings import Settings
from ingest.collect import Collector
from ingest.perform import Run
from ingest.registry import SOURCES
from scheduler import Daemon
from store import ledger
from store.engine import Store

KEY = "k3y+/with==signs"
START = "2025-01-28T00:30+09:00"
UNTIL = datetime.fromisoformat("2025-01-28T02:00+09:00")
OPTIONAL = {"airkorea-stats", "seoul", "openaq", "openmeteo", "openmeteo-weather"}
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


def daemon(store: Store, facts: Facts, until: datetime | None = None, **given: Any) -> Daemon:
    clock = f"{START}@{time.time():.3f}x3600"
    url = store.url.render_as_string()
    own = Settings(database_url=url, clock=clock, backfill_hours=1, tick_seconds=0.02, **given)
    return Daemon(store, facts, own, until)


def test_a_new_user_without_a_key_gets_china_and_asks_no_third_party(
    sqlite_store: Store, facts: Facts
) -> None:
    assert set(daemon(sqlite_store, facts).collectors) == {"cnemc"}


def test_with_airkoreas_key_there_are_both_shores(sqlite_store: Store, facts: Facts) -> None:
    assert set(daemon(sqlite_store, facts, airkorea={"key": KEY}).collectors) == {"airkorea", "cnemc"}


def test_each_optional_source_is_on_once_something_of_it_is_set(sqlite_store: Store, facts: Facts) -> None:
    assert set(SOURCES) >= OPTIONAL | {"airkorea", "cnemc"}
    given = {name.replace("-", "_"): {"url": NOWHERE, "key": KEY} for name in OPTIONAL}
    assert set(daemon(sqlite_store, facts, **given).collectors) == OPTIONAL | {"cnemc"}


def test_one_that_is_on_without_its_key_waits_and_the_others_run(sqlite_store: Store, facts: Facts) -> None:
    own = daemon(sqlite_store, facts, seoul={"enabled": True}, openmeteo={"enabled": True})
    assert set(own.collectors) == {"cnemc", "openmeteo"}


def test_a_run_until_a_time_does_not_wait_for_feeds_that_come_days_later(
    sqlite_store: Store, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tick(self: Collector) -> Run:
        self.open_due()
        with self.store.write() as connection:
            for window in ledger.unsettled(connection, self.spec.id):
                ledger.settle(connection, window.id, self.clock.now())
        return Run()

    monkeypatch.setattr(Collector, "tick", tick)
    given = {name.replace("-", "_"): {"url": NOWHERE, "key": KEY} for name in OPTIONAL}
    own = daemon(sqlite_store, facts, UNTIL, **given)
    own.run()
    assert UNTIL < own.clock.now() < UNTIL + timedelta(hours=12)
    with sqlite_store.read() as connection:
        newest = {name: ledger.newest_hour(connection, name) for name in own.collectors}
    last = int(UNTIL.timestamp()) // 3600 - 1
    assert all((newest[name] or 0) >= last for name in ("cnemc", "seoul", "openmeteo"))
    assert (newest["openmeteo-weather"] or 0) <= last - 24 * 5
