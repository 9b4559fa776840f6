"""How well yes-or-no forecasts came true: the two-by-two table and its scores (Wilks 2019, chapter 9).

Arrays are (day,): 1 for yes, 0 for no, NaN for not known. A score without a case that it could be taken of is
NaN: there is no hit rate where nothing happened.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# Two-sided 95 %.
_Z = 1.959963984540054


@dataclass(frozen=True)
class Table:
    """The two-by-two table of forecasts and what came.

    Attributes
    ----------
    not_decided : days on which the forecast says neither yes nor no.
    not_observed : days with a forecast and without an observation.
    """

    hits: int
    misses: int
    false_alarms: int
    correct_negatives: int
    not_decided: int
    not_observed: int

    @property
    def n(self) -> int:
        """Days that count."""
        return self.hits + self.misses + self.false_alarms + self.correct_negatives

    @property
    def hit_rate(self) -> float:
        """Share of the events that were forecast (probability of detection)."""
        return _ratio(self.hits, self.hits + self.misses)

    @property
    def false_alarm_ratio(self) -> float:
        """Share of the forecasts of an event after which none came."""
        return _ratio(self.false_alarms, self.hits + self.false_alarms)

    @property
    def critical_success_index(self) -> float:
        """Hits among all days on which an event was forecast or came."""
        return _ratio(self.hits, self.hits + self.misses + self.false_alarms)

    @property
    def bias(self) -> float:
        """Events forecast for each that came."""
        return _ratio(self.hits + self.false_alarms, self.hits + self.misses)

    @property
    def accuracy(self) -> float:
        """Share of days forecast rightly; high by itself where events are rare."""
        return _ratio(self.hits + self.correct_negatives, self.n)

    @property
    def peirce(self) -> float:
        """Hit rate less the share of days without event for which one was forecast; 0 is no skill."""
        quiet = self.false_alarms + self.correct_negatives
        return self.hit_rate - _ratio(self.false_alarms, quiet)

    @property
    def base_rate(self) -> float:
        """Share of days with an event."""
        return _ratio(self.hits + self.misses, self.n)


def table(forecast: Floats, observed: Floats) -> Table:
    """The table of two arrays (day,).

    Raises
    ------
    ValueError
        If the two are not of one length.
    """
    if forecast.shape != observed.shape or forecast.ndim != 1:
        raise ValueError(
            f"forecasts {forecast.shape} and observations {observed.shape} are not of the same days"
        )
    decided, seen = ~np.isnan(forecast), ~np.isnan(observed)
    both = decided & seen
    yes, came = forecast == 1, observed == 1
    return Table(
        hits=_count(both & yes & came),
        misses=_count(both & ~yes & came),
        false_alarms=_count(both & yes & ~came),
        correct_negatives=_count(both & ~yes & ~came),
        not_decided=_count(seen & ~decided),
        not_observed=_count(~seen),
    )


def _count(days: Bools) -> int:
    return int(np.count_nonzero(days))


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927); NaN of nothing.

    It takes the days for independent. Bad days come in runs, so the truth is wider.
    """
    if not whole:
        return float("nan"), float("nan")
    share = part / whole
    middle = share + _Z**2 / (2 * whole)
    half = _Z * float(np.sqrt(share * (1 - share) / whole + _Z**2 / (4 * whole**2)))
    scale = 1 + _Z**2 / whole
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def onsets(observed: Floats) -> Bools:
    """Days with an event whose day before had none: those that persistence cannot foretell (day,)."""
    before = np.concatenate([[np.nan], observed[:-1]])
    return np.asarray((observed == 1) & (before == 0))


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
