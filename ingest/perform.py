"""One request, whole or not at all: fetch, parse, keep; remember what it proved or that it was in vain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from config.clock import Clock
from ingest.allowance import Allowance
from ingest.evidence import Covered, covered_by
from ingest.http import HttpClient
from ingest.keep import Concern, Keeper
from ingest.memory import Memory, day_of, hours_of
from ingest.plan import LIST, Timing, newest_due, stretch_key
from ingest.source import Auth, NoData, Payload, Quota, Request, SchemaDrift, Source, SourceError, Transient
from store import ledger
from store.engine import Store
from store.readings import Counts

_EVER = 2**31 - 1
R = TypeVar("R")


@dataclass
class Run:
    """What one tick did."""

    calls: int = 0
    counts: Counts = field(default_factory=Counts)
    errors: list[SourceError] = field(default_factory=list)


@dataclass
class Performer:
    """Puts the requests of one source."""

    source: Source
    store: Store
    clock: Clock
    client: HttpClient
    base_url: str
    timing: Timing
    allowance: Allowance
    keeper: Keeper
    memory: Memory

    def __post_init__(self) -> None:
        self.spec = self.source.spec
        self.log = structlog.get_logger().bind(source=self.spec.id)

    def perform(self, request: Request, run: Run) -> bool:
        """One request, whole or not at all; False where the source should be left alone for now."""
        asked_at = hours_of(self.clock)
        if request.route.span == "latest":
            self.memory.last_look = (
                asked_at  # also where it fails: the next look comes in its turn, not at once
            )
        payloads: list[Payload] = []
        try:
            payloads.extend(self.source.fetch(self.client, self.base_url, request))
            self._take(request, payloads, asked_at, run)
        except NoData:
            self._nothing_came(request, asked_at)
        except SourceError as error:
            return self._failed(request, payloads, error, asked_at, run)
        self.memory.patience.answered()
        return True

    def _take(self, request: Request, payloads: list[Payload], asked_at: float, run: Run) -> None:
        if request.route.span == "list":
            refs = [ref for payload in payloads for ref in _read(self.source.parse_stations, payload)]
            for station, ref in self.keeper.stations(refs, day_of(self.spec, self.clock)):
                self.memory.roster.listed(station, ref, asked_at)
            self.memory.last_list = asked_at
            self.memory.tried.pop(LIST, None)
            return
        answers = [(payload, _read(self.source.parse, payload)) for payload in payloads]
        if drift := next((batch.drift for _, batch in answers if batch.drift), None):
            raise SchemaDrift(f"the answer has another shape: {drift}", source=self.spec.id)
        starts = [hour for _, batch in answers for hour in batch.start.tolist()]
        rows = len(starts) + sum(len(batch.rejects) for _, batch in answers)
        # Rows that could not be placed are no proof that the hours asked for were not there.
        unread = rows > 0 and not starts
        covered = None if unread else covered_by(request, starts, rows, asked_at)
        if unread and (key := _key(request)) is not None:
            self.memory.still_lacks(key, asked_at)
        new = 0
        for kept in self.keeper.keep(
            answers, self._concern(request, asked_at), covered, day_of(self.spec, self.clock)
        ):
            run.counts.add(kept.counts)
            new += kept.counts.new
            self.memory.evidence.rows_came(kept.batch, kept.ids, asked_at)
            if request.station_id is None:
                named = zip(kept.ids, kept.batch.stations, strict=True)
                for station, ref in [*((one, ref) for one, ref in named if one), *kept.mentioned]:
                    self.memory.roster.reported(station, ref, asked_at)
        self._covered(request, covered, asked_at, brought=new > 0)

    def _nothing_came(self, request: Request, asked_at: float) -> None:
        """The source says that it holds nothing: evidence, too."""
        concern = self._concern(request, asked_at)
        with self.store.write() as connection:
            ledger.answered(
                connection, self.spec.id, concern.first, concern.end, self.clock.now(), concern.what
            )
        if request.route.span == "list":
            self.memory.last_list = asked_at
        self._covered(request, covered_by(request, [], 0, asked_at), asked_at, brought=False)

    def _covered(self, request: Request, covered: Covered | None, asked_at: float, *, brought: bool) -> None:
        """Take an answer as evidence; what it still left missing is asked later, and later each time."""
        expected = self.memory.roster.expected(asked_at)
        key = _key(request)
        if covered is None or key is None:
            return
        self.memory.evidence.take(covered, expected)
        asked = expected if request.station_id is None else [key] if key in expected else []
        hours = [
            state for hour, state in self.memory.evidence.hours.items() if covered.first <= hour < covered.end
        ]
        if any(any(state.missing(asked, self.timing)) for state in hours):
            self.memory.still_lacks(key, asked_at, brought=brought)
        else:
            self.memory.tried.pop(key, None)

    def _failed(
        self, request: Request, payloads: list[Payload], error: SourceError, asked_at: float, run: Run
    ) -> bool:
        run.errors.append(error)
        route = request.route.name
        self.log.warning("request failed", route=route, error=type(error).__name__, told=str(error))
        key = _key(request)
        if key is not None:
            self.memory.still_lacks(key, asked_at)
        concern = self._concern(request, asked_at)
        if isinstance(error, SchemaDrift):
            self.keeper.keep_unread(_unread(self.spec.id, request, payloads, error), concern, str(error))
        if request.route.span == "list":
            return self._list_failed(error, asked_at)
        whole = isinstance(error, Quota | Auth)
        if whole:
            concern = Concern(self.spec.id, 0, _EVER)
        if not isinstance(error, SchemaDrift):
            with self.store.write() as connection:
                ledger.failed(
                    connection,
                    self.spec.id,
                    concern.first,
                    concern.end,
                    self.clock.now(),
                    concern.what,
                    str(error),
                )
        if isinstance(error, Quota) and self.allowance.left() != 0:
            self.allowance.exhausted()
        if isinstance(error, Auth):
            self.memory.patience.refused(day_of(self.spec, self.clock))
        if isinstance(error, Transient):
            return not self.memory.patience.in_vain(hours_of(self.clock), error.retry_after)
        return not whole

    def _list_failed(self, error: SourceError, asked_at: float) -> bool:
        """Without the list, who has reported is expected; where it is refused it is asked for a day later."""
        if isinstance(error, Quota | Auth):
            self.memory.last_list = asked_at
        return True

    def _concern(self, request: Request, asked_at: float) -> Concern:
        """The hours that a request is to bring."""
        name = request.route.name
        if request.hour is not None:
            return Concern(name, request.hour, request.hour + 1)
        if request.station is not None:
            name = f"{name} {request.station.name}"
        if request.station is not None or request.before is not None:
            end = int(asked_at) if request.before is None else request.before
            return Concern(name, end - request.back_hours, end)
        if request.route.span == "list":
            return Concern(name, 0, 0)
        newest = newest_due(asked_at, self.timing)
        return Concern(name, newest, newest + 1)


def _key(request: Request) -> str | int | None:
    """Under what it is remembered that a request was in vain; the page on show has its turns anyway."""
    if request.route.span == "list":
        return LIST
    if request.before is not None and request.station_id is None:
        return stretch_key(request.before - request.back_hours)
    return request.station_id if request.hour is None else request.hour


def _read(parse: Callable[[Payload], R], payload: Payload) -> R:
    """What a parser makes of an answer; one that trips over it has met another shape."""
    try:
        return parse(payload)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise SchemaDrift(
            f"the answer cannot be read ({type(error).__name__}: {str(error)[:120]})",
            source=payload.source,
            request=payload.url,
        ) from error


def _unread(source: str, request: Request, payloads: list[Payload], error: SchemaDrift) -> list[Payload]:
    """The answers behind a drift, the one included that the client did not hand over."""
    got = error.received
    if got is None:
        return payloads
    return [*payloads, Payload(source, request, got.url, got.body, got.content_type, got.world)]
