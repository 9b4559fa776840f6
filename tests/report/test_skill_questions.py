"""How well stored forecasts came true, asked as a user asks."""

from __future__ import annotations

from typing import Any

import pytest

from report import skill
from report.question import NothingHeldError, QuestionError
from tests.report.bulletins import bulletin, put

WEEK = {"since": "2019-03-01", "until": "2019-03-07"}
DAYS = [20, 60, 60, 20, 40, 20, 20]


def fill(air: Any, area: str = "kr-seoul", means: list[float] | None = None) -> None:
    (one,) = air.of(area)
    hours = [value for value in means or DAYS for _ in range(24)]
    air.hours(one, "2019-03-01T00:00+09:00", hours)


def asked(air: Any, region: str = "kr-seoul") -> Any:
    return skill.ask(air.store, air.facts, air.asked(region=region, **WEEK))


def row(answer: Any, **wanted: Any) -> Any:
    (found,) = [one for one in answer["skill"] if wanted.items() <= one.items()]
    return found


def day(number: int) -> str:
    return f"2019-03-{number:02d}"


def test_a_grade_says_yes_no_or_nothing_of_each_limit(local_air: Any) -> None:
    fill(local_air)
    grades = [(15, 35), (35, 75), (35, 75), (35, 75), (15, 35), (15, 35)]
    put(local_air, [bulletin("kr-seoul", day(n), *grade) for n, grade in enumerate(grades, start=2)])
    answer = asked(local_air)
    bad = row(answer, event="Bad or worse", lead_days=1, product="grade")
    # 2 March: forecast moderate, was 60. 3: hit. 4: false alarm. 5: hit. 6, 7: right.
    assert [bad[key] for key in ("n", "hits", "misses", "false_alarms", "correct_negatives")] == [
        6,
        2,
        1,
        1,
        2,
    ]
    assert (bad["hit_rate"], bad["false_alarm_ratio"], bad["critical_success_index"]) == (2 / 3, 1 / 3, 0.5)
    assert bad["issue_hour"] == 17
    above = row(answer, event="above 50", lead_days=1)
    # "Bad" is 36 to 75: it does not say whether the mean is above 50.
    assert (above["n"], above["not_decided"]) == (3, 3)


def test_persistence_goes_by_the_last_whole_day_before_the_issue(local_air: Any) -> None:
    fill(local_air)
    put(local_air, [bulletin("kr-seoul", day(n), 35, 75) for n in range(3, 8)])
    bad = row(asked(local_air), event="Bad or worse", lead_days=1)
    # Issued at 17:00 of the day before: the newest whole day is two days before the day itself.
    lasting = bad["persistence"]
    assert [lasting[key] for key in ("n", "hits", "misses", "false_alarms")] == [5, 1, 1, 2]
    assert (bad["first_days"], bad["first_days_hit"]) == (1, 1)


def test_each_lead_and_hour_of_issue_stands_alone(local_air: Any) -> None:
    fill(local_air)
    put(
        local_air,
        [
            bulletin("kr-seoul", day(3), 35, 75),
            bulletin("kr-seoul", day(3), 15, 35, issued="2019-03-03T05:00+09:00"),
            bulletin("kr-seoul", day(3), 15, 35, issued="2019-03-01T17:00+09:00"),
        ],
    )
    found = {
        (one["lead_days"], one["issue_hour"]): one["hits"]
        for one in asked(local_air)["skill"]
        if one["event"] == "Bad or worse"
    }
    assert found == {(0, 5): 0, (1, 17): 1, (2, 17): 0}


def test_a_sido_that_is_forecast_by_halves_takes_what_holds_of_both(local_air: Any) -> None:
    fill(local_air, "kr-gyeonggi-north")
    put(
        local_air,
        [
            bulletin("kr-gyeonggi-north", day(2), 35, 75),
            bulletin("kr-gyeonggi-south", day(2), 35, 75),
            bulletin("kr-gyeonggi-north", day(3), 35, 75),
            bulletin("kr-gyeonggi-south", day(3), 15, 35),
        ],
    )
    bad = row(asked(local_air, "kr-gyeonggi"), event="Bad or worse")
    assert (bad["n"], bad["hits"], bad["not_decided"]) == (1, 1, 1)


def test_a_larger_region_has_a_row_for_each_sido(local_air: Any) -> None:
    for area in ("kr-seoul", "kr-busan"):
        fill(local_air, area)
        put(local_air, [bulletin(area, day(2), 35, 75)])
    regions = {one["region"] for one in asked(local_air, "kr")["skill"]}
    assert regions == {"kr-seoul", "kr-busan"}


def test_where_no_forecast_is_held_it_says_so(local_air: Any) -> None:
    fill(local_air)
    with pytest.raises(NothingHeldError, match="no forecast of Seoul is held"):
        asked(local_air)
    with pytest.raises(QuestionError, match="regions and days"):
        skill.ask(local_air.store, local_air.facts, local_air.asked(*local_air.of("kr-seoul"), **WEEK))
