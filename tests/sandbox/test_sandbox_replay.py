"""A replay serves what its source holds, no more and no less, in both wire formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import pytest
from conftest import Open

from config.facts import Facts
from sandbox.labels import airkorea_label, hour_of
from sandbox.replay import ReplayWorld
from sandbox.world import POLLUTANTS

START = datetime.fromisoformat("2020-02-14T00:00+09:00")
FIRST = hour_of(START)
HELD: dict[str, dict[str, float | None]] = {
    "airkorea-111121": {"pm25": 31.0, "pm10": 0.0, "o3": 0.0213, "no2": 0.03, "so2": 0.004, "co": 0.55},
    "airkorea-111123": {"pm25": None, "pm10": 44.0},
    "cnemc-1001A": {"pm25": 211.5, "pm10": 250.0, "o3": 3.0, "no2": 88.0, "so2": 9.0, "co": 2.1},
    "airkorea-no-such-station": {"pm25": 1.0},
}


class Table:
    """A source in memory: the same values every hour, with the hour's last digit added to PM2.5."""

    def __init__(self) -> None:
        self.asked: list[tuple[tuple[str, ...], int]] = []
        self.more: dict[str, dict[str, float | None]] = {}

    def hour_values(self, feeds: Sequence[str], hour: int) -> Mapping[str, Mapping[str, float | None]]:
        self.asked.append((tuple(feeds), hour))
        network = "cnemc-" if "cnemc-live" in feeds else "airkorea-"
        return {
            id_: {p: v if v is None or p != "pm25" else v + hour % 10 for p, v in values.items()}
            for id_, values in (HELD | self.more).items()
            if id_.startswith(network)
        }


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def world(table: Table, facts: Facts) -> ReplayWorld:
    return ReplayWorld(table, facts, START)


def test_what_is_served_equals_the_source(open_desk: Open, world: ReplayWorld) -> None:
    desk = open_desk(world=world, start=START)
    desk.clock.set(hours=30, minutes=45)
    rows = {row["stationCode"]: row for row in desk.live()}
    names = {"airkorea-111121": "중구", "airkorea-111123": "종로구"}
    for id_, name in names.items():
        history = {row["dataTime"]: row for row in desk.history(name)}
        assert len(history) == 23
        for hour in range(FIRST + 29 - 22, FIRST + 30):
            row = history[airkorea_label(hour)]
            for pollutant in POLLUTANTS:
                value = HELD[id_].get(pollutant)
                value = value + hour % 10 if value is not None and pollutant == "pm25" else value
                text = row[f"{pollutant}Value"]
                assert (None if text == "-" else float(text)) == value
        assert rows[id_[9:]]["dataTime"] == airkorea_label(FIRST + 29)
    beijing = next(row for row in desk.cnemc() if row["StationCode"] == "1001A")
    assert (beijing["PM2_5"], beijing["CO"]) == (repr(211.5 + (FIRST + 29) % 10), "2.1")


def test_a_station_without_a_row_is_missing_with_a_reason(open_desk: Open, world: ReplayWorld) -> None:
    desk = open_desk(world=world, start=START)
    desk.clock.set(hours=5, minutes=45)
    row = desk.history("강남구")[0]
    for pollutant in POLLUTANTS:
        assert (row[f"{pollutant}Value"], row[f"{pollutant}Flag"]) == ("-", "통신장애")
    assert row["khaiValue"] == "-"
    silent = next(item for item in desk.cnemc() if item["StationCode"] == "1003A")
    assert silent["PM2_5"] in ("—", "NA")


def test_zero_is_a_value(open_desk: Open, world: ReplayWorld) -> None:
    desk = open_desk(world=world, start=START)
    desk.clock.set(hours=5, minutes=45)
    assert desk.history("중구")[0]["pm10Value"] == "0"


def test_a_station_outside_the_days_catalogue_joins_when_it_reports(
    open_desk: Open, world: ReplayWorld, table: Table, facts: Facts
) -> None:
    day = date(2020, 2, 14)
    closed = next(
        id_
        for id_, versions in facts.stations.items()
        if versions[-1].network == "airkorea"
        and versions[-1].code
        and not any(v.holds_on(day) for v in versions)
    )
    code = facts.stations[closed][-1].code
    desk = open_desk(world=world, start=START)
    desk.clock.set(hours=5, minutes=45)
    before = len(desk.live())
    assert code not in {row["stationCode"] for row in desk.live()}
    table.more[closed] = {"pm25": 20.0}
    desk.clock.set(hours=6, minutes=45)
    row = next(row for row in desk.live() if row["stationCode"] == code)
    assert len(desk.live()) == before + 1
    assert row["pm25Value"] == str(20 + (FIRST + 5) % 10)
    assert desk.history(row["stationName"])[1]["pm25Value"] == "-", "the hour before held nothing of it"


def test_the_best_feed_is_asked_for_first_and_an_hour_only_once(
    open_desk: Open, world: ReplayWorld, table: Table
) -> None:
    desk = open_desk(world=world, start=START)
    desk.clock.set(hours=5, minutes=45)
    desk.history("중구")
    desk.history("종로구")
    desk.live()
    assert len(table.asked) == len(set(table.asked))
    assert table.asked[0][0] == ("airkorea-final", "seoul-hourly", "airkorea-live", "seoul-live")


def test_unknown_stations_are_left_out_and_the_header_says_replay(
    open_desk: Open, world: ReplayWorld
) -> None:
    desk = open_desk(world=world, start=START)
    desk.clock.set(hours=5, minutes=45)
    assert desk.http.get("/health").headers["X-Yellowsea-World"] == "replay"
    assert {s.code for s in world.stations("airkorea")} >= {"111121", "111123"}
    assert world.reading("airkorea", "111121", FIRST)["o3"] == 0.0213
    assert len(world.hour("airkorea", FIRST)) == len(desk.live())
