"""Rows out of SQL as columns, without a loop over rows where the driver allows it."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from sqlalchemy import Connection

from store.bulk import array_text, fetch_columns
from store.columns import Columns, Held, nothing_held

# CROSS JOIN keeps the order of the loops: one seek for each day and series, never a scan.
_SQLITE = (
    "SELECT r.series_id, r.day * 24 + r.hour, r.value, r.status, r.flags, r.batch_id "
    "FROM json_each(?) AS d CROSS JOIN json_each(?) AS s CROSS JOIN reading AS r "
    "ON r.day = d.value AND r.series_id = s.value AND r.hour BETWEEN ? AND ?"
)
# One array a column: the driver hands over six values instead of a million rows.
_POSTGRESQL = (
    "SELECT array_agg(r.series_id), array_agg(r.day * 24 + r.hour), array_agg(coalesce(r.value, 'NaN')), "
    "array_agg(r.status), array_agg(r.flags), array_agg(r.batch_id) FROM reading AS r "
    "WHERE r.series_id = ANY(%s::int[]) AND r.day = ANY(%s::int[]) AND r.hour BETWEEN %s AND %s"
)
# Days asked at once are so many that some million rows at most stand in memory as Python objects.
_ROWS_AT_ONCE = 1_000_000


def select_held(
    connection: Connection, series: Sequence[int], days: Sequence[int], hours: tuple[int, int] = (0, 23)
) -> Held:
    """Rows of these series on these UTC days and hours of the day (inclusive), in order of `places`."""
    if not series or not days:
        return nothing_held()
    ids, asked = sorted(series), sorted(days)
    step = max(1, _ROWS_AT_ONCE // (len(ids) * (hours[1] - hours[0] + 1)))
    parts = [_select(connection, ids, asked[at : at + step], hours) for at in range(0, len(asked), step)]
    held = [part for part in parts if len(part)] or [nothing_held()]
    if len(held) == 1:
        return held[0]
    return _held([np.concatenate([_plain(part)[at] for part in held]) for at in range(6)])


def _select(connection: Connection, series: list[int], days: list[int], hours: tuple[int, int]) -> Held:
    if connection.dialect.name == "postgresql":
        found = fetch_columns(connection, _POSTGRESQL, (array_text(series), array_text(days), *hours))
        return _in_order(_held(found)) if found else nothing_held()
    cursor = connection.connection.cursor()
    try:
        cursor.execute(_SQLITE, (json.dumps(days), json.dumps(series), *hours))
        rows = cursor.fetchall()
    finally:
        cursor.close()
    if not rows:
        return nothing_held()
    # None becomes NaN; whole numbers stay exact, for none comes near 2**53.
    return _in_order(_held(list(np.array(rows, np.float64).T)))


def _held(columns: Sequence[np.typing.NDArray[np.generic]]) -> Held:
    series, hour, value, status, flags, batch = columns
    return Held(
        Columns(
            series.astype(np.int64), hour.astype(np.int64), value.astype(np.float64), status.astype(np.uint8)
        ),
        flags.astype(np.int64),
        batch.astype(np.int64),
    )


def _plain(held: Held) -> tuple[np.typing.NDArray[np.generic], ...]:
    c = held.columns
    return c.series, c.hour, c.value, c.status, held.flags, held.batch


def _in_order(held: Held) -> Held:
    places = held.columns.places()
    if (places[1:] > places[:-1]).all():
        return held
    return held.take(np.argsort(places))
