"""Which days of some series a later batch touched: what was worked out from them is to be worked out anew."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from store.schema import reading

# SQLite takes so many parameters in a statement on every build.
_AT_ONCE = 500


def days_touched(
    connection: Connection, series: Collection[int], first: int, last: int, after: int
) -> set[int]:
    """The UTC days (since 1970) from `first` to `last` with a reading of a batch above `after`."""
    ids, found = sorted(series), set[int]()
    for at in range(0, len(ids), _AT_ONCE):
        query = (
            select(reading.c.day)
            .distinct()
            .where(
                reading.c.day.between(first, last),
                reading.c.series_id.in_(ids[at : at + _AT_ONCE]),
                reading.c.batch_id > after,
            )
        )
        found.update(connection.execute(query).scalars())
    return found
