"""What is not kept for ever: payloads, once they are older, or together larger, than the settings say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from store import schema

_P = schema.payload


def drop_payloads(connection: Connection, before: datetime, most_bytes: int | None = None) -> int:
    """Forget the bytes of old payloads; their batches and readings stay. Returns how many are gone.

    Parameters
    ----------
    before : datetime
        Those received before this data time go.
    most_bytes : int, optional
        The oldest go until the others take no more, as they are packed.
    """
    old = connection.execute(select(_P.c.id).where(_P.c.received_at < before)).scalars().all()
    gone = _forget(connection, old)
    if most_bytes is None:
        return gone
    newest_first = _P.c.received_at.desc(), _P.c.id.desc()
    taken = func.sum(func.length(_P.c.packed)).over(order_by=newest_first).label("taken")
    sized = select(_P.c.id, taken).subquery()
    beyond = connection.execute(select(sized.c.id).where(sized.c.taken > most_bytes)).scalars().all()
    return gone + _forget(connection, beyond)


def _forget(connection: Connection, ids: Sequence[int]) -> int:
    for at in range(0, len(ids), 500):
        some = ids[at : at + 500]
        connection.execute(
            update(schema.batch).where(schema.batch.c.payload_id.in_(some)).values(payload_id=None)
        )
        connection.execute(delete(_P).where(_P.c.id.in_(some)))
    return len(ids)
