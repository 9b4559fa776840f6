"""Days with a measure beside their nearest days without one: bias-corrected matching."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.bounded import RANK, Floats
from analysis.effects import FEWEST, NOTHING, Estimator, Fit, bandwidth
from analysis.measure_days import Bools, Days

# Up to so many comparison days stand for one measure day.
NEIGHBOURS = 3
# In logarithms: neither value nor expected forecast of a comparison day is further off than a factor of 1.65.
CALIPER = 0.5
# The same season: not further apart in the year.
SEASON_DAYS = 45
_YEAR = 365.25


class Balance(NamedTuple):
    """How alike matched days are: differences in standard deviations of measure days; how many matched."""

    value: float
    forecast: float
    matched: int


def distances(days: Days) -> Floats:
    """How far two days are from each other (day, day), in logarithms; inf where they cannot be compared.

    Compared are days of one forecast class, both free or both not, within a season of each other.
    """
    value = days.controls[:, 0]
    apart = np.abs(days.number[:, None] - days.number) % _YEAR
    off = np.hypot(value[:, None] - value, days.expected[:, None] - days.expected)
    alike = (days.forecast[:, None] == days.forecast) & (days.free[:, None] == days.free)
    alike &= np.minimum(apart, _YEAR - apart) <= SEASON_DAYS
    return np.where(alike & (off <= CALIPER), off, np.inf)


def weights(far: Floats, measure: Bools) -> Floats:
    """The weight of each day (day,): 1 / n for a measure day that has comparison days, less those of them."""
    weight = np.zeros(len(measure))
    matched = 0
    for row in np.flatnonzero(measure):
        able = np.flatnonzero(np.isfinite(far[row]) & ~measure)
        near = able[np.argsort(far[row, able], kind="stable")[:NEIGHBOURS]]
        if len(near):
            matched += 1
            weight[row] += 1
            weight[near] -= 1 / len(near)
    return weight / max(matched, 1)


def matched_days(days: Days) -> Estimator:
    """The mean difference between measure days and their matches, corrected for what is left between them.

    The slopes of that correction come from the days without a measure alone (Abadie and Imbens 2011). The
    standard error is that of a weighted sum of day means given the covariates, with the variance and
    autocovariance of their residuals, Bartlett weights: a comparison day that is used twice, and days that
    follow each other, count as such.
    """
    far = distances(days)
    slopes = days.controls.shape[1] + 1
    basis, back = days.basis
    spanned = basis.T @ days.outcome

    def fit(measure: Bools) -> Fit:
        weight = weights(far, measure)
        n = int(np.count_nonzero(weight[measure]))
        rows = ~measure
        # Least squares of the days without a measure: those of all days less what the measure days give.
        taken = basis[measure]
        gram = np.eye(basis.shape[1]) - taken.T @ taken
        line, _, rank, _ = np.linalg.lstsq(gram, spanned - taken.T @ days.outcome[measure], rcond=RANK)
        df = int(rows.sum() - rank)
        if n < FEWEST or df < 1:
            return NOTHING._replace(n=n)
        effect = float(weight @ (days.outcome - days.design[:, :slopes] @ (back[:slopes] @ line)))
        rest = np.where(rows, days.outcome - basis @ line, 0.0)
        heard = days.on_calendar(rows.astype(np.float64))
        return Fit(effect, _error(days, weight, days.on_calendar(rest), heard, df), df, n)

    return fit


def _error(days: Days, weight: Floats, rest: Floats, heard: Floats, df: int) -> float:
    laid = days.on_calendar(weight)
    lags = bandwidth(len(days))
    total = 0.0
    for lag in range(min(lags, len(rest) - 1) + 1):
        pairs = float(heard[lag:] @ heard[: len(heard) - lag])
        if not pairs:
            continue
        covariance = float(rest[lag:] @ rest[: len(rest) - lag]) / pairs * float(heard.sum()) / df
        share = 1.0 if lag == 0 else 2 * (1 - lag / (lags + 1))
        total += share * covariance * float(laid[lag:] @ laid[: len(laid) - lag])
    return float(np.sqrt(max(total, 0.0)))


def balance(days: Days) -> Balance:
    """Differences of value and expected forecast between measure days and their matches."""
    weight = weights(distances(days), days.measure)
    used = days.measure & (weight > 0)

    def off(covariate: Floats) -> float:
        spread = float(covariate[used].std(ddof=1)) if used.sum() > 1 else 0.0
        return float(weight @ covariate) / spread if spread else np.nan

    return Balance(off(days.controls[:, 0]), off(days.expected), int(used.sum()))
