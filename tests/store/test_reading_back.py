"""What is held between two hours, in order, with flags told apart."""

from __future__ import annotations

import pytest
from by_hand import NOON, Writer, make_series

from config.facts import Facts
from store import held as held_module
from store.asof import held_between
from store.engine import Store
from store.hourly import HourValues
from store.readings import nullable


def test_the_end_is_exclusive_and_the_order_is_hour_then_series(store: Store, facts: Facts) -> None:
    a, b = make_series(store, facts, 2)
    Writer(store).give([(one, NOON + hour, float(hour)) for one in (b, a) for hour in range(40)])
    with store.read() as connection:
        found = held_between(connection, [b, a], NOON + 5, NOON + 30).columns
    assert list(zip(found.hour.tolist(), found.series.tolist(), strict=True)) == [
        (NOON + hour, one) for hour in range(5, 30) for one in (a, b)
    ]


@pytest.mark.parametrize(("first", "end"), [(NOON, NOON), (NOON + 5, NOON), (0, 24)])
def test_a_span_without_rows_is_empty(store: Store, facts: Facts, first: int, end: int) -> None:
    (a,) = make_series(store, facts)
    Writer(store).give([(a, NOON, 1.0)])
    with store.read() as connection:
        assert len(held_between(connection, [a], first, end)) == 0
        assert len(held_between(connection, [], NOON, NOON + 1)) == 0


def test_flagged_readings_are_left_out_only_when_asked(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    Writer(store).give([(a, NOON, 1.0), (a, NOON + 1, 2.0)])
    with store.write() as connection:
        connection.exec_driver_sql(f"UPDATE reading SET flags = 4 WHERE hour = {NOON % 24}")
    with store.read() as connection:
        assert held_between(connection, [a], NOON, NOON + 2).flags.tolist() == [4, 0]
        kept = held_between(connection, [a], NOON, NOON + 2, drop_flagged=True)
    assert kept.columns.hour.tolist() == [NOON + 1]


def test_a_long_span_read_in_parts_is_the_same(
    store: Store, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = make_series(store, facts, 2)
    rows = [(one, NOON + hour, float(hour)) for one in ids for hour in range(200)]
    Writer(store).give(rows)
    with store.read() as connection:
        whole = held_between(connection, ids, NOON, NOON + 200)
        monkeypatch.setattr(held_module, "_ROWS_AT_ONCE", 100)
        parts = held_between(connection, ids, NOON, NOON + 200)
    assert parts.columns.value.tolist() == whole.columns.value.tolist()
    assert parts.columns.places().tolist() == whole.columns.places().tolist()


def test_hours_before_1970_are_hours_too(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    Writer(store).give([(a, -1, 1.0), (a, -25, 2.0), (a, 0, 3.0)])
    with store.read() as connection:
        found = held_between(connection, [a], -100, 100).columns
    assert found.hour.tolist() == [-25, -1, 0]


def test_a_reader_sees_one_state_while_a_writer_commits(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    writer = Writer(store)
    writer.give([(a, NOON, 1.0)])
    with store.read() as connection:
        assert held_between(connection, [a], NOON, NOON + 1).columns.value.tolist() == [1.0]
        writer.give([(a, NOON, 2.0)])
        assert held_between(connection, [a], NOON, NOON + 1).columns.value.tolist() == [1.0]
    with store.read() as connection:
        assert nullable(held_between(connection, [a], NOON, NOON + 1).columns.value) == [2.0]


def test_an_hour_of_all_stations(store: Store, facts: Facts) -> None:
    a, b = make_series(store, facts, 2)
    Writer(store).give([(a, NOON, 1.0), (b, NOON, None), (a, NOON + 1, 5.0)])
    values = HourValues(store).hour_values(["airkorea-live"], NOON)
    assert sorted(values.values(), key=str) == [{"pm25": 1.0}, {"pm25": None}]
