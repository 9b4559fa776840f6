"""Quality checks: one predicate a function, each marking readings that are doubtful. None deletes anything.

All take values as (n_series, n) float64 on a regular axis, NaN where none is held, and give a mask of the
same shape. A missing value is never marked, and nothing is marked for a neighbour that is missing.
Thresholds are arguments; they stand in `config/catalogue/quality_rules.csv`, derived in `docs/quality.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntFlag

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]


class Flag(IntFlag):
    """The bits of `reading.flags`; a bit never changes its meaning."""

    RANGE = 1
    STUCK = 2
    SPIKE = 4
    ABOVE_PM10 = 8
    NEIGHBOUR = 16
    CLOCK = 32


# A median absolute deviation times this is the standard deviation of normal values.
_MAD_TO_SIGMA = 1.4826
# Values are whole numbers: neighbours that agree to the unit still have a spread of one.
_LEAST_SPREAD = 1.0
# A window says where its clock stands when so much of it is common.
_COMMON = 0.6
_EARTH_KM = 6371.0


def out_of_range(values: Floats, low: float, high: float) -> Bools:
    """What no instrument of the kind can have measured: below `low` or above `high`."""
    return (values < low) | (values > high)


def stuck(values: Floats, hours: int, above: float = 0.0) -> Bools:
    """The same value `hours` times in a row or more, above `above`: a run of zeros may be clean air."""
    wide = np.full((values.shape[0], values.shape[1] + 1), np.nan)
    wide[:, :-1] = values
    flat = wide.ravel()
    begins = np.flatnonzero(np.concatenate(([True], flat[1:] != flat[:-1])))
    lengths = np.diff(np.concatenate((begins, [len(flat)])))
    long = (lengths >= hours) & (flat[begins] > above)
    return np.repeat(long, lengths).reshape(wide.shape)[:, :-1]


def spike(values: Floats, step: float, ratio: float) -> Bools:
    """One value alone: above both its neighbours by more than `step` and more than `ratio` times both."""
    marked = np.zeros(values.shape, bool)
    higher = np.maximum(values[:, :-2], values[:, 2:])  # NaN where one is missing
    middle = values[:, 1:-1]
    marked[:, 1:-1] = (middle - higher > step) & (middle > ratio * higher)
    return marked


def above_pm10(pm25: Floats, pm10: Floats, step: float) -> Bools:
    """PM2.5 above the PM10 of the same station and hour, of which it is a part, by more than `step`."""
    return pm25 - pm10 > step


def around(positions: Floats, km: float) -> list[Indices]:
    """For each of (n, 2) latitudes and longitudes in degrees the rows of the others within `km`.

    A station without a position (NaN) has no neighbours and is none.
    """
    rad = np.radians(positions)
    lat, lon = rad[:, 0], rad[:, 1]
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half += np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    distance = 2 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    np.fill_diagonal(distance, np.nan)
    return [np.flatnonzero(row <= km) for row in distance]


def surroundings(values: Floats, near: Sequence[Indices], least: int) -> tuple[Floats, Floats]:
    """Median and spread (robust standard deviation, at least 1) of each series' neighbours, step by step.

    NaN where fewer than `least` of them have a value.
    """
    middle, spread = np.full(values.shape, np.nan), np.full(values.shape, np.nan)
    for row, members in enumerate(near):
        if len(members) < least:
            continue
        others = values[members]
        enough = np.count_nonzero(~np.isnan(others), axis=0) >= least
        median = _median(others)
        scatter = _MAD_TO_SIGMA * _median(np.abs(others - median))
        middle[row, enough] = median[enough]
        spread[row, enough] = np.maximum(scatter[enough], _LEAST_SPREAD)
    return middle, spread


def _median(values: Floats) -> Floats:
    """The median of each column without its NaN; numpy's own takes thirty times as long for few rows."""
    ordered = np.sort(values, axis=0)  # NaN last
    last = np.maximum(np.count_nonzero(~np.isnan(ordered), axis=0) - 1, 0)
    low, high = (np.take_along_axis(ordered, at[None], axis=0)[0] for at in (last // 2, (last + 1) // 2))
    middle: Floats = (low + high) / 2
    return middle


def neighbour_outlier(values: Floats, middle: Floats, spread: Floats, step: float, spreads: float) -> Bools:
    """Off the median of the neighbours by more than `step` and more than `spreads` times their spread."""
    off = np.abs(values - middle)
    return (off > step) & (off > spreads * spread)


def clock_shift(values: Floats, middle: Floats, hours: int, lag: int, gain: float, least_r: float) -> Bools:
    """Windows of `hours` in which a series follows its neighbours better when shifted in time.

    A window is marked where the correlation with the neighbours' median at some shift of up to `lag` steps
    is at least `least_r` and beats the unshifted one by more than `gain`. Windows begin at the first column;
    one that the axis does not hold whole is not judged.
    """
    marked = np.zeros(values.shape, bool)
    for begin in range(0, values.shape[1] - hours + 1, hours):
        window = slice(begin, begin + hours)
        at = {k: _correlations(values[:, window], middle[:, window], k) for k in range(-lag, lag + 1)}
        shifted = np.fmax.reduce([r for k, r in at.items() if k])
        marked[:, window] = ((shifted >= least_r) & (shifted - at[0] > gain))[:, None]
    return marked & ~np.isnan(values)


def _correlations(a: Floats, b: Floats, lag: int) -> Floats:
    """Pearson's r (n_series,) of `a` with `b` moved by `lag`; NaN where too little is common or constant."""
    n = a.shape[1]
    x, y = (a[:, : n - lag], b[:, lag:]) if lag >= 0 else (a[:, -lag:], b[:, : n + lag])
    both = ~(np.isnan(x) | np.isnan(y))
    count = both.sum(axis=1)
    size = np.maximum(count, 1)[:, None]
    x, y = np.where(both, x, 0.0), np.where(both, y, 0.0)
    dx = np.where(both, x - x.sum(axis=1, keepdims=True) / size, 0.0)
    dy = np.where(both, y - y.sum(axis=1, keepdims=True) / size, 0.0)
    scale = np.sqrt((dx * dx).sum(axis=1) * (dy * dy).sum(axis=1))
    known = (count >= _COMMON * n) & (scale > 1e-9 * n)
    r: Floats = np.where(known, (dx * dy).sum(axis=1) / np.where(known, scale, 1.0), np.nan)
    return r
