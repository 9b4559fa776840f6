"""Hands for tests of the store: series without a catalogue, batches from plain tuples, all rows as a dict."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import Connection, insert

from config.air import Station
from config.facts import Facts
from store import schema
from store.asof import held_between
from store.batches import begin_batch, end_batch
from store.engine import Store
from store.readings import Columns, Counts, put
from store.series import Series, SeriesBook, SeriesKey, select_series
from store.stations import register

MISSING = 1
NOON = 438_300  # 2020-01-01T12Z as an hour number
START = datetime(2020, 1, 1, tzinfo=UTC)
NAN = math.nan
Row = tuple[int, int, float | None]  # series, hour, value (None missing)

_names = itertools.count()


def columns(rows: Iterable[Row]) -> Columns:
    """Tuples as columns; a value that is None is missing with status 1."""
    listed = list(rows)
    return Columns(
        np.array([row[0] for row in listed], np.int64),
        np.array([row[1] for row in listed], np.int64),
        np.array([NAN if row[2] is None else row[2] for row in listed], np.float64),
        np.array([MISSING if row[2] is None else 0 for row in listed], np.uint8),
    )


def make_series(store: Store, facts: Facts, count: int = 1, period: str = "PT1H") -> list[int]:
    """New series of new stations."""
    feed = facts.feeds["airkorea-live"]
    with store.write() as connection:
        book = SeriesBook(connection)
        book.ensure_feed(feed, facts.networks[feed.network])
        keys = []
        for _ in range(count):
            name = f"airkorea-t{next(_names)}"
            register(connection, book, facts, [a_station(name)])
            keys.append(SeriesKey(name, feed.id, "pm25", "mean", period, "ug/m3", "actual"))
        return book.ensure(keys)


def a_station(name: str) -> Station:
    """A station in no list."""
    return Station(
        id=name,
        network="airkorea",
        code=name,
        name=name,
        area="kr-seoul",
        kind="unknown",
        source="test",
        confidence="low",
    )


@dataclass
class Writer:
    """Writes batches an hour of received_at apart."""

    store: Store
    at: datetime = START
    batches: list[int] = field(default_factory=list)

    def give(self, *calls: Sequence[Row]) -> Counts:
        """One batch of one or several `put` calls in one transaction; returns its counts."""
        with self.store.write() as connection:
            return self.give_on(connection, *calls)

    def give_on(self, connection: Connection, *calls: Sequence[Row]) -> Counts:
        """The same in a transaction of the caller's."""
        self.at += timedelta(hours=1)
        batch = begin_batch(
            connection, source="test", feed_id=self.feed(connection), parser_version=1, received_at=self.at
        )
        self.batches.append(batch)
        counts = Counts()
        book = SeriesBook(connection)
        for rows in calls:
            counts.add(put(connection, book, batch, columns(rows))[0])
        end_batch(connection, batch, counts)
        return counts

    def feed(self, connection: Connection) -> int:
        """The feed of `make_series`."""
        return int(connection.exec_driver_sql("SELECT min(id) FROM feed").scalar_one())


def held(
    store: Store, ids: Sequence[int], as_of: datetime | None = None
) -> dict[tuple[int, int], float | None]:
    """What stands at series and hour around `NOON`, None for a missing value."""
    with store.read() as connection:
        found = held_between(connection, ids, NOON - 5000, NOON + 5000, as_of=as_of).columns
    rows = zip(
        found.series.tolist(), found.hour.tolist(), found.value.tolist(), found.status.tolist(), strict=True
    )
    return {(one, hour): None if status else value for one, hour, value, status in rows}


def revisions(store: Store) -> list[tuple[object, ...]]:
    """(series, hour, value, status, replaced batch, batch) in order."""
    with store.read() as connection:
        return [
            tuple(row)
            for row in connection.exec_driver_sql(
                "SELECT series_id, day * 24 + hour, value, status, replaced_batch_id, batch_id FROM revision "
                "ORDER BY series_id, day, hour, batch_id"
            )
        ]


def series_of(store: Store, ids: Sequence[int]) -> dict[int, Series]:
    """What SQL says that the series hold."""
    with store.read() as connection:
        return {one.id: one for one in select_series(connection) if one.id in ids}


def count(store: Store, table: str) -> int:
    """How many rows a table holds."""
    with store.read() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def put_in(store: Store, table: str, **values: object) -> None:
    """One row by hand."""
    with store.write() as connection:
        connection.execute(insert(schema.metadata.tables[table]).values(**values))
