"""One source at work: plan, fetch, parse, keep, settle."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from config.clock import Clock
from config.facts import Facts
from config.settings import SourceSettings
from ingest.allowance import Allowance
from ingest.hours import fixed_offset
from ingest.http import HttpClient, Pace
from ingest.keep import Keeper
from ingest.memory import Memory, day_of, hours_of
from ingest.perform import Performer, Run
from ingest.plan import Board, Timing, look_is_due, newest_due, plan
from ingest.settle import settle
from ingest.source import Request, Source
from store import ledger
from store.engine import Store
from store.spans import open_spans

if TYPE_CHECKING:
    import httpx
    from sqlalchemy import Connection

LEASE = timedelta(seconds=180)
LIST_EVERY_HOURS = 24.0
# A look does not wait for a long catch-up, but neither does it take every turn where data time runs fast:
# one page costs as much as ten histories.
BETWEEN_LOOKS = 30


class Collector:
    """Keeps one source's hours closed.

    Parameters
    ----------
    source, store, facts, settings, clock
        What to ask, where to keep it, and by which time.
    backfill_hours : int
        How far before the first data time a fresh ledger opens.
    stop : threading.Event
        Set when the daemon shuts down: no further request is begun.
    transport : httpx.BaseTransport, optional
        For tests.
    """

    def __init__(
        self,
        source: Source,
        store: Store,
        facts: Facts,
        settings: SourceSettings,
        clock: Clock,
        *,
        backfill_hours: int = 24,
        stop: threading.Event | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.source, self.spec, self.store, self.clock = source, source.spec, store, clock
        feed = facts.feeds[self.spec.feed]
        self.timing = Timing(
            (feed.publish_minutes or 0) / 60, float(feed.recheck_hours or 0), float(feed.lateness_hours or 0)
        )
        self.backfill_hours = backfill_hours
        self._first: int | None = None
        self.stop = stop or threading.Event()
        self.allowance = Allowance(
            store, self.spec.id, settings.daily_calls or self.spec.daily_calls, self._day
        )
        self.client = HttpClient(
            self.spec.id,
            Pace(settings.calls_per_second or self.spec.calls_per_second, wait=self.stop.wait),
            secret=settings.key,
            before_call=self.allowance.take,
            not_made=self.allowance.not_made,
            wait=self.stop.wait,
            transport=transport,
        )
        self.keeper = Keeper(self.spec, store, facts, clock)
        self.memory = Memory()
        self._performer = Performer(
            source,
            store,
            clock,
            self.client,
            (settings.url or self.spec.base_url).rstrip("/"),
            self.timing,
            self.allowance,
            self.keeper,
            self.memory,
        )
        self._restored = False

    # What the outside needs

    def now(self) -> float:
        """Data time as an hour number with its fraction."""
        return hours_of(self.clock)

    def close(self) -> None:
        """Give back connections and unused calls."""
        self.client.close()
        self.allowance.give_back()

    def tick(self) -> Run:
        """Close what is open, as far as is due now; never raises a `SourceError`."""
        run = Run()
        self.open_due()
        if self.memory.patience.may_ask(self.now(), self._day()):
            requests = plan(self.spec, self.timing, self._board())
            if requests:
                self._work_off(requests, run)
        now, at = self.now(), self.clock.now()
        expected = self.memory.roster.expected(now)
        with self.store.write() as connection:
            settle(connection, self.spec, self.timing, self.memory.evidence, expected, now, at)
        return run

    def open_due(self) -> None:
        """Open the hours that have come round since the ledger's newest, and those of a dead process."""
        now = self.now()
        with self.store.write() as connection:
            ledger.reopen_expired(connection, self.spec.id, datetime.now(UTC))
            newest = ledger.newest_hour(connection, self.spec.id)
            if self._first is None:
                # Data time goes on while nothing is published yet: the ledger begins where it began, that of
                # a feed that comes days later so much before; where no route looks back no past is promised.
                looks_back = any(route.span not in ("latest", "list") for route in self.spec.routes)
                begins = min(int(now), newest_due(now, self.timing) + 2)
                self._first = begins - (self.backfill_hours if looks_back else 1)
            first = self._first if newest is None else newest + 1
            self._open(connection, first, newest_due(now, self.timing) + 1)
        if not self._restored:
            self._restore(now)

    def open_span(self, first: int, end: int) -> None:
        """Open the hours of a span that the ledger does not know, also older ones."""
        with self.store.write() as connection:
            self._open(connection, first, min(end, newest_due(self.now(), self.timing) + 1))
        self._restore(self.now())

    # Planning

    def _open(self, connection: Connection, first: int, end: int) -> None:
        if self.spec.period == "PT1H":
            ledger.open_hours(connection, self.spec.id, self.spec.scope, first, end)
        else:
            day = -fixed_offset(self.spec.clock.zone) % 24
            starts = (hour for hour in range(first, end) if hour % 24 == day)
            open_spans(connection, self.spec.id, self.spec.scope, ((hour, hour + 24) for hour in starts))
        self.memory.evidence.opened(window.start for window in ledger.unsettled(connection, self.spec.id))

    def _restore(self, now: float) -> None:
        with self.store.read() as connection:
            hours = [window.start for window in ledger.unsettled(connection, self.spec.id)]
            reporting = self.memory.evidence.restore(connection, self.spec, hours)
        for station, ref in self.keeper.restored(reporting):
            self.memory.roster.restored(station, ref, now)
        self._restored = True

    def _board(self) -> Board:
        now = self.now()
        return Board(
            now,
            self.memory.evidence.hours,
            self.memory.roster.expected(now),
            self.memory.last_look,
            self.allowance.left(),
            24 - self.clock.now().astimezone(ZoneInfo(self.spec.clock.zone)).hour,
            self.memory.last_list is None or now - self.memory.last_list >= LIST_EVERY_HOURS,
            self.memory.tried,
        )

    def _day(self) -> date:
        """The source's civil day: its quota's, and an address's."""
        return day_of(self.spec, self.clock)

    # Working

    def _work_off(self, requests: list[Request], run: Run) -> None:
        with self.store.write() as connection:
            ledger.lease(connection, self.spec.id, datetime.now(UTC) + LEASE)
        try:
            for number, request in enumerate(requests):
                if self.stop.is_set() or (number >= BETWEEN_LOOKS and self._look_has_come_due()):
                    break
                run.calls += 1
                if not self._performer.perform(request, run):
                    break
        finally:
            with self.store.write() as connection:
                ledger.give_back(connection, self.spec.id)

    def _look_has_come_due(self) -> bool:
        """Whether the page on show should be looked at before the rest of a catch-up."""
        now = self.now()
        board = Board(
            now, self.memory.evidence.hours, self.memory.roster.expected(now), self.memory.last_look
        )
        return self.spec.route("latest") is not None and look_is_due(self.timing, board)
