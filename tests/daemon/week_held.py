"""What the week left behind, and how it is laid beside what could have been had."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from week_oracle import Readings, Week

from sandbox import journal
from store import ledger
from store.engine import Store
from store.held import select_held
from store.series import select_series

# The week, and what its last hours need until they are closed: what only could have been corrected waits for
# two hours and for nine more, to be asked for together.
HOURS, CLOSED_AFTER = 168, 14


@dataclass(frozen=True)
class Ran:
    """A run that is over: its database, its log, the sandbox's journal, and the truth."""

    folder: Path
    store: Store
    week: Week

    @cached_property
    def entries(self) -> list[journal.Entry]:
        """Each request that the sandbox had."""
        return list(journal.read(self.folder / "journal.csv"))

    @cached_property
    def log(self) -> str:
        """All that the daemon told."""
        return (self.folder / "daemon.log").read_text(encoding="utf-8")

    def told(self, event: str) -> list[dict[str, Any]]:
        """What it told of one kind of event."""
        lines = (json.loads(line) for line in self.log.splitlines())
        return [line for line in lines if line["event"] == event]

    @property
    def until(self) -> int:
        """The end of the week, as an hour number."""
        return self.week.since(HOURS)

    def windows(self, source: str) -> list[ledger.Window]:
        """The ledger of the week; it begins when the daemon was first up."""
        with self.store.read() as connection:
            return ledger.windows_between(connection, source, 0, self.until)

    def began(self, source: str) -> int:
        """The first hour that the ledger promises."""
        return self.windows(source)[0].start

    @contextmanager
    def copied(self, path: Path) -> Iterator[Store]:
        """A copy of the database, to be written to."""
        with (
            closing(sqlite3.connect(self.folder / "week.db")) as source,
            closing(sqlite3.connect(path)) as copy,
        ):
            source.backup(copy)
        store = Store(f"sqlite:///{path}")
        yield store
        store.close()


def held(store: Store, feed: str, first: int, end: int) -> Readings:
    """The last values of a feed by station and hour, NaN where they are held as missing."""
    with store.read() as connection:
        series = [one for one in select_series(connection) if one.key.feed == feed]
        names = {one.id: (one.key.station, one.key.pollutant) for one in series}
        rows = select_held(connection, list(names), list(range(first // 24, end // 24 + 1))).columns
    found: Readings = {}
    for one, hour, value in zip(rows.series.tolist(), rows.hour.tolist(), rows.value.tolist(), strict=True):
        if first <= hour < end:
            station, pollutant = names[one]
            found.setdefault((station, hour), {})[pollutant] = value
    return found


def same(one: float | None, other: float | None) -> bool:
    """Whether two values are one; NaN is NaN, and nothing is no value."""
    if one is None or other is None:
        return False
    return one == other or (math.isnan(one) and math.isnan(other))


def wrong(wanted: Readings, got: Readings) -> list[tuple[str, int]]:
    """The readings of which a value is not held as it was last published."""
    return [
        key
        for key, values in wanted.items()
        if not all(same(got.get(key, {}).get(name), value) for name, value in values.items())
    ]
