"""The tables, for SQLite and PostgreSQL alike.

Time stands in the tables as integers: `day` is UTC days since 1970-01-01 and `hour` 0..23 of that day (the
START of the averaging period), an `_hour` column is hours since then, and an `_at` column is microseconds.
The view `reading_utc` shows people names, units and timestamps.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class UtcMoment(TypeDecorator[datetime]):
    """An aware datetime kept as microseconds since 1970, exact and ordered alike on every engine."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Aware datetime to microseconds."""
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Microseconds to aware datetime, UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# AUTOINCREMENT is not wanted; an INTEGER primary key is the rowid on SQLite.
IdType = BigInteger().with_variant(Integer, "sqlite")

meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)

network = Table(
    "network",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("country", String),
)

feed = Table(
    "feed",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("network", ForeignKey("network.id"), nullable=False),
    Column("title", String, nullable=False),
    Column("period", String, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("licence", String, nullable=False),
    Column("attribution", String, nullable=False),
)

station = Table(
    "station",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True, doc="the text id, the same in every database"),
    Column("network", ForeignKey("network.id"), nullable=False),
)

station_version = Table(
    "station_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("station_id", ForeignKey("station.id"), nullable=False, index=True),
    Column("code", String),
    Column("title", String, nullable=False),
    Column("title_en", String),
    Column("area", String),
    Column("district", String),
    Column("kind", String, nullable=False),
    Column("lat", Double),
    Column("lon", Double),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("source", String, nullable=False),
)

alias = Table(
    "alias",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("station_id", ForeignKey("station.id"), nullable=False, index=True),
    Column("what", String, nullable=False),
    Column("value", String, nullable=False),
    Column("area", String),
    UniqueConstraint("what", "value", "area", "station_id"),
)

series = Table(
    "series",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("station_id", ForeignKey("station.id"), nullable=False),
    Column("feed_id", ForeignKey("feed.id"), nullable=False),
    Column("pollutant", String, nullable=False),
    Column("statistic", String, nullable=False),
    Column("period", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("reference_state", String, nullable=False),
    Column("first_hour", Integer),
    Column("last_hour", Integer),
    Column("readings", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint(
        "station_id",
        "feed_id",
        "pollutant",
        "statistic",
        "period",
        "unit",
        "reference_state",
        name="uq_series_identity",
    ),
)

batch = Table(
    "batch",
    metadata,
    Column("id", IdType, primary_key=True),
    Column("source", String, nullable=False),
    Column("feed_id", ForeignKey("feed.id")),
    Column("format", String),
    Column("parser_version", Integer, nullable=False),
    Column("path", Text),
    Column("sha256", String, index=True),
    Column("payload_id", ForeignKey("payload.id")),
    Column("received_at", UtcMoment, nullable=False),
    Column("world", String, nullable=False, server_default="real"),
    Column("rows", BigInteger, nullable=False, server_default="0"),
    Column("new", BigInteger, nullable=False, server_default="0"),
    Column("changed", BigInteger, nullable=False, server_default="0"),
    Column("same", BigInteger, nullable=False, server_default="0"),
    Column("rejected", BigInteger, nullable=False, server_default="0"),
    Column("missing", BigInteger, nullable=False, server_default="0"),
    Column("notes", Text),
)

reading = Table(
    "reading",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("series_id", Integer, primary_key=True, autoincrement=False),
    Column("hour", SmallInteger, primary_key=True, autoincrement=False),
    Column("value", Double),
    Column("status", SmallInteger, nullable=False),
    Column("flags", Integer, nullable=False),
    Column("batch_id", IdType, nullable=False),
    CheckConstraint("(status = 0) = (value IS NOT NULL)", name="missing_has_a_reason"),
    sqlite_with_rowid=False,
)
Index(
    "ix_reading_series_id_day_hour",
    reading.c.series_id,
    reading.c.day,
    reading.c.hour,
    postgresql_include=["value", "status", "flags"],
).ddl_if(dialect="postgresql")

revision = Table(
    "revision",
    metadata,
    Column("series_id", Integer, primary_key=True, autoincrement=False),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("hour", SmallInteger, primary_key=True, autoincrement=False),
    Column("batch_id", IdType, primary_key=True, autoincrement=False, doc="what replaced the value"),
    Column("value", Double),
    Column("status", SmallInteger, nullable=False),
    Column("flags", Integer, nullable=False),
    Column("replaced_batch_id", IdType, nullable=False, doc="the batch that had brought the value"),
    sqlite_with_rowid=False,
)

block = Table(
    "block",
    metadata,
    Column("series_id", Integer, primary_key=True, autoincrement=False),
    Column(
        "month",
        Integer,
        primary_key=True,
        autoincrement=False,
        index=True,
        doc="months since January 1970, UTC",
    ),
    Column("packed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

payload = Table(
    "payload",
    metadata,
    Column("id", IdType, primary_key=True),
    Column("sha256", String, nullable=False, unique=True),
    Column("source", String, nullable=False),
    Column("url", Text, nullable=False, doc="without secrets"),
    Column("content_type", String, nullable=False),
    Column("received_at", UtcMoment, nullable=False, index=True),
    Column("size", Integer, nullable=False),
    Column("packed", LargeBinary, nullable=False),
)

fetch_window = Table(
    "fetch_window",
    metadata,
    Column("id", IdType, primary_key=True),
    Column("source", String, nullable=False),
    Column("scope", String, nullable=False),
    Column("start_hour", Integer, nullable=False),
    Column("end_hour", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", Text),
    Column("error", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("present", Integer, nullable=False, server_default="0"),
    Column("expected", Integer, nullable=False, server_default="0"),
    Column("tried_at", UtcMoment),
    Column("checked_at", UtcMoment, doc="when the whole window was last looked at, data time"),
    Column("leased_until", UtcMoment, doc="machine time"),
    Column("rows", BigInteger, nullable=False, server_default="0"),
    Column("new", BigInteger, nullable=False, server_default="0"),
    Column("changed", BigInteger, nullable=False, server_default="0"),
    Column("same", BigInteger, nullable=False, server_default="0"),
    Column("rejected", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("source", "scope", "start_hour", "end_hour"),
    Index("ix_fetch_window_source_state", "source", "state", "start_hour"),
    CheckConstraint("state IN ('open', 'leased', 'settled', 'lost')", name="state"),
)

reject = Table(
    "reject",
    metadata,
    Column("id", IdType, primary_key=True),
    Column("batch_id", ForeignKey("batch.id"), nullable=False, index=True),
    Column("reason", String, nullable=False),
    Column("readings", Integer, nullable=False),
    Column("text", Text, nullable=False),
)

quota = Table(
    "quota",
    metadata,
    Column("source", String, primary_key=True),
    Column("day", Date, primary_key=True, doc="civil day of the source, data time"),
    Column("calls", Integer, nullable=False),
    Column("exhausted", Boolean, nullable=False),
)
