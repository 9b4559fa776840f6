"""How long, and up to which size, answers are kept as received."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from store import schema, size
from store.batches import begin_batch, keep_payload
from store.engine import Store
from store.retention import drop_payloads

NOW = datetime(2020, 2, 14, tzinfo=UTC)
EVER = NOW - timedelta(days=1000)


@pytest.fixture
def filled(store: Store) -> Store:
    """Ten answers of a kilobyte each, a day apart, the oldest first, each with its batch."""
    with store.write() as connection:
        for days in reversed(range(10)):
            at = NOW - timedelta(days=days)
            body = os.urandom(1000)  # does not pack
            one = keep_payload(connection, source="s", url="u", content_type="", body=body, received_at=at)
            begin_batch(
                connection, source="s", feed_id=None, parser_version=1, received_at=at, payload_id=one
            )
    return store


def days_held(store: Store) -> list[int]:
    with store.read() as connection:
        held = connection.execute(select(schema.payload.c.received_at)).scalars().all()
    return sorted((NOW - at).days for at in held)


def test_what_is_older_than_the_setting_goes(filled: Store) -> None:
    with filled.write() as connection:
        assert drop_payloads(connection, NOW - timedelta(days=5)) == 4
    assert days_held(filled) == [0, 1, 2, 3, 4, 5]


def test_beyond_a_size_the_oldest_go_first(filled: Store) -> None:
    with filled.write() as connection:
        assert drop_payloads(connection, EVER, 3500) == 7
        assert size.archive_bytes(connection) <= 3500
        assert drop_payloads(connection, EVER, 3500) == 0
    assert days_held(filled) == [0, 1, 2]


def test_batches_outlive_their_bytes(filled: Store) -> None:
    with filled.write() as connection:
        drop_payloads(connection, EVER, 1)
        left = connection.execute(select(schema.batch.c.payload_id)).scalars().all()
    assert left == [None] * 10
