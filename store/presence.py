"""What stands at each hour: a value, a missing value with its status, or nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from store.asof import held_between
from store.bulk import array_text
from store.grid import load
from store.series import Series

VALUE, ABSENT = 0, 255

_SQLITE = (
    "SELECT r.series_id, r.day * 24 + r.hour, r.status "
    "FROM json_each(?) AS d CROSS JOIN json_each(?) AS s CROSS JOIN reading AS r "
    "ON r.day = d.value AND r.series_id = s.value WHERE r.status <> 0"
)
_POSTGRESQL = (
    "SELECT r.series_id, r.day * 24 + r.hour, r.status FROM reading AS r "
    "WHERE r.day = ANY(%s::int[]) AND r.series_id = ANY(%s::int[]) AND r.status <> 0"
)


def presence(
    connection: Connection, series: Sequence[Series], first: int, end: int, as_of: datetime | None = None
) -> npt.NDArray[np.uint8]:
    """Codes (n_series, n_hours) of the hours from `first` to before `end`.

    `VALUE` where a value is held, the status of `catalogue/statuses.csv` where one is held as missing,
    `ABSENT` where no row is. With `as_of` as it was known then.
    """
    codes = np.full((len(series), max(0, end - first)), ABSENT, np.uint8)
    if not codes.size:
        return codes
    at = {one.id: row for row, one in enumerate(series)}
    if as_of is not None:
        rows = held_between(connection, list(at), first, end, as_of=as_of).columns
        codes[[at[one] for one in rows.series.tolist()], rows.hour - first] = rows.status
        return codes
    grid = load(connection, list(series), first, end)
    missing = grid.held & np.isnan(grid.values)
    codes[grid.held & ~missing] = VALUE
    some = np.flatnonzero(missing.any(axis=1)).tolist()
    days = np.unique((np.flatnonzero(missing.any(axis=0)) + first) // 24).tolist()
    for one, hour, status in _statuses(connection, [series[row].id for row in some], days):
        if first <= hour < end:
            codes[at[one], hour - first] = status
    return codes


def _statuses(connection: Connection, series: Sequence[int], days: Sequence[int]) -> Sequence[Sequence[int]]:
    """(series, hour, status) of every missing value of these series on these UTC days."""
    if not series or not days:
        return []
    if connection.dialect.name == "sqlite":
        given: tuple[str, str] = (json.dumps(list(days)), json.dumps(list(series)))
        return connection.exec_driver_sql(_SQLITE, given).all()
    return connection.exec_driver_sql(_POSTGRESQL, (array_text(days), array_text(series))).all()
