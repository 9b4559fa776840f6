"""The list of measures: whom a measure concerns, how far the list reaches, and what is said past it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config import own
from config.facts import Facts
from config.places import Places, UnknownPlaceError
from config.policy import Coverage, Measure
from report import measures
from report.measures import Ledger
from report.question import QuestionError

DAY = date(2030, 2, 4)  # a Monday, past what any shipped list reaches
LedgerOf = Callable[[str], Ledger]


@pytest.fixture
def mine(tmp_path: Path) -> Facts:
    """The shipped catalogue with a folder of the user's own."""
    return Facts(own=tmp_path)


def of(facts: Facts, region: str) -> Ledger:
    return Ledger(facts, Places(facts), region)


def issued(facts: Facts, region: str, day: date = DAY, **more: Any) -> Measure:
    """A measure in the user's folder."""
    row = {"date": day, "region": region, "kind": "emergency", "source": "test", "confidence": "high", **more}
    one = Measure.model_validate(row)
    assert facts.own
    own.put(facts.own, "measures", one)
    facts.forget("measures")
    return one


def looked_after(facts: Facts, region: str, start: date, end: date, *, complete: bool) -> None:
    row = Coverage(
        region=region,
        kind="emergency",
        start=start,
        end=end,
        complete=complete,
        source="test",
        confidence="high",
    )
    assert facts.own
    own.put(facts.own, "measure_coverage", row)
    facts.forget("measure_coverage")


# Whom a measure concerns


@pytest.mark.parametrize(
    ("issued_in", "asked", "concerned"),
    [
        ("kr-seoul", "kr-seoul", True),
        ("kr-seoul", "kr-capital", True),
        ("kr-seoul", "kr", True),
        ("kr-seoul", "kr-busan", False),
        ("kr-gangwon-yeongseo", "kr-gangwon", True),
        ("kr-gangwon-yeongseo", "kr", True),
        ("kr-gangwon-yeongseo", "kr-gangwon-yeongdong", False),
        ("kr-gangwon", "kr-gangwon-yeongdong", True),
        ("kr-gyeonggi", "kr-gyeonggi-north", True),
        ("kr-gyeonggi-north", "kr-capital", True),
        ("cn-beijing", "cn-jjj-2p26", True),
        ("cn-beijing", "kr", False),
    ],
)
def test_a_region_is_concerned_by_its_parts_and_by_the_sido_around_it(
    mine: Facts, issued_in: str, asked: str, concerned: bool
) -> None:
    issued(mine, issued_in)
    assert of(mine, asked).days(DAY, DAY) == ([DAY] if concerned else [])


def test_a_day_counts_once_however_many_sido_act(mine: Facts) -> None:
    for region in ("kr-seoul", "kr-incheon", "kr-busan"):
        issued(mine, region)
    assert of(mine, "kr").days(DAY, DAY) == [DAY]
    assert len(of(mine, "kr").within(DAY, DAY)) == 3


def test_a_preliminary_measure_is_no_emergency_day(mine: Facts) -> None:
    issued(mine, "kr-seoul", kind="preliminary")
    assert of(mine, "kr-seoul").days(DAY, DAY) == []
    assert of(mine, "kr-seoul").days(DAY, DAY, "preliminary") == [DAY]


def test_the_ministry_s_count_of_the_fifth_and_sixth_season(facts: Facts) -> None:
    nation = of(facts, "kr")
    assert nation.days(date(2023, 12, 1), date(2024, 3, 31)) == [date(2023, 12, 28), date(2024, 1, 31)]
    assert len(nation.days(date(2024, 12, 1), date(2025, 3, 31))) == 3


# How far the list reaches


def test_past_known_through_it_is_no_measure_known(facts: Facts) -> None:
    seoul = of(facts, "kr-seoul")
    through = seoul.known_through()
    assert through == date(2026, 3, 17)
    assert seoul.word(date(2026, 3, 18)) == "no measure known"


def test_before_it_too_unless_the_list_is_complete(facts: Facts) -> None:
    seoul = of(facts, "kr-seoul")
    assert seoul.word(date(2019, 1, 1)) == "no measure known"
    assert seoul.word(date(2018, 6, 1)) == "no measure", "the list of Seoul is complete for 2018"
    assert of(facts, "kr-busan").word(date(2018, 6, 1)) == "no measure known"


@pytest.mark.parametrize(
    ("region", "complete"),
    [
        ("kr-capital", True),
        ("kr-seoul", True),
        ("kr-gyeonggi-north", True),
        ("kr-busan", False),
        ("kr", False),
    ],
)
def test_a_complete_list_of_a_region_is_one_of_its_parts(facts: Facts, region: str, complete: bool) -> None:
    """The ministry's 3 dates of the sixth season are listed for the capital area only."""
    assert of(facts, region).complete(date(2024, 12, 1), date(2025, 3, 31)) == complete


@pytest.mark.parametrize("region", ["kr", "kr-capital", "kr-seoul", "kr-gyeonggi-south", "kr-jeju"])
def test_the_nation_s_list_reaches_as_far_for_its_parts(facts: Facts, region: str) -> None:
    assert of(facts, region).known_through() == date(2026, 3, 17)


def test_a_list_is_complete_where_each_day_is(mine: Facts) -> None:
    looked_after(mine, "kr-jeju", date(2030, 1, 1), date(2030, 1, 31), complete=True)
    looked_after(mine, "kr-jeju", date(2030, 2, 2), date(2030, 2, 28), complete=True)
    jeju = of(mine, "kr-jeju")
    assert jeju.complete(date(2030, 1, 1), date(2030, 1, 31))
    assert not jeju.complete(date(2030, 1, 1), date(2030, 2, 28)), "1 February was not looked after"
    assert jeju.known_through() == date(2030, 2, 28)
    assert of(mine, "kr-busan").known_through() == date(2026, 3, 17), "Jeju's list says nothing of Busan"


def test_each_kind_has_a_reach_of_its_own(facts: Facts) -> None:
    assert of(facts, "cn-beijing").known_through() is None
    assert of(facts, "cn-beijing").known_through("heavy-alert") == date(2016, 12, 21)
    assert of(facts, "kr-seoul").known_through("heavy-alert") is None


# What is told of a measure


def test_the_hour_of_announcement_is_told_with_how_it_is_known(mine: Facts) -> None:
    known = issued(mine, "kr-seoul", announced_at="2030-02-03T17:10+09:00", announced_on="2030-02-03")
    by_day = issued(mine, "kr-busan", announced_on="2030-02-03")
    silent = issued(mine, "kr-jeju")
    told = [measures.told(mine, one) for one in (known, by_day, silent)]
    assert [(one["announced_at"], one["announced_precision"]) for one in told] == [
        ("2030-02-03T17:10:00+09:00", "time"),
        ("2030-02-03T17:00:00+09:00", "day"),
        (None, "not known"),
    ]


@pytest.mark.parametrize(
    ("day", "more", "vehicles"),
    [
        (date(2030, 2, 5), {}, False),  # Tuesday, the last day of Seollal
        (date(2030, 2, 6), {}, True),  # Wednesday
        (date(2030, 2, 9), {}, False),  # Saturday
        (date(2030, 2, 10), {}, False),  # Sunday
        (date(2030, 3, 1), {}, False),  # Friday, Independence Movement Day
        (date(2030, 2, 9), {"vehicle_rules": True}, True),
        (date(2030, 2, 6), {"vehicle_rules": False}, False),
        (date(2030, 2, 6), {"kind": "preliminary"}, None),
    ],
)
def test_vehicles_are_free_on_weekends_and_holidays_unless_listed_otherwise(
    mine: Facts, day: date, more: dict[str, Any], vehicles: bool | None
) -> None:
    assert measures.vehicle_rules(issued(mine, "kr-seoul", day, **more)) is vehicles


# The list


def test_the_list_tells_rows_and_reach(facts: Facts) -> None:
    answer = measures.ask(facts, "서울", date(2019, 3, 1), date(2019, 3, 7), "emergency")
    assert [row["date"] for row in answer["measures"]] == [f"2019-03-0{day}" for day in range(1, 8)]
    assert answer["known_through"] == [
        {"region": "kr-seoul", "kind": "emergency", "known_through": "2026-03-17", "complete": False}
    ]
    assert "no measure known" in answer["method"]["words"]
    for row in answer["measures"]:
        assert row["source"]
        assert row["confidence"] in ("high", "medium", "low")


def test_without_a_region_it_lists_both_countries(facts: Facts) -> None:
    answer = measures.ask(facts, None, None, None)
    assert len(answer["measures"]) == len(facts.measures)
    assert {row["region"][:2] for row in answer["measures"]} == {"kr", "cn"}
    assert {(row["region"], row["kind"]) for row in answer["known_through"]} == {
        ("kr", "emergency"),
        ("kr", "preliminary"),
        ("cn", "heavy-alert"),
    }


def test_a_complete_span_is_told_as_such(facts: Facts) -> None:
    answer = measures.ask(facts, "kr", date(2023, 12, 1), date(2024, 3, 31), "emergency")
    assert answer["known_through"][0]["complete"] is True
    open_ended = measures.ask(facts, "kr", date(2023, 12, 1), None, "emergency")
    assert open_ended["known_through"][0]["complete"] is False


def test_names_that_mean_nothing_are_refused(facts: Facts) -> None:
    with pytest.raises(UnknownPlaceError):
        measures.ask(facts, "atlantis", None, None)
    with pytest.raises(QuestionError, match="there are emergency, preliminary, heavy-alert"):
        measures.ask(facts, "kr", None, None, "emergncy")
