"""Stations in SQL: copies of the catalogue's for those that are held, and those met on the wire."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select

from config.air import Station
from config.facts import Facts
from store import schema
from store.series import SeriesBook, insert_missing_network

# Names in one question: SQLite takes some thousand parameters.
_AT_ONCE = 500


def unlisted(connection: Connection, facts: Facts) -> list[Station]:
    """The stations that are held and that the catalogue does not know: met on the wire, or from a mapping."""
    s, v = schema.station, schema.station_version
    names = connection.execute(select(s.c.name)).scalars().all()
    query = (
        select(s.c.name.label("text_id"), s.c.network, v)
        .join(v, v.c.station_id == s.c.id)
        .where(s.c.name.in_([name for name in names if name not in facts.stations]))
        .order_by(s.c.name, v.c.id)
    )
    return [
        Station(
            id=row.text_id,
            network=row.network,
            code=row.code,
            name=row.title,
            name_en=row.title_en,
            area=row.area or "",
            district=row.district,
            kind=row.kind,
            lat=row.lat,
            lon=row.lon,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            source=row.source,
            confidence="low",
        )
        for row in connection.execute(query)
    ]


def register(connection: Connection, book: SeriesBook, facts: Facts, versions: list[Station]) -> None:
    """Write a station with its versions and aliases, where it is not held yet."""
    register_all(connection, book, facts, [versions])


def register_all(
    connection: Connection, book: SeriesBook, facts: Facts, stations: Iterable[list[Station]]
) -> None:
    """Write stations, each by its versions, where they are not held yet: all of them in a few statements."""
    newest = {versions[-1].id: versions for versions in stations if not book.knows_station(versions[-1].id)}
    if not newest:
        return
    for network in sorted({versions[-1].network for versions in newest.values()}):
        insert_missing_network(connection, facts.networks[network])
    named = [{"name": one, "network": versions[-1].network} for one, versions in newest.items()]
    connection.execute(insert(schema.station), named)
    surrogates = _surrogates(connection, list(newest))
    for one in newest:
        book.station_added(one, surrogates[one])
    connection.execute(
        insert(schema.station_version),
        [_version(surrogates[one], version) for one, versions in newest.items() for version in versions],
    )
    others = [
        {"station_id": surrogates[one], "what": a.what, "value": a.value, "area": versions[-1].area or None}
        for one, versions in newest.items()
        for a in facts.aliases_of.get(one, [])
    ]
    if others:
        connection.execute(insert(schema.alias), others)


def _surrogates(connection: Connection, names: list[str]) -> dict[str, int]:
    """The numbers of stations by their text ids."""
    s, found = schema.station, dict[str, int]()
    for at in range(0, len(names), _AT_ONCE):
        query = select(s.c.name, s.c.id).where(s.c.name.in_(names[at : at + _AT_ONCE]))
        found |= {row.name: row.id for row in connection.execute(query)}
    return found


def _version(surrogate: int, version: Station) -> dict[str, object]:
    return {
        "station_id": surrogate,
        "code": version.code,
        "title": version.name,
        "title_en": version.name_en,
        "area": version.area or None,
        "district": version.district,
        "kind": version.kind,
        "lat": version.lat,
        "lon": version.lon,
        "valid_from": version.valid_from,
        "valid_to": version.valid_to,
        "source": version.source,
    }
