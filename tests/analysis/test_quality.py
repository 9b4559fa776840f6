"""Each check marks what it is named after, and nothing that is missing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.quality import (
    Flag,
    above_pm10,
    around,
    clock_shift,
    neighbour_outlier,
    out_of_range,
    spike,
    stuck,
    surroundings,
)

NAN = np.nan
WEEK = 168
ROWS = arrays(
    np.float64,
    st.tuples(st.integers(1, 4), st.integers(1, 40)),
    elements=st.one_of(st.just(NAN), st.integers(-5, 30).map(float)),
)


def row(*values: float) -> np.ndarray:
    return np.array([values], np.float64)


def marked(mask: np.ndarray) -> list[int]:
    assert mask.shape[0] == 1
    return np.flatnonzero(mask[0]).tolist()


def test_the_bits_are_what_databases_hold() -> None:
    bits = {one.name: one.value for one in Flag}
    assert bits == {"RANGE": 1, "STUCK": 2, "SPIKE": 4, "ABOVE_PM10": 8, "NEIGHBOUR": 16, "CLOCK": 32}


def test_the_ends_of_a_range_lie_within_it() -> None:
    assert marked(out_of_range(row(-15.1, -15, 0, 985, 985.1, NAN), -15, 985)) == [0, 4]


def test_zero_is_within_a_range_that_begins_at_zero() -> None:
    assert marked(out_of_range(row(0.0, -0.4), 0, np.inf)) == [1]


def test_a_run_is_marked_from_its_first_to_its_last_hour() -> None:
    values = row(5, 7, 7, 7, 8, 7, 7)
    assert marked(stuck(values, 3)) == [1, 2, 3]
    assert marked(stuck(values, 4)) == []
    assert marked(stuck(row(7, 7, 7), 3)) == [0, 1, 2]


def test_zeros_may_be_clean_air_and_a_missing_hour_ends_a_run() -> None:
    assert marked(stuck(row(0, 0, 0, 0), 3)) == []
    assert marked(stuck(row(7, 7, NAN, 7, 7), 3)) == []
    assert marked(stuck(row(NAN, NAN, NAN), 3)) == []


def test_runs_do_not_go_on_in_the_next_series() -> None:
    assert not stuck(np.array([[1.0, 7.0, 7.0], [7.0, 7.0, 1.0]]), 3).any()


def test_a_spike_stands_alone_above_both_neighbours() -> None:
    assert marked(spike(row(20, 90, 22), 30, 2)) == [1]
    assert marked(spike(row(20, 90, 88), 30, 2)) == []
    assert marked(spike(row(100, 140, 100), 30, 2)) == []  # not twice as much
    assert marked(spike(row(1, 20, 1), 30, 2)) == []  # not 30 more
    assert marked(spike(row(90, 20, 22), 30, 2)) == []  # the first hour has one neighbour alone


@pytest.mark.parametrize("values", [(NAN, 90, 22), (20, 90, NAN), (20, NAN, 20)])
def test_without_both_neighbours_nothing_is_a_spike(values: tuple[float, ...]) -> None:
    assert marked(spike(row(*values), 30, 2)) == []


def test_pm25_is_a_part_of_pm10() -> None:
    assert marked(above_pm10(row(20, 26, 25, NAN, 90), row(20, 20, 20, 10, NAN), 5)) == [1]


def test_neighbours_are_those_within_the_distance_and_never_oneself() -> None:
    seoul, incheon, busan, nowhere = (37.57, 126.98), (37.46, 126.71), (35.18, 129.08), (NAN, NAN)
    near = around(np.array([seoul, incheon, busan, nowhere, seoul]), 30)
    assert [one.tolist() for one in near] == [[1, 4], [0, 4], [], [], [0, 1]]


def test_surroundings_are_the_median_and_the_robust_spread_of_enough_neighbours() -> None:
    values = np.array([[500.0, 500.0], [10, NAN], [20, 20], [40, NAN]])
    near = around(np.zeros((4, 2)), 1)
    middle, spread = surroundings(values, near, 3)
    assert middle[0].tolist() == pytest.approx([20.0, NAN], nan_ok=True)
    assert spread[0, 0] == pytest.approx(14.826)
    assert np.isnan(surroundings(values, near, 4)[0]).all()


def test_neighbours_that_agree_to_the_unit_have_a_spread_of_one() -> None:
    values = np.full((4, 1), 20.0)
    assert surroundings(values, around(np.zeros((4, 2)), 1), 3)[1].tolist() == [[1.0]] * 4


def test_an_outlier_is_far_in_its_unit_and_far_in_spreads() -> None:
    middle, spread = row(20, 20, 20, 20), row(1, 1, 10, 1)
    assert marked(neighbour_outlier(row(70, 30, 70, NAN), middle, spread, 40, 15)) == [0]
    assert marked(neighbour_outlier(row(0.0), row(60.0), row(2.0), 40, 15)) == [0]  # below counts as well


def truth(hours: int, seed: int = 1) -> np.ndarray:
    """A day's wave with weather on it, smooth over some hours as air is."""
    rng = np.random.default_rng(seed)
    noise = np.convolve(rng.normal(size=hours + 40), np.hanning(20), "same")[20:-20]
    return 60 + 8 * noise + 10 * np.sin(np.arange(hours) / 24 * 2 * np.pi)


@pytest.mark.parametrize("shift", [-9, -6, 6, 9])
def test_a_week_on_another_clock_is_marked_whole(shift: int) -> None:
    air = truth(WEEK * 3)
    values = air.copy()
    values[WEEK : 2 * WEEK] = np.roll(air, shift)[WEEK : 2 * WEEK]
    found = clock_shift(values[None], air[None], WEEK, 9, 0.1, 0.8)
    assert marked(found) == list(range(WEEK, 2 * WEEK))


def test_a_clock_is_not_judged_of_half_a_week_or_of_other_air() -> None:
    air = truth(WEEK)
    shifted = np.roll(air, 9)
    assert clock_shift(shifted[None], air[None], WEEK, 9, 0.1, 0.8).all()
    few = shifted.copy()
    few[: WEEK // 2] = NAN
    assert not clock_shift(few[None], air[None], WEEK, 9, 0.1, 0.8).any()
    assert not clock_shift(truth(WEEK, 7)[None], air[None], WEEK, 9, 0.1, 0.8).any()
    assert not clock_shift(shifted[None, :-1], air[None, :-1], WEEK, 9, 0.1, 0.8).any()
    assert not clock_shift(np.full((1, WEEK), 5.0), air[None], WEEK, 9, 0.1, 0.8).any()


@given(ROWS, st.integers(2, 6))
def test_nothing_missing_is_ever_marked(values: np.ndarray, n: int) -> None:
    near = around(np.zeros((len(values), 2)), 1)
    middle, spread = surroundings(values, near, 1)
    masks = (
        out_of_range(values, 0, 20),
        stuck(values, n),
        spike(values, 1, 1.0),
        above_pm10(values, values[::-1], 1),
        neighbour_outlier(values, middle, spread, 1, 1),
        clock_shift(values, middle, n, 1, 0.0, 0.0),
    )
    for mask in masks:
        assert mask.shape == values.shape
        assert not (mask & np.isnan(values)).any()


@given(ROWS, st.integers(2, 6))
def test_stuck_is_what_counting_by_hand_says(values: np.ndarray, n: int) -> None:
    expected = np.zeros(values.shape, bool)
    for at, series in enumerate(values):
        for begin in range(len(series) - n + 1):
            window = series[begin : begin + n]
            if window[0] > 0 and (window == window[0]).all():
                expected[at, begin : begin + n] = True
    assert (stuck(values, n) == expected).all()
