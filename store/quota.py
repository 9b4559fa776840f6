"""Calls used: how many a source's day has left, in data time, surviving any restart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, insert, select, update

from store import schema

_Q = schema.quota


@dataclass(frozen=True)
class Used:
    """What a source has used of a day."""

    calls: int
    exhausted: bool

    def left(self, limit: int | None) -> int | None:
        """Calls left of a limit; None where there is no limit."""
        if self.exhausted:
            return 0
        return None if limit is None else max(0, limit - self.calls)


def used(connection: Connection, source: str, day: date) -> Used:
    """What a source has used of a civil day of its own."""
    row = connection.execute(
        select(_Q.c.calls, _Q.c.exhausted).where(_Q.c.source == source, _Q.c.day == day)
    ).first()
    return Used(0, exhausted=False) if row is None else Used(row.calls, row.exhausted)


def claim(connection: Connection, source: str, day: date, wanted: int, limit: int | None) -> int:
    """Take calls out of the day before they are made; how many were granted."""
    before = used(connection, source, day)
    left = before.left(limit)
    granted = wanted if left is None else min(wanted, left)
    if granted:
        _put(connection, source, day, before.calls + granted, exhausted=before.exhausted)
    return granted


def give_back(connection: Connection, source: str, day: date, calls: int) -> None:
    """Return calls that were claimed and not made."""
    before = used(connection, source, day)
    _put(connection, source, day, max(0, before.calls - calls), exhausted=before.exhausted)


def mark_exhausted(connection: Connection, source: str, day: date) -> None:
    """The source itself says that the day's calls are used up: none is left, whatever we counted."""
    _put(connection, source, day, used(connection, source, day).calls, exhausted=True)


def _put(connection: Connection, source: str, day: date, calls: int, *, exhausted: bool) -> None:
    done = connection.execute(
        update(_Q).where(_Q.c.source == source, _Q.c.day == day).values(calls=calls, exhausted=exhausted)
    )
    if not done.rowcount:
        connection.execute(insert(_Q).values(source=source, day=day, calls=calls, exhausted=exhausted))
