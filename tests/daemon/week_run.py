"""A week in which data time waits for the work: both sides share a clock that is set by hand.

The sandbox serves over loopback from a process of its own. The daemon's own jobs, from its own metronome, are
called in its place, each as often in data time as it asks to be: a busy machine makes the week longer
and changes nothing of what happens in it.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any
from unittest.mock import patch

import structlog
from pydantic import PrivateAttr
from week_oracle import Served

from config.clock import Clock
from config.facts import Facts
from config.settings import Settings
from ingest.points import points
from ingest.registry import BULLETINS, SOURCES
from ingest.source import StationRef
from ingest.sources.waqi import Waqi
from sandbox.journal import Journal
from sandbox.server import Sandbox
from scheduler import Daemon
from store import migrate
from store.engine import Store
from store.locks import only_daemon

KEY = "k3y+/with==signs"
# Data time goes on by so much once all jobs that are due have done their work.
STEP_MINUTES = 15
# Of AirKorea and its other datasets: for a third of Seoul's stations less than half of the published 500, so
# that the limit is felt.
DAILY_CALLS = 220
every_place = Waqi.knowing
# Without a limit of its own a source would be asked as slowly as the real ones: that is machine time.
CALLS_PER_SECOND = 10_000


@dataclass(frozen=True)
class HandClock(Clock):
    """Data time as some hours after the start, which another process may read."""

    hours: Synchronized[float]

    def now(self) -> datetime:
        """The present data time, aware, UTC."""
        return self.start.astimezone(UTC) + timedelta(hours=self.hours.value)


class HandSettings(Settings):
    """Settings whose clock is the one of the hand."""

    _hand: Clock = PrivateAttr(default_factory=Clock.real)

    @property
    def data_clock(self) -> Clock:
        """The clock of data time."""
        return self._hand


def _serve(what: Served, hours: Synchronized[float], journal: Path, ready: Connection, stop: Event) -> None:
    clock, noted = HandClock(what.start, 0.0, 1.0, hours), Journal(journal)
    given = {"start": what.start, "journal": noted, "key": KEY}
    with Sandbox(what.world(), clock, what.plan, what.seed, **given) as sandbox:
        ready.send(sandbox.url)
        stop.wait()
    noted.close()


@contextmanager
def serving(what: Served, journal: Path) -> Iterator[tuple[str, HandClock]]:
    """The sandbox's address, and the clock that both sides read; the sandbox is a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    hours, stop = spawn.Value("d", 0.0), spawn.Event()
    here, there = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_serve, args=(what, hours, journal, there, stop), daemon=True)
    process.start()
    try:
        assert here.poll(60), "the sandbox did not open its port"
        yield here.recv(), HandClock(what.start, 0.0, 1.0, hours)
    finally:
        stop.set()
        process.join(30)
        assert process.exitcode == 0


def settings(url: str, database: str, clock: Clock) -> Settings:
    """Every source of the registries is on, and asks the sandbox."""
    source = {"enabled": True, "url": url, "key": KEY, "calls_per_second": CALLS_PER_SECOND}
    sources: dict[str, Any] = {name.replace("-", "_"): source for name in (*SOURCES, *BULLETINS)}
    sources["airkorea"] = source | {"daily_calls": DAILY_CALLS}
    own = HandSettings(database_url=database, **sources)
    own._hand = clock
    return own


@cache
def some_points() -> tuple[StationRef, ...]:
    """A tenth of the places at which models are asked: the others cost time and show nothing more."""
    return points()[::10]


def some_places(source: Waqi, facts: Facts) -> Waqi:
    """Two boxes and three feeds of WAQI, one of them of a city that the sandbox does not serve."""
    regions = {"kr", "cn-liaoning", "kr-seoul", "cn-dalian", "cn-beijing"}
    return Waqi(tuple(place for place in every_place(source, facts).places if place.region in regions))


class Metronome:
    """The jobs of one daemon in turn with data time; a step ends when the last of them has ended.

    What it does beside collecting and judging (reports, notices) is left out: it only reads what is held.
    """

    def __init__(self, daemon: Daemon) -> None:
        beside = {one.name for one in daemon.beside}
        jobs = [job for job in daemon._metronome().get_jobs() if job.id not in beside]
        self._pool = ThreadPoolExecutor(len(jobs))
        self._jobs: list[tuple[Callable[[], None], float]] = [
            (job.func, job.trigger.interval.total_seconds()) for job in jobs
        ]
        self._due = [0.0] * len(self._jobs)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_fault: object) -> None:
        self._pool.shutdown()

    def step(self, hours: float) -> None:
        """All jobs that are due at so many hours of data time, at once, as the daemon's threads run them."""
        due = [at for at, when in enumerate(self._due) if when <= hours * 3600]
        running = [self._pool.submit(self._jobs[at][0]) for at in due]
        for one in running:
            one.result()
        for at in due:
            self._due[at] = hours * 3600 + self._jobs[at][1]


def run_week(folder: Path, what: Served, hours: float, restarts: tuple[float, ...]) -> None:
    """Serve and collect from the start to so many hours after it; at each restart the daemon is a new one.

    Leaves `week.db`, `journal.csv` and `daemon.log` in the folder.
    """
    database = f"sqlite:///{folder}/week.db"
    with ExitStack() as stack:
        stack.enter_context(logged(folder / "daemon.log"))
        # Between the tries of a question passes machine time: fractions of a second that would add up.
        stack.enter_context(patch("ingest.http.FIRST_WAIT_SECONDS", 0.001))
        stack.enter_context(patch("ingest.sources.openmeteo.points", some_points))
        stack.enter_context(patch.object(Waqi, "knowing", some_places))
        url, clock = stack.enter_context(serving(what, folder / "journal.csv"))
        begins = 0.0
        for ends in (*restarts, hours):
            store = Store(database)
            stack.callback(store.close)
            migrate.ensure(store)
            daemon = Daemon(store, Facts(), settings(url, database, clock))
            metronome = Metronome(daemon)
            with only_daemon(store), metronome:
                for number in range(round(begins * 60 / STEP_MINUTES), round(ends * 60 / STEP_MINUTES)):
                    clock.hours.value = number * STEP_MINUTES / 60
                    metronome.step(clock.hours.value)
                    assert daemon.fault is None, daemon.fault
            for job in daemon.beside:
                job.close()
            for collector in (*daemon.collectors.values(), *daemon.bulletins.values()):
                # As one that was killed: what it remembered and the calls that it had claimed are gone.
                collector.client.close()
            begins = ends


@contextmanager
def logged(path: Path) -> Iterator[None]:
    """What the daemon tells, a line of JSON each, in a file."""
    with path.open("w", encoding="utf-8") as file:
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            logger_factory=structlog.WriteLoggerFactory(file),
        )
        try:
            yield
        finally:
            structlog.reset_defaults()
