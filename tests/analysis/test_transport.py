"""Transport indicators: against closed forms and independent implementations, and against chance.

Tolerances: 1e-10 against statsmodels and numpy for the same arithmetic; shares of rejected nulls within what
a binomial count of so many trials at 5 % gives in 999 of 1,000 cases.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from statsmodels.regression.linear_model import yule_walker
from statsmodels.tsa.stattools import acovf

from analysis.onset_lead import onset_lead, preceded
from analysis.prewhiten import Floats, autocovariance, autoregression, filtered, without_cycle
from analysis.transport import lag_search, lagged, prewhitened
from analysis.turning import DAY, turns_of

NAN = np.nan


def process(n: int, phi: float | list[float], seed: int) -> Floats:
    """A series of an autoregression, its beginning forgotten."""
    weights = np.atleast_1d(phi)
    noise = np.random.default_rng(seed).standard_normal(n + 500)
    for t in range(len(weights), len(noise)):
        noise[t] += weights @ noise[t - len(weights) : t][::-1]
    return noise[500:]


def holed(values: Floats, share: float, seed: int) -> Floats:
    return np.where(np.random.default_rng(seed).random(len(values)) < share, NAN, values)


def about_five_percent(rejected: int, trials: int) -> bool:
    low, high = binom.interval(0.999, trials, 0.05)
    return bool(low <= rejected <= high)


# --- Prewhitening


def test_autocovariances_are_those_of_statsmodels() -> None:
    values = process(400, 0.8, 1)
    theirs = acovf(values, adjusted=False, fft=False, nlag=20)
    np.testing.assert_allclose(autocovariance(values, 20), theirs, atol=1e-10)


def test_a_missing_value_takes_its_pairs_away_and_nothing_else() -> None:
    values = holed(process(20_000, 0.8, 2), 0.3, 3)
    found = autocovariance(values, 5)
    np.testing.assert_allclose(found / found[0], 0.8 ** np.arange(6), atol=0.02)


@pytest.mark.parametrize("phi", [[0.9], [1.2, -0.4], [0.5, 0.0, 0.3]])
def test_the_autoregression_is_the_yule_walker_solution_of_its_order(phi: list[float]) -> None:
    values = process(8_000, phi, 4)
    found = autoregression(values, 12)
    assert len(found) == len(phi)
    theirs, _ = yule_walker(values, order=len(phi), method="mle", demean=True, result_object=False)
    np.testing.assert_allclose(found, theirs, atol=1e-10)
    np.testing.assert_allclose(found, phi, atol=0.04)


def test_what_the_filter_leaves_is_white() -> None:
    values = process(8_000, [1.2, -0.4], 5)
    left = filtered(values, autoregression(values, 12))
    assert np.isnan(left[:2]).all()
    found = autocovariance(left, 10)
    assert np.abs(found[1:] / found[0]).max() < 4 / np.sqrt(len(values))


def test_white_noise_and_a_constant_need_no_filter() -> None:
    assert len(autoregression(process(4_000, 0.0, 6), 12)) == 0
    assert len(autoregression(np.full(100, 3.0), 12)) == 0
    assert len(autoregression(np.full(100, NAN), 12)) == 0


def test_a_cycle_is_taken_out_and_what_has_no_phase_is_missing() -> None:
    phase = np.arange(96) % 24
    phase[-1] = -1
    cycle = np.sin(phase * 2 * np.pi / 24)
    left = without_cycle(cycle + 5, phase)
    np.testing.assert_allclose(left[:-1], 0, atol=1e-12)
    assert np.isnan(left[-1])


# --- Lagged correlation


def test_each_lag_is_pearson_s_r_of_the_pairs_there_are() -> None:
    x, y = holed(process(60 * DAY, 0.5, 7), 0.1, 8), holed(process(60 * DAY, 0.5, 9), 0.1, 10)
    found = lagged(x, y, 30, 99)
    theirs = [pd.Series(x).corr(pd.Series(y).shift(-lag)) for lag in range(31)]
    np.testing.assert_allclose(found.r, theirs, atol=1e-10)
    assert found.n[0] == np.count_nonzero(~np.isnan(x) & ~np.isnan(y))


@given(st.integers(0, 72))
@settings(max_examples=15, deadline=None)
def test_a_receptor_that_follows_by_so_many_hours_has_its_best_lag_there(hours: int) -> None:
    whole = process(90 * DAY + 100, 0.9, 11)
    x = whole[100:]
    y = whole[100 - hours : len(whole) - hours] + process(90 * DAY, 0.9, 12)
    a, b, _ = prewhitened(x, y)
    found = lag_search(a, b, [slice(0, 90 * DAY)], 72, 99)
    assert found.hours == int(np.nanargmax(lagged(a, b, 72, 99).r)) == hours
    assert found.p == 0.01


@given(st.floats(-50, 50), st.floats(0.1, 20))
@settings(max_examples=15, deadline=None)
def test_unit_and_level_change_no_correlation(level: float, unit: float) -> None:
    x, y = process(30 * DAY, 0.8, 13), process(30 * DAY, 0.8, 14)
    np.testing.assert_allclose(lagged(level + unit * x, y, 10, 99).r, lagged(x, y, 10, 99).r, atol=1e-8)


def test_the_search_s_correlation_is_that_of_the_spell_s_circle() -> None:
    x, y = holed(process(30 * DAY, 0.5, 15), 0.1, 16), process(30 * DAY, 0.5, 17)
    found = lag_search(x, y, [slice(0, 10 * DAY), slice(12 * DAY, 30 * DAY)], 24, 99)
    parts = [(x[: 10 * DAY], y[: 10 * DAY]), (x[12 * DAY :], y[12 * DAY :])]
    by_hand = []
    for lag in range(25):
        a, b = (np.concatenate(one) for one in zip(*((p, np.roll(q, -lag)) for p, q in parts), strict=True))
        by_hand.append(pd.Series(a).corr(pd.Series(b)))
    assert found.hours == int(np.argmax(by_hand))
    assert found.r == pytest.approx(max(by_hand), abs=1e-10)


def test_a_band_holds_what_a_known_relation_is() -> None:
    x = process(120 * DAY, 0.0, 18)
    y = 0.3 * np.roll(x, 5) + process(120 * DAY, 0.0, 19)
    found = lagged(x, y, 10, 499)
    truth = 0.3 / np.sqrt(1 + 0.3**2)
    assert found.low[5] < truth < found.high[5]
    # Fisher's standard error for independent pairs: the band of white noise is as wide.
    assert found.high[5] - found.low[5] == pytest.approx(
        2 * 1.96 * (1 - truth**2) / np.sqrt(len(x)), rel=0.25
    )


def test_nothing_in_common_is_no_number() -> None:
    nothing = np.full(30 * DAY, NAN)
    found = lag_search(nothing, process(30 * DAY, 0.5, 20), [slice(0, 30 * DAY)], 24, 99)
    assert np.isnan([found.r, found.p]).all()
    assert np.isnan(lagged(nothing, nothing, 5, 99).r).all()


@pytest.mark.parametrize(("hours", "lag"), [(25, 3), (48, 48)])
def test_hours_that_do_not_fit_are_refused(hours: int, lag: int) -> None:
    with pytest.raises(ValueError, match="h"):
        lagged(np.zeros(hours), np.zeros(hours), lag, 99)


# --- Onsets


def test_a_lead_is_any_high_hour_between_its_two_bounds() -> None:
    above = np.zeros(100)
    above[50] = 1
    assert np.flatnonzero(preceded(above, 12, 48) == 1).tolist() == list(range(62, 99))


def test_a_lead_without_enough_hours_is_not_known_unless_one_was_high() -> None:
    above = np.full(100, NAN)
    found = preceded(above, 12, 48)
    assert np.isnan(found).all()
    above[50] = 1
    assert preceded(above, 12, 48)[70] == 1
    full = preceded(np.zeros(100), 12, 48)
    assert np.isnan(full[:12]).all()
    assert np.flatnonzero(full == 0)[0] == 11 + 28  # 28 of 37 hours are the first 75 %


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_preceded_is_what_a_loop_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    above = holed((rng.random(200) < 0.05).astype(float), 0.2, seed)
    for t, state in enumerate(preceded(above, 3, 9)):
        seen = above[max(t - 9, 0) : max(t - 2, 0)]
        known = np.count_nonzero(~np.isnan(seen))
        wanted = 1.0 if (seen == 1).any() else 0.0 if known >= 0.75 * 7 else NAN
        assert state == wanted or (np.isnan(state) and np.isnan(wanted))


def test_the_base_rate_is_the_mean_of_all_turns() -> None:
    rng = np.random.default_rng(21)
    before = (rng.random(60 * DAY) < 0.4).astype(float)
    spells = [slice(0, 20 * DAY), slice(20 * DAY, 60 * DAY)]
    onsets = np.sort(rng.choice(60 * DAY, 12, replace=False))
    found = onset_lead(before, onsets, spells, 48, 99)
    turned = []
    for spell in spells:
        at = onsets[(onsets >= spell.start) & (onsets < spell.stop)] - spell.start
        days = (spell.stop - spell.start) // DAY
        turned.extend(np.mean([np.roll(before[spell], d * DAY)[i] for d in range(days)]) for i in at)
    assert found.base_rate == pytest.approx(np.mean(turned), abs=1e-12)
    assert (found.onsets, found.preceded) == (12, int(before[onsets].sum()))


def test_onsets_outside_the_spells_and_unknown_ones_do_not_count() -> None:
    before = np.zeros(30 * DAY)
    before[100], before[200], before[700] = 1, NAN, 1
    found = onset_lead(before, np.array([100, 200, 300, 700]), [slice(0, 25 * DAY)], 48, 99)
    assert (found.onsets, found.preceded, found.unknown) == (2, 1, 1)
    assert np.isnan(onset_lead(before, np.array([700]), [slice(0, 25 * DAY)], 48, 99).share)


def test_turns_are_whole_days_away_from_where_it_was() -> None:
    turns, kinds = turns_of(60 * DAY, 72, 5_000, np.random.default_rng(22))
    assert set(turns.tolist()) == {day * DAY for day in range(3, 58)}
    assert kinds == 55


# --- Calibration: two places that have nothing to do with each other


def place(days: int, seed: int) -> Floats:
    """Hours of a made-up place in ug/m3: its own weather, the cycles that all share."""
    t = np.arange(days * DAY)
    weather = process(days * DAY, 0.98, seed)
    shared = 0.3 * np.sin(2 * np.pi * t / DAY) + 0.5 * np.cos(2 * np.pi * t / (365 * DAY))
    return np.exp(3.3 + 0.13 * weather + shared)


def trial(days: int, seed: int) -> tuple[float, float]:
    """The p of the lag search and of the onset test for two unrelated places."""
    a, b = place(days, 2 * seed), place(days, 2 * seed + 1)
    spells = [slice(i, i + 60 * DAY) for i in range(0, days * DAY, 60 * DAY)]
    phase = np.concatenate([i * DAY + np.arange(60 * DAY) % DAY for i in range(len(spells))])
    x, y, _ = prewhitened(*(without_cycle(np.log1p(one), phase) for one in (a, b)))
    search = lag_search(x, y, spells, 72, 199)
    high = 60.0
    onsets = np.flatnonzero((b[1:] > high) & (b[:-1] <= high)) + 1
    before = preceded((a > high).astype(float), 12, 48)
    return search.p, onset_lead(before, onsets, spells, 48, 199).p


def rejections(trials: int) -> tuple[list[int], int]:
    found = np.array([trial(120, seed) for seed in range(1_000, 1_000 + trials)])
    return (found <= 0.05).sum(axis=0).tolist(), trials


def test_unrelated_places_are_rarely_told_to_be_related() -> None:
    (search, lead), trials = rejections(40)
    assert search <= binom.ppf(0.999, trials, 0.05)
    assert lead <= binom.ppf(0.999, trials, 0.05)


@pytest.mark.drill
def test_unrelated_places_reject_about_one_in_twenty() -> None:
    (search, lead), trials = rejections(400)
    assert about_five_percent(search, trials), search
    assert lead <= binom.ppf(0.999, trials, 0.05), lead
