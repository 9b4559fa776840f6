"""Tokens that let a caller change something over HTTP; only their hashes are kept."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from store.schema import IdType, UtcMoment, metadata

token = Table(
    "token",
    metadata,
    Column("id", IdType, primary_key=True),
    Column("name", String, nullable=False, unique=True, doc="whose it is"),
    Column(
        "hash", String, nullable=False, unique=True, doc="SHA-256 of the token, which has 256 random bits"
    ),
    Column("created_at", UtcMoment, nullable=False),
    Column("used_at", UtcMoment),
    Column("revoked_at", UtcMoment),
)
