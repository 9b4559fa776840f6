"""Seoul's portal as the recording has it: envelope, fields, types; zeros, errors; replayed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import Desk, Open, recording
from test_sandbox_replay import FIRST, HELD, START, Table

from config.facts import Facts
from sandbox.replay import ReplayWorld
from sandbox.synthetic import SyntheticWorld


def ask(desk: Desk, rows: str = "1/100", key: str = "k" * 30, service: str = "RealtimeCityAir") -> Any:
    return desk.http.get(f"/{key}/json/{service}/{rows}/")


def page(desk: Desk, rows: str = "1/100") -> dict[str, Any]:
    answer: dict[str, Any] = ask(desk, rows).json()["RealtimeCityAir"]
    return answer


def test_envelope_fields_and_types_are_the_recorded_ones(desk: Desk) -> None:
    name = "seoul/RealtimeCityAir_2021-05-11T15.first3rows.transcribed.json"
    recorded = json.loads(recording(name).read_bytes())["RealtimeCityAir"]
    answer = page(desk)
    assert list(answer) == list(recorded)
    assert answer["RESULT"] == recorded["RESULT"]
    assert list(answer["row"][0]) == list(recorded["row"][0])
    held = next(row for row in answer["row"] if all(row.values()))
    assert [type(one) for one in held.values()] == [type(one) for one in recorded["row"][0].values()]


def test_a_row_for_each_gu_with_the_worlds_values_and_zero_for_what_is_missing(
    open_desk: Open, synthetic: SyntheticWorld
) -> None:
    desk = open_desk()
    written = set()
    for hour in range(4, 40, 3):
        desk.clock.set(hours=hour, minutes=40)
        rows = page(desk)["row"]
        assert {row["MSRSTE_NM"] for row in rows} <= {
            one.name for one in synthetic.stations("airkorea") if one.area == "서울"
        }
        written |= {row[name] for row in rows for name in ("PM10", "PM25", "O3") if not row[name]}
        assert len(rows) >= 24
    assert written == {0.0, ""}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"rows": "1/5", "key": "sample"}, None),
        ({"rows": "1/6", "key": "sample"}, "ERROR-335"),
        ({"rows": "1/1001"}, "ERROR-336"),
        ({"rows": "5/1"}, "ERROR-334"),
        ({"rows": "900/999"}, "INFO-200"),
        ({"service": "Nothing"}, "ERROR-310"),
    ],
)
def test_refusals_stand_at_the_top(desk: Desk, asked: dict[str, str], code: str | None) -> None:
    answer = ask(desk, **asked).json()
    assert answer.get("RESULT", {}).get("CODE") == code


def test_another_key_is_refused_in_xml(open_desk: Open) -> None:
    desk = open_desk(key="only/this+one")
    desk.clock.set(hours=30, minutes=40)
    assert ask(desk, key="another").text.count("<CODE>INFO-100</CODE>") == 1
    assert "RealtimeCityAir" in ask(desk, key="only%2Fthis%2Bone").json()


def test_a_database_is_replayed(open_desk: Open, facts: Facts) -> None:
    desk = open_desk(world=ReplayWorld(Table(), facts, START), start=START)
    desk.clock.set(hours=5, minutes=45)
    row = next(row for row in page(desk)["row"] if row["MSRSTE_NM"] == "중구")
    assert row["MSRDT"] == "202002140500"
    assert row["PM25"] == HELD["airkorea-111121"]["pm25"] + (FIRST + 4) % 10  # type: ignore[operator]
