"""Break points of a series of months, seasons or years: where its level and slope change, and how surely.

Arrays are (period,), NaN where missing; `time` is in years. Each stretch has a line of its own (a pure
structural change model, Bai and Perron 1998); the stretches are the ones with the least squares over all
partitions (dynamic programming, Bai and Perron 2003).
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from analysis.prewhiten import Floats, autocovariance
from analysis.trends import Ints

# Level and slope of a stretch.
_LINE = 2
LEVEL = 0.05
_MOST_PERSISTENT = 0.9


class Break(NamedTuple):
    """A change between two periods.

    Attributes
    ----------
    at : the first period of the new stretch; `low` and `high` hold it in 95 of 100 bootstrap draws.
    step : how much higher the new line is at that period than the old one would be.
    before, after : slopes per year on both sides.
    """

    at: int
    low: int
    high: int
    step: float
    before: float
    after: float


class Breaks(NamedTuple):
    """The breaks of a series, and the criterion by which so many were chosen.

    Attributes
    ----------
    criterion : by number of breaks, from none on; the least is chosen.
    p : how often an AR(1) process around one line gives as much to as many breaks; NaN where none was chosen.
    """

    breaks: list[Break]
    criterion: list[float]
    p: float


def stretch_costs(time: Floats, values: Floats, fewest: int) -> Floats:
    """Sums of squares around the line of each stretch (from, to): periods `from` up to but not `to`.

    inf where a stretch holds fewer than `fewest` valid periods.
    """
    known = ~np.isnan(values)
    t, y = (np.where(known, one - one[known].mean(), 0.0) for one in (time, values))
    terms = np.array([known.astype(np.float64), t, y, t * t, t * y, y * y])
    sums = np.concatenate([np.zeros((len(terms), 1)), terms.cumsum(axis=1)], axis=1)
    n, st, sy, stt, sty, syy = sums[:, None, :] - sums[:, :, None]
    enough = n >= fewest
    with np.errstate(divide="ignore", invalid="ignore"):
        spread, along, total = stt - st * st / n, sty - st * sy / n, syy - sy * sy / n
        costs = total - np.where(spread > 0, along * along / spread, 0.0)
    found: Floats = np.where(enough, np.maximum(costs, 0.0), np.inf)
    return found


def partition(costs: Floats, breaks: int) -> tuple[list[int], float]:
    """The partition into `breaks` + 1 stretches with the least cost, and that cost; inf where none fits."""
    best = costs[0]  # of the first stretches, by where they end
    back = []
    for _ in range(breaks):
        through = best[:, None] + costs
        back.append(through.argmin(axis=0))
        best = through.min(axis=0)
    end = len(costs) - 1
    cost = float(best[end])
    places = []
    for step in reversed(back):
        end = int(step[end])
        places.append(end)
    return places[::-1], cost


def break_points(
    time: Floats,
    values: Floats,
    *,
    fewest: int,
    most: int = 3,
    block: int = 1,
    draws: int = 500,
    seed: int = 0,
) -> Breaks:
    """Where level and slope change: none, or up to `most` breaks.

    How many is told by the Schwarz criterion, m ln(S / n) + k ln(m) with k parameters, each break one of
    them (Yao 1988); m = n (1 - r) / (1 + r) values are as good as independent, with the lag-1
    autocorrelation r of what `most` breaks leave. A short or persistent series has such breaks wherever it
    wanders. So they are offered only where an AR(1) process around one line, whose r is that of what one line
    leaves, corrected for its bias (Hamed 2009), gives as much to as many breaks in fewer than 5 of 100 draws
    (Diebold and Chen 1996). The interval of a break is the span of its places in draws of the residuals in
    blocks, laid on the fitted lines.

    Parameters
    ----------
    fewest : int
        Valid periods in a stretch, at least.
    block : int
        Periods in a block of the bootstrap.

    Raises
    ------
    ValueError
        If a stretch of `fewest` periods gives no line.
    """
    if fewest <= _LINE or most < 0 or min(block, draws) < 1:
        raise ValueError(f"a stretch needs more than {_LINE} periods, a bootstrap blocks and draws")
    costs = stretch_costs(time, values, fewest)
    n = int(np.count_nonzero(~np.isnan(values)))
    found = [partition(costs, breaks) for breaks in range(most + 1)]
    able = [one for one in found if math.isfinite(one[1])]
    if not able:
        return Breaks([], [], math.nan)
    r = _persistence(values - _lines(time, values, able[-1][0]))
    alone = n * (1 - r) / (1 + r)
    criterion = [_schwarz(cost, breaks, n, alone) for breaks, (_, cost) in enumerate(able)]
    chosen = int(np.argmin(criterion))
    if not chosen:
        return Breaks([], criterion, math.nan)
    rng = np.random.default_rng(seed)
    places, cost = able[chosen]
    p = _chance(time, values, fewest, chosen, able[0][1] / max(cost, 1e-12), draws, rng)
    if p >= LEVEL:
        return Breaks([], criterion, p)
    spans = _spans(time, values, places, fewest, block, draws, rng)
    rows = [
        Break(at, *span, *_change(time, values, places, index))
        for index, (at, span) in enumerate(zip(places, spans, strict=True))
    ]
    return Breaks(rows, criterion, p)


def _chance(
    time: Floats,
    values: Floats,
    fewest: int,
    breaks: int,
    observed: float,
    draws: int,
    rng: np.random.Generator,
) -> float:
    """The p of the cost of one line over that with breaks, among AR(1) processes around one line."""
    rest = values - _lines(time, values, [])
    n = int(np.count_nonzero(~np.isnan(values)))
    r = float(np.clip((n * _persistence(rest) + 2) / (n - 4), 0.0, _MOST_PERSISTENT)) if n > 4 else 0.0
    reached = 0
    for noise in _wandering(len(values), r, draws, rng):
        costs = stretch_costs(time, np.where(np.isnan(values), np.nan, noise), fewest)
        reached += partition(costs, 0)[1] >= observed * partition(costs, breaks)[1]
    return (1 + reached) / (1 + draws)


def _wandering(n: int, r: float, draws: int, rng: np.random.Generator) -> Floats:
    """Stationary AR(1) processes (draw, period)."""
    noise = rng.normal(size=(draws, n))
    noise[:, 0] /= math.sqrt(1 - r * r)
    for period in range(1, n):
        noise[:, period] += r * noise[:, period - 1]
    return noise


def _schwarz(cost: float, breaks: int, n: int, alone: float) -> float:
    parameters = _LINE * (breaks + 1) + breaks
    return alone * math.log(max(cost, 1e-12) / n) + parameters * math.log(max(alone, 2.0))


def _persistence(rest: Floats) -> float:
    covariance = autocovariance(rest, 1) if len(rest) > 1 else np.zeros(2)
    if not covariance[0] > 0 or np.isnan(covariance[1]):
        return 0.0
    return float(np.clip(covariance[1] / covariance[0], 0.0, _MOST_PERSISTENT))


def _edges(places: list[int], n: int) -> list[tuple[int, int]]:
    return list(pairwise([0, *places, n]))


def _line(time: Floats, values: Floats) -> tuple[float, float]:
    """Level at time 0 and slope per year."""
    known = ~np.isnan(values)
    slope, level = np.polyfit(time[known], values[known], 1)
    return float(level), float(slope)


def _lines(time: Floats, values: Floats, places: list[int]) -> Floats:
    fitted = np.empty(len(values))
    for first, end in _edges(places, len(values)):
        level, slope = _line(time[first:end], values[first:end])
        fitted[first:end] = level + slope * time[first:end]
    return fitted


def _change(time: Floats, values: Floats, places: list[int], index: int) -> tuple[float, float, float]:
    (first, at), (_, end) = _edges(places, len(values))[index : index + 2]
    old, new = _line(time[first:at], values[first:at]), _line(time[at:end], values[at:end])
    return (new[0] - old[0]) + (new[1] - old[1]) * float(time[at]), old[1], new[1]


def _spans(
    time: Floats,
    values: Floats,
    places: list[int],
    fewest: int,
    block: int,
    draws: int,
    rng: np.random.Generator,
) -> list[tuple[int, int]]:
    if not places:
        return []
    fitted = _lines(time, values, places)
    rest = values - fitted
    n = len(values)
    starts = rng.integers(n, size=(draws, -(-n // block)))
    rows: Ints = ((starts[..., None] + np.arange(block)) % n).reshape(draws, -1)[:, :n]
    drawn = [partition(stretch_costs(time, fitted + rest[row], fewest), len(places)) for row in rows]
    found = np.array([one for one, cost in drawn if math.isfinite(cost)])
    if not len(found):
        return [(at, at) for at in places]
    low, high = np.quantile(found, [0.025, 0.975], axis=0)
    return [(min(int(a), at), max(math.ceil(b), at)) for at, a, b in zip(places, low, high, strict=True)]
