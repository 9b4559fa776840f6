"""Readings written a second time from the same answers: the last word of each hour, and what differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from config.facts import Facts
from ingest.hours import moment
from ingest.save import Saver
from ingest.source import Batch
from ingest.told import Told
from store import payloads
from store.columns import Bools, Columns, Held, Ints
from store.held import select_held
from store.readings import Counts, differing, held_there, match
from store.series import select_series

if TYPE_CHECKING:
    from sqlalchemy import Connection

Places = np.typing.NDArray[np.intp]


@dataclass(frozen=True)
class Difference:
    """One reading that would not be as it is held: `kind` is `new`, `changed` or `no longer told`."""

    station: str
    hour: str
    pollutant: str
    kind: str
    held: float | None
    reparsed: float | None


@dataclass
class Rebuilt:
    """What became of the stored answers of a source.

    Attributes
    ----------
    superseded : readings that a later answer or a file says again, and that therefore do not count.
    no_longer_told : readings held that came with one of these answers and that none of them says any more.
    """

    payloads: int = 0
    counts: Counts = field(default_factory=Counts)
    superseded: int = 0
    no_longer_told: int = 0
    unreadable: list[dict[str, Any]] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)


class Reparser(Saver):
    """A saver that writes only what is an hour's last word, and tells what differs from what is held."""

    def __init__(
        self, connection: Connection, facts: Facts, hours: tuple[int, int], most: int, feed: str
    ) -> None:
        super().__init__(connection, facts)
        self.hours, self.most, self.told = hours, most, Told()
        self.elsewhere = payloads.batches_without(connection, feed)
        self.stays: set[int] = set()
        self.received: datetime | None = None
        self.result = Rebuilt()

    def _columns(
        self, batch: Batch, stations: list[str], rows: np.typing.NDArray[np.intp]
    ) -> Iterator[Columns]:
        for columns in super()._columns(batch, stations, rows):
            inside = (columns.hour >= self.hours[0]) & (columns.hour < self.hours[1])
            ours = columns.take(inside)
            if not len(ours):
                continue
            last = self.told.first_word([self.book.key(one) for one in ours.series.tolist()], ours.hour)
            self.result.superseded += int((~last).sum())
            if last.any():
                yield self._not_held_later(ours.take(last))

    def _not_held_later(self, columns: Columns) -> Columns:
        """The readings that may replace what is held."""
        held = held_there(self.connection, columns)
        at, found = match(columns.places(), held.columns.places())
        stays = np.zeros(len(columns), bool)
        stays[found] = self._is_later(held.batch[at[found]])
        self.result.superseded += int(stays.sum())
        self._differs(columns.take(~stays), at[~stays], found[~stays], held)
        return columns.take(~stays)

    def _is_later(self, batches: Ints) -> Bools:
        """Whether what is held came after the answer at hand, from where nothing can be read again."""
        came = {one: self.elsewhere.get(one) for one in set(batches.tolist())}
        later = {one for one, at in came.items() if at and self.received and at > self.received}
        return np.isin(batches, list(later | (self.stays & came.keys())))

    def _differs(self, columns: Columns, at: Places, found: Bools, held: Held) -> None:
        """Keep the first differences for people."""
        there = held.columns.take(at[found])
        differs, before = ~found, np.full(len(columns), np.nan)
        differs[found], before[found] = differing(columns.take(found), there), there.value
        for row in np.flatnonzero(differs)[: max(0, self.most - len(self.result.differences))].tolist():
            kind = "changed" if found[row] else "new"
            self._tell(columns, row, kind, _number(before[row]), _number(columns.value[row]))

    def _tell(self, columns: Columns, row: int, kind: str, held: float | None, now: float | None) -> None:
        key = self.book.key(int(columns.series[row]))
        start = moment(int(columns.hour[row])).isoformat()
        self.result.differences.append(Difference(key.station, start, key.pollutant, kind, held, now))

    def find_untold(self, feed: str, read: set[int]) -> None:
        """Count the readings of the batches that were read again of which no answer speaks any more."""
        series = {
            one.id: one for one in select_series(self.connection) if one.key.feed == feed and one.readings
        }
        first = max(self.hours[0], min((one.first or 0 for one in series.values()), default=0))
        end = min(self.hours[1], max((one.last or 0 for one in series.values()), default=0) + 1)
        batches = np.array(sorted(read), np.int64)
        for day in range(first // 24, -(-end // 24)):
            held = select_held(self.connection, list(series), [day])
            hours = held.columns.hour
            ours = held.take(np.isin(held.batch, batches) & (hours >= first) & (hours < end)).columns
            untold = ours.take(
                self.told.first_word([series[one].key for one in ours.series.tolist()], ours.hour)
            )
            self.result.no_longer_told += len(untold)
            for row in range(min(len(untold), max(0, self.most - len(self.result.differences)))):
                self._tell(untold, row, "no longer told", _number(untold.value[row]), None)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
