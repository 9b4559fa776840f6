"""A packed month says exactly what the rows say; what is written makes it go; it can be built again."""

# ruff: noqa: PT012 - a whole transaction is what raises

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from by_hand import NOON, Writer, count, make_series, series_of
from hypothesis import given, settings
from hypothesis import strategies as st

from config.facts import Facts
from store import blocks, grid
from store.engine import Store

MARCH = datetime(2020, 3, 1, tzinfo=UTC)
JANUARY = 600  # months since January 1970

_numbers = st.one_of(
    st.integers(-50, 900).map(float),
    st.integers(-40_000, 40_000).map(float),
    st.integers(-9_999, 99_999).map(lambda n: n / 1000),
    st.floats(allow_nan=False, width=32),
)


@given(st.lists(st.one_of(st.just("absent"), st.just("missing"), _numbers), max_size=744))
@settings(deadline=None)
def test_pack_and_unpack_are_inverse(cells: list[object]) -> None:
    values = np.array([np.nan if isinstance(cell, str) else cell for cell in cells], np.float64)
    held = np.array([cell != "absent" for cell in cells], bool)
    found, found_held = blocks.unpack(blocks.pack(values, held))
    np.testing.assert_array_equal(found, values.astype(np.float32))
    np.testing.assert_array_equal(found_held, held)


def test_whole_numbers_and_decimals_pack_small() -> None:
    rng = np.random.default_rng(0)
    hours = np.exp(3 + np.cumsum(rng.normal(0, 0.05, 744)) * 0.5).round()
    for values in (hours, hours / 10, hours / 1000):
        assert len(blocks.pack(values, np.ones(744, bool))) < 1.3 * 744


@pytest.mark.parametrize("month", [0, 1, JANUARY, 601, -1])
def test_months_begin_and_end_where_the_calendar_says(month: int) -> None:
    start, end = blocks.month_start(month), blocks.month_start(month + 1)
    assert blocks.month_of(start) == blocks.month_of(end - 1) == month
    assert (end - start) // 24 in (28, 29, 30, 31)


def test_the_grid_is_the_same_with_and_without_blocks(store: Store, facts: Facts) -> None:
    ids = make_series(store, facts, 3)
    a, b, c = ids
    rows = [(a, NOON + hour, float(hour % 90)) for hour in range(0, 1500, 2)]
    rows += [(b, NOON + hour, None if hour % 7 else hour / 10) for hour in range(300, 900)]
    rows += [(c, NOON + hour, -0.4) for hour in (-900, 1700)]
    Writer(store).give(rows)
    plain = _grid(store, ids)
    assert blocks.build(store, MARCH) > 0
    packed = _grid(store, ids)
    np.testing.assert_array_equal(packed.values, plain.values)
    np.testing.assert_array_equal(packed.held, plain.held)
    assert plain.held.sum() == len(rows)
    for row in rows:
        at = ids.index(row[0]), row[1] - plain.first
        assert np.isnan(plain.values[at]) if row[2] is None else plain.values[at] == np.float32(row[2])


def test_blocks_answer_in_place_of_rows(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    Writer(store).give([(a, NOON + hour, 5.0) for hour in range(48)])
    blocks.build(store, MARCH)
    with store.write() as connection:
        connection.exec_driver_sql("DELETE FROM reading")
    assert _grid(store, [a]).held.sum() == 48


def test_only_closed_months_are_packed_and_only_once(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    Writer(store).give([(a, NOON + hour, 5.0) for hour in range(0, 24 * 40, 24)])  # January and February
    assert blocks.build(store, datetime(2020, 2, 15, tzinfo=UTC)) == 1
    assert blocks.build(store, MARCH) == 1
    assert blocks.build(store, MARCH) == 0


def test_a_month_without_rows_is_packed_too_and_never_looked_at_again(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    Writer(store).give([(a, NOON - 24 * 40, 5.0), (a, NOON + 24 * 40, 5.0)])  # November and February
    assert blocks.build(store, MARCH) == 4
    assert blocks.build(store, MARCH) == 0


def test_days_are_never_packed(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts, period="P1D")
    Writer(store).give([(a, NOON, 5.0)])
    assert blocks.build(store, MARCH) == 0


@pytest.mark.parametrize(
    ("row_hour", "value", "left"),
    [(0, 6.0, 3), (1, 5.0, 3), (0, None, 3), (0, 5.0, 4), (24 * 31, 6.0, 3), (24 * 90, 5.0, 4)],
    ids=["changed", "new", "now missing", "same", "changed in February", "new in an open month"],
)
def test_a_write_deletes_what_it_makes_stale(
    store: Store, facts: Facts, row_hour: int, value: float | None, left: int
) -> None:
    a, b = make_series(store, facts, 2)
    writer = Writer(store)
    writer.give([(one, NOON + hour, 5.0) for one in (a, b) for hour in (0, 24 * 31)])
    assert blocks.build(store, MARCH) == 4
    writer.give([(a, NOON + row_hour, value)])
    assert count(store, "block") == left
    assert _grid(store, [a]).values[0, row_hour + 1000] == pytest.approx(
        np.nan if value is None else value, nan_ok=True
    )
    assert blocks.build(store, MARCH) == 4 - left


def test_a_write_that_fails_leaves_the_blocks(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    writer = Writer(store)
    writer.give([(a, NOON, 5.0)])
    blocks.build(store, MARCH)
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        writer.give_on(connection, [(a, NOON, 6.0)])
        raise ZeroDivisionError
    assert count(store, "block") == 1


def test_two_builders_at_once_do_not_collide(
    store: Store, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    (a,) = make_series(store, facts)
    Writer(store).give([(a, NOON, 5.0)])
    look = blocks._unpacked

    def look_and_be_overtaken(connection, last):
        todo = look(connection, last)
        monkeypatch.setattr(blocks, "_unpacked", look)
        assert blocks.build(store, MARCH) == 1
        return todo

    monkeypatch.setattr(blocks, "_unpacked", look_and_be_overtaken)
    assert blocks.build(store, MARCH) == 0


def test_as_of_is_read_from_rows(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    writer = Writer(store)
    writer.give([(a, NOON, 5.0)])
    then = writer.at
    writer.give([(a, NOON, 6.0)])
    blocks.build(store, MARCH)
    assert _grid(store, [a]).values[0, 1000] == 6.0
    assert _grid(store, [a], as_of=then).values[0, 1000] == 5.0


def test_the_labelled_array_names_stations_and_times(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    Writer(store).give([(a, NOON, 5.0)])
    array = _grid(store, [a]).to_xarray()
    assert array.dims == ("station", "time")
    assert array.dtype == np.float32
    assert float(array.sel(time="2020-01-01T12:00").item()) == 5.0
    assert array.attrs["units"] == "ug/m3"


def test_a_grid_of_nothing_is_empty(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    with store.read() as connection:
        assert grid.load(connection, [], 0, 10).values.shape == (0, 10)
        empty = grid.load(connection, list(series_of(store, [a]).values()), NOON, NOON)
    assert empty.values.shape == (1, 0)


def _grid(store: Store, ids: list[int], as_of: datetime | None = None) -> grid.Grid:
    known = series_of(store, ids)
    with store.read() as connection:
        return grid.load(connection, [known[one] for one in ids], NOON - 1000, NOON + 2500, as_of=as_of)
