"""A source that speaks in another shape for some hours: nothing is taken for missing, nothing is given up."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import bulletin_desk
import pytest
from live_desk import KEY, START, START_HOUR, Desk, Hand, SmallWorld

from config.facts import Facts
from sandbox.airkorea import MEASUREMENTS
from sandbox.drift import drifted, restored
from sandbox.faults import Change, FaultPlan
from sandbox.invented import Invented
from sandbox.server import Sandbox
from sandbox.upstream import Upstream
from sandbox.wire import Answer
from store.engine import Store


def drift(key: str, to: str | None = None, **how: Any) -> dict[str, Any]:
    return {"kind": "drift", "key": key, "to": to, "rate": 1.0} | how


@pytest.mark.parametrize("to", ["other", None])
def test_a_drifted_body_is_restored_to_the_byte(to: str | None) -> None:
    body = b'{"a":[{"key":1,"b":{"key":null}}],"key":"x"}' if to else b'{"a":[{"key":1}],"key":"x"}'
    moved = drifted(Answer(body), "key", to).body
    assert moved != body
    assert restored(moved, "key", to) == body
    assert drifted(Answer(b"<xml/>"), "key", to).body == b"<xml/>"


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("airkorea", drift("pm25Value", "pm25Val", network="airkorea")),
        ("airkorea", drift("dataTime", "measuredAt", network="airkorea", route="history")),
        ("cnemc", drift("PM2_5", "PM25", network="cnemc")),
        ("cnemc", drift("PM2_5", network="cnemc")),
        ("cnemc", drift("TimePoint", network="cnemc", route="history")),
    ],
)
def test_hours_that_came_in_another_shape_are_asked_for_until_they_can_be_read(
    sqlite_store: Store, facts: Facts, source: str, fault: dict[str, Any]
) -> None:
    """Eleven hours of it outlast every lateness; then the histories bring all, and nothing was given up."""
    with Desk(sqlite_store, facts, [fault | {"from_hours": 2.0, "to_hours": 13.0}], source) as desk:
        desk.work(13)
        assert "lost" not in desk.states()
        desk.work(24)
        done = [window for window in desk.windows() if window.start < START_HOUR + 14]
        assert {(window.state, window.reason) for window in done} == {("settled", None)}
        assert desk.wrong(START_HOUR - 5, START_HOUR + 14) == []


def test_a_page_without_a_known_field_is_kept_and_overwrites_nothing(
    sqlite_store: Store, facts: Facts
) -> None:
    fault = drift("PM2_5", "PM25", network="cnemc", from_hours=1.0, to_hours=30.0)
    with Desk(sqlite_store, facts, [fault], "cnemc") as desk:
        desk.work(1)
        before = desk.held()
        desk.work(4)
        assert {key: desk.held()[key] for key in before} == before
        assert any("no row has PM2_5" in error for error in desk.errors())
    with sqlite_store.read() as connection:
        kept = connection.exec_driver_sql(
            "SELECT count(*) FROM batch WHERE notes LIKE '%no row has%'"
        ).scalar()
    assert kept


def test_a_day_whose_last_dispatches_cannot_be_read_stays_open(sqlite_store: Store, facts: Facts) -> None:
    """A bulletin of which no row can be read is no proof that nothing was issued."""
    begin = bulletin_desk.BEGIN
    fault = drift("informGrade", "grade", network="airkorea", from_hours=17.0, to_hours=28.0)
    with bulletin_desk.Desk(sqlite_store, facts, "airkorea-forecast", begin=begin, faults=[fault]) as desk:
        desk.sandbox.close()
        announced = Invented(desk.world, 1, begin)
        desk.sandbox = Sandbox(
            desk.world, desk.clock, desk.plan, 1, key=KEY, start=begin, announced=announced
        )
        desk.sandbox.open()
        desk.begin_anew()
        desk.work(27.5, every_minutes=20)
        (window, *_) = desk.windows()
        assert (window.state, window.present) == ("open", 3)
        assert "could be read" in str(window.error)
        desk.work(8, every_minutes=20)
        (window, *_) = desk.windows()
    assert (window.state, window.present, window.reason) == ("settled", 4, None)


def test_a_station_that_is_renamed_or_moved_is_told_so_by_every_route(facts: Facts) -> None:
    world, clock = SmallWorld(facts), Hand()
    one = world.stations("airkorea")[1]
    change = Change(network="airkorea", code=one.code, from_hours=2.0, name="새이름", lat=36.5, lon=127.5)
    upstream = Upstream(world, clock, FaultPlan([], 1, [change]), 1, START, None)

    def ask(operation: str, **query: str) -> str:
        asked = urlencode({"serviceKey": "k", "returnType": "json"} | query)
        return upstream.respond("GET", f"{operation}?{asked}", b"").body.decode()

    def told() -> list[bool]:
        page = ask(MEASUREMENTS + "getCtprvnRltmMesureDnsty", sidoName="전국", ver="1.5", numOfRows="100")
        listed = ask("/B552584/MsrstnInfoInqireSvc/getMsrstnList", ver="1.1", numOfRows="100")
        named = MEASUREMENTS + "getMsrstnAcctoRltmMesureDnsty"
        past = ask(named, stationName="새이름", dataTerm="DAILY", ver="1.5")
        return ["새이름" in page, "새이름" in listed, '"36.5"' in listed, one.code in past]

    assert told() == [False] * 4
    clock.move(hours=3)
    assert told() == [True] * 4
