"""Synthetic control: a region beside the mixture of others that went with it before something began.

Arrays are (unit, week) logarithms of ug/m3 without gaps, the target in a row of its own. Each unit's mean of
the weeks before is taken out first, so that a region may be worse than every other (Ferman and Pinto 2021).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from analysis.bounded import Floats
from analysis.measure_days import Bools

LEVEL = 0.95
# The sum of weights is held by an equation that counts so many times as the values do.
_HELD = 1e4


class Synthetic(NamedTuple):
    """What is left between a unit and its synthetic control.

    Attributes
    ----------
    weights : (donor,) not below 0, their sum 1.
    gap : (week,) unit less synthetic.
    fit : root mean square of the gap in the weeks before.
    ratio : root mean square of the gap in the weeks after, over `fit`.
    effect : the mean gap in the weeks after.
    """

    weights: Floats
    gap: Floats
    fit: float
    ratio: float
    effect: float


class InSpace(NamedTuple):
    """The same estimator on each donor as if it had been the target (Abadie, Diamond and Hainmueller 2010).

    Attributes
    ----------
    ratios, effects : (donor,) of the pseudo targets.
    p : the share of units, the target among them, whose ratio is at least the target's.
    low, high : the effects, constant over the weeks after, that this test would not reject at 5 %; NaN where
        there are too few donors to reject anything, or no constant effect stands.
    """

    ratios: Floats
    effects: Floats
    p: float
    low: float
    high: float


def simplex_weights(target: Floats, donors: Floats) -> Floats:
    """Weights (donor,) not below 0 that sum to 1 and make `weights @ donors` nearest to `target` (week,).

    By non-negative least squares (Lawson and Hanson 1974) with the sum as one more, heavily weighted
    equation; what that leaves of the sum is divided out.
    """
    from scipy.optimize import nnls  # a small question must not wait for it

    scale = _HELD * max(float(np.abs(donors).max(initial=0)), 1e-9)
    design = np.vstack([donors.T, np.full(len(donors), scale)])
    found, _ = nnls(design, np.append(target, scale))
    weights: Floats = found / found.sum()
    return weights


def synthetic_control(target: Floats, donors: Floats, before: Bools, after: Bools) -> Synthetic:
    """A unit beside its synthetic control.

    Parameters
    ----------
    target : array (week,)
    donors : array (donor, week)
        Units in which nothing began.
    before, after : array of bool (week,)
        The weeks that weights are fitted on, and those in which the effect is looked for.

    Raises
    ------
    ValueError
        Where a week is missing, or there is no donor, no week before or none after.
    """
    if not len(donors) or not before.any() or not after.any():
        raise ValueError("a synthetic control needs a donor, weeks before and weeks after")
    if np.isnan(target).any() or np.isnan(donors).any():
        raise ValueError("a synthetic control takes complete weeks: leave out those that are not")
    own = target - target[before].mean()
    others = donors - donors[:, before].mean(axis=1, keepdims=True)
    weights = simplex_weights(own[before], others[:, before])
    gap = own - weights @ others
    fit, later = (math.sqrt(float((gap[part] ** 2).mean())) for part in (before, after))
    return Synthetic(weights, gap, fit, later / fit if fit else math.inf, float(gap[after].mean()))


def in_space(found: Synthetic, donors: Floats, before: Bools, after: Bools) -> InSpace:
    """How the target's ratio ranks among those of the donors, each set against the others.

    The interval holds every constant effect d under which the target's ratio, with d taken from its gaps
    after, would not be among the 5 % highest (Firpo and Possebom 2018).
    """
    pseudo = [
        synthetic_control(donors[row], np.delete(donors, row, axis=0), before, after)
        for row in range(len(donors))
        if len(donors) > 1
    ]
    ratios = np.array([one.ratio for one in pseudo])
    p = float(1 + np.count_nonzero(ratios >= found.ratio)) / (1 + len(ratios))
    low, high = _not_rejected(found, ratios, after)
    return InSpace(ratios, np.array([one.effect for one in pseudo]), p, low, high)


def _not_rejected(found: Synthetic, ratios: Floats, after: Bools) -> tuple[float, float]:
    units = len(ratios) + 1
    # Rejected is a ratio that fewer than so many of the donors reach: (1 + reached) / units <= 5 %.
    fewest = math.floor((1 - LEVEL) * units + 1e-9)
    if fewest < 1:
        return math.nan, math.nan
    limit = float(np.sort(ratios)[-fewest])
    gap = found.gap[after]
    room = (limit * found.fit) ** 2 - float(gap.var())
    if not room >= 0:
        return math.nan, math.nan
    reach = math.sqrt(room)
    return found.effect - reach, found.effect + reach
