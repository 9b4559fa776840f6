"""That the daemon lives: when it last said so, on the machine's clock and in data time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from store import schema

_M = schema.meta
_KEYS = ("heartbeat:machine", "heartbeat:data")


def beat(connection: Connection, machine: datetime, data: datetime) -> None:
    """Say that the daemon lives."""
    for key, moment in zip(_KEYS, (machine, data), strict=True):
        done = connection.execute(update(_M).where(_M.c.key == key).values(value=moment.isoformat()))
        if not done.rowcount:
            connection.execute(insert(_M).values(key=key, value=moment.isoformat()))


def last(connection: Connection) -> tuple[datetime, datetime] | None:
    """The last beat as (machine time, data time); None where there was none."""
    found = dict(connection.execute(select(_M.c.key, _M.c.value).where(_M.c.key.in_(_KEYS))).all())
    if len(found) < len(_KEYS):
        return None
    machine, data = (datetime.fromisoformat(found[key]) for key in _KEYS)
    return machine, data
