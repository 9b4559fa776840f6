"""Where readings come from: batches, payloads as received, and rows that could not be stored."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from store import schema
from store.readings import Counts
from store.series import inserted

# What is kept of the rejected rows of one batch; the counts are always whole.
REJECTS_KEPT = 1_000


def begin_batch(
    connection: Connection,
    *,
    source: str,
    feed_id: int | None,
    parser_version: int,
    received_at: datetime,
    format_name: str | None = None,
    path: str | None = None,
    sha256: str | None = None,
    payload_id: int | None = None,
    world: str = "real",
    notes: str | None = None,
) -> int:
    """Write a batch before its readings; its counts follow with `end_batch`."""
    if world != "real":
        _mark_world(connection, world)
    row: dict[str, object] = {
        "source": source,
        "feed_id": feed_id,
        "parser_version": parser_version,
        "received_at": received_at,
        "format": format_name,
        "path": path,
        "sha256": sha256,
        "payload_id": payload_id,
        "world": world,
        "notes": notes,
    }
    return inserted(connection, schema.batch, row)


def end_batch(connection: Connection, batch_id: int, counts: Counts, notes: str | None = None) -> None:
    """Write what became of a batch's readings."""
    values = {name: getattr(counts, name) for name in counts.__dataclass_fields__}
    connection.execute(
        update(schema.batch).where(schema.batch.c.id == batch_id).values(**values, notes=notes)
    )


def newest_answer(connection: Connection, source: str) -> datetime | None:
    """When the newest batch of a source came."""
    b = schema.batch
    return connection.execute(select(func.max(b.c.received_at)).where(b.c.source == source)).scalar()


def find_file(connection: Connection, sha256: str, format_name: str, parser_version: int) -> Counts | None:
    """What a file with these bytes brought, if loading it again could change nothing.

    That is so when this parser has loaded it, every row found its place, and no later batch of its feed has
    changed a value; else None, and the file has to be read: the later batch wins, even with old values,
    and a station that was not known then may be known now.
    """
    b = schema.batch
    row = connection.execute(
        select(b.c.id, b.c.feed_id, b.c.rows, b.c.new, b.c.changed, b.c.same, b.c.rejected, b.c.missing)
        .where(b.c.sha256 == sha256, b.c.format == format_name, b.c.parser_version == parser_version)
        .order_by(b.c.id.desc())
    ).first()
    if row is None or row.rejected:
        return None
    later = select(b.c.id).where(b.c.feed_id == row.feed_id, b.c.id > row.id, b.c.changed > 0).limit(1)
    return Counts(*map(int, row[2:])) if connection.execute(later).first() is None else None


def keep_rejects(connection: Connection, batch_id: int, rejects: Sequence[tuple[str, str, int]]) -> None:
    """Keep rejected rows as (reason, text, readings), the first thousand of a batch."""
    if rejects:
        connection.execute(
            insert(schema.reject),
            [
                {"batch_id": batch_id, "reason": reason, "text": text[:500], "readings": readings}
                for reason, text, readings in rejects[:REJECTS_KEPT]
            ],
        )


def keep_payload(
    connection: Connection, *, source: str, url: str, content_type: str, body: bytes, received_at: datetime
) -> int:
    """Keep bytes as received, once; `url` must be without secrets. Returns the payload's id."""
    digest = hashlib.sha256(body).hexdigest()
    held = connection.execute(select(schema.payload.c.id).where(schema.payload.c.sha256 == digest)).scalar()
    if held is not None:
        return int(held)
    row: dict[str, object] = {
        "sha256": digest,
        "source": source,
        "url": url,
        "content_type": content_type,
        "received_at": received_at,
        "size": len(body),
        "packed": zlib.compress(body, 6),
    }
    return inserted(connection, schema.payload, row)


def payload_body(connection: Connection, payload_id: int) -> bytes:
    """The bytes of a payload as they were received."""
    packed = connection.execute(
        select(schema.payload.c.packed).where(schema.payload.c.id == payload_id)
    ).scalar_one()
    return zlib.decompress(packed)


def worlds(connection: Connection) -> list[str]:
    """Which worlds other than the real one the readings of this database come from."""
    keys = connection.execute(
        select(schema.meta.c.key).where(schema.meta.c.key.startswith("world:"))
    ).scalars()
    return sorted(key.partition(":")[2] for key in keys)


def _mark_world(connection: Connection, world: str) -> None:
    if world not in worlds(connection):
        connection.execute(insert(schema.meta).values(key=f"world:{world}", value="held"))
