"""OpenAQ's v3 as the recordings have it: fields, spans, pages, counters, 9999; replayed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from conftest import Desk, Open, recording
from test_sandbox_replay import FIRST, START, Table

from config.facts import Facts
from sandbox.openaq import FIRST_LOCATION
from sandbox.replay import ReplayWorld
from sandbox.synthetic import SyntheticWorld


def ask(desk: Desk, path: str, key: str | None = "k" * 30, **query: Any) -> httpx.Response:
    headers = {} if key is None else {"X-API-Key": key}
    return desk.http.get(f"/v3/{path}", params=query, headers=headers)


def hours(desk: Desk, station: int = 0, which: int = 1, **query: Any) -> list[dict[str, Any]]:
    path = f"sensors/{(FIRST_LOCATION + station) * 10 + which}/hours"
    results: list[dict[str, Any]] = ask(desk, path, limit=1000, **query).json()["results"]
    return results


def span(desk: Desk, back: int) -> dict[str, str]:
    now = int(desk.clock.now().timestamp()) // 3600
    return {"datetime_from": written(now - back), "datetime_to": written(now)}


def written(hour: int) -> str:
    return f"{datetime.fromtimestamp(hour * 3600, UTC):%Y-%m-%dT%H:%M:%SZ}"


def test_hours_and_locations_have_the_recorded_fields(desk: Desk) -> None:
    recorded = json.loads(recording("openaq/v3/measurements.json").read_bytes())["results"][0]
    hour = hours(desk, **span(desk, 9))[0]
    assert set(recorded) <= set(hour)
    assert set(recorded["period"]) == set(hour["period"])
    assert set(recorded["coverage"]) == set(hour["coverage"])
    assert hour["coverage"]["datetimeFrom"] == hour["period"]["datetimeTo"]
    place = json.loads(recording("openaq/v3/locations.json").read_bytes())["results"][0]
    shown = ask(desk, "locations", iso="KR").json()["results"][0]
    assert {"id", "name", "sensors", "coordinates", "isMobile", "datetimeLast"} <= set(place) & set(shown)
    assert set(place["sensors"][0]) == set(shown["sensors"][0])


def test_the_span_leaves_out_its_first_moment_and_takes_in_its_last(desk: Desk) -> None:
    asked = span(desk, 9)
    found = hours(desk, **asked)
    ends = [one["period"]["datetimeTo"]["utc"] for one in found]
    assert ends[0] > asked["datetime_from"]
    assert ends == sorted(ends)
    assert ends[-1] <= asked["datetime_to"]
    assert (
        hours(desk, datetime_from=ends[2], datetime_to=ends[3])[0]["period"]["datetimeTo"]["utc"] == ends[3]
    )


def test_values_are_the_worlds_and_what_is_missing_is_9999(
    open_desk: Open, synthetic: SyntheticWorld
) -> None:
    desk = open_desk()
    desk.clock.set(hours=400)
    missing = 0
    for station in range(6):
        for one in hours(desk, station, **span(desk, 390)):
            end = one["period"]["datetimeTo"]["utc"]
            hour = int(datetime.fromisoformat(end).timestamp()) // 3600 - 1
            value = synthetic.block("airkorea", hour)[station, 0]
            missing += one["value"] == 9999
            assert one["value"] == (9999 if value != value else value)
    assert missing


def test_found_is_a_number_or_a_text(desk: Desk) -> None:
    many = ask(desk, f"sensors/{FIRST_LOCATION * 10 + 1}/hours", limit=5, **span(desk, 2000)).json()
    assert many["meta"]["found"] == ">1000"
    assert len(many["results"]) == 5
    assert isinstance(ask(desk, "locations", iso="KR", limit=2).json()["meta"]["found"], int)


def test_pages_follow_one_another(desk: Desk) -> None:
    pages = [ask(desk, "locations", iso="KR", limit=3, page=page).json()["results"] for page in (1, 2)]
    assert [one["id"] for page in pages for one in page] == [FIRST_LOCATION + at for at in range(6)]


def test_china_has_none_any_more(desk: Desk) -> None:
    assert ask(desk, "locations", iso="CN").json()["results"] == []


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [("sensors/1/hours", {}, 404), ("locations", {"limit": 5000}, 422), ("locations", {"page": "x"}, 422)],
)
def test_wrong_questions_are_refused(desk: Desk, path: str, query: dict[str, Any], status: int) -> None:
    answer = ask(desk, path, **query)
    assert answer.status_code == status
    assert "detail" in answer.json()


def test_a_key_is_wanted_and_calls_are_counted(open_desk: Open) -> None:
    desk = open_desk(key="the-only-one")
    assert ask(desk, "locations", None).status_code == 401
    assert ask(desk, "locations", "another").status_code == 401
    assert ask(desk, "locations", "the-only-one").headers["x-ratelimit-remaining"] == "59"


def test_a_database_is_replayed(open_desk: Open, facts: Facts) -> None:
    desk = open_desk(world=ReplayWorld(Table(), facts, START), start=START)
    desk.clock.set(hours=5, minutes=45)
    found = hours(desk, 0, datetime_from=written(FIRST), datetime_to=written(FIRST + 5))
    assert [one["value"] for one in found] == [31.0 + hour % 10 for hour in range(FIRST, FIRST + 4)]
