"""What an archive format states of its tables, and the one way from a stretch of rows to batches.

A cell is counted once: it is in a batch (held or missing), or it is one reading of a reject.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from config.fact import Period
from ingest.cells import Column, Numbers, Statuses, numbers
from ingest.headers import Header, fold, is_index, places, spellings, value_place
from ingest.hours import Hours, Mask
from ingest.rows import Placed, Refusal, Rows, Stations
from ingest.source import Batch, Quantity, Reject
from ingest.tables import Bare, Stretch

TEXT_LIMIT = 500


@dataclass(frozen=True)
class ValueColumn:
    """How a quantity is written: header spellings, missing values, factor to the stored unit."""

    names: Sequence[str]
    sentinels: Sequence[float] = ()
    blanks: Sequence[str] = ()
    scale: float = 1.0


@dataclass(frozen=True)
class ArchiveFormat:
    """One kind of archive table.

    Attributes
    ----------
    values : mapping of Quantity to ValueColumn
        At least one of them stands in a table of this format; all, if `every_value`.
    roles, optional : mapping of role to spellings
        The other columns that are read; `roles` must all be there.
    left_out : sequence of str
        Columns that are known and not stored (weather, indices, ranks).
    never : sequence of str
        Columns by which a table is another one.
    encodings : sequence of str
        What a file that is not UTF-8 may be in.
    place, stations : functions of Rows
        Hour numbers with a mask of the rows that have one; stations with -1 where a row names none.
    flags : function of Rows, optional
        Statuses by the source's own quality control, 0 where it has no objection.
    refuse : function of Rows, optional
        Further reasons for which rows cannot be stored.
    amend : function of Rows, hour numbers and the numbers of a quantity's column, optional
        The numbers themselves where another column explains them.
    whole : bool
        Rows explain each other: read the file in one stretch.
    bare : Bare, optional
        The columns of files that have no header.
    """

    name: str
    feed: str
    parser_version: int
    period: Period
    values: Mapping[Quantity, ValueColumn]
    roles: Mapping[str, Sequence[str]]
    place: Callable[[Rows], Placed]
    stations: Callable[[Rows], Stations]
    optional: Mapping[str, Sequence[str]]
    left_out: Sequence[str] = ()
    never: Sequence[str] = ()
    encodings: Sequence[str] = ("cp949",)
    delimiter: str | None = None
    flags: Callable[[Rows], tuple[Statuses, Counter[str]]] | None = None
    refuse: Callable[[Rows], list[Refusal]] | None = None
    amend: Callable[[Rows, Hours, Quantity, Numbers], Numbers] | None = None
    whole: bool = False
    every_value: bool = False
    bare: Bare | None = None

    def fit(self, header: Header) -> Layout | None:
        """Where a table's columns stand, or None where it is not of this format."""
        spelled = spellings(tuple(header))
        if any(fold(name) in spelled for name in self.never):
            return None
        roles = places(spelled, {**self.roles, **self.optional})
        asked = {q: value_place(spelled, column.names, q.unit) for q, column in self.values.items()}
        values = {quantity: at for quantity, at in asked.items() if at >= 0}
        needed = len(self.values) if self.every_value else 1
        if len(values) < needed or not roles.keys() >= self.roles.keys():
            return None
        left_out = places(spelled, {name: (name,) for name in self.left_out})
        known = {*roles.values(), *values.values(), *left_out.values()}
        unknown = [cell.strip() for at, cell in enumerate(header) if at not in known and not is_index(cell)]
        return Layout(self, header, roles, values, unknown)


@dataclass(frozen=True)
class Layout:
    """A format found in a table: the place of each role and quantity, and the headers nobody knows."""

    format: ArchiveFormat
    header: Header
    roles: Mapping[str, int]
    values: Mapping[Quantity, int]
    unknown: Sequence[str]

    @property
    def used(self) -> list[int]:
        """The columns to read."""
        return sorted({*self.roles.values(), *self.values.values()})

    def batches(self, stretch: Stretch, file: str) -> Iterator[Batch]:
        """The readings of some rows: one batch, and one more per set of columns with unreadable cells."""
        rows = Rows(
            file,
            stretch.rows,
            {role: stretch.columns[at] for role, at in self.roles.items()},
            {quantity: stretch.columns[at] for quantity, at in self.values.items()},
        )
        flags, notes = self.format.flags(rows) if self.format.flags else (None, Counter[str]())
        start, placed = self.format.place(rows)
        refs, station = self.format.stations(rows)
        keep, rejects, blank = self._sift(stretch, rows, placed, station)
        rejects += [
            self._reject(text, "the wrong number of cells, or an open quote") for text in stretch.misshapen
        ]
        notes += stretch.notes + Counter({"blank row": blank})
        found = {q: self._numbers(q, column, flags) for q, column in rows.values.items()}
        if self.format.amend:
            found = {q: self.format.amend(rows, start, q, numbers) for q, numbers in found.items()}
        for bad, at in _by_bad_cells(found, keep):
            rejects += [self._bad_cell(stretch, row, q) for q in bad for row in at.tolist()]
            yield Batch(
                feed=self.format.feed,
                period=self.format.period,
                stations=refs,
                station=station[at],
                start=start[at],
                values={q: n.values[at] for q, n in found.items() if q not in bad},
                statuses={q: n.statuses[at] for q, n in found.items() if q not in bad},
                rejects=rejects,
                notes=notes,
            )
            rejects, notes = [], Counter()

    def _numbers(self, quantity: Quantity, column: Column, flags: Statuses | None) -> Numbers:
        how = self.format.values[quantity]
        return numbers(column, how.sentinels, blanks=how.blanks, scale=how.scale, forced=flags)

    def _sift(
        self, stretch: Stretch, rows: Rows, placed: Mask, station: npt.NDArray[np.int32]
    ) -> tuple[npt.NDArray[np.intp], list[Reject], int]:
        """Rows to keep, a reject for each other row, and how many rows were blank (they carry nothing)."""
        keep = np.ones(rows.count, bool)
        rejects: list[Reject] = []
        blank = 0
        reasons = [("the time label cannot be placed", ~placed), ("the row names no station", station < 0)]
        reasons += self.format.refuse(rows) if self.format.refuse else []
        for reason, wrong in reasons:
            for row in np.flatnonzero(wrong & keep).tolist():
                if any(column[row].strip() for column in stretch.columns.values()):
                    rejects.append(self._reject(self._text(stretch, row), reason))
                else:
                    blank += 1
            keep &= ~wrong
        return np.flatnonzero(keep), rejects, blank

    def _reject(self, text: str, reason: str) -> Reject:
        return Reject(text[:TEXT_LIMIT], reason, len(self.values))

    def _text(self, stretch: Stretch, row: int) -> str:
        cells = (f"{self.header[at].strip()}={column[row]}" for at, column in stretch.columns.items())
        return ", ".join(cells)

    def _bad_cell(self, stretch: Stretch, row: int, quantity: Quantity) -> Reject:
        at = self.values[quantity]
        cell = f"{self.header[at].strip()}={stretch.columns[at][row]}"
        return Reject(f"{cell}; {self._text(stretch, row)}"[:TEXT_LIMIT], "not a number")


def _by_bad_cells(
    found: Mapping[Quantity, Numbers], keep: npt.NDArray[np.intp]
) -> Iterator[tuple[list[Quantity], npt.NDArray[np.intp]]]:
    """Rows grouped by which of their cells are unreadable; those without any come first, even if none."""
    quantities = list(found)
    bad = np.column_stack([found[q].bad[keep] for q in quantities])
    yield [], keep[~bad.any(axis=1)]
    for pattern in np.unique(bad[bad.any(axis=1)], axis=0):
        left_out = [q for q, is_bad in zip(quantities, pattern, strict=True) if is_bad]
        yield left_out, keep[(bad == pattern).all(axis=1)]
