"""What the air did when a policy began: an interrupted series beside the same weeks of other years.

A season begins when winter does, so the step at its start is set against the step of the same weeks of years
in which nothing began. Weeks count from the start; values are logarithms of ug/m3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from analysis.bounded import RANK, Floats
from analysis.effects import NOTHING, Fit, bandwidth, long_run
from analysis.measure_days import Bools, Ints

WEEK = 7
# A week's mean needs five of its days, a side of a window three of four weeks.
DAYS_NEEDED = 5
SHARE = 0.75


class Window(NamedTuple):
    """Weeks around a start, fixed before the data are looked at.

    Attributes
    ----------
    before, after : weeks on either side, the donut included.
    donut : weeks on either side of the start that are left out, in which people get ready and get used to it.
    """

    before: int
    after: int
    donut: int

    @property
    def weeks(self) -> Ints:
        """The weeks of the window (week,), 0 the one that begins with the start."""
        return np.arange(-self.before, self.after)

    @property
    def later(self) -> Bools:
        """Which weeks count as after the start (week,)."""
        return self.weeks >= self.donut

    @property
    def counted(self) -> Bools:
        """Which weeks lie outside the donut (week,)."""
        return self.later | (self.weeks < -self.donut)


Estimator: TypeAlias = Callable[[Floats, int, Window], Fit]


class Shifted(NamedTuple):
    """A step where nothing began: in another year, and so many weeks away from the start's anniversary."""

    year: int
    weeks: int
    fit: Fit


def week_means(days: Floats, start: int, window: Window) -> Floats:
    """Means of the logarithms of day means (week,), NaN where fewer than five days are valid.

    Parameters
    ----------
    days : array (day,)
        Day means, ug/m3; NaN where not valid. A value of 0 or less has no logarithm and is not valid.
    start : int
        The place in `days` of the first day of week 0; weeks beyond `days` are NaN.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(days > 0, np.log(days), np.nan)
    at = start + WEEK * window.weeks[:, None] + np.arange(WEEK)
    inside = (at >= 0) & (at < len(days))
    values = np.where(inside, logs[np.clip(at, 0, len(days) - 1)], np.nan)
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    means: Floats = np.where(count >= DAYS_NEEDED, total / np.maximum(count, 1), np.nan)
    return means


def usable(row: Floats, window: Window) -> bool:
    """Whether three of four weeks on both sides of a start are valid."""
    valid = ~np.isnan(row)
    sides = (window.later, window.counted & ~window.later)
    return all(valid[side].sum() >= SHARE * side.sum() for side in sides)


def interrupted(table: Floats, target: int, window: Window) -> Fit:
    """The step of one year at the start, beyond the step of the same weeks in the other years.

    Least squares of `table[year, week]` on a level of each year, a level of each week of the window, and the
    step in the target year. The scores are divided by 1 - leverage (HC3) and summed over lags with Bartlett
    weights within each year (Newey and West 1987). `n` counts the target's weeks after the start.

    The error knows the weeks within a window alone. How much the step differs from year to year by weather
    is told by `shifted`, not by it.

    Parameters
    ----------
    table : array (year, week)
        Logarithms, NaN where not valid; weeks in the donut are left out.
    target : int
        The row in which something began.
    """
    used = ~np.isnan(table) & window.counted
    year, week = np.nonzero(used)
    dose = ((year == target) & window.later[week]).astype(np.float64)
    n = int(dose.sum())
    if not n or len(np.unique(year)) < 2:
        return NOTHING._replace(n=n)
    basis = _basis(np.column_stack([_steps(year), _steps(week)[:, 1:]]))
    dose -= basis @ (basis.T @ dose)
    outcome = table[used] - basis @ (basis.T @ table[used])
    weight = float(dose @ dose)
    df = len(outcome) - basis.shape[1] - 1
    if df < 1 or weight < 1e-6:
        return NOTHING._replace(n=n)
    effect = float(dose @ outcome) / weight
    scores = np.zeros(table.shape)
    scores[used] = dose * (outcome - effect * dose) / (1 - _leverage(basis, dose))
    lags = bandwidth(int(window.counted.sum()))
    total = sum(long_run(row, lags) for row in scores)
    return Fit(effect, float(np.sqrt(total)) / weight, df, n)


def shifted(tables: dict[int, Floats], target: int, window: Window, estimator: Estimator) -> list[Shifted]:
    """The estimator where nothing began: every other year in turn, at its anniversary and shifted starts.

    Parameters
    ----------
    tables : by shift in weeks, arrays (year, week) alike but for the start; the target year is left out of
        all of them, so that nothing of what began is in them.
    """
    found = []
    for weeks, table in tables.items():
        others = np.delete(table, target, axis=0)
        years = np.delete(np.arange(len(table)), target)
        rows = np.array([usable(row, window) for row in others], bool)
        for row in np.flatnonzero(rows):
            kept = np.flatnonzero(rows)
            fit = estimator(others[kept], int(np.flatnonzero(kept == row)[0]), window)
            if np.isfinite(fit.t):
                found.append(Shifted(int(years[row]), weeks, fit))
    return found


def between_years(table: Floats, target: int, window: Window) -> Fit:
    """The step of one year among those of the others, as Student's t has it: years are what is drawn.

    The step of each year is its mean after the start less its mean before, over weeks that are valid in all
    rows. The error is that of one more draw, s sqrt(1 + 1 / k) of k other years with k - 1 degrees of
    freedom (Donald and Lang 2007): exact if steps are normal and alike, however weeks follow each other.
    """
    whole = window.counted & ~np.isnan(table).any(axis=0)
    later, earlier = whole & window.later, whole & ~window.later
    n = int(later.sum())
    others = len(table) - 1
    if others < 2 or not n or not earlier.any():
        return NOTHING._replace(n=n)
    steps = table[:, later].mean(axis=1) - table[:, earlier].mean(axis=1)
    rest = np.delete(steps, target)
    error = float(rest.std(ddof=1)) * np.sqrt(1 + 1 / others)
    return Fit(float(steps[target] - rest.mean()), float(error), others - 1, n)


def _leverage(basis: Floats, dose: Floats) -> Floats:
    """How far each value draws the fit to itself, below 1."""
    around: Floats = np.einsum("ij,ij->i", basis, basis) + dose**2 / float(dose @ dose)
    return np.minimum(around, 1 - 1e-3)


def _steps(codes: Ints) -> Floats:
    steps: Floats = (codes[:, None] == np.unique(codes)).astype(np.float64)
    return steps


def _basis(design: Floats) -> Floats:
    left, singular, _ = np.linalg.svd(design, full_matrices=False)
    basis: Floats = left[:, singular > singular.max(initial=0) * RANK]
    return basis
