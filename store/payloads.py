"""The archive of answers as received: which batch read which bytes, for reading them again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from store import schema

_B, _P = schema.batch, schema.payload
# The format of a batch that read stored bytes again: it is no answer of its own.
AGAIN = "reparse"


@dataclass(frozen=True)
class KeptPayload:
    """One answer whose bytes are held, with what the asking knew.

    Attributes
    ----------
    batch : the newest batch that these bytes came with.
    route : its route's name; None where that was not noted.
    station : id of the station that was asked for; None for all.
    was_read : whether a parser has read it before.
    """

    batch: int
    id: int
    url: str
    content_type: str
    received_at: datetime
    world: str
    route: str | None
    station: str | None
    was_read: bool


def kept(connection: Connection, source: str, since: datetime | None = None) -> list[KeptPayload]:
    """A source's answers whose bytes are held, the newest first, each once."""
    query = (
        select(
            _B.c.id, _P.c.id, _P.c.url, _P.c.content_type, _B.c.received_at, _B.c.world,
            _B.c.format, _B.c.path, _B.c.notes,
        )
        .join(_P, _P.c.id == _B.c.payload_id)
        .where(_B.c.source == source)
        .order_by(_B.c.id.desc())
    )  # fmt: skip
    if since is not None:
        query = query.where(_B.c.received_at >= since)
    found: dict[tuple[int, str | None, str | None], KeptPayload] = {}
    for batch, payload, url, kind, received, world, route, covered, notes in connection.execute(query):
        if route == AGAIN:
            continue
        noted = json.loads(notes) if notes else {}
        station = covered.rsplit(" ", 3)[0] if covered else noted.get("station")
        one = KeptPayload(
            batch, payload, url, kind, received, world, route,
            None if station == "*" else station, "error" not in noted,
        )  # fmt: skip
        found.setdefault((payload, route, one.station), one)
    return list(found.values())


def batches_of(connection: Connection, source: str) -> dict[int, int]:
    """By batch of a source, the payload that it read, where its bytes are held."""
    query = select(_B.c.id, _B.c.payload_id).where(_B.c.source == source, _B.c.payload_id.is_not(None))
    return dict(connection.execute(query).all())


def batches_without(connection: Connection, feed: str) -> dict[int, datetime]:
    """When the batches of a feed came whose bytes are not held: files, and what was forgotten."""
    f = schema.feed
    query = (
        select(_B.c.id, _B.c.received_at)
        .join(f, f.c.id == _B.c.feed_id)
        .where(f.c.name == feed, _B.c.payload_id.is_(None))
    )
    return dict(connection.execute(query).all())


def discard(connection: Connection, batch: int) -> None:
    """Take back a batch that changed nothing, with its rejects."""
    connection.execute(delete(schema.reject).where(schema.reject.c.batch_id == batch))
    connection.execute(delete(_B).where(_B.c.id == batch))
