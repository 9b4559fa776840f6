"""CNEMC's wire format as documented: strings, hours of China, missing marks, swapped ozone, 48 h of reach."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from conftest import Desk, Open

from sandbox.labels import hour_of
from sandbox.synthetic import SyntheticWorld, demo_start
from sandbox.world import POLLUTANTS

FIRST = hour_of(demo_start)
FIELDS = {"pm25": "PM2_5", "pm10": "PM10", "o3": "O3", "no2": "NO2", "so2": "SO2", "co": "CO"}
MISSING = {"—", "NA"}


def number(text: str) -> float | None:
    return None if text in MISSING else float(text)


def label(hours: int) -> str:
    """The form's date for the hour that begins so many hours after the start."""
    return (demo_start + timedelta(hours=hours + 1 + 8)).strftime("%Y-%m-%d %H:00:00")


def test_every_value_is_text_and_the_fields_are_the_documented_ones(desk: Desk) -> None:
    items = desk.cnemc()
    wanted = {"TimePoint", "TimePointStr", "StationCode", "Latitude", "Longitude", "Area", "CityCode"}
    wanted |= {
        "PositionName",
        "PrimaryPollutant",
        "AQI",
        "Quality",
        "Measure",
        "Unheathful",
        "O3_8h",
        "O3_8h_24h",
    }
    wanted |= {f for name in FIELDS.values() for f in (name, f"{name}_24h", f"I{name}")}
    for item in items:
        assert wanted <= set(item)
        assert {type(value) for value in item.values()} == {str}


def test_the_time_is_the_end_of_the_hour_in_china(desk: Desk) -> None:
    answer = desk.http.post("/HourChangesPublish/GetAllAQIPublishLive")
    assert "\\/Date(" in answer.text, ".NET escapes the slashes"
    item = next(i for i in answer.json() if i["StationCode"] == "1001A")
    milliseconds = int(re.fullmatch(r"/Date\((\d+)\)/", item["TimePoint"]).group(1))  # type: ignore[union-attr]
    assert milliseconds == (FIRST + 30) * 3_600_000
    assert item["TimePointStr"] == "2025年01月11日 05时"
    assert (item["Area"], item["PositionName"]) == ("北京市", "万寿西宫")


def test_an_hour_is_the_worlds_and_missing_is_marked(desk: Desk, synthetic: SyntheticWorld) -> None:
    marks = set()
    for back in range(20):
        hour = synthetic.hour("cnemc", FIRST + 28 - back)
        items = desk.cnemc(label(28 - back))
        assert len(items) == len(hour)
        for item in items:
            assert {n: number(item[f]) for n, f in FIELDS.items()} == hour[item["StationCode"]]
            marks |= MISSING & {item[field] for field in FIELDS.values()}
    assert marks == MISSING


@pytest.mark.parametrize(
    ("end", "swapped"), [("2023-11-08T23:00+08:00", True), ("2023-11-09T00:00+08:00", False)]
)
def test_ozone_was_swapped_with_its_maximum(
    open_desk: Open, synthetic: SyntheticWorld, end: str, swapped: bool
) -> None:
    start = datetime.fromisoformat(end)
    desk = open_desk(start=start)
    desk.clock.set(minutes=45)
    hour = synthetic.hour("cnemc", hour_of(start) - 1)
    items = {item["StationCode"]: item for item in desk.cnemc(f"{end[:10]} {end[11:13]}:00:00")}
    assert len(items) == len(hour)
    hourly, most = ("O3_24h", "O3") if swapped else ("O3", "O3_24h")
    for code, item in items.items():
        assert number(item[hourly]) == hour[code]["o3"]
        if hour[code]["o3"] is not None:
            assert float(item[most]) >= float(item[hourly])


def test_an_hour_comes_out_at_about_half_past_area_by_area(open_desk: Open) -> None:
    desk = open_desk()
    shares = {}
    for minute in (29, 34, 39):
        desk.clock.set(hours=10, minutes=minute)
        shares[minute] = len(desk.cnemc(label(9)))
    everyone = len(desk.cnemc(label(8)))
    assert shares[29] == 0 < shares[34] < shares[39] == everyone
    desk.clock.set(hours=10, minutes=34)
    live = desk.cnemc()
    assert len({item["TimePointStr"] for item in live}) >= 2
    assert len(live) < everyone, "some stations have no row"


def test_the_past_reaches_48_hours(open_desk: Open) -> None:
    desk = open_desk()
    desk.clock.set(hours=60, minutes=45)
    assert desk.cnemc(label(12))
    assert desk.cnemc(label(11)) == []
    assert desk.cnemc(label(60)) == [], "not over yet"


def test_wrong_requests_are_refused(desk: Desk) -> None:
    path = "/HourChangesPublish/"
    assert desk.http.get(path + "GetAllAQIPublishLive").status_code == 405
    assert desk.http.post(path + "GetNothing").status_code == 404
    assert desk.http.post(path + "GetAQIHistoryByConditionHis", data={"date": "soon"}).status_code == 400


def test_the_order_of_pollutants_is_the_worlds() -> None:
    assert tuple(FIELDS) == POLLUTANTS
