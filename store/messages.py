"""Disaster messages that speak of a measure: hints, never authoritative.

A measure stands in the catalogue of facts, by a person's word (`yellowsea measures add` and `confirm`); a
message only says where to look.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from store.policy_tables import message


@dataclass(frozen=True)
class Message:
    """One message as sent; `serial` is the sender's own number, `regions` and the rest are as it writes them.

    `sent_at` is aware.
    """

    serial: str
    sent_at: datetime
    text: str
    regions: str | None = None
    stage: str | None = None
    kind: str | None = None


_COLUMNS = [message.c[name] for name in Message.__dataclass_fields__]


def put_messages(connection: Connection, rows: Iterable[Message], batch: int) -> tuple[int, int]:
    """Keep new messages, and those that their sender has changed; how many of each."""
    new = changed = 0
    for row in rows:
        held = connection.execute(select(*_COLUMNS).where(message.c.serial == row.serial)).first()
        values = {**asdict(row), "batch_id": batch}
        if held is None:
            connection.execute(insert(message).values(values))
            new += 1
        elif Message(*held) != row:
            connection.execute(update(message).where(message.c.serial == row.serial).values(values))
            changed += 1
    return new, changed


def messages(connection: Connection, since: datetime, until: datetime) -> list[Message]:
    """What was sent from `since` to before `until`, in order."""
    sent = message.c.sent_at
    rows = connection.execute(
        select(*_COLUMNS).where(sent >= since, sent < until).order_by(sent, message.c.serial)
    )
    return [Message(*row) for row in rows]
