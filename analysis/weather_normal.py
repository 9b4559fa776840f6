"""Weather taken out of day means: a random forest, asked about each day under weather drawn from all days.

After Grange and Carslaw (2019): the forest learns the logarithm of the day mean from the day's number, the
time of year, the weekday and the weather; everything but the day's number is then drawn again from all days
and the forest's answers are averaged. Each stretch of weeks is answered by a forest that has not seen it,
and what that one did not see coming is laid on its answers: a forest smooths a step away that it learns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.effects import NOTHING, Fit
from analysis.interrupted import DAYS_NEEDED, SHARE, WEEK, Window
from analysis.prewhiten import Floats

if TYPE_CHECKING:
    from sklearn.ensemble import RandomForestRegressor

# Grange and Carslaw use 300 trees and leaves of 5. Fewer are enough for weeks.
TREES = 100
LEAF = 5
DRAWS = 100
# Each forest leaves out every so manieth stretch.
FOLDS = 8
# Below so many days a forest has not seen a year.
FEWEST_DAYS = 365
# Steps where nothing began that an error needs.
FEWEST_STEPS = 3
_YEAR = 365.25


@dataclass(frozen=True)
class Normalised:
    """A series with the weather taken out.

    Attributes
    ----------
    week : (week,) weeks from the start, whole numbers.
    smooth : (week,) logarithms of ug/m3, as the forests answer under weather of all days.
    value : (week,) the same and the mean of what they left of the week's days; NaN where fewer than five
        days are known.
    fit : the share of the variance of days that the forests explain out of bag (R2).
    n : days that are known.
    """

    week: Floats
    smooth: Floats
    value: Floats
    fit: float
    n: int


def features(number: Floats, weather: Floats) -> Floats:
    """What the forest sees of each day (day, k): number, time of year, weekday, weather."""
    return np.column_stack([number, number % _YEAR, number % WEEK, weather])


def normalise(
    number: Floats,
    days: Floats,
    weather: Floats,
    start: int,
    window: Window,
    *,
    trees: int = TREES,
    draws: int = DRAWS,
    seed: int = 0,
) -> Normalised | None:
    """The weather-normalised series; None where fewer than a year of days is known.

    Parameters
    ----------
    number : array (day,)
        Day numbers, consecutive.
    days : array (day,)
        Day means, ug/m3; NaN where not valid.
    weather : array (day, variable)
        Of the same days; a day of which a variable is missing is not known.
    start : int
        The place of the first day of week 0. Stretches are as long as the window after it, and begin with it.
    seed : int
        The same seed gives the same series.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        outcome = np.where(days > 0, np.log(days), np.nan)
    seen = features(number, weather)
    known = ~np.isnan(outcome) & ~np.isnan(seen).any(axis=1)
    n = int(known.sum())
    if n < FEWEST_DAYS:
        return None
    from_start = np.arange(len(days)) - start
    fold = (from_start // (WEEK * window.after)) % FOLDS
    pool = seen[known][:, 1:]
    rng = np.random.default_rng(seed)
    smooth, rest, fits = np.full(len(days), np.nan), np.full(len(days), np.nan), []
    for one in range(FOLDS):
        learned, own = known & (fold != one), fold == one
        if not own.any():
            continue
        forest = _forest(seen[learned], outcome[learned], trees, seed)
        fits.append(float(forest.oob_score_))
        firsts = own & (from_start % WEEK == 0)
        smooth[firsts] = _under_all(forest, number[firsts], pool[rng.integers(n, size=(firsts.sum(), draws))])
        told = own & known
        if told.any():
            rest[told] = outcome[told] - forest.predict(seen[told])
    whole = slice(start % WEEK, None)
    smooth = smooth[whole][::WEEK]
    weeks = np.arange(len(smooth)) - start // WEEK
    return Normalised(
        weeks.astype(np.float64), smooth, smooth + _weekly(rest[whole]), float(np.mean(fits)), n
    )


def _under_all(forest: RandomForestRegressor, number: Floats, drawn: Floats) -> Floats:
    """The mean answer for each day number under drawn circumstances (number, draw, k)."""
    numbers = np.broadcast_to(number[:, None, None], (*drawn.shape[:2], 1))
    asked = np.concatenate([numbers, drawn], axis=2).reshape(-1, drawn.shape[2] + 1)
    answers: Floats = forest.predict(asked).reshape(drawn.shape[:2]).mean(axis=1)
    return answers


def _weekly(values: Floats) -> Floats:
    """Means of each seven values from the first on, NaN where fewer than five are known."""
    padded = np.concatenate([values, np.full(-len(values) % WEEK, np.nan)]).reshape(-1, WEEK)
    known = ~np.isnan(padded)
    count = known.sum(axis=1)
    total = np.where(known, padded, 0.0).sum(axis=1)
    means: Floats = np.where(count >= DAYS_NEEDED, total / np.maximum(count, 1), np.nan)
    return means


def _forest(seen: Floats, outcome: Floats, trees: int, seed: int) -> RandomForestRegressor:
    from sklearn.ensemble import RandomForestRegressor  # a small question must not wait for it

    forest = RandomForestRegressor(
        trees, min_samples_leaf=LEAF, max_features=1 / 3, oob_score=True, random_state=seed, n_jobs=1
    )
    return forest.fit(seen, outcome)


def step(series: Normalised, start: int, window: Window) -> float:
    """The mean after a start less the mean before it, weeks of the donut left out.

    `start` is a week of the series; NaN where fewer than three of four weeks of a side are known.
    """
    heard = ~np.isnan(series.value)
    sides = []
    for side in (window.later, window.counted & ~window.later):
        inside = heard & np.isin(series.week - start, window.weeks[side])
        if inside.sum() < SHARE * side.sum():
            return float("nan")
        sides.append(float(series.value[inside].mean()))
    return sides[0] - sides[1]


def steps_elsewhere(series: Normalised, window: Window) -> Floats:
    """The step where nothing began: at starts before week 0, a window apart, so that none share a week."""
    apart = window.before + window.after
    starts = np.arange(-apart, int(series.week[0]), -apart)
    found: Floats = np.array([step(series, int(one), window) for one in starts], np.float64)
    known: Floats = found[~np.isnan(found)]
    return known


def normalised_step(series: Normalised, window: Window) -> tuple[Fit, Floats]:
    """The step at the start, with the error of one more draw of the steps where nothing began, and those.

    The estimate is the step less their mean. The error is s sqrt(1 + 1 / k) of k such steps, with k - 1
    degrees of freedom: it holds what a forest cannot tell from a policy. `n` counts weeks after the start.
    """
    others = steps_elsewhere(series, window)
    effect = step(series, 0, window)
    n = int(window.later.sum())
    if np.isnan(effect) or len(others) < FEWEST_STEPS:
        return NOTHING._replace(n=n), others
    error = float(others.std(ddof=1)) * np.sqrt(1 + 1 / len(others))
    return Fit(effect - float(others.mean()), float(error), len(others) - 1, n), others
