"""Trends against scipy and pymannkendall, closed forms, laws, and how often they err by chance.

Tolerances: 1e-9 where the arithmetic is the same. Shares of errors by chance stand within what a
binomial count of so many trials gives in 999 of 1,000 cases.
"""

from __future__ import annotations

import math

import numpy as np
import pymannkendall
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.stats import binom, theilslopes

from analysis.prewhiten import Floats
from analysis.trends import (
    bootstrap_slope,
    deseasonalised,
    hamed_rao,
    mann_kendall,
    seasonal_slope,
    theil_sen,
    yue_wang,
)

MONTHS = 132
TIME = np.arange(MONTHS) / 12
PHASE = np.arange(MONTHS) % 12
CYCLE = 10 * np.cos(2 * np.pi * PHASE / 12) + 3 * (PHASE == 2)

SERIES = arrays.arrays(
    np.float64, st.integers(9, 40), elements=st.integers(-400, 400).map(lambda tenth: tenth / 8)
)


def process(n: int, phi: float, seed: int) -> Floats:
    """A series of an AR(1) process, its beginning forgotten."""
    noise = np.random.default_rng(seed).standard_normal(n + 100)
    for t in range(1, len(noise)):
        noise[t] += phi * noise[t - 1]
    return noise[100:]


# --- Peers


@pytest.mark.parametrize("seed", range(5))
def test_slope_and_rank_interval_are_those_of_scipy(seed: int) -> None:
    values = process(MONTHS, 0.4, seed) + 0.1 * TIME
    theirs = theilslopes(values, TIME, alpha=0.95)
    ours = mann_kendall(TIME, values)
    assert theil_sen(TIME, values) == pytest.approx(theirs.slope, abs=1e-9)
    assert (ours.low, ours.high) == pytest.approx((theirs.low_slope, theirs.high_slope), abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("tied", [False, True])
def test_mann_kendall_is_that_of_pymannkendall_with_ties_too(seed: int, tied: bool) -> None:
    values = process(40, 0.4, seed)
    values = np.round(values) if tied else values
    theirs = pymannkendall.original_test(values)
    ours = mann_kendall(np.arange(40.0), values)
    assert (ours.s, ours.z, ours.p) == pytest.approx((theirs.s, theirs.z, theirs.p), abs=1e-9)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("phi", [0.0, 0.3, 0.6])
def test_hamed_and_rao_is_that_of_pymannkendall(seed: int, phi: float) -> None:
    values = process(60, phi, seed) + 0.02 * np.arange(60)
    theirs = pymannkendall.hamed_rao_modification_test(values)
    time = np.arange(60.0)
    ours = mann_kendall(time, values, hamed_rao(time, values))
    assert (ours.z, ours.p) == pytest.approx((theirs.z, theirs.p), abs=1e-9)


def test_a_variance_below_nothing_is_no_answer() -> None:
    """Strong negative autocorrelation can do that; pymannkendall takes its square root."""
    time, values = np.arange(60.0), process(60, -0.3, 2) + 0.02 * np.arange(60)
    factor = hamed_rao(time, values)
    assert factor < 0
    assert math.isnan(mann_kendall(time, values, factor).p)


def test_the_seasonal_slope_is_that_of_pymannkendall() -> None:
    values = process(MONTHS, 0.4, 3) + CYCLE + 0.3 * TIME
    theirs = pymannkendall.seasonal_sens_slope(values, period=12)
    assert seasonal_slope(TIME, values, PHASE) == pytest.approx(theirs.slope, abs=1e-9)


def test_yue_and_wang_is_the_closed_form_of_its_ar1() -> None:
    values = process(MONTHS, 0.5, 4)
    found = yue_wang(TIME, values)
    rest = values - theil_sen(TIME, values) * TIME
    rest -= rest.mean()
    rho, n = (rest[1:] @ rest[:-1]) / (rest @ rest), MONTHS
    rho = (n * rho + 2) / (n - 4)
    closed = 1 + 2 * (rho ** (n + 1) - n * rho**2 + (n - 1) * rho) / (n * (rho - 1) ** 2)
    assert found == pytest.approx(closed, rel=1e-9)


def test_a_peer_that_sums_all_sample_lags_sees_trends_in_noise() -> None:
    """pymannkendall's default: sample autocorrelations sum to -1/2, which leaves next to no variance."""
    time = np.arange(12.0)
    noise = [process(12, 0.0, seed) for seed in range(100)]
    theirs = sum(pymannkendall.yue_wang_modification_test(one).p <= 0.05 for one in noise)
    ours = sum(mann_kendall(time, one, yue_wang(time, one)).p <= 0.05 for one in noise)
    assert theirs > 25
    assert ours <= binom.ppf(0.999, 100, 0.05)


# --- Laws


@given(SERIES, st.floats(-100, 100))
@settings(deadline=None)
def test_a_constant_changes_no_slope(values: Floats, constant: float) -> None:
    time = np.arange(float(len(values)))
    assert theil_sen(time, values + round(constant)) == theil_sen(time, values)
    assert mann_kendall(time, values + round(constant)).p == mann_kendall(time, values).p


@given(SERIES)
@settings(deadline=None)
def test_reversed_time_turns_the_sign(values: Floats) -> None:
    time = np.arange(float(len(values)))
    there, back = mann_kendall(time, values), mann_kendall(time, values[::-1])
    assert theil_sen(time, values[::-1]) == -theil_sen(time, values)
    assert (back.s, back.z, back.p) == (-there.s, -there.z, there.p)


@given(SERIES, st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_a_missing_period_is_one_that_is_not_there(values: Floats, seed: int) -> None:
    time = np.arange(float(len(values)))
    lost = np.random.default_rng(seed).random(len(values)) < 0.2
    holed = np.where(lost, np.nan, values)
    if (~lost).sum() < 3:
        return
    assert theil_sen(time, holed) == theil_sen(time[~lost], values[~lost])
    assert mann_kendall(time, holed)[:5] == mann_kendall(time[~lost], values[~lost])[:5]


@given(st.floats(-5, 5), st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_a_cycle_is_taken_out_and_the_trend_stays(slope: float, seed: int) -> None:
    """Also where some months are held in late years only, which lends plain month means a trend."""
    values = slope * TIME + CYCLE + 20
    values[np.random.default_rng(seed).random(MONTHS) < 0.2] = np.nan
    values[:60][PHASE[:60] == 0] = np.nan
    left = deseasonalised(TIME, values, PHASE)
    known = ~np.isnan(values)
    np.testing.assert_allclose(np.diff(left[known]) / np.diff(TIME[known]), slope, atol=1e-8)


def test_no_trend_in_what_never_changes() -> None:
    time, values = np.arange(20.0), np.full(20, 7.0)
    found = mann_kendall(time, values, hamed_rao(time, values))
    assert (theil_sen(time, values), found.p, found.low, found.high) == (0.0, 1.0, 0.0, 0.0)
    assert yue_wang(time, values) == 1.0


def test_too_few_values_are_no_trend() -> None:
    time = np.arange(5.0)
    values = np.array([1.0, np.nan, np.nan, np.nan, 2.0])
    assert math.isnan(mann_kendall(time, values).p)
    assert math.isnan(theil_sen(time, np.full(5, np.nan)))
    assert math.isnan(bootstrap_slope(time, values, block=2).low)  # two blocks carry no interval


def test_a_line_has_an_interval_of_no_width() -> None:
    found = bootstrap_slope(TIME, 3 - 0.5 * TIME, block=12, cycle=12, draws=99)
    assert (found.slope, found.low, found.high) == pytest.approx((-0.5, -0.5, -0.5), abs=1e-9)


def test_the_same_seed_gives_the_same_interval() -> None:
    values = process(MONTHS, 0.4, 6)
    one, other = (bootstrap_slope(TIME, values, block=12, draws=99) for _ in range(2))
    assert one == other
    assert one != bootstrap_slope(TIME, values, block=12, draws=99, seed=1)


# --- Calibration


def errors(trials: int, phi: float, draws: int = 200) -> dict[str, int]:
    """How often a trend is seen in months without any, and how often an interval misses one of 0.3 a year."""
    found = dict.fromkeys(("plain", "hamed-rao", "yue-wang", "missed", "missed with cycle"), 0)
    for seed in range(trials):
        noise = process(MONTHS, phi, 10_000 + seed)
        factors = {"plain": 1.0, "hamed-rao": hamed_rao(TIME, noise), "yue-wang": yue_wang(TIME, noise)}
        for name, factor in factors.items():
            found[name] += mann_kendall(TIME, noise, factor).p <= 0.05
        for name, cycle, added in (("missed", 1, 0.0), ("missed with cycle", 12, CYCLE / 5)):
            slope = bootstrap_slope(TIME, noise + added + 0.3 * TIME, block=12, cycle=cycle, draws=draws)
            found[name] += not slope.low <= 0.3 <= slope.high
    return found


def test_months_without_a_trend_rarely_have_one() -> None:
    found = errors(25, 0.4, draws=99)
    assert found["plain"] > found["yue-wang"]
    assert found["yue-wang"] <= binom.ppf(0.999, 25, 0.07)
    assert found["missed"] <= binom.ppf(0.999, 25, 0.08)


@pytest.mark.drill
@pytest.mark.parametrize("phi", [0.0, 0.3, 0.6])
def test_yue_and_wang_reject_five_to_seven_of_a_hundred(phi: float) -> None:
    found = errors(150, phi)
    assert found["yue-wang"] <= binom.ppf(0.999, 150, 0.07), found
    assert found["missed"] <= binom.ppf(0.999, 150, 0.08), found
    assert found["missed with cycle"] <= binom.ppf(0.999, 150, 0.08), found
