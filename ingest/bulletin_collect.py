"""One source of bulletins at work: open its windows, ask for what is due, parse, keep, settle."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from config.clock import Clock
from config.facts import Facts
from config.settings import SourceSettings
from ingest.allowance import Allowance
from ingest.bulletin_keep import BulletinKeeper, what
from ingest.bulletins import Bulletin, BulletinSource, Document, KnowsPlaces
from ingest.dispatches import came, due, first_day, given_up, outcome, spans_of
from ingest.http import HttpClient, Pace
from ingest.memory import Memory, hours_of
from ingest.perform import Run
from ingest.present import close_over
from ingest.source import Auth, NoData, Quota, SchemaDrift, SourceError, Transient
from ingest.wording import Wording
from store import ledger
from store.engine import Store
from store.spans import open_spans

if TYPE_CHECKING:
    import httpx

LEASE = timedelta(seconds=180)
# Of one tick: the present windows are asked for again before a long catch-up goes on.
MOST = 20
_EVER = 2**31 - 1
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class BulletinCollector:
    """Keeps one source's windows closed.

    Parameters
    ----------
    source, store, facts, settings, clock
        What to ask, where to keep it, and by which time.
    backfill_hours : int
        A fresh ledger opens as many whole days before the first data time, where the past can be had.
    stop : threading.Event
        Set when the daemon shuts down: no further request is begun.
    transport : httpx.BaseTransport, optional
        For tests.
    """

    def __init__(
        self,
        source: BulletinSource,
        store: Store,
        facts: Facts,
        settings: SourceSettings,
        clock: Clock,
        *,
        backfill_hours: int = 24,
        stop: threading.Event | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.source = source.knowing(facts) if isinstance(source, KnowsPlaces) else source
        self.spec, self.store, self.clock = source.spec, store, clock
        self.stop = stop or threading.Event()
        self.limit = settings.daily_calls or self.spec.daily_calls
        self.allowance = Allowance(
            store, self.spec.account or self.spec.id, self.limit, self._today, handful=1
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
        self.keeper = BulletinKeeper(self.spec, store, clock)
        self._memory = Memory()
        self.patience = self._memory.patience
        self.wording = Wording(facts)
        self._base_url = (settings.url or self.spec.base_url).rstrip("/")
        # Of a source that shows the present alone no past is promised: it would only be lost.
        self._backfill = timedelta(days=0 if self.spec.present_only else backfill_hours // 24)
        self._opened_on: date | None = None
        self._asked: dict[int, float] = {}
        self._log = structlog.get_logger().bind(source=self.spec.id)

    def close(self) -> None:
        """Give back connections and unused calls."""
        self.client.close()
        self.allowance.give_back()

    def tick(self) -> Run:
        """Close what is open, as far as is due now; never raises a `SourceError`."""
        run = Run()
        if self._opened_on != self._today():
            self.open_due()
        if self.spec.present_only:
            close_over(self.spec, self.store, self.clock)
        if self.patience.may_ask(hours_of(self.clock), self._today()):
            windows = self._due()
            if windows:
                self._work_off(windows, run)
        return run

    def open_due(self) -> None:
        """Open the windows that have come round since the ledger's newest, and those of a dead process."""
        today = self._today()
        with self.store.write() as connection:
            ledger.reopen_expired(connection, self.spec.id, datetime.now(UTC))
            newest = ledger.newest_hour(connection, self.spec.id)
        self._opened_on = today
        self._open(today - self._backfill if newest is None else first_day(self.spec, newest), today)

    def open_span(self, first: int, end: int) -> set[int]:
        """Open the windows of a span of hours that have begun, also old ones; their first hours."""
        last = min(first_day(self.spec, end - 1), self._today())
        return self._open(first_day(self.spec, first), last)

    # Windows

    def _today(self) -> date:
        return self.clock.now().astimezone(ZoneInfo(self.spec.zone)).date()

    def _open(self, first: date, last: date) -> set[int]:
        spans = spans_of(self.spec, first, last)
        with self.store.write() as connection:
            open_spans(connection, self.spec.id, self.spec.scope, spans)
            for window in ledger.unsettled(connection, self.spec.id):
                if self.spec.first is not None and first_day(self.spec, window.start) < self.spec.first:
                    said = f"the source begins on {self.spec.first}"
                    ledger.lose(connection, window.id, self.clock.now(), said)
        return {start for start, _ in spans}

    def _due(self) -> list[ledger.Window]:
        """What to ask for now: the present windows, then the oldest ones.

        Catch-up leaves half of the day's calls alone: others may share them, and it can wait.
        """
        now, left = hours_of(self.clock), self.allowance.left()
        if left == 0:
            return []
        with self.store.read() as connection:
            windows = ledger.unsettled(connection, self.spec.id)
        resting = {start for start, tried in self._memory.tried.items() if not tried.due(now)}
        rested = [one for one in windows if one.start not in resting]
        wanted = [one for one in rested if due(self.spec, one, now, self._asked.get(one.start))]
        if self.spec.onward:
            return wanted[:1]
        present = [one for one in wanted if one.end > now]
        if self.spec.present_only:
            return present
        plenty = left is None or self.limit is None or left > self.limit // 2
        return [*present, *(one for one in wanted if plenty and one.end <= now)][:MOST]

    # Working

    def _work_off(self, windows: list[ledger.Window], run: Run) -> None:
        with self.store.write() as connection:
            ledger.lease(connection, self.spec.id, datetime.now(UTC) + LEASE)
        try:
            for window in windows:
                if self.stop.is_set() or not self._perform(window, run):
                    break
        finally:
            with self.store.write() as connection:
                ledger.give_back(connection, self.spec.id)

    def _perform(self, window: ledger.Window, run: Run) -> bool:
        """One window, whole or not at all; False where the source should be left alone for now."""
        run.calls += 1
        asked_at = self._asked[window.start] = hours_of(self.clock)
        documents: list[Document] = []
        try:
            answers = self._answers(window, documents)
        except NoData:
            answers = []
        except SourceError as error:
            return self._failed(window, documents, error, run)
        run.counts.add(self.keeper.keep(answers, window.start))
        self.patience.answered()
        bulletins = [bulletin for _, bulletin in answers]
        if any(one.unread for one in bulletins):
            self._nothing_read(window)
            return True
        self._settle(window, bulletins, asked_at)
        self._memory.tried.pop(window.start, None)
        return True

    def _nothing_read(self, window: ledger.Window) -> None:
        """An answer of which no row could be read is no proof that nothing was issued: it is asked again."""
        now, fault = self.clock.now(), SchemaDrift("none of its rows could be read", source=self.spec.id)
        self._memory.still_lacks(window.start, hours_of(self.clock))
        with self.store.write() as connection:
            said = what(self.spec, window.start)
            ledger.failed(connection, self.spec.id, window.start, window.start + 1, now, said, str(fault))
        self._give_up(window, fault)

    def _answers(self, window: ledger.Window, documents: list[Document]) -> list[tuple[Document, Bulletin]]:
        """All pages read; one over which the parser trips has another shape."""
        try:
            day = first_day(self.spec, window.start)
            documents.extend(self.source.fetch(self.client, self._base_url, day))
            return [(one, self.source.parse(one, self.wording)) for one in documents]
        except _UNREADABLE as error:
            said = f"the answer cannot be read ({type(error).__name__}: {str(error)[:120]})"
            raise SchemaDrift(said, source=self.spec.id) from error

    def _settle(self, window: ledger.Window, bulletins: list[Bulletin], asked_at: float) -> None:
        """Note how far the window is, and close it, or all that the answer covers, where it is done."""
        issues = {row.issued_at for bulletin in bulletins for row in bulletin.forecasts}
        unended = any(row.cleared_at is None for bulletin in bulletins for row in bulletin.alerts)
        with self.store.write() as connection:
            for one in ledger.unsettled(connection, self.spec.id):
                if one.id != window.id and not (self.spec.onward and one.start > window.start):
                    continue
                self._asked[one.start] = asked_at
                present = max(one.present, came(self.spec, one.start, issues))
                ledger.note_presence(connection, one.id, present, len(self.spec.dispatches))
                end = outcome(self.spec, replace(one, present=present), asked_at, unended=unended)
                if end is None:
                    continue
                if end.lost:
                    ledger.lose(connection, one.id, self.clock.now(), end.reason or "")
                else:
                    ledger.settle(connection, one.id, self.clock.now(), end.reason)
                self._asked.pop(one.start)

    def _failed(self, window: ledger.Window, documents: list[Document], error: SourceError, run: Run) -> bool:
        run.errors.append(error)
        self._memory.still_lacks(window.start, hours_of(self.clock))
        self._log.warning("request failed", window=window.start, error=type(error).__name__, told=str(error))
        if self.spec.present_only:
            documents = self._keep_apart(window, documents, run)
        if isinstance(error, SchemaDrift):
            self.keeper.keep_unread(self._unread(window, documents, error), window.start, str(error))
            self._give_up(window, error)
            return True
        whole = isinstance(error, Quota | Auth)
        first, end = (0, _EVER) if whole else (window.start, window.start + 1)
        said = self.spec.id if whole else what(self.spec, window.start)
        with self.store.write() as connection:
            ledger.failed(connection, self.spec.id, first, end, self.clock.now(), said, str(error))
        if isinstance(error, Quota) and self.allowance.left() != 0:
            self.allowance.exhausted()
        if isinstance(error, Auth):
            self.patience.refused(self._today())
        if not whole:
            self._give_up(window, error)
        if isinstance(error, Transient):
            return not self.patience.in_vain(hours_of(self.clock), error.retry_after)
        return not whole

    def _keep_apart(self, window: ledger.Window, documents: list[Document], run: Run) -> list[Document]:
        """Keep what came before a fault, each document for itself; those that cannot be read."""
        unread: list[Document] = []
        read: list[tuple[Document, Bulletin]] = []
        for one in documents:
            try:
                read.append((one, self.source.parse(one, self.wording)))
            except (SourceError, *_UNREADABLE):
                unread.append(one)
        if read:
            run.counts.add(self.keeper.keep(read, window.start))
        return unread

    def _give_up(self, window: ledger.Window, error: SourceError) -> None:
        if given_up(self.spec, window, hours_of(self.clock)):
            reason = f"not had in {window.attempts + 1} attempts: {error}"
            with self.store.write() as connection:
                ledger.lose(connection, window.id, self.clock.now(), reason)

    def _unread(self, window: ledger.Window, documents: list[Document], error: SchemaDrift) -> list[Document]:
        """The answers behind a drift, the one included that the client did not hand over."""
        got = error.received
        if got is None:
            return documents
        day = first_day(self.spec, window.start)
        return [*documents, Document(self.spec.id, day, got.url, got.body, got.content_type, got.world)]
