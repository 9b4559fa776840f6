"""Days above limits: each by the limit of its date, in the form that the standard states."""

from __future__ import annotations

from typing import Any

import pytest

from report import exceedances
from report.question import QuestionError


def asked(air: Any, since: str, until: str, every: str = "year", region: str = "kr-seoul") -> Any:
    question = air.asked(region=region, since=since, until=until)
    return exceedances.ask(air.store, air.facts, question, every)["exceedances"]


def row(rows: list[Any], standard: str) -> Any:
    (found,) = [one for one in rows if one["standard"] == standard]
    return found


def fill(air: Any, first: str, values: list[float]) -> None:
    (station,) = air.of("kr-seoul", day=first)
    air.daily(station, first, values)


def test_each_day_is_set_against_the_limit_of_its_date(local_air: Any) -> None:
    # The limit fell from 50 to 35 on 27 March 2018.
    fill(local_air, "2018-03-25", [40, 40, 40, 40])
    rows = asked(local_air, "2018-03-25", "2018-03-28")
    old, new = row(rows, "KR-2015"), row(rows, "KR-2018")
    assert (old["end"], old["days_above"], old["n"]) == ("2018-03-26", 0, 2)
    assert (new["start"], new["days_above"], new["n"]) == ("2018-03-27", 2, 2)
    assert row(rows, "WHO-2021")["days_above"] == 4
    assert {one["year_meets"] for one in rows} == {None}


def test_a_whole_year_is_judged_by_percentile_and_mean(local_air: Any) -> None:
    fill(local_air, "2019-01-01", [20.0] * 361 + [80.0] * 4)
    found = row(asked(local_air, "2019-01-01", "2019-12-31"), "KR-2018")
    assert (found["days_above"], found["percentile"]) == (4, 99)
    # Rank 0.99 x 364 = 360.36 lies between the last low day and the first high one.
    assert (found["percentile_value"], found["percentile_meets"]) == (pytest.approx(20 + 0.36 * 60), False)
    assert (found["year_limit"], found["year_meets"]) == (15, False)


def test_a_year_with_too_few_days_is_not_judged(local_air: Any) -> None:
    fill(local_air, "2019-01-01", [10.0] * 200)
    found = row(asked(local_air, "2019-01-01", "2019-12-31"), "KR-2018")
    assert (found["percentile_meets"], found["year_meets"], found["days_above"]) == (None, None, 0)


def test_months_are_counted_and_not_judged(local_air: Any) -> None:
    fill(local_air, "2019-01-01", [40.0] * 59)
    rows = [
        one for one in asked(local_air, "2019-01-15", "2019-02-28", "month") if one["standard"] == "KR-2018"
    ]
    assert [(one["label"], one["start"], one["days_above"]) for one in rows] == [
        ("2019-01", "2019-01-15", 17),
        ("2019-02", "2019-02-01", 28),
    ]
    assert {one["year_meets"] for one in rows} == {None}


def test_every_form_that_the_catalogue_states_is_understood(local_air: Any) -> None:
    for one in local_air.facts.standards.values():
        found = exceedances.percentile_of(one)
        assert (found is not None) == bool(one.day_form), one.id
    with pytest.raises(QuestionError, match="--every is one of"):
        asked(local_air, "2019-01-01", "2019-12-31", "week")
