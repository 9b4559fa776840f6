"""Which series exist, and what each holds: first, last and count, kept in the writing transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection, Table, insert, select

from config.air import Feed, Network
from store import schema
from store.engine import StoreError

K = TypeVar("K")


@dataclass(frozen=True)
class SeriesKey:
    """What makes a series: it belongs to one feed for ever."""

    station: str
    feed: str
    pollutant: str
    statistic: str
    period: str
    unit: str
    reference_state: str


@dataclass
class Series:
    """A series in SQL and what it holds; `first` and `last` are hour numbers, None while empty."""

    id: int
    key: SeriesKey
    first: int | None
    last: int | None
    readings: int


@dataclass(frozen=True)
class FeedRow:
    """A feed as SQL holds it, those of mappings included."""

    id: str
    network: str
    title: str
    period: str
    rank: int
    licence: str
    attribution: str


def feeds_held(connection: Connection) -> dict[str, FeedRow]:
    """Every feed of which something is held, by id."""
    f = schema.feed
    rows = connection.execute(
        select(f.c.name, f.c.network, f.c.title, f.c.period, f.c.rank, f.c.licence, f.c.attribution)
    )
    return {row[0]: FeedRow(*row) for row in rows}


def select_series(connection: Connection, pollutant: str | None = None, after: int = 0) -> list[Series]:
    """Every series, or those of one pollutant, in order of station id and then of their own id.

    `after` leaves out series up to this id.
    """
    s, station, feed = schema.series, schema.station, schema.feed
    query = (
        select(
            s.c.id,
            station.c.name,
            feed.c.name,
            s.c.pollutant,
            s.c.statistic,
            s.c.period,
            s.c.unit,
            s.c.reference_state,
            s.c.first_hour,
            s.c.last_hour,
            s.c.readings,
        )
        .join(station, station.c.id == s.c.station_id)
        .join(feed, feed.c.id == s.c.feed_id)
    )
    if after:
        query = query.where(s.c.id > after)
    if pollutant is not None:
        query = query.where(s.c.pollutant == pollutant)
    rows = [
        Series(int(row[0]), SeriesKey(*row[1:8]), row[8], row[9], int(row[10]))
        for row in connection.execute(query).all()
    ]
    return sorted(rows, key=lambda one: (one.key.station, one.id))


class SeriesBook:
    """Which surrogate id stands for which series, station and feed; rows are made when first needed.

    Identities never change, so a book may serve one transaction after another (`enter`). It then reads
    again what has come since it last looked, so that neither a transaction that failed nor another
    process that wrote meanwhile leaves it wrong.
    """

    def __init__(self, connection: Connection) -> None:
        self._series: dict[SeriesKey, int] = {}
        self._keys: dict[int, SeriesKey] = {}
        self._stations: dict[str, int] = {}
        self._feeds: dict[str, int] = {}
        # The newest ids of which it is certain that they have been committed.
        self._sure = {"series": 0, "station": 0, "feed": 0}
        self.enter(connection)

    def enter(self, connection: Connection) -> None:
        """Serve another transaction of `Store.write`."""
        self._connection = connection
        sure = self._sure
        self._stations = _up_to(self._stations, sure["station"])
        self._feeds = _up_to(self._feeds, sure["feed"])
        self._series = _up_to(self._series, sure["series"])
        self._keys = {one: key for one, key in self._keys.items() if one <= sure["series"]}
        for held, table in ((self._stations, schema.station), (self._feeds, schema.feed)):
            newer = select(table.c.name, table.c.id).where(table.c.id > sure[table.name])
            held.update(connection.execute(newer).all())
            sure[table.name] = max(held.values(), default=0)
        for one in select_series(connection, after=sure["series"]):
            self._series[one.key], self._keys[one.id] = one.id, one.key
        sure["series"] = max(self._keys, default=0)

    def key(self, series: int) -> SeriesKey:
        """The key of a series id."""
        return self._keys[series]

    def ensure_feed(self, feed: Feed, network: Network) -> int:
        """The surrogate id of a feed, written when new.

        Raises
        ------
        StoreError
            For a feed of index values: they are no concentrations, and no series may hold them.
        """
        if feed.status == "index":
            raise StoreError(f"{feed.id} shows index values, which are no concentrations: it has no readings")
        if feed.id not in self._feeds:
            insert_missing_network(self._connection, network)
            row = {
                "name": feed.id,
                "network": feed.network,
                "title": feed.name,
                "period": feed.period,
                "rank": feed.rank,
                "licence": feed.licence,
                "attribution": feed.attribution,
            }
            self._feeds[feed.id] = inserted(self._connection, schema.feed, row)
        return self._feeds[feed.id]

    def knows_station(self, station: str) -> bool:
        """Whether the station stands in SQL."""
        return station in self._stations

    def station_added(self, station: str, surrogate: int) -> None:
        """Tell that a station was written."""
        self._stations[station] = surrogate

    def ensure(self, keys: Iterable[SeriesKey]) -> list[int]:
        """The ids of these series, written when new; their stations and feeds stand already."""
        asked = list(keys)
        new = [key for key in dict.fromkeys(asked) if key not in self._series]
        if new:
            query = insert(schema.series).returning(schema.series.c.id, sort_by_parameter_order=True)
            rows = [
                {
                    "station_id": self._stations[key.station],
                    "feed_id": self._feeds[key.feed],
                    "pollutant": key.pollutant,
                    "statistic": key.statistic,
                    "period": key.period,
                    "unit": key.unit,
                    "reference_state": key.reference_state,
                }
                for key in new
            ]
            for key, one in zip(new, self._connection.execute(query, rows).scalars(), strict=True):
                self._series[key], self._keys[one] = one, key
        return [self._series[key] for key in asked]


def _up_to(ids: dict[K, int], newest: int) -> dict[K, int]:
    return ids if max(ids.values(), default=0) <= newest else {k: i for k, i in ids.items() if i <= newest}


def insert_missing_network(connection: Connection, network: Network) -> None:
    """Write a network that is not held yet."""
    table = schema.network
    if connection.execute(select(table.c.id).where(table.c.id == network.id)).first() is None:
        connection.execute(insert(table).values(id=network.id, name=network.name, country=network.country))


def inserted(connection: Connection, table: Table, row: dict[str, object]) -> int:
    """Insert one row and give its surrogate key."""
    key = connection.execute(insert(table).values(**row)).inserted_primary_key
    if key is None:
        raise LookupError(f"{table.name} gave no key")
    return int(key[0])
