"""Which kind of archive a file is: the one format whose columns fit, and a reader of its batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ingest.headers import fold
from ingest.layout import ArchiveFormat, Layout
from ingest.mapping import Mapping
from ingest.source import Batch
from ingest.sources import (
    airkorea_day_means,
    airkorea_final,
    aqistudy,
    cnemc_archive,
    cnemc_hours,
    openaq_archive,
    pm25in,
    seoul_daily,
    seoul_hourly,
    uci_beijing,
    us_airnow,
    us_airnow_hourly,
    us_stateair,
)
from ingest.tables import FileProblem, Head, Member, Stretch, Table, read_head
from ingest.typed import TypedFormat, TypedLayout

_ENOUGH_TO_JUDGE = 24  # rows
_MUCH = 4  # rejects of a table that cannot be read: one row in so many, others hold what is left out

FORMATS: Sequence[ArchiveFormat | TypedFormat] = (
    *airkorea_final.FORMATS,
    seoul_hourly.FORMAT,
    seoul_daily.FORMAT,
    us_airnow.FORMAT,
    us_stateair.FORMAT,
    uci_beijing.FORMAT,
    aqistudy.FORMAT,
    *cnemc_archive.FORMATS,
    cnemc_hours.FORMAT,
    openaq_archive.FORMAT,
    us_airnow_hourly.FORMAT,
    airkorea_day_means.FORMAT,
    pm25in.FORMAT,
)

STATION_LIST_ADVICE = "a list of stations, no readings: stations are found by the catalogue without it"
# Tables that are known and hold no readings that could be stored, by some of their columns and the encoding.
KNOWN_OTHERS: dict[tuple[Sequence[str], str], str] = {
    (cnemc_archive.STATION_LIST, "gb18030"): cnemc_archive.STATION_LIST_ADVICE,
    **{(names, "cp949"): STATION_LIST_ADVICE for names in airkorea_final.STATION_LISTS},
}


@dataclass(frozen=True)
class Reader:
    """A file whose format is known."""

    member: Member
    table: Table
    layout: Layout | TypedLayout

    @property
    def format(self) -> str:
        """The format's name."""
        return self.layout.format.name

    @property
    def feed(self) -> str:
        """The feed to which the readings belong."""
        return self.layout.format.feed

    @property
    def parser_version(self) -> int:
        """Which version of the format's rules reads."""
        return self.layout.format.parser_version

    def batches(self) -> Iterator[Batch]:
        """The readings, stretch by stretch, so that memory stays flat; at least one batch.

        Raises
        ------
        FileProblem
            Where the file breaks off or stops being a table; batches before that were whole.
        """
        notes = Counter(f"unknown column {name}" for name in self.layout.unknown)
        stretches = self.table.read(self.layout.used, self.layout.format.whole)
        first = next(stretches, None)
        if first is None:
            yield _nothing(self.layout.format, notes)
            return
        first.notes += notes
        yield from self._first(first)
        for stretch in stretches:
            yield from self.layout.batches(stretch, self.member.name)

    def _first(self, stretch: Stretch) -> Iterator[Batch]:
        """The batches of the first rows, if any of them is of this format at all."""
        batches = list(self.layout.batches(stretch, self.member.name))
        refused = sum(len(batch.rejects) for batch in batches) * _MUCH >= stretch.rows >= _ENOUGH_TO_JUDGE
        if refused and not any(len(batch.start) for batch in batches):
            reasons = {reject.reason for batch in batches for reject in batch.rejects}
            raise FileProblem(
                f"{self.member.name}: has the columns of {self.format}, but of its first {stretch.rows} rows "
                f"none can be read ({'; '.join(sorted(reasons))}); give --mapping FILE"
            )
        yield from batches


def find(member: Member, mapping: Mapping | None = None) -> Reader:
    """The reader of a file, by the one known format that fits or by a mapping.

    Raises
    ------
    FileProblem
        One line that names the file and says what to do: for a file that is empty, broken or binary, for
        a table that no format or more than one fits, and for a file that is not the mapping's.
    """
    if mapping and not mapping.is_for(member.name):
        raise FileProblem(f"{member.name}: the mapping {mapping.feed} is for files named {mapping.match}")
    head = read_head(member)
    known = [mapping.archive_format()] if mapping else FORMATS
    found = [(table, layout) for fmt in known for table, layout in _fits(head, fmt)]
    if not found:
        raise FileProblem(_unknown(head, mapping))
    if len(found) > 1:
        names = " and ".join(layout.format.name for _, layout in found)
        raise FileProblem(f"{member.name}: fits {names} alike; give --mapping FILE")
    table, layout = found[0]
    return Reader(member, table, layout)


def _fits(head: Head, fmt: ArchiveFormat | TypedFormat) -> list[tuple[Table, Layout | TypedLayout]]:
    """The first table of the file that a format fits; none or one."""
    tables = head.bare(fmt.bare, fmt.encodings) if fmt.bare else head.candidates(fmt.encodings, fmt.delimiter)
    fits = ((table, fmt.fit(table.header)) for table in tables)
    return next(([(table, layout)] for table, layout in fits if layout), [])


def _unknown(head: Head, mapping: Mapping | None) -> str:
    seen = ", ".join(cell.strip() for cell in head.columns_seen()[:20])[:200]
    if not seen:
        return f"{head.member.name}: no table in it; give CSV or XLSX files"
    for (names, encoding), advice in KNOWN_OTHERS.items():
        if any(set(map(fold, table.header)).issuperset(names) for table in head.candidates((encoding,))):
            return f"{head.member.name}: {advice}"
    if mapping:
        what, advice = f"not the table of the mapping {mapping.feed}", "edit its columns"
    else:
        what, advice = "no known table", "give --mapping FILE"
    return f"{head.member.name}: {what}; columns seen: {seen}; {advice}"


def _nothing(fmt: ArchiveFormat | TypedFormat, notes: Counter[str]) -> Batch:
    nowhere, never = np.zeros(0, np.int32), np.zeros(0, np.int64)
    return Batch(fmt.feed, fmt.period, [], nowhere, never, {}, {}, notes=notes)
