"""What an answer brought, into SQL: payload, batch, readings, counts and ledger in one transaction.

A process that dies at any moment leaves nothing half-written, and the ledger still says what is open.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from config.clock import Clock
from config.facts import Facts
from ingest.evidence import Covered
from ingest.save import Saver
from ingest.source import Batch, Payload, SourceSpec, StationRef
from store import fates, ledger
from store.batches import begin_batch, end_batch, keep_payload
from store.engine import Store
from store.readings import Counts

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True)
class Concern:
    """Which hours a question is for, and what it is called in the ledger."""

    what: str
    first: int
    end: int


@dataclass(frozen=True)
class Kept:
    """A batch that is held now: what became of it, and the station ids it speaks of."""

    batch: Batch
    counts: Counts
    ids: list[str]
    mentioned: list[tuple[str, StationRef]]


class Keeper:
    """Writes the answers of one source."""

    def __init__(self, spec: SourceSpec, store: Store, facts: Facts, clock: Clock) -> None:
        self._spec, self._store, self._facts, self._clock = spec, store, facts, clock
        self._saver: Saver | None = None

    def keep(
        self, answers: list[tuple[Payload, Batch]], concern: Concern, covered: Covered | None, day: date
    ) -> list[Kept]:
        """All pages of one answer."""
        with self._transaction() as (connection, saver):
            kept = [self._keep_one(connection, saver, *answer, concern, covered, day) for answer in answers]
            at = self._clock.now()
            ledger.answered(connection, self._spec.id, concern.first, concern.end, at, concern.what)
        return kept

    def keep_unread(self, payloads: list[Payload], concern: Concern, error: str) -> None:
        """Bytes that the parser does not know: kept, so that they can be read after a fix."""
        with self._transaction() as (connection, saver):
            for payload in payloads:
                batch_id = self._begin(connection, saver, payload)
                asked = payload.request.station_id
                notes = {"error": error} | ({"station": asked} if asked else {})
                end_batch(connection, batch_id, Counts(), _noted(notes))
            at = self._clock.now()
            ledger.failed(connection, self._spec.id, concern.first, concern.end, at, concern.what, error)

    def stations(self, refs: list[StationRef], day: date) -> list[tuple[str, StationRef]]:
        """The stations of a list that a catalogue or a code tells, by id."""
        with self._transaction() as (_, saver):
            return self._known(saver, refs, day)

    def restored(self, stations: set[str]) -> list[tuple[str, StationRef]]:
        """Stations by id, as the catalogue calls them."""
        with self._transaction() as (_, saver):
            versions = [(station, saver.places.version(station)) for station in sorted(stations)]
            return [(one, StationRef(v.code, v.name, v.area)) for one, v in versions]

    def _keep_one(
        self,
        connection: Connection,
        saver: Saver,
        payload: Payload,
        batch: Batch,
        concern: Concern,
        covered: Covered | None,
        day: date,
    ) -> Kept:
        batch_id = self._begin(connection, saver, payload)
        counts = saver.save(batch, batch_id)
        end_batch(connection, batch_id, counts, _noted(batch.notes))
        if covered is not None:
            ledger.note_answer(connection, batch_id, payload.request.route.name, covered.text())
        by_hour = _by_hour(connection, batch, batch_id, saver.ids, counts, concern.end - 1)
        ledger.add_counts(connection, self._spec.id, by_hour)
        ids = list(saver.ids)
        return Kept(batch, counts, ids, self._known(saver, batch.mentioned, day))

    def _begin(self, connection: Connection, saver: Saver, payload: Payload) -> int:
        received = self._clock.now()
        payload_id = keep_payload(
            connection,
            source=self._spec.id,
            url=payload.url,
            content_type=payload.content_type,
            body=payload.body,
            received_at=received,
        )
        return begin_batch(
            connection,
            source=self._spec.id,
            feed_id=saver.ensure_feed(self._spec.feed),
            parser_version=self._spec.parser_version,
            received_at=received,
            # By which route it came: who reads the bytes again must know what was asked.
            format_name=payload.request.route.name,
            payload_id=payload_id,
            world=payload.world,
        )

    def _known(self, saver: Saver, refs: list[StationRef], day: date) -> list[tuple[str, StationRef]]:
        found = [(saver.known(ref, self._spec.feed, day), ref) for ref in refs]
        return [(station, ref) for station, ref in found if station is not None]

    @contextmanager
    def _transaction(self) -> Iterator[tuple[Connection, Saver]]:
        """A transaction with the saver that outlives it; one that fails takes the saver with it."""
        saver, self._saver = self._saver, None
        with self._store.write() as connection:
            if saver is None:
                saver = Saver(connection, self._facts)
            else:
                saver.enter(connection)
            yield connection, saver
        self._saver = saver


def _noted(notes: dict[str, int] | dict[str, str]) -> str | None:
    return json.dumps(notes, ensure_ascii=False) if notes else None


def _by_hour(
    connection: Connection, batch: Batch, batch_id: int, ids: list[str], counts: Counts, otherwise: int
) -> dict[int, Counts]:
    """What became of a batch by hour; what belongs to no hour stands at the newest one."""
    known = np.array([bool(one) for one in ids], bool)
    placed = batch.start[known[batch.station]] if len(batch.start) else batch.start
    hours, rows = np.unique(placed, return_counts=True)
    by_hour = {
        hour: Counts(rows=n * len(batch.values))
        for hour, n in zip(hours.tolist(), rows.tolist(), strict=True)
    }
    if len(by_hour) > 1 and counts.new + counts.changed:
        stations = {one for one in ids if one}
        for hour, fate in fates.of_batch(connection, batch_id, batch.feed, stations, by_hour).items():
            by_hour[hour].new, by_hour[hour].changed = fate.new, fate.changed
    for one in by_hour.values():
        one.same = one.rows - one.new - one.changed
    newest = max(by_hour, default=otherwise)
    others = [one for hour, one in by_hour.items() if hour != newest]
    by_hour[newest] = Counts(
        *(
            getattr(counts, name) - sum(getattr(one, name) for one in others)
            for name in Counts.__dataclass_fields__
        )
    )
    return by_hour
