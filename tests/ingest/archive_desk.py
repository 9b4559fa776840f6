"""Archive files to parse and to import, and what may be said of any file, however mangled."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from config.clock import Clock
from config.facts import Facts
from ingest import formats, tables
from ingest.archives import FileResult, import_paths
from ingest.hours import moment
from ingest.source import Batch, Quantity, Reject
from store.engine import Store

VALID = 0
HOSTILE = [
    b"",
    b"9" * 5000,
    b"-1e308",
    b"1e999",
    b"NaN",
    b"inf",
    b'"',
    b'"a,b"',
    b"\xff\xfe",
    b"\xe2\x80\xae",
    b"24:00",
    b"'; drop table reading; --",
    b"\n",
    b"\r\n\r\n",
    b"\x00",
    "１２".encode(),
    b"-",
    b"0",
    b"99999999999999999999",
]


class Parsed:
    """All batches of a file."""

    def __init__(self, path: Path) -> None:
        (member,) = tables.members(path)
        reader = formats.find(member)
        self.format, self.feed = reader.format, reader.feed
        self.batches: list[Batch] = list(reader.batches())
        self.notes = sum((batch.notes for batch in self.batches), Counter[str]())
        self.rejects: list[Reject] = [reject for batch in self.batches for reject in batch.rejects]
        self.rows = sum(batch.rows for batch in self.batches)

    @property
    def reasons(self) -> Counter[str]:
        """Rejected readings by reason."""
        found: Counter[str] = Counter()
        for reject in self.rejects:
            found[reject.reason] += reject.readings
        return found

    def cells(self, quantity: Quantity) -> dict[tuple[str, str], float | int]:
        """By station (code or name) and UTC start: the value, or -1000 less the status of a missing one."""
        found = {}
        for batch in self.batches:
            if quantity not in batch.values:
                continue
            names = [ref.code or ref.name or "" for ref in batch.stations]
            columns = (batch.station, batch.start, batch.values[quantity], batch.statuses[quantity])
            for station, start, value, status in zip(*(c.tolist() for c in columns), strict=True):
                assert np.isnan(value) == (status != VALID)
                key = names[station], f"{moment(start):%Y-%m-%dT%H}"
                found[key] = value if status == VALID else -1000 - status
        return found


class Desk:
    """A database to import into."""

    def __init__(self, store: Store, facts: Facts) -> None:
        self.store, self.facts = store, facts

    def load(self, path: Path) -> FileResult:
        """Import one file; each of its readings is accounted for, or the file is refused in one line."""
        (result,) = import_paths(self.store, self.facts, Clock.real(), [path])
        counts = result.counts
        assert counts.new + counts.changed + counts.same + counts.rejected == counts.rows
        if result.problem is not None:
            assert counts.rows == 0
            assert len(result.problem.splitlines()) == 1
            assert result.problem.startswith(str(path))
        return result

    def counts(self, path: Path) -> tuple[str | None, int, int, int, int]:
        """Format, rows, new, rejected and missing of a file that is understood."""
        result = self.load(path)
        assert result.problem is None, result.problem
        found = result.counts
        return result.format, found.rows, found.new, found.rejected, found.missing

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        with self.store.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]


def mangled(sample: bytes, seed: int, delimiter: bytes = b",") -> bytes:
    """A sample after one to three accidents: cut, reordered, retyped, blown up, overwritten."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 3)):
        sample = chance.choice([_cut, _overwritten, _retyped, _reordered, _repeated])(
            sample, chance, delimiter
        )
    return sample


def _cut(sample: bytes, chance: random.Random, _delimiter: bytes) -> bytes:
    return sample[: chance.randint(0, len(sample))]


def _overwritten(sample: bytes, chance: random.Random, _delimiter: bytes) -> bytes:
    at = chance.randint(0, len(sample))
    return sample[:at] + chance.choice(HOSTILE) + sample[at + chance.randint(0, 8) :]


def _retyped(sample: bytes, chance: random.Random, delimiter: bytes) -> bytes:
    lines = [line.split(delimiter) for line in sample.split(b"\n")]
    line = chance.choice(lines)
    line[chance.randrange(len(line))] = chance.choice(HOSTILE)
    return b"\n".join(delimiter.join(line) for line in lines)


def _reordered(sample: bytes, chance: random.Random, delimiter: bytes) -> bytes:
    lines = [line.split(delimiter) for line in sample.split(b"\n")]
    order = list(range(max(map(len, lines))))
    chance.shuffle(order)
    moved = [[line[at] for at in order if at < len(line)] for line in lines]
    return b"\n".join(delimiter.join(line) for line in moved)


def _repeated(sample: bytes, chance: random.Random, _delimiter: bytes) -> bytes:
    lines = sample.split(b"\n")
    return b"\n".join(lines + lines[1:] * chance.randint(1, 20))
