"""The daemon: it ends by itself or when told, alone on its database; no source starves another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

import scheduler
from config.facts import Facts
from config.settings import Settings, SettingsError
from ingest.collect import Collector
from ingest.perform import Run
from sandbox.server import Sandbox
from scheduler import Daemon
from store import heartbeat, ledger
from store.engine import BusyError, Store, StoreError
from store.locks import LockedError, only_daemon

PROJECT = Path(__file__).parents[2]
KEY = "k3y+/with==signs"
START = "2020-02-14T00:30+09:00"
UNTIL = datetime.fromisoformat("2020-02-14T01:00+09:00")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


def settings(url: str, **given: Any) -> Settings:
    clock = f"{START}@{time.time():.3f}x3600"
    here = {"url": "http://127.0.0.1:9", "key": KEY}
    given = {"airkorea": here, "cnemc": here | {"key": None}, "tick_seconds": 0.02} | given
    return Settings(database_url=url, clock=clock, backfill_hours=1, **given)


def daemon(store: Store, facts: Facts, **given: Any) -> Daemon:
    until = given.pop("until", None)
    return Daemon(store, facts, settings(store.url.render_as_string(), **given), until)


def test_it_ends_when_data_time_has_come_and_nothing_is_open(
    store: Store, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ticks that only open hours, and close them when data time is an hour past `until`."""

    def tick(self: Collector) -> Run:
        self.open_due()
        if self.clock.now() > UNTIL + timedelta(hours=1):
            with self.store.write() as connection:
                for window in ledger.unsettled(connection, self.spec.id):
                    ledger.settle(connection, window.id, self.clock.now())
        return Run()

    monkeypatch.setattr(Collector, "tick", tick)
    one = daemon(store, facts, until=UNTIL)
    one.run()
    assert one.clock.now() > UNTIL + timedelta(hours=1)
    with store.read() as connection:
        assert (ledger.newest_hour(connection, "airkorea") or 0) >= UNTIL.timestamp() // 3600 - 1
        assert heartbeat.last(connection) is not None


def test_it_does_not_end_before_the_last_hour_was_opened(store: Store, facts: Facts) -> None:
    one = daemon(store, facts, until=UNTIL)
    one.clock = type(one.clock)(UNTIL, time.time(), 0.001)
    with store.write() as connection:
        hour = int(UNTIL.timestamp() // 3600)
        for source in ("airkorea", "cnemc"):
            ledger.open_hours(connection, source, "national", hour - 3, hour - 1)
            for window in ledger.unsettled(connection, source):
                ledger.settle(connection, window.id, UNTIL)
    assert not one._all_closed()


def test_a_slow_source_starves_nobody(store: Store, facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks, let_go = {"cnemc": 0}, threading.Event()

    def tick(self: Collector) -> Run:
        if self.spec.id == "airkorea":
            assert let_go.wait(20)
        else:
            ticks["cnemc"] += 1
            if ticks["cnemc"] == 5:
                let_go.set()
                self.stop.set()
        return Run()

    monkeypatch.setattr(Collector, "tick", tick)
    daemon(store, facts).run()
    assert ticks["cnemc"] >= 5


def test_a_fault_of_one_job_does_not_end_the_others(
    sqlite_store: Store, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [RuntimeError("a mistake"), BusyError("locked"), RuntimeError("again")]

    def tick(self: Collector) -> Run:
        if self.spec.id == "airkorea" and faults:
            raise faults.pop()
        if not faults:
            self.stop.set()
        return Run()

    monkeypatch.setattr(Collector, "tick", tick)
    daemon(sqlite_store, facts).run()
    assert not faults


def test_a_database_that_cannot_be_used_ends_it_with_that_fault(
    sqlite_store: Store, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tick(_self: Collector) -> Run:
        raise StoreError("the database cannot grow: the disk is full")

    monkeypatch.setattr(Collector, "tick", tick)
    with pytest.raises(StoreError, match="disk is full"):
        daemon(sqlite_store, facts).run()


def test_one_daemon_per_database(store: Store, facts: Facts) -> None:
    with only_daemon(store), pytest.raises(LockedError, match="another daemon"):
        daemon(store, facts).run()


def test_a_source_without_its_key_waits_and_the_other_runs(sqlite_store: Store, facts: Facts) -> None:
    assert list(daemon(sqlite_store, facts, airkorea={}).collectors) == ["cnemc"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"airkorea": {}, "cnemc": {"enabled": False}}, "YELLOWSEA_AIRKOREA__KEY.*data.go.kr"),
        ({"airkorea": {"enabled": False}, "cnemc": {"enabled": False}}, "all are disabled"),
    ],
)
def test_without_any_source_it_says_what_to_set(
    sqlite_store: Store, facts: Facts, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        daemon(sqlite_store, facts, **given)


def test_logs_below_the_least_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    scheduler.configure_logs(Settings(), least="error")
    structlog.get_logger().warning("not this")
    assert capsys.readouterr().err == ""


# The command line, in processes of their own


class Shell:
    """`yellowsea` as a user runs it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("YELLOWSEA_")}
        self.env = kept | {
            "YELLOWSEA_DATABASE_URL": f"sqlite:///{folder}/live.db",
            "YELLOWSEA_CNEMC__ENABLED": "false",
            "YELLOWSEA_AIRKOREA__URL": "http://127.0.0.1:9",
            "YELLOWSEA_AIRKOREA__KEY": KEY,
        }

    def begin(self, *given: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "cli.main", *given]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.env | {"PYTHONPATH": str(PROJECT)},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *given: str) -> tuple[int, list[str]]:
        process = self.begin(*given)
        _, err = process.communicate(timeout=60)
        return process.returncode, err.splitlines()


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_sigterm_ends_it_cleanly_and_a_second_one_is_refused(shell: Shell) -> None:
    process = shell.begin("run")
    assert process.stderr is not None
    assert "daemon started" in process.stderr.readline()
    assert shell.run("run")[0] == 4
    code, lines = shell.run("fetch", "airkorea")
    assert code == 4
    assert len(lines) == 1
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert "daemon stopped" in err
    assert KEY not in err


def test_no_key_is_one_line_that_says_where_to_get_one(shell: Shell) -> None:
    del shell.env["YELLOWSEA_AIRKOREA__KEY"]
    for command, wanted in ((("run",), 2), (("fetch", "airkorea"), 2)):
        code, lines = shell.run(*command)
        assert (code, len(lines)) == (wanted, 1), lines
        assert "data.go.kr" in lines[0]


def test_a_source_that_cannot_be_reached_is_one_line(shell: Shell) -> None:
    code, lines = shell.run("fetch", "airkorea")
    assert (code, len(lines)) == (4, 1), lines
    assert "ConnectError" in lines[0]


def test_a_wrong_key_is_one_line_and_stands_in_status(shell: Shell, facts: Facts) -> None:
    with Sandbox(key="the right one") as sandbox:
        shell.env["YELLOWSEA_AIRKOREA__URL"] = sandbox.url
        code, lines = shell.run("fetch", "airkorea")
    assert (code, len(lines)) == (4, 1), lines
    assert "YELLOWSEA_AIRKOREA__KEY" in lines[0]
    process = shell.begin("status", "--format", "json")
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert '"blocked": true' in out
    assert "refuses the key" in out


def test_an_exhausted_quota_is_one_line(shell: Shell) -> None:
    shell.env["YELLOWSEA_AIRKOREA__DAILY_CALLS"] = "1"
    with Sandbox() as sandbox:
        shell.env["YELLOWSEA_AIRKOREA__URL"] = sandbox.url
        code, lines = shell.run("fetch", "airkorea")
    assert (code, len(lines)) == (4, 1), lines
    assert "DAILY_CALLS" in lines[0]
