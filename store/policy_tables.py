"""Forecasts, alerts and messages as the sources gave them; copies of the catalogue for people and BI tools.

A copy has the columns of its catalogue file (`config/catalogue/`), times as ISO text with offset. Code
reads the files; `store.catalogue.sync` writes the copies.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, get_args

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from config import air, policy
from config.fact import Fact
from store.schema import IdType, UtcMoment, metadata

forecast = Table(
    "forecast",
    metadata,
    Column("id", IdType, primary_key=True),
    Column("product", String, nullable=False, doc="grade, over50, week: which bulletin"),
    Column("region", String, nullable=False),
    Column("pollutant", String, nullable=False),
    Column("issued_at", UtcMoment, nullable=False),
    Column("for_date", Date, nullable=False, doc="civil day of the region"),
    Column("above", Double, doc="the day mean is forecast above this; NULL: not said"),
    Column("up_to", Double, doc="and not above this; NULL: not said"),
    Column("text", Text, doc="as the bulletin says it"),
    Column("batch_id", ForeignKey("batch.id"), nullable=False),
    UniqueConstraint("product", "region", "pollutant", "issued_at", "for_date"),
    Index("ix_forecast_region_for_date", "region", "for_date"),
)

alert = Table(
    "alert",
    metadata,
    Column("id", IdType, primary_key=True),
    Column("region", String, nullable=False, doc="the sido"),
    Column("zone", String, nullable=False, doc="as the source names it"),
    Column("pollutant", String, nullable=False),
    Column("level", String, nullable=False, doc="advisory or warning"),
    Column("issued_at", UtcMoment, nullable=False),
    Column("issued_value", Double),
    Column("cleared_at", UtcMoment),
    Column("cleared_value", Double),
    Column("batch_id", ForeignKey("batch.id"), nullable=False),
    UniqueConstraint("region", "zone", "pollutant", "level", "issued_at"),
)

message = Table(
    "message",
    metadata,
    Column("id", IdType, primary_key=True),
    Column("serial", String, nullable=False, unique=True, doc="the sender's own number"),
    Column("sent_at", UtcMoment, nullable=False, index=True),
    Column("text", Text, nullable=False, doc="a hint that a measure was announced; never authoritative"),
    Column("regions", Text, doc="who received it, as the source names them"),
    Column("stage", String, doc="how urgent, as the source says it"),
    Column("kind", String, doc="of which kind of disaster, as the source says it"),
    Column("batch_id", ForeignKey("batch.id"), nullable=False, doc="received with it"),
)


def _type(annotation: Any) -> Any:
    """The column type of a field, by the first plain type in its annotation."""
    plain = {bool: Boolean, int: Integer, float: Double, dt.date: Date}
    return next((plain[one] for one in (annotation, *get_args(annotation)) if one in plain), Text)


def _copy(name: str, model: type[Fact]) -> Table:
    """A table with the columns of a kind of fact, and a number of its own."""
    fields = {field: _type(info.annotation) for field, info in model.model_fields.items()}
    columns = [Column(field, kind) for field, kind in fields.items()]
    return Table(name, metadata, Column("row", Integer, primary_key=True, autoincrement=False), *columns)


# By the kind of fact; the file is the truth.
COPIES: dict[str, Table] = {
    "region_members": _copy("region_member", air.Member),
    "standards": _copy("standard", policy.Standard),
    "seasons": _copy("season", policy.Season),
    "published": _copy("published_value", policy.Published),
    "targets": _copy("target", policy.Target),
    "measures": _copy("measure", policy.Measure),
    "measure_coverage": _copy("measure_coverage", policy.Coverage),
    "milestones": _copy("milestone", policy.Milestone),
    "claims": _copy("claim", policy.Claim),
    "confounders": _copy("confounder", policy.Confounder),
}
