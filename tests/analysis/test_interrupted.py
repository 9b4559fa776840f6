"""Interrupted series of weeks: equal to statsmodels and to closed forms, and silent where nothing began."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.effects import bandwidth
from analysis.interrupted import (
    WEEK,
    Window,
    between_years,
    interrupted,
    shifted,
    usable,
    week_means,
)
from benchmarks.starts import WINDOW, YEARS, starts

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=20, deadline=None)
TARGET = YEARS


def design_of(table: np.ndarray, target: int) -> tuple[np.ndarray, np.ndarray]:
    """The regression written out: levels of years and weeks, and the step."""
    used = ~np.isnan(table) & WINDOW.counted
    year, week = np.nonzero(used)
    levels = [(year == one) for one in np.unique(year)] + [(week == one) for one in np.unique(week)[1:]]
    step = (year == target) & WINDOW.later[week]
    return np.column_stack([step, *levels]).astype(float), table[used]


# Weeks


def test_a_week_is_the_mean_of_the_logarithms_of_its_days() -> None:
    days = np.exp(np.arange(28.0) / 10)
    window = Window(2, 2, 0)
    assert week_means(days, 14, window) == pytest.approx([0.3, 1.0, 1.7, 2.4])


def test_a_week_of_four_days_is_none_and_one_of_five_is() -> None:
    days = np.full(14, 20.0)
    days[:3] = np.nan
    days[7:9] = [np.nan, 0.0]  # a mean of 0 has no logarithm
    assert np.isnan(week_means(days, 7, Window(1, 1, 0))).tolist() == [True, False]


def test_weeks_beyond_the_series_are_not_known() -> None:
    assert np.isnan(week_means(np.full(7, 20.0), 0, Window(1, 2, 0))).tolist() == [True, False, True]


def test_the_donut_is_left_out_on_both_sides() -> None:
    window = Window(3, 3, 1)
    assert window.weeks[window.counted].tolist() == [-3, -2, 1, 2]
    assert window.weeks[window.later].tolist() == [1, 2]


def test_a_year_needs_three_of_four_weeks_on_each_side() -> None:
    row = np.zeros(len(WINDOW.weeks))
    assert usable(row, WINDOW)
    row[:3] = np.nan  # four of the seven weeks before are left
    assert not usable(row, WINDOW)


# The estimates


@given(seed=SEEDS, holes=st.integers(0, 10))
@FEW
def test_the_step_is_that_of_statsmodels_to_nine_digits(seed: int, holes: int) -> None:
    table = starts(seed)
    rng = np.random.default_rng(seed)
    table[rng.integers(YEARS, size=holes), rng.integers(table.shape[1], size=holes)] = np.nan
    design, outcome = design_of(table, TARGET)
    peer = sm.OLS(outcome, design).fit()
    fit = interrupted(table, TARGET, WINDOW)
    assert fit.effect == pytest.approx(peer.params[0], rel=1e-9, abs=1e-12)
    assert fit.df == int(peer.df_resid)


@pytest.mark.parametrize("seed", range(3))
def test_without_lags_the_error_is_hc3_of_statsmodels(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.interrupted.bandwidth", lambda n: 0)
    table = starts(seed)
    design, outcome = design_of(table, TARGET)
    peer = sm.OLS(outcome, design).fit(cov_type="HC3")
    assert interrupted(table, TARGET, WINDOW).error == pytest.approx(peer.bse[0], rel=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_with_lags_the_error_is_newey_west_of_statsmodels_by_year(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the division by 1 - leverage, which statsmodels does not combine with lags."""
    monkeypatch.setattr("analysis.interrupted._leverage", lambda basis, dose: np.zeros(len(dose)))
    table = starts(seed)[:, WINDOW.counted]
    window = Window(7, 7, 0)  # without the donut every week follows the one before, as the peer takes it
    year, week = np.indices(table.shape).reshape(2, -1)
    levels = [(year == one) for one in np.unique(year)] + [(week == one) for one in np.unique(week)[1:]]
    design = np.column_stack([(year == TARGET) & (week >= 7), *levels]).astype(float)
    lags = bandwidth(14)
    peer = sm.OLS(table.ravel(), design).fit(
        cov_type="hac-panel", cov_kwds={"groups": year, "maxlags": lags, "use_correction": False}
    )
    fit = interrupted(table, TARGET, window)
    assert fit.error == pytest.approx(peer.bse[0], rel=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_among_years_the_step_is_that_of_a_t_test_of_one_against_the_others(seed: int) -> None:
    table = starts(seed)
    steps = table[:, WINDOW.later].mean(1) - table[:, WINDOW.counted & ~WINDOW.later].mean(1)
    peer = stats.ttest_ind([steps[-1]], steps[:-1])
    fit = between_years(table, TARGET, WINDOW)
    assert (fit.t, fit.p) == pytest.approx((peer.statistic, peer.pvalue), rel=1e-9)


@given(seed=SEEDS, planted=st.floats(-0.5, 0.5))
@FEW
def test_what_is_added_after_the_start_is_added_to_the_estimate(seed: int, planted: float) -> None:
    table = starts(seed)
    other = table.copy()
    other[TARGET, WINDOW.later] += planted
    for estimator in (interrupted, between_years):
        one, two = estimator(table, TARGET, WINDOW), estimator(other, TARGET, WINDOW)
        assert two.effect - one.effect == pytest.approx(planted, abs=1e-9)


@given(seed=SEEDS)
@FEW
def test_levels_of_years_and_a_season_common_to_them_change_nothing(seed: int) -> None:
    table = starts(seed)
    rng = np.random.default_rng(seed)
    other = table + rng.normal(size=(len(table), 1)) + rng.normal(size=table.shape[1])
    for estimator in (interrupted, between_years):
        one, two = estimator(table, TARGET, WINDOW), estimator(other, TARGET, WINDOW)
        assert (two.effect, two.error) == pytest.approx((one.effect, one.error), abs=1e-8)


@given(seed=SEEDS)
@FEW
def test_the_order_of_the_compared_years_is_none(seed: int) -> None:
    table = starts(seed)
    order = np.append(np.random.default_rng(seed).permutation(YEARS), TARGET)
    for estimator in (interrupted, between_years):
        one, two = estimator(table, TARGET, WINDOW), estimator(table[order], TARGET, WINDOW)
        assert two == pytest.approx(one, abs=1e-9)


def test_one_year_alone_says_nothing() -> None:
    assert np.isnan(interrupted(starts(0)[-1:], 0, WINDOW).effect)
    assert np.isnan(between_years(starts(0)[-2:], 1, WINDOW).effect)


def test_pseudo_starts_leave_the_year_of_the_start_out() -> None:
    table = starts(1)
    table[TARGET] += 100.0
    found = shifted({0: table, 4: table}, TARGET, WINDOW, interrupted)
    assert [(one.year, one.weeks) for one in found] == [(y, w) for w in (0, 4) for y in range(YEARS)]
    assert max(abs(one.fit.effect) for one in found) < 2


# Calibration: the table is printed by benchmarks/calibration.py


def test_without_an_effect_the_step_among_years_is_rarely_found() -> None:
    p = np.array([between_years(starts(seed), TARGET, WINDOW).p for seed in range(150)])
    assert 0.005 <= np.mean(p < 0.05) <= 0.1  # 5 % of 150: 1 to 14


def test_where_years_differ_errors_of_weeks_alone_say_too_much() -> None:
    naive = np.array([interrupted(starts(seed, slow=0.15), TARGET, WINDOW).p for seed in range(150)])
    fair = np.array([between_years(starts(seed, slow=0.15), TARGET, WINDOW).p for seed in range(150)])
    assert np.mean(naive < 0.05) > np.mean(fair < 0.05)
    assert np.mean(fair < 0.05) <= 0.1


def test_a_planted_effect_is_estimated_without_bias() -> None:
    planted = float(np.log(0.9))
    for estimator in (interrupted, between_years):
        effects = [estimator(starts(seed, planted), TARGET, WINDOW).effect for seed in range(60)]
        assert np.mean(effects) == pytest.approx(planted, abs=3 * np.std(effects) / np.sqrt(60))


def test_weeks_are_seven_days() -> None:
    assert WEEK == 7
