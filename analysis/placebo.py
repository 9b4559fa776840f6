"""What an estimator says where nothing was done, and how often chance alone gives as much."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from analysis.bounded import Floats
from analysis.effects import Estimator
from analysis.measure_days import Bools, Days


class Placebo(NamedTuple):
    """The same estimator on pseudo measure days: its mean in logarithms, and the two-sided p of the real."""

    mean: float
    p: float
    draws: int


def placebo(days: Days, estimator: Estimator, draws: int, seed: int = 0) -> Placebo:
    """The estimator where nothing was done: pseudo measure days drawn from days of the same forecast class.

    Each class keeps its number of measure days. p counts the draws whose t is at least as far from 0 as the
    real one, itself included (Phipson and Smyth 2010).
    """
    real = estimator(days.measure)
    drawn = [estimator(one) for one in _shuffled(days, draws, np.random.default_rng(seed))]
    given = [one for one in drawn if np.isfinite(one.t)]
    if not np.isfinite(real.t) or not given:
        return Placebo(np.nan, np.nan, 0)
    further = sum(abs(one.t) >= abs(real.t) for one in given)
    return Placebo(
        float(np.mean([one.effect for one in given])), (1 + further) / (1 + len(given)), len(given)
    )


def _shuffled(days: Days, draws: int, rng: np.random.Generator) -> Iterator[Bools]:
    classes = [np.flatnonzero(days.forecast == code) for code in np.unique(days.forecast)]
    for _ in range(draws):
        drawn = days.measure.copy()
        for rows in classes:
            drawn[rows] = rng.permutation(drawn[rows])
        yield drawn


def benjamini_hochberg(p: Floats) -> Floats:
    """The false discovery rate (Benjamini and Hochberg 1995) at which each of several p is a finding."""
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")[::-1]]
    ranks = np.arange(len(order), 0, -1)
    q = np.full(len(p), np.nan)
    q[order] = np.minimum(np.minimum.accumulate(p[order] * len(order) / ranks), 1.0)
    return q
