"""Every reading of a batch is new, changed, same or rejected; missing ones are counted among them."""

from __future__ import annotations

import numpy as np
import pytest
from by_hand import MISSING, NAN, NOON, Writer, columns, held, make_series, revisions, series_of
from sqlalchemy.exc import IntegrityError

from config.facts import Facts
from store.engine import Store
from store.readings import Columns, Counts, put
from store.series import SeriesBook


def test_first_batch_is_new(store: Store, facts: Facts) -> None:
    a, b = make_series(store, facts, 2)
    counts = Writer(store).give([(a, NOON, 10.0), (b, NOON, None), (a, NOON + 1, 0.0), (b, NOON + 1, -0.4)])
    assert counts == Counts(rows=4, new=4, missing=1)
    assert held(store, [a, b]) == {
        (a, NOON): 10.0,
        (b, NOON): None,
        (a, NOON + 1): 0.0,
        (b, NOON + 1): -0.4,
    }


def test_second_batch_tells_new_changed_and_same(store: Store, facts: Facts) -> None:
    a, b = make_series(store, facts, 2)
    writer = Writer(store)
    writer.give([(a, NOON, 10.0), (a, NOON + 1, 11.0), (b, NOON, None)])
    counts = writer.give([(a, NOON, 10.0), (a, NOON + 1, 12.5), (b, NOON, None), (b, NOON + 1, 3.0)])
    assert counts == Counts(rows=4, new=1, changed=1, same=2, missing=1)


def test_a_batch_without_rows_is_counted_as_nothing(store: Store, facts: Facts) -> None:
    make_series(store, facts)
    assert Writer(store).give([]) == Counts()


def test_equal_repeats_are_same_and_conflicting_ones_rejected(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    rows = [(a, NOON, 10.0), (a, NOON, 10.0), (a, NOON, 11.0), (a, NOON, None), (a, NOON, 10.0)]
    counts = Writer(store).give(rows)
    assert counts == Counts(rows=5, new=1, same=2, rejected=2, missing=1)
    assert held(store, [a]) == {(a, NOON): 10.0}


def test_the_first_stands_across_calls_of_one_batch(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    counts = Writer(store).give([(a, NOON, 10.0)], [(a, NOON, 11.0), (a, NOON + 1, 5.0)], [(a, NOON, 10.0)])
    assert counts == Counts(rows=4, new=2, same=1, rejected=1)
    assert held(store, [a]) == {(a, NOON): 10.0, (a, NOON + 1): 5.0}


def test_a_changed_value_is_not_changed_again_by_its_own_batch(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    writer = Writer(store)
    writer.give([(a, NOON, 10.0)])
    counts = writer.give([(a, NOON, 20.0)], [(a, NOON, 10.0)])
    assert counts == Counts(rows=2, changed=1, rejected=1)
    assert held(store, [a]) == {(a, NOON): 20.0}
    assert len(revisions(store)) == 1


def test_refused_rows_are_handed_back(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    with store.write() as connection:
        rows = columns([(a, NOON, 10.0), (a, NOON, 11.0)])
        _, refused = put(connection, SeriesBook(connection), 1, rows)
    assert refused.hour.tolist() == [NOON]
    assert refused.value.tolist() == [11.0]


def test_many_rows_in_any_order_arrive_exactly(store: Store, facts: Facts) -> None:
    ids = make_series(store, facts, 3)
    rng = np.random.default_rng(7)
    rows = [
        (one, NOON + hour, float(value) if value > 0.1 else None)
        for one in ids
        for hour, value in zip(range(-130, 130), rng.random(260), strict=True)
    ]
    shuffled = [rows[at] for at in rng.permutation(len(rows))]
    counts = Writer(store).give(shuffled)
    assert counts.new == counts.rows == len(rows)
    assert held(store, ids) == {(one, hour): value for one, hour, value in rows}
    assert {one.readings for one in series_of(store, ids).values()} == {260}


@pytest.mark.parametrize(("value", "status"), [(NAN, 0), (5.0, MISSING)])
def test_a_missing_value_needs_its_reason_and_a_value_has_none(
    store: Store, facts: Facts, value: float, status: int
) -> None:
    (a,) = make_series(store, facts)
    bad = Columns(np.array([a]), np.array([NOON]), np.array([value]), np.array([status], np.uint8))
    with pytest.raises(Exception, match="missing_has_a_reason") as told, store.write() as connection:
        put(connection, SeriesBook(connection), 1, bad)
    assert isinstance(told.value, IntegrityError) or "CheckViolation" in type(told.value).__name__
    assert held(store, [a]) == {}
