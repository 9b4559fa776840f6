"""The doctor: each thing that keeps hours from coming is told with what to do, and never with a secret."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from live_desk import KEY, START, Desk

from config.fact import FactError
from config.facts import Facts
from config.settings import Settings
from ingest import doctor
from ingest.doctor import Check, examine
from ingest.hours import EPOCH
from store import heartbeat, quota
from store.engine import Store
from store.locks import only_daemon

ONLY = ("airkorea", "cnemc")


@pytest.fixture
def desk(sqlite_store: Store, facts: Facts) -> Iterator[Desk]:
    with Desk(sqlite_store, facts) as desk:
        yield desk


def settings(desk: Desk, **given: Any) -> Settings:
    here = {"url": desk.sandbox.url, "calls_per_second": 1000}
    sources: dict[str, Any] = {"airkorea": here | {"key": KEY}, "cnemc": here}
    return Settings(
        database_url=desk.store.url.render_as_string(),
        clock=f"{START.isoformat()}@{time.time():.3f}x1",
        **(sources | given),
    )


def checks(desk: Desk, names: tuple[str, ...] = ONLY, **given: Any) -> dict[str, Check]:
    found = list(examine(settings(desk, **given), lambda: desk.facts, desk.store, names))
    assert not [one for one in found if KEY in f"{one.told} {one.advice}"]
    assert all(one.ok or one.advice for one in found)
    return {one.what: one for one in found}


def test_all_is_well_where_a_daemon_runs(desk: Desk) -> None:
    with desk.store.write() as connection:
        heartbeat.beat(connection, datetime.now(UTC), START)
    with only_daemon(desk.store):
        found = checks(desk)
    assert [one for one in found.values() if not one.ok] == []
    assert {"settings", "catalogue", "database", "space", "daemon", *ONLY, "clock by cnemc"} <= found.keys()
    assert found["cnemc"].told == "answers: 24 readings"


def test_the_trial_counts_as_one_call_and_keeps_nothing(desk: Desk) -> None:
    checks(desk)
    day = (START + timedelta(hours=9)).date()
    with desk.store.read() as connection:
        assert quota.used(connection, "airkorea", day).calls == 1
    assert not desk.held()


def test_a_daemon_that_does_not_run_is_told(desk: Desk) -> None:
    assert "none runs" in checks(desk)["daemon"].told
    with desk.store.write() as connection:
        heartbeat.beat(connection, datetime.now(UTC) - timedelta(minutes=10), EPOCH)
    with only_daemon(desk.store):
        stuck = checks(desk)["daemon"]
    assert (stuck.ok, "last heartbeat 600 s ago" in stuck.told) == (False, True)


def test_a_key_that_is_missing_or_refused_is_told_with_where_to_get_one(desk: Desk) -> None:
    here = {"url": desk.sandbox.url}
    missing = checks(desk, airkorea=here)["airkorea"]
    assert "YELLOWSEA_AIRKOREA__KEY" in (missing.advice or "")
    assert "15073861" in (missing.advice or "")
    refused = checks(desk, airkorea=here | {"key": "wrong+secret"})["airkorea"]
    assert (refused.ok, "wrong+secret" in str(refused)) == (False, False)
    assert "YELLOWSEA_AIRKOREA__KEY" in (refused.advice or "")


def test_a_source_out_of_reach_or_out_of_calls_is_told(desk: Desk) -> None:
    away = checks(desk, cnemc={"url": "http://127.0.0.1:9"})["cnemc"]
    assert (away.ok, "YELLOWSEA_CNEMC__URL" in (away.advice or "")) == (False, True)
    with desk.store.write() as connection:
        quota.mark_exhausted(connection, "airkorea", (START + timedelta(hours=9)).date())
    out = checks(desk)["airkorea"]
    assert (out.ok, "YELLOWSEA_AIRKOREA__DAILY_CALLS" in (out.advice or "")) == (False, True)


def test_a_source_that_changed_its_answers_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def trip(*_: object) -> None:
        raise KeyError("pm25Value")

    monkeypatch.setattr("ingest.sources.cnemc.Cnemc.parse", trip)
    found = checks(desk)["cnemc"]
    assert (found.ok, "reparse cnemc" in (found.advice or "")) == (False, True)


def test_sources_of_bulletins_are_tried_too(desk: Desk) -> None:
    found = checks(desk, ("airkorea-forecast", "airkorea-alerts", "airkorea-stats"))
    assert {found[name].ok for name in ("airkorea-forecast", "airkorea-alerts")} == {True}
    assert found["airkorea-forecast"].told.startswith("answers")
    assert "disabled" in found["airkorea-stats"].told


def test_a_disabled_source_is_left_alone(desk: Desk) -> None:
    found = checks(desk, cnemc={"enabled": False})["cnemc"]
    assert (found.ok, found.told) == (True, "disabled; YELLOWSEA_CNEMC__ENABLED enables it")


@pytest.mark.parametrize(("seconds", "way"), [(-3600, "ahead"), (3600, "behind")])
def test_a_clock_that_is_off_is_told(seconds: int, way: str) -> None:
    date = (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    found = doctor._clock("cnemc", date)
    assert (found.ok, way in found.told, "NTP" in (found.advice or "")) == (False, True, True)
    assert doctor._clock("cnemc", "tomorrow").ok


def test_a_catalogue_and_a_database_that_cannot_be_read_are_told(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Facts:
        raise FactError("measures.csv, row 3: no such region")

    found = {one.what: one for one in examine(settings(desk), broken, desk.store)}
    assert (found["catalogue"].ok, "row 3" in found["catalogue"].told) == (False, True)
    assert "airkorea" not in found
    (tmp_path / "text.db").write_text("no database of anyone's" * 100)
    other = Store(f"sqlite:///{tmp_path / 'text.db'}")
    found = {one.what: one for one in examine(settings(desk), lambda: desk.facts, other)}
    assert (found["database"].ok, "airkorea" in found) == (False, False)
    monkeypatch.setattr("ingest.doctor.LEAST_FREE", 10**18)
    assert not checks(desk)["space"].ok
