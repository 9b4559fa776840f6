"""Data capture: the share of expected parts that are valid, and how many a mean needs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.air import Validity


def parts_needed(share: float, expected: int) -> int:
    """How many of `expected` parts make up `share`, never fewer than one.

    Parameters
    ----------
    share : float
        0 to 1.
    expected : int
        Parts in the calendar or stations in the panel, whether heard or not.

    Returns
    -------
    int
        The smallest whole number that is at least `share * expected`.

    Raises
    ------
    ValueError
        If `share` is not between 0 and 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1, not {share}")
    # 0.7 * 10 is 7.000000000000001 in binary; nobody means eight stations by it
    return max(1, math.ceil(round(share * expected, 9)))


@dataclass(frozen=True)
class Capture:
    """The validity rule of one mean: a fixed number of parts, or a share of those expected.

    Parameters
    ----------
    id : str
        Name of the rule in the catalogue, such as `kr-day`.
    needed : int, optional
        Parts needed, whatever the calendar holds (China's 20 hours).
    share : float, optional
        Share of the expected parts needed; used where `needed` is None.
    """

    id: str
    needed: int | None = None
    share: float | None = None

    def __post_init__(self) -> None:
        if (self.needed is None) == (self.share is None):
            raise ValueError(f"capture rule {self.id}: give either needed or share")

    @classmethod
    def from_fact(cls, fact: Validity) -> Capture:
        """The rule of a row of `catalogue/validity.csv`."""
        return cls(fact.id, fact.needed, None if fact.needed is not None else fact.share)

    def parts(self, expected: int) -> int:
        """How many parts a mean needs when the calendar expects `expected`."""
        return self.needed if self.needed is not None else parts_needed(self.share or 0.0, expected)
