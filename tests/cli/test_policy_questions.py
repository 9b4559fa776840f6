"""Claims, targets, milestones and the exchange sheet as they are typed: each in each format."""

from __future__ import annotations

import csv
import io
import json

import pytest
import typer
from typer.testing import CliRunner

from cli.claims import show_claims
from cli.exchange import show_exchange
from cli.milestones import show_milestones
from cli.targets import show_targets

ROWS = {"claims": "claims", "targets": "targets", "milestones": "milestones", "exchange": "sheet"}
TYPED = [
    ["claims"],
    ["claims", "improved-40-percent-since-2013", "--region", "Beijing"],
    ["targets", "--region", "China"],
    ["targets", "--region", "Beijing", "--computed"],
    ["milestones", "--country", "KR-CN", "--from", "2019-01-01", "--to", "2021-12-31"],
    ["milestones", "--region", "서울", "--days", "30", "--kind", "standard"],
    ["exchange", "--season", "제6차", "--region", "Seoul"],
]


@pytest.fixture
def app(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    """The four commands, pointed at an empty database."""
    monkeypatch.setenv("YELLOWSEA_DATABASE_URL", sqlite_url)
    made = typer.Typer()
    for name, command in (
        ("claims", show_claims),
        ("targets", show_targets),
        ("milestones", show_milestones),
        ("exchange", show_exchange),
    ):
        made.command(name)(command)
    return made


def printed(app: typer.Typer, typed: list[str], shape: str) -> str:
    """What a command prints."""
    done = CliRunner().invoke(app, [*typed, "--format", shape], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize("typed", TYPED, ids=" ".join)
def test_an_answer_is_json_a_spreadsheet_and_a_table(app: typer.Typer, typed: list[str]) -> None:
    answer = json.loads(printed(app, typed, "json"))
    assert {"question", "method", "data", ROWS[typed[0]]} <= set(answer)
    rows = list(csv.DictReader(io.StringIO(printed(app, typed, "csv"))))
    assert rows
    assert not any("{" in cell for row in rows for cell in row.values())
    assert len(printed(app, typed, "table").splitlines()) > len(answer[ROWS[typed[0]]])


def test_the_table_shows_what_is_unsure(app: typer.Typer) -> None:
    assert "low" in printed(app, ["claims", "improved-40-percent-since-2013"], "table")
    assert "confidence medium" in printed(app, ["exchange", "--season", "2024"], "table")
    assert "low" in printed(app, ["targets", "--region", "kr"], "table")


def test_a_derived_base_is_said_to_be_derived(app: typer.Typer) -> None:
    assert "35 (derived) 2018-01-01..2020-12-31" in printed(app, ["targets", "--region", "cn"], "table")
