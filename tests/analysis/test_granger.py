"""The partial Granger test: against statsmodels where that has the same test, against chance, against truth.

Tolerances: 1e-8 relative against statsmodels for the same arithmetic; shares of rejected nulls within what
a binomial count of so many trials at 5 % gives in 999 of 1,000 cases.
"""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from statsmodels.tsa.stattools import grangercausalitytests

from analysis.granger import Granger, Past, granger
from analysis.own_past import order_of
from analysis.prewhiten import Floats, without_cycle
from analysis.turning import DAY

NAN = np.nan
DAYS = 60
HOURS = DAYS * DAY
WHOLE = [slice(0, HOURS)]
NO_WEATHER = np.empty((HOURS, 0))


def process(n: int, phi: float, seed: int) -> Floats:
    """A series of a first autoregression, its beginning forgotten."""
    noise = np.random.default_rng(seed).standard_normal(n + 500)
    for t in range(1, len(noise)):
        noise[t] += phi * noise[t - 1]
    return noise[500:]


def judged(source: Floats, receptor: Floats, weather: Floats = NO_WEATHER, **how: int) -> Granger:
    past = Past(how.get("own", order_of(receptor)), how.get("reach", 48), how.get("step", 6))
    return granger(source, receptor, weather, WHOLE, past, how.get("draws", 199))


# --- The statistic


@pytest.mark.parametrize("order", [1, 3, 6])
def test_without_weather_and_hour_by_hour_it_is_the_test_of_statsmodels(order: int) -> None:
    x, y = process(HOURS, 0.7, 1), process(HOURS, 0.8, 2)
    y[2:] += 0.1 * x[:-2]
    found = judged(x, y, own=order, reach=order, step=1, draws=99)
    theirs = grangercausalitytests(np.column_stack([y, x]), [order])[order][0]["ssr_ftest"]
    f, p, df, _ = theirs
    assert found.f == pytest.approx(f, rel=1e-8)
    assert found.p_f == pytest.approx(p, rel=1e-6)
    assert found.n == df + 2 * order + 1


def test_with_weather_it_is_the_regression_with_all_of_it() -> None:
    """Both statistics, and the share, are those of one least squares with every column."""
    x, y, w = process(HOURS, 0.7, 3), process(HOURS, 0.8, 4), process(HOURS, 0.9, 5)
    y[1:] += 0.5 * w[1:] + 0.1 * x[:-1]
    found = judged(x, y, w[:, None], own=2, reach=4, step=2, draws=99)
    at = np.arange(DAY, HOURS)
    own = [y[at - k] for k in (1, 2)]
    air = [w[at - k] for k in range(4)] + [np.mean([w[at - k] for k in range(1, 25)], axis=0)]
    before = [(x[at - 1] + x[at - 2]) / 2, (x[at - 3] + x[at - 4]) / 2]
    given = sm.add_constant(np.column_stack([*own, *air]))
    whole = sm.OLS(y[at], np.column_stack([given, *before]))
    least, without = whole.fit(), sm.OLS(y[at], given).fit()
    assert found.n == len(at)
    assert found.f == pytest.approx(float(least.compare_f_test(without)[0]), rel=1e-8)
    assert found.partial_r2 == pytest.approx(1 - least.ssr / without.ssr, rel=1e-8)
    robust = whole.fit(cov_type="HAC", cov_kwds={"maxlags": int(0.75 * found.n ** (1 / 3))})
    both = np.eye(len(least.params))[-2:]
    theirs = robust.wald_test(both, use_f=True, scalar=True)
    assert found.wald == pytest.approx(float(theirs.statistic), rel=1e-6)


def test_the_order_of_the_own_past_is_that_of_the_least_bic() -> None:
    assert order_of(process(HOURS, 0.9, 6)) == 1
    assert order_of(process(HOURS, 0.0, 7)) == 1  # at least one hour
    two = np.random.default_rng(8).standard_normal(HOURS)
    for t in range(2, HOURS):
        two[t] += 1.2 * two[t - 1] - 0.4 * two[t - 2]
    assert order_of(two) == 2


# --- What it finds and what it leaves


def follower(hours: int, weight: float, seed: int) -> tuple[Floats, Floats]:
    """A source, and a receptor that takes in some of what the source was so many hours before."""
    x = process(HOURS + 100, 0.9, seed)
    y = np.zeros(HOURS)
    noise = np.random.default_rng(seed + 1).standard_normal(HOURS)
    for t in range(1, HOURS):
        y[t] = 0.9 * y[t - 1] + noise[t] + weight * x[t + 100 - hours]
    return x[100:], y


@given(st.integers(1, 48))
@settings(max_examples=10, deadline=None)
def test_a_planted_way_is_found_at_every_lag_it_reaches(hours: int) -> None:
    x, y = follower(hours, 0.1, 10)
    found = judged(x, y)
    assert found.p == 0.005
    assert found.p_hac < 0.001
    assert judged(y, x).p > 0.01  # and not on the way back


def test_a_way_longer_than_the_reach_is_not_seen() -> None:
    x, y = follower(60, 0.1, 12)
    assert judged(x, y, reach=72).p == 0.005
    assert judged(x, y, reach=6).f < judged(x, y, reach=72).f


def common_weather(seed: int) -> tuple[Floats, Floats, Floats]:
    """Two places without any exchange under one weather, which the source has six hours earlier."""
    w = process(HOURS + 6, 0.95, 3 * seed)
    x = 0.5 * w[6:] + process(HOURS, 0.9, 3 * seed + 1)
    y = 0.5 * w[:-6] + process(HOURS, 0.9, 3 * seed + 2)
    return x, y, w[:-6, None]


def test_the_receptor_s_weather_takes_out_what_the_weather_did_to_both() -> None:
    """Without it, one weather on two shores looks like a way from one to the other."""
    trials = [common_weather(seed) for seed in range(20)]
    without = sum(judged(x, y, draws=99).p <= 0.05 for x, y, _ in trials)
    with_it = sum(judged(x, y, w, draws=99).p <= 0.05 for x, y, w in trials)
    assert without > 10
    assert with_it <= binom.ppf(0.999, len(trials), 0.05)


# --- Laws


@given(st.floats(-50, 50), st.floats(0.1, 20), st.floats(-5, 5), st.floats(0.1, 20))
@settings(max_examples=10, deadline=None)
def test_units_change_nothing(level: float, unit: float, other_level: float, other_unit: float) -> None:
    x, y = follower(10, 0.03, 14)
    w = process(HOURS, 0.9, 16)[:, None]
    found, theirs = (
        judged(one, other, air, own=1, draws=99)
        for one, other, air in ((x, y, w), (unit * x, level + other_unit * y, other_level + unit * w))
    )
    assert theirs.f == pytest.approx(found.f, rel=1e-6)
    assert theirs.p == found.p


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_shares_and_chances_are_shares_and_chances(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = (
        np.where(rng.random(HOURS) < share, NAN, rng.standard_normal(HOURS))
        for share in rng.uniform(0, 0.3, 2)
    )
    found = judged(x, y, own=2, draws=99)
    assert 0 <= found.partial_r2 <= 1
    assert 0.01 <= found.p <= 1
    assert 0 <= found.p_f <= 1
    assert 0 <= found.p_hac <= 1
    assert found.n <= np.count_nonzero(~np.isnan(y))
    assert found.source_known == pytest.approx(np.count_nonzero(~np.isnan(x)) / HOURS, abs=0.02)


def test_weather_said_twice_says_nothing_more() -> None:
    x, y = follower(10, 0.03, 18)
    w = process(HOURS, 0.9, 19)
    once, twice = judged(x, y, w[:, None], own=1), judged(x, y, np.column_stack([w, -2 * w]), own=1)
    assert twice.f == pytest.approx(once.f, rel=1e-6)


def test_spells_are_not_joined() -> None:
    """The first hours of a spell have no past: so many of each do not count."""
    x, y = follower(10, 0.1, 20)
    halves = [slice(0, HOURS // 2), slice(HOURS // 2, HOURS)]
    past = Past(1, 48, 6)
    assert granger(x, y, NO_WEATHER, WHOLE, past, 99).n == HOURS - 48
    assert granger(x, y, NO_WEATHER, halves, past, 99).n == HOURS - 2 * 48


def test_a_spell_shorter_than_what_is_looked_back_at_says_nothing() -> None:
    x, y = follower(10, 0.1, 20)
    cut = [slice(0, DAY), slice(DAY, HOURS)]
    found = granger(x, y, NO_WEATHER, cut, Past(30, 168, 6), 99)
    assert found.n == HOURS - DAY - 168


def test_a_spell_without_its_source_does_not_count() -> None:
    x, y = follower(10, 0.1, 20)
    halves = [slice(0, HOURS // 2), slice(HOURS // 2, HOURS)]
    gone = np.where(np.arange(HOURS) < HOURS * 0.3, NAN, x)
    found = granger(gone, y, NO_WEATHER, halves, Past(1, 48, 6), 99)
    assert found.n == HOURS // 2 - 48
    assert found.source_known == 1


# --- Nothing to say


@pytest.mark.parametrize(
    ("source", "receptor"),
    [
        (np.full(HOURS, NAN), process(HOURS, 0.5, 22)),
        (process(HOURS, 0.5, 23), np.full(HOURS, NAN)),
        (process(HOURS, 0.5, 24), np.full(HOURS, 3.0)),
        (np.full(HOURS, 0.0), process(HOURS, 0.5, 25)),
        (process(HOURS, 0.5, 26), np.where(np.arange(HOURS) < 100, process(HOURS, 0.5, 27), NAN)),
    ],
    ids=["no source", "no receptor", "constant receptor", "constant source", "too few hours"],
)
def test_what_cannot_be_told_is_no_number(source: Floats, receptor: Floats) -> None:
    found = judged(source, receptor, own=1)
    assert np.isnan([found.partial_r2, found.f, found.wald, found.p]).all()


def test_axes_that_do_not_fit_are_refused() -> None:
    x = np.zeros(HOURS)
    with pytest.raises(ValueError, match="one axis of whole days"):
        granger(x, x[:-DAY], NO_WEATHER, WHOLE, Past(1, 6, 6), 99)
    with pytest.raises(ValueError, match="one axis of whole days"):
        granger(x, x, NO_WEATHER[1:], WHOLE, Past(1, 6, 6), 99)
    with pytest.raises(ValueError, match="whole steps"):
        granger(x, x, NO_WEATHER, WHOLE, Past(1, 10, 6), 99)


# --- Calibration: two places that have nothing to do with each other


def place(days: int, seed: int) -> Floats:
    """Hours of a made-up place in ug/m3: its own weather, the cycles that all share."""
    t = np.arange(days * DAY)
    shared = 0.3 * np.sin(2 * np.pi * t / DAY) + 0.5 * np.cos(2 * np.pi * t / (365 * DAY))
    return np.exp(3.3 + 0.13 * process(days * DAY, 0.98, seed) + shared)


def trial(days: int, seed: int, draws: int) -> tuple[float, float]:
    """The p by turns and the p of Newey and West for two unrelated places."""
    spells = [slice(i, i + 60 * DAY) for i in range(0, days * DAY, 60 * DAY)]
    phase = np.concatenate([i * DAY + np.arange(60 * DAY) % DAY for i in range(len(spells))])
    x, y = (without_cycle(np.log1p(place(days, 2 * seed + i)), phase) for i in range(2))
    found = granger(x, y, np.empty((len(y), 0)), spells, Past(order_of(y), 72, 6), draws)
    return found.p, found.p_hac


def test_unrelated_places_are_rarely_told_to_be_related() -> None:
    rejected = sum(trial(60, seed, 99)[0] <= 0.05 for seed in range(2_000, 2_040))
    assert rejected <= binom.ppf(0.999, 40, 0.05)


@pytest.mark.drill
def test_unrelated_places_reject_about_one_in_twenty() -> None:
    found = np.array([trial(120, seed, 199) for seed in range(2_000, 2_400)])
    by_turns = int((found[:, 0] <= 0.05).sum())
    low, high = binom.interval(0.999, 400, 0.05)
    assert low <= by_turns <= high, by_turns
