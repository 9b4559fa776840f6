"""Monotonic trends: Theil-Sen slopes with block-bootstrap intervals, Mann-Kendall minding autocorrelation.

Arrays are (period,), one value a month, season or year of the calendar, NaN where missing; `time` is in
years, so that slopes are per year. A trend says what the values did, not why: weather is in them.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.prewhiten import Floats, autocovariance, without_cycle

Ints = npt.NDArray[np.int64]

# The normal quantile of a two-sided 95 % interval.
Z95 = 1.959963984540054
# Below so many values neither test nor interval means anything.
FEWEST = 8
_NEAR_ONE = 0.99
_PAIRS_AT_ONCE = 4_000_000


class Slope(NamedTuple):
    """A Theil-Sen slope per year, and its 95 % interval."""

    slope: float
    low: float
    high: float
    n: int


class MannKendall(NamedTuple):
    """Mann-Kendall's S, the factor on its variance for autocorrelation, the two-sided p.

    `low` and `high` are Sen's rank interval of the slope per year, with the same variance.
    """

    s: float
    factor: float
    z: float
    p: float
    low: float
    high: float


def pair_slopes(time: Floats, values: Floats) -> Floats:
    """The slopes of all pairs of valid values, sorted."""
    valid = ~np.isnan(values)
    first, later = np.triu_indices(int(valid.sum()), 1)
    t, y = time[valid], values[valid]
    return np.sort((y[later] - y[first]) / (t[later] - t[first]))


def theil_sen(time: Floats, values: Floats) -> float:
    """The median of the slopes of all pairs (Theil 1950, Sen 1968); NaN with fewer than two values."""
    slopes = pair_slopes(time, values)
    return float(np.median(slopes)) if len(slopes) else math.nan


def seasonal_slope(time: Floats, values: Floats, phase: Ints) -> float:
    """The median of the slopes between values of the same phase (Hirsch, Slack and Smith 1982)."""
    slopes = [pair_slopes(time[phase == one], values[phase == one]) for one in np.unique(phase)]
    every = np.concatenate(slopes)
    return float(np.median(every)) if len(every) else math.nan


def deseasonalised(time: Floats, values: Floats, phase: Ints) -> Floats:
    """The values less the cycle of their phases; level and trend stay.

    The cycle is the mean of each phase of what the seasonal slope leaves: phases that are held in different
    years would else carry the trend between them into the cycle.
    """
    slope = seasonal_slope(time, values, phase)
    if math.isnan(slope):
        return np.full(len(values), np.nan)
    rest = values - slope * time
    steady: Floats = without_cycle(rest, phase) + slope * time + np.nanmean(rest)
    return steady


def bootstrap_slope(
    time: Floats, values: Floats, *, block: int, cycle: int = 1, draws: int = 1000, seed: int = 0
) -> Slope:
    """A Theil-Sen slope with the 95 % interval of a block bootstrap of what the line leaves.

    Residuals, less their cycle if there is one, are drawn in blocks around the circle of the series and laid
    on the cycle; what slopes they give is the error of the slope, and is taken from it (basic interval,
    Davison and Hinkley 1997). A drawn value that is missing leaves its period out of that draw. A line takes
    two of the blocks with it, so the interval is widened as Student's t of the rest asks; without that, 81 to
    86 intervals of 100 held the slope of 132 months (AR(1) of 0 to 0.6). Fewer than four blocks give none.

    Parameters
    ----------
    block : int
        Periods in a block: months of a year, or a few years.
    cycle : int
        Periods after which the phase returns; 1 for none.

    Raises
    ------
    ValueError
        If block, cycle or draws are below 1.
    """
    if min(block, cycle, draws) < 1:
        raise ValueError(f"a bootstrap needs blocks and draws: block {block}, cycle {cycle}, draws {draws}")
    slope = theil_sen(time, values)
    valid = int(np.count_nonzero(~np.isnan(values)))
    wider = _widening(len(values) // block)
    if math.isnan(slope) or math.isnan(wider):
        return Slope(slope, math.nan, math.nan, valid)
    rest = values - slope * time
    noise = without_cycle(rest, np.arange(len(rest)) % cycle)
    rows = _drawn(len(values), block, draws, np.random.default_rng(seed))
    off = _slopes_of(time, rest - noise + noise[rows])
    low, high = (slope - wider * np.nanquantile(off, [0.975, 0.025])).tolist()
    return Slope(slope, low, high, valid)


def mann_kendall(time: Floats, values: Floats, factor: float = 1.0) -> MannKendall:
    """The test of Mann (1945) and Kendall (1975), ties and continuity corrected, by the normal approximation.

    `factor` multiplies the variance of S, from `hamed_rao` or `yue_wang`; NaN where it is not above 0.
    """
    y = values[~np.isnan(values)]
    n = len(y)
    if n < 3:
        return MannKendall(math.nan, factor, math.nan, math.nan, math.nan, math.nan)
    first, later = np.triu_indices(n, 1)
    s = float(np.sign(y[later] - y[first]).sum())
    ties = np.unique(y, return_counts=True)[1].astype(np.float64)
    variance = (n * (n - 1) * (2 * n + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18 * factor
    if not variance > 0:
        flat = len(ties) == 1  # all alike: no trend, and nothing to doubt about it
        p, edge = (1.0, 0.0) if flat else (math.nan, math.nan)
        return MannKendall(s, factor, 0.0 if flat else math.nan, p, edge, edge)
    z = (s - math.copysign(1, s)) / math.sqrt(variance) if s else 0.0
    p = math.erfc(abs(z) / math.sqrt(2))
    low, high = _sen_interval(pair_slopes(time, values), variance)
    return MannKendall(s, factor, z, p, low, high)


def hamed_rao(time: Floats, values: Floats) -> float:
    """The variance factor of Hamed and Rao (1998): autocorrelation of the ranks of the detrended values.

    Only correlations beyond the 95 % limits of white noise count. With missing values, those of the pairs
    there are.
    """
    rest = values - theil_sen(time, values) * time
    known = ~np.isnan(rest)
    ranks = np.full(len(rest), np.nan)
    ranks[known] = _ranks(rest[known])
    n = int(known.sum())
    rho = _correlations(ranks, n - 1)
    lag = np.arange(1, len(rho) + 1)
    counted = np.abs(rho) > Z95 / math.sqrt(n)
    weighted = (n - lag) * (n - lag - 1) * (n - lag - 2) * rho
    return 1 + 2 / (n * (n - 1) * (n - 2)) * float(weighted[counted].sum())


def yue_wang(time: Floats, values: Floats) -> float:
    """The variance factor of Yue and Wang (2004) for values of an AR(1) process around their trend.

    Lag 1 is estimated from the detrended values and corrected for its bias in short series,
    (n r + 2) / (n - 4) (Hamed 2009); further lags are its powers. (With all sample lags, as some programs
    sum them, the factor of any series is near nothing, for sample autocorrelations sum to -1/2.)
    """
    rest = values - theil_sen(time, values) * time
    n = int(np.count_nonzero(~np.isnan(rest)))
    rho = _correlations(rest, 1)
    if not len(rho):
        return 1.0
    first = float(np.clip((n * rho[0] + 2) / (n - 4), -_NEAR_ONE, _NEAR_ONE)) if n > FEWEST else float(rho[0])
    lag = np.arange(1, n)
    return 1 + 2 * float(((1 - lag / n) * first**lag).sum())


def _correlations(values: Floats, lags: int) -> Floats:
    """Autocorrelations of lags 1 to `lags`; 0 where a lag has no pair; none of a constant."""
    covariance = autocovariance(values, min(lags, len(values) - 1))
    if not covariance[0] > 0:
        return np.empty(0)
    rho: Floats = np.nan_to_num(covariance[1:] / covariance[0])
    return rho


def _ranks(values: Floats) -> Floats:
    """Ranks from 1; equal values share the mean of theirs."""
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    shared: Floats = (ends - (counts - 1) / 2)[where]
    return shared


def _sen_interval(slopes: Floats, variance: float) -> tuple[float, float]:
    """The order statistics of the slopes that bound Sen's interval (Sen 1968, as in Hollander and Wolfe)."""
    half = Z95 * math.sqrt(variance)
    upper = min(round((len(slopes) + half) / 2), len(slopes) - 1)
    lower = max(round((len(slopes) - half) / 2) - 1, 0)
    return float(slopes[lower]), float(slopes[upper])


def _widening(blocks: int) -> float:
    """How much wider than its percentiles an interval of a line through so many blocks is."""
    from scipy.special import stdtrit  # a small question must not wait for it

    left = blocks - 2
    return float(stdtrit(left, 0.975)) / Z95 * math.sqrt(blocks / left) if left > 1 else math.nan


def _drawn(n: int, block: int, draws: int, rng: np.random.Generator) -> Ints:
    """Which period stands in each place of each draw (draw, period)."""
    starts = rng.integers(n, size=(draws, -(-n // block)))
    rows = (starts[..., None] + np.arange(block)) % n
    return rows.reshape(draws, -1)[:, :n]


def _slopes_of(time: Floats, rows: Floats) -> Floats:
    """The Theil-Sen slope of each row (draw,), NaN left out."""
    first, later = np.triu_indices(len(time), 1)
    apart = time[later] - time[first]
    at_once = max(1, _PAIRS_AT_ONCE // max(1, len(apart)))
    found = []
    for begin in range(0, len(rows), at_once):
        some = rows[begin : begin + at_once]
        found.append(_medians((some[:, later] - some[:, first]) / apart))
    return np.concatenate(found)


def _medians(rows: Floats) -> Floats:
    """The median of each row, NaN left out; NaN of a row that is nothing else."""
    if not np.isnan(rows).any():
        return np.median(rows, axis=1)
    rows = np.sort(rows, axis=1)  # NaN come last
    count = (~np.isnan(rows)).sum(axis=1)
    at = np.arange(len(rows))
    middle = (
        rows[at, np.maximum(count - 1, 0) // 2] + rows[at, np.minimum(count // 2, rows.shape[1] - 1)]
    ) / 2
    return np.where(count > 0, middle, np.nan)
