"""Flags beside values: written where they differ, gone with the value they were made for, no revisions."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from by_hand import NOON, Writer, count, held, make_series, revisions
from sqlalchemy import Connection

from config.facts import Facts
from store import blocks
from store.asof import held_between
from store.engine import Store
from store.flags import flags_between, set_flags
from store.grid import load
from store.series import select_series

MARCH = datetime(2020, 3, 1, tzinfo=UTC)
HOURS = 30


@pytest.fixture
def series(store: Store, facts: Facts) -> list[int]:
    return make_series(store, facts, 2)


@pytest.fixture
def writer(store: Store, series: list[int]) -> Writer:
    """Thirty hours of two series from noon on, the fifth missing."""
    writer = Writer(store)
    writer.give([(one, NOON + at, None if at == 5 else 10.0 + at) for one in series for at in range(HOURS)])
    return writer


def bits(store: Store, series: list[int]) -> np.ndarray:
    with store.read() as connection:
        return flags_between(connection, series, NOON, NOON + HOURS)


def flagged(*marks: tuple[int, int, int]) -> np.ndarray:
    flags = np.zeros((2, HOURS), np.int64)
    for row, at, bit in marks:
        flags[row, at] = bit
    return flags


def write(store: Store, series: list[int], flags: np.ndarray) -> int:
    with store.write() as connection:
        return set_flags(connection, series, NOON, flags)


def test_flags_stand_where_they_were_written_and_nowhere_else(
    store: Store, series: list[int], writer: Writer
) -> None:
    wanted = flagged((0, 0, 1), (1, 13, 6), (1, 29, 32))
    assert write(store, series, wanted) == 3
    assert (bits(store, series) == wanted).all()


def test_what_differs_is_written_and_what_is_the_same_is_not(
    store: Store, series: list[int], writer: Writer
) -> None:
    write(store, series, flagged((0, 0, 1), (1, 13, 6)))
    assert write(store, series, flagged((0, 0, 1), (1, 13, 6))) == 0
    again = flagged((1, 13, 4), (0, 2, 8))
    assert write(store, series, again) == 3  # one taken back, one changed, one new
    assert (bits(store, series) == again).all()


def test_a_flag_is_no_revision_and_touches_no_value(store: Store, series: list[int], writer: Writer) -> None:
    before = held(store, series)
    write(store, series, flagged((0, 0, 1), (1, 13, 6)))
    assert held(store, series) == before
    assert (revisions(store), count(store, "batch")) == ([], 1)


def test_a_new_value_begins_without_flags_and_the_revision_keeps_the_old_ones(
    store: Store, series: list[int], writer: Writer
) -> None:
    write(store, series, flagged((0, 0, 1), (0, 1, 2)))
    writer.give([(series[0], NOON, 99.0), (series[0], NOON + 1, 11.0)])
    assert bits(store, series)[0, :2].tolist() == [0, 2]
    with store.read() as connection:
        kept = connection.exec_driver_sql("SELECT flags FROM revision").scalars().all()
    assert kept == [1]


def test_flagged_readings_can_be_left_out_now_and_as_of_a_time(
    store: Store, series: list[int], writer: Writer
) -> None:
    write(store, series, flagged((0, 0, 1), (0, 1, 2)))
    before = writer.at
    writer.give([(series[0], NOON, 99.0)])

    def without(as_of: datetime | None) -> list[float]:
        with store.read() as connection:
            found = held_between(connection, series[:1], NOON, NOON + 3, as_of=as_of, drop_flagged=True)
        return found.columns.value.tolist()

    assert without(None) == [99.0, 12.0]
    # Undone, the first value bears the flag that its revision kept.
    assert without(before) == [12.0]


def packed(connection: Connection, series: list[int], *, drop_flagged: bool) -> list[list[float]]:
    chosen = [one for one in select_series(connection) if one.id in series]
    grid = load(connection, chosen, NOON, NOON + HOURS, drop_flagged=drop_flagged)
    return np.nan_to_num(grid.values, nan=-1).tolist()


def test_packed_months_stay_right_for_they_hold_values_alone(
    store: Store, series: list[int], writer: Writer
) -> None:
    with store.read() as connection:
        rows = packed(connection, series, drop_flagged=False)
    assert blocks.build(store, MARCH)
    write(store, series, flagged((0, 0, 1), (1, 13, 6)))
    with store.read() as connection:
        assert packed(connection, series, drop_flagged=False) == rows
        without = packed(connection, series, drop_flagged=True)
    assert [row.count(-1) for row in without] == [2, 2]  # the missing hour, and the flagged one
    # Built anew they say the same.
    with store.write() as connection:
        connection.exec_driver_sql("DELETE FROM block")
    assert blocks.build(store, MARCH)
    with store.read() as connection:
        assert packed(connection, series, drop_flagged=False) == rows


def test_an_empty_span_has_no_flags(store: Store, series: list[int]) -> None:
    with store.read() as connection:
        assert flags_between(connection, series, NOON, NOON).shape == (2, 0)
        assert flags_between(connection, [], NOON, NOON + 2).shape == (0, 2)
