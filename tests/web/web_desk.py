"""A real server on loopback, on a small database of Seoul and Beijing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from config.facts import Facts
from config.settings import Settings
from ingest.save import Saver
from ingest.source import Batch, Quantity, StationRef
from store import tokens
from store.batches import begin_batch, end_batch
from store.engine import Store
from web.app import create_app
from web.server import listening, server

FIRST = datetime(2019, 2, 1, tzinfo=UTC)
DAYS = 42
STATIONS = {"airkorea-final": ["111121", "111123", "111131"], "cnemc-archive": ["1001A", "1003A"]}


@dataclass(frozen=True)
class Served:
    """A server and who asks it."""

    url: str
    client: httpx.Client
    settings: Settings

    def get(self, path: str, **headers: str) -> httpx.Response:
        """One question."""
        return self.client.get(path, headers=headers)

    def json(self, path: str) -> dict[str, Any]:
        """An answer that there is."""
        found = self.client.get(path)
        assert found.status_code == 200, found.text
        return found.json()  # type: ignore[no-any-return]


@contextmanager
def serving(settings: Settings) -> Iterator[Served]:
    """The server of these settings, in a thread of its own, until it is no longer wanted."""
    app = create_app(settings, warm_up=False)
    socket = listening("127.0.0.1", 0)
    run = server(app, settings)
    thread = threading.Thread(target=run.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{socket.getsockname()[1]}"
    try:
        with httpx.Client(base_url=url, timeout=60) as client:
            client.get("/healthz")  # the socket listens already: the first question waits for the start
            yield Served(url, client, settings)
    finally:
        run.should_exit = True
        thread.join(timeout=20)
        socket.close()
    assert not thread.is_alive()


def write(store: Store, feed: str, codes: list[str], level: float = 40.0) -> None:
    """Six weeks of hours in waves, as one batch."""
    facts = Facts()
    start = int(FIRST.timestamp()) // 3600
    hours = np.arange(start, start + 24 * DAYS)
    wave = level + 50 * np.sin(np.arange(len(hours)) / 40) ** 2
    values = np.concatenate([wave + 3 * index for index in range(len(codes))]).round()
    values[5] = np.nan
    batch = Batch(
        feed,
        "PT1H",
        [StationRef(code) for code in codes],
        np.repeat(np.arange(len(codes), dtype=np.int32), len(hours)),
        np.tile(hours, len(codes)),
        {Quantity("pm25", "ug/m3"): values},
        {Quantity("pm25", "ug/m3"): np.isnan(values).astype(np.uint8)},
    )
    with store.write() as connection:
        saver = Saver(connection, facts, {}, [])
        number = begin_batch(
            connection,
            source="test",
            feed_id=saver.ensure_feed(feed),
            parser_version=1,
            received_at=datetime(2024, 1, 1, tzinfo=UTC),
        )
        counts = saver.save(batch, number)
        end_batch(connection, number, counts)
    assert counts.rejected == 0


def settings_of(folder: Path, **given: Any) -> Settings:
    """Settings of a database in a folder, with a catalogue of its own, that nothing outside can change."""
    return Settings(
        database_url=f"sqlite:///{folder / 'small.db'}",
        catalogue=folder / "catalogue",
        **{"web_requests_per_second": 0, "log_level": "error", **given},
    )


def token_of(folder: Path, name: str = "keeper") -> str:
    """A token of the database in a folder."""
    store = Store(f"sqlite:///{folder / 'small.db'}")
    with store.write() as connection:
        secret = tokens.give(connection, name, datetime.now(UTC))
    store.close()
    assert secret is not None
    return secret
