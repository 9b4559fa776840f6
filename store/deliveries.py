"""The queue of deliveries: taken under a lease, sent, and recorded.

A delivery that was taken and never recorded (the process died in between) is taken again once its lease has
passed: it may arrive twice, under the same key, and never not at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, exists, insert, or_, select, update

from store.notices import delivery, notice

OPEN = ("waiting", "leased")


@dataclass(frozen=True)
class Delivery:
    """One notice on its way to one recipient by one channel; `due_at` is data time, the rest machine time."""

    id: int
    notice_id: int
    recipient: str
    channel: str
    language: str
    key: str
    state: str
    attempts: int
    due_at: datetime
    retry_at: datetime | None
    leased_until: datetime | None
    delivered_at: datetime | None
    acknowledged_at: datetime | None
    error: str | None


_COLUMNS = [delivery.c[name] for name in Delivery.__dataclass_fields__]


def enqueue(connection: Connection, notice_id: int, rows: Iterable[dict[str, Any]]) -> int:
    """Put deliveries of a notice into the queue: recipient, channel, language, key, due_at; how many."""
    given = [{**row, "notice_id": notice_id, "state": "waiting"} for row in rows]
    if given:
        connection.execute(insert(delivery), given)
    return len(given)


def supersede(
    connection: Connection, notice_id: int, recipient: str, channel: str, held_at: datetime
) -> None:
    """Let a notice stand for earlier ones of its occasion that quiet hours still hold back at `held_at`."""
    ours = select(notice).where(notice.c.id == notice_id).subquery()
    earlier = select(notice.c.id).join(
        ours,
        and_(
            notice.c.rule == ours.c.rule,
            notice.c.subject == ours.c.subject,
            notice.c.occasion == ours.c.occasion,
            notice.c.id < ours.c.id,
        ),
    )
    connection.execute(
        update(delivery)
        .where(
            delivery.c.notice_id.in_(earlier),
            delivery.c.recipient == recipient,
            delivery.c.channel == channel,
            delivery.c.state == "waiting",
            delivery.c.attempts == 0,
            delivery.c.due_at > held_at,
        )
        .values(state="superseded")
    )


def take(connection: Connection, machine: datetime, data: datetime, lease_until: datetime) -> Delivery | None:
    """Lease the oldest delivery that is due; None where none is.

    A notice waits for the earlier ones of its occasion to the same recipient and channel: an all-clear
    never arrives before what it ends.

    Parameters
    ----------
    machine, data : datetime
        The present machine and data time.
    """
    free = or_(
        and_(
            delivery.c.state == "waiting",
            delivery.c.due_at <= data,
            or_(delivery.c.retry_at.is_(None), delivery.c.retry_at <= machine),
        ),
        and_(delivery.c.state == "leased", delivery.c.leased_until <= machine),
    )
    before, its, of_before = delivery.alias(), notice.alias(), notice.alias()
    waits = exists().where(
        before.c.recipient == delivery.c.recipient,
        before.c.channel == delivery.c.channel,
        before.c.notice_id < delivery.c.notice_id,
        before.c.state.in_(OPEN),
        its.c.id == delivery.c.notice_id,
        of_before.c.id == before.c.notice_id,
        of_before.c.rule == its.c.rule,
        of_before.c.subject == its.c.subject,
        of_before.c.occasion == its.c.occasion,
    )
    found = connection.execute(select(*_COLUMNS).where(free, ~waits).order_by(delivery.c.id).limit(1)).first()
    if found is None:
        return None
    one = Delivery(*found)
    _set(connection, one.id, state="leased", leased_until=lease_until, attempts=one.attempts + 1)
    return one


def arrived(connection: Connection, number: int, at: datetime) -> None:
    """Record that a delivery arrived."""
    _set(connection, number, state="delivered", delivered_at=at, leased_until=None, error=None)


def postpone(connection: Connection, number: int, due_at: datetime) -> None:
    """Give a delivery back untried until a later data time: quiet hours have begun."""
    connection.execute(
        update(delivery)
        .where(delivery.c.id == number)
        .values(state="waiting", due_at=due_at, leased_until=None, attempts=delivery.c.attempts - 1)
    )


def again(connection: Connection, number: int, retry_at: datetime, error: str) -> None:
    """Give a delivery back after a fault, to be tried not before `retry_at` (machine time)."""
    _set(connection, number, state="waiting", retry_at=retry_at, leased_until=None, error=error)


def give_up(connection: Connection, number: int, error: str) -> None:
    """Record that a delivery failed for good."""
    _set(connection, number, state="failed", leased_until=None, error=error)


def _set(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(update(delivery).where(delivery.c.id == number).values(**values))


def acknowledge(
    connection: Connection, notice_id: int, recipient: str | None, at: datetime
) -> list[Delivery]:
    """Mark the deliveries of a notice as seen, of one recipient or of all; returns them.

    The first acknowledgement stands. It does not stop a delivery that is still on its way.
    """
    wanted = [delivery.c.notice_id == notice_id]
    if recipient is not None:
        wanted.append(delivery.c.recipient == recipient)
    connection.execute(
        update(delivery).where(*wanted, delivery.c.acknowledged_at.is_(None)).values(acknowledged_at=at)
    )
    return [Delivery(*row) for row in connection.execute(select(*_COLUMNS).where(*wanted))]


def deliveries_of(connection: Connection, notices: Iterable[int]) -> list[Delivery]:
    """The deliveries of some notices, in order."""
    rows = connection.execute(
        select(*_COLUMNS).where(delivery.c.notice_id.in_(list(notices))).order_by(delivery.c.id)
    )
    return [Delivery(*row) for row in rows]
