"""The plan of the hard week: stations that change, instruments that hang, other shapes, and the journal."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from conftest import Open

from sandbox import journal
from sandbox.drift import drifted, restored
from sandbox.faults import FaultPlan
from sandbox.labels import hour_of
from sandbox.publication import Publication
from sandbox.synthetic import SyntheticWorld, demo_start
from sandbox.wire import Answer, dump
from sandbox.world import POLLUTANTS

FIRST = hour_of(demo_start)


@pytest.fixture(scope="module")
def week() -> FaultPlan:
    return FaultPlan.read("week", 1)


def test_what_hangs_stands_still_and_nothing_else_does(synthetic: SyntheticWorld, week: FaultPlan) -> None:
    publication = Publication(synthetic, week, 1, demo_start)
    assert {one.network for one in week.hangs()} == {"airkorea", "cnemc"}
    for one in week.hangs():
        codes = [station.code for station in synthetic.stations(one.network)]
        cell = codes.index(one.code), POLLUTANTS.index(one.pollutant)
        for hour in range(FIRST + int(one.from_hours) - 1, FIRST + int(one.to_hours) + 1):
            shown, measured = publication.world.block(one.network, hour), synthetic.block(one.network, hour)
            hangs = one.from_hours <= hour - FIRST < one.to_hours
            assert (shown[cell] == one.value) >= hangs
            differ = ~((shown == measured) | (np.isnan(shown) & np.isnan(measured)))
            assert set(zip(*np.nonzero(differ), strict=True)) <= ({cell} if hangs else set())
            reading = publication.world.reading(one.network, one.code, hour)
            assert (reading[one.pollutant] == one.value) >= hangs


def test_a_changed_station_is_called_otherwise_from_its_hour_on(
    synthetic: SyntheticWorld, week: FaultPlan
) -> None:
    publication = Publication(synthetic, week, 1, demo_start)

    def named(hours: float) -> tuple[str, float]:
        changes = publication.changes("cnemc", demo_start + timedelta(hours=hours))
        station = next(one for one in publication.stations("cnemc", changes) if one.code == "1111A")
        return station.name, station.lat

    assert named(114.9)[0] != "星海广场"
    assert named(115) == ("星海广场", 38.8815)


@pytest.mark.parametrize("to", ["PM2_5", None])
def test_a_drifted_answer_comes_back_whole(to: str | None) -> None:
    body = dump({"rows": [{"PM25": "12", "PM10": "30"}, {"PM25": None, "inner": {"PM25": "7"}}]})
    changed = drifted(Answer(body), "PM25", to)
    assert changed.body != body
    assert restored(changed.body, "PM25", to) == body
    assert drifted(Answer(b"<xml/>"), "PM25", to).body == b"<xml/>"


def test_the_journal_tells_each_request_its_fate_and_no_key(open_desk: Open, tmp_path: Path) -> None:
    path = tmp_path / "journal.csv"
    noted = journal.Journal(path)
    desk = open_desk({"kind": "http", "rate": 1.0, "network": "cnemc", "to_hours": 99.0}, journal=noted)
    desk.clock.set(hours=30)
    desk.live()
    desk.http.post("/HourChangesPublish/GetAllAQIPublishLive")
    desk.http.get("/map/bounds/", params={"latlng": "33,124.5,38.7,131", "token": "s3cret"})
    noted.close()
    assert [(one.network, one.asked, one.became) for one in journal.read(path)] == [
        ("airkorea", "getCtprvnRltmMesureDnsty", "whole"),
        ("cnemc", "live", "http"),
        ("waqi", "map/bounds 33 124.5 38.7 131", "whole"),
    ]
    assert {one.at for one in journal.read(path)} == {desk.clock.now()}
    assert not [key for key in ("s3cret", "k3y") if key in path.read_text()]
