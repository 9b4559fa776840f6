"""The state of what is held differs where anything does, on each engine."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from web_desk import FIRST, write

from store.engine import Store
from store.flags import set_flags
from store.state import State, state


def of(store: Store) -> State:
    """The state now."""
    with store.read() as connection:
        return state(connection)


def test_an_empty_database_has_a_state(store: Store) -> None:
    assert of(store) == of(store)
    assert of(store).changed_at is None


def test_batches_and_judgements_make_another_state_and_reading_does_not(store: Store) -> None:
    marks = [of(store).mark]
    write(store, "airkorea-final", ["111121"])
    marks.append(of(store).mark)
    assert of(store).changed_at == datetime(2024, 1, 1, tzinfo=UTC)
    hours = int(FIRST.timestamp()) // 3600
    for bits in (1, 2):
        with store.write() as connection:
            assert set_flags(connection, [1], hours, np.full((1, 24), bits, np.int64)) == 24
        marks.append(of(store).mark)
    with store.write() as connection:
        assert set_flags(connection, [1], hours, np.full((1, 24), 2, np.int64)) == 0
    assert of(store).mark == marks[-1]
    assert len(set(marks)) == len(marks)
