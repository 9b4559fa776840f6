"""Agreement of two series: what each figure is, and the laws that hold between them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.compare import LEAST_PAIRS, compare, pearson, spearman

NAN = np.nan
VALUES = st.one_of(st.just(NAN), st.integers(-10, 500).map(float))
SERIES = st.integers(0, 80).flatmap(
    lambda n: st.tuples(arrays(np.float64, n, elements=VALUES), arrays(np.float64, n, elements=VALUES))
)


def noise(n: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).gamma(2.0, 20.0, n)


def test_bias_ratio_and_rmse_tell_b_against_a_where_both_have_a_value() -> None:
    a = np.array([10.0, 20.0, NAN, 40.0])
    b = np.array([13.0, 16.0, 30.0, NAN])
    found = compare(a, b, 0)
    assert (found.n, found.bias, found.ratio) == (2, -0.5, 29 / 30)
    assert found.rmse == pytest.approx(np.sqrt((9 + 16) / 2))
    assert (found.capture_a, found.capture_b) == (0.75, 0.75)


@pytest.mark.parametrize("lag", range(-6, 7))
def test_a_shift_in_time_is_found_with_its_sign(lag: int) -> None:
    truth = noise(200)
    a, b = truth[20:180], truth[20 - lag : 180 - lag]
    found = compare(a, b)
    assert (found.lag, found.equal_at_lag) == (lag, found.n_at_lag)
    assert found.r_at_lag == pytest.approx(1.0)
    assert found.equal == (found.n if lag == 0 else 0)


def test_b_that_comes_an_hour_later_has_a_lag_of_one() -> None:
    a = noise(100)
    b = np.concatenate(([NAN], a[:-1]))
    assert compare(a, b).lag == 1


def test_of_lags_that_agree_alike_the_smallest_shift_is_told() -> None:
    wave = np.tile([1.0, 2.0], 40)
    assert compare(wave, wave).lag == 0


def test_a_lag_is_not_told_of_fewer_pairs_than_a_day_has_hours() -> None:
    few = noise(LEAST_PAIRS - 1)
    found = compare(few, few)
    assert (found.lag, found.r) == (None, pytest.approx(1.0))
    assert np.isnan(found.r_at_lag)


def test_no_common_step_gives_no_figure() -> None:
    found = compare(np.array([1.0, NAN]), np.array([NAN, 1.0]))
    assert (found.n, found.equal, found.lag) == (0, 0, None)
    assert np.isnan([found.bias, found.ratio, found.rmse, found.r, found.spearman]).all()


def test_a_constant_has_no_correlation() -> None:
    assert np.isnan(pearson(np.full(50, 0.1), noise(50)))
    assert np.isnan(spearman(np.full(50, 7.0), noise(50)))


def test_ranks_see_through_any_growing_change_of_scale() -> None:
    a = noise(300)
    assert spearman(a, np.exp(a / 20)) == pytest.approx(1.0)
    assert pearson(a, np.exp(a / 20)) < 0.9


def test_series_on_different_axes_are_refused() -> None:
    with pytest.raises(ValueError, match="one axis"):
        compare(np.zeros(3), np.zeros(4))


@given(SERIES)
@settings(deadline=None)
def test_exchanging_the_two_turns_signs_and_nothing_else(pair: tuple[np.ndarray, np.ndarray]) -> None:
    a, b = pair
    there, back = compare(a, b, 0), compare(b, a, 0)
    assert (there.n, there.equal) == (back.n, back.equal)
    assert there.bias == pytest.approx(-back.bias, nan_ok=True)
    for name in ("rmse", "r", "spearman"):
        assert getattr(there, name) == pytest.approx(getattr(back, name), nan_ok=True)


@given(SERIES)
@settings(deadline=None)
def test_correlations_are_those_of_pandas(pair: tuple[np.ndarray, np.ndarray]) -> None:
    a, b = pair
    both = ~np.isnan(a) & ~np.isnan(b)
    if np.unique(a[both]).size < 2 or np.unique(b[both]).size < 2:
        return
    found, table = compare(a, b, 0), pd.DataFrame({"a": a[both], "b": b[both]})
    assert found.r == pytest.approx(table["a"].corr(table["b"]), abs=1e-9)
    assert found.spearman == pytest.approx(table["a"].rank().corr(table["b"].rank()), abs=1e-9)


@given(SERIES)
@settings(deadline=None)
def test_a_series_agrees_with_itself(pair: tuple[np.ndarray, np.ndarray]) -> None:
    a, _ = pair
    found = compare(a, a.copy())
    assert found.equal == found.n == np.count_nonzero(~np.isnan(a))
    assert found.lag in (0, None)
    assert found.n == 0 or (found.bias, found.rmse) == (0.0, 0.0)
