"""Reading back: what is held between two hours, now or as of a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from sqlalchemy import Connection, select

from store import schema
from store.columns import Columns, Held, nothing_held
from store.held import select_held

_SERIES_AT_ONCE = 500


def held_between(
    connection: Connection,
    series: Sequence[int],
    first: int,
    end: int,
    *,
    as_of: datetime | None = None,
    drop_flagged: bool = False,
) -> Held:
    """Rows of these series with `first` <= hour number < `end`, in order of hour and series.

    With `as_of`, as they were known then: revisions whose batch came later are undone, and readings
    whose first batch came later are dropped. `drop_flagged` leaves out readings with a quality flag.
    """
    if end <= first or not series:
        return nothing_held()
    held = select_held(connection, series, range(first // 24, (end - 1) // 24 + 1))
    held = held.take((held.columns.hour >= first) & (held.columns.hour < end))
    if as_of is not None:
        held = _as_known_at(connection, held, as_of)
    if drop_flagged:
        held = held.take(held.flags == 0)
    return held.take(np.lexsort((held.columns.series, held.columns.hour)))


def _as_known_at(connection: Connection, held: Held, as_of: datetime) -> Held:
    """Each reading as the newest of the batches known then had left it; none where no such batch wrote."""
    batch = schema.batch
    later = connection.execute(select(batch.c.id).where(batch.c.received_at > as_of)).scalars().all()
    too_new = np.isin(held.batch, np.array(later, np.int64))
    if not too_new.any():
        return held
    columns = held.columns.take(too_new)
    before = _replaced_by_then(connection, columns, as_of)
    keep = ~too_new
    places = zip(
        np.flatnonzero(too_new).tolist(), columns.series.tolist(), columns.hour.tolist(), strict=True
    )
    for row, one, hour in places:
        if (one, hour) in before:
            keep[row] = True
            value, held.columns.status[row], held.flags[row], held.batch[row] = before[one, hour]
            held.columns.value[row] = np.nan if value is None else value
    return held.take(keep)


def _replaced_by_then(
    connection: Connection, columns: Columns, as_of: datetime
) -> dict[tuple[int, int], tuple[float | None, int, int, int]]:
    """By series and hour, the last replaced reading whose own batch was known then."""
    r, batch = schema.revision, schema.batch
    days = columns.hour // 24
    ids = np.unique(columns.series).tolist()
    found: dict[tuple[int, int], tuple[float | None, int, int, int]] = {}
    for at in range(0, len(ids), _SERIES_AT_ONCE):
        rows = connection.execute(
            select(r.c.series_id, r.c.day, r.c.hour, r.c.value, r.c.status, r.c.flags, r.c.replaced_batch_id)
            .join(batch, batch.c.id == r.c.replaced_batch_id)
            .where(
                r.c.series_id.in_(ids[at : at + _SERIES_AT_ONCE]),
                r.c.day.between(int(days.min()), int(days.max())),
                batch.c.received_at <= as_of,
            )
            .order_by(r.c.batch_id)
        )
        for one, day, hour, *rest in rows:
            found[one, day * 24 + hour] = (rest[0], rest[1], rest[2], rest[3])
    return found
