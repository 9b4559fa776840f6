"""From figures to pixels: a linear scale, and round numbers along it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` on pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Where a value stands."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def ticks(high: float, most: int = 5) -> list[float]:
    """Round numbers from 0 to at most `high`: steps of 1, 2, 2.5 or 5 times a power of ten."""
    if high <= 0:
        return [0.0]
    raw = high / most
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * one for one in (1, 2, 2.5, 5, 10) if power * one >= raw * 0.999)
    return [index * step for index in range(int(high / step + 1e-9) + 1)]


def ceiling(values: Iterable[float | None], least: float = 0) -> float:
    """A top a little above the highest value."""
    return max([one for one in values if one is not None] + [least]) * 1.08 or 1.0
