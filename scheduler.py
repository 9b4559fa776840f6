"""The daemon: which job runs when. It composes the collectors and keeps no state of its own.

APScheduler is only the metronome: one tick per source every so many real seconds. What is due comes from
the ledger and the clock, so that the regular hour, catch-up, late data and restart are one code path.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from config.facts import Facts
from config.settings import Settings, SettingsError, variable
from ingest.bulletin_crew import bulletin_collectors
from ingest.collect import Collector
from ingest.hours import EPOCH
from ingest.registry import SOURCES
from ingest.upkeep import Upkeep
from store import heartbeat, ledger
from store.engine import BusyError, Store, StoreError
from store.locks import only_daemon
from web.jobs import beside

HEARTBEAT_SECONDS = 15
HOUSEKEEPING_SECONDS = 900
# How often it is looked whether enough hours have settled to be judged, in minutes of data time.
JUDGE_MINUTES = 60


class Daemon:
    """Collects until it is told to stop, or until data time has reached `until` and nothing is open.

    Parameters
    ----------
    store, facts, settings
        The database (with its schema), the catalogue, the settings in force.
    until : datetime, optional
        Aware data time.

    Raises
    ------
    SettingsError
        When no source can run.
    """

    def __init__(self, store: Store, facts: Facts, settings: Settings, until: datetime | None = None) -> None:
        self.store, self.settings, self.until = store, settings, until
        self.clock = settings.data_clock
        self.stop = threading.Event()
        self.fault: StoreError | None = None
        self.log = structlog.get_logger()
        self.bulletins = bulletin_collectors(store, facts, settings, self.stop)
        self.collectors = {
            name: Collector(
                SOURCES[name],
                store,
                facts,
                settings.source(name),
                self.clock,
                backfill_hours=settings.backfill_hours,
                stop=self.stop,
            )
            for name in self._able()
        }
        specs = [collector.spec for collector in self.collectors.values()]
        self.upkeep = Upkeep(store, facts, settings, self.clock, specs)
        self.beside = beside(store, facts, settings, self.clock)

    def _able(self) -> list[str]:
        """The enabled sources that have what they need; of the others it is told once."""
        enabled = [name for name in SOURCES if self.settings.source(name).enabled]
        waiting = {
            name: f"set {variable(name, 'key')}: {SOURCES[name].spec.where_to_get_a_key}"
            for name in enabled
            if SOURCES[name].spec.needs_key and self.settings.source(name).key is None
        }
        if not enabled and not self.bulletins:
            names = " or ".join(variable(name, "enabled") for name in SOURCES)
            raise SettingsError(f"no source can run: all are disabled; set {names} to true")
        if len(waiting) == len(enabled) and not self.bulletins:
            raise SettingsError(f"no source can run: {'; '.join(waiting.values())}")
        for name, advice in waiting.items():
            self.log.warning("source waits for a key", source=name, advice=advice)
        return [name for name in enabled if name not in waiting]

    def run(self) -> None:
        """Work until stopped; raises the `StoreError` that ended it, if one did."""
        with ExitStack() as stack:
            stack.enter_context(only_daemon(self.store))
            for collector in self.collectors.values():
                stack.callback(collector.close)
            for bulletins in self.bulletins.values():
                stack.callback(bulletins.close)
            for one in self.beside:
                stack.callback(one.close)
            scheduler = self._metronome()
            self.log.info(
                "daemon started",
                sources=[*self.collectors, *self.bulletins],
                database=self.store.where,
                tick=self.settings.tick,
            )
            scheduler.start()
            try:
                # A plain wait without a limit would keep signals from being handled on some systems.
                while not self.stop.wait(1.0):
                    pass
            finally:
                scheduler.shutdown(wait=True)
                self.log.info("daemon stopped")
        if self.fault is not None:
            raise self.fault

    def stop_on_signals(self) -> None:
        """Let SIGTERM and SIGINT end the work at hand and then the daemon."""

        def told(number: int, _frame: FrameType | None) -> None:
            self.log.info("stopping", signal=signal.Signals(number).name)
            self.stop.set()

        signal.signal(signal.SIGTERM, told)
        signal.signal(signal.SIGINT, told)

    def _metronome(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(len(self.collectors) + len(self.bulletins) + 5)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )
        jobs: dict[str, tuple[Any, float]] = {
            name: (collector_tick(self, name), self.settings.tick)
            for name in (*self.collectors, *self.bulletins)
        }
        jobs["heartbeat"] = (self._beat, HEARTBEAT_SECONDS)
        jobs["housekeeping"] = (self.upkeep.keep_house, HOUSEKEEPING_SECONDS)
        jobs["flags"] = (self.upkeep.judge, max(1.0, self.clock.real_seconds(JUDGE_MINUTES * 60)))
        jobs |= {one.name: (one.run, one.seconds) for one in self.beside}
        now = datetime.now(UTC)
        for name, (job, seconds) in jobs.items():
            scheduler.add_job(
                self._guarded(name, job), "interval", seconds=seconds, id=name, next_run_time=now
            )
        return scheduler

    def _guarded(self, name: str, job: Any) -> Any:
        """A fault of one job is told and does not end the others; a database that cannot be used ends all."""

        def run() -> None:
            if self.stop.is_set():
                return
            try:
                job()
            except BusyError as error:
                self.log.warning("waits for the database", job=name, told=str(error))
            except StoreError as error:
                self.fault = error
                self.stop.set()
            except Exception:  # told with its traceback; the next tick begins anew
                self.log.exception("job failed", job=name)

        return run

    def tick(self, name: str) -> None:
        """One source's turn."""
        began = time.monotonic()
        run = (self.collectors.get(name) or self.bulletins[name]).tick()
        if run.calls:
            counts = run.counts
            self.log.info(
                "collected",
                source=name,
                calls=run.calls,
                new=counts.new,
                changed=counts.changed,
                same=counts.same,
                rejected=counts.rejected,
                errors=len(run.errors),
                seconds=round(time.monotonic() - began, 3),
            )
        if self.until is not None and self._all_closed():
            self.stop.set()

    def _all_closed(self) -> bool:
        """Data time has reached `until`, and no window ending by then is open or leased."""
        if self.until is None or self.clock.now() < self.until:
            return False
        hour = int((self.until - EPOCH) / timedelta(hours=1))
        with self.store.read() as connection:
            return all(
                # The last hours before `until` are opened only once they should be published; those of a
                # feed that comes days later are for the next run.
                (one.timing.days_behind or (ledger.newest_hour(connection, name) or 0) >= hour - 1)
                and not ledger.unsettled(connection, name, hour)
                for name, one in self.collectors.items()
            ) and not any(ledger.unsettled(connection, name, hour) for name in self.bulletins)

    def _beat(self) -> None:
        with self.store.write() as connection:
            heartbeat.beat(connection, datetime.now(UTC), self.clock.now())


def collector_tick(daemon: Daemon, name: str) -> Any:
    """The job of one source."""
    return lambda: daemon.tick(name)


def configure_logs(settings: Settings, least: str = "debug") -> None:
    """Logs on standard error, as lines for people or as JSON; nothing below `least`, whatever is set."""
    level = max(getattr(logging, settings.log_level.upper()), getattr(logging, least.upper()))
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


if __name__ == "__main__":
    from cli.main import run_daemon

    run_daemon()
