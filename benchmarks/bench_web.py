"""200 readers at once on loopback: no error, and the latencies beside a plain SELECT of the same rows.

The server is a process of its own on SQLite; the readers share one loop and keep their connections. On two
cores readers and server share the processor, so that a latency is mostly the queue of 200.
"""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks import Bar
from config.facts import Facts
from ingest.save import Saver
from ingest.source import Batch, Quantity, StationRef
from store import migrate
from store.batches import begin_batch, end_batch
from store.engine import Store

ROOT = Path(__file__).parents[1]
READERS = 200
STATIONS = 25
DAYS = 120
FIRST = date(2019, 1, 1)
QUANTITY = Quantity("pm25", "ug/m3")


@dataclass
class Read:
    """What the readers saw: seconds of each answer, and what was no answer."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Milliseconds that this share of the answers took at most."""
        return float(np.quantile(self.seconds, share)) * 1e3


def run(*, quick: bool = False) -> Iterator[Bar]:
    """Readers of questions that many ask, and one reader of questions that nobody asked before."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "web.db"
        stations = _filled(path)
        weeks = [FIRST + timedelta(days=7 * week) for week in range(DAYS // 7)]
        asked = [_readings(one, week) for one in stations for week in weeks]
        plain = _selects(path, [(one, week) for one in stations for week in weeks])
        with _server(path) as port:
            first = asyncio.run(readers(port, asked, 1, once=True))
            many = asyncio.run(readers(port, asked, READERS, seconds=5 if quick else 30))
    select = statistics.median(plain) * 1e3
    told = f"a week of a station, {READERS} readers"
    yield Bar(f"{told}: errors", "", float(len(many.errors)), most=0)
    yield Bar("a question nobody asked before, median", "ms", first.percentile(0.5), select)
    yield Bar(f"{told}: median", "ms", many.percentile(0.5), select)
    yield Bar(f"{told}: 95 % within", "ms", many.percentile(0.95), select)
    yield Bar(f"{told}: 99 % within", "ms", many.percentile(0.99), select)
    yield Bar(f"{told}: rate", "answers/s", len(many.seconds) / (5 if quick else 30), 1e3 / select)
    for error in sorted(set(many.errors + first.errors))[:5]:
        print(f"  {error}")


async def readers(port: int, asked: list[str], n: int, *, seconds: float = 0.0, once: bool = False) -> Read:
    """`n` readers, each with a connection of its own, asking one after the other until the time is over.

    `once`: each question once, whatever the time.
    """
    found = Read()
    until = time.perf_counter() + seconds
    await asyncio.gather(
        *(_reader(port, asked[at:] + asked[:at], until, found, once=once) for at in range(n))
    )
    return found


async def _reader(port: int, asked: Sequence[str], until: float, found: Read, *, once: bool) -> None:
    try:
        incoming, outgoing = await asyncio.open_connection("127.0.0.1", port)
        for at in range(len(asked) if once else sys.maxsize):
            if not once and time.perf_counter() >= until:
                break
            begun = time.perf_counter()
            outgoing.write(f"GET {asked[at % len(asked)]} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            head = await incoming.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head)
            body = await incoming.readexactly(int(length[1])) if length else b""
            found.seconds.append(time.perf_counter() - begun)
            if not head.startswith(b"HTTP/1.1 200") or not body.endswith(b"}\n"):
                found.errors.append(head.split(b"\r\n")[0].decode())
        outgoing.close()
        await outgoing.wait_closed()
    except (OSError, asyncio.IncompleteReadError) as error:
        found.errors.append(f"{type(error).__name__}: {error}")


def _readings(station: str, week: date) -> str:
    last = week + timedelta(days=6)
    return f"/v1/readings?station={station}&from={week}&to={last}"


def _selects(path: Path, asked: Sequence[tuple[str, date]]) -> list[float]:
    """Seconds of a SELECT of the same rows through the driver, on an open connection."""
    connection = sqlite3.connect(path)
    series = dict(
        connection.execute(
            "SELECT s.name, r.id FROM series r JOIN station s ON s.id = r.station_id"
        ).fetchall()
    )
    taken = []
    for station, week in asked:
        begun = time.perf_counter()
        # A week from midnight in Korea, 15:00 of the day before in UTC.
        day = (week - date(1970, 1, 1)).days
        rows = connection.execute(
            "SELECT day, hour, value, status, flags FROM reading WHERE series_id = ? AND day BETWEEN ? AND ? "
            "AND day * 24 + hour BETWEEN ? AND ? ORDER BY day, hour",
            (series[station], day - 1, day + 6, day * 24 - 9, day * 24 + 158),
        ).fetchall()
        taken.append(time.perf_counter() - begun)
        if len(rows) != 7 * 24:
            raise SystemExit(f"{len(rows)} rows of a week")
    connection.close()
    return taken


def _filled(path: Path) -> list[str]:
    """A database of some stations; returns their ids."""
    facts = Facts()
    chosen = [v[-1] for v in facts.stations.values() if v[-1].network == "airkorea" and v[-1].code][:STATIONS]
    hours = np.arange(DAYS * 24) + int(datetime(2018, 12, 31, 15, tzinfo=UTC).timestamp()) // 3600
    rng = np.random.default_rng(0)
    values = rng.gamma(4, 8, (STATIONS, len(hours))).round().ravel()
    batch = Batch(
        "airkorea-final",
        "PT1H",
        [StationRef(one.code) for one in chosen],
        np.repeat(np.arange(STATIONS, dtype=np.int32), len(hours)),
        np.tile(hours, STATIONS),
        {QUANTITY: values},
        {QUANTITY: np.zeros(values.shape, np.uint8)},
    )
    store = Store(f"sqlite:///{path}")
    migrate.ensure(store)
    with store.write() as connection:
        saver = Saver(connection, facts, {}, [])
        feed = saver.ensure_feed(batch.feed)
        number = begin_batch(
            connection, source="bench", feed_id=feed, parser_version=1, received_at=datetime.now(UTC)
        )
        end_batch(connection, number, saver.save(batch, number))
    store.close()
    return [one.id for one in chosen]


@contextmanager
def _server(path: Path) -> Iterator[int]:
    """`yellowsea serve` on a free port."""
    command = [sys.executable, "-m", "cli.main", "serve", "--port", "0", "--database", f"sqlite:///{path}"]
    environment = {**os.environ, "YELLOWSEA_WEB_REQUESTS_PER_SECOND": "0", "YELLOWSEA_LOG_LEVEL": "error"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        port = re.search(r":(\d+)$", line.strip())
        if port is None:
            raise SystemExit(f"the server did not start: {line}")
        yield int(port[1])
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stderr.close()


if __name__ == "__main__":
    from benchmarks import table

    print(table(list(run(quick="--quick" in sys.argv))))
