"""Means with their capture: station days, regional values, months and seasons, running means.

Arrays are station-major, (station, time), on a regular axis whose labels are the starts of the averaging
periods; NaN is missing. What is float32 at rest is summed in float64, in the order given: callers
give stations in order of id, so that every database answers alike. The unit of a mean is that of its values.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.capture import parts_needed

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

HOURS = 24
# numpy needs less time for so many values than importing numba takes
PLAIN_UP_TO = 20_000_000


class DayMeans(NamedTuple):
    """Day means (..., day) as float64, and the hours behind each as int32."""

    mean: NDArray[np.float64]
    n_valid: NDArray[np.int32]


class Mean(NamedTuple):
    """A mean across stations or members (time,), and how many are behind each value."""

    mean: NDArray[np.float64]
    n: IntArray


class PeriodMeans(NamedTuple):
    """Means by period: arrays (period,), in order of first appearance of the labels."""

    labels: NDArray[Any]
    mean: NDArray[np.float64]
    n_valid: IntArray
    n_expected: IntArray
    capture: NDArray[np.float64]


@cache
def compiled(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel compiled by numba, kept on disk between runs where a folder can be written."""
    import numba

    try:
        return numba.njit(cache=True)(kernel)  # type: ignore[no-any-return]
    except RuntimeError:  # neither the package nor the home can be written: compile anew each run
        return numba.njit(kernel)  # type: ignore[no-any-return]


def whole_days(n_hours: int, first_hour: int) -> slice:
    """Which columns of an hourly axis make whole civil days.

    Parameters
    ----------
    n_hours : int
        Length of the axis.
    first_hour : int
        Civil hour, 0 to 23, at which its first averaging period starts.

    Returns
    -------
    slice
        Empty where no whole day is covered.
    """
    first = -first_hour % HOURS
    return slice(first, first + max(0, n_hours - first) // HOURS * HOURS)


def daily_means(values: FloatArray, needed: int) -> DayMeans:
    """Station day means with valid capture.

    Parameters
    ----------
    values : array (..., hour)
        Hourly means, cut to whole civil days (see `whole_days`).
    needed : int
        Valid hours a day needs of its 24: 18 in Korea, 20 in China (GB 3095), from `catalogue/validity.csv`.

    Returns
    -------
    DayMeans
        `mean` is NaN where fewer than `needed` hours are valid; `n_valid` counts them all the same.

    Raises
    ------
    ValueError
        If the hours are not whole days, or `needed` is not 1 to 24.
    """
    if values.shape[-1] % HOURS:
        raise ValueError(f"{values.shape[-1]} hours are not whole days: cut them with whole_days")
    if not 1 <= needed <= HOURS:
        raise ValueError(f"a day needs 1 to {HOURS} hours, not {needed}")
    shape = (*values.shape[:-1], values.shape[-1] // HOURS)
    if values.size <= PLAIN_UP_TO:
        return _plain_daily_means(values.reshape(*shape, HOURS), needed)
    mean = np.empty(shape, np.float64)
    n_valid = np.empty(shape, np.int32)
    kernel = compiled(_day_kernel)
    for series in np.ndindex(shape[:-1]):
        kernel(np.ascontiguousarray(values[series]), needed, mean[series], n_valid[series])
    return DayMeans(mean, n_valid)


def _plain_daily_means(hours: FloatArray, needed: int) -> DayMeans:
    total = np.zeros(hours.shape[:-1], np.float64)
    n_valid = np.zeros(hours.shape[:-1], np.int32)
    for hour in range(HOURS):  # hour by hour, the order of the compiled kernel: the same bits
        _add(hours[..., hour], total, n_valid)
    return DayMeans(_divide(total, n_valid, n_valid >= needed), n_valid)


def _day_kernel(
    hours: FloatArray, needed: int, mean: NDArray[np.float64], n_valid: NDArray[np.int32]
) -> None:
    for day in range(len(mean)):
        total = 0.0
        n = 0
        for hour in range(day * 24, day * 24 + 24):
            value = hours[hour]
            valid = not math.isnan(value)
            total += value if valid else 0.0
            n += valid
        n_valid[day] = n
        mean[day] = total / n if n >= needed else np.nan


def panel_mean(
    values: FloatArray, in_panel: BoolArray, share: float = 0.75, each_of: ArrayLike | None = None
) -> Mean:
    """The regional value: the mean of the stations heard. A regional value needs 75 % of its panel.

    Parameters
    ----------
    values : array (station, time)
        Hourly values or day means, stations in order of id.
    in_panel : array of bool (station,)
        The stations behind the regional number.
    share : float
        Of the panel that must be valid in a column.
    each_of : array (station,), optional
        Label of the part each station lies in. Every part that has a station in the panel must be heard, too
        (a region of several sido needs a station in each).

    Returns
    -------
    Mean
        `mean` (time,) is NaN where too few are heard; `n` (time,) counts stations heard all the same.

    Raises
    ------
    ValueError
        If the shapes do not fit or `share` is not between 0 and 1.
    """
    in_panel = np.asarray(in_panel, bool)
    if values.ndim != 2 or in_panel.shape != values.shape[:1]:
        raise ValueError(f"values (station, time) {values.shape} and panel {in_panel.shape} do not fit")
    members = np.flatnonzero(in_panel)
    total = np.zeros(values.shape[1], np.float64)
    n = np.zeros(values.shape[1], np.int64)
    for station in members:
        _add(values[station], total, n)
    valid = n >= parts_needed(share, len(members))
    if each_of is not None:
        part_of = np.asarray(each_of)[members]
        for part in np.unique(part_of):
            valid &= ~np.isnan(values[members[part_of == part]]).all(axis=0)
    return Mean(_divide(total, n, valid), n)


def composed_mean(members: FloatArray, share: float = 0.75, *, all_members: bool = False) -> Mean:
    """The mean over member series, each already a mean: a group of cities over its cities.

    Parameters
    ----------
    members : array (member, time)
        A series per city or sido, in order of id.
    share : float
        Of the members that must be valid in a column: a group of cities needs 75 % of its cities.
    all_members : bool
        Every member must be valid; `share` is not looked at.

    Returns
    -------
    Mean
        `mean` (time,) is NaN where too few are valid; `n` (time,) counts members.
    """
    return panel_mean(members, np.ones(len(members), bool), 1.0 if all_members else share)


def period_means(values: FloatArray, groups: ArrayLike) -> PeriodMeans:
    """Means of valid regional days by month, season or year.

    Parameters
    ----------
    values : array (day,)
        Regional day means, one per day of the calendar, NaN where not valid.
    groups : array (day,)
        Label of the period each day belongs to.

    Returns
    -------
    PeriodMeans
        `capture` is valid days over the days of the calendar given. The mean is NaN without a valid day;
        whether the capture suffices is the caller's policy.

    Raises
    ------
    ValueError
        If there is not one label per day.
    """
    days = np.asarray(values, np.float64)
    marks = np.asarray(groups)
    if days.ndim != 1 or marks.shape != days.shape:
        raise ValueError(f"{days.shape} days and {marks.shape} labels do not fit")
    labels, first, member = np.unique(marks, return_index=True, return_inverse=True)
    order = np.argsort(first)
    valid = ~np.isnan(days)
    total = np.bincount(member, np.where(valid, days, 0.0), len(labels))[order]
    n_valid = np.bincount(member[valid], minlength=len(labels))[order]
    n_expected = np.bincount(member, minlength=len(labels))[order]
    mean = _divide(total, n_valid, n_valid > 0)
    return PeriodMeans(labels[order], mean, n_valid, n_expected, n_valid / n_expected)


def rolling_mean(values: FloatArray, hours: int, needed: int) -> NDArray[np.float64]:
    """The mean of the last `hours` values, the current one included.

    Parameters
    ----------
    values : array (..., time)
        Hourly values.
    hours : int
        Length of the window. What lies before the first value counts as missing.
    needed : int
        Valid values a window needs.

    Returns
    -------
    array of float64 (..., time)
        Each depends on its own window alone, to the last bit: longer series do not change it.

    Raises
    ------
    ValueError
        If `needed` is not 1 to `hours`.
    """
    if not 1 <= needed <= hours:
        raise ValueError(f"a window of {hours} hours cannot need {needed}")
    total = np.zeros(values.shape, np.float64)
    n = np.zeros(values.shape, np.int64)
    for back in range(min(hours, values.shape[-1]) - 1, -1, -1):
        _add(values[..., : values.shape[-1] - back], total[..., back:], n[..., back:])
    return _divide(total, n, n >= needed)


def round_half_up(values: ArrayLike, digits: int = 0) -> NDArray[np.float64]:
    """Decimal rounding, ties up (towards plus infinity): 35.5 is 36, 0.25 to one digit is 0.3, -0.5 is 0.

    A value is first taken to nine decimals, so that 35.4999999999, which is what 35.5 may become
    when it is summed in another order, counts as the tie that it is. Good for sizes below 9e6.

    Parameters
    ----------
    values : array_like
        Any shape; NaN stays NaN.
    digits : int
        Decimals kept, 0 to 8.

    Returns
    -------
    array of float64
        The shape of `values`.
    """
    exact = np.asarray(values, np.float64) * 10.0**digits
    scale = 10.0 ** (9 - digits)
    ninth = np.floor(exact * scale + 0.5) / scale
    rounded: NDArray[np.float64] = np.floor(ninth + 0.5) / 10.0**digits
    return rounded


def _add(values: FloatArray, total: NDArray[np.float64], n: NDArray[Any]) -> None:
    valid = ~np.isnan(values)
    np.add(total, values, out=total, where=valid)
    n += valid


def _divide(total: NDArray[Any], n: NDArray[Any], valid: BoolArray) -> NDArray[np.float64]:
    mean = np.full(total.shape, np.nan)
    np.divide(total, n, out=mean, where=valid)
    return mean
