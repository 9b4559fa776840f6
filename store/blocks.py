"""Closed months packed per series: derived from the rows, rebuildable, and never written by a reader.

A block holds one value for every hour of a UTC month: scaled to int16 where that is exact, else as it is;
two marks tell an hour that is held as missing from one that is not held.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, insert, select

from store import schema
from store.asof import held_between
from store.engine import Store
from store.series import select_series

MISSING, ABSENT = -32768, -32767
_LARGEST = 32766
_SCALES = (1, 10, 100, 1000, 10_000)
_RAW = 255
_SERIES_AT_ONCE = 200


def month_of(hour: int) -> int:
    """Months since January 1970 of an hour number, UTC."""
    return int(np.datetime64(int(hour), "h").astype("datetime64[M]").astype(np.int64))


def month_start(month: int) -> int:
    """The hour number at which a month begins, UTC."""
    return int(np.datetime64(int(month), "M").astype("datetime64[h]").astype(np.int64))


def pack(values: npt.NDArray[np.float64], held: npt.NDArray[np.bool_]) -> bytes:
    """One month of one series, every hour of it: NaN and held is missing, not held is absent."""
    valid = ~np.isnan(values)
    for code, scale in enumerate(_SCALES):
        scaled = np.round(values[valid] * scale)
        if (np.abs(scaled) <= _LARGEST).all() and (scaled / scale == values[valid]).all():
            whole = np.where(held, MISSING, ABSENT).astype("<i2")
            whole[valid] = scaled
            # Low and high bytes apart: the high ones are nearly constant and pack to almost nothing.
            planes = whole.view(np.uint8).reshape(-1, 2).T
            return bytes([code]) + zlib.compress(planes.tobytes(), 9)
    return bytes([_RAW]) + zlib.compress(values.astype("<f8").tobytes() + np.packbits(held).tobytes(), 9)


def unpack(packed: bytes) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """The values (NaN where none) and which hours are held, of every hour of the month."""
    body = zlib.decompress(packed[1:])
    if packed[0] == _RAW:
        hours = len(body) * 8 // 65  # eight bytes and a bit each
        held = np.unpackbits(np.frombuffer(body, np.uint8, offset=8 * hours), count=hours).astype(bool)
        return np.frombuffer(body, "<f8", hours).astype(np.float32), held
    whole = np.frombuffer(body, np.uint8).reshape(2, -1).T.copy().view("<i2").ravel()
    values = (whole / np.float64(_SCALES[packed[0]])).astype(np.float32)
    values[whole <= ABSENT] = np.nan
    return values, whole != ABSENT


def build(store: Store, closed_before: datetime) -> int:
    """Pack every closed month that is not packed, empty ones too; returns how many blocks were written."""
    last = month_of(int(closed_before.timestamp() // 3600)) - 1
    with store.read() as connection:
        todo = _unpacked(connection, last)
    written = 0
    for month in sorted({month for _, month in todo}):
        members = [series for series, of in todo if of == month]
        for at in range(0, len(members), _SERIES_AT_ONCE):
            with store.write() as connection:
                written += _pack_month(connection, members[at : at + _SERIES_AT_ONCE], month)
    return written


def read(
    connection: Connection, series: Sequence[int], first_month: int, last_month: int
) -> dict[tuple[int, int], bytes]:
    """The blocks of these series and months (inclusive), by (series, month)."""
    b = schema.block
    found: dict[tuple[int, int], bytes] = {}
    for at in range(0, len(series), 500):
        rows = connection.execute(
            select(b.c.series_id, b.c.month, b.c.packed).where(
                b.c.series_id.in_(series[at : at + 500]), b.c.month.between(first_month, last_month)
            )
        )
        found.update({(one, month): packed for one, month, packed in rows})
    return found


def _unpacked(connection: Connection, last: int) -> list[tuple[int, int]]:
    b = schema.block
    have = set(connection.execute(select(b.c.series_id, b.c.month)).all())
    return [
        (series.id, month)
        for series in select_series(connection)
        if series.key.period == "PT1H" and series.first is not None and series.last is not None
        for month in range(month_of(series.first), min(month_of(series.last), last) + 1)
        if (series.id, month) not in have
    ]


def _pack_month(connection: Connection, series: list[int], month: int) -> int:
    # Another process may have packed some of them since.
    b = schema.block
    done = set(
        connection.execute(
            select(b.c.series_id).where(b.c.month == month, b.c.series_id.in_(series))
        ).scalars()
    )
    todo = sorted(set(series) - done)
    first, end = month_start(month), month_start(month + 1)
    held = held_between(connection, todo, first, end).columns
    values = np.full((len(todo), end - first), np.nan)
    present = np.zeros(values.shape, bool)
    where = np.searchsorted(todo, held.series), held.hour - first
    values[where], present[where] = held.value, True
    rows = [
        {"series_id": one, "month": month, "packed": pack(values[index], present[index])}
        for index, one in enumerate(todo)
    ]
    if rows:
        connection.execute(insert(b), rows)
    return len(rows)
