"""The store against the bare drivers, SQLAlchemy's executemany and DuckDB over Parquet.

Times are medians of rounds in which ours and the peer take turns, so that a busy machine slows both.
PostgreSQL is named by YELLOWSEA_TEST_POSTGRES and left out where none answers.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import create_engine, insert, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from benchmarks import Bar
from config.air import Station
from config.clock import Clock
from config.facts import Facts
from ingest.archives import import_paths
from store import blocks, grid, migrate, schema
from store.batches import begin_batch, end_batch
from store.engine import Store
from store.readings import Columns, nullable, put
from store.series import SeriesBook, SeriesKey, select_series
from store.stations import register

POSTGRES = os.environ.get("YELLOWSEA_TEST_POSTGRES", "postgresql+psycopg://root@127.0.0.1:5432/test")
SEOUL = Path(__file__).parents[2] / "shared" / "data" / "kr_seoul25_hourly_2020_01_04"
POLLUTANTS = ("pm25", "pm10", "o3", "no2", "so2", "co")
STATIONS = 700
FIRST = 438_288  # 2020-01-01T00Z
NOW = datetime(2021, 2, 1, tzinfo=UTC)
UPSERT = (
    "INSERT INTO reading (day, series_id, hour, value, status, flags, batch_id) VALUES (?, ?, ?, ?, ?, 0, ?) "
    "ON CONFLICT (day, series_id, hour) DO UPDATE "
    "SET value = excluded.value, status = excluded.status, batch_id = excluded.batch_id"
)
Floats = npt.NDArray[np.float64]


class Collected:
    """A database that takes one hour of all its series at a time, as the daemon does."""

    def __init__(self, url: str, stations: int, pollutants: tuple[str, ...] = POLLUTANTS) -> None:
        self.store = Store(url)
        migrate.ensure(self.store)
        facts = Facts()
        feed = facts.feeds["airkorea-live"]
        with self.store.write() as connection:
            self.book = SeriesBook(connection)
            self.feed = self.book.ensure_feed(feed, facts.networks[feed.network])
            keys = []
            for number in range(stations):
                station = _station(f"airkorea-b{number}")
                register(connection, self.book, facts, [station])
                keys += [
                    SeriesKey(station.id, feed.id, p, "mean", "PT1H", "ug/m3", "actual") for p in pollutants
                ]
            self.ids = np.array(self.book.ensure(keys), np.int64)

    def take(self, hours: npt.NDArray[np.int64], values: Floats) -> float:
        """One transaction: values of (series, hours), in the order of the table; seconds of its COMMIT."""
        series, hour = np.repeat(self.ids, len(hours)), np.tile(hours, len(self.ids))
        flat = values.ravel()
        with self.store.write() as connection:
            self.book.enter(connection)
            batch = begin_batch(
                connection, source="bench", feed_id=self.feed, parser_version=1, received_at=NOW
            )
            columns = Columns(series, hour, flat, np.isnan(flat).astype(np.uint8))
            counts, _ = put(connection, self.book, batch, columns)
            end_batch(connection, batch, counts)
            before_commit = time.perf_counter()
        return time.perf_counter() - before_commit

    def write_small_row(self, number: int) -> float:
        """One small row, through the same door; seconds of its COMMIT."""
        with self.store.write() as connection:
            connection.execute(insert(schema.meta).values(key=f"small {number}", value="row"))
            before_commit = time.perf_counter()
        return time.perf_counter() - before_commit


def run(*, quick: bool = False) -> Iterator[Bar]:
    """Every bar of the store."""
    hours = 6 if quick else 24
    with tempfile.TemporaryDirectory() as folder:
        yield from sqlite_upserts(Path(folder), hours)
        yield from scheduled_hour(Path(folder), 1 if quick else 3)
        yield from sizes(Path(folder))
        yield from station_years(Path(folder), 60 if quick else 200)
    with _postgres() as url:
        if url:
            yield from postgresql_upserts(url, hours)
        else:
            print("(no PostgreSQL answers: its bar is left out)")


def sqlite_upserts(folder: Path, hours: int) -> Iterator[Bar]:
    """Hours of 4,200 series, new and polled again, against bare upserts without revisions and counts."""
    ours = Collected(f"sqlite:///{folder / 'ours.db'}", STATIONS)
    Collected(f"sqlite:///{folder / 'peer.db'}", 1).store.close()
    peer = sqlite3.connect(folder / "peer.db", isolation_level=None)
    for pragma in ("synchronous = FULL", "cache_size = -32768", "temp_store = MEMORY"):
        peer.execute(f"PRAGMA {pragma}")

    def upsert(hour: int, values: Floats) -> None:
        n = len(ours.ids)
        day, of_day = divmod(hour, 24)
        columns = (
            [day] * n,
            ours.ids.tolist(),
            [of_day] * n,
            nullable(values),
            np.isnan(values).tolist(),
            [1] * n,
        )
        peer.execute("BEGIN IMMEDIATE")
        peer.executemany(UPSERT, list(zip(*columns, strict=True)))
        peer.execute("COMMIT")

    yield from _hours_in_turn("SQLite", "sqlite3 executemany upsert", ours, upsert, hours, least=0.55)
    peer.close()
    ours.store.close()


def postgresql_upserts(url: str, hours: int) -> Iterator[Bar]:
    """The same against SQLAlchemy's executemany of dicts into a table with the same indexes."""
    ours = Collected(url, STATIONS)
    engine = create_engine(url)
    table = schema.reading.to_metadata(type(schema.metadata)(), name="peer")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE peer (LIKE reading INCLUDING ALL)"))

    def executemany(hour: int, values: Floats) -> None:
        day, of_day = divmod(hour, 24)
        rows = [
            {
                "day": day,
                "series_id": one,
                "hour": of_day,
                "value": value,
                "status": int(value is None),
                "flags": 0,
                "batch_id": 1,
            }
            for one, value in zip(ours.ids.tolist(), nullable(values), strict=True)
        ]
        with engine.begin() as connection:
            connection.execute(insert(table), rows)

    yield from _hours_in_turn("PostgreSQL", "SQLAlchemy executemany", ours, executemany, hours, least=2)
    engine.dispose()
    ours.store.close()


def _hours_in_turn(
    engine: str, peer: str, ours: Collected, by_peer: Callable[[int, Floats], None], hours: int, least: float
) -> Iterator[Bar]:
    """Speed over new hours; for peers that upsert also over hours polled again, one value in 100 changed."""
    n = len(ours.ids)
    values = _pm25(n, hours)
    again = np.where(np.random.default_rng(1).random(values.shape) < 0.01, values + 1, values)
    for what, given in (("new hours", values), ("hours polled again, 1 % changed", again)):
        if what != "new hours" and "upsert" not in peer:
            return
        mine, theirs = [], []
        for at in range(hours):
            values = given[:, at]
            mine.append(_seconds(partial(ours.take, np.array([FIRST + at]), values[:, None])))
            theirs.append(_seconds(partial(by_peer, FIRST + at, values)))
        name = f"{engine}, {what} / {peer}"
        yield Bar(name, "rows/s", n / float(np.median(mine)), n / float(np.median(theirs)), least=least)


def scheduled_hour(folder: Path, days: int) -> Iterator[Bar]:
    """One hour of 4,200 series against the commit of one small row, and what it writes into the log.

    Where a disk syncs in a millisecond the rows alone take the bare driver longer than the limit: the peer
    of `sqlite_upserts` tells how long.
    """
    path = folder / "hour.db"
    ours = Collected(f"sqlite:///{path}", STATIONS)
    values = _pm25(len(ours.ids), 24 * (days + 1))
    whole, small, commits, small_commits, written = [], [], [], [], []
    for at in range(24 * (days + 1)):
        _checkpoint(ours.store)
        started = time.perf_counter()
        commit = ours.take(np.array([FIRST + at]), values[:, at : at + 1])
        hour = time.perf_counter() - started
        log = (folder / "hour.db-wal").stat().st_size
        if at >= 24:  # the first day of a database has no neighbours yet
            whole.append(hour)
            commits.append(commit)
            written.append(log / 1e6)
            started = time.perf_counter()
            small_commits.append(ours.write_small_row(at))
            small.append(time.perf_counter() - started)
    yield Bar("an hour of 4,200 series / a small row", "ms", _ms(whole), _ms(small), most=3)
    yield Bar("  its COMMIT alone / that of a small row", "ms", _ms(commits), _ms(small_commits))
    yield Bar("  written by it, mean over the hours of a day", "MB", float(np.mean(written)), most=2)
    yield Bar("  written by it, most of a day", "MB", float(np.max(written)))
    _checkpoint(ours.store)
    ours.store.close()
    size = path.stat().st_size - _size_without_readings(path)
    yield Bar("bytes per reading, whole ug/m3, hour by hour", "B", size / values.size, most=21)


def _checkpoint(store: Store) -> None:
    with store.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def sizes(folder: Path) -> Iterator[Bar]:
    """Bytes per reading of an imported archive with all its tables, and per hour of its blocks."""
    path = folder / "sizes.db"
    if SEOUL.is_dir():
        store = Store(f"sqlite:///{path}")
        migrate.ensure(store)
        import_paths(store, Facts(), Clock.real(), [SEOUL])
        of = "Seoul 2020"
    else:
        made = Collected(f"sqlite:///{path}", 25)
        made.take(np.arange(FIRST, FIRST + 2880), _pm25(len(made.ids), 2880))
        store, of = made.store, "synthetic"
    with store.engine.connect() as connection:
        connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[attr-defined]
    with store.read() as reading:
        rows = reading.exec_driver_sql("SELECT count(*) FROM reading").scalar_one()
    # Gases have decimals and take eight bytes a value, whole micrograms one or two: told, not judged.
    yield Bar(f"bytes per reading, {of}, four gases of six, whole file", "B", path.stat().st_size / rows)
    blocks.build(store, NOW)
    for what, only in (("PM2.5", "AND s.pollutant = 'pm25'"), ("all pollutants", "")):
        series = f"(SELECT id FROM series s WHERE 1 {only})"
        query = (
            f"SELECT (SELECT sum(length(packed)) FROM block WHERE series_id IN {series}), "
            f"(SELECT count(*) FROM reading WHERE series_id IN {series})"
        )
        with store.read() as reading:
            packed, hours = reading.exec_driver_sql(query).one()
        most = 1.3 if only else None
        yield Bar(f"bytes per block value, {of}, {what}", "B", packed / hours, most=most)
    store.close()


def station_years(folder: Path, stations: int) -> Iterator[Bar]:
    """25 scattered station-years as an array, against DuckDB over Parquet of the same values."""
    import duckdb
    import pyarrow as pa
    import pyarrow.parquet as pq

    hours = 8784
    ours = Collected(f"sqlite:///{folder / 'years.db'}", stations, ("pm25",))
    values = _pm25(stations, hours)
    for first in range(0, stations, 20):
        part = Collected.__new__(Collected)
        part.__dict__.update(ours.__dict__)
        part.ids = ours.ids[first : first + 20]
        part.take(np.arange(FIRST, FIRST + hours), values[first : first + 20])
    blocks.build(ours.store, NOW)
    rows, path = len(ours.ids), folder / "years.parquet"
    pq.write_table(
        pa.table(
            {
                "series": np.repeat(ours.ids, hours),
                "hour": np.tile(np.arange(FIRST, FIRST + hours), rows),
                "value": pa.array(values.ravel().astype(np.float32), from_pandas=True),
            }
        ),
        path,
    )
    chosen = np.linspace(0, rows - 1, 25).astype(int)
    ids = ours.ids[chosen]
    with ours.store.read() as connection:
        known = {one.id: one for one in select_series(connection)}
    wanted = [known[int(one)] for one in ids]
    duck = duckdb.connect()

    def by_us() -> npt.NDArray[np.float32]:
        with ours.store.read() as connection:
            return grid.load(connection, wanted, FIRST, FIRST + hours).values

    def by_duckdb() -> npt.NDArray[np.float32]:
        found = duck.execute(
            f"SELECT series, hour, value FROM read_parquet('{path}') "
            f"WHERE series IN ({','.join(map(str, ids))})"
        ).fetchnumpy()
        array = np.full((len(ids), hours), np.nan, np.float32)
        array[np.searchsorted(ids, found["series"]), found["hour"] - FIRST] = np.ma.filled(
            found["value"], np.nan
        )
        return array

    np.testing.assert_array_equal(by_us(), by_duckdb())
    mine, theirs = [], []
    for _ in range(9):
        mine.append(_seconds(by_us))
        theirs.append(_seconds(by_duckdb))
    # Judged at the full size: DuckDB's share is in finding 25 stations among many.
    most = 0.5 if stations >= 200 else None
    yield Bar("25 station-years from blocks / DuckDB over Parquet", "ms", _ms(mine), _ms(theirs), most=most)
    ours.store.close()
    duck.close()


@contextmanager
def _postgres() -> Iterator[str | None]:
    """The URL of a new database, dropped afterwards; None where no server answers."""
    name = f"yellowsea_bench_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except SQLAlchemyError:
        yield None
        return
    try:
        yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


def _pm25(series: int, hours: int) -> Floats:
    """Whole micrograms like those of a winter: lognormal, each hour 0.97 like the last, 2 % missing."""
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((hours, series)) * np.sqrt(1 - 0.97**2)
    noise[0] /= np.sqrt(1 - 0.97**2)
    for hour in range(1, hours):
        noise[hour] += 0.97 * noise[hour - 1]
    values = np.exp(3 + 0.6 * noise).round().T.copy()
    values[rng.random(values.shape) < 0.02] = np.nan
    return values


def _station(name: str) -> Station:
    return Station(
        id=name,
        network="airkorea",
        name=name,
        area="kr-seoul",
        kind="unknown",
        source="bench",
        confidence="low",
    )


def _size_without_readings(path: Path) -> int:
    """The bytes of a database with the same stations and series and nothing else."""
    other = Collected(f"sqlite:///{path.with_name('empty.db')}", STATIONS)
    with other.store.engine.connect() as connection:
        connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[attr-defined]
    other.store.close()
    return path.with_name("empty.db").stat().st_size


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _ms(seconds: list[float]) -> float:
    return float(np.median(seconds)) * 1000


if __name__ == "__main__":
    from benchmarks import table

    print(table(list(run())))
