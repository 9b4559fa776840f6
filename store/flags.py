"""Quality flags of readings: read, and written where they differ.

A flag is our judgement of a value, not part of what the source said: it leaves no revision, brings no batch
and stands as it was last judged. A new value of its hour begins without flags, the revision keeps those of
the value that was replaced. Packed months hold values alone, so a change of flags leaves them right.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from store.bulk import array_text
from store.state import judged

Ints = npt.NDArray[np.int64]

_SQLITE = (
    "SELECT r.series_id, r.day * 24 + r.hour, r.flags "
    "FROM json_each(?) AS d CROSS JOIN json_each(?) AS s CROSS JOIN reading AS r "
    "ON r.day = d.value AND r.series_id = s.value WHERE r.flags <> 0"
)
_POSTGRESQL = (
    "SELECT r.series_id, r.day * 24 + r.hour, r.flags FROM reading AS r "
    "WHERE r.day = ANY(%s::int[]) AND r.series_id = ANY(%s::int[]) AND r.flags <> 0"
)


def flags_between(connection: Connection, series: Sequence[int], first: int, end: int) -> Ints:
    """The flags (n_series, n_hours) of the hours from `first` to before `end`; 0 where no reading is held."""
    flags = np.zeros((len(series), max(0, end - first)), np.int64)
    if not flags.size:
        return flags
    days = list(range(first // 24, (end - 1) // 24 + 1))
    if connection.dialect.name == "sqlite":
        given: tuple[str, str] = (json.dumps(days), json.dumps(list(series)))
        rows = connection.exec_driver_sql(_SQLITE, given).all()
    else:
        rows = connection.exec_driver_sql(_POSTGRESQL, (array_text(days), array_text(series))).all()
    at = {one: row for row, one in enumerate(series)}
    for one, hour, bits in rows:
        if first <= hour < end:
            flags[at[one], hour - first] = bits
    return flags


def set_flags(connection: Connection, series: Sequence[int], first: int, flags: Ints) -> int:
    """Let the readings of these series from hour `first` on bear these flags; returns how many changed.

    Parameters
    ----------
    connection : Connection
        Of `Store.write`.
    flags : (n_series, n_hours) int
        Not 0 only where a reading is held.
    """
    before = flags_between(connection, series, first, first + flags.shape[1])
    rows, columns = np.nonzero(flags != before)
    if not len(rows):
        return 0
    ids = np.asarray(series, np.int64)[rows].tolist()
    day, hour = (part.tolist() for part in np.divmod(columns + first, 24))
    bits = flags[rows, columns].tolist()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(
            "UPDATE reading SET flags = ? WHERE day = ? AND series_id = ? AND hour = ?",
            list(zip(bits, day, ids, hour, strict=True)),
        )
    else:
        connection.exec_driver_sql(
            "UPDATE reading AS r SET flags = n.flags "
            "FROM unnest(%s::int[], %s::int[], %s::int[], %s::smallint[]) AS n (flags, day, series_id, hour) "
            "WHERE r.day = n.day AND r.series_id = n.series_id AND r.hour = n.hour",
            (array_text(bits), array_text(day), array_text(ids), array_text(hour)),
        )
    judged(connection)
    return len(rows)
