"""`yellowsea indices --network waqi`: what a network shows, with its terms; and no mean ever takes it in."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli.indices import show_indices
from config.facts import Facts
from report import averages, compare_sources, network_indices, readings
from report.question import NothingHeldError, QuestionError
from store.batches import begin_batch
from store.engine import Store
from store.station_indices import StationIndex, put_indices
from tests.report.conftest import BEGAN, Air

SEOUL = "airkorea-111123"
AT = datetime.fromisoformat("2019-03-05T04:00+09:00")
ROW = StationIndex("waqi", "5508", "Seoul (서울)", 37.5665, 126.978, "us-aqi", "all", AT, 160.0)
PARTS = [
    ROW,
    StationIndex("waqi", "5508", "Seoul (서울)", 37.5665, 126.978, "us-aqi", "pm25", AT, 160.0),
    StationIndex("waqi", "5508", "Seoul (서울)", 37.5665, 126.978, "us-aqi", "o3", AT, 43.4),
    StationIndex("waqi", "1451", "Beijing (北京)", 39.95, 116.47, "us-aqi", "all", AT, None),
    StationIndex("waqi", "9", "Tokyo", 35.64, 139.7, "us-aqi", "all", AT, 42.0),
    StationIndex("waqi", "8", "Nowhere", None, None, "us-aqi", "all", AT, 42.0),
]
WEEK = {"since": "2019-03-04", "until": "2019-03-06"}


def show(store: Store, rows: list[StationIndex], world: str = "real") -> None:
    with store.write() as connection:
        batch = begin_batch(
            connection, source="waqi", feed_id=None, parser_version=1, received_at=BEGAN, world=world
        )
        put_indices(connection, rows, batch)


def asked(air: Air, region: str = "kr-seoul", scheme: str = "us-aqi", **how: Any) -> dict[str, Any]:
    every = how.pop("every", None)
    question = air.asked(region=region, **({**WEEK, "network": "waqi"} | how))
    feed = network_indices.feed_of(air.facts, question)
    assert feed is not None
    return network_indices.ask(air.store, air.facts, question, feed, scheme, every)


def test_a_region_shows_its_stations_with_the_terms(air: Air) -> None:
    show(air.store, PARTS)
    answer = asked(air)
    (row,) = answer["values"]
    assert row == {
        "start": "2019-03-05T04:00:00+09:00", "station": "waqi-5508", "name": "Seoul (서울)",
        "region": "kr-seoul", "lat": 37.5665, "lon": 126.978, "index": 160.0, "category": "Unhealthy",
        "dominant": "pm25", "pm25_index": 160.0, "o3_index": 43.4,
    }  # fmt: skip
    data = answer["data"]
    assert (data["networks"], data["feeds"], data["stations"]) == (["waqi"], ["waqi-index"], 1)
    assert "not checked against the live page" in data["attribution"][0]
    assert "not computed from concentrations" in data["notes"][-1]
    json.dumps(answer)


def test_what_the_network_shows_none_of_is_null_and_what_lies_elsewhere_is_left_out(air: Air) -> None:
    show(air.store, PARTS)
    (row,) = asked(air, "cn-beijing")["values"]
    assert (row["index"], row["category"], row["dominant"]) == (None, None, None)
    assert [row["station"] for row in asked(air, "kr")["values"]] == ["waqi-5508"]
    assert asked(air, network=None, feed="waqi-index")["values"]


def test_a_synthetic_world_is_told(air: Air) -> None:
    show(air.store, PARTS, "synthetic")
    assert asked(air)["data"]["notes"][0].startswith("SYNTHETIC")


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"every": "day"}, "shows hours"),
        ({"pollutant": "pm10"}, "leave --pollutant out"),
        ({"panel": "common"}, "as last shown"),
        ({"as_of": "2019-03-05"}, "as last shown"),
        ({"feed": "airkorea-live"}, "no feed of waqi"),
    ],
)
def test_what_such_values_cannot_answer_is_refused(air: Air, how: dict[str, Any], told: str) -> None:
    show(air.store, PARTS)
    with pytest.raises(QuestionError, match=told):
        asked(air, **how)


def test_a_station_of_the_catalogue_shows_none_of_them(air: Air) -> None:
    question = air.asked(SEOUL, network="waqi", **WEEK)
    feed = network_indices.feed_of(air.facts, question)
    assert feed is not None
    with pytest.raises(QuestionError, match="--region"):
        network_indices.ask(air.store, air.facts, question, feed, "us-aqi")


def test_nothing_held_says_what_is(air: Air) -> None:
    with pytest.raises(NothingHeldError) as nothing:
        asked(air)
    assert nothing.value.held is None
    show(air.store, PARTS)
    with pytest.raises(NothingHeldError, match="no cn-aqi of waqi") as found:
        asked(air, scheme="cn-aqi")
    assert found.value.held == ["6 values of us-aqi of waqi, 2019-03-04 to 2019-03-04"]


def test_no_question_about_readings_takes_an_index_in(air: Air) -> None:
    """Beside measured hours the answers stay the same, and by themselves there are none."""
    hours = [StationIndex(**{**vars(ROW), "at": AT + timedelta(hours=n)}) for n in range(-24, 24)]
    show(air.store, hours)
    alone = air.asked(region="kr-seoul", **WEEK)
    with pytest.raises(NothingHeldError):
        averages.ask(air.store, air.facts, alone, "day")
    with pytest.raises(NothingHeldError):
        readings.ask(air.store, air.facts, alone)
    air.day(SEOUL, "2019-03-05", 40.0)
    for network in (None, "airkorea"):
        answer = air.averages(region="kr-seoul", network=network, on="2019-03-05")
        assert [row["value"] for row in answer["values"]] == [40.0]
        assert answer["data"]["networks"] == ["airkorea"]
    with pytest.raises(NothingHeldError):
        air.averages(region="kr-seoul", network="waqi", on="2019-03-05")
    with pytest.raises(NothingHeldError):
        compare_sources.ask(air.store, air.facts, air.asked(region="kr-seoul", on="2019-03-05"))


def test_the_command_shows_the_terms_in_every_shape(
    sqlite_store: Store, facts: Facts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("YELLOWSEA_CATALOGUE", str(tmp_path))
    show(sqlite_store, PARTS)
    app = typer.Typer()
    app.command()(show_indices)
    url = sqlite_store.url.render_as_string()
    asks = ["--scheme", "us-aqi", "--network", "waqi", "--region", "kr-seoul", "--database", url]
    asks += ["--from", "2019-03-05", "--to", "2019-03-05", "--format"]
    for shape in ("table", "json", "csv"):
        told = CliRunner().invoke(app, [*asks, shape])
        assert told.exit_code == 0
        assert "aqicn.org/api/tos" in " ".join(told.output.split())
        if shape == "csv":
            assert [row["pm25_index"] for row in csv.DictReader(io.StringIO(told.stdout))] == ["160.0"]
