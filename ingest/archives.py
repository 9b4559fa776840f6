"""Files: find the format that fits, then the same path as a live payload. A file is one transaction."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from config.clock import Clock
from config.facts import Facts
from ingest import formats, special
from ingest.mapping import Mapping
from ingest.members import FileProblem, Member, members
from ingest.save import Saver
from store.batches import begin_batch, end_batch, find_file
from store.engine import Store
from store.readings import Counts

if TYPE_CHECKING:
    from sqlalchemy import Connection

Progress = Callable[[str, int, int], None]


@dataclass
class FileResult:
    """What became of one file; `format` is None where it was not understood, and `problem` says why."""

    path: str
    format: str | None
    feed: str | None = None
    counts: Counts = field(default_factory=Counts)
    problem: str | None = None
    named: bool = False
    known_already: bool = False
    notes: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The object of `yellowsea import --format json`."""
        found: dict[str, object] = {"path": self.path, "format": self.format, **asdict(self.counts)}
        if self.problem:
            found["problem"] = self.problem
        if self.notes:
            found["notes"] = self.notes
        return found


def import_paths(
    store: Store,
    facts: Facts,
    clock: Clock,
    paths: Sequence[Path],
    mapping: Mapping | None = None,
    progress: Progress = lambda _name, _done, _total: None,
    station: str | None = None,
) -> list[FileResult]:
    """Load files, folders, .gz and .zip; what is no table of readings is listed with its reason.

    Parameters
    ----------
    progress : callable
        Told the file at hand, the bytes done and the bytes in all.
    station : str, optional
        The place that a saved answer is of, where it does not say.
    """
    todo: list[tuple[Member, bool]] = []
    results: list[FileResult] = []
    for path in paths:
        try:
            todo += [(member, path.is_file()) for member in members(path)]
        except FileProblem as problem:
            results.append(FileResult(str(path), None, problem=str(problem), named=True))
    total, done = sum(member.size for member, _ in todo), 0
    run = _Import(store, facts, clock, mapping, station)
    for member, named in todo:
        progress(member.name, done, total)
        results.append(run.load(member, named=named))
        done += member.size
    progress("", total, total)
    return results


class _Import:
    """Loads one file after another; what is known of stations and series is read once for all of them."""

    def __init__(
        self, store: Store, facts: Facts, clock: Clock, mapping: Mapping | None, station: str | None
    ) -> None:
        self.store, self.facts, self.clock, self.mapping = store, facts, clock, mapping
        self.station = station
        if mapping is not None:
            _check_places(mapping, facts)
        self._saver: Saver | None = None

    def load(self, member: Member, *, named: bool) -> FileResult:
        """One file; what is wrong with it is in the result."""
        try:
            reader = self._reader(member)
            sha256 = member.sha256()
            with self.store.read() as connection:
                before = find_file(connection, sha256, reader.format, reader.parser_version)
            if before is not None:
                same = before.rows - before.rejected
                counts = Counts(before.rows, 0, 0, same, before.rejected, before.missing)
                return FileResult(
                    member.name, reader.format, reader.feed, counts, named=named, known_already=True
                )
            return self._read(reader, sha256, named=named)
        except FileProblem as problem:
            return FileResult(member.name, None, problem=str(problem), named=named)

    def _reader(self, member: Member) -> formats.Reader | special.Special:
        """A mapping explains tables alone."""
        found = None if self.mapping else special.find(member, self.facts, self.station)
        return found or formats.find(member, self.mapping)

    def _read(self, reader: formats.Reader | special.Special, sha256: str, *, named: bool) -> FileResult:
        """All of a file or nothing of it."""
        # A transaction that fails takes with it what the saver believes to be written.
        saver, self._saver = self._saver, None
        with self.store.write() as connection:
            if saver is None:
                saver = self._new_saver(connection)
            else:
                saver.enter(connection)
            batch_id = begin_batch(
                connection,
                source="import",
                feed_id=saver.ensure_feed(reader.feed) if reader.feed else None,
                parser_version=reader.parser_version,
                received_at=self.clock.now(),
                format_name=reader.format,
                path=reader.member.name,
                sha256=sha256,
            )
            counts, notes = _keep(reader, saver, batch_id)
            end_batch(connection, batch_id, counts, json.dumps(notes, ensure_ascii=False) if notes else None)
        self._saver = saver
        return FileResult(
            reader.member.name, reader.format, reader.feed, counts, named=named, notes=dict(notes)
        )

    def _new_saver(self, connection: Connection) -> Saver:
        if self.mapping is None:
            return Saver(connection, self.facts)
        feeds = {self.mapping.feed: self.mapping.feed_fact()}
        return Saver(connection, self.facts, feeds, self.mapping.station_facts())


def _keep(
    reader: formats.Reader | special.Special, saver: Saver, batch_id: int
) -> tuple[Counts, Counter[str]]:
    """What became of a file's readings, and what was met on the way."""
    if not isinstance(reader, formats.Reader):
        return reader.keep(saver, batch_id)
    counts, notes = Counts(), Counter[str]()
    for batch in reader.batches():
        counts.add(saver.save(batch, batch_id))
        notes += batch.notes
    return counts, notes


def _check_places(mapping: Mapping, facts: Facts) -> None:
    """A mapping's network and areas are those of the catalogue.

    Raises
    ------
    FileProblem
        Naming the first that is not.
    """
    if mapping.network not in facts.networks:
        listed = ", ".join(facts.networks)
        raise FileProblem(
            f"mapping {mapping.feed}: network: no network is called {mapping.network!r}; there are {listed}"
        )
    areas = [mapping.station.area, *(place.area for place in mapping.stations)]
    for area in areas:
        if area is not None and area not in facts.regions:
            raise FileProblem(f"mapping {mapping.feed}: area: no region has the id {area!r}")
