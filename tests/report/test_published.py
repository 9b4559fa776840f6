"""Published figures: all vintages are kept, and what is not of one kind is not compared."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.facts import Facts
from config.policy import Published
from report.published import (
    Computed,
    apart,
    changes,
    comparable,
    figures,
    lowest,
    newest,
    state_of,
    within,
    year_before,
)
from tests.report.own_facts import YEAR, figure, own


def test_every_vintage_of_a_span_is_found_and_the_restated_stands_last(tmp_path: Path) -> None:
    rows = [
        figure(20.0, status="restated", vintage="2003-04 release"),
        figure(21.0, status="rounded", vintage="2002-04 release"),
        figure(22.0, status="final", vintage="2002-06 release"),
        figure(9.0, end=date(2001, 3, 31)),
    ]
    facts = own(tmp_path, published=rows)
    found = figures(facts, "cn-beijing", "pm25_mean", *YEAR)
    assert [one.value for one in found] == [21.0, 22.0, 20.0]
    best = newest(found)
    assert best is not None
    assert best.value == 20.0
    assert newest([]) is None


def test_of_two_final_vintages_the_later_release_is_the_newest() -> None:
    older, later = figure(20.0, vintage="2002-04 release"), figure(21.0, vintage="annual release of 2003")
    assert newest([later, older]) is later


def test_figures_within_a_season_are_those_whose_span_lies_in_it(tmp_path: Path) -> None:
    inside, across = figure(5.0, end=date(2001, 3, 31)), figure(6.0, end=date(2002, 1, 1))
    facts = own(tmp_path, published=[inside, across])
    assert [one.value for one in within(facts, "cn-beijing", *YEAR)] == [5.0]


def test_a_published_change_spans_both_periods_or_the_later_of_two_years_running(tmp_path: Path) -> None:
    next_year = (date(2002, 1, 1), date(2002, 12, 31))
    both = figure(-10.0, metric="pm25_mean_change_pct", end=next_year[1], unit="percent")
    later = figure(-11.0, metric="pm25_mean_change_pct", start=next_year[0], end=next_year[1], unit="percent")
    facts = own(tmp_path, published=[both, later])
    assert {one.value for one in changes(facts, "cn-beijing", "pm25_mean", YEAR, next_year)} == {-10.0, -11.0}
    longer = (date(2000, 1, 1), date(2000, 12, 31))
    assert changes(facts, "cn-beijing", "pm25_mean", longer, next_year) == []


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 365))
def test_the_year_before_of_whole_months_is_whole_months(first: date, days: int) -> None:
    start, end = year_before(first, first + timedelta(days=days))
    assert start.year == first.year - 1
    assert start.month == first.month
    if (first + timedelta(days=1)).day == 1:
        assert (start + timedelta(days=1)).day == 1
    assert start <= end


def test_an_unstated_reference_state_is_the_countrys_where_it_never_changed(facts: Facts) -> None:
    assert state_of(facts, figure(region="kr", reference_state="unknown")) == "actual"
    assert state_of(facts, figure(region="cn", reference_state="unknown")) == "unknown"


@pytest.mark.parametrize(
    ("base", "end", "said"),
    [
        (figure(reference_state="standard"), figure(), "base in standard state, end in actual state"),
        (figure(reference_state="unknown"), figure(reference_state="unknown"), "not stated"),
        (figure(dust="included"), figure(dust="deducted"), "dust included"),
    ],
)
def test_figures_of_another_state_or_dust_rule_are_kept_apart(
    facts: Facts, base: Published, end: Published, said: str
) -> None:
    assert said in (apart(facts, base, end) or "")


def test_figures_of_one_kind_and_counts_without_a_state_may_be_compared(facts: Facts) -> None:
    assert apart(facts, figure(), figure()) is None
    count = figure(unit="days", reference_state="unknown")
    assert apart(facts, count, count) is None


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"reference_state": "standard"}, "published in standard state, computed in actual state"),
        ({"reference_state": "unknown"}, "not stated"),
        ({"dust": "deducted"}, "dust deducted"),
        ({"cities": 11}, "published over 11 cities, computed over 28"),
        ({"status": "provisional"}, "provisional"),
        ({"metric": "heavy_days", "unit": "days"}, "AQI of six pollutants"),
    ],
)
def test_a_published_figure_says_why_it_is_not_comparable(
    facts: Facts, how: dict[str, Any], said: str
) -> None:
    fits, why = comparable(facts, figure(**how), Computed(frozenset({"actual"}), cities=28))
    assert not fits
    assert said in (why or "")


def test_a_rounded_figure_is_comparable_with_a_reserve(facts: Facts) -> None:
    computed = Computed(frozenset({"actual"}))
    assert comparable(facts, figure(status="rounded"), computed) == (True, "rounded")
    assert comparable(facts, figure(), computed) == (True, None)


def test_what_rests_on_several_facts_is_as_sure_as_the_least_sure() -> None:
    assert lowest(["high", "low", "medium"]) == "low"
    assert lowest(["high", "medium"]) == "medium"
