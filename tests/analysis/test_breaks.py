"""Break points: equal to ruptures, and none where a series only wanders."""

from __future__ import annotations

import numpy as np
import pytest
import ruptures
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.breaks import break_points, partition, stretch_costs
from benchmarks.starts import wander

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=15, deadline=None)


def months(seed: int, carried: float = 0.0, step: float = 0.0, at: int = 70, n: int = 144) -> tuple:
    """A falling series of months with a step, or none."""
    time = np.arange(n) / 12
    values = 30 - 0.7 * time + 5 * wander(n, carried, np.random.default_rng(seed))
    values[at:] += step
    return time, values


@given(seed=SEEDS, breaks=st.integers(1, 3))
@FEW
def test_places_are_those_of_ruptures(seed: int, breaks: int) -> None:
    time, values = months(seed, 0.3, -6, n=72)
    signal = np.column_stack([values, np.ones(len(time)), time])
    peer = ruptures.Dynp(model="linear", min_size=12, jump=1).fit(signal)
    places, cost = partition(stretch_costs(time, values, 12), breaks)
    assert places == peer.predict(breaks)[:-1]
    assert cost == pytest.approx(peer.cost.sum_of_costs([*places, len(time)]), rel=1e-9)


@given(seed=SEEDS)
@FEW
def test_costs_are_the_squares_that_a_line_leaves(seed: int) -> None:
    time, values = months(seed, n=40)
    values[[3, 17]] = np.nan
    costs = stretch_costs(time, values, 5)
    for first, end in ((0, 40), (2, 9), (10, 30)):
        known = ~np.isnan(values[first:end])
        t, y = time[first:end][known], values[first:end][known]
        left = y - np.polyval(np.polyfit(t, y, 1), t)
        assert costs[first, end] == pytest.approx(left @ left, rel=1e-8, abs=1e-10)
    assert np.isinf(costs[2, 6])
    assert np.isinf(costs[9, 2])


@given(seed=SEEDS, shift=st.floats(-50, 50), factor=st.floats(0.1, 10))
@settings(max_examples=6, deadline=None)
def test_another_unit_gives_the_same_breaks(seed: int, shift: float, factor: float) -> None:
    time, values = months(seed, 0.2, -10, n=72)
    how = {"fewest": 12, "draws": 49, "most": 2}
    one, two = break_points(time, values, **how), break_points(time, shift + factor * values, **how)
    assert [(b.at, b.low, b.high) for b in one.breaks] == [(b.at, b.low, b.high) for b in two.breaks]
    assert [b.step * factor for b in one.breaks] == pytest.approx([b.step for b in two.breaks], rel=1e-6)


def test_a_clear_break_is_found_where_it_is_with_its_step_and_slopes() -> None:
    time = np.arange(120) / 12
    values = np.where(time < 5, 40 - time, 30 - 2 * (time - 5)) + 0.1 * np.random.default_rng(0).normal(
        size=120
    )
    (found,) = break_points(time, values, fewest=24, draws=99).breaks
    assert (found.at, found.low, found.high) == (60, 60, 60)
    assert (found.step, found.before, found.after) == pytest.approx((-5, -1, -2), abs=0.1)


def test_missing_months_are_in_no_stretch_and_move_nothing() -> None:
    time, values = months(1, step=-30)
    values[[5, 40, 100, 101]] = np.nan
    found = break_points(time, values, fewest=24, draws=99)
    assert [one.at for one in found.breaks] == [70]


def test_a_series_that_is_too_short_has_no_break() -> None:
    found = break_points(np.arange(7.0), np.arange(7.0), fewest=4, draws=9)
    assert (found.breaks, len(found.criterion)) == ([], 1)
    assert break_points(np.arange(3.0), np.arange(3.0), fewest=4, draws=9).criterion == []


def test_a_stretch_of_two_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 2"):
        break_points(np.arange(9.0), np.arange(9.0), fewest=2)


@pytest.mark.parametrize("carried", [0.0, 0.6])
def test_series_that_only_wander_rarely_have_a_break(carried: float) -> None:
    found = [bool(break_points(*months(seed, carried), fewest=24, draws=49).breaks) for seed in range(30)]
    assert np.mean(found) <= 0.15


def test_short_series_of_years_rarely_have_a_break() -> None:
    years = np.arange(12.0)
    found = [
        bool(break_points(years, np.random.default_rng(seed).normal(size=12), fewest=4, draws=99).breaks)
        for seed in range(60)
    ]
    assert np.mean(found) <= 0.1


def test_a_planted_break_is_found_and_its_interval_holds_it() -> None:
    # A step of 12 is found always; one of 8 in half of these series, for the test is a cautious one.
    found = [break_points(*months(seed, step=-12), fewest=24, draws=49, block=6).breaks for seed in range(12)]
    alone = [one[0] for one in found if len(one) == 1]
    assert len(alone) >= 11
    assert np.mean([one.low <= 70 <= one.high for one in alone]) >= 0.85
