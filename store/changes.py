"""What a batch writes: new rows, replaced rows with their revisions, what its series hold, stale blocks."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from sqlalchemy import Connection

from store.bulk import array_text, copy_readings
from store.columns import Columns, Held, Ints, nullable

# Rows in one INSERT: stepping a statement costs SQLite more than a row does (50 rows: 1.5 x faster).
_ROWS_A_STATEMENT = 50
_HOURS_OF_A_SERIES = (
    "UPDATE series SET first_hour = {least}(coalesce(first_hour, {p}), {p}), "
    "last_hour = {most}(coalesce(last_hour, {q}), {q}), readings = readings + {n} WHERE "
)


def insert_new(connection: Connection, new: Columns, batch_id: int) -> None:
    """Write readings that are known to be new, in order of `places`."""
    if not len(new):
        return
    if connection.dialect.name == "postgresql":
        copy_readings(connection, new, batch_id)
        return
    day, hour = np.divmod(new.hour, 24)
    cells = np.empty((len(new), 5), object)
    cells[:, 0], cells[:, 1], cells[:, 2] = day, new.series, hour
    cells[:, 3], cells[:, 4] = new.value, new.status
    cells[np.isnan(new.value), 3] = None
    flat, width = cells.ravel().tolist(), 5 * _ROWS_A_STATEMENT
    whole = len(flat) - len(flat) % width
    if whole:
        statement = _insert_statement(_ROWS_A_STATEMENT, batch_id)
        chunks = [tuple(flat[at : at + width]) for at in range(0, whole, width)]
        connection.exec_driver_sql(statement, chunks)
    if whole < len(flat):
        connection.exec_driver_sql(_insert_statement((len(flat) - whole) // 5, batch_id), tuple(flat[whole:]))


def _insert_statement(rows: int, batch_id: int) -> str:
    row = f"(?, ?, ?, ?, ?, 0, {batch_id:d})"
    return (
        "INSERT INTO reading (day, series_id, hour, value, status, flags, batch_id) "  # noqa: S608
        f"VALUES {', '.join([row] * rows)}"
    )


def replace(connection: Connection, changed: Columns, held: Held, batch_id: int) -> None:
    """Keep what stood (`held`, row by row of `changed`) as a revision, then write the new value."""
    if not len(changed):
        return
    day, hour = (part.tolist() for part in np.divmod(changed.hour, 24))
    series, status, value = changed.series.tolist(), changed.status.tolist(), nullable(changed.value)
    if connection.dialect.name == "postgresql":
        _replace_postgresql(connection, (series, day, hour, value, status), batch_id)
        return
    keys = list(zip(series, day, hour, strict=True))
    old = zip(
        keys,
        nullable(held.columns.value),
        held.columns.status.tolist(),
        held.flags.tolist(),
        held.batch.tolist(),
        strict=True,
    )
    connection.exec_driver_sql(
        "INSERT INTO revision (series_id, day, hour, batch_id, value, status, flags, replaced_batch_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(*key, batch_id, *rest) for key, *rest in old],
    )
    connection.exec_driver_sql(
        "UPDATE reading SET value = ?, status = ?, flags = 0, batch_id = ? "
        "WHERE series_id = ? AND day = ? AND hour = ?",
        [(new, code, batch_id, *key) for key, new, code in zip(keys, value, status, strict=True)],
    )


def _replace_postgresql(connection: Connection, columns: Sequence[Sequence[object]], batch_id: int) -> None:
    given = tuple(map(array_text, columns))
    rows = (
        "unnest(%s::int[], %s::int[], %s::smallint[], %s::float8[], %s::smallint[]) "
        "AS n (series_id, day, hour, value, status)"
    )
    match = "r.series_id = n.series_id AND r.day = n.day AND r.hour = n.hour"
    connection.exec_driver_sql(
        "INSERT INTO revision (series_id, day, hour, batch_id, value, status, flags, replaced_batch_id) "  # noqa: S608
        "SELECT r.series_id, r.day, r.hour, %s, r.value, r.status, r.flags, r.batch_id "
        f"FROM {rows} JOIN reading AS r ON {match}",
        (batch_id, *given),
    )
    connection.exec_driver_sql(
        "UPDATE reading AS r SET value = n.value, status = n.status, flags = 0, batch_id = %s "  # noqa: S608
        f"FROM {rows} WHERE {match}",
        (batch_id, *given),
    )


def bring_up_to_date(connection: Connection, new: Columns) -> None:
    """First, last and count of the series that grew: one statement for all that grew alike."""
    if not len(new):
        return
    order = np.argsort(new.series, kind="stable")
    hours = new.hour[order]
    ids, begins, sizes = np.unique(new.series[order], return_index=True, return_counts=True)
    growth = np.column_stack([np.minimum.reduceat(hours, begins), np.maximum.reduceat(hours, begins), sizes])
    if (growth == growth[0]).all():
        alike, group = growth[:1], np.zeros(len(ids), np.intp)
    else:
        alike, group = np.unique(growth, axis=0, return_inverse=True)
    for at, grown in enumerate(alike.tolist()):
        _grow(connection, ids[group.ravel() == at], grown)


def _grow(connection: Connection, ids: Ints, grown: list[int]) -> None:
    first, last, size = grown
    # Ids mostly follow one another: a range needs no list of them.
    dense = int(ids[-1] - ids[0]) == len(ids) - 1
    if connection.dialect.name == "sqlite":
        update = _HOURS_OF_A_SERIES.format(least="min", most="max", p="?1", q="?2", n="?3")
        where = "id BETWEEN ?4 AND ?5" if dense else "id IN (SELECT value FROM json_each(?4))"
        members = (int(ids[0]), int(ids[-1])) if dense else (json.dumps(ids.tolist()),)
        connection.exec_driver_sql(update + where, (first, last, size, *members))
        return
    update = _HOURS_OF_A_SERIES.format(least="least", most="greatest", p="%s", q="%s", n="%s")
    where = "id BETWEEN %s AND %s" if dense else "id = ANY(%s::int[])"
    chosen = (int(ids[0]), int(ids[-1])) if dense else (array_text(ids.tolist()),)
    connection.exec_driver_sql(update + where, (first, first, last, last, size, *chosen))


def drop_stale_blocks(connection: Connection, touched: Columns) -> None:
    """A packed month that no longer says what the rows say goes; the daemon packs it again."""
    if not len(touched):
        return
    newest = connection.exec_driver_sql("SELECT max(month) FROM block").scalar()
    months = touched.hour.astype("datetime64[h]").astype("datetime64[M]").astype(np.int64)
    if newest is None or newest < months.min():
        return
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    pairs = np.unique(np.stack([touched.series, months], axis=1), axis=0)
    connection.exec_driver_sql(
        f"DELETE FROM block WHERE series_id = {mark} AND month = {mark}",  # noqa: S608
        [tuple(pair) for pair in pairs.tolist()],
    )
