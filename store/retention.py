"""What is not kept for ever: payloads, once they are older than the setting says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from store import schema


def drop_payloads(connection: Connection, before: datetime) -> int:
    """Forget the bytes of payloads received before a data time; their batches and readings stay."""
    old = select(schema.payload.c.id).where(schema.payload.c.received_at < before)
    ids = list(connection.execute(old).scalars())
    for at in range(0, len(ids), 500):
        some = ids[at : at + 500]
        connection.execute(
            update(schema.batch).where(schema.batch.c.payload_id.in_(some)).values(payload_id=None)
        )
        connection.execute(delete(schema.payload).where(schema.payload.c.id.in_(some)))
    return len(ids)
