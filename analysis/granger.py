"""Whether one place's past tells of another beyond that one's own past and weather: Granger's test, partial.

Arrays are (hour,) on one axis of UTC hour starts, which begins at a civil midnight and ends at one; NaN is
missing. Chance is what turning the source against the receptor gives (`analysis.turning`).

The receptor's hour is regressed on its own last hours and its weather, and on what the source was before
(Granger 1969; conditioned as Geweke 1984). By Frisch, Waugh and Lovell own past and weather are projected
out once, so that a turn costs a few small sums. What moves both places and is not in the receptor's weather
is still in it: the test tells of association in time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.bounded import RANK
from analysis.effects import bandwidth
from analysis.own_past import Known, conditioned, known_hours
from analysis.prewhiten import Floats
from analysis.turning import DAY, Ints, Spells, chance, turns_of

# Known hours without which there is no figure: two weeks have some swings of the weather, and each
# coefficient needs its own.
FEWEST_HOURS = 14 * DAY
HOURS_EACH = 5
# Of the source's hours: a spell of which fewer are held says nothing of it, and does not count.
SOURCE_KNOWN = 0.5
_CHUNK = 1000


class Past(NamedTuple):
    """What of the past is looked at, in hours.

    The receptor's last `own` hours one by one; the source's last `reach` hours in means of `step` hours each:
    a way takes a day or two, and hour by hour that were seventy coefficients.
    """

    own: int
    reach: int
    step: int

    @property
    def steps(self) -> int:
        """How many coefficients the source has."""
        return self.reach // self.step


class Granger(NamedTuple):
    """What the source's past adds.

    Attributes
    ----------
    n : hours of the receptor that count.
    own, steps : coefficients of the receptor's past and of the source's.
    source_known : share of the source's hours looked at that are held, 0 to 1.
    partial_r2 : share of what own past and weather leave of the receptor that the source's past explains.
    f, p_f : the F statistic of least squares, and its p if errors were independent.
    wald, p_hac : the same with the variance of Newey and West.
    p : one-sided, by turns; the one to read.
    shifts : how many different turns there are.
    """

    n: int
    own: int
    steps: int
    source_known: float
    partial_r2: float
    f: float
    p_f: float
    wald: float
    p_hac: float
    p: float
    shifts: int


def granger(
    source: Floats,
    receptor: Floats,
    weather: Floats,
    spells: Spells,
    past: Past,
    draws: int,
    seed: int = 0,
) -> Granger:
    """What the source's past tells of the receptor beyond the receptor's own past and its weather.

    Within each spell hours count from `reach` on, so that nothing goes around its circle but what is turned.
    Missing hours of the receptor or its weather take away the hours that need them. A missing hour of the
    source counts as its mean, 0: it says nothing, here as in every turn. Spells of which less than half of
    the source is held are left out.

    Parameters
    ----------
    source, receptor : array (hour,)
        Less their daily cycle and the mean of the spell.
    weather : array (hour, variable)
        At the receptor; no column where none is held.
    spells : sequence of slice
        Of whole days, not overlapping; each has an intercept.
    draws : int
        Turns of the source by whole days, at least `reach` and a day from where it was.

    Raises
    ------
    ValueError
        If the arrays do not share one axis of whole days, or the reach is not whole steps.
    """
    _check(source, receptor, weather, past)
    heard = [spell for spell in spells if (~np.isnan(source[spell])).mean() >= SOURCE_KNOWN]
    known = [known_hours(receptor, weather, one, past.own, past.reach) for one in heard]
    parts = [one for one in known if len(one.at)]
    n = sum(len(one.at) for one in parts)
    if not n:
        return _nothing(0, past)
    basis, rest = conditioned(parts)
    size = basis.shape[1]
    left = float(rest @ rest)
    df = n - size - past.steps
    if n < max(FEWEST_HOURS, HOURS_EACH * (size + past.steps)) or left < RANK:
        return _nothing(n, past)
    frames = np.split(np.column_stack([basis, rest]), np.cumsum([len(one.at) for one in parts])[:-1])
    products = [
        _products(source[one.spell], one.at, frame, past) for one, frame in zip(parts, frames, strict=True)
    ]
    observed = float(_explained(np.sum([one[0] for one in products], axis=0), size))
    if np.isnan(observed):
        return _nothing(n, past)
    turned, shifts = _turned(products, parts, size, past, draws, np.random.default_rng(seed))
    f = (observed / past.steps) / ((left - observed) / df)
    wald = _wald(source, parts, basis, rest, past)
    return Granger(
        n,
        past.own,
        past.steps,
        _source_known(source, parts, past),
        observed / left,
        f,
        _tail(past.steps, df, f),
        wald,
        _tail(past.steps, df, wald),
        chance(turned, observed),
        shifts,
    )


def _check(source: Floats, receptor: Floats, weather: Floats, past: Past) -> None:
    if source.ndim != 1 or source.shape != receptor.shape or len(source) % DAY or len(weather) != len(source):
        raise ValueError(
            f"{source.shape}, {receptor.shape} and weather {weather.shape} are not one axis of whole days"
        )
    if min(past) < 1 or past.reach % past.step:
        raise ValueError(f"a reach of {past.reach} h is not whole steps of {past.step} h")


def _nothing(n: int, past: Past) -> Granger:
    nan = float("nan")
    return Granger(n, past.own, past.steps, nan, nan, nan, nan, nan, nan, nan, 0)


def _past_of(source: Floats, past: Past) -> Floats:
    """Means of the steps before each hour (hour, step), around the circle of the spell."""
    total = np.concatenate([[0.0], np.cumsum(np.tile(np.nan_to_num(source), 2))])
    ends = np.arange(len(source))[:, None] + len(source) - past.step * np.arange(past.steps)
    means: Floats = (total[ends] - total[ends - past.step]) / past.step
    return means


def _products(source: Floats, at: Ints, frame: Floats, past: Past) -> Floats:
    """For each turn by days, X'[basis, rest, X] (turn, step, k + 1 + step) of a spell's known hours."""
    before = _past_of(source, past)
    hours = len(source)
    found = np.empty((hours // DAY, past.steps, frame.shape[1] + past.steps))
    for turn in range(len(found)):
        one = before[(at + turn * DAY) % hours]
        found[turn, :, : frame.shape[1]] = one.T @ frame
        found[turn, :, frame.shape[1] :] = one.T @ one
    return found


def _explained(sums: Floats, size: int) -> Floats:
    """The squares that the source's past explains of what is left (...,); NaN where it is constant."""
    shared, score, own = sums[..., :size], sums[..., size], sums[..., size + 1 :]
    gram = own - shared @ np.swapaxes(shared, -1, -2)
    weights = np.linalg.pinv(gram, rcond=1e-10, hermitian=True)
    explained: Floats = np.einsum("...i,...ij,...j->...", score, weights, score)
    spread = np.trace(gram, axis1=-2, axis2=-1) > RANK * np.trace(own, axis1=-2, axis2=-1)
    return np.where(spread, explained, np.nan)


def _turned(
    products: list[Floats],
    parts: list[Known],
    size: int,
    past: Past,
    draws: int,
    rng: np.random.Generator,
) -> tuple[Floats, int]:
    """What turned sources explain (draw,), each spell by its own days, and how many turns there are."""
    turns, shifts = [], 1
    for one in parts:
        drawn, kinds = turns_of(one.spell.stop - one.spell.start, past.reach + DAY, draws, rng)
        turns.append(drawn // DAY)
        shifts *= kinds
    found = [
        _explained(
            np.sum([one[turn[chunk]] for one, turn in zip(products, turns, strict=True)], axis=0), size
        )
        for chunk in (slice(at, at + _CHUNK) for at in range(0, draws, _CHUNK))
    ]
    return np.nan_to_num(np.concatenate(found)), shifts


def _wald(source: Floats, parts: list[Known], basis: Floats, rest: Floats, past: Past) -> float:
    """Wald's statistic over its degrees of freedom, variance of Newey and West (1987) over the calendar."""
    before = np.concatenate([_past_of(source[one.spell], past)[one.at] for one in parts])
    before -= basis @ (basis.T @ before)
    bread = np.linalg.pinv(before.T @ before, rcond=1e-10, hermitian=True)
    effect = bread @ (before.T @ rest)
    hours = np.concatenate([one.at + one.spell.start for one in parts])
    scores = np.zeros((len(source), past.steps))
    scores[hours] = before * (rest - before @ effect)[:, None]
    variance = bread @ _long_run(scores, bandwidth(len(hours))) @ bread
    return float(effect @ np.linalg.pinv(variance, rcond=1e-10, hermitian=True) @ effect) / past.steps


def _long_run(scores: Floats, lags: int) -> Floats:
    """The sum of products of scores (k, k) over lags with Bartlett weights."""
    total = scores.T @ scores
    for lag in range(1, lags + 1):
        one = scores[lag:].T @ scores[:-lag]
        total += (1 - lag / (lags + 1)) * (one + one.T)
    return total


def _source_known(source: Floats, parts: list[Known], past: Past) -> float:
    known: npt.NDArray[np.float64] = (~np.isnan(source)).astype(np.float64)
    looked_at = [_past_of(known[one.spell], past)[one.at] for one in parts]
    return float(np.concatenate(looked_at).mean())


def _tail(steps: int, df: int, statistic: float) -> float:
    from scipy.special import fdtrc

    return float(fdtrc(steps, df, statistic))
