"""Estimates on days with a measure, held to other implementations, to laws, and to winters without effect."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from analysis.bounded import centre, expected_value
from analysis.effects import Fit, bandwidth, dynamic_regression, long_run
from analysis.matching import CALIPER, balance, distances, matched_days, weights
from analysis.measure_days import Days, Evenings, comparable, complete_days
from analysis.placebo import benjamini_hochberg, placebo
from benchmarks.calibration import PLANTED, Tally, tallies, tally, trials
from benchmarks.winters import winter

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=15, deadline=None)


def days_of(seed: int, effect: float = 0.0) -> Days:
    """The comparable days of one simulated winter."""
    return comparable(complete_days(winter(seed, effect)))


def kept(days: Days, **changes: object) -> Days:
    """The same days with other columns."""
    return Days(**{name: changes.get(name, getattr(days, name)) for name in days.__dataclass_fields__})  # type: ignore[arg-type]


# The regression


@pytest.mark.parametrize("seed", range(5))
def test_the_regression_is_that_of_statsmodels_to_nine_digits(seed: int) -> None:
    days = days_of(seed)
    full = np.column_stack([days.measure, days.design])
    peer = sm.OLS(days.outcome, full).fit()
    fit = dynamic_regression(days)(days.measure)
    assert fit.effect == pytest.approx(peer.params[0], rel=1e-9)
    assert fit.df == len(days) - np.linalg.matrix_rank(full)


@pytest.mark.parametrize("seed", range(5))
def test_without_lags_the_error_is_hc3_of_statsmodels(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.effects.bandwidth", lambda n: 0)
    days = days_of(seed)
    # A day that is its class alone has leverage 1, where HC3 divides by nothing: such classes are left out.
    days = days.part(np.bincount(days.forecast)[days.forecast] > 2)
    peer = sm.OLS(days.outcome, np.column_stack([days.measure, days.design])).fit(cov_type="HC3")
    assert dynamic_regression(days)(days.measure).error == pytest.approx(peer.bse[0], rel=1e-6)


@given(seed=SEEDS, lags=st.integers(0, 12))
@FEW
def test_the_sum_over_lags_is_newey_west_of_statsmodels(seed: int, lags: int) -> None:
    scores = np.random.default_rng(seed).normal(size=80)
    mean = sm.OLS(scores, np.ones(80)).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": False}
    )
    ours = np.sqrt(long_run(scores - scores.mean(), lags)) / 80
    assert ours == pytest.approx(mean.bse[0], rel=1e-9)


def test_days_that_are_left_out_stay_on_the_calendar() -> None:
    days = days_of(1)
    apart = days.part(np.arange(len(days)) % 2 == 0)
    assert len(apart.on_calendar(apart.outcome)) == apart.number[-1] - apart.number[0] + 1
    assert long_run(np.array([1.0, 0.0, 1.0]), 1) == 2.0  # two days apart share nothing within one lag


def test_p_and_interval_are_those_of_students_t() -> None:
    fit = Fit(-0.3, 0.12, 40, 8)
    assert fit.p == pytest.approx(2 * stats.t.sf(2.5, 40), rel=1e-12)
    assert fit.interval == pytest.approx(stats.t.interval(0.95, 40, -0.3, 0.12), rel=1e-9)


def test_the_bandwidth_of_a_winter_is_three_days() -> None:
    assert [bandwidth(n) for n in (8, 121, 1000)] == [1, 3, 7]


@given(seed=SEEDS, factor=st.floats(0.1, 10))
@FEW
def test_values_in_another_unit_give_the_same_estimates(seed: int, factor: float) -> None:
    days, shift = days_of(seed), float(np.log(factor))
    other = kept(
        days,
        outcome=days.outcome + shift,
        controls=days.controls + shift,
        expected=days.expected + shift,
    )
    for design in (dynamic_regression, matched_days):
        one, two = design(days)(days.measure), design(other)(other.measure)
        assert two.effect == pytest.approx(one.effect, abs=1e-7, nan_ok=True)
        assert two.error == pytest.approx(one.error, rel=1e-6, nan_ok=True)


@given(seed=SEEDS, planted=st.floats(-0.5, 0.5))
@FEW
def test_what_is_added_to_measure_days_is_added_to_the_estimate(seed: int, planted: float) -> None:
    days = days_of(seed)
    other = kept(days, outcome=days.outcome + planted * days.measure)
    for design in (dynamic_regression, matched_days):
        one, two = design(days)(days.measure), design(other)(other.measure)
        if np.isfinite(one.effect):
            assert two.effect - one.effect == pytest.approx(planted, abs=1e-8)


def test_a_measure_that_the_covariates_explain_wholly_has_no_estimate() -> None:
    days = days_of(3)
    assert np.isnan(dynamic_regression(days)(days.free).t)


# Matching


@given(seed=SEEDS)
@FEW
def test_permuted_days_are_matched_alike(seed: int) -> None:
    days = days_of(seed)
    order = np.random.default_rng(seed).permutation(len(days))
    other = days.part(order)
    assert weights(distances(other), other.measure) == pytest.approx(
        weights(distances(days), days.measure)[order]
    )
    one, two = matched_days(days)(days.measure), matched_days(other)(other.measure)
    assert two == pytest.approx(one, nan_ok=True, rel=1e-6)


@given(seed=SEEDS)
@FEW
def test_matches_are_of_the_same_class_kind_of_day_and_season_and_near(seed: int) -> None:
    days = days_of(seed)
    rows, columns = np.nonzero(np.isfinite(distances(days)))
    assert (days.forecast[rows] == days.forecast[columns]).all()
    assert (days.free[rows] == days.free[columns]).all()
    assert (np.abs(days.number[rows] - days.number[columns]) <= 45).all()
    assert (np.abs(days.controls[rows, 0] - days.controls[columns, 0]) <= CALIPER).all()


def test_the_new_year_does_not_part_a_season() -> None:
    days = days_of(0).part(np.array([0, 1]))
    same = kept(
        days,
        number=np.array([0, 355]),
        controls=np.zeros((2, 3)),
        expected=np.zeros(2),
        forecast=np.zeros(2, np.int64),
        free=np.zeros(2, bool),
    )
    assert np.isfinite(distances(same)).all()


def test_weights_of_measure_days_and_of_their_matches_cancel() -> None:
    days = days_of(2)
    weight = weights(distances(days), days.measure)
    assert weight.sum() == pytest.approx(0)
    assert weight[days.measure].sum() == pytest.approx(1)
    assert (weight[~days.measure] <= 0).all()


@pytest.mark.parametrize("seed", range(5))
def test_the_correction_is_that_of_statsmodels_on_days_without_a_measure(seed: int) -> None:
    days = days_of(seed)
    rows, slopes = ~days.measure, days.controls.shape[1] + 1
    peer = sm.OLS(days.outcome[rows], days.design[rows]).fit()
    weight = weights(distances(days), days.measure)
    left = days.outcome - days.design[:, :slopes] @ peer.params[:slopes]
    fit = matched_days(days)(days.measure)
    if np.isfinite(fit.effect):
        assert fit.effect == pytest.approx(weight @ left, rel=1e-6)
        assert fit.df == int(peer.df_resid)


def test_with_exact_twins_the_match_is_the_plain_difference_of_means() -> None:
    twin = np.repeat(np.arange(8), 2)
    rng = np.random.default_rng(0)
    measure = np.arange(16) % 2 == 0
    outcome = rng.normal(3, 1, 16)
    nothing = np.zeros(16)
    days = Days(
        np.arange(16),
        outcome,
        np.repeat(rng.normal(size=8), 2)[:, None] * 1e-9,
        nothing,
        twin,
        measure,
        np.zeros(16, bool),
        np.zeros(16, np.int64),
    )
    weight = weights(distances(days), measure)
    assert weight @ outcome == pytest.approx(outcome[measure].mean() - outcome[~measure].mean())
    assert balance(days).matched == 8


# What is known of a forecast


@given(seed=SEEDS)
@FEW
def test_an_expected_forecast_lies_within_its_bounds(seed: int) -> None:
    given_days = winter(seed)
    days = complete_days(given_days)
    row = days.number - given_days.first
    assert (np.exp(days.expected) >= np.maximum(given_days.above[row], 0) - 1e-6).all()
    assert (np.exp(days.expected) <= given_days.up_to[row] + 1e-6).all()


def test_without_covariates_the_expectation_is_that_of_the_truncated_normal() -> None:
    rng = np.random.default_rng(0)
    value = rng.normal(3.4, 0.5, 4000)
    edges = np.log([15.0, 35.0, 50.0, 75.0])
    code = np.searchsorted(edges, value)
    low, high = np.append(-np.inf, edges)[code], np.append(edges, np.inf)[code]
    found = expected_value(low, high, np.ones((4000, 1)))
    for one in range(5):
        a, b = ((np.array([-np.inf, *edges])[one] - 3.4) / 0.5, (np.array([*edges, np.inf])[one] - 3.4) / 0.5)
        peer = stats.truncnorm.mean(a, b, 3.4, 0.5)
        assert found[code == one][0] == pytest.approx(peer, abs=0.03)  # mean and spread are estimated


def test_the_middle_of_an_open_bound_is_a_factor_away() -> None:
    middle = np.exp(centre(np.log([50.0, 36.0]), np.array([np.inf, np.log(64.0)])))
    assert middle == pytest.approx([50 * np.sqrt(2), 48.0])
    assert np.isnan(centre(np.array([-np.inf]), np.array([np.inf]))[0])


@pytest.mark.parametrize(("low", "high"), [(2.0, 1.0), (-np.inf, np.inf)])
def test_bounds_that_say_nothing_are_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match=r"bounds|nothing"):
        expected_value(np.array([low]), np.array([high]), np.ones((1, 1)))


# The days


def test_days_of_which_something_is_not_known_are_left_out() -> None:
    whole = winter(4)
    gone = {"mean": 20, "value": 40, "above": 60, "up_to": 60}
    holed = {name: getattr(whole, name).copy() for name in whole.__dataclass_fields__ if name != "first"}
    for name, row in gone.items():
        holed[name][row] = np.nan
    days = complete_days(Evenings(first=whole.first, **holed))
    lost = set(complete_days(whole).number) - set(days.number)
    # a missing day mean is missing as lag of the next two days as well
    assert {row - whole.first for row in lost} == {20, 21, 22, 40, 60} - set(np.flatnonzero(whole.aside))


def test_weather_is_a_covariate_in_any_unit_and_a_day_without_it_is_left_out() -> None:
    plain = winter(4)
    weather = np.random.default_rng(4).normal(size=(len(plain.mean), 2))
    with_weather = {name: getattr(plain, name) for name in plain.__dataclass_fields__}
    fits = []
    for values in (weather, 273.15 + 9 * weather):
        days = comparable(complete_days(Evenings(**{**with_weather, "weather": values})))
        assert days.controls.shape[1] == complete_days(plain).controls.shape[1] + 2
        fits.append(dynamic_regression(days)(days.measure))
    assert fits[0] == pytest.approx(fits[1], rel=1e-6)
    weather[30, 1] = np.nan
    left = complete_days(Evenings(**{**with_weather, "weather": weather}))
    assert set(complete_days(plain).number) - set(left.number) == {30 + plain.first}
    # nothing of the weather to come is in what could be expected of the forecast
    same = np.isin(complete_days(plain).number, left.number)
    assert left.expected == pytest.approx(complete_days(plain).expected[same], abs=0.05)


def test_classes_with_measure_days_alone_say_nothing() -> None:
    every = complete_days(winter(6))
    days = comparable(every)
    for code in np.unique(days.forecast):
        assert (~days.measure[days.forecast == code]).sum() >= 2


# Placebo and many cases


def test_a_placebo_keeps_the_measure_days_of_each_class_and_is_the_same_each_time() -> None:
    days = days_of(0)
    wanted = np.bincount(days.forecast, days.measure)

    def estimator(measure: np.ndarray) -> Fit:
        assert (np.bincount(days.forecast, measure) == wanted).all()
        return dynamic_regression(days)(measure)

    one, two = placebo(days, estimator, 99, 7), placebo(days, dynamic_regression(days), 99, 7)
    assert one == two
    assert 0.01 <= one.p <= 1
    assert abs(one.mean) < 0.1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_false_discovery_rates_are_those_of_statsmodels(p: list[float]) -> None:
    peer = multipletests(p, method="fdr_bh")[1]
    assert benjamini_hochberg(np.array([*p, np.nan]))[:-1] == pytest.approx(peer, abs=1e-12)


def test_a_case_without_p_has_no_rate() -> None:
    assert np.isnan(benjamini_hochberg(np.array([0.01, np.nan]))).tolist() == [False, True]


# Calibration: the whole table is printed by benchmarks/calibration.py


def small(effect: float, winters: int = 60) -> dict[str, Tally]:
    """The tallies of the first winters, without placebo."""
    rows = [trials(seed, effect, draws=0) for seed in range(winters)]
    return {name: tally(name, effect, [row[name] for row in rows]) for name in rows[0]}


def test_only_with_the_forecast_are_winters_without_an_effect_found_to_be_so() -> None:
    found = small(0.0)
    assert found["dynamic-regression"].rejected <= 0.12  # 5 % of 60 winters: 0 to 7 of them
    assert found["matched-days"].rejected <= 0.12
    assert abs(found["dynamic-regression"].bias) < 0.05
    assert found["without forecast"].rejected > 0.9
    assert found["naive difference"].rejected > 0.9


def test_a_planted_effect_is_estimated_without_bias() -> None:
    found = small(PLANTED)["dynamic-regression"]
    assert abs(found.bias) < 0.05
    assert found.covered > 0.88


@pytest.mark.drill
def test_of_400_winters_without_an_effect_the_default_rejects_3_to_8_percent() -> None:
    found = {one.name: one for one in tallies(0.0, draws=99)}
    assert 0.03 <= found["dynamic-regression"].rejected <= 0.08
    assert 0.02 <= found["matched-days"].rejected <= 0.08
    assert found["dynamic-regression"].placebo_rejected <= 0.08
    assert found["without forecast"].rejected > 0.95
    assert found["naive difference"].rejected == 1
    planted = next(one for one in tallies(PLANTED, draws=0) if one.name == "dynamic-regression")
    assert abs(planted.bias) < 0.02
    assert planted.rejected > found["dynamic-regression"].rejected
