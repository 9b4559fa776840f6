"""Notices and their deliveries: what was told to whom, when, and the proof that it arrived."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from store.schema import IdType, UtcMoment, metadata

notice = Table(
    "notice",
    metadata,
    Column("id", IdType, primary_key=True),
    Column("rule", String, nullable=False, doc="of the catalogue's notices"),
    Column("subject", String, nullable=False, doc="what it is about: a region, a zone, a source"),
    Column("occasion", String, nullable=False, doc="one episode of the subject: notices of it are one story"),
    Column("stage", String, nullable=False, doc="first, escalated, or all-clear"),
    Column("level", Integer, nullable=False, doc="rises with escalation"),
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
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", UtcMoment, nullable=False, doc="not before; data time, for quiet hours"),
    Column("retry_at", UtcMoment, doc="machine time"),
    Column("leased_until", UtcMoment, doc="machine time"),
    Column("delivered_at", UtcMoment, doc="machine time"),
    Column("acknowledged_at", UtcMoment, doc="machine time"),
    Column("error", Text),
    UniqueConstraint("notice_id", "recipient", "channel"),
    Index("ix_delivery_state_due_at", "state", "due_at"),
    CheckConstraint("state IN ('waiting', 'leased', 'delivered', 'failed')", name="state"),
)
