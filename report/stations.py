"""`yellowsea stations`: which stations there are, what kind they are, and what is held of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from config.air import Station, StationKind
from config.facts import Facts
from report.answer import Answer, data_of_feeds, local
from report.question import NothingHeldError, QuestionError
from report.stations_held import Desk
from store.engine import Store
from store.series import Series, select_series


def ask(
    store: Store,
    facts: Facts,
    *,
    region: str | None = None,
    network: str | None = None,
    kind: str | None = None,
    only_held: bool = False,
) -> Answer:
    """Stations of the catalogue and of the database, newest version each, with the series held.

    Raises
    ------
    UnknownPlaceError, AmbiguousPlaceError
        For a region that there is not.
    QuestionError
        For a network or a kind that there is not.
    NothingHeldError
        Where no station fits.
    """
    with store.read() as connection:
        desk = Desk(connection, facts)
        inside = desk.places.region(region).id if region else None
        if network is not None and network not in facts.networks:
            raise QuestionError(f"no network is called {network!r}; there are {', '.join(facts.networks)}")
        if kind is not None and kind not in get_args(StationKind):
            raise QuestionError(f"no kind is called {kind!r}; there are {', '.join(get_args(StationKind))}")
        series = _by_station(select_series(connection))
        found = [
            _told(desk, station, series.get(station.id, []))
            for station in (versions[-1] for versions in desk.places.stations.values())
            if (inside is None or inside in desk.places.regions_of(station.area))
            and (network is None or _of_network(desk, station, series.get(station.id, []), network))
            and (kind is None or station.kind == kind)
            and (not only_held or station.id in series)
        ]
        if not found:
            raise NothingHeldError(
                "no station fits: ask without --held, or for a wider place, network or kind", None
            )
        held = {one.key.feed for row in found for one in series.get(row["id"], [])}
        data = data_of_feeds(desk, [desk.feeds[feed] for feed in sorted(held)])
        return {
            "question": {"region": inside, "network": network, "kind": kind, "held": only_held},
            "method": {
                "versions": "the newest version of each station; first and last are starts, civil time"
            },
            "data": {**data, "stations": len(found), "capture": None},
            "stations": sorted(found, key=lambda row: row["id"]),
        }


def _by_station(series: Iterable[Series]) -> dict[str, list[Series]]:
    found: dict[str, list[Series]] = {}
    for one in series:
        found.setdefault(one.key.station, []).append(one)
    return found


def _of_network(desk: Desk, station: Station, series: list[Series], network: str) -> bool:
    return station.network == network or any(desk.feeds[one.key.feed].network == network for one in series)


def _told(desk: Desk, station: Station, series: list[Series]) -> Answer:
    codes = {version.code for version in desk.places.stations[station.id] if version.code}
    codes |= {a.value for a in desk.facts.aliases_of.get(station.id, []) if a.what == "code"}
    zone = desk.facts.regions[station.area].zone if station.area in desk.facts.regions else "UTC"
    return {
        "id": station.id,
        "name": station.name,
        "name_en": station.name_en,
        "network": station.network,
        "codes": sorted(codes),
        "kind": station.kind,
        "lat": station.lat,
        "lon": station.lon,
        "regions": desk.places.regions_of(station.area),
        "valid_from": station.valid_from.isoformat() if station.valid_from else None,
        "valid_to": station.valid_to.isoformat() if station.valid_to else None,
        "source": station.source,
        "confidence": station.confidence,
        "series": [
            {
                "pollutant": one.key.pollutant,
                "statistic": one.key.statistic,
                "period": one.key.period,
                "feed": one.key.feed,
                "unit": one.key.unit,
                "reference_state": one.key.reference_state,
                "first": None if one.first is None else local(one.first, zone),
                "last": None if one.last is None else local(one.last, zone),
                "readings": one.readings,
            }
            for one in series
        ],
    }
