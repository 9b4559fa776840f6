"""Running means that indices are read with: EPA's NowCast and Korea's predicted 24-hour mean (C24E).

Arrays are (..., hour) on a regular axis, NaN is missing; the unit of a mean is that of its values. Each
mean is that of the hour's own past: it stands at the hour, and what comes later does not change it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.averages import rolling_mean

Floats = NDArray[np.floating[Any]]
Means = NDArray[np.float64]

# C24E: hours at or above this level count three quarters where they are close to the mean of 12 hours
# (AirKorea, CAI calculator). ug/m3.
C24E_LEVEL = {"pm25": 30.0, "pm10": 70.0}


def nowcast(values: Floats) -> Means:
    """EPA's NowCast of PM2.5 and PM10: the last 12 hours, the newest weigh most when the air changes.

    An hour `i` back weighs `w**i`, with `w` the lowest by the highest of the 12 hours, at least one half.
    Two of the last three hours are needed. Where no hour is above zero all weigh the same.
    """
    window = _last(values, 12)
    valid = ~np.isnan(window)
    low = np.where(valid, window, np.inf).min(axis=-1)
    high = np.where(valid, window, -np.inf).max(axis=-1)
    ratio = np.ones(low.shape)
    np.divide(low, high, out=ratio, where=high > 0)
    weights = np.where(valid, np.clip(ratio, 0.5, 1.0)[..., np.newaxis] ** np.arange(12), 0.0)
    total = (weights * np.where(valid, window, 0.0)).sum(axis=-1)
    return _quotient(total, weights.sum(axis=-1), valid[..., :3].sum(axis=-1) >= 2)


def c24e(values: Floats, level: float) -> Means:
    """Korea's predicted 24-hour mean: half the mean of 12 hours, half that of 4 adjusted ones.

    An hour at or above `level` that is 0.9 to 1.7 times the mean of 12 hours counts three quarters. Hours
    needed are 9 of 12 and 3 of 4: 75 %, Korea's general rule for means, for none is published for this one.
    """
    of_12 = rolling_mean(values, 12, 9)
    window = _last(values, 4)
    ratio = np.full(window.shape, np.nan)
    base = np.broadcast_to(of_12[..., np.newaxis], window.shape)
    np.divide(window, base, out=ratio, where=base > 0)
    adjusted = np.where((window >= level) & (ratio >= 0.9) & (ratio <= 1.7), 0.75 * window, window)
    valid = ~np.isnan(adjusted)
    total = np.where(valid, adjusted, 0.0).sum(axis=-1)
    n = valid.sum(axis=-1)
    return (of_12 * 12 + _quotient(total, n, n >= 3) * 12) / 24


def _last(values: Floats, hours: int) -> Means:
    """The last hours of each, newest first: (..., time, hours); what lies before the first is missing."""
    before = np.full((*values.shape[:-1], hours), np.nan)
    padded = np.concatenate([before, np.asarray(values, np.float64)], axis=-1)
    return np.lib.stride_tricks.sliding_window_view(padded, hours, axis=-1)[..., 1:, ::-1]


def _quotient(total: Floats, n: NDArray[Any], enough: NDArray[np.bool_]) -> Means:
    mean = np.full(total.shape, np.nan)
    np.divide(total, n, out=mean, where=enough)
    return mean
