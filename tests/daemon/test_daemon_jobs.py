"""What the daemon does beside collecting: only what is asked for, and never in collecting's way."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from config.clock import Clock
from config.facts import Facts
from config.hotline import HotlineSettings
from config.settings import Settings
from store.engine import Store
from web.jobs import beside

NOW = datetime.fromisoformat("2020-02-14T08:00+09:00")


def settings(store: Store, **given: Any) -> Settings:
    return Settings(database_url=store.url.render_as_string(), **given)


def names(store: Store, facts: Facts, **given: Any) -> list[str]:
    jobs = beside(store, facts, settings(store, **given), Clock.parse(None))
    for one in jobs:
        one.close()
    return [one.name for one in jobs]


RECIPIENT = """
[[recipients]]
id = "desk"
channel = "log"
language = "en"
audiences = "decision"
zone = "Asia/Seoul"
source = "a test"
confidence = "high"
"""


def test_jobs_are_those_that_the_settings_ask_for(sqlite_store: Store, facts: Facts, tmp_path: Path) -> None:
    off = HotlineSettings(enabled=False)
    own = tmp_path / "own"
    own.mkdir()
    (own / "recipients.toml").write_text(RECIPIENT)
    assert names(sqlite_store, Facts(own=own)) == ["hotline"]
    assert names(sqlite_store, facts) == [], "with nobody to tell, nothing is judged"
    assert names(sqlite_store, Facts(own=own), hotline=off) == []
    assert names(sqlite_store, facts, hotline=off, reports=tmp_path) == ["reports"]


def test_a_folder_that_cannot_be_written_is_told_and_ends_nothing(
    sqlite_store: Store, facts: Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock.parse(None)
    monkeypatch.setattr(Clock, "now", lambda _self: NOW)
    in_the_way = tmp_path / "a file"
    in_the_way.write_text("")
    asked = settings(sqlite_store, hotline=HotlineSettings(enabled=False), reports=in_the_way)
    (job,) = beside(sqlite_store, facts, asked, clock)
    with capture_logs() as logs:
        job.run()
    (told,) = logs
    assert told["log_level"] == "warning"
    assert str(in_the_way) in told["told"]
