"""Prewhitening: what a series does by itself, taken out before it is related to another.

Arrays are (time,) on a regular axis, NaN where missing; lags are steps of that axis.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]


def autocovariance(values: Floats, lags: int) -> Floats:
    """Autocovariances of lags 0 to `lags` (lag,), those of a complete series divided by its length.

    Where values are missing each lag is the mean product of the pairs there are, with the weight that a
    complete series gives it, (n - lag) / n. NaN where a lag has no pair.

    Raises
    ------
    ValueError
        If `lags` does not lie within the series.
    """
    n = len(values)
    if not 0 <= lags < n:
        raise ValueError(f"{lags} lags do not fit into {n} values")
    valid = ~np.isnan(values)
    rest = np.where(valid, values - values[valid].mean() if valid.any() else 0.0, 0.0)
    marks = valid.astype(np.float64)
    found = np.full(lags + 1, np.nan)
    for lag in range(lags + 1):
        pairs = float(marks[lag:] @ marks[: n - lag])
        if pairs:
            found[lag] = float(rest[lag:] @ rest[: n - lag]) / pairs * (n - lag) / n
    return found


def autoregression(values: Floats, highest: int) -> Floats:
    """Coefficients (order,) of the autoregression that the Yule-Walker equations give.

    The equations are solved order by order (Levinson 1947, Durbin 1960); the order, 0 to `highest`, is the
    one with the least BIC, n ln(s2) + order ln(n) (Schwarz 1978).

    Parameters
    ----------
    values : array (time,)
        NaN where missing.
    highest : int
        Cut to a quarter of the valid values.

    Returns
    -------
    array (order,)
        `values[t] - mean` is about `sum(coefficients * (values[t - 1 - i] - mean))`; empty for white noise.
    """
    n = int(np.count_nonzero(~np.isnan(values)))
    highest = min(highest, n // 4)
    if highest < 1:
        return np.empty(0)
    covariance = autocovariance(values, highest)
    best = coefficients = np.empty(0)
    left = covariance[0]
    least = n * np.log(left) if left > 0 else -np.inf
    for order in range(1, highest + 1):
        if not left > 0 or np.isnan(covariance[order]):
            break
        partial = (covariance[order] - coefficients @ covariance[order - 1 : 0 : -1]) / left
        if abs(partial) >= 1:  # only missing values can do that: no such process exists
            break
        coefficients = np.append(coefficients - partial * coefficients[::-1], partial)
        left *= 1 - partial**2
        score = n * np.log(left) + order * np.log(n)
        if score < least:
            best, least = coefficients, score
    return best


def filtered(values: Floats, coefficients: Floats) -> Floats:
    """What an autoregression leaves of a series (time,); NaN where a value it needs is missing.

    Any series can be filtered, also by the coefficients of another (Box and Jenkins 1970, section 11.2).
    """
    rest: Floats = values - np.nanmean(values)
    left = rest.copy()
    order = len(coefficients)
    left[:order] = np.nan
    for back, weight in enumerate(coefficients, start=1):
        left[order:] -= weight * rest[order - back : len(rest) - back]
    return left


def without_cycle(values: Floats, phase: npt.NDArray[np.int64]) -> Floats:
    """A series less the mean of each phase: hours of the day, months of the year.

    Parameters
    ----------
    values : array (time,)
        NaN where missing.
    phase : array of int (time,)
        0 and up; a negative one is in no phase and becomes NaN.
    """
    used = (phase >= 0) & ~np.isnan(values)
    count = np.bincount(phase[used], minlength=int(phase.max(initial=0)) + 1)
    total = np.bincount(phase[used], values[used], len(count))
    means = np.full(len(count), np.nan)
    np.divide(total, count, out=means, where=count > 0)
    return np.where(phase >= 0, values - means[phase], np.nan)
