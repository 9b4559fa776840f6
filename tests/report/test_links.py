"""Episodes and the measures around them: numerators and denominators, first and later days apart."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from config import own
from config.facts import Facts
from config.policy import Measure
from report import episodes, links
from report.question import QuestionError

HIGH, LOW, MISSING = 60.0, 20.0, float("nan")
FIRST = date(2022, 6, 6)  # a Monday in which nothing is listed


@pytest.fixture
def june(local_air: Any, tmp_path: Path) -> Any:
    """One station of Seoul, and a folder of the user's own for measures."""
    local_air.facts = Facts(own=tmp_path / "catalogue")
    return local_air


def days(air: Any, *values: float, start: date = FIRST) -> None:
    """Published day means of Seoul from a day on."""
    air.daily(air.of("kr-seoul")[0], start.isoformat(), values)


def day(n: int) -> str:
    """The n-th day from the first, from 1."""
    return (FIRST + timedelta(days=n - 1)).isoformat()


def issue(air: Any, n: int, kind: str = "emergency", **more: Any) -> None:
    """A measure as the rule has it: announced at 17:00, in force from 06:00 to 21:00 of the next day."""
    row = {
        "date": day(n),
        "region": "kr-seoul",
        "kind": kind,
        "announced_on": day(n - 1),
        "in_force_from": f"{day(n)}T06:00+09:00",
        "in_force_to": f"{day(n)}T21:00+09:00",
        "source": "test",
        "confidence": "high",
        **more,
    }
    own.put(
        air.facts.own, "measures", Measure.model_validate({k: v for k, v in row.items() if v is not None})
    )
    air.facts.forget("measures")


def linked(air: Any, first: int, last: int, profile: str | None = None, **how: Any) -> dict[str, Any]:
    asked = air.asked(since=day(first), until=day(last), **{"region": "kr-seoul", **how})
    return links.ask(air.store, air.facts, asked, episodes.profile_of(air.facts, asked, profile))


def counted(air: Any, first: int, last: int, **how: Any) -> dict[str, Any]:
    return linked(air, first, last, **how)["summary"]  # type: ignore[no-any-return]


# First and later days


def test_first_and_later_days_of_a_run_are_counted_apart(june: Any) -> None:
    days(june, LOW, HIGH, HIGH, HIGH, LOW, HIGH)
    issue(june, 3)
    issue(june, 6)
    told = counted(june, 1, 6)
    assert (told["high_days"], told["high_days_covered"]) == (4, 2)
    assert (told["first_days"], told["first_days_covered"]) == (2, 1)
    assert (told["later_days"], told["later_days_covered"]) == (2, 1)
    assert linked(june, 1, 6)["days_without_known_measure"] == [day(2), day(4)]


@pytest.mark.parametrize(("before", "first", "later"), [(HIGH, 0, 2), (LOW, 1, 1)])
def test_the_day_before_the_span_decides_whether_a_run_began(
    june: Any, before: float, first: int, later: int
) -> None:
    days(june, before, HIGH, HIGH)
    told = counted(june, 2, 3)
    assert (told["first_days"], told["later_days"]) == (first, later)
    assert told["high_days"] == 2, "the day before counts for nothing else"


def test_a_day_whose_previous_day_is_not_held_counts_as_first(june: Any) -> None:
    days(june, HIGH, HIGH, MISSING, HIGH)
    told = counted(june, 1, 4)
    assert (told["high_days"], told["first_days"], told["later_days"]) == (3, 2, 1)


def test_the_nth_day_of_a_run_is_known_where_its_beginning_is(june: Any) -> None:
    days(june, LOW, HIGH, HIGH, LOW)
    issue(june, 2)
    issue(june, 3)
    issue(june, 4)
    (whole,) = linked(june, 1, 4)["links"]
    assert [row["nth_of_run"] for row in whole["measures"]] == [1, 2, None]
    (cut,) = linked(june, 3, 4)["links"]
    assert [(row["date"], row["nth_of_run"]) for row in cut["measures"]] == [
        (day(2), None),
        (day(3), None),
        (day(4), None),
    ]


# What covers a day


def test_a_measure_announced_today_for_tomorrow_does_not_cover_today(june: Any) -> None:
    days(june, LOW, HIGH, LOW)
    issue(june, 3)
    answer = linked(june, 1, 3)
    told = answer["summary"]
    assert (told["high_days"], told["high_days_covered"], told["announced_same_day"]) == (1, 0, 1)
    assert (told["measure_days"], told["measure_days_high"], told["measure_days_at_or_below"]) == (1, 0, 1)
    assert answer["measure_days_at_or_below"] == [day(3)]
    assert answer["days_without_known_measure"] == [day(2)]


def test_one_announced_on_the_last_day_counts_for_that_day_alone(june: Any) -> None:
    days(june, LOW, HIGH, HIGH)
    issue(june, 3)
    told = counted(june, 1, 2)
    assert (told["announced_same_day"], told["measure_days"], told["high_days_covered"]) == (1, 0, 0)


def test_a_day_that_is_covered_is_not_also_announced_same_day(june: Any) -> None:
    days(june, LOW, HIGH, HIGH)
    issue(june, 2)
    issue(june, 3)
    told = counted(june, 1, 3)
    assert (told["high_days_covered"], told["announced_same_day"]) == (2, 0)


def test_a_preliminary_measure_is_shown_but_covers_nothing(june: Any) -> None:
    days(june, LOW, HIGH)
    issue(june, 2, "preliminary")
    answer = linked(june, 1, 2)
    assert [row["kind"] for row in answer["links"][0]["measures"]] == ["preliminary"]
    assert (answer["summary"]["high_days_covered"], answer["summary"]["measure_days"]) == (0, 0)


def test_a_measure_day_without_a_value_is_neither_high_nor_low(june: Any) -> None:
    days(june, LOW, HIGH, MISSING, LOW)
    issue(june, 3)
    told = counted(june, 1, 4)
    assert told["measure_days"] == told["measure_days_without_value"] == 1
    assert (told["measure_days_high"], told["measure_days_at_or_below"]) == (0, 0)


@pytest.mark.parametrize("seed", range(3))
def test_the_counts_of_a_summary_add_up(june: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    days(june, *rng.choice([LOW, HIGH, MISSING], 40, p=[0.5, 0.4, 0.1]))
    for n in np.flatnonzero(rng.random(40) < 0.3):
        issue(june, int(n) + 1)
    told = counted(june, 2, 40)
    assert told["high_days"] == told["first_days"] + told["later_days"] > 0
    assert told["high_days_covered"] == told["first_days_covered"] + told["later_days_covered"]
    assert told["high_days_covered"] == told["measure_days_high"]
    assert told["measure_days"] == (
        told["measure_days_high"] + told["measure_days_at_or_below"] + told["measure_days_without_value"]
    )
    uncovered = linked(june, 2, 40)["days_without_known_measure"]
    assert len(uncovered) == told["high_days"] - told["high_days_covered"] >= told["announced_same_day"]


# Around an episode


@pytest.mark.parametrize(
    ("n", "relation"),
    [(7, None), (8, "before"), (9, "before"), (10, "during"), (11, "after"), (12, "after"), (13, None)],
)
def test_measures_within_48_hours_either_side_are_linked(june: Any, n: int, relation: str | None) -> None:
    days(june, *[LOW] * 9, HIGH, *[LOW] * 5)
    issue(june, n)
    (only,) = linked(june, 1, 15)["links"]
    assert [row["relation"] for row in only["measures"]] == ([relation] if relation else [])


def test_48_hours_end_at_48_hours(june: Any) -> None:
    days(june, *[LOW] * 9, HIGH, *[LOW] * 5)
    issue(june, 8, in_force_from=f"{day(7)}T06:00+09:00", in_force_to=f"{day(8)}T00:00+09:00")
    (only,) = linked(june, 1, 15)["links"]
    assert only["measures"] == []


def test_lead_hours_are_positive_for_what_was_announced_before_the_onset(june: Any) -> None:
    days(june, LOW, HIGH, HIGH, LOW)
    issue(june, 2)
    issue(june, 3)
    issue(june, 4, announced_on=None)
    (only,) = linked(june, 1, 4)["links"]
    assert [row["lead_hours"] for row in only["measures"]] == [7.0, -17.0, None]
    assert [row["announced_precision"] for row in only["measures"]] == ["day", "day", "not known"]


def test_overlap_is_what_was_in_force_within_the_episode(june: Any) -> None:
    days(june, LOW, HIGH, LOW)
    issue(june, 2)
    (only,) = linked(june, 1, 3)["links"]
    assert only["measures"][0]["overlap_hours"] == 15.0
    issue(june, 2, status="lifted", lifted_at=f"{day(2)}T12:00+09:00")
    (only,) = linked(june, 1, 3)["links"]
    assert only["measures"][0]["overlap_hours"] == 6.0
    assert counted(june, 1, 3)["high_days_covered"] == 1


def test_a_measure_whose_hours_are_not_known_is_linked_by_its_day(june: Any) -> None:
    days(june, LOW, HIGH, LOW)
    issue(june, 2, in_force_from=None, in_force_to=None)
    (only,) = linked(june, 1, 3)["links"]
    assert [(row["relation"], row["overlap_hours"]) for row in only["measures"]] == [("during", None)]


def test_an_episode_without_a_known_measure_stands_with_an_empty_list(june: Any) -> None:
    days(june, LOW, HIGH, LOW)
    answer = linked(june, 1, 3)
    assert [one["measures"] for one in answer["links"]] == [[]]
    assert "no measure known" in answer["method"]["words"]
    assert answer["summary"]["complete"] is False
    assert answer["summary"]["known_through"] == "2026-03-17"


# Profiles, and what is refused


def test_another_day_profile_counts_its_own_days(june: Any) -> None:
    days(june, LOW, 40.0, HIGH, LOW)
    assert counted(june, 1, 4)["high_days"] == 1
    assert counted(june, 1, 4, profile="kr-bad-day")["high_days"] == 2


def test_hours_and_stations_have_no_measure_days(june: Any) -> None:
    days(june, LOW, HIGH)
    with pytest.raises(QuestionError, match="profile of hours"):
        linked(june, 1, 2, "kr-advisory")
    asked = june.asked(june.of("kr-seoul")[0], since=day(1), until=day(2))
    profile = episodes.profile_of(june.facts, asked, None)
    with pytest.raises(QuestionError, match="ask with --region"):
        links.ask(june.store, june.facts, asked, profile)


def test_what_must_not_be_pooled_over_is_said(june: Any) -> None:
    days(june, *[HIGH] * 5, start=date(2019, 11, 29))
    asked = june.asked(region="kr-seoul", since="2019-11-29", until="2019-12-03")
    profile = episodes.profile_of(june.facts, asked, None)
    notes = links.ask(june.store, june.facts, asked, profile)["data"]["notes"]
    assert any("2019-12-01" in note and "do not pool" in note for note in notes)


def test_both_engines_count_alike(air: Any) -> None:
    days(air, LOW, HIGH, HIGH, start=date(2019, 3, 3))
    asked = air.asked(region="kr-seoul", since="2019-03-04", until="2019-03-05")
    told = links.ask(air.store, air.facts, asked, episodes.profile_of(air.facts, asked, None))["summary"]
    assert (told["first_days"], told["later_days"], told["high_days_covered"]) == (1, 1, 2)
