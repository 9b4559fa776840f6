"""Whether onsets of a place come after high hours of another more often than any other day would.

Arrays are (hour,) on one axis of UTC hour starts, from a civil midnight to one. A place that is often high
precedes most onsets anywhere: the share of onsets says nothing without the base rate beside it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.prewhiten import Floats
from analysis.turning import DAY, Ints, Spells, chance, turns_of

# Of the hours before an onset, as a regional mean needs of its panel.
SHARE = 0.75


class Lead(NamedTuple):
    """How many onsets had the source above its level beforehand, beside what any other day had.

    `share` and `base_rate` are 0 to 1; NaN without a known onset. `unknown` onsets have too few hours before.
    """

    onsets: int
    preceded: int
    unknown: int
    share: float
    base_rate: float
    p: float
    shifts: int


def preceded(above: Floats, first: int, last: int) -> Floats:
    """Whether a place was above its level between `last` and `first` hours before each hour (hour,).

    Parameters
    ----------
    above : array (hour,)
        1 where it was, 0 where not, NaN where not known.
    first, last : int
        Hours before, both included: 12 and 48.

    Returns
    -------
    array (hour,)
        1 where any hour was above; 0 where none was and 75 % of them are known; else NaN.
    """
    if not 0 <= first <= last:
        raise ValueError(f"a lead goes from the shorter to the longer, not from {first} to {last} h")
    valid = ~np.isnan(above)
    hits, known = (_before(np.where(valid, one, 0.0), first, last) for one in (above, np.ones(len(above))))
    enough = known >= SHARE * (last - first + 1)
    return np.where(hits > 0.5, 1.0, np.where(enough, 0.0, np.nan))


def onset_lead(before: Floats, onsets: Ints, spells: Spells, apart: int, draws: int, seed: int = 0) -> Lead:
    """The share of onsets that the source preceded, against turns of the source by whole days.

    Parameters
    ----------
    before : array (hour,)
        Of the source, from `preceded`.
    onsets : array (onset,)
        Hours at which the receptor's episodes begin; those outside all spells are left out.
    apart : int
        Hours that a turn is away from where the source was: the longest lead.

    Returns
    -------
    Lead
        `base_rate` is the mean over all turns, the share of the days of the same spells, at the hours of
        the onsets, that the source preceded. p is one-sided, (1 + turns with as high a share) / (1 + draws).
    """
    rng = np.random.default_rng(seed)
    found: list[Floats] = []
    turned: list[Floats] = []
    expected: list[Floats] = []
    shifts = 1
    for spell in spells:
        at = onsets[(onsets >= spell.start) & (onsets < spell.stop)] - spell.start
        if not len(at):
            continue
        known = before[spell]
        turns, kinds = turns_of(len(known), apart + DAY, draws, rng)
        found.append(known[at])
        turned.append(known[(at + turns[:, None]) % len(known)])
        expected.append(known.reshape(-1, DAY)[:, at % DAY].T)
        shifts *= kinds
    if not found:
        return Lead(0, 0, 0, np.nan, np.nan, np.nan, 0)
    states = np.concatenate(found)
    share = _share(states[None])[0]
    p = np.nan if np.isnan(share) else chance(np.nan_to_num(_share(np.concatenate(turned, axis=1))), share)
    every = np.concatenate([_share(one) for one in expected])
    base = float(np.nanmean(every)) if np.isfinite(every).any() else np.nan
    known_onsets = ~np.isnan(states)
    return Lead(
        int(known_onsets.sum()), int(np.nansum(states)), int((~known_onsets).sum()), share, base, p, shifts
    )


def _before(values: Floats, first: int, last: int) -> Floats:
    """The sum over the hours t - last to t - first, for each t; what lies before the axis counts nothing."""
    total = np.concatenate([np.zeros(last + 1), np.cumsum(values)])
    hours = np.arange(len(values))
    sums: Floats = total[hours + last + 1 - first] - total[hours]
    return sums


def _share(states: Floats) -> Floats:
    """The share of ones among what is known, along the last axis; NaN where nothing is."""
    known = (~np.isnan(states)).sum(axis=-1)
    share = np.full(known.shape, np.nan)
    np.divide(np.nansum(states, axis=-1), known, out=share, where=known > 0)
    return share
