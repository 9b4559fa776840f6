"""Tables in which a cell says what a row holds ("PM2.5", "O3_24h"), and the one way from them to batches.

Such a table has one value a row (long), or one value column a station (crosstab: the archives of China). A
cell is counted once, as in `ingest.layout`: it is in a batch, or it is one reading of a reject. Cells of rows
that hold another quantity, or that belong to nobody asked for, are left out and no readings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from config.fact import Period
from ingest.cells import BLANKS, Column, Numbers, numbers
from ingest.headers import Header, is_index, places, spellings
from ingest.hours import Hours, Mask
from ingest.layout import TEXT_LIMIT
from ingest.rows import Placed, Refusal, Rows, Stations
from ingest.source import Batch, Quantity, Reject
from ingest.tables import Bare, Stretch

LEFT_OUT, UNKNOWN = -1, -2
_CELLS_TOLD = 12  # value cells in the text of a reject

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Kinds:
    """What the rows hold: of each row an index into `quantities`, or `LEFT_OUT`, or `UNKNOWN`."""

    quantities: Sequence[Quantity]
    of_row: npt.NDArray[np.int32]
    notes: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class TypedFormat:
    """One kind of table whose rows say what they hold.

    Attributes
    ----------
    roles, optional, left_out, encodings, delimiter, place, whole
        As in `ingest.layout.ArchiveFormat`.
    value_columns : function of the header cells that have no role, by place
        The places of the value columns; none where the table is not of this format.
    kinds : function of Rows, (n,) hour numbers and (n, columns) values
        What each row holds.
    stations : function of Rows and the names of the value columns
        Stations, and an index into them of shape (n, 1) or (1, columns); -1 where none is named.
    refuse : function of Rows and (n,) hour numbers, optional
        Further reasons for which rows cannot be stored.
    bare : Bare, optional
        The columns of files that have no header.
    """

    name: str
    feed: str
    parser_version: int
    period: Period
    roles: Mapping[str, Sequence[str]]
    value_columns: Callable[[Mapping[int, str]], list[int]]
    place: Callable[[Rows], Placed]
    kinds: Callable[[Rows, Hours, Values], Kinds]
    stations: Callable[[Rows, Sequence[str]], Stations]
    optional: Mapping[str, Sequence[str]] = field(default_factory=dict)
    left_out: Sequence[str] = ()
    sentinels: Sequence[float] = ()
    encodings: Sequence[str] = ()
    delimiter: str | None = None
    refuse: Callable[[Rows, Hours], list[Refusal]] | None = None
    bare: Bare | None = None
    whole: bool = False

    def fit(self, header: Header) -> TypedLayout | None:
        """Where a table's columns stand, or None where it is not of this format."""
        spelled = spellings(tuple(header))
        roles = places(spelled, {**self.roles, **self.optional})
        if not roles.keys() >= self.roles.keys():
            return None
        known = {*roles.values(), *places(spelled, {name: (name,) for name in self.left_out}).values()}
        others = {at: cell.strip() for at, cell in enumerate(header) if at not in known}
        values = self.value_columns(others)
        if not values:
            return None
        unknown = [cell for at, cell in others.items() if at not in set(values) and not is_index(cell)]
        return TypedLayout(self, header, roles, values, unknown)


@dataclass(frozen=True)
class TypedLayout:
    """A format found in a table: the place of each role, the value columns, and the headers nobody knows."""

    format: TypedFormat
    header: Header
    roles: Mapping[str, int]
    values: Sequence[int]
    unknown: Sequence[str]

    @property
    def used(self) -> list[int]:
        """The columns to read."""
        return sorted({*self.roles.values(), *self.values})

    def batches(self, stretch: Stretch, file: str) -> Iterator[Batch]:
        """The readings of some rows, a batch a quantity; at least one, which also carries the rejects."""
        rows = Rows(file, stretch.rows, {r: stretch.columns[at] for r, at in self.roles.items()}, {})
        texts = _side_by_side([stretch.columns[at] for at in self.values], stretch.rows)
        cells = numbers(texts, self.format.sentinels)
        start, placed = self.format.place(rows)
        kinds = self.format.kinds(rows, start, cells.values)
        refs, named = self.format.stations(rows, [self.header[at].strip() for at in self.values])
        station = np.broadcast_to(named, texts.codes.shape)
        refusals = [
            ("the time label cannot be placed", ~placed),
            ("the row names no station", (station < 0).any(axis=1)),
            ("what the row holds is not known", kinds.of_row == UNKNOWN),
            *(self.format.refuse(rows, start) if self.format.refuse else ()),
        ]
        keep, rejects, blank = self._sift(rows, texts, kinds, refusals)
        rejects += [
            Reject(text[:TEXT_LIMIT], "the wrong number of cells, or an open quote", len(self.values))
            for text in stretch.misshapen
        ]
        notes = stretch.notes + kinds.notes + Counter({"blank row": blank})
        for quantity, at in _by_quantity(kinds, keep):
            rejects += self._bad_cells(rows, texts, cells, at)
            good = ~cells.bad[at]
            yield Batch(
                feed=self.format.feed,
                period=self.format.period,
                stations=refs,
                station=station[at][good],
                start=np.broadcast_to(start[at, None], good.shape)[good],
                values=dict.fromkeys(quantity, cells.values[at][good]),
                statuses=dict.fromkeys(quantity, cells.statuses[at][good]),
                rejects=rejects,
                notes=notes,
            )
            rejects, notes = [], Counter()

    def _sift(
        self, rows: Rows, texts: Column, kinds: Kinds, refusals: Sequence[Refusal]
    ) -> tuple[Mask, list[Reject], int]:
        """Rows to keep, a reject for each refused one, and how many rows were blank (they carry nothing)."""
        keep = kinds.of_row != LEFT_OUT
        blank = keep & _is_blank(rows, texts)
        keep &= ~blank
        rejects: list[Reject] = []
        for reason, wrong in refusals:
            refused = np.flatnonzero(wrong & keep).tolist()
            rejects += [Reject(self._text(rows, texts, row), reason, len(self.values)) for row in refused]
            keep &= ~wrong
        return keep, rejects, int(np.count_nonzero(blank))

    def _bad_cells(
        self, rows: Rows, texts: Column, cells: Numbers, at: npt.NDArray[np.intp]
    ) -> Iterator[Reject]:
        for row, column in zip(*(index.tolist() for index in np.nonzero(cells.bad[at])), strict=True):
            cell = texts.texts[int(texts.codes[at[row], column])]
            text = f"{self.header[self.values[column]].strip()}={cell}; {self._text(rows, texts, at[row])}"
            yield Reject(text[:TEXT_LIMIT], "not a number")

    def _text(self, rows: Rows, texts: Column, row: int) -> str:
        cells = {self.header[at].strip(): rows.roles[role][row] for role, at in self.roles.items()}
        told = zip(self.values[:_CELLS_TOLD], texts.codes[row, :_CELLS_TOLD].tolist(), strict=True)
        cells |= {self.header[at].strip(): texts.texts[code] for at, code in told}
        return ", ".join(f"{name}={cell}" for name, cell in cells.items())[:TEXT_LIMIT]


def _by_quantity(kinds: Kinds, keep: Mask) -> Iterator[tuple[Sequence[Quantity], npt.NDArray[np.intp]]]:
    """Each quantity that is held with its rows; no quantity and no rows where nothing is."""
    held = np.where(keep, kinds.of_row, LEFT_OUT)
    present = np.unique(held[held >= 0]).tolist()
    for index in present:
        yield [kinds.quantities[index]], np.flatnonzero(held == index)
    if not present:
        yield [], np.zeros(0, np.intp)


def _side_by_side(columns: Sequence[Column], rows: int) -> Column:
    """Columns as one of shape (rows, columns), so that each distinct text of all of them is read once."""
    seen: dict[str, int] = {}
    codes = np.empty((rows, len(columns)), np.int32)
    for at, column in enumerate(columns):
        shared = np.array([seen.setdefault(text, len(seen)) for text in column.texts], np.int32)
        codes[:, at] = shared[column.codes]
    return Column(list(seen), codes)


def _is_blank(rows: Rows, texts: Column) -> Mask:
    """Rows without any text in the columns that are read."""
    blank = np.array([text.strip() in BLANKS for text in texts.texts], bool)
    empty: Mask = np.logical_and.reduce(blank[texts.codes], axis=1)
    for column in rows.roles.values():
        empty &= ~column.map(lambda text: bool(text.strip()), bool)
    return empty
