"""Index values stand in a table of their own: new, changed and same are counted, and no series takes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from config.facts import Facts
from store.batches import begin_batch
from store.engine import Store, StoreError
from store.readings import Counts
from store.series import SeriesBook
from store.station_indices import (
    StationIndex,
    hours_held,
    indices_between,
    put_indices,
    spans_held,
)

AT = datetime(2024, 1, 29, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROW = StationIndex("waqi", "1451", "Beijing (北京)", 39.95, 116.47, "us-aqi", "all", AT, 78.0)
PART = replace(ROW, pollutant="pm25")


def put(store: Store, *rows: StationIndex) -> tuple[int, int, int, int]:
    with store.write() as connection:
        batch = begin_batch(connection, source="waqi", feed_id=None, parser_version=1, received_at=AT)
        counts = put_indices(connection, rows, batch)
    return counts.rows, counts.new, counts.changed, counts.same


def held(store: Store, since: datetime = AT, until: datetime = AT + 24 * HOUR) -> list[StationIndex]:
    with store.read() as connection:
        return list(indices_between(connection, "waqi", "us-aqi", since, until))


def test_new_same_and_changed_are_counted_and_the_newest_value_stands(store: Store) -> None:
    later = replace(ROW, at=AT + HOUR, value=None)
    assert put(store, ROW, PART, later) == (3, 3, 0, 0)
    assert put(store, ROW, PART, later) == (3, 0, 0, 3)
    assert put(store, replace(ROW, value=80.0), PART, replace(later, value=12.5)) == (3, 0, 2, 1)
    assert [(one.pollutant, one.at, one.value) for one in held(store)] == [
        ("all", AT, 80.0), ("pm25", AT, 78.0), ("all", AT + HOUR, 12.5),
    ]  # fmt: skip
    assert put(store, replace(ROW, value=None)) == (1, 0, 1, 0)
    assert held(store)[0].value is None


def test_a_name_written_otherwise_changes_nothing(store: Store) -> None:
    put(store, ROW)
    assert put(store, replace(ROW, title="Beijing, China", lat=None)) == (1, 0, 0, 1)
    assert held(store) == [ROW]


def test_of_two_rows_for_one_time_the_later_stands_and_both_are_counted(store: Store) -> None:
    assert put(store, ROW, replace(ROW, value=90.0), replace(ROW, value=90.0)) == (3, 1, 1, 1)
    assert [one.value for one in held(store)] == [90.0]


def test_one_moment_is_one_whatever_its_offset(store: Store) -> None:
    put(store, ROW)
    local = replace(ROW, at=datetime.fromisoformat("2024-01-29T10:00+08:00"))
    assert put(store, local) == (1, 0, 0, 1)


def test_more_rows_than_one_statement_takes_find_what_is_held(store: Store) -> None:
    rows = [replace(ROW, station=str(number)) for number in range(1201)]
    assert put(store, *rows) == (1201, 1201, 0, 0)
    assert put(store, *rows[::-1]) == (1201, 0, 0, 1201)


def test_what_is_held_is_told_by_scheme_and_by_hour(store: Store) -> None:
    put(store, ROW, PART, replace(ROW, at=AT + 5 * HOUR), replace(ROW, at=AT + 7 * HOUR, value=None))
    put(store, replace(ROW, network="other"))
    with store.read() as connection:
        assert spans_held(connection, "waqi") == [("us-aqi", AT, AT + 7 * HOUR, 4)]
        assert spans_held(connection, "nobody") == []
        assert hours_held(connection, "waqi", AT, AT + 24 * HOUR) == 2
        assert hours_held(connection, "waqi", AT + HOUR, AT + 5 * HOUR) == 0
    assert held(store, AT + HOUR, AT + 7 * HOUR) == [replace(ROW, at=AT + 5 * HOUR)]


def test_nothing_given_is_nothing_written(store: Store) -> None:
    with store.write() as connection:
        assert put_indices(connection, [], 1) == Counts()


def test_no_series_takes_an_index_value(store: Store, facts: Facts) -> None:
    shown = [feed for feed in facts.feeds.values() if feed.status == "index"]
    assert [feed.network for feed in shown] == ["waqi"]
    with store.write() as connection:
        book = SeriesBook(connection)
        with pytest.raises(StoreError, match="waqi-index shows index values, which are no concentrations"):
            book.ensure_feed(shown[0], facts.networks["waqi"])
        assert book.ensure_feed(facts.feeds["airkorea-live"], facts.networks["airkorea"]) > 0
