"""The days that can be compared, and what was known of each when a measure for it was decided.

Values are logarithms, so that an effect is a share: exp(effect) - 1. Days are civil days.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from analysis.bounded import RANK, Floats, centre, expected_value

Bools: TypeAlias = npt.NDArray[np.bool_]
Ints: TypeAlias = npt.NDArray[np.int64]

LAGS = (1, 2)


@dataclass(frozen=True)
class Evenings:
    """Consecutive civil days and what was known of each when a measure for it was decided.

    Attributes
    ----------
    first : day number (since 1970) of the first.
    mean : (day,) the day mean, ug/m3, NaN where not valid.
    value : (day,) what was known of the day before at the decision (its 0-16 h mean, or its mean), ug/m3.
    above, up_to : (day,) the forecast's bounds, ug/m3; -inf and inf where open, NaN where none was held.
    partners : (day, unit) centres of the forecasts, in logarithms, of the units that decide together with
        this one; NaN where none was held.
    others : (day, k) further values known at the decision, ug/m3: upwind regions.
    measure : (day,) whether the measure was in force; `aside` days are left out.
    free : (day,) Saturdays, Sundays and holidays.
    season : (day,) code of the time of year.
    weather : (day, variable) of the day itself, in its own units; none where it is not stored.
    """

    first: int
    mean: Floats
    value: Floats
    above: Floats
    up_to: Floats
    partners: Floats
    others: Floats
    measure: Bools
    aside: Bools
    free: Bools
    season: Ints
    weather: Floats = field(default_factory=lambda: np.empty((0, 0)))

    @property
    def known(self) -> Bools:
        """The days of which a forecast was held."""
        return np.isfinite(self.above) | np.isfinite(self.up_to)


@dataclass(frozen=True)
class Days:
    """The days of which everything is known, each a row; logarithms of ug/m3.

    Attributes
    ----------
    number : (day,) day numbers, ascending.
    outcome : (day,) day means.
    controls : (day, k) the value at the decision, lags, other regions, weather in standard deviations.
    expected : (day,) the expected forecast within its bounds.
    forecast : (day,) code of the forecast's class, that is of its bounds.
    """

    number: Ints
    outcome: Floats
    controls: Floats
    expected: Floats
    forecast: Ints
    measure: Bools
    free: Bools
    season: Ints

    def __len__(self) -> int:
        return len(self.number)

    def part(self, rows: Bools | Ints) -> Days:
        """Some of the days."""
        return replace(self, **{name: getattr(self, name)[rows] for name in self.__dataclass_fields__})

    @cached_property
    def design(self) -> Floats:
        """The covariates (day, k): controls, expected forecast, and steps of class, season and free day."""
        columns = [self.controls, self.expected[:, None], _steps(self.forecast)]
        return np.column_stack([*columns, _steps(self.season)[:, 1:], self.free.astype(np.float64)])

    @cached_property
    def basis(self) -> tuple[Floats, Floats]:
        """An orthonormal basis (day, r) of the covariates, and the way back (k, r) to their coefficients."""
        left, singular, right = np.linalg.svd(self.design, full_matrices=False)
        kept = singular > singular.max(initial=0) * RANK
        return left[:, kept], right[kept].T / singular[kept]

    def on_calendar(self, values: Floats) -> Floats:
        """Values of the days on the unbroken calendar, 0 on days that are left out."""
        first = self.number.min()
        found = np.zeros(int(self.number.max() - first) + 1)
        found[self.number - first] = values
        return found


def complete_days(given: Evenings) -> Days:
    """The days of which day mean, lags, value and forecast are known, as logarithms.

    The forecast's expectation within its bounds is taken from the value, the lags, other regions and the
    forecasts of the units that decide together: the measure follows from those as well, and not from weather
    that had not come. A day mean of 0 has no logarithm and is left out.
    """
    mean = _log(given.mean)
    controls = np.column_stack([_log(given.value), *(_lagged(mean, lag) for lag in LAGS), _log(given.others)])
    weather = _standard(given.weather, len(mean))
    known = given.known & ~np.isnan(np.column_stack([mean, controls, weather])).any(axis=1)
    low, high = _bound(given.above, -np.inf), _bound(given.up_to, np.inf)
    expected = np.full(len(mean), np.nan)
    if known.any():
        partners = np.where(np.isnan(given.partners), centre(low, high)[:, None], given.partners)
        covariates = np.column_stack([np.ones(len(mean)), controls, partners])
        expected[known] = expected_value(low[known], high[known], covariates[known])
    kept = np.flatnonzero(known & ~given.aside)
    bounds = np.column_stack([low, high])[kept]
    return Days(
        (given.first + kept).astype(np.int64),
        mean[kept],
        np.column_stack([controls, weather])[kept],
        expected[kept],
        np.unique(bounds, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64),
        given.measure[kept],
        given.free[kept],
        given.season[kept],
    )


def comparable(days: Days) -> Days:
    """The days of those forecast classes that hold at least two days without a measure."""
    without = np.bincount(days.forecast, ~days.measure, minlength=int(days.forecast.max(initial=0)) + 1)
    return days.part(without[days.forecast] >= 2)


def _standard(weather: Floats, days: int) -> Floats:
    if not weather.size:
        return np.empty((days, 0))
    spread = np.nanstd(weather, axis=0)
    standard: Floats = (weather - np.nanmean(weather, axis=0)) / np.where(spread > 0, spread, 1.0)
    return standard


def _steps(codes: Ints) -> Floats:
    steps: Floats = (codes[:, None] == np.unique(codes)).astype(np.float64)
    return steps


def _lagged(values: Floats, lag: int) -> Floats:
    return np.concatenate([np.full(min(lag, len(values)), np.nan), values[:-lag]])


def _log(values: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(values > 0, np.log(values), np.nan)


def _bound(values: Floats, open_end: float) -> Floats:
    return np.where(np.isfinite(values) & (values > 0), _log(values), open_end)
