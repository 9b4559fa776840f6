"""A chart says what the answer says, and needs nothing but itself."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.clock import Clock
from config.facts import Facts
from ingest.archives import import_paths
from report import charts, episodes
from report.answer import SYNTHETIC
from report.question import QuestionError, ask
from report.stations_held import Desk
from store.engine import Store

# 중구's day means from 1 March 2019; the fourth has none.
DAYS = [20.0, 60.0, 80.0, None, 30.0, 55.0, 10.0]


@pytest.fixture
def seoul(sqlite_store: Store, tmp_path: Path) -> Store:
    with (tmp_path / "seoul.csv").open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["측정일시", "측정소명", "미세먼지농도(㎍/㎥)", "초미세먼지농도(㎍/㎥)"])
        for number, value in enumerate(DAYS, 1):
            rows.writerow([f"201903{number:02}", "중구", 90, "" if value is None else value])
    import_paths(sqlite_store, Facts(), Clock.real(), [tmp_path / "seoul.csv"])
    return sqlite_store


def found(store: Store, profile: str = "kr-high-day", last: int = len(DAYS)) -> episodes.Episodes:
    facts = Facts()
    with store.read() as connection:
        places = Desk(connection, facts).places
        question = ask(facts, places, region="서울", since="2019-03-01", until=f"2019-03-{last:02}")
    return episodes.ask(store, facts, question, episodes.profile_of(facts, question, profile))


def drawn(answer: episodes.Episodes) -> dict[str, Any]:
    spec: dict[str, Any] = charts.chart(answer).to_dict()
    return spec


def rows(spec: dict[str, Any], layer: int) -> list[dict[str, Any]]:
    values: list[dict[str, Any]] = spec["datasets"][spec["layer"][layer]["data"]["name"]]
    return values


def test_every_valid_day_is_a_bar_and_every_episode_is_shaded(seoul: Store) -> None:
    spec = drawn(found(seoul))
    assert [row["value"] for row in rows(spec, 1)] == [value for value in DAYS if value is not None]
    assert [row["inside"] for row in rows(spec, 1)] == [False, True, True, False, True, False]
    assert [(row["start"], row["end"]) for row in rows(spec, 0)] == [
        ("2019-03-02T00:00:00Z", "2019-03-04T00:00:00Z"),
        ("2019-03-06T00:00:00Z", "2019-03-07T00:00:00Z"),
    ]


def test_a_day_without_a_value_is_marked_and_not_drawn_as_zero(seoul: Store) -> None:
    spec = drawn(found(seoul))
    assert spec["layer"][-1]["mark"]["text"] == "×"
    assert [row["start"] for row in rows(spec, -1)] == ["2019-03-04T00:00:00Z"]


def test_it_says_rule_feed_stations_capture_and_source(seoul: Store) -> None:
    text = json.dumps(drawn(found(seoul)), ensure_ascii=False)
    for said in (
        "Seoul: day means of PM2.5, 1 Mar – 7 Mar 2019",
        "2 episodes (shaded): day mean above 50 µg/m³",
        "kr-high-day",
        "feeds seoul-daily",
        "1 of 25 known stations (urban)",
        "capture 85.7%",
        "source: Seoul Metropolitan Government (licence: KOGL type 1)",
    ):
        assert said in text


def test_no_episode_is_said_in_words(seoul: Store) -> None:
    assert drawn(found(seoul, last=1))["title"]["subtitle"].startswith("no episode: ")


def test_an_invented_world_is_called_so_on_the_picture(seoul: Store) -> None:
    answer = found(seoul)
    answer.answer["data"]["notes"].append(SYNTHETIC)
    answer.answer["data"]["worlds"] = ["synthetic"]
    spec = drawn(answer)
    assert spec["title"]["subtitle"][0].startswith("SYNTHETIC")
    assert "world: synthetic" in json.dumps(spec)


def test_letters_that_a_machine_may_not_have_are_left_out(seoul: Store) -> None:
    answer = found(seoul)
    answer.answer["data"]["attribution"] = ["서울특별시 (licence: KOGL type 1)"]
    assert all(ord(letter) < 0x2600 for letter in json.dumps(drawn(answer), ensure_ascii=False))


@pytest.mark.parametrize(("name", "begins"), [("a.svg", b"<svg"), ("a.PNG", b"\x89PNG"), ("a.html", b"<!")])
def test_the_ending_says_what_is_written(seoul: Store, tmp_path: Path, name: str, begins: bytes) -> None:
    charts.write(found(seoul), tmp_path / name)
    written = (tmp_path / name).read_bytes()
    assert written.startswith(begins)
    assert b'src="http' not in written


def test_another_ending_and_a_folder_that_is_not_there_are_told(seoul: Store, tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match=r"\.svg, \.png, \.html"):
        charts.write(found(seoul), tmp_path / "a.pdf")
    with pytest.raises(QuestionError, match="cannot be written"):
        charts.write(found(seoul), tmp_path / "nowhere" / "a.svg")


def test_hours_are_a_line(seoul: Store) -> None:
    answer = found(seoul)
    hourly = episodes.Episodes(answer.question, answer.profile, answer.place, answer.answer)
    hourly.place.step = 1
    assert drawn(hourly)["layer"][1]["mark"]["type"] == "line"


def test_civil_times_do_not_move_with_the_viewer() -> None:
    hour = int(datetime(2019, 3, 4, 15, tzinfo=UTC).timestamp()) // 3600
    assert charts._stamp(charts._civil(hour, "Asia/Seoul")) == "2019-03-05T00:00:00Z"
