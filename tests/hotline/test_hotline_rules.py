"""Rules judged on readings, bulletins and alerts as they are stored; the daemon files what they say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.facts import Facts
from config.notices import NoticeRule
from config.settings import Settings
from hotline import listing
from hotline.rules import Sighting, sight
from hotline.scene import Mode, Scene
from hotline.tick import Hotline
from hotline.watch import look
from report.question import NothingHeldError
from report.stations_held import Desk
from store.forecasts import Alert
from store.notices import Notice
from tests.hotline.conftest import StandingClock, _Row, person
from tests.report.bulletins import bulletin, put
from tests.report.conftest import NAN, Air

SEOUL = "kr-seoul"


def at(text: str) -> datetime:
    """A moment of Korea."""
    return datetime.fromisoformat(f"{text}+09:00")


def rule(about: str, **how: Any) -> NoticeRule:
    """A rule for Seoul."""
    given = {"id": f"our-{about}", "tell": "decision", "source": "test", "confidence": "high", **how}
    return NoticeRule(about=about, regions=None if about == "silence" else SEOUL, **given)  # type: ignore[arg-type]


FORECAST = rule("forecast", thresholds=(50, 75))
ALERT = rule("alert", alerts="advisory|warning")
EPISODE = rule("episode", profiles="kr-high-day|kr-very-bad-day")
UPWIND = rule(
    "upwind",
    thresholds=(50, 75),
    upwind="cn-beijing",
    upwind_profile="cn-polluted-day|cn-polluted-day-2026",
    upwind_hours=24,
)
SILENCE = rule("silence", thresholds=(1, 6, 24))


def seen(air: Air, one: NoticeRule, moment: str, mode: Mode = "issued") -> Sighting:
    """What a rule says of Seoul at a moment."""
    with air.store.read() as connection:
        scene = Scene(Desk(connection, air.facts), at(moment), at(moment), mode)
        return sight(one, SEOUL, scene, at(moment))


def level(air: Air, one: NoticeRule, moment: str, mode: Mode = "issued") -> int | None:
    """Its level alone."""
    return seen(air, one, moment, mode).level


@pytest.fixture
def local(sqlite_store: Any, own_facts: Facts) -> Air:
    """A database of SQLite, for rules in which SQL has no part."""
    return Air(sqlite_store, own_facts)


def test_a_forecast_counts_from_its_issue_on_and_a_wide_grade_is_not_known(air: Air) -> None:
    put(
        air,
        [
            bulletin(SEOUL, "2019-03-05", 35, 75),
            bulletin(SEOUL, "2019-03-05", 75, issued="2019-03-04T20:00+09:00"),
            bulletin(SEOUL, "2019-03-04", 15, 35),
        ],
    )
    assert level(air, FORECAST, "2019-03-04T16:59:00") is None
    assert level(air, FORECAST, "2019-03-04T17:00:00") is None, "36 to 75 may be above 50 or not"
    assert level(air, FORECAST, "2019-03-04T20:00:00") == 2
    told = seen(air, FORECAST, "2019-03-04T20:00:00").why["forecast"]
    assert (told["for_date"], told["limit"], told["came"]) == ("2019-03-05", 75.0, None)


def test_a_forecast_at_or_below_the_limit_is_known_to_be_none(local: Air) -> None:
    put(local, [bulletin(SEOUL, "2019-03-05", 15, 35), bulletin(SEOUL, "2019-03-04", 35, 50)])
    assert level(local, FORECAST, "2019-03-04T18:00:00") == 0
    assert level(local, FORECAST, "2019-03-04T18:00:00", "none") is None


def test_the_day_mean_that_came_stands_in_from_the_hour_of_decisions(local: Air) -> None:
    [station] = local.of(SEOUL)
    local.day(station, "2019-03-04", 20)
    local.day(station, "2019-03-05", 60)
    assert level(local, FORECAST, "2019-03-04T16:00:00", "observed") is None
    assert level(local, FORECAST, "2019-03-04T17:00:00", "observed") == 1
    assert seen(local, FORECAST, "2019-03-04T17:00:00", "observed").why["forecast"]["came"] == 60


def test_an_advisory_by_the_rule_comes_with_the_second_hour_and_goes_below_35(local: Air) -> None:
    [station] = local.of(SEOUL)
    local.hours(station, "2020-04-14T00:00+09:00", [20, 80, 80, 160, 160, 50, 30, NAN])
    levels = [level(local, ALERT, f"2020-04-14T{hour:02d}:00:00") for hour in range(1, 9)]
    assert levels == [0, 0, 1, 1, 2, 1, 0, None]
    told = seen(local, ALERT, "2020-04-14T05:00:00").why["alert"]
    assert (told["level"], told["origin"], told["issued_value"]) == ("warning", "replayed", 160.0)


def test_a_published_alert_counts_while_it_is_in_force(air: Air) -> None:
    issued, cleared = at("2020-04-14T10:00:00"), at("2020-04-14T15:00:00")
    put(air, alerts=[Alert(SEOUL, "서울권", "pm25", "advisory", issued, 80, cleared, 30)])
    levels = [level(air, ALERT, f"2020-04-14T{hour:02d}:00:00") for hour in (9, 10, 14, 15)]
    assert levels == [None, 1, 1, 0]
    assert seen(air, ALERT, "2020-04-14T10:00:00").why["alert"]["origin"] == "stored"


def test_an_episode_of_days_is_told_when_the_day_is_over(local: Air) -> None:
    [station] = local.of(SEOUL)
    for day, mean in (("03", 20), ("04", 60), ("05", 90), ("06", 40)):
        local.day(station, f"2019-03-{day}", mean)
    moments = ("04T23:00:00", "05T00:00:00", "06T00:00:00", "07T00:00:00", "08T00:00:00")
    assert [level(local, EPISODE, f"2019-03-{one}") for one in moments] == [0, 1, 2, 0, None]
    told = seen(local, EPISODE, "2019-03-06T00:00:00").why["episode"]
    assert (told["began"], told["through"]) == ("2019-03-05T00:00:00+09:00", "2019-03-06T00:00:00+09:00")


def beijing(air: Air, day: str, value: float) -> None:
    """A day of the mission in Beijing."""
    air.day("us-mission-beijing", day, value, feed="us-airnow")


@pytest.mark.parametrize(
    ("dirty", "forecast", "expected"),
    [(True, 50, 1), (True, 15, 0), (False, 50, 0), (None, 50, None), (None, 15, 0), (True, None, None)],
)
def test_upwind_needs_both_parts_and_a_part_that_fails_decides(
    local: Air, dirty: bool | None, forecast: float | None, expected: int | None
) -> None:
    if dirty is not None:
        for day in ("2019-03-02", "2019-03-03"):
            beijing(local, day, 160 if dirty else 30)
    if forecast is not None:
        bounds = (forecast, None) if forecast == 50 else (forecast, 35)
        put(local, [bulletin(SEOUL, day, *bounds) for day in ("2019-03-04", "2019-03-05")])
    assert level(local, UPWIND, "2019-03-04T18:00:00") == expected


def test_silence_is_told_by_hours_and_with_who_is_late(local: Air) -> None:
    heard = "2019-03-04T20:00:00+09:00"
    row = {"id": "airkorea", "feed": "airkorea-live", "newest": heard, "late": True, "blocked": False}
    row |= {"late_since": "2019-03-05T00:00:00+00:00", "late_because": "them", "late_told": "asked"}
    moment = datetime(2019, 3, 5, 7, tzinfo=UTC)
    with local.store.read() as connection:
        scene = Scene(Desk(connection, local.facts), moment, moment, silence=[row])
        found = sight(SILENCE, "airkorea", scene, moment)
        assert (found.level, found.why["silence"]["late_because"]) == (2, "them")
        blocked = {**row, "late": False, "blocked": True, "late_since": None}
        states = (
            (blocked, 1),
            ({**blocked, "blocked": False}, 0),
            ({**row, "late_since": None}, 1),
            ({**row, "newest": None}, None),
            ({**row, "late_since": "2019-03-05T06:30:00+00:00"}, 0),
            (None, None),
        )
        for state, expected in states:
            scene.silence = [state] if state else None
            assert sight(SILENCE, "airkorea", scene, moment).level == expected


def told_by(air: Air, moment: str) -> list[Notice]:
    """What a look at a moment files."""
    with air.store.read() as connection:
        scene = Scene(Desk(connection, air.facts), at(moment), at(moment), silence=[])
        return look(air.store, air.facts, scene, at(moment))


def test_a_look_files_each_step_once_with_what_is_behind_it(air: Air) -> None:
    air.facts._read["notices"] = [_Row(ALERT)]  # type: ignore[list-item]
    air.facts._read["recipients"] = [_Row(person("log", language="ko"))]  # type: ignore[list-item]
    [station] = air.of(SEOUL)
    air.hours(station, "2020-04-14T00:00+09:00", [20, 80, 80, 160, 160, 50, 30])
    looks = [(hour, told_by(air, f"2020-04-14T{hour:02d}:00:00")) for hour in (2, 3, 3, 4, 5, 5, 6, 7, 7)]
    steps = [(hour, one.stage, one.level) for hour, filed in looks for one in filed]
    assert steps == [(3, "first", 1), (5, "escalated", 2), (7, "all-clear", 2)]
    answer = listing.told(air.store, air.facts)
    rows = answer["notices"]
    assert [(one["stage"], one["level"]) for one in rows] == [
        ("all-clear", 2),
        ("escalated", 2),
        ("first", 1),
    ]
    assert [one["title"] for one in rows][-1] == "Seoul: PM2.5 advisory"
    assert all(len(one["deliveries"]) == 1 for one in rows)
    first = rows[-1]["facts"]
    assert (first["air"]["value"], first["air"]["hours_24h"]) == (80.0, 3)
    assert first["air"]["feeds"] == ["airkorea-final"]
    assert first["measures"] == {"listed": [], "word": "no measure known", "known_through": "2026-03-17"}
    number = rows[-1]["id"]
    marked = listing.acknowledge(air.store, number, "kim")["deliveries"]
    again = listing.acknowledge(air.store, number)["deliveries"]
    assert marked[0]["acknowledged_at"] == again[0]["acknowledged_at"] is not None
    with pytest.raises(NothingHeldError, match="no delivery to nobody"):
        listing.acknowledge(air.store, number, "nobody")


def test_the_daemons_turn_looks_again_only_where_something_is_new(local: Air) -> None:
    local.facts._read["notices"] = [_Row(ALERT)]  # type: ignore[list-item]
    local.facts._read["recipients"] = [_Row(person("log"))]  # type: ignore[list-item]
    [station] = local.of(SEOUL)
    clock = StandingClock(at("2020-04-14T03:00:00"))
    hotline = Hotline(local.store, local.facts, Settings(), clock)
    assert hotline.tick() == []
    local.hours(station, "2020-04-14T00:00+09:00", [20, 80, 80])
    assert [one.stage for one in hotline.tick()] == ["first"]
    assert hotline.tick() == []
    restarted = Hotline(local.store, local.facts, Settings(), clock)
    assert restarted.tick() == []
    local.hours(station, "2020-04-14T03:00+09:00", [20])
    clock.put(clock.now() + timedelta(hours=1))
    assert [one.stage for one in restarted.tick()] == ["all-clear"]
    rows = listing.told(local.store, local.facts)["notices"]
    assert [one["deliveries"][0]["state"] for one in rows] == ["delivered", "delivered"]
    for one in (hotline, restarted):
        one.close()
