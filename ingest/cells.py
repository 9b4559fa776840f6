"""Columns of text to arrays: each distinct text is read once, and arrays are built from codes.

Archives repeat themselves (a year of one station holds some hundred distinct values), so a column is
kept as its distinct texts and an index into them; what must be exact about a text is then plain Python.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from config.facts import Facts
from ingest.hours import Mask

Statuses = npt.NDArray[np.uint8]

BLANKS = frozenset({"", "-", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"})  # texts that mean "no value"
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_WHOLE = re.compile(r"(\d+)(\.0*)?")
_LONGEST_LABEL = 14  # digits of YYYYMMDDHHMMSS
_TOO_LARGE = 1e15  # no quantity is; rounding would make it infinite
_DECIMALS = 9  # beyond them stands float noise such as 0.018000000000000002


@dataclass(frozen=True)
class Column:
    """A column of text: `texts[codes[i]]` is the cell of row i."""

    texts: Sequence[str]
    codes: npt.NDArray[np.int32]

    @classmethod
    def of(cls, cells: Any) -> Column:
        """From an Arrow array of strings without nulls."""
        encoded = cells.dictionary_encode()
        return cls(encoded.dictionary.to_pylist(), encoded.indices.to_numpy())

    @classmethod
    def of_list(cls, cells: list[str]) -> Column:
        """From a list of strings."""
        return cls.of(pa.array(cells, pa.string()))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> str:
        return self.texts[int(self.codes[row])]

    def map(self, read: Callable[[str], Any], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        """An array of what a function makes of each cell."""
        distinct = np.empty(len(self.texts), dtype)
        distinct[:] = [read(text) for text in self.texts]
        return distinct[self.codes]


@dataclass(frozen=True)
class Numbers:
    """Values (NaN where missing), statuses (0 exactly where a value is held), and cells that are neither."""

    values: npt.NDArray[np.float64]
    statuses: Statuses
    bad: Mask


def numbers(
    column: Column,
    sentinels: Sequence[float] = (),
    *,
    blanks: Sequence[str] = (),
    scale: float = 1.0,
    forced: Statuses | None = None,
) -> Numbers:
    """Readings of a column.

    Parameters
    ----------
    column : Column
        The cells as text.
    sentinels : sequence of float
        Numbers by which this source says "missing".
    blanks : sequence of str
        Further texts that do, besides `BLANKS`.
    scale : float
        Factor from the published number to the stored unit.
    forced : (n,) uint8 array, optional
        Statuses that hold whatever the cell says, where not 0.
    """
    tokens = BLANKS.union(blanks)
    values = np.array([_number(text) for text in column.texts], np.float64)
    statuses = np.zeros(len(values), np.uint8)
    missing = np.isin(values, np.asarray(sentinels, np.float64))
    blank = np.array([text.strip() in tokens for text in column.texts], bool)
    statuses[missing] = status("sentinel")
    statuses[blank] = status("blank")
    bad = np.isnan(values) & ~blank
    values = np.where(statuses > 0, np.nan, np.round(values * scale, _DECIMALS))
    found = Numbers(values[column.codes], statuses[column.codes], bad[column.codes])
    return found if forced is None else _forced(found, forced)


def _forced(found: Numbers, forced: Statuses) -> Numbers:
    by_force = forced > 0
    return Numbers(
        np.where(by_force, np.nan, found.values),
        np.where(by_force, forced, found.statuses),
        found.bad & ~by_force,
    )


def _number(text: str) -> float:
    """The number of a cell; NaN where it is none, or none that can be held."""
    text = text.strip()
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    return value if abs(value) < _TOO_LARGE else math.nan


def whole(text: str) -> int:
    """A whole number such as "07", "31" or "2015.0"; -1 for anything else and for what no label holds."""
    found = _WHOLE.fullmatch(text.strip())
    return int(found[1]) if found and len(found[1]) <= _LONGEST_LABEL else -1


def code(text: str) -> str:
    """A code as published: without the ".0" that a detour through floats adds, and trimmed."""
    found = _WHOLE.fullmatch(text.strip())
    return found[1] if found else text.strip()


@lru_cache(maxsize=1)
def _catalogue() -> tuple[dict[str, int], dict[str, int]]:
    facts = Facts().statuses
    by_word = {
        word.casefold(): fact.code for fact in facts.values() for word in (fact.wire or "").split("|") if word
    }
    return {fact.id: fact.code for fact in facts.values()}, by_word


def status(name: str) -> int:
    """The code of a status in the catalogue."""
    return _catalogue()[0][name]


def status_of_word(word: str) -> int | None:
    """The status that a source's word means; None for a word that the catalogue does not know."""
    return _catalogue()[1].get(word.strip().casefold())
