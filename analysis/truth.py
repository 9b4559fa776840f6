"""Three-valued logic: what is not known never becomes a yes or a no by itself.

A truth is True, False or None (not known), joined as in Kleene's strong logic: of several conditions one that
fails decides, whatever the others are. Filling in what is not known never turns an answer that is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

import numpy as np

from analysis.averages import BoolArray, FloatArray

Truth: TypeAlias = bool | None
Amount: TypeAlias = float | tuple[float, float] | None
"""A value; the class `(lo, hi)` in which a forecast puts it, inclusive; None or NaN where not known."""


class Agreement(NamedTuple):
    """How often rule and announcement agree; a case of which either is not known is undecidable."""

    both: int
    issued_only: int
    rule_only: int
    neither: int
    undecidable: int


def at_least(needed: int, truths: Iterable[Truth]) -> Truth:
    """Whether `needed` of the truths hold; None where those not known decide it."""
    given = list(truths)
    certain = given.count(True)
    if certain >= needed:
        return True
    return None if certain + given.count(None) >= needed else False


def all_of(truths: Iterable[Truth]) -> Truth:
    """False where one fails, else None where one is not known. Of nothing it is True."""
    given = list(truths)
    return at_least(len(given), given)


def any_of(truths: Iterable[Truth]) -> Truth:
    """True where one holds, else None where one is not known. Of nothing it is False."""
    return at_least(1, truths)


def not_(truth: Truth) -> Truth:
    """The opposite; what is not known stays so."""
    return None if truth is None else not truth


def above(amount: Amount, threshold: float) -> Truth:
    """Whether an amount is strictly above a threshold; None where a class holds values on both sides."""
    if amount is None:
        return None
    lo, hi = amount if isinstance(amount, tuple) else (amount, amount)
    return True if lo > threshold else False if hi <= threshold else None


def longest(met: BoolArray) -> int:
    """The longest run of True in a row of (time,)."""
    breaks = np.flatnonzero(~met)
    return int(np.diff(np.concatenate([[-1], breaks, [len(met)]])).max()) - 1


def hours_reached(values: FloatArray, threshold: float, hours: int) -> Truth:
    """Whether so many hours in a row are at or above a threshold; a missing hour may or may not be.

    `values` (hour,) in the unit of the threshold, NaN where missing.
    """
    known = np.asarray(values) >= threshold
    if longest(known) >= hours:
        return True
    return None if longest(known | np.isnan(values)) >= hours else False


def agreement(would_issue: Iterable[Truth], issued: Iterable[Truth]) -> Agreement:
    """Counts the cases, one rule and one announcement each; raises ValueError where one is lacking."""
    cases = list(zip(would_issue, issued, strict=True))
    decided = ((True, True), (False, True), (True, False), (False, False))
    both, issued_only, rule_only, neither = (cases.count(case) for case in decided)
    return Agreement(both, issued_only, rule_only, neither, sum(case not in decided for case in cases))
