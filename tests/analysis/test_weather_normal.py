"""Weather taken out by a random forest: what is left is the step, not the wind."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor

from analysis.interrupted import Window
from analysis.weather_normal import (
    Normalised,
    features,
    normalise,
    normalised_step,
    step,
    steps_elsewhere,
)
from benchmarks.starts import weathered

WINDOW = Window(8, 8, 1)
START = 900


@cache
def series(seed: int, effect: float = 0.0) -> Normalised:
    """A small forest's series of two and a half years."""
    found = normalise(*weathered(seed, effect, START + 56, START), START, WINDOW, trees=25, draws=5)
    assert found is not None
    return found


def test_the_out_of_bag_fit_is_that_of_scikit_learn() -> None:
    number, days, weather = weathered(0, days=500, start=400)
    found = normalise(number, days, weather, 444, WINDOW, trees=30, draws=2, seed=3)
    seen = features(number, weather)
    fold = ((np.arange(500) - 444) // 56) % 8
    peers = []
    for one in range(8):
        kept = fold != one
        peer = RandomForestRegressor(
            30, min_samples_leaf=5, max_features=1 / 3, oob_score=True, random_state=3
        )
        peers.append(peer.fit(seen[kept], np.log(days[kept])).oob_score_)
    assert found is not None
    assert found.fit == pytest.approx(np.mean(peers), rel=1e-12)


def test_the_same_seed_gives_the_same_series() -> None:
    again = normalise(*weathered(1, 0.0, START + 56, START), START, WINDOW, trees=25, draws=5)
    assert again is not None
    assert np.array_equal(again.value, series(1).value, equal_nan=True)


def test_weather_is_taken_out() -> None:
    """What is left varies less than the weeks do."""
    number, days, _ = weathered(1, 0.0, START + 56, START)
    weeks = np.log(days)[START % 7 :][: 7 * len(series(1).week) - 7].reshape(-1, 7).mean(axis=1)
    assert np.nanstd(series(1).value) < 0.7 * np.std(weeks)
    assert series(1).fit > 0.5
    assert series(1).n == len(number)


def test_a_planted_step_is_not_smoothed_away() -> None:
    """Forests that have seen a step smooth it; here each stretch is answered by one that has not."""
    planted = float(np.log(0.8))
    off = [step(series(seed, planted), 0, WINDOW) - step(series(seed), 0, WINDOW) for seed in (1, 2)]
    assert np.mean(off) == pytest.approx(planted, rel=0.3)


def test_steps_elsewhere_share_no_week_with_each_other_or_the_start() -> None:
    made = series(1)
    late = made.value.copy()
    late[made.week >= -8] += 100.0
    changed = Normalised(made.week, made.smooth, late, made.fit, made.n)
    assert steps_elsewhere(changed, WINDOW) == pytest.approx(steps_elsewhere(made, WINDOW))


def test_the_error_is_the_spread_of_steps_where_nothing_began() -> None:
    fit, others = normalised_step(series(1), WINDOW)
    k = len(others)
    assert fit.error == pytest.approx(np.std(others, ddof=1) * np.sqrt(1 + 1 / k))
    assert fit.effect == pytest.approx(step(series(1), 0, WINDOW) - others.mean())
    assert (fit.df, fit.n) == (k - 1, 7)


def test_days_without_weather_are_not_learned_from() -> None:
    number, days, weather = weathered(0, days=430, start=400)
    weather[:80, 1] = np.nan
    assert normalise(number, days, weather, 400, WINDOW) is None
    gone = days.copy()
    gone[:80] = np.nan
    assert normalise(number, gone, weathered(0, days=430, start=400)[2], 400, WINDOW) is None
