"""Profiles: the rules that make episodes, with thresholds as values, percentiles or deviations.

Source of the statutory profiles: `catalogue/profiles.csv`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from analysis.averages import FloatArray

if TYPE_CHECKING:
    from config.air import ProfileFact

Operator = Literal[">", ">=", "<", "<="]
Level = Literal["value", "percentile", "deviation"]


class ProfileError(ValueError):
    """A profile that contradicts itself."""


@dataclass(frozen=True)
class Profile:
    """The rule that makes an episode; `analysis.episodes` tells how it is applied.

    Attributes
    ----------
    enter, exit : float
        In the unit of the values; with `level` "percentile" percentiles of the valid values (0 to 100), with
        "deviation" their standard deviations from the mean: such a profile is applied after `on`.

    Raises
    ------
    ProfileError
        Saying which column contradicts which.
    """

    id: str
    every: Literal["hour", "day"]
    op: Operator
    enter: float
    exit: float | None = None
    exit_op: Operator | None = None
    rounded: bool = False
    min_count: int = 1
    max_gap: int = 0
    order: Literal["merge-first", "filter-first"] = "merge-first"
    level: Level = "value"

    def __post_init__(self) -> None:
        if self.min_count < 1 or self.max_gap < 0:
            raise ProfileError(f"profile {self.id}: min_count is at least 1 and max_gap at least 0")
        if self.exit is None and self.exit_op is not None:
            raise ProfileError(f"profile {self.id}: exit_op without exit")
        if self.exit_op is not None and self.exit_op[0] == self.op[0]:
            raise ProfileError(
                f"profile {self.id}: exit_op {self.exit_op} looks the same way as op {self.op}"
            )
        if not (math.isfinite(self.enter) and math.isfinite(self.exit or 0.0)):
            raise ProfileError(f"profile {self.id}: a threshold is not a number")
        if self.level == "percentile" and not all(0 <= one <= 100 for one in self._thresholds()):
            raise ProfileError(f"profile {self.id}: a percentile is 0 to 100")
        bounds = self._compared(np.dtype(np.float64))
        if bounds.stay > bounds.enter:
            raise ProfileError(f"profile {self.id}: a value can enter at {self.enter} and end at {self.exit}")

    @classmethod
    def from_fact(cls, fact: ProfileFact) -> Profile:
        """The profile of a row of `catalogue/profiles.csv`."""
        return cls(**{field.name: getattr(fact, field.name) for field in fields(cls)})

    @property
    def hours_per_step(self) -> int:
        """Hours in one period."""
        return 24 if self.every == "day" else 1

    def on(self, values: FloatArray) -> Profile:
        """The profile in the unit of the values, its percentiles or deviations taken of the valid ones.

        Raises
        ------
        ProfileError
            Where no value is valid.
        """
        if self.level == "value":
            return self
        valid = np.asarray(values, np.float64)
        valid = valid[~np.isnan(valid)]
        if not valid.size:
            raise ProfileError(f"profile {self.id}: no value is held that its thresholds could be taken of")
        if self.level == "percentile":
            found = [float(np.percentile(valid, one)) for one in self._thresholds()]
        else:
            found = [float(valid.mean() + one * valid.std()) for one in self._thresholds()]
        return replace(self, enter=found[0], exit=found[1] if len(found) > 1 else None, level="value")

    def _thresholds(self) -> list[float]:
        return [self.enter] if self.exit is None else [self.enter, self.exit]

    def bounds(self, dtype: np.dtype[Any]) -> Bounds:
        """The two comparisons of the rule for values of a dtype.

        A threshold is taken at the precision of the values: 35.4 at rest in float32 is not above 35.4.
        """
        if self.level != "value":
            raise ProfileError(f"profile {self.id}: its thresholds are {self.level}s: apply `on` first")
        return self._compared(dtype)

    def _compared(self, dtype: np.dtype[Any]) -> Bounds:
        sign = 1.0 if self.op[0] == ">" else -1.0
        threshold = sign * dtype.type(self.enter)
        above = np.nextafter(threshold, dtype.type(np.inf))
        enter = float(threshold if "=" in self.op else above)
        if self.exit is None:
            return Bounds(sign, float(threshold), enter, enter)
        stay = sign * dtype.type(self.exit)
        if "=" in self.exit_op if self.exit_op else "=" not in self.op:
            stay = np.nextafter(stay, dtype.type(np.inf))
        return Bounds(sign, float(threshold), enter, float(stay))


class Bounds(NamedTuple):
    """A profile turned upwards: `sign * value` enters from `enter` on, and goes on from `stay` on."""

    sign: float
    threshold: float
    enter: float
    stay: float
