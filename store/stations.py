"""Stations in SQL: copies of the catalogue's for those that are held, and those met on the wire."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from config.air import Station
from config.facts import Facts
from store import schema
from store.series import SeriesBook, insert_missing_network, inserted


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
    newest = versions[-1]
    if book.knows_station(newest.id):
        return
    insert_missing_network(connection, facts.networks[newest.network])
    surrogate = inserted(connection, schema.station, {"name": newest.id, "network": newest.network})
    book.station_added(newest.id, surrogate)
    for version in versions:
        connection.execute(
            insert(schema.station_version).values(
                station_id=surrogate,
                code=version.code,
                title=version.name,
                title_en=version.name_en,
                area=version.area or None,
                district=version.district,
                kind=version.kind,
                lat=version.lat,
                lon=version.lon,
                valid_from=version.valid_from,
                valid_to=version.valid_to,
                source=version.source,
            )
        )
    others = [
        {"station_id": surrogate, "what": a.what, "value": a.value, "area": newest.area or None}
        for a in facts.aliases_of.get(newest.id, [])
    ]
    if others:
        connection.execute(insert(schema.alias), others)
