"""A value published otherwise leaves exactly one revision; a re-poll that changes nothing writes nothing."""

from __future__ import annotations

from pathlib import Path

from by_hand import MISSING, NOON, Writer, columns, count, held, make_series, revisions

from config.facts import Facts
from store.engine import Store
from store.readings import put
from store.series import SeriesBook


def test_one_revision_for_each_change(store: Store, facts: Facts) -> None:
    a, b = make_series(store, facts, 2)
    writer = Writer(store)
    writer.give([(a, NOON, 10.0), (b, NOON, 20.0)])
    writer.give([(a, NOON, 11.0), (b, NOON, 20.0)])
    writer.give([(a, NOON, 12.0), (b, NOON, 20.0)])
    first, second, third = writer.batches
    assert revisions(store) == [
        (a, NOON, 10.0, 0, first, second),
        (a, NOON, 11.0, 0, second, third),
    ]
    assert held(store, [a, b]) == {(a, NOON): 12.0, (b, NOON): 20.0}


def test_value_to_missing_to_value(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    writer = Writer(store)
    for value in (10.0, None, 10.0):
        writer.give([(a, NOON, value)])
    first, second, third = writer.batches
    assert revisions(store) == [
        (a, NOON, 10.0, 0, first, second),
        (a, NOON, None, MISSING, second, third),
    ]
    assert held(store, [a]) == {(a, NOON): 10.0}


def test_another_reason_for_missing_is_a_revision(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    Writer(store).give([(a, NOON, None)])
    other = columns([(a, NOON, None)])
    other.status[:] = 2
    with store.write() as connection:
        counts, _ = put(connection, SeriesBook(connection), 99, other)
    assert counts.changed == 1
    assert [row[3] for row in revisions(store)] == [MISSING]


def test_many_changes_at_once(store: Store, facts: Facts) -> None:
    ids = make_series(store, facts, 4)
    writer = Writer(store)
    rows = [(one, NOON + hour, float(hour)) for one in ids for hour in range(100)]
    writer.give(rows)
    counts = writer.give([(one, hour, value if hour % 3 else None) for one, hour, value in rows])
    changed = [row for row in rows if row[1] % 3 == 0]
    assert counts.changed == len(changed)
    assert {(r[0], r[1], r[2]) for r in revisions(store)} == set(changed)


def test_a_repoll_writes_nothing(store: Store, facts: Facts) -> None:
    ids = make_series(store, facts, 3)
    rows = [(one, NOON + hour, float(hour) if hour % 5 else None) for one in ids for hour in range(48)]
    writer = Writer(store)
    writer.give(rows)
    written: list[str] = []
    with store.write() as connection:
        before = _changes(connection, store)
        counts, _ = put(connection, SeriesBook(connection), writer.batches[-1] + 1, columns(rows))
        assert _changes(connection, store) == before, written
    assert (counts.same, counts.new, counts.changed) == (len(rows), 0, 0)
    assert count(store, "revision") == 0


def test_a_repoll_leaves_the_file_as_it_was(sqlite_store: Store, facts: Facts) -> None:
    ids = make_series(sqlite_store, facts, 3)
    rows = [(one, NOON + hour, float(hour)) for one in ids for hour in range(48)]
    Writer(sqlite_store).give(rows)
    log = Path(f"{sqlite_store.url.database}-wal")
    before = log.read_bytes()
    with sqlite_store.write() as connection:
        put(connection, SeriesBook(connection), 99, columns(rows))
    assert log.read_bytes() == before


def _changes(connection, store: Store) -> int:
    """Rows that this connection (PostgreSQL: this transaction) has written so far."""
    if store.dialect == "sqlite":
        return connection.exec_driver_sql("SELECT total_changes()").scalar_one()
    query = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
    return int(connection.exec_driver_sql(query).scalar_one())
