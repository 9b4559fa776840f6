"""Tokens that let a caller change something over HTTP; only their hashes are kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, String, Table, insert, select, update

from store.schema import IdType, UtcMoment, metadata

# What makes a token of ours known where it leaks: in a log, a commit, a paste.
PREFIX = "yellowsea_"

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


@dataclass(frozen=True)
class Token:
    """A token that was given; times are aware, machine time."""

    name: str
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


_TOLD = [token.c[name] for name in Token.__dataclass_fields__]


def give(connection: Connection, name: str, now: datetime) -> str | None:
    """A new token in somebody's name, to be shown once; None where the name has been given one.

    A name is used once for ever, so that what was done in it stays who did it.
    """
    if connection.execute(select(token.c.id).where(token.c.name == name)).first() is not None:
        return None
    secret = PREFIX + secrets.token_urlsafe(32)
    connection.execute(insert(token).values(name=name, hash=_hash(secret), created_at=now))
    return secret


def holder(connection: Connection, secret: str) -> str | None:
    """In whose name a token was given, if it still holds.

    All that hold are compared, each in constant time, so that how long it takes tells nothing.
    """
    asked, found = _hash(secret), None
    for name, held in connection.execute(
        select(token.c.name, token.c.hash).where(token.c.revoked_at.is_(None))
    ):
        if hmac.compare_digest(asked, held):
            found = str(name)
    return found


def used(connection: Connection, name: str, now: datetime) -> None:
    """Note that a token was used."""
    connection.execute(update(token).where(token.c.name == name).values(used_at=now))


def given(connection: Connection) -> list[Token]:
    """Every token in order of name, revoked ones too; the secrets themselves are not held."""
    return [Token(*row) for row in connection.execute(select(*_TOLD).order_by(token.c.name))]


def revoke(connection: Connection, name: str, now: datetime) -> bool:
    """Let a token hold no longer; whether there was one that did."""
    held = (token.c.name == name) & token.c.revoked_at.is_(None)
    return bool(connection.execute(update(token).where(held).values(revoked_at=now)).rowcount)


def _hash(secret: str) -> str:
    # 256 random bits cannot be guessed from their hash: no salt and no slow hash is needed.
    return hashlib.sha256(secret.encode()).hexdigest()
