"""A collector before a sandbox over real HTTP, in a small world, by a clock that moves when told to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Self

import numpy as np

from config.facts import Facts
from config.settings import SourceSettings
from ingest.collect import Collector
from ingest.perform import Run
from ingest.registry import SOURCES
from sandbox.faults import FaultPlan, Span
from sandbox.server import Sandbox
from sandbox.world import POLLUTANTS, Block, Network, WorldStation, as_values, catalogue_stations
from store import ledger
from store.engine import Store
from store.readings import select_held
from store.series import select_series

KEY = "k3y+/with==signs"
START = datetime.fromisoformat("2020-02-14T00:30+09:00").astimezone(UTC)
STATIONS = 4


class SmallWorld:
    """Four stations of each network; every value tells its hour and station."""

    name: Literal["synthetic"] = "synthetic"
    reasons: tuple[str, ...] = ("통신장애",)

    def __init__(self, facts: Facts) -> None:
        self._stations: dict[Network, list[WorldStation]] = {
            network: list(catalogue_stations(facts, network, START.date()).values())[:STATIONS]
            for network in ("airkorea", "cnemc")
        }

    def stations(self, network: Network) -> list[WorldStation]:
        return self._stations[network]

    def block(self, network: Network, hour: int) -> Block:
        row, column = np.meshgrid(np.arange(STATIONS), np.arange(len(POLLUTANTS)), indexing="ij")
        block: Block = ((hour * 7 + row * 13) % 90 + 1) * np.array([1, 1, 1e-4, 1e-4, 1e-4, 0.01])[column]
        return np.round(block, 4)

    def hour(self, network: Network, hour: int) -> dict[str, dict[str, float | None]]:
        block = self.block(network, hour)
        return {s.code: as_values(row) for s, row in zip(self._stations[network], block, strict=True)}

    def reading(self, network: Network, code: str, hour: int) -> dict[str, float | None]:
        return self.hour(network, hour)[code]


class Hand:
    """Data time that moves when told to."""

    def __init__(self, start: datetime = START) -> None:
        self.time = start

    def now(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)


class Desk:
    """One sandbox, one database, and the collectors that come and go before them."""

    def __init__(
        self, store: Store, facts: Facts, faults: Sequence[dict[str, Any]] = (), source: str = "airkorea"
    ) -> None:
        self.store, self.facts, self.source, self.clock = store, facts, source, Hand()
        self.world = SmallWorld(facts)
        self.plan = FaultPlan([Span.model_validate(fault) for fault in faults], 1)
        self.sandbox = Sandbox(self.world, self.clock, self.plan, 1, key=KEY, start=START)
        self.runs: list[Run] = []
        self.settings: dict[str, Any] = {"key": KEY, "daily_calls": 5000, "calls_per_second": 10_000}
        self.collector = self.new_collector()

    def __enter__(self) -> Self:
        self.sandbox.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.collector.close()
        self.sandbox.close()

    def new_collector(self, **settings: Any) -> Collector:
        """As a process that begins: nothing is remembered but the database."""
        if hasattr(self, "collector"):
            self.collector.client.close()
        self.settings |= settings
        given = {"url": self.sandbox.url} | self.settings
        own = SourceSettings(**given)
        source = SOURCES[self.source]
        self.collector = Collector(source, self.store, self.facts, own, self.clock, backfill_hours=6)  # type: ignore[arg-type]
        return self.collector

    def tick(self) -> Run:
        run = self.collector.tick()
        self.runs.append(run)
        return run

    def work(self, hours: float, every_minutes: float = 10) -> None:
        """Tick through so many hours of data time."""
        for _ in range(round(hours * 60 / every_minutes)):
            self.tick()
            self.clock.move(minutes=every_minutes)

    def windows(self) -> list[ledger.Window]:
        with self.store.read() as connection:
            return ledger.windows_between(connection, self.source, 0, 2**31 - 1)

    def states(self) -> set[str]:
        return {window.state for window in self.windows()}

    def errors(self) -> list[str]:
        return [window.error for window in self.windows() if window.error]

    def held(self) -> dict[tuple[str, int], float]:
        """PM2.5 by station id and hour."""
        with self.store.read() as connection:
            names = {one.id: one.key.station for one in select_series(connection, pollutant="pm25")}
            days = range(START_HOUR // 24 - 5, START_HOUR // 24 + 10)
            rows = select_held(connection, list(names), list(days)).columns
        triples = zip(rows.series.tolist(), rows.hour.tolist(), rows.value.tolist(), strict=True)
        return {(names[series], hour): value for series, hour, value in triples}

    def wrong(self, first: int, end: int) -> list[tuple[str, int]]:
        """Station-hours of the world that are not held, or held otherwise."""
        network: Network = "airkorea" if self.source == "airkorea" else "cnemc"
        held = self.held()
        return [
            (station.code, hour)
            for hour in range(first, end)
            for row, station in enumerate(self.world.stations(network))
            if held.get((f"{network}-{station.code}", hour)) != self.world.block(network, hour)[row, 0]
        ]


START_HOUR = int(START.timestamp() // 3600)
