"""Tables in files: where the header stands, how it is encoded, and its rows as stretches of text columns.

A table does not know what its columns mean; `ingest.formats` does.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.csv
import python_calamine

from ingest.cells import Column
from ingest.decoding import Utf8, decodes
from ingest.headers import Header
from ingest.members import FileProblem, Member, members

__all__ = ["Bare", "FileProblem", "Head", "Member", "Stretch", "Table", "members", "read_head"]

STRETCH_BYTES = 2 << 20  # of text: some 50,000 rows
STRETCH_ROWS = 50_000  # of a workbook
WHOLE_BYTES = 64 << 20  # one stretch for formats whose rows explain each other
_HEAD_BYTES = 1 << 18
_HEAD_LINES = 40
_LONGEST_NAME = 40
_DELIMITERS = ",\t;|"
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass
class Stretch:
    """Some rows of a table: the asked columns, the rows that do not split into cells, and notes."""

    columns: dict[int, Column]
    rows: int
    misshapen: list[str] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Table:
    """A header, and a way to read chosen columns below it: `read(columns, whole)` yields stretches."""

    header: Header
    read: Callable[[Sequence[int], bool], Iterator[Stretch]]


@dataclass(frozen=True)
class Bare:
    """Tables without a header: the names of their columns, what parts cells, and what a line looks like.

    `first` wants the first line to look so: below a header the same lines are another table's.
    """

    columns: Sequence[str]
    delimiter: str
    line: re.Pattern[str]
    first: bool = False


@dataclass(frozen=True)
class Head:
    """What the first bytes of a file show: the tables that may begin there."""

    member: Member
    sample: bytes
    _seen: dict[tuple[str, str | None], list[Table]] = field(default_factory=dict)

    @property
    def is_workbook(self) -> bool:
        """Whether the bytes are an XLSX or XLS file."""
        return self.sample.startswith(_WORKBOOKS)

    @cached_property
    def is_utf8(self) -> bool:
        """Whether the bytes are UTF-8 (or plain ASCII)."""
        return decodes(self.sample, "utf-8")

    def candidates(self, encodings: Sequence[str], delimiter: str | None = None) -> list[Table]:
        """Every table that the file may hold, each of its first lines as the header.

        A file that is not UTF-8 is taken to be in the first of the encodings that its bytes allow.
        """
        if self.is_workbook:
            return self._once("", None)
        fits = ["utf-8-sig"] if self.is_utf8 else [e for e in encodings if decodes(self.sample, e)]
        return self._once(fits[0], delimiter) if fits else []

    def bare(self, how: Bare, encodings: Sequence[str]) -> list[Table]:
        """The table without a header that the file is, if one of its first lines looks like it; else none."""
        encoding = next((one for one in encodings if decodes(self.sample, one)), None)
        if self.is_workbook or encoding is None:
            return []
        lines = codecs.getincrementaldecoder(encoding)().decode(self.sample).splitlines()
        if not any(how.line.match(line) for line in lines[: 1 if how.first else _HEAD_LINES]):
            return []
        rows = _CsvRows(self.member, encoding, how.delimiter, 0, len(how.columns))
        return [Table(list(how.columns), rows)]

    def _once(self, encoding: str, delimiter: str | None) -> list[Table]:
        key = (encoding, delimiter)
        if key not in self._seen:
            tables = _csv_tables(self.member, self.sample, *key) if encoding else _sheets(self.member)
            self._seen[key] = list(tables)
        return self._seen[key]

    def columns_seen(self) -> Header:
        """The likeliest header, the first line of several short cells; for messages."""
        headers = [table.header for table in self.candidates(("cp949", "gb18030", "latin-1"))]
        return next(filter(_is_plausible, headers), [])


def read_head(member: Member) -> Head:
    """The first bytes of a file.

    Raises
    ------
    FileProblem
        For an empty file and for one that is neither text nor a workbook.
    """
    with member.open() as file:
        sample = file.read(_HEAD_BYTES)
    if not sample.strip():
        raise FileProblem(f"{member.name}: the file is empty; fetch it again")
    head = Head(member, sample)
    if b"\0" in sample and not head.is_workbook:
        raise FileProblem(f"{member.name}: not a table but binary data; give CSV or XLSX files")
    return head


def _is_plausible(header: Header) -> bool:
    """Whether a line looks like names of columns: several, all short, and no sentence."""
    names = [cell.strip() for cell in header if cell.strip()]
    return len(names) > 1 and all(len(n) <= _LONGEST_NAME and not n.endswith(".") for n in names)


def _csv_tables(member: Member, sample: bytes, encoding: str, delimiter: str | None) -> Iterator[Table]:
    text = codecs.getincrementaldecoder(encoding)().decode(sample)
    end = 0
    for line in text.splitlines(keepends=True)[:_HEAD_LINES]:
        end += len(line)
        for mark in delimiter or _DELIMITERS:
            try:
                header = next(csv.reader([line.strip("\r\n")], delimiter=mark), [])
            except csv.Error:  # a cell longer than any name of a column
                continue
            if len(header) > 1:
                yield Table(header, _CsvRows(member, encoding, mark, end, len(header)))


@dataclass(frozen=True)
class _CsvRows:
    """Reads the rows of a CSV file that follow the first `skip` characters."""

    member: Member
    encoding: str
    delimiter: str
    skip: int
    width: int

    def __call__(self, columns: Sequence[int], whole: bool) -> Iterator[Stretch]:
        misshapen: deque[str] = deque()
        with self.member.open() as file:
            text = Utf8(file, self.encoding, self.skip, misshapen)
            for batch in self._batches(text, columns, misshapen, WHOLE_BYTES if whole else STRETCH_BYTES):
                cells = {at: Column.of(batch.column(i)) for i, at in enumerate(columns)}
                yield Stretch(cells, batch.num_rows, _drain(misshapen), text.take_notes())
        if misshapen:
            yield Stretch({at: Column.of_list([]) for at in columns}, 0, _drain(misshapen))

    def _batches(
        self, text: Utf8, columns: Sequence[int], misshapen: deque[str], block: int
    ) -> Iterator[Any]:
        if text.at_end():
            return

        def set_aside(row: Any) -> str:
            misshapen.append(row.text)
            return "skip"

        names = [str(at) for at in range(self.width)]
        try:
            with pyarrow.csv.open_csv(
                text,
                pyarrow.csv.ReadOptions(column_names=names, block_size=block, use_threads=False),
                pyarrow.csv.ParseOptions(delimiter=self.delimiter, invalid_row_handler=set_aside),
                pyarrow.csv.ConvertOptions(
                    include_columns=[str(at) for at in columns],
                    column_types=dict.fromkeys(names, pa.string()),
                    strings_can_be_null=False,
                ),
            ) as batches:
                yield from batches
        except pa.ArrowInvalid as error:
            reason = str(error).splitlines()[0]
            problem = f"{self.member.name}: cannot be read as CSV ({reason}); look at its quotes"
            raise FileProblem(problem) from None


def _drain(misshapen: deque[str]) -> list[str]:
    return [misshapen.popleft() for _ in range(len(misshapen))]


def _sheets(member: Member) -> Iterator[Table]:
    with member.open() as file:
        try:
            book = python_calamine.load_workbook(file)
            for name in book.sheet_names:
                yield from _sheet_tables(book.get_sheet_by_name(name))
        except (python_calamine.CalamineError, OSError) as error:
            reason = str(error).splitlines()[0]
            raise FileProblem(f"{member.name}: not a whole workbook ({reason}); fetch it again") from None


def _sheet_tables(sheet: Any) -> Iterator[Table]:
    for at, row in zip(range(_HEAD_LINES), sheet.iter_rows(), strict=False):
        header = [_cell(cell) for cell in row]
        if any(header):
            yield Table(header, _SheetRows(sheet, at + 1))


@dataclass(frozen=True)
class _SheetRows:
    """Reads the rows of a sheet from a row number on."""

    sheet: Any
    first: int

    def __call__(self, columns: Sequence[int], whole: bool) -> Iterator[Stretch]:
        rows = islice(self.sheet.iter_rows(), self.first, None)
        while part := list(islice(rows, None if whole else STRETCH_ROWS)):
            cells = {at: Column.of_list([_cell(row[at]) for row in part]) for at in columns}
            yield Stretch(cells, len(part))


def _cell(value: object) -> str:
    """A cell as it would stand in a CSV file: whole numbers without ".0", moments to the second."""
    match value:
        case str():
            return value
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return f"{value + timedelta(microseconds=500_000):%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
    return str(value)
