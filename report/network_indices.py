"""`yellowsea indices --network`: the index values that a network itself shows, station by station.

They are not computed here and are no concentrations. They stand in a table of their own, which no question
about readings looks at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from config.air import Feed
from config.clock import civil
from config.facts import Facts
from config.scales import Category
from report.answer import Answer, data_of_feeds
from report.question import NothingHeldError, Question, QuestionError
from report.stations_held import Desk
from report.trajectories import NEAR_KM, Homes
from store.engine import Store
from store.series import FeedRow
from store.station_indices import WHOLE, StationIndex, indices_between, spans_held

METHOD = {
    "index": "as the network shows it, on the scale of the scheme; not computed from concentrations here, "
    "and never turned into them",
    "times": "as the network tells them, in the region's civil time; it does not say whether they begin or "
    "end the hour (11:00 was recorded at 11:29, so that it names no whole hour that begins then)",
    "place": f"a station belongs to the region of the nearest station of the catalogue, up to {NEAR_KM:g} km",
    "of_a_region": "its stations one by one: a mean of indices is no index",
}


def feed_of(facts: Facts, question: Question) -> Feed | None:
    """The feed of index values that is asked for, by itself or by its network; None where none is."""
    shown = [one for one in facts.feeds.values() if one.status == "index"]
    return next((one for one in shown if one.id == question.feed or one.network == question.network), None)


def ask(
    store: Store, facts: Facts, question: Question, feed: Feed, scheme: str, every: str | None = None
) -> Answer:
    """What the feed's network showed of a region, by time and station.

    Raises
    ------
    NothingHeldError
        Where nothing is held for the question.
    QuestionError
        For a station of the catalogue, another scheme, a step or an option that such values do not have.
    """
    region = _understood(question, feed, every)
    with store.read() as connection:
        desk, homes = Desk(connection, facts), Homes(facts)
        found: dict[tuple[datetime, str], dict[str, StationIndex]] = defaultdict(dict)
        places: dict[tuple[float | None, float | None], str | None] = {}
        for one in indices_between(connection, feed.network, scheme, question.first, question.end):
            at = (one.lat, one.lon)
            if at not in places:
                places[at] = None if one.lat is None or one.lon is None else homes.of(one.lat, one.lon)
            area = places[at]
            if area is not None and region in desk.places.regions_of(area):
                found[one.at, one.station][one.pollutant] = one
        if not found:
            said = f"no {scheme} of {feed.network} is held for {region} then"
            raise NothingHeldError(said, _held(desk, feed))
        data = data_of_feeds(desk, [_row_of(feed)])
    names = sorted({name for parts in found.values() for name in parts} - {WHOLE})
    classes = [one for one in facts.all("index_categories", Category) if one.scheme == scheme]
    return {
        "question": {**question.as_json(), "pollutant": None, "scheme": scheme, "every": "hour"},
        "method": {"scheme": scheme, **METHOD},
        "data": {**data, "stations": len({station for _, station in found}), "capture": None, "notes": [
            *data["notes"],
            f"index values shown by {facts.networks[feed.network].name}, not computed from concentrations",
        ]},
        "values": [_value(parts, names, question.zone, classes, places) for parts in found.values()],
    }  # fmt: skip


def _understood(question: Question, feed: Feed, every: str | None) -> str:
    """The region that is asked for."""
    if question.pollutant != "pm25":
        raise QuestionError("an index is that of all pollutants of its scheme: leave --pollutant out")
    if question.region is None:
        raise QuestionError(f"the stations of {feed.network} are not the catalogue's: ask for a --region")
    if every not in (None, "hour"):
        raise QuestionError(f"{feed.network} shows hours: leave --every out")
    if question.feed not in (None, feed.id) or question.network not in (None, feed.network):
        raise QuestionError(f"{question.feed} is no feed of {question.network}: give one of the two")
    if question.as_of is not None or question.drop_flagged or question.panel == "common":
        raise QuestionError("index values are held as last shown: leave out --as-of, --flags and --panel")
    return question.region.id


def _value(
    parts: dict[str, StationIndex],
    names: Iterable[str],
    zone: str,
    classes: Iterable[Category],
    places: dict[tuple[float | None, float | None], str | None],
) -> Answer:
    """One station at one time; `dominant` where the network tells sub-indices."""
    one = parts.get(WHOLE) or next(iter(parts.values()))
    at = one.at.astimezone(civil(zone))
    index = parts[WHOLE].value if WHOLE in parts else None
    given = {name: parts[name].value if name in parts else None for name in names}
    held = {name: value for name, value in given.items() if value is not None}
    reached = [
        kind for kind in classes if index is not None and kind.lo <= index and kind.holds_on(at.date())
    ]
    return {
        "start": at.isoformat(),
        "station": f"{one.network}-{one.station}",
        "name": one.title,
        "region": places[one.lat, one.lon],
        "lat": one.lat,
        "lon": one.lon,
        "index": index,
        "category": max(reached, key=lambda kind: kind.lo).name_en if reached else None,
        "dominant": max(held, key=lambda name: held[name]) if held else None,
        **{f"{name}_index": value for name, value in given.items()},
    }


def _row_of(feed: Feed) -> FeedRow:
    return FeedRow(feed.id, feed.network, feed.name, feed.period, feed.rank, feed.licence, feed.attribution)


def _held(desk: Desk, feed: Feed) -> list[str] | None:
    return [
        f"{count} values of {scheme} of {feed.network}, {first:%Y-%m-%d} to {last:%Y-%m-%d}"
        for scheme, first, last, count in spans_held(desk.connection, feed.network)
    ] or None
