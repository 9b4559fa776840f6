"""A place's hours given their own past and weather: what is left of them, and by what it was taken out.

Arrays are (hour,) on an axis of UTC hour starts; NaN is missing. Spells are stretches of hours that are not
joined (`analysis.turning`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.bounded import RANK
from analysis.prewhiten import Floats, autoregression
from analysis.transport import HIGHEST_ORDER
from analysis.turning import DAY, Ints

# Air that passes a front stays under its weather for hours: each of these, and the day before as a whole.
WEATHER_HOURS = 3


class Known(NamedTuple):
    """The known hours of a spell: where they stand in it, the outcome, and what it is given (hour, k)."""

    spell: slice
    at: Ints
    outcome: Floats
    given: Floats


def order_of(receptor: Floats) -> int:
    """How many hours of its own past a place is given: its autoregression's order, least BIC, 1 to 30."""
    return max(1, len(autoregression(receptor, HIGHEST_ORDER)))


def known_hours(receptor: Floats, weather: Floats, spell: slice, own: int, first: int) -> Known:
    """The hours of a spell, from its `first` on, whose value, own past and weather are known.

    Parameters
    ----------
    receptor : array (hour,)
        NaN where missing.
    weather : array (hour, variable)
        No column where none is held.
    own : int
        Hours of the own past.
    """
    values = receptor[spell]
    columns = [_back(values, hours) for hours in range(own + 1)]
    for one in weather[spell].T:
        columns += [_back(one, hours) for hours in range(WEATHER_HOURS + 1)]
        columns.append(_day_before(one))
    table = np.column_stack(columns)
    at = np.flatnonzero(~np.isnan(table).any(axis=1))
    at = at[at >= max(first, own)]
    return Known(spell, at, table[at, 0], table[at, 1:])


def _back(values: Floats, hours: int) -> Floats:
    """The value so many hours before (hour,), NaN before the first."""
    return np.concatenate([np.full(hours, np.nan), values])[: len(values)]


def _day_before(values: Floats) -> Floats:
    """The mean of the day before each hour (hour,); NaN where an hour of it is missing."""
    total = np.full(len(values), np.nan)
    if len(values) > DAY:
        total[DAY:] = np.lib.stride_tricks.sliding_window_view(values, DAY)[:-1].mean(axis=1)
    return total


def conditioned(parts: list[Known]) -> tuple[Floats, Floats]:
    """A basis (row, k) of intercepts, own past and weather, and what it leaves of the outcome (row,).

    Columns of the basis are orthonormal; what others say already is left out.
    """
    from scipy.linalg import qr  # a small question must not wait for it

    spell = np.repeat(np.arange(len(parts)), [len(one.at) for one in parts])
    intercepts = (spell[:, None] == np.arange(len(parts))).astype(np.float64)
    given = np.concatenate([one.given for one in parts])
    given = given / np.maximum(np.sqrt(np.mean(given**2, axis=0)), RANK)
    q, r, _ = qr(np.column_stack([intercepts, given]), mode="economic", pivoting=True)
    size = np.abs(np.diag(r))
    basis = q[:, size > RANK * size[0]]
    outcome = np.concatenate([one.outcome for one in parts])
    rest = outcome - basis @ (basis.T @ outcome)
    return basis, rest - basis @ (basis.T @ rest)
