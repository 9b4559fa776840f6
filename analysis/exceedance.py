"""Exceedances of a limit: days above it, the percentile that a standard compares, and whether it is met.

Arrays are (day,) of one period; NaN is a day that is not valid. A percentile is interpolated between ranks
(HJ 663-2013 annex A; numpy's "linear").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Exceedance:
    """Days of a period against a limit of the day mean, in the unit of the values.

    Attributes
    ----------
    above, valid, days : days above the limit, valid ones, and those of the calendar.
    percentile : of the valid days; NaN without any, or where none is asked.
    mean : of the valid days; NaN without any.
    """

    above: int
    valid: int
    days: int
    percentile: float
    mean: float

    def meets(self, value: float, limit: float | None, share: float) -> bool | None:
        """Whether a value keeps to a limit; None without either, or with less than `share` of the days.

        What already exceeds with too few days is not known either: missing days may lower a mean.
        """
        if limit is None or np.isnan(value) or self.valid < share * self.days:
            return None
        return bool(value <= limit)


def exceedance(days: Floats, limit: float, percentile: float | None = None) -> Exceedance:
    """Count the days above a limit.

    Raises
    ------
    ValueError
        If `days` has not one axis, or the percentile is not 0 to 100.
    """
    if days.ndim != 1:
        raise ValueError(f"days are (day,), not {days.shape}")
    if percentile is not None and not 0 <= percentile <= 100:
        raise ValueError(f"a percentile is 0 to 100, not {percentile:g}")
    valid = days[~np.isnan(days)]
    some = bool(valid.size)
    return Exceedance(
        above=int(np.count_nonzero(valid > limit)),
        valid=int(valid.size),
        days=len(days),
        percentile=float(np.percentile(valid, percentile)) if some and percentile is not None else np.nan,
        mean=float(valid.mean()) if some else np.nan,
    )
