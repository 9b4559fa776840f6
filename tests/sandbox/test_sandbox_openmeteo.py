"""Open-Meteo as the recordings have it: fields, types, units; arrays, refusals, delay; replayed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from conftest import Desk, Open, recording
from test_sandbox_replay import FIRST, START, Table

from config.facts import Facts
from sandbox.replay import ReplayWorld

SEOUL, SHANGHAI = (37.5, 127.0), (31.2, 121.5)


def air(desk: Desk, *places: tuple[float, float], **query: Any) -> Any:
    asked = {
        "latitude": ",".join(str(one[0]) for one in places),
        "longitude": ",".join(str(one[1]) for one in places), "hourly": "pm2_5,pm10",
    }  # fmt: skip
    return desk.http.get("/v1/air-quality", params=asked | query)


def kinds(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: kinds(one) for key, one in value.items()}
    return [kinds(value[0])] if isinstance(value, list) else type(value)


def test_an_answer_for_one_place_has_the_recorded_fields_and_types(desk: Desk) -> None:
    recorded = json.loads(recording("open_meteo/air_quality_hourly_2023-04-25.json").read_bytes())
    answer = air(desk, SEOUL, timezone="Asia/Seoul").json()
    del recorded["hourly"]["carbon_monoxide"], recorded["hourly_units"]["carbon_monoxide"]
    assert kinds(answer) == kinds(recorded) | {"elevation": float}
    assert answer["hourly_units"]["pm2_5"] == recorded["hourly_units"]["pm2_5"] == "\u03bcg/m³"
    assert answer["utc_offset_seconds"] == 32400


def test_several_places_make_an_array_in_their_order(desk: Desk) -> None:
    answer = air(desk, SEOUL, SHANGHAI).json()
    assert [round(item["latitude"]) for item in answer] == [38, 31]
    assert isinstance(air(desk, SEOUL).json(), dict)


def test_hours_are_local_and_the_forecast_goes_on(desk: Desk) -> None:
    now = desk.clock.now()
    answer = air(desk, SEOUL, timezone="Asia/Seoul").json()
    assert answer["hourly"]["time"][0].endswith("T00:00")
    assert len(answer["hourly"]["time"]) == 24
    first, last = now - timedelta(hours=2), now + timedelta(hours=3)
    span = {"start_hour": f"{first:%Y-%m-%dT%H:00}", "end_hour": f"{last:%Y-%m-%dT%H:00}"}
    assert len(air(desk, SEOUL, **span).json()["hourly"]["time"]) == 6


@pytest.mark.parametrize(
    "query",
    [
        {"latitude": "37.5,35"}, {"latitude": "north"}, {"hourly": "pm1"}, {"timezone": "Asia/Nowhere"},
        {"start_date": "soon", "end_date": "later"}, {"start_date": "2030-01-01", "end_date": "2030-01-02"},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_reason(desk: Desk, query: dict[str, str]) -> None:
    answer = air(desk, SEOUL, **query)
    assert answer.status_code == 400
    assert answer.json().keys() == {"error", "reason"}


def test_the_archive_is_days_behind_and_its_wind_is_in_km_an_hour_unless_asked_otherwise(desk: Desk) -> None:
    day = desk.clock.now().date()

    def archive(**query: Any) -> dict[str, Any]:
        place = {"latitude": "37.5", "longitude": "127.0", "hourly": "wind_speed_10m,temperature_2m"}
        old, new = day - timedelta(days=8), day - timedelta(days=2)
        params = place | {"start_date": str(old), "end_date": str(new)} | query
        answer: dict[str, Any] = desk.http.get("/v1/archive", params=params).json()
        return answer

    usual, metres = archive(), archive(wind_speed_unit="ms")
    assert usual["hourly_units"]["wind_speed_10m"] == "km/h"
    assert metres["hourly_units"]["wind_speed_10m"] == "m/s"
    fast, slow = (one["hourly"]["wind_speed_10m"][0] for one in (usual, metres))
    assert fast == pytest.approx(slow * 3.6, abs=0.3)
    assert usual["hourly"]["temperature_2m"][-1] is None
    assert usual["hourly"]["temperature_2m"][0] is not None


def test_the_same_question_has_the_same_answer(open_desk: Open) -> None:
    one, other = open_desk(), open_desk()
    assert air(one, SEOUL).json() == air(other, SEOUL).json()


def test_a_database_is_replayed_at_its_places(open_desk: Open, facts: Facts) -> None:
    desk = open_desk(world=ReplayWorld(Table(), facts, START), start=START)
    desk.clock.set(hours=5, minutes=45)
    span = {"start_hour": "2020-02-13T15:00", "end_hour": "2020-02-13T17:00"}
    answer = air(desk, SEOUL, (40.0, 116.5), (20.0, 110.0), **span)
    assert answer.headers["X-Yellowsea-World"] == "replay"
    seoul, beijing, nowhere = (item["hourly"]["pm2_5"] for item in answer.json())
    assert seoul == [31.0 + hour % 10 for hour in range(FIRST, FIRST + 3)]
    assert beijing == [211.5 + hour % 10 for hour in range(FIRST, FIRST + 3)]
    assert nowhere == [None] * 3
