"""`backfill`, `reparse`, `doctor`, `status` and `metrics` as a person or a cron job types them."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import structlog
import typer
from typer.testing import CliRunner, Result

from cli.backfill import backfill
from cli.daemon import status
from cli.doctor import doctor
from cli.metrics import show_metrics
from cli.reparse import reparse_source
from config.clock import Clock
from config.facts import Facts
from report.question import NothingHeldError, QuestionError
from sandbox.faults import FaultPlan
from sandbox.server import Sandbox
from sandbox.synthetic import SyntheticWorld

KEY = "k3y+/with==signs"
START = "2020-02-14T12:30+09:00"
SPAN = ("--from", "2020-02-13", "--to", "2020-02-13")
Typed = Callable[..., Result]


@pytest.fixture
def sandbox(facts: Facts) -> Iterator[Sandbox]:
    clock = Clock.parse(f"{START}@{time.time():.3f}x1")
    start = datetime.fromisoformat(START)
    world = SyntheticWorld(facts, 1, start.date(), ["cn-dalian"], ["kr-sejong"])
    with Sandbox(world, clock, FaultPlan([], 1), 1, key=KEY, start=start) as opened:
        yield opened


@pytest.fixture
def typed(sqlite_url: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Typed]:
    """The commands before a sandbox; the other sources are off."""
    given = {
        "DATABASE_URL": sqlite_url,
        "CLOCK": f"{START}@{time.time():.3f}x1",
        "BACKFILL_HOURS": "2",
        "AIRKOREA__URL": sandbox.url,
        "AIRKOREA__KEY": KEY,
        "AIRKOREA__CALLS_PER_SECOND": "1000",
        "CNEMC__URL": sandbox.url,
        "CNEMC__CALLS_PER_SECOND": "1000",
        "DISASTER_MESSAGES__ENABLED": "false",
    }
    given |= {
        f"AIRKOREA_{name}__ENABLED": "false" for name in ("FORECAST", "WEEK", "HIGH", "ALERTS", "STATS")
    }
    for name, value in given.items():
        monkeypatch.setenv(f"YELLOWSEA_{name}", value)
    monkeypatch.setenv("COLUMNS", "200")
    app = typer.Typer()
    commands: dict[str, Callable[..., None]] = {
        "backfill": backfill,
        "reparse": reparse_source,
        "doctor": doctor,
        "metrics": show_metrics,
        "status": status,
    }
    for name, command in commands.items():
        app.command(name)(command)
    runner = CliRunner()

    def ask(*words: str, code: int = 0) -> Result:
        told = runner.invoke(app, list(words))
        if told.exception is not None and not isinstance(told.exception, SystemExit):
            raise told.exception
        assert told.exit_code == code, told.output
        assert KEY not in told.output
        return told

    yield ask
    structlog.reset_defaults()


def test_backfill_reparse_and_metrics_of_a_day(typed: Typed) -> None:
    (row,) = json.loads(typed("backfill", "cnemc", *SPAN, "--format", "json").stdout)["backfill"]
    assert (row["windows"], row["settled"], row["open"], row["stopped"]) == (24, 24, 0, None)
    (again,) = csv.DictReader(io.StringIO(typed("reparse", "cnemc", "--format", "csv").stdout))
    assert (again["new"], again["changed"], again["applied"]) == ("0", "0", "False")
    assert int(again["same"]) >= row["new"] > 0
    told = typed("reparse", "cnemc", *SPAN, "--apply").output
    assert "0 new, 0 changed" in told
    metrics = typed("metrics").stdout
    assert '\nyellowsea_windows_lost{source="cnemc"} 0\n' in metrics
    assert 'yellowsea_readings{feed="cnemc-live"}' in metrics


def test_backfill_of_what_is_long_forgotten_has_an_exit_code_of_its_own(typed: Typed) -> None:
    told = typed("backfill", "cnemc", "--from", "2019-12-01", "--to", "2019-12-01", code=3)
    assert "lost: " in told.output


def test_the_doctor_says_what_to_fix(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = json.loads(typed("doctor", "--format", "json", code=1).stdout)["checks"]
    assert all(one.keys() == {"what", "ok", "told", "advice"} for one in checks)
    assert [one["what"] for one in checks if not one["ok"]] == ["daemon"]
    monkeypatch.setenv("YELLOWSEA_AIRKOREA__KEY", "")
    told = typed("doctor", "airkorea", code=1).output
    assert "airkorea: set YELLOWSEA_AIRKOREA__KEY" in told
    assert "cnemc" not in told


def test_status_says_who_is_late(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    typed("backfill", "cnemc", *SPAN)
    rows = json.loads(typed("status", "--format", "json").stdout)["sources"]
    assert {row["id"]: row["late_because"] for row in rows} == {"airkorea": None, "cnemc": None}
    monkeypatch.setenv("YELLOWSEA_CLOCK", f"2020-02-15T12:30+09:00@{time.time():.3f}x1")
    told = typed("status", code=1).stdout
    assert "cnemc is late: our daemon never ran" in told


@pytest.mark.parametrize(
    ("words", "fault", "said"),
    [
        (("reparse", "gold"), QuestionError, "gold is no source"),
        (("reparse", "airkorea-forecast"), QuestionError, "brings documents and no readings"),
        (("reparse", "cnemc"), NothingHeldError, "no answer of cnemc is kept"),
        (("backfill", "gold", *SPAN), QuestionError, "no source is called 'gold'"),
        (("backfill", "cnemc", "--from", "2020-02-13"), QuestionError, "--from and --to"),
        (("doctor", "gold"), QuestionError, "no source is called 'gold'"),
    ],
)
def test_what_cannot_be_done_is_told(
    typed: Typed, words: tuple[str, ...], fault: type[Exception], said: str
) -> None:
    with pytest.raises(fault, match=said):
        typed(*words)
