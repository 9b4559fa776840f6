"""How two series of one place agree: bias, scatter, rank, shift in time and equal values.

Pure: arrays on one regular axis in, figures out. `b` is told against `a`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# A correlation over fewer pairs than a day of hours says nothing about a shift in time.
LEAST_PAIRS = 24
# Two ways through float32 and back may differ by so much and still be the same published figure.
_SAME = 1e-4


@dataclass(frozen=True)
class Agreement:
    """How `b` agrees with `a` where both have a value; a figure that cannot be had is NaN.

    Attributes
    ----------
    n : int
        Common steps.
    bias, rmse : float
        Mean and root mean square of `b - a`, in the unit of the series.
    ratio : float
        Mean of `b` over mean of `a`.
    r, spearman : float
        Pearson's correlation, and that of the ranks (ties share their mean rank).
    lag : int or None
        Steps by which `b` comes later than `a` where they agree best; None where it cannot be told.
    r_at_lag : float
        Pearson's correlation at that lag.
    equal, equal_at_lag : int
        Common steps with the same value, as they stand and at the lag.
    n_at_lag : int
        Common steps at the lag.
    capture_a, capture_b : float
        Share of all steps that have a value.
    """

    n: int
    bias: float
    ratio: float
    rmse: float
    r: float
    spearman: float
    lag: int | None
    r_at_lag: float
    equal: int
    equal_at_lag: int
    n_at_lag: int
    capture_a: float
    capture_b: float


def compare(a: Floats, b: Floats, max_lag: int = 6) -> Agreement:
    """The agreement of two series.

    Parameters
    ----------
    a, b : (n,) float64
        On the same steps; NaN where there is no value.
    max_lag : int
        The lag of best agreement is looked for from `-max_lag` to `max_lag`; 0 looks for none.
    """
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError("the series must stand on one axis")
    one, other = _common(a, b)
    lag, r_at_lag = _best_lag(a, b, max_lag) if max_lag else (None, np.nan)
    shifted = _common(*_shifted(a, b, lag or 0))
    difference = other - one
    n = len(one)
    mean = float(one.mean()) if n else np.nan
    return Agreement(
        n,
        float(difference.mean()) if n else np.nan,
        float(other.mean()) / mean if n and mean else np.nan,
        float(np.sqrt((difference**2).mean())) if n else np.nan,
        pearson(one, other),
        spearman(one, other),
        lag,
        r_at_lag,
        _equal(one, other),
        _equal(*shifted),
        len(shifted[0]),
        _capture(a),
        _capture(b),
    )


def pearson(a: Floats, b: Floats) -> float:
    """Pearson's correlation of two series without gaps; NaN of fewer than two pairs or a constant."""
    if len(a) < 2:
        return np.nan
    x, y = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((x @ x) * (y @ y)))
    # A constant leaves only what rounding left of its mean.
    if scale <= 1e-12 * len(a) * max(1.0, float(np.abs(a).max()) * float(np.abs(b).max())):
        return np.nan
    return float(np.clip((x @ y) / scale, -1.0, 1.0))


def spearman(a: Floats, b: Floats) -> float:
    """Spearman's correlation of two series without gaps: Pearson's of the ranks."""
    return pearson(_ranks(a), _ranks(b))


def _ranks(values: Floats) -> Floats:
    """Ranks from 1 on; equal values share the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: Floats = (last - (counts - 1) / 2)[place]
    return ranks


def _best_lag(a: Floats, b: Floats, max_lag: int) -> tuple[int | None, float]:
    """The lag of the highest correlation; of equal ones the smallest shift."""
    best: tuple[int | None, float] = (None, np.nan)
    for lag in sorted(range(-max_lag, max_lag + 1), key=lambda one: (abs(one), one)):
        one, other = _common(*_shifted(a, b, lag))
        if len(one) < LEAST_PAIRS:
            continue
        r = pearson(one, other)
        if not np.isnan(r) and (best[0] is None or r > best[1] + 1e-12):
            best = lag, r
    return best


def _shifted(a: Floats, b: Floats, lag: int) -> tuple[Floats, Floats]:
    """`a` at each step beside `b` that many steps later."""
    n = len(a)
    if abs(lag) >= n:
        return a[:0], b[:0]
    return (a[: n - lag], b[lag:]) if lag >= 0 else (a[-lag:], b[: n + lag])


def _common(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    both = ~(np.isnan(a) | np.isnan(b))
    return a[both], b[both]


def _equal(a: Floats, b: Floats) -> int:
    return int(np.count_nonzero(np.abs(a - b) <= _SAME))


def _capture(values: Floats) -> float:
    return float(np.count_nonzero(~np.isnan(values)) / len(values)) if len(values) else np.nan
