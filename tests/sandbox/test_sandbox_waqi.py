"""WAQI's feed and errors as the recordings have them, its boxes as documented; indices of its own."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from conftest import Desk, Open, recording

from sandbox.us_index import sub_index

KOREA = "33,124.5,38.7,131"
TOKEN = "t" * 40


def ask(desk: Desk, path: str, token: str = TOKEN, **params: str) -> Any:
    return desk.http.get(path, params=params | {"token": token}).json()


def feed(desk: Desk, asked: str = "seoul") -> dict[str, Any]:
    answer: dict[str, Any] = ask(desk, f"/feed/{asked}/")
    assert answer["status"] == "ok"
    data: dict[str, Any] = answer["data"]
    return data


def test_fields_and_types_of_a_feed_are_the_recorded_ones(desk: Desk) -> None:
    recorded = json.loads(recording("waqi/feed_beijing_2020-05-22.json").read_bytes())["data"]
    partial = json.loads(recording("waqi/feed_chongqing_2024-02-11.partial.json").read_bytes())["data"]
    told = feed(desk, "beijing")
    assert [key for key in told if key != "forecast"] == list(recorded)
    assert {key: type(told[key]) for key in recorded} == {key: type(one) for key, one in recorded.items()}
    assert list(told["city"]) == list(recorded["city"])
    assert list(told["time"]) == list(partial["time"])
    assert told["iaqi"].keys() <= recorded["iaqi"].keys()
    assert list(told["iaqi"]) == sorted(told["iaqi"])
    assert list(told["attributions"][0]) == list(recorded["attributions"][0])


def test_the_index_is_the_highest_of_its_parts_and_v_is_the_local_clock(desk: Desk) -> None:
    told = feed(desk)
    pollutants = {name: one["v"] for name, one in told["iaqi"].items() if name not in "hptw"}
    assert told["aqi"] == round(max(pollutants.values()))
    assert told["dominentpol"] == max(pollutants, key=lambda name: pollutants[name])
    at = datetime.fromisoformat(told["time"]["iso"])
    assert at.isoformat(sep=" ") == told["time"]["s"] + told["time"]["tz"]
    assert told["time"]["v"] - at.timestamp() == 9 * 3600


def test_a_box_holds_the_stations_in_it_as_their_feeds_tell_them(desk: Desk) -> None:
    rows = ask(desk, "/map/bounds/", latlng=KOREA)["data"]
    assert len(rows) > 100
    assert all(33 <= one["lat"] <= 38.7 and 124.5 <= one["lon"] <= 131 for one in rows)
    assert all(isinstance(one["aqi"], str) for one in rows)
    one = rows[0]
    told = feed(desk, f"@{one['uid']}")
    assert (str(told["aqi"]), told["time"]["iso"]) == (one["aqi"], one["station"]["time"])
    assert feed(desk, f"geo:{one['lat']};{one['lon']}")["idx"] == one["uid"]


def test_the_hour_goes_on_with_the_clock(open_desk: Open) -> None:
    desk = open_desk()
    seen = []
    for hour in (5, 6, 7):
        desk.clock.set(hours=hour, minutes=40)
        seen.append(feed(desk)["time"]["s"])
    assert len(set(seen)) == 3


@pytest.mark.parametrize(
    ("path", "token", "name"),
    [
        ("/feed/seoul/", "", "error_invalid_key"),
        ("/feed/nowhere/", TOKEN, "error_unknown_station"),
        ("/feed/geo:0;0/", TOKEN, "error_unknown_station"),
    ],
)
def test_errors_come_with_200_as_recorded(desk: Desk, path: str, token: str, name: str) -> None:
    assert ask(desk, path, token) == json.loads(recording(f"waqi/{name}.json").read_bytes())


def test_over_quota_is_the_recorded_error(open_desk: Open) -> None:
    desk = open_desk({"kind": "quota", "rate": 1.0, "network": "waqi", "times": 1})
    assert ask(desk, "/feed/seoul/") == json.loads(recording("waqi/error_over_quota.json").read_bytes())
    assert ask(desk, "/feed/seoul/")["status"] == "ok"


@pytest.mark.parametrize(
    ("pollutant", "value", "korean", "index"),
    [
        ("pm25", 35.4, True, 100), ("pm25", 12, True, 50), ("pm25", 900, True, 500),
        ("pm10", 154, False, 100), ("pm10", -3, True, 0), ("pm25", None, True, None),
        ("o3", 0.054, True, 50.0), ("co", 4.4, True, 50.0), ("no2", 100, False, 50.0),
    ],
)  # fmt: skip
def test_the_index_is_that_of_the_sandboxs_own_table(
    pollutant: str, value: float | None, korean: bool, index: float | None
) -> None:
    assert sub_index(pollutant, value, korean=korean) == index
