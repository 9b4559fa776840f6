"""Seasons in figures: statistics of day means, counts of classed days, runs, differences with their interval.

Arrays are regional day means (day,), one per day of the season's calendar, NaN where not valid, in ug/m3.
Counts count valid days; a figure that the held data cannot give is None (counts) or NaN (means), never 0.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.averages import BoolArray, FloatArray, period_means, round_half_up
from analysis.episodes import Profile
from analysis.truth import longest

BLOCK_DAYS = 7
# a season of fewer blocks has no interval: a circle of one block draws the same mean each time
BLOCKS_NEEDED = 4


class SeasonFigures(NamedTuple):
    """Figures of one season, ug/m3; NaN where no day is valid. Capture is `n_valid` over `n_days`."""

    mean: float
    median: float
    p90: float
    p98: float
    n_valid: int
    n_days: int


class Difference(NamedTuple):
    """A later season minus a base, ug/m3, `percent` of the base, and the 95 % interval of the difference.

    `n` counts the valid days of both. NaN where a season has no valid day; `low` and `high` are NaN as well
    where one is too short to be drawn in blocks.
    """

    difference: float
    percent: float
    low: float
    high: float
    n: int


def describe(days: FloatArray) -> SeasonFigures:
    """Mean, median and high quantiles of a season's day means.

    Parameters
    ----------
    days : array (day,)
        Regional day means, NaN where not valid.

    Returns
    -------
    SeasonFigures
        The mean is that of valid days, to the bit the one that `averages.period_means` gives. Quantiles are
        of the valid days, with linear interpolation between order statistics (Hyndman and Fan 1996, type 7;
        numpy's "linear").
    """
    days = np.asarray(days, np.float64)
    valid = days[~np.isnan(days)]
    if not len(valid):
        return SeasonFigures(np.nan, np.nan, np.nan, np.nan, 0, len(days))
    mean = float(period_means(days, np.zeros(len(days), np.int8)).mean[0])
    median, p90, p98 = np.quantile(valid, [0.5, 0.9, 0.98], method="linear").tolist()
    return SeasonFigures(mean, median, p90, p98, len(valid), len(days))


def meets(days: FloatArray, profile: Profile) -> BoolArray:
    """Which days a day profile classes: `kr-bad-day` rounds half up first, `kr-high-day` does not.

    Parameters
    ----------
    days : array (..., day)
        Day means, NaN where not valid: such a day is never met.
    profile : Profile
        Of days; only what enters is looked at, neither exit nor duration.

    Returns
    -------
    array of bool (..., day)

    Raises
    ------
    ValueError
        If the profile is one of hours.
    """
    if profile.every != "day":
        raise ValueError(f"profile {profile.id} classes hours: days need a day profile")
    values = np.asarray(days)
    if profile.rounded or values.dtype not in (np.float32, np.float64):
        values = round_half_up(values) if profile.rounded else values.astype(np.float64)
    bounds = profile.bounds(values.dtype)
    met: BoolArray = bounds.sign * values >= bounds.enter
    return met


def class_days(days: FloatArray, profile: Profile) -> int | None:
    """How many valid days are of a class; of several cities (city, day) it counts city-days.

    Returns
    -------
    int or None
        None where no day is valid: nothing is known then.
    """
    return int(meets(days, profile).sum()) if _any_valid(days) else None


def longest_run(days: FloatArray, profile: Profile) -> int | None:
    """The longest run of days in a row that are of a class.

    Parameters
    ----------
    days : array (day,)
        Day means in order. A missing day breaks a run, for nobody knows whether it was met: with missing
        days the figure is a lower bound.
    profile : Profile
        Of days.

    Returns
    -------
    int or None
        0 where no valid day is met, None where no day is valid.
    """
    if not _any_valid(days):
        return None
    return longest(meets(days, profile))


def season_to_date(first: dt.date, last: dt.date, through: tuple[int, int]) -> dt.date:
    """The last day of a season cut at a month and day, so that seasons are compared over the same days.

    Seasons are cut by month and day, not by count: one that holds 29 February before the cut has a day more,
    and that day stays in. Where the cut itself is 29 February, other years end on the 28th.

    Parameters
    ----------
    first, last : date
        The season, inclusive.
    through : (month, day)
        The cut, inclusive.

    Raises
    ------
    ValueError
        If the cut is no day of the calendar or lies outside the season.
    """
    month, day = through
    if not (1 <= month <= 12 and 1 <= day <= calendar.monthrange(2000, month)[1]):
        raise ValueError(f"there is no {month:02}-{day:02}: give the month and day as MM-DD")
    for year in range(first.year, last.year + 1):
        cut = dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))
        if first <= cut <= last:
            return cut
    raise ValueError(f"{month:02}-{day:02} is not in the season of {first} to {last}: take a day within it")


def block_bootstrap_difference(
    a: FloatArray | Sequence[FloatArray],
    b: FloatArray,
    *,
    block: int = BLOCK_DAYS,
    n: int = 50_000,
    seed: int = 0,
) -> Difference:
    """The difference of two season means, b minus a, with its 95 % block-bootstrap interval.

    Day means follow each other (lag-1 autocorrelation of Seoul's seasons 0.46 to 0.72, none left after a
    week), so days are drawn in blocks, around the season as a circle (Politis and Romano 1992); the interval
    lies between the percentiles 2.5 and 97.5. The block is a week: the automatic rule of Politis and White
    (2004) gives 3 to 13 days for the eleven Seoul seasons, 5 in the mean, too unsteady for seasons that are
    compared with one another; a week is the longer side, because short blocks make intervals too narrow.

    The interval is still on the narrow side: of two seasons of 121 days from one AR(1) process of 0.6 it
    holds the true difference, 0, in about 87 of 100 trials. It says what other days could have given, not
    what the weather of another year would have: one that just leaves zero proves nothing.

    Parameters
    ----------
    a, b : array (day,)
        Day means, NaN where not valid. Missing days stay in their blocks and out of the means. `a` may be
        several seasons: their base is the mean of the season means.
    block : int
        Days in a block.
    n : int
        Draws. 50,000 keep the ends of the interval within about 0.05 ug/m3 from seed to seed.
    seed : int
        The same seed gives the same interval.

    Raises
    ------
    ValueError
        If `block` or `n` is below 1.
    """
    if block < 1 or n < 1:
        raise ValueError(f"a bootstrap needs blocks and draws: block {block}, n {n}")
    bases = [np.asarray(one, np.float64) for one in ([a] if isinstance(a, np.ndarray) else a)]
    later = np.asarray(b, np.float64)
    base = float(np.mean([describe(one).mean for one in bases])) if bases else np.nan
    difference = describe(later).mean - base
    percent = 100 * difference / base if base else np.nan
    valid = [int(np.count_nonzero(~np.isnan(one))) for one in (*bases, later)]
    low = high = np.nan
    if bases and min(valid) >= BLOCKS_NEEDED * block:
        rng = np.random.default_rng(seed)
        drawn_base = np.mean([_drawn_means(one, block, n, rng) for one in bases], axis=0)
        drawn = _drawn_means(later, block, n, rng) - drawn_base
        low, high = np.nanquantile(drawn, [0.025, 0.975]).tolist()
    return Difference(difference, percent, low, high, sum(valid))


def _drawn_means(days: FloatArray, block: int, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Means of `n` seasons drawn in blocks, the last block cut so that each has the season's length."""
    whole, rest = divmod(len(days), block)
    starts = rng.integers(len(days), size=(n, whole + 1))
    known = ~np.isnan(days)
    totals, counts = (
        _around(one, block)[starts[:, :whole]].sum(axis=1) + _around(one, rest)[starts[:, whole]]
        for one in (np.where(known, days, 0.0), known.astype(np.float64))
    )
    means: NDArray[np.float64] = np.full(n, np.nan)
    np.divide(totals, counts, out=means, where=counts > 0)
    return means


def _around(values: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """The sum of `length` values from each start on, around the circle."""
    steps = np.arange(length)
    sums: NDArray[np.float64] = values[(np.arange(len(values))[:, None] + steps) % len(values)].sum(axis=1)
    return sums


def _any_valid(days: FloatArray) -> bool:
    return not bool(np.isnan(np.asarray(days, np.float64)).all())
