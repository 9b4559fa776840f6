"""Batches and files, payloads as received, rejected rows."""

from __future__ import annotations

from datetime import timedelta

from by_hand import NOON, START, Row, Writer, columns, count, held, make_series
from sqlalchemy import select

from config.facts import Facts
from store import batches, schema
from store.engine import Store
from store.readings import Counts, put
from store.series import SeriesBook


class Files:
    """Loads files as the import does: what `find_file` knows is not read again."""

    def __init__(self, store: Store, content: dict[str, list[Row]]) -> None:
        self.store, self.content = store, content
        self.at = START

    def load(self, name: str, rejected: int = 0) -> Counts | None:
        """The counts; None where the file was not read."""
        self.at += timedelta(hours=1)
        with self.store.write() as connection:
            if batches.find_file(connection, name, "csv", 1):
                return None
            feed = connection.exec_driver_sql("SELECT min(id) FROM feed").scalar_one()
            batch = batches.begin_batch(
                connection,
                source="import",
                feed_id=feed,
                parser_version=1,
                received_at=self.at,
                format_name="csv",
                path=name,
                sha256=name,
            )
            counts, _ = put(connection, SeriesBook(connection), batch, columns(self.content[name]))
            counts.rows, counts.rejected = counts.rows + rejected, rejected
            batches.end_batch(connection, batch, counts)
            return counts


def test_a_file_is_read_again_only_if_that_could_change_something(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    files = Files(store, {"A": [(a, NOON, 1.0)], "B": [(a, NOON, 2.0)]})
    assert files.load("A") == Counts(rows=1, new=1)
    assert files.load("A") is None
    assert files.load("B") == Counts(rows=1, changed=1)
    assert files.load("B") is None
    assert files.load("A") == Counts(rows=1, changed=1)
    assert held(store, [a]) == {(a, NOON): 1.0}
    assert files.load("A") is None
    assert files.load("B") == Counts(rows=1, changed=1)


def test_a_file_with_rejected_rows_is_read_again(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    files = Files(store, {"A": [(a, NOON, 1.0)]})
    assert files.load("A", rejected=1) == Counts(rows=2, new=1, rejected=1)
    assert files.load("A") == Counts(rows=1, same=1)
    assert files.load("A") is None


def test_another_parser_or_format_reads_again(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    Files(store, {"A": [(a, NOON, 1.0)]}).load("A")
    with store.read() as connection:
        assert batches.find_file(connection, "A", "csv", 1) == Counts(rows=1, new=1)
        assert batches.find_file(connection, "A", "csv", 2) is None
        assert batches.find_file(connection, "A", "xlsx", 1) is None
        assert batches.find_file(connection, "C", "csv", 1) is None


def test_a_batch_tells_what_became_of_it(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    writer = Writer(store)
    writer.give([(a, NOON, 1.0), (a, NOON + 1, None), (a, NOON, 2.0)])
    with store.read() as connection:
        row = connection.execute(select(schema.batch)).one()
    assert (row.rows, row.new, row.rejected, row.missing) == (3, 2, 1, 1)
    assert row.received_at == writer.at
    assert row.world == "real"


def test_worlds_other_than_the_real_one_are_marked(store: Store, facts: Facts) -> None:
    make_series(store, facts)
    for world in ("real", "synthetic", "synthetic", "replay"):
        with store.write() as connection:
            batches.begin_batch(
                connection,
                source="s",
                feed_id=Writer(store).feed(connection),
                parser_version=1,
                received_at=START,
                world=world,
            )
    with store.read() as connection:
        assert batches.worlds(connection) == ["replay", "synthetic"]


def test_a_payload_is_kept_once_and_as_received(store: Store) -> None:
    body = '{"측정소": "중구"}'.encode() * 100
    ids = set()
    for minutes in (0, 1):
        with store.write() as connection:
            ids.add(
                batches.keep_payload(
                    connection,
                    source="airkorea",
                    url="http://localhost/x",
                    content_type="application/json",
                    body=body,
                    received_at=START + timedelta(minutes=minutes),
                )
            )
    assert len(ids) == count(store, "payload") == 1
    with store.read() as connection:
        assert batches.payload_body(connection, ids.pop()) == body
        row = connection.execute(select(schema.payload)).one()
    assert row.size == len(body) > len(row.packed)
    assert row.received_at == START


def test_rejected_rows_are_kept_with_their_reason(store: Store, facts: Facts) -> None:
    make_series(store, facts)
    writer = Writer(store)
    writer.give([])
    rejects = [(f"reason {at}", "x" * 900, 6) for at in range(batches.REJECTS_KEPT + 5)]
    with store.write() as connection:
        batches.keep_rejects(connection, writer.batches[0], rejects)
        batches.keep_rejects(connection, writer.batches[0], [])
    with store.read() as connection:
        rows = connection.execute(select(schema.reject).order_by(schema.reject.c.id)).all()
    assert len(rows) == batches.REJECTS_KEPT
    assert (rows[0].reason, rows[0].readings, rows[0].text) == ("reason 0", 6, "x" * 500)
