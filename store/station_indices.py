"""Index values of stations as a network shows them: grades on a scale, never concentrations.

WAQI publishes sub-indices on the United States scale. They are kept apart from readings, so that no mean of
concentrations can ever take one in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    Connection,
    Double,
    ForeignKey,
    String,
    Table,
    UniqueConstraint,
    func,
    insert,
    select,
    update,
)

from store.readings import Counts
from store.schema import IdType, UtcMoment, metadata

WHOLE = "all"
"""In place of a pollutant: the index of the station."""

station_index = Table(
    "station_index",
    metadata,
    Column("id", IdType, primary_key=True),
    Column("network", String, nullable=False),
    Column("station", String, nullable=False, doc="the network's own id of it"),
    Column("title", String, nullable=False, doc="as the network names it"),
    Column("lat", Double),
    Column("lon", Double),
    Column("scheme", String, nullable=False, doc="the scale, as `yellowsea indices --scheme` names it"),
    Column("pollutant", String, nullable=False, doc="of a sub-index; `all` for the index of the station"),
    Column("at", UtcMoment, nullable=False, doc="the hour that the network tells"),
    Column("value", Double, doc="null where the network shows none"),
    Column("batch_id", ForeignKey("batch.id"), nullable=False, index=True),
    UniqueConstraint("network", "station", "scheme", "pollutant", "at", name="uq_station_index_identity"),
)


@dataclass(frozen=True)
class StationIndex:
    """One index value of one station at one time, as the network shows it.

    Attributes
    ----------
    station, title : the network's own id and name of it.
    lat, lon : degrees; None where it does not tell them.
    scheme : the scale, such as `us-aqi`.
    pollutant : of a sub-index; `WHOLE` for the index of the station.
    at : aware, as the network tells it; whether it begins or ends the hour is the network's affair.
    value : without unit; None where the network shows none.
    """

    network: str
    station: str
    title: str
    lat: float | None
    lon: float | None
    scheme: str
    pollutant: str
    at: datetime
    value: float | None


_COLUMNS = [station_index.c[name] for name in StationIndex.__dataclass_fields__]
_IDENTITY = ("network", "station", "scheme", "pollutant", "at")
# Bound parameters of one statement stay few on every engine.
_TOGETHER = 500


def put_indices(connection: Connection, rows: Iterable[StationIndex], batch_id: int) -> Counts:
    """Keep new values and take those that the network shows otherwise now; what became of the rows.

    Only a value makes a row another one: a name that is written otherwise changes nothing. Of two rows for
    one place, pollutant and time the later stands.
    """
    given = list(rows)
    counts = Counts(rows=len(given))
    held = _held(connection, given)
    new: dict[tuple[object, ...], dict[str, object]] = {}
    for row in given:
        key, values = _key(row), {**asdict(row), "batch_id": batch_id}
        if key not in held:
            new[key] = values
            counts.new += 1
        elif held[key] == row.value:
            counts.same += 1
        elif key in new:
            new[key] = values
            counts.changed += 1
        else:
            same = [station_index.c[name] == getattr(row, name) for name in _IDENTITY]
            connection.execute(update(station_index).where(*same).values(values))
            counts.changed += 1
        held[key] = row.value
    if new:
        connection.execute(insert(station_index), list(new.values()))
    return counts


def _key(row: StationIndex) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _IDENTITY)


def _held(connection: Connection, rows: list[StationIndex]) -> dict[tuple[object, ...], float | None]:
    """What is held of the stations and times of the rows, by identity."""
    table = station_index.c
    found: dict[tuple[object, ...], float | None] = {}
    for first in range(0, len(rows), _TOGETHER):
        part = rows[first : first + _TOGETHER]
        query = select(*(table[name] for name in _IDENTITY), table.value).where(
            table.network.in_({row.network for row in part}),
            table.station.in_({row.station for row in part}),
            table.at.in_({row.at for row in part}),
        )
        found.update({tuple(row[:-1]): row[-1] for row in connection.execute(query)})
    return found


def indices_between(
    connection: Connection, network: str, scheme: str, since: datetime, until: datetime
) -> Iterator[StationIndex]:
    """The values of a network from `since` to before `until`, by time, station and pollutant."""
    at = station_index.c.at
    query = (
        select(*_COLUMNS)
        .where(
            station_index.c.network == network,
            station_index.c.scheme == scheme,
            at >= since,
            at < until,
        )
        .order_by(at, station_index.c.station, station_index.c.pollutant)
    )
    for row in connection.execute(query):
        yield StationIndex(*row)


def spans_held(connection: Connection, network: str) -> list[tuple[str, datetime, datetime, int]]:
    """What is held of a network, by scheme: the first and the last time, and how many values."""
    table = station_index.c
    query = (
        select(table.scheme, func.min(table.at), func.max(table.at), func.count())
        .where(table.network == network)
        .group_by(table.scheme)
        .order_by(table.scheme)
    )
    return [(row[0], row[1], row[2], int(row[3])) for row in connection.execute(query)]


def hours_held(connection: Connection, network: str, since: datetime, until: datetime) -> int:
    """Of how many hours, from `since` to before `until`, a network's value of any station is held."""
    at = station_index.c.at
    query = (
        select(at)
        .distinct()
        .where(
            station_index.c.network == network,
            at >= since,
            at < until,
            station_index.c.value.is_not(None),
        )
    )
    return len({int(one.timestamp()) // 3600 for one in connection.execute(query).scalars()})
