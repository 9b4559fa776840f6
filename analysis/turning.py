"""Chance by turning: one series against the other, within spells, by whole days.

*Spells* are stretches of whole days (a season, a quarter of a year) that are alike in themselves. A turn
moves one series around the circle of each spell, so that season, level and hour of the day stay where they
are, each series keeps its own persistence, and only what happens on which day is taken apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from analysis.prewhiten import Floats

Spells: TypeAlias = Sequence[slice]
Ints: TypeAlias = npt.NDArray[np.int64]

DAY = 24


def turns_of(hours: int, apart: int, draws: int, rng: np.random.Generator) -> tuple[Ints, int]:
    """Random turns of a spell in hours (draw,), and how many different ones there are.

    They are whole days, at least `apart` hours away from no turn where the spell is long enough.
    """
    days = hours // DAY
    near = -(-apart // DAY)
    first, last = (near, days - near) if days > 2 * near else (0, days - 1)
    return rng.integers(first, last + 1, size=draws) * DAY, last - first + 1


def chance(null: Floats, observed: float) -> float:
    """The one-sided p of a value among draws of its null distribution: (1 + as high) / (1 + draws)."""
    return float(1 + np.count_nonzero(null >= observed - 1e-12)) / (1 + len(null))
