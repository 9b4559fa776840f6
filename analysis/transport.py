"""Indicators of transport between two places: association in time, tested against chance.

Arrays are (hour,) on one axis of UTC hour starts, which begins at a civil midnight and ends at one; NaN is
missing. Chance is what turning one series against the other gives (`analysis.turning`).

None of this is a share of origin. Two places under one weather map go up and down together without any
exchange of air, and prewhitening takes out what each does by itself, not what the weather does to both.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.prewhiten import Floats, autoregression, filtered
from analysis.turning import DAY, Ints, Spells, chance, turns_of

# Days follow each other: a week leaves nothing (`analysis.seasons`).
BLOCK_DAYS = 7
# A day and a quarter: what the daily cycle leaves behind reaches a little beyond 24 hours.
HIGHEST_ORDER = 30
_SUMS = 6


class Lags(NamedTuple):
    """Correlations (lag,) of the source with the receptor so many hours later, with their 95 % bands."""

    hours: Ints
    r: Floats
    low: Floats
    high: Floats
    n: Ints


class Search(NamedTuple):
    """The lag with the highest correlation, and how often chance finds one as high at any lag."""

    hours: int
    r: float
    p: float
    shifts: int


def prewhitened(source: Floats, receptor: Floats) -> tuple[Floats, Floats, int]:
    """Both series through the filter that makes the source white, and its order (Box and Jenkins 1970)."""
    coefficients = autoregression(source, HIGHEST_ORDER)
    return filtered(source, coefficients), filtered(receptor, coefficients), len(coefficients)


def lagged(source: Floats, receptor: Floats, longest: int, draws: int, seed: int = 0) -> Lags:
    """Correlation of the source at hour t with the receptor at t + lag, lags 0 to `longest`.

    The band of each lag is the 95 % percentile interval of a circular block bootstrap over the days of the
    source, in blocks of a week (Politis and Romano 1992), the same draws for all lags. It holds for one lag
    chosen beforehand; the highest of many needs `lag_search`.

    Raises
    ------
    ValueError
        If the two do not share one axis of whole days, or it is not longer than the longest lag.
    """
    _check(source, receptor, longest)
    sums = np.stack([_day_sums(source, receptor, lag) for lag in range(longest + 1)])
    used = sums[:, sums[..., 0].any(axis=0)]  # days that count: other seasons are not drawn
    weights = _drawn_days(used.shape[1], draws, np.random.default_rng(seed))
    drawn = np.stack([_correlation(weights @ one) for one in used])
    low = high = np.full(longest + 1, np.nan)
    if drawn.size:
        low, high = np.quantile(drawn, [0.025, 0.975], axis=1)
    total = used.sum(axis=1)
    return Lags(np.arange(longest + 1), _correlation(total), low, high, total[:, 0].astype(np.int64))


def lag_search(
    source: Floats, receptor: Floats, spells: Spells, longest: int, draws: int, seed: int = 0
) -> Search:
    """The highest correlation of lags 0 to `longest`, with a p corrected for the search over lags.

    The null distribution is that of the highest correlation after the receptor was turned within each spell,
    each by its own number of whole days, at least the longest lag and a day from where it was. One-sided:
    transport would raise the receptor. Within the test pairs go around the circle of their spell, for the
    observed correlation as for the turned ones; `r` is that value and differs a little from `lagged`.

    Parameters
    ----------
    source, receptor : array (hour,)
        Prewhitened.
    spells : sequence of slice
        Of whole days, not overlapping.

    Returns
    -------
    Search
        p is (1 + turns as high) / (1 + draws). `shifts` is how many different turns there are, at most: with
        few of them p is coarse.
    """
    _check(source, receptor, longest)
    rng = np.random.default_rng(seed)
    lags = np.arange(longest + 1)
    observed = np.zeros((longest + 1, _SUMS))
    turned = np.zeros((draws, longest + 1, _SUMS))
    shifts = 1
    for spell in spells:
        sums = _around(source[spell], receptor[spell])
        turns, kinds = turns_of(len(sums), longest + DAY, draws, rng)
        observed += sums[lags % len(sums)]
        turned += sums[(turns[:, None] + lags) % len(sums)]
        shifts *= kinds
    correlation = _correlation(observed)
    if np.isnan(correlation).all():
        return Search(0, np.nan, np.nan, shifts)
    best = int(np.nanargmax(correlation))
    highest = np.nan_to_num(_correlation(turned), nan=-1.0).max(axis=1)
    return Search(best, float(correlation[best]), chance(highest, correlation[best]), shifts)


def _check(source: Floats, receptor: Floats, longest: int) -> None:
    if source.ndim != 1 or source.shape != receptor.shape or len(source) % DAY:
        raise ValueError(f"{source.shape} and {receptor.shape} hours are not one axis of whole days")
    if not 0 <= longest < len(source):
        raise ValueError(f"a lag of {longest} h does not fit into {len(source)} hours")


def _day_sums(source: Floats, receptor: Floats, lag: int) -> Floats:
    """Sums of the pairs of each day of the source (day, sum): n, x, y, xx, yy, xy."""
    later = np.full(len(receptor), np.nan)
    later[: len(later) - lag] = receptor[lag:]
    both = ~(np.isnan(source) | np.isnan(later))
    x, y = np.where(both, source, 0.0), np.where(both, later, 0.0)
    parts = (both.astype(np.float64), x, y, x * x, y * y, x * y)
    return np.stack([one.reshape(-1, DAY).sum(axis=1) for one in parts], axis=1)


def _around(source: Floats, receptor: Floats) -> Floats:
    """The same sums of a spell, (shift, sum), with the receptor turned by each number of hours."""
    marks = [(~np.isnan(one)).astype(np.float64) for one in (source, receptor)]
    x, y = np.nan_to_num(source), np.nan_to_num(receptor)
    pairs = ((marks[0], marks[1]), (x, marks[1]), (marks[0], y), (x * x, marks[1]), (marks[0], y * y), (x, y))
    n = len(source)
    turned = [np.fft.irfft(np.fft.rfft(a).conj() * np.fft.rfft(b), n) for a, b in pairs]
    return np.stack(turned, axis=1)


def _correlation(sums: Floats) -> Floats:
    """Pearson's r (...,) of sums (..., 6); NaN where there is none."""
    n, x, y, xx, yy, xy = np.moveaxis(sums, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt((xx - x * x / n) * (yy - y * y / n))
        r: Floats = np.where((n > 2) & (spread > 0), (xy - x * y / n) / spread, np.nan)
    return r


def _drawn_days(days: int, draws: int, rng: np.random.Generator) -> Floats:
    """How often each day is drawn (draw, day), in blocks around the circle of the days."""
    weights = np.zeros((draws, days))
    if not days:
        return weights
    blocks = -(-days // BLOCK_DAYS)
    starts = rng.integers(days, size=(draws, blocks))
    drawn = (starts[..., None] + np.arange(BLOCK_DAYS)).reshape(draws, -1)[:, :days] % days
    np.add.at(weights, (np.arange(draws)[:, None], drawn), 1.0)
    return weights
