"""WAQI as a person meets it: off until its token is set, then in doctor, fetch, status and metrics."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import typer
from typer.testing import CliRunner, Result

from cli.daemon import status
from cli.doctor import doctor
from cli.indices import show_indices
from cli.metrics import show_metrics
from config.clock import Clock
from config.facts import Facts
from config.settings import load
from ingest.fetch import fetch_once
from sandbox.server import Sandbox
from sandbox.synthetic import SyntheticWorld
from store.engine import Store

KEY = "t0ken-of-forty-signs-0123456789abcdef"
START = "2020-02-14T12:45+09:00"
SOURCES = ("AIRKOREA", "CNEMC", "DISASTER_MESSAGES")
Typed = Callable[..., Result]


@pytest.fixture
def sandbox(facts: Facts) -> Iterator[Sandbox]:
    clock = Clock.parse(f"{START}@{time.time():.3f}x1")
    start = datetime.fromisoformat(START)
    world = SyntheticWorld(facts, 1, start.date(), ["cn-dalian"], ["kr-sejong"])
    with Sandbox(world, clock, None, 1, key=KEY, start=start) as opened:
        yield opened


@pytest.fixture
def typed(sqlite_url: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """The commands, with every other source off; `on` gives the token."""
    monkeypatch.setenv("YELLOWSEA_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("YELLOWSEA_CLOCK", f"{START}@{time.time():.3f}x1")
    for name in SOURCES:
        monkeypatch.setenv(f"YELLOWSEA_{name}__ENABLED", "false")

    def run(command: Callable[..., None], *typed: str, on: bool = True) -> Result:
        if on:
            monkeypatch.setenv("YELLOWSEA_WAQI__URL", sandbox.url)
            monkeypatch.setenv("YELLOWSEA_WAQI__KEY", KEY)
        app = typer.Typer()
        app.command()(command)
        result = CliRunner().invoke(app, list(typed))
        assert KEY not in result.output
        return result

    return run


def test_without_its_token_it_is_off(typed: Typed) -> None:
    told = typed(doctor, "waqi", "--format", "json", on=False).stdout
    assert "YELLOWSEA_WAQI__ENABLED enables it" in told
    assert "waqi" not in {
        row["id"] for row in json.loads(typed(status, "--format", "json", on=False).stdout)["sources"]
    }


def test_the_doctor_asks_it_once(typed: Typed, sandbox: Sandbox) -> None:
    assert "answers: " in typed(doctor, "waqi", "--format", "json").stdout
    assert sandbox._server.upstream._health(datetime.now(UTC))["requests"] == {"waqi live": 1}


def test_what_fetch_brings_is_shown_with_its_terms_and_its_standing(
    typed: Typed, sqlite_store: Store, facts: Facts
) -> None:
    typed(doctor, "waqi")
    answer, fault = fetch_once(sqlite_store, facts, load(), "waqi", None)
    assert fault is None
    *_, today = answer["windows"]
    assert (today["state"], today["rejected"]) == ("open", 0)
    assert today["rows"] == today["new"] + today["same"] > 0
    asked = ("--scheme", "us-aqi", "--network", "waqi", "--region", "kr-sejong", "--format", "json")
    shown = json.loads(typed(show_indices, *asked, "--from", "2020-02-14", "--to", "2020-02-14").stdout)
    assert {row["region"] for row in shown["values"]} == {"kr-sejong"}
    assert "aqicn.org/api/tos" in shown["data"]["attribution"][0]
    (row,) = (
        one for one in json.loads(typed(status, "--format", "json").stdout)["sources"] if one["id"] == "waqi"
    )
    assert (row["feed"], row["late"], row["error"]) == (None, False, None)
    lines = typed(show_metrics).stdout.splitlines()
    assert f'yellowsea_calls_used{{source="waqi"}} {row["calls"]}' in lines
    assert 'yellowsea_late{source="waqi"} 0' in lines
