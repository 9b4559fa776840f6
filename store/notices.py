"""Occasions, notices and their deliveries: what was told to whom, when, and the proof that it arrived.

An occasion is one story of a rule and its subject: it begins, may escalate, and ends. Each step of it is a
notice, each notice has a delivery for each recipient and channel. The queue of deliveries is worked off by
`store/deliveries.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
    update,
)

from store.schema import IdType, UtcMoment, metadata

Stage = Literal["first", "escalated", "all-clear"]

occasion = Table(
    "occasion",
    metadata,
    Column("id", IdType, primary_key=True),
    Column("rule", String, nullable=False, doc="of the catalogue's notices"),
    Column("subject", String, nullable=False, doc="what it is about: a region, a source"),
    Column("began_at", UtcMoment, nullable=False, doc="data time"),
    Column("level", Integer, nullable=False, doc="the highest so far"),
    Column("clear_since", UtcMoment, doc="since when it is known to be over; data time"),
    Column("unknown_since", UtcMoment, doc="since when nobody knows; data time"),
    Column("ended_at", UtcMoment, doc="data time; empty while it is open"),
    UniqueConstraint("rule", "subject", "began_at"),
    CheckConstraint("level >= 1", name="level"),
)

notice = Table(
    "notice",
    metadata,
    Column("id", IdType, primary_key=True),
    Column("rule", String, nullable=False, doc="of the catalogue's notices"),
    Column("subject", String, nullable=False, doc="what it is about: a region, a source"),
    Column("occasion", String, nullable=False, doc="when the occasion began, ISO: its notices are one story"),
    Column("stage", String, nullable=False, doc="first, escalated, or all-clear"),
    Column("level", Integer, nullable=False, doc="of an all-clear the highest reached"),
    Column("raised_at", UtcMoment, nullable=False, doc="data time"),
    Column("facts", Text, nullable=False, doc="JSON: the numbers and where they come from"),
    UniqueConstraint("rule", "subject", "occasion", "stage", "level", name="uq_notice_identity"),
    CheckConstraint("stage IN ('first', 'escalated', 'all-clear')", name="stage"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", IdType, primary_key=True),
    Column("notice_id", ForeignKey("notice.id"), nullable=False, index=True),
    Column("recipient", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("language", String, nullable=False),
    Column("key", String, nullable=False, doc="the same at every try: receivers know a repeat by it"),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", UtcMoment, nullable=False, doc="not before; data time, for quiet hours"),
    Column("retry_at", UtcMoment, doc="machine time"),
    Column("leased_until", UtcMoment, doc="machine time"),
    Column("delivered_at", UtcMoment, doc="machine time"),
    Column("acknowledged_at", UtcMoment, doc="machine time"),
    Column("error", Text),
    UniqueConstraint("notice_id", "recipient", "channel"),
    UniqueConstraint("key"),
    Index("ix_delivery_state_due_at", "state", "due_at"),
    CheckConstraint(
        "state IN ('waiting', 'leased', 'delivered', 'failed', 'superseded')",
        name="state",
    ),
)


@dataclass(frozen=True)
class Occasion:
    """One story; times are aware, data time."""

    rule: str
    subject: str
    began_at: datetime
    level: int
    clear_since: datetime | None = None
    unknown_since: datetime | None = None
    ended_at: datetime | None = None

    @property
    def name(self) -> str:
        """What its notices are filed under."""
        return self.began_at.astimezone(UTC).isoformat()


@dataclass(frozen=True)
class Notice:
    """One step of an occasion; `facts` is what JSON can say."""

    id: int
    rule: str
    subject: str
    occasion: str
    stage: Stage
    level: int
    raised_at: datetime
    facts: dict[str, Any]


def open_occasions(connection: Connection) -> dict[tuple[str, str], Occasion]:
    """The occasions that have not ended, by rule and subject."""
    columns = [occasion.c[name] for name in Occasion.__dataclass_fields__]
    rows = connection.execute(
        select(*columns).where(occasion.c.ended_at.is_(None)).order_by(occasion.c.began_at)
    )
    return {(row.rule, row.subject): Occasion(*row) for row in rows}


def keep_occasion(connection: Connection, one: Occasion) -> None:
    """Write an occasion as it stands now."""
    values = asdict(one)
    key = {name: values.pop(name) for name in ("rule", "subject", "began_at")}
    same = [occasion.c[name] == value for name, value in key.items()]
    if connection.execute(update(occasion).where(*same).values(**values)).rowcount == 0:
        connection.execute(insert(occasion).values(**key, **values))


def put_notice(
    connection: Connection, one: Occasion, stage: Stage, level: int, at: datetime, facts: dict[str, Any]
) -> Notice | None:
    """File a notice; None where it is filed already."""
    same = (
        notice.c.rule == one.rule,
        notice.c.subject == one.subject,
        notice.c.occasion == one.name,
        notice.c.stage == stage,
        notice.c.level == level,
    )
    if connection.execute(select(notice.c.id).where(*same)).first() is not None:
        return None
    values = {
        "rule": one.rule,
        "subject": one.subject,
        "occasion": one.name,
        "stage": stage,
        "level": level,
        "raised_at": at,
    }
    text = json.dumps(facts, ensure_ascii=False, allow_nan=False)
    number = connection.execute(
        insert(notice).values(**values, facts=text).returning(notice.c.id)
    ).scalar_one()
    return Notice(number, one.rule, one.subject, one.name, stage, level, at, facts)


def notices(
    connection: Connection, since: datetime | None = None, until: datetime | None = None, last: int = 100
) -> list[Notice]:
    """The newest notices raised from `since` to `until` (exclusive), newest first."""
    query = select(notice).order_by(notice.c.raised_at.desc(), notice.c.id.desc()).limit(last)
    if since is not None:
        query = query.where(notice.c.raised_at >= since)
    if until is not None:
        query = query.where(notice.c.raised_at < until)
    return [_notice(row) for row in connection.execute(query)]


def notices_of(connection: Connection, ids: Iterable[int]) -> dict[int, Notice]:
    """Notices by id."""
    rows = connection.execute(select(notice).where(notice.c.id.in_(list(ids))))
    return {row.id: _notice(row) for row in rows}


def _notice(row: Any) -> Notice:
    return Notice(
        row.id,
        row.rule,
        row.subject,
        row.occasion,
        row.stage,
        row.level,
        row.raised_at,
        json.loads(row.facts),
    )
