"""PostgreSQL's fast paths: columns in as one binary COPY and out as binary arrays, never row by row."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from store.columns import Columns

# https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format": signature, flags, extension length.
_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"

_KEY = [
    ("fields", ">i2"),
    ("l1", ">i4"),
    ("day", ">i4"),
    ("l2", ">i4"),
    ("series", ">i4"),
    ("l3", ">i4"),
    ("hour", ">i2"),
]
_REST = [("l5", ">i4"), ("status", ">i2"), ("l6", ">i4"), ("flags", ">i4"), ("l7", ">i4"), ("batch", ">i8")]
_HELD = np.dtype([*_KEY, ("l4", ">i4"), ("value", ">f8"), *_REST])
_MISSING = np.dtype([*_KEY, ("l4", ">i4"), *_REST])
_LENGTHS = {"l1": 4, "l2": 4, "l3": 2, "l4": 8, "l5": 2, "l6": 4, "l7": 8}

# The wire form of an array (array_send in the server's arrayfuncs.c): dimensions, whether NULLs occur, the
# elements' type; then for the one dimension its length and lower bound; then length and bytes of each.
_ARRAY = struct.Struct(">iiIii")
_ELEMENTS = {21: ">i2", 23: ">i4", 20: ">i8", 701: ">f8"}


def copy_readings(connection: Connection, rows: Columns, batch_id: int) -> None:
    """Append readings that are known to be new, in key order; NaN is NULL."""
    missing = np.isnan(rows.value)
    body = b"".join(
        _packed(dtype, rows.take(chosen), batch_id)
        for dtype, chosen in ((_HELD, ~missing), (_MISSING, missing))
    )
    driver: Any = connection.connection.driver_connection
    with (
        driver.cursor() as cursor,
        cursor.copy(
            "COPY reading (day, series_id, hour, value, status, flags, batch_id) FROM STDIN (FORMAT binary)"
        ) as copy,
    ):
        copy.write(_HEADER + body + _TRAILER)


def _packed(dtype: np.dtype[Any], columns: Columns, batch_id: int) -> bytes:
    rows = np.zeros(len(columns), dtype)
    for name, length in _LENGTHS.items():
        rows[name] = length
    rows["fields"], rows["series"] = 7, columns.series
    rows["day"], rows["hour"] = np.divmod(columns.hour, 24)
    if "value" in (dtype.names or ()):
        rows["value"] = columns.value
    else:
        rows["l4"] = -1  # a NULL has this length and no bytes
    rows["status"], rows["batch"] = columns.status, batch_id
    return rows.tobytes()


def fetch_columns(
    connection: Connection, query: str, given: Sequence[object]
) -> list[npt.NDArray[np.generic]]:
    """The one row of a query whose columns are arrays of numbers without NULL; empty where they are NULL."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor(binary=True) as cursor:
        cursor.execute(query, given)
        result = cursor.pgresult
        raw = [result.get_value(0, at) for at in range(result.nfields)]
    return [] if raw[0] is None else [_array(one) for one in raw]


def _array(raw: bytes) -> npt.NDArray[np.generic]:
    _dimensions, _nulls, kind, length, _lower = _ARRAY.unpack_from(raw)
    element = np.dtype([("length", ">i4"), ("value", _ELEMENTS[kind])])
    values: npt.NDArray[np.generic] = np.frombuffer(raw, element, length, _ARRAY.size)["value"]
    return values


def array_text(values: Iterable[object]) -> str:
    """Numbers as the text of an SQL array; None is NULL. The driver's own way takes 6 us an element."""
    return "{" + ",".join("NULL" if one is None else str(one) for one in values) + "}"
