"""The sheet of 17:15: what was known at a moment; what is not held is null, never 0 and never "no"."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli.brief import show_brief
from report import brief
from report.question import NothingHeldError
from store.forecasts import Alert
from tests.report.bulletins import CAPITAL, bulletin, put, today
from tests.report.conftest import Air

EVE, DAY, AFTER = "2020-02-14", "2020-02-15", "2020-02-16"


def sheet(air: Air, at: str = f"{EVE}T17:15+09:00", region: str | None = "kr-capital") -> dict[str, Any]:
    answer = brief.ask(air.store, air.facts, region, datetime.fromisoformat(at))
    return {row["region"]: row for row in answer["regions"]}


@pytest.fixture
def february(local_air: Air) -> Air:
    """14 February 2020 in the capital area, on which a measure was announced."""
    today(local_air, EVE, seoul=60, incheon=40, gyeonggi_north=55, gyeonggi_south=65)
    return local_air


def test_the_sheet_of_the_capital_area(february: Air) -> None:
    put(february, [bulletin(one, DAY, 50) for one in CAPITAL])
    rows = sheet(february)
    assert list(rows) == [
        "kr-gyeonggi",
        "kr-gyeonggi-north",
        "kr-gyeonggi-south",
        "kr-incheon",
        "kr-seoul",
    ]
    seoul = rows["kr-seoul"]
    assert (seoul["mean_0_16h"], seoul["hours"], seoul["stations"]) == (60, 16, 1)
    assert seoul["criteria"] == {"A": True, "B": False, "C": None}
    assert (seoul["would_issue"], seoul["issued"], seoul["issued_words"]) == (True, True, "listed")
    assert seoul["forecast"]["d1"]["above"] == 50
    assert seoul["forecast"]["d1"]["issued_at"] == f"{EVE}T17:00:00+09:00"
    assert seoul["forecast"]["d2"] is None
    assert rows["kr-gyeonggi-north"]["would_issue"] is None
    assert rows["kr-gyeonggi-north"]["criteria"]["A"] is True
    assert rows["kr-incheon"]["would_issue"] is True  # two of three bind the third


def test_measure_days_of_the_season_so_far(february: Air) -> None:
    counted = sheet(february)["kr-seoul"]["season_measure_days"]
    assert counted == len(
        {
            one.date
            for one in february.facts.measures
            if one.region == "kr-seoul" and one.kind == "emergency" and "2019-12-01" <= str(one.date) <= EVE
        }
    )
    today(february, DAY, seoul=60)
    assert sheet(february, f"{DAY}T17:15+09:00")["kr-seoul"]["season_measure_days"] == counted + 1


def test_hours_that_had_not_ended_were_not_known(february: Air) -> None:
    row = sheet(february, f"{EVE}T09:30+09:00")["kr-seoul"]
    assert (row["hours"], row["mean_0_16h"]) == (9, None)
    assert sheet(february, f"{EVE}T12:00+09:00")["kr-seoul"]["mean_0_16h"] == 60  # 12 of 16 hours


def test_what_is_not_held_is_null(february: Air) -> None:
    row = sheet(february, region="kr")["kr-busan"]
    nothing = ("mean_0_16h", "stations", "alerts", "would_issue", "issued", "alert_0_16h")
    assert [row[key] for key in nothing] == [None] * len(nothing)
    assert row["forecast"] == {"d1": None, "d2": None}
    assert row["criteria"] == {"A": None, "B": None, "C": None}
    assert row["issued_words"] == "no measure known"


def test_alerts_in_force_stand_by_zone_with_where_they_come_from(february: Air) -> None:
    at = datetime.fromisoformat(f"{EVE}T10:00+09:00")
    over = datetime.fromisoformat(f"{EVE}T12:00+09:00")
    put(
        february,
        alerts=[
            Alert("kr-incheon", "강화권역", "pm25", "advisory", at, 80.0),
            Alert("kr-incheon", "서부권역", "pm25", "advisory", at, 80.0, over, 30.0),
        ],
    )
    alerts = sheet(february)["kr-incheon"]["alerts"]
    assert [(one["zone"], one["level"], one["origin"]) for one in alerts] == [
        ("강화권역", "advisory", "stored")
    ]
    assert sheet(february)["kr-seoul"]["alerts"] == []


def test_outside_a_season_no_days_are_counted(local_air: Air) -> None:
    today(local_air, "2022-06-07", seoul=20)
    row = sheet(local_air, "2022-06-07T17:15+09:00")["kr-seoul"]
    assert (row["season"], row["season_measure_days"]) == (None, None)


def test_nothing_at_all_held_is_told(local_air: Air) -> None:
    with pytest.raises(NothingHeldError, match="no hours, forecasts or alerts of South Korea"):
        sheet(local_air, "2022-06-07T17:15+09:00", None)


@pytest.mark.parametrize("shape", ["table", "json", "csv"])
def test_the_sheet_as_it_is_typed(
    february: Air, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, shape: str
) -> None:
    monkeypatch.setenv("YELLOWSEA_DATABASE_URL", sqlite_url)
    app = typer.Typer()
    app.command("brief")(show_brief)
    typed = ["--at", f"{EVE}T17:15+09:00", "--region", "서울", "--format", shape]
    result = CliRunner().invoke(app, typed)
    assert result.exit_code == 0, result.output
    if shape == "json":
        assert json.loads(result.stdout)["regions"][0]["mean_0_16h"] == 60
    else:
        assert "60" in result.stdout
        assert ("not held" in result.stdout) == (shape == "table")
