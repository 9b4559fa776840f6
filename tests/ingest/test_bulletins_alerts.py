"""AirKorea's statutory alerts (WIRE_FORMATS §1.8): zones, levels, clearing, and alerts still in force."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from bulletin_desk import Item, mutated, page, read
from hypothesis import given, settings

from config.facts import Facts
from ingest.bulletins import Bulletin
from ingest.wording import Wording
from store.forecasts import Alert

ITEM: Item = {
    "clearVal": "28", "sn": "262", "districtName": "경기", "dataDate": "2020-10-28", "issueVal": "76",
    "issueTime": "03:00", "clearDate": "2020-10-28", "issueDate": "2020-10-28", "moveName": "남부권",
    "clearTime": "13:00", "issueGbn": "주의보", "itemCode": "PM25",
}  # fmt: skip
IN_FORCE = dict.fromkeys(("clearDate", "clearTime", "clearVal"))


@cache
def words() -> Wording:
    return Wording(Facts())


def alerts(**changes: Any) -> Bulletin:
    return read("airkorea-alerts", page([ITEM | changes]), words())


def seoul(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+09:00")


def test_both_recorded_items_are_read(shared: Path) -> None:
    path = shared / "sources/airkorea/json/getUlfptcaAlarmInfo_items.transcribed.json"
    bulletin = read("airkorea-alerts", page(json.loads(path.read_bytes())), words())
    assert bulletin.alerts == [
        Alert(
            "kr-gyeonggi", "남부권", "pm25", "advisory", seoul("2020-10-28T03:00"), 76.0,
            seoul("2020-10-28T13:00"), 28.0,
        ),
        Alert(
            "kr-jeonbuk", "정읍권역", "pm10", "advisory", seoul("2020-04-04T15:00"), 166.0,
            seoul("2020-04-04T17:00"), 66.0,
        ),
    ]  # fmt: skip
    assert (bulletin.rejects, bulletin.notes) == ([], {"unknown key _note": 2})


@pytest.mark.parametrize("missing", [None, "", "-", " "])
def test_without_a_clearing_it_is_in_force(missing: str | None) -> None:
    bulletin = alerts(clearDate=missing, clearTime=missing, clearVal=missing)
    assert [(one.cleared_at, one.cleared_value) for one in bulletin.alerts] == [(None, None)]


def test_a_clearing_without_its_value_is_a_clearing() -> None:
    (one,) = alerts(clearVal=None).alerts
    assert (one.cleared_at, one.cleared_value) == (seoul("2020-10-28T13:00"), None)


def test_24_is_midnight_at_the_end_of_the_day() -> None:
    (one,) = alerts(issueTime="24:00", clearDate="2020-10-29").alerts
    assert one.issued_at == seoul("2020-10-29T00:00")


@pytest.mark.parametrize(("word", "level"), [("주의보", "advisory"), ("경보", "warning")])
def test_the_levels_are_told_apart(word: str, level: str) -> None:
    assert [one.level for one in alerts(issueGbn=word).alerts] == [level]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"districtName": "전남광주"}, "unknown region 전남광주"),
        ({"itemCode": "PM1"}, "unknown alert PM1 주의보"),
        ({"issueGbn": "해제"}, "unknown alert PM25 해제"),
        ({"issueTime": "3시"}, "'3시' is no time written HH:MM"),
        ({"issueTime": "24:30"}, "'24:30' is no time written HH:MM"),
        ({"issueDate": "2020-02-30"}, "'2020-02-30' is no day written YYYY-MM-DD"),
        ({"issueVal": "high"}, "issueVal is no number: high"),
        ({"clearTime": None}, "clearDate and clearTime: one is missing"),
        ({"moveName": ""}, "row without moveName"),
    ],
)
def test_what_cannot_be_read_is_rejected_with_the_row(changes: Item, reason: str) -> None:
    bulletin = alerts(**changes)
    assert bulletin.alerts == []
    assert [one.reason for one in bulletin.rejects] == [reason]
    assert "남부권" in bulletin.rejects[0].text or "moveName" in changes


@settings(max_examples=200, deadline=None)
@given(rows=mutated([ITEM, ITEM | IN_FORCE]))
def test_every_row_is_an_alert_or_a_reject(rows: list[Item]) -> None:
    bulletin = read("airkorea-alerts", page(rows), words())
    assert len(bulletin.alerts) + len(bulletin.rejects) == len(rows) == bulletin.rows
