"""Advisories and warnings by the rule of the date, beside those published; Chinese alerts in hindsight."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from config.clock import Clock
from config.facts import Facts
from config.policy import PublishedAlert
from ingest import mapping
from ingest.archives import import_paths
from report.question import NothingHeldError, QuestionError
from store import migrate
from store.engine import Store
from store.forecasts import Alert
from tests.report.bulletins import decided, put
from tests.report.conftest import NAN, Air

WARNING, ADVISORY = "kr-warning", "kr-advisory"


@pytest.fixture(scope="module")
def downtown(tmp_path_factory: pytest.TempPathFactory, facts: Facts, shared: Path) -> Iterator[Air]:
    """The composite of downtown Seoul, 2018 to 2022, and nothing else."""
    path = shared / "data/kr_seoul_downtown_hourly_2018_2022/seoul-air.csv"
    if not path.exists():
        pytest.skip(f"no real data: {path.name} is not there")
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('downtown') / 'real.db'}")
    migrate.ensure(store)
    import_paths(store, facts, Clock.real(), [path], mapping.load("seoul-downtown"))
    yield Air(store, facts)
    store.close()


def test_the_warning_of_5_march_2019_at_01_00(downtown: Air) -> None:
    answer = decided(downtown, "서울", "2019-02-20", "2019-03-31", rule=WARNING)
    (row,) = answer["alerts"]
    assert row["issued_at"] == "2019-03-05T01:00:00+09:00"
    assert row["value"] == 156
    assert row["kinds"] == ["composite"]
    (published,) = answer["published"]
    issued = published["events"][0]
    assert [one["value"] for one in issued["values"]] == [156, 156]
    assert issued["hours"] == 0


def test_the_step_down_of_6_march_is_listed_with_its_values(downtown: Air) -> None:
    (event,) = decided(downtown, "kr-seoul", "2019-03-01", "2019-03-31", rule=WARNING)["differences"]
    assert (event["event"], event["published_at"]) == ("lifted", "2019-03-06T18:00:00+09:00")
    assert (event["replayed_at"], event["hours"]) == ("2019-03-06T04:00:00+09:00", -14)
    assert [one["value"] for one in event["values"]] == [74, 64]
    assert (event["needs"], event["published_value"]) == ("< 75 for 1 h", 68)


def test_the_advisory_of_22_february_that_the_proxy_cannot_give_is_listed(downtown: Air) -> None:
    answer = decided(downtown, "kr-seoul", "2019-02-22", "2019-02-23", rule=ADVISORY)
    assert answer["alerts"] == []
    issued, lifted = answer["differences"]
    assert (issued["published_at"], issued["published_value"]) == ("2019-02-22T11:00:00+09:00", 82)
    assert issued["replayed_at"] is None
    assert [one["value"] for one in issued["values"]] == [70, 80]
    assert lifted["published_at"] == "2019-02-23T12:00:00+09:00"
    assert answer["agreement"]["issued_only"] == 2


def test_the_advisory_of_28_february_comes_out_at_its_published_hour(downtown: Air) -> None:
    answer = decided(downtown, "kr-seoul", "2019-02-28", rule=ADVISORY)
    assert [row["issued_at"] for row in answer["alerts"]] == ["2019-02-28T16:00:00+09:00"]
    assert answer["differences"] == []


@pytest.mark.parametrize(
    ("day", "values", "issued"),
    [
        ("2018-06-30", [89, 89], []),
        ("2018-06-30", [90, 90], ["kr-pm25-advisory-2015"]),
        ("2018-07-01", [74, 74], []),
        ("2018-07-01", [75, 75], ["kr-pm25-advisory-2018"]),
        ("2018-06-30", [179, 179], ["kr-pm25-advisory-2015"]),
        ("2018-06-30", [180, 180], ["kr-pm25-advisory-2015", "kr-pm25-warning-2015"]),
        ("2018-07-01", [150, 150], ["kr-pm25-advisory-2018", "kr-pm25-warning-2018"]),
    ],
)
def test_both_thresholds_around_the_first_of_july_2018(
    local_air: Air, day: str, values: list[float], issued: list[str]
) -> None:
    (station,) = local_air.of("kr-busan", day=day)
    local_air.hours(station, f"{day}T00:00+09:00", [20] * 9 + values + [20] * 13)
    found = [decided(local_air, "kr-busan", day, rule=rule)["alerts"] for rule in (ADVISORY, WARNING)]
    assert [row["rule"] for rows in found for row in rows] == issued
    assert {row["issued_at"][11:16] for rows in found for row in rows} <= {"11:00"}


def test_the_scheme_of_2014_held_in_seoul_alone(local_air: Air) -> None:
    for area in ("kr-seoul", "kr-busan"):
        (station,) = local_air.of(area, day="2014-05-01")
        local_air.hours(station, "2014-05-01T00:00+09:00", [20] * 9 + [120, 120] + [20] * 13)
    seoul, busan = (
        decided(local_air, area, "2014-05-01", rule=ADVISORY) for area in ("kr-seoul", "kr-busan")
    )
    assert [row["rule"] for row in seoul["alerts"]] == ["kr-pm25-advisory-2014-seoul"]
    assert (busan["alerts"], busan["agreement"]["undecidable"]) == ([], 1)


def test_an_alert_of_the_day_before_is_still_in_force(local_air: Air) -> None:
    (station,) = local_air.of("kr-busan", day="2022-06-07")
    local_air.hours(station, "2022-06-06T20:00+09:00", [80] * 6 + [30] * 22)
    (row,) = decided(local_air, "kr-busan", "2022-06-07", rule=ADVISORY)["alerts"]
    assert row["issued_at"] == "2022-06-06T22:00:00+09:00"
    assert row["lifted_at"] == "2022-06-07T03:00:00+09:00"
    assert decided(local_air, "kr-busan", "2022-06-06", rule=ADVISORY)["alerts"][0]["lifted_at"] is None


def test_a_published_list_that_is_not_complete_never_makes_an_alert_of_the_rule_wrong(local_air: Air) -> None:
    (station,) = local_air.of("kr-busan", day="2022-06-07")
    local_air.day(station, "2022-06-07", 80)
    found = decided(local_air, "kr-busan", "2022-06-07", rule=ADVISORY)["agreement"]
    assert (found["both"], found["rule_only"], found["undecidable"]) == (0, 0, 1)
    at = datetime.fromisoformat("2022-06-07T02:00+09:00")
    put(local_air, alerts=[Alert("kr-busan", "서부권역", "pm25", "advisory", at, 80.0)])
    answer = decided(local_air, "kr-busan", "2022-06-07", rule=ADVISORY)
    assert answer["agreement"]["both"] == 1
    (published,) = answer["published"]
    assert (published["origin"], published["events"][0]["hours"]) == ("stored", 0)


def test_a_zone_answers_with_its_own_stations(local_air: Air) -> None:
    day = "2022-06-07"
    (inside,) = local_air.of("kr-seoul-downtown", day=day)
    other = next(one for one in local_air.of("kr-seoul-southeast", day=day))
    local_air.day(inside, day, 80)
    local_air.day(other, day, 20)
    zone, sido = (
        decided(local_air, area, day, rule=ADVISORY)["alerts"] for area in ("kr-seoul-downtown", "kr-seoul")
    )
    assert [row["region"] for row in zone] == ["kr-seoul-downtown"]
    assert sido == []


def test_missing_hours_that_decide_leave_a_day_undecidable(local_air: Air) -> None:
    (station,) = local_air.of("kr-busan", day="2022-06-07")
    local_air.hours(station, "2022-06-07T00:00+09:00", [20] * 9 + [80, NAN] + [20] * 13)
    answer = decided(local_air, "kr-busan", "2022-06-07", rule=ADVISORY)
    assert answer["alerts"] == []
    assert answer["agreement"]["undecidable"] == 1


def test_nothing_held_and_what_cannot_be_asked_are_told(local_air: Air) -> None:
    with pytest.raises(NothingHeldError, match="no hour of pm25 of Busan is held"):
        decided(local_air, "kr-busan", "2022-06-07", rule=ADVISORY)
    with pytest.raises(QuestionError, match="--window belongs to kr-emergency"):
        decided(local_air, "kr-busan", "2022-06-07", rule=ADVISORY, window="1-16")


def test_every_published_alert_of_the_catalogue_is_in_order(facts: Facts) -> None:
    for one in facts.all("published_alerts", PublishedAlert):
        assert one.cleared_at is None or one.issued_at < one.cleared_at, one


def beijing(air: Air, values: list[float], start: str) -> None:
    """Day means of PM2.5: above 150 is an AQI above 200."""
    (station,) = air.of("cn-beijing", day=start)
    hours = [value for value in values for _ in range(24)]
    air.hours(station, f"{start}T00:00+08:00", hours, feed="cnemc-archive")


def test_a_chinese_alert_covers_the_days_whose_aqi_the_rule_looks_at(local_air: Air) -> None:
    beijing(local_air, [40, 40, 40, 40, 160, 160, 160, 40, 40, 40, 40, 40], "2018-11-10")
    answer = decided(local_air, "cn-beijing", "2018-11-13", "2018-11-18", rule="cn-alert")
    assert answer["method"]["hindcast"] is True
    spans = {row["level"]: (row["issued_at"][:10], row["lifted_at"][:10]) for row in answer["alerts"]}
    # Yellow: more than 200 on two days; orange: on three.
    assert spans == {"yellow": ("2018-11-14", "2018-11-17"), "orange": ("2018-11-14", "2018-11-17")}
    assert [row["would_issue"] for row in answer["decisions"]] == [False, True, True, True, False, False]
    assert {row["issued"] for row in answer["decisions"]} == {None}
    assert answer["agreement"]["undecidable"] == 6


def test_before_2017_no_chinese_rule_is_documented(local_air: Air) -> None:
    beijing(local_air, [160] * 12, "2016-12-12")
    rows = decided(local_air, "cn-beijing", "2016-12-16", "2016-12-18", rule="cn-alert")["decisions"]
    assert {row["reason"] for row in rows} == {"no rule is documented for this day"}
    assert [row["issued"] for row in rows] == [True, True, True]
    assert {row["would_issue"] for row in rows} == {None}
