"""What a document says, into SQL: payload, batch, rows, rejects and ledger in one transaction."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from config.clock import Clock
from ingest.bulletins import Bulletin, BulletinSpec, Document, plain
from store import ledger
from store.batches import begin_batch, end_batch, keep_payload, keep_rejects
from store.engine import Store
from store.forecasts import alert_fates, contradicting, put_forecasts
from store.messages import put_messages
from store.readings import Counts
from store.station_indices import put_indices

if TYPE_CHECKING:
    from sqlalchemy import Connection

HELD_OTHERWISE = "the bulletin is held and says otherwise"


class BulletinKeeper:
    """Writes the answers of one source."""

    def __init__(self, spec: BulletinSpec, store: Store, clock: Clock) -> None:
        self._spec, self._store, self._clock = spec, store, clock

    def keep(self, answers: Sequence[tuple[Document, Bulletin]], start: int) -> Counts:
        """All pages of one answer for the window that begins at an hour number."""
        total = Counts()
        with self._store.write() as connection:
            for document, bulletin in answers:
                total.add(self._keep_one(connection, document, bulletin))
            ledger.add_counts(connection, self._spec.id, {start: total})
            self.answered(connection, start)
        return total

    def answered(self, connection: Connection, start: int) -> None:
        """An answer came for a window, if only that nothing is held."""
        ledger.answered(
            connection, self._spec.id, start, start + 1, self._clock.now(), what(self._spec, start)
        )

    def keep_unread(self, documents: Sequence[Document], start: int, error: str) -> None:
        """Bytes that the parser does not know: kept, so that they can be read after a fix."""
        with self._store.write() as connection:
            for document in documents:
                batch = self._begin(connection, document)
                end_batch(connection, batch, Counts(), json.dumps({"error": error}, ensure_ascii=False))
            said = what(self._spec, start)
            ledger.failed(connection, self._spec.id, start, start + 1, self._clock.now(), said, error)

    def _keep_one(self, connection: Connection, document: Document, bulletin: Bulletin) -> Counts:
        batch = self._begin(connection, document)
        counts = put_bulletin(connection, bulletin, batch)
        end_batch(connection, batch, counts, _noted(bulletin.notes))
        return counts

    def _begin(self, connection: Connection, document: Document) -> int:
        received = self._clock.now()
        payload = keep_payload(
            connection,
            source=self._spec.id,
            url=document.url,
            content_type=document.content_type,
            body=document.body,
            received_at=received,
        )
        return begin_batch(
            connection,
            source=self._spec.id,
            feed_id=None,
            parser_version=self._spec.parser_version,
            received_at=received,
            payload_id=payload,
            world=document.world,
        )


def put_bulletin(connection: Connection, bulletin: Bulletin, batch: int) -> Counts:
    """Store what a document says under a batch that has begun; returns what became of it."""
    otherwise = contradicting(connection, bulletin.forecasts)
    for row in otherwise:
        bulletin.reject(str(row), HELD_OTHERWISE)
    new = put_forecasts(connection, bulletin.forecasts, batch)
    alerts_new, alerts_changed = alert_fates(connection, bulletin.alerts, batch)
    hints_new, hints_changed = put_messages(connection, bulletin.hints, batch)
    shown = put_indices(connection, bulletin.indices, batch)
    rejected = [(one.reason, one.text, one.readings) for one in bulletin.rejects]
    keep_rejects(connection, batch, rejected)
    counts = Counts(
        rows=bulletin.rows - len(otherwise),
        new=new + alerts_new + hints_new + shown.new,
        changed=alerts_changed + hints_changed + shown.changed,
        rejected=sum(one.readings for one in bulletin.rejects),
    )
    counts.same = counts.rows - counts.new - counts.changed - counts.rejected
    return counts


def what(spec: BulletinSpec, start: int) -> str:
    """What the question for a window is called in the ledger."""
    return f"{spec.span} {start}"


def _noted(notes: Counter[str]) -> str | None:
    return plain(json.dumps(notes, ensure_ascii=False)) if notes else None
