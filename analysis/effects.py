"""What the air was on days with a measure against comparable days, by regression.

A measure follows from the forecast and the value known at the decision. Both are conditioned on, or nothing
can be said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from analysis.bounded import Floats
from analysis.measure_days import Bools, Days

# Fewer measure days than these give no interval that holds what it says (docs/methods.md, calibration).
FEWEST = 5
LEVEL = 0.95


class Fit(NamedTuple):
    """An effect in logarithms with its standard error and degrees of freedom; `n` measure days count."""

    effect: float
    error: float
    df: int
    n: int

    @property
    def t(self) -> float:
        """The effect in standard errors; NaN where there is none."""
        return self.effect / self.error if self.error > 0 else np.nan

    @property
    def p(self) -> float:
        """The chance of a t as far from 0 without any effect (Student's t)."""
        from scipy.special import stdtr

        return float(2 * stdtr(self.df, -abs(self.t)))

    @property
    def interval(self) -> tuple[float, float]:
        """The interval that holds the effect in 95 of 100 cases."""
        from scipy.special import stdtrit

        reach = float(stdtrit(self.df, 0.5 + LEVEL / 2)) * self.error
        return self.effect - reach, self.effect + reach


NOTHING = Fit(np.nan, np.nan, 0, 0)
Estimator: TypeAlias = Callable[[Bools], Fit]


def dynamic_regression(days: Days) -> Estimator:
    """Least squares of the day mean on the measure and all covariates, with Newey-West errors.

    By Frisch, Waugh and Lovell the measure's coefficient is that of what is left of it without the
    covariates. Scores are divided by 1 - leverage (HC3, MacKinnon and White 1985), because a handful of
    measure days draws the line to itself, and summed with Bartlett weights over lags on the calendar (Newey
    and West 1987) up to `bandwidth`.
    """
    basis, _ = days.basis
    around = np.einsum("ij,ij->i", basis, basis)
    outcome = _without(basis, days.outcome)
    df = len(days) - basis.shape[1] - 1

    def fit(measure: Bools) -> Fit:
        dose = _without(basis, measure.astype(np.float64))
        weight = float(dose @ dose)
        if df < 1 or weight < 1e-6:
            return NOTHING
        effect = float(dose @ outcome) / weight
        leverage = np.minimum(around + dose**2 / weight, 1 - 1e-3)
        scores = dose * (outcome - effect * dose) / (1 - leverage)
        total = long_run(days.on_calendar(scores), bandwidth(len(days)))
        return Fit(effect, float(np.sqrt(total)) / weight, df, int(measure.sum()))

    return fit


def residuals(days: Days, fit: Fit) -> Floats:
    """What the regression with the measure leaves of each day (day,)."""
    rest = days.outcome - fit.effect * days.measure
    return _without(days.basis[0], rest)


def bandwidth(n: int) -> int:
    """Lags for Newey-West: 0.75 n^(1/3) (Stock and Watson, Introduction to Econometrics, chapter 16)."""
    return int(0.75 * n ** (1 / 3))


def long_run(scores: Floats, lags: int) -> float:
    """The sum of products of scores over lags with Bartlett weights, never below 0."""
    total = float(scores @ scores)
    for lag in range(1, min(lags, len(scores) - 1) + 1):
        total += 2 * (1 - lag / (lags + 1)) * float(scores[lag:] @ scores[:-lag])
    return max(total, 0.0)


def autocorrelation(days: Days, values: Floats) -> tuple[float, float]:
    """The correlation of one day with the next, and how far from 0 chance alone puts it (95 %)."""
    follows = np.flatnonzero(np.diff(days.number) == 1)
    if len(follows) < 3:
        return np.nan, np.nan
    r = float(values[follows] @ values[follows + 1]) / float(values @ values) * len(values) / len(follows)
    return r, 1.96 / float(np.sqrt(len(follows)))


def _without(basis: Floats, values: Floats) -> Floats:
    return values - basis @ (basis.T @ values)
