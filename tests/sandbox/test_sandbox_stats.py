"""AirKorea's day means as the recordings have them: fields, texts, the means of the world; replayed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from conftest import Desk, Open, recording
from test_sandbox_replay import FIRST, START, Table

from config.facts import Facts
from sandbox.labels import KST
from sandbox.replay import ReplayWorld
from sandbox.synthetic import SyntheticWorld

DAYS = "/B552584/ArpltnStatsSvc/getMsrstnAcctoRDyrg"


def days(desk: Desk, name: str = "중구", back: int = 7, **query: Any) -> dict[str, Any]:
    today = (desk.clock.now() + timedelta(hours=KST)).date()
    asked = {"msrstnName": name, "inqBginDt": f"{today - timedelta(days=back):%Y%m%d}",
             "inqEndDt": f"{today:%Y%m%d}"}  # fmt: skip
    answer: dict[str, Any] = desk.get(DAYS, **(asked | query)).json()["response"]
    return answer


def test_the_fields_are_the_recorded_ones(desk: Desk) -> None:
    path = "airkorea/json/getMsrstnAcctoRDyrg_2024-03-05.json"
    recorded = json.loads(recording(path).read_bytes())["response"]
    answer = days(desk)
    assert answer.keys() == recorded.keys()
    assert answer["body"].keys() == recorded["body"].keys()
    assert answer["body"]["items"][0].keys() == recorded["body"]["items"][0].keys()


def test_numbers_begin_with_their_point_and_are_means_of_the_labels_1_to_24(
    desk: Desk, synthetic: SyntheticWorld
) -> None:
    item = days(desk)["body"]["items"][-1]
    assert item["o3Value"].startswith(".")
    day = int(np.datetime64(item["msurDt"]).astype(int))
    hours = range(day * 24 - KST, day * 24 - KST + 24)
    at = next(i for i, one in enumerate(synthetic.stations("airkorea")) if one.name == "중구")
    mean = np.nanmean([synthetic.block("airkorea", hour)[at, 0] for hour in hours])
    assert float(item["pm25Value"]) == pytest.approx(mean, abs=0.51)


def test_a_day_that_is_not_over_is_not_there(desk: Desk) -> None:
    today = (desk.clock.now() + timedelta(hours=KST)).date()
    found = [item["msurDt"] for item in days(desk)["body"]["items"]]
    assert found[-1] == str(today - timedelta(days=1))
    assert len(found) == 7


def test_refusals(desk: Desk) -> None:
    assert days(desk, "없는곳")["header"]["resultCode"] == "03"
    assert days(desk, inqBginDt="soon")["header"]["resultCode"] == "10"
    assert days(desk, inqBginDt=None)["header"]["resultCode"] == "11"
    assert "30" in desk.get(DAYS, serviceKey="").text


def test_pages(desk: Desk) -> None:
    pages = [days(desk, numOfRows=3, pageNo=page)["body"] for page in (1, 2, 3)]
    assert [len(page["items"]) for page in pages] == [3, 3, 1]
    assert {page["totalCount"] for page in pages} == {7}


def test_a_database_is_replayed(open_desk: Open, facts: Facts) -> None:
    desk = open_desk(world=ReplayWorld(Table(), facts, START), start=START)
    desk.clock.set(hours=24 + 6)
    [item] = days(desk, back=1)["body"]["items"]
    mean = np.mean([31.0 + hour % 10 for hour in range(FIRST, FIRST + 24)])
    assert float(item["pm25Value"]) == round(mean)
