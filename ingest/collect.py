"""One source at work: plan, fetch, keep the payload, parse, save, settle.

Everything that one answer brings (payload, readings, revisions, ledger, counts) is one transaction: a
process that dies at any moment leaves nothing half-written, and the ledger still says what is open.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from config.clock import Clock
from config.facts import Facts
from config.settings import SourceSettings
from ingest.allowance import Allowance
from ingest.evidence import RECENT_HOURS, Evidence
from ingest.hours import EPOCH
from ingest.http import HttpClient, Pace
from ingest.plan import Board, Timing, Try, look_is_due, newest_due, plan
from ingest.save import Saver
from ingest.source import (
    Auth,
    Batch,
    NoData,
    Payload,
    Quota,
    Request,
    Source,
    SourceError,
    StationRef,
)
from store import ledger
from store.batches import begin_batch, end_batch, keep_payload
from store.engine import Store
from store.readings import Counts

if TYPE_CHECKING:
    import httpx
    from sqlalchemy import Connection

LEASE = timedelta(seconds=180)
LIST_EVERY_HOURS = 24.0


@dataclass
class Run:
    """What one tick did."""

    calls: int = 0
    counts: Counts = field(default_factory=Counts)
    errors: list[SourceError] = field(default_factory=list)


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
        self.source, self.spec = source, source.spec
        self.store, self.facts, self.clock = store, facts, clock
        feed = facts.feeds[self.spec.feed]
        self.timing = Timing(
            (feed.publish_minutes or 0) / 60, float(feed.recheck_hours or 0), float(feed.lateness_hours or 0)
        )
        self.backfill_hours = backfill_hours
        self.base_url = (settings.url or self.spec.base_url).rstrip("/")
        self.daily_calls = settings.daily_calls or self.spec.daily_calls
        self.allowance = Allowance(store, self.spec.id, self.daily_calls, self._day)
        self.client = HttpClient(
            self.spec.id,
            Pace(settings.calls_per_second or self.spec.calls_per_second),
            secret=settings.key,
            before_call=self.allowance.take,
            transport=transport,
        )
        self.stop = stop or threading.Event()
        self.log = structlog.get_logger().bind(source=self.spec.id)
        self.evidence = Evidence()
        self.stations: dict[str, StationRef] = {}
        self.heard: dict[str, int] = {}
        self.last_look: float | None = None
        self.last_list: float | None = None
        self.tried: dict[str | int, Try] = {}
        self.blocked_on: date | None = None
        self._saver: Saver | None = None
        self._restored = False

    # What the outside needs

    def now(self) -> float:
        """Data time as an hour number with its fraction."""
        return (self.clock.now() - EPOCH) / timedelta(hours=1)

    def close(self) -> None:
        """Give back connections, unused calls and leases."""
        self.client.close()
        self.allowance.give_back()

    def tick(self) -> Run:
        """Close what is open, as far as is due now; never raises a `SourceError`."""
        run = Run()
        with self.store.write() as connection:
            ledger.reopen_expired(connection, self.spec.id, datetime.now(UTC))
            self._open_hours(connection)
        if self.blocked_on == self._day():
            return run
        requests = plan(self.spec, self.timing, self._board())
        if requests:
            self._work_off(requests, run)
        self._settle()
        return run

    def fetch_span(self, first: int, end: int) -> None:
        """Open the hours of a span, also older ones, so that the next ticks bring them."""
        with self.store.write() as connection:
            ledger.open_hours(connection, self.spec.id, self.spec.scope, first, end)
        self._restored = False

    # Planning

    def _open_hours(self, connection: Connection) -> None:
        now = self.now()
        newest = ledger.newest_hour(connection, self.spec.id)
        first = int(now) - self.backfill_hours if newest is None else newest + 1
        ledger.open_hours(connection, self.spec.id, self.spec.scope, first, newest_due(now, self.timing) + 1)
        open_now = [window.start for window in ledger.unsettled(connection, self.spec.id)]
        if self._restored:
            self.evidence.opened(open_now)
            return
        recent = self.evidence.restore(connection, self.spec.feed, open_now)
        places = Saver(connection, self.facts).places
        for station in sorted(recent):
            version = places.version(station)
            self._hear(station, StationRef(version.code, version.name, version.area), int(now))
        self._restored = True

    def _board(self) -> Board:
        now = self.now()
        local = self.clock.now().astimezone(ZoneInfo(self.spec.clock.zone))
        listing = self.spec.route("list") is not None
        return Board(
            now,
            self.evidence.hours,
            self._expected(now),
            self.last_look,
            self.allowance.left(),
            23 - local.hour,
            listing and (self.last_list is None or now - self.last_list >= LIST_EVERY_HOURS),
            self.tried,
        )

    def _expected(self, now: float) -> dict[str, StationRef]:
        """Stations of the source's list, and those that have reported recently."""
        recent = int(now) - RECENT_HOURS
        return {one: ref for one, ref in self.stations.items() if self.heard.get(one, recent) >= recent}

    def _hear(self, station: str, ref: StationRef, hour: int) -> None:
        self.stations[station] = ref
        self.heard[station] = max(self.heard.get(station, hour), hour)

    def _day(self) -> date:
        return self.clock.now().astimezone(ZoneInfo(self.spec.clock.zone)).date()

    # Working

    def _work_off(self, requests: list[Request], run: Run) -> None:
        with self.store.write() as connection:
            windows = ledger.unsettled(connection, self.spec.id)
            ledger.lease(connection, [window.id for window in windows], datetime.now(UTC) + LEASE)
        try:
            for number, request in enumerate(requests):
                if self.stop.is_set() or (number and self._look_has_come_due()):
                    break
                run.calls += 1
                if not self._perform(request, run):
                    break
        finally:
            with self.store.write() as connection:
                ledger.give_back(connection, self.spec.id)

    def _look_has_come_due(self) -> bool:
        """The page on show does not wait for a long catch-up."""
        now = self.now()
        board = Board(now, self.evidence.hours, self._expected(now), self.last_look)
        return self.spec.route("latest") is not None and look_is_due(self.timing, board)

    def _perform(self, request: Request, run: Run) -> bool:
        """One request, whole or not at all; False where the source should be left alone for now."""
        asked_at = self.now()
        try:
            payloads = list(self.source.fetch(self.client, self.base_url, request))
            self._keep(request, payloads, asked_at, run)
        except NoData:
            self._nothing_came(request, asked_at)
        except SourceError as error:
            return self._failed(request, error, asked_at, run)
        return True

    def _failed(self, request: Request, error: SourceError, asked_at: float, run: Run) -> bool:
        run.errors.append(error)
        self.log.warning(
            "request failed", route=request.route.name, error=type(error).__name__, told=str(error)
        )
        self._pause(request, asked_at)
        with self.store.write() as connection:
            windows = [window.id for window in ledger.unsettled(connection, self.spec.id)]
            ledger.tried(connection, windows, self.clock.now(), str(error))
        if isinstance(error, Quota):
            self.allowance.exhausted()
        if request.route.span == "latest":
            self.last_look = asked_at  # the next look comes in its turn, not at once
        if isinstance(error, Auth):
            self.blocked_on = self._day()
        return not isinstance(error, Quota | Auth)

    def _pause(self, request: Request, asked_at: float) -> None:
        """What did not bring all that lacks is asked again later, and later each time."""
        key = request.station_id or request.hour
        if key is not None:
            before = self.tried.get(key)
            self.tried[key] = Try(asked_at, before.times + 1 if before else 1)

    def _nothing_came(self, request: Request, asked_at: float) -> None:
        """The source says that it holds nothing: evidence, too."""
        self._pause(request, asked_at)
        if request.hour is not None:
            self.evidence.page_of_hour(request.hour, self._expected(asked_at), asked_at)
        elif request.station_id is not None:
            self.evidence.nothing_came(request.station_id, asked_at, request.route.reach_hours)

    def _keep(self, request: Request, payloads: list[Payload], asked_at: float, run: Run) -> None:
        if request.route.span == "list":
            self._keep_list(payloads, asked_at)
            return
        parsed = [(payload, self.source.parse(payload)) for payload in payloads]
        kept = []
        with self._transaction() as (connection, saver):
            for payload, batch in parsed:
                kept.append((batch, self._keep_one(connection, saver, payload, batch), saver.ids))
        for batch, counts, ids in kept:
            run.counts.add(counts)
            self._take_evidence(request, batch, ids, asked_at)
        self._pause(request, asked_at)
        if request.route.span == "latest":
            self.last_look = asked_at

    def _keep_one(self, connection: Connection, saver: Saver, payload: Payload, batch: Batch) -> Counts:
        received = self.clock.now()
        payload_id = keep_payload(
            connection,
            source=self.spec.id,
            url=payload.url,
            content_type=payload.content_type,
            body=payload.body,
            received_at=received,
        )
        batch_id = begin_batch(
            connection,
            source=self.spec.id,
            feed_id=saver.ensure_feed(self.spec.feed),
            parser_version=self.spec.parser_version,
            received_at=received,
            payload_id=payload_id,
            world=payload.world,
        )
        counts = saver.save(batch, batch_id)
        notes = json.dumps(batch.notes, ensure_ascii=False) if batch.notes else None
        end_batch(connection, batch_id, counts, notes)
        self._count_windows(connection, batch, counts)
        return counts

    def _count_windows(self, connection: Connection, batch: Batch, counts: Counts) -> None:
        """The window of the batch's newest hour carries what became of the batch."""
        if len(batch.start):
            newest = int(batch.start.max())
            for window in ledger.windows_between(connection, self.spec.id, newest, newest + 1):
                ledger.add_counts(connection, window.id, counts)
                ledger.tried(connection, [window.id], self.clock.now(), None)

    def _keep_list(self, payloads: list[Payload], asked_at: float) -> None:
        with self._transaction() as (_, saver):
            for payload in payloads:
                for ref in self.source.parse_stations(payload):
                    station = saver.known(ref, self.spec.feed, self._day())
                    if station is not None:
                        self._hear(station, ref, int(asked_at))
        self.last_list = asked_at

    def _take_evidence(self, request: Request, batch: Batch, ids: list[str], asked_at: float) -> None:
        if request.station_id is not None:
            self.evidence.history_came(batch, request.station_id, asked_at, request.route.reach_hours)
            return
        self.evidence.rows_came(batch, ids, asked_at)
        for one, ref in zip(ids, batch.stations, strict=True):
            if one:
                self._hear(one, ref, int(asked_at))
        if request.hour is not None:
            self.evidence.page_of_hour(request.hour, self._expected(asked_at), asked_at)

    @contextmanager
    def _transaction(self) -> Iterator[tuple[Connection, Saver]]:
        """A transaction with the saver that outlives it; one that fails takes the saver with it."""
        saver, self._saver = self._saver, None
        with self.store.write() as connection:
            if saver is None:
                saver = Saver(connection, self.facts)
            else:
                saver.enter(connection)
            yield connection, saver
        self._saver = saver

    # Settling

    def _settle(self) -> None:
        now, at = self.now(), self.clock.now()
        expected = self._expected(now)
        reach = max((route.reach_hours for route in self.spec.routes), default=0)
        with self.store.write() as connection:
            for window in ledger.unsettled(connection, self.spec.id):
                state = self.evidence.hours[window.start]
                held = state.held & expected.keys()
                if (window.present, window.expected) != (len(held), len(expected)):
                    ledger.note_presence(connection, window.id, len(held), len(expected))
                outcome = self._outcome(window.start, now, expected, reach)
                if outcome is None:
                    continue
                close: Callable[..., None] = ledger.settle if state.held else ledger.lose
                close(connection, window.id, at, outcome or (None if state.held else "nothing was published"))
                self.evidence.closed(window.start)

    def _outcome(self, hour: int, now: float, expected: dict[str, StationRef], reach: int) -> str | None:
        """None while the hour stays open; else why it closes ("" where it is simply complete)."""
        state, age = self.evidence.hours[hour], now - hour - 1
        never = len(expected.keys() - state.held)
        if expected and age >= self.timing.recheck and not state.lacks(expected, self.timing, age):
            return f"{never} of {len(expected)} stations never came" if never else ""
        if now - hour > reach:
            return f"the source no longer gives this hour; {len(state.held)} of {len(expected)} stations held"
        return None
