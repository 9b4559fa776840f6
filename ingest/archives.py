"""Files: find the format that fits, then the same path as a live payload. A file is one transaction."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from config.clock import Clock
from config.facts import Facts
from ingest import formats
from ingest.mapping import Mapping
from ingest.members import FileProblem, Member, members
from ingest.save import Saver
from store.batches import begin_batch, end_batch, find_file
from store.engine import Store
from store.readings import Counts

Progress = Callable[[str, int, int], None]


@dataclass
class FileResult:
    """What became of one file; `format` is None where it was not understood, and `problem` says why."""

    path: str
    format: str | None
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
) -> list[FileResult]:
    """Load files, folders, .gz and .zip; what is no table of readings is listed with its reason.

    Parameters
    ----------
    progress : callable
        Told the file at hand, the bytes done and the bytes in all.
    """
    todo: list[tuple[Member, bool]] = []
    results: list[FileResult] = []
    for path in paths:
        try:
            todo += [(member, path.is_file()) for member in members(path)]
        except FileProblem as problem:
            results.append(FileResult(str(path), None, problem=str(problem), named=True))
    total, done = sum(member.size for member, _ in todo), 0
    for member, named in todo:
        progress(member.name, done, total)
        results.append(_import_one(store, facts, clock, member, mapping, named=named))
        done += member.size
    progress("", total, total)
    return results


def _import_one(
    store: Store, facts: Facts, clock: Clock, member: Member, mapping: Mapping | None, *, named: bool
) -> FileResult:
    try:
        reader = formats.find(member, mapping)
        sha256 = member.sha256()
        with store.read() as connection:
            before = find_file(connection, sha256, reader.format, reader.parser_version)
        if before is not None:
            same = before.rows - before.rejected
            counts = Counts(before.rows, 0, 0, same, before.rejected, before.missing)
            return FileResult(member.name, reader.format, counts, named=named, known_already=True)
        return _load(store, facts, clock, reader, sha256, mapping, named=named)
    except FileProblem as problem:
        return FileResult(member.name, None, problem=str(problem), named=named)


def _load(
    store: Store,
    facts: Facts,
    clock: Clock,
    reader: formats.Reader,
    sha256: str,
    mapping: Mapping | None,
    *,
    named: bool,
) -> FileResult:
    """All of a file or nothing of it."""
    counts, notes = Counts(), Counter[str]()
    feeds = {mapping.feed: mapping.feed_fact()} if mapping else {}
    with store.write() as connection:
        saver = Saver(connection, facts, feeds, mapping.station_facts() if mapping else [])
        batch_id = begin_batch(
            connection,
            source="import",
            feed_id=saver.ensure_feed(reader.feed),
            parser_version=reader.parser_version,
            received_at=clock.now(),
            format_name=reader.format,
            path=reader.member.name,
            sha256=sha256,
        )
        for batch in reader.batches():
            counts.add(saver.save(batch, batch_id))
            notes += batch.notes
        end_batch(connection, batch_id, counts, json.dumps(notes, ensure_ascii=False) if notes else None)
    return FileResult(reader.member.name, reader.format, counts, named=named, notes=dict(notes))
