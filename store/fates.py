"""What one batch did, hour by hour: how many readings it brought anew and how many it changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from store import schema


@dataclass(frozen=True)
class Fate:
    """Of one hour."""

    new: int = 0
    changed: int = 0


# Every engine takes so many parameters in one statement.
_SERIES_AT_ONCE = 500


def of_batch(
    connection: Connection, batch: int, feed: str, stations: Collection[str], hours: Collection[int]
) -> dict[int, Fate]:
    """By hour number, for these hours of these stations (text ids) of a feed; others are left out."""
    r, v = schema.reading, schema.revision
    series = _series(connection, feed, stations)
    at = (r.c.day * 24 + r.c.hour).label("at")
    replaced = and_(
        v.c.series_id == r.c.series_id, v.c.day == r.c.day, v.c.hour == r.c.hour, v.c.batch_id == batch
    )
    found: dict[int, Fate] = {}
    for begin in range(0, len(series), _SERIES_AT_ONCE):
        query = (
            select(at, func.count(), func.count(v.c.batch_id))
            .select_from(r.outerjoin(v, replaced))
            # Lists, not ranges: each is a seek in the key (day, series, hour).
            .where(
                r.c.day.in_({hour // 24 for hour in hours}),
                r.c.series_id.in_(series[begin : begin + _SERIES_AT_ONCE]),
                r.c.hour.in_({hour % 24 for hour in hours}),
                r.c.batch_id == batch,
            )
            .group_by(at)
        )
        for hour, written, changed in connection.execute(query):
            before = found.get(int(hour), Fate())
            found[int(hour)] = Fate(before.new + written - changed, before.changed + changed)
    return found


def _series(connection: Connection, feed: str, stations: Collection[str]) -> list[int]:
    s, station, of = schema.series, schema.station, schema.feed
    query = (
        select(s.c.id)
        .join(station, station.c.id == s.c.station_id)
        .join(of, of.c.id == s.c.feed_id)
        .where(of.c.name == feed)
    )
    if len(stations) <= _SERIES_AT_ONCE:
        query = query.where(station.c.name.in_(set(stations)))
    return list(connection.execute(query.order_by(s.c.id)).scalars())
