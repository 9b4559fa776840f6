"""`gaps`, `compare-sources` and `flag` as a person types them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli.compare_sources import show_compare_sources
from cli.flag import flag_readings
from cli.gaps import show_gaps
from cli.main import app as whole
from report.question import NothingHeldError, QuestionError
from web.standing import ways

AIRKOREA = "loc,mdate,SO2,CO,O3,NO2,PM10,PM25\n"
SPAN = ("--from", "2019-03-01", "--to", "2019-03-01")


@pytest.fixture
def ask(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The commands, on a database that holds a day of a station with a gap and a lone peak."""
    monkeypatch.setenv("YELLOWSEA_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    hours = [hour for hour in range(1, 25) if hour not in (4, 5)]
    rows = (f"111121,20190301{hour:02},,,,,{hour + 40},{300 if hour == 12 else hour + 10}" for hour in hours)
    (tmp_path / "day.csv").write_text(AIRKOREA + "\n".join(rows) + "\n")
    app = typer.Typer()
    app.command("gaps")(show_gaps)
    app.command("compare-sources")(show_compare_sources)
    app.command("flag")(flag_readings)
    runner = CliRunner()
    assert runner.invoke(whole, ["import", "day.csv"]).exit_code == 0

    def typed(*words: str) -> str:
        told = runner.invoke(app, list(words))
        if told.exception is not None and not isinstance(told.exception, SystemExit):
            raise told.exception
        assert told.exit_code == 0, told.output
        return told.stdout

    return typed


def test_gaps_in_three_shapes(ask: Any) -> None:
    asked = ("gaps", "--region", "Seoul", *SPAN, "--pollutant", "pm25")
    (gap,) = json.loads(ask(*asked, "--format", "json"))["gaps"]
    assert (gap["station"], gap["start"], gap["hours"]) == ("airkorea-111121", "2019-03-01T03:00:00+09:00", 2)
    (row,) = csv.DictReader(io.StringIO(ask(*asked, "--format", "csv", "--summary")))
    assert (row["expected"], row["present"]) == ("24", "22")
    assert "airkorea-final import" in ask(*asked)


def test_every_route_of_the_live_sources_that_brings_hours_is_a_way() -> None:
    routes = {(way.source, way.route) for way in ways()}
    assert {("airkorea", "nationwide"), ("airkorea", "MONTH")} <= routes
    assert ("airkorea", "stations") not in routes


def test_flags_are_written_and_told(ask: Any) -> None:
    told = json.loads(ask("flag", *SPAN, "--region", "kr-seoul", "--format", "json"))
    assert (told["changed"], told["method"]["bits"]["spike"]) == (1, 4)
    (row,) = (one for one in told["flags"] if one["check"] == "above_pm10")
    assert (row["marked"], row["bit"], row["readings"]) == (1, 8, 22)
    assert "0 flags changed" in ask("flag", *SPAN)


@pytest.mark.parametrize(
    ("words", "fault", "said"),
    [
        (("gaps", *SPAN), QuestionError, "give --region, --station, --network or --feed"),
        (("gaps", "--region", "kr-busan", *SPAN), NothingHeldError, "--expect catalogue"),
        (("flag", *SPAN, "--feed", "gold"), QuestionError, "no feed is called 'gold'"),
        (("flag", "--from", "2030-01-01", "--to", "2030-01-01"), NothingHeldError, "nothing is held"),
        (("compare-sources", "--region", "kr-seoul", *SPAN), NothingHeldError, "only airkorea-final"),
    ],
)
def test_what_cannot_be_answered_is_told(
    ask: Any, words: tuple[str, ...], fault: type[Exception], said: str
) -> None:
    with pytest.raises(fault, match=said):
        ask(*words)
