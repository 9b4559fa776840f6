"""`yellowsea flag`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import options
from cli.desk import catalogue, opened, show

if TYPE_CHECKING:
    from config.facts import Facts
    from ingest.quality import Judged
    from report.answer import Answer
    from store.engine import Store


def flag_readings(
    since: options.Since = None,
    until: options.Until = None,
    region: options.Region = None,
    feed: options.Feed = None,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """Mark doubtful readings by the catalogue's rules; nothing is deleted, --flags drop leaves them out."""
    from ingest.quality import flag
    from report.question import span

    facts = catalogue()
    with opened(database) as (_, store):
        stations, zone = _place(store, facts, region, feed)
        first, end, _ = span(since, until, zone)
        begin, stop = (int(at.timestamp()) // 3600 for at in (first, end))
        judged = flag(store, facts, begin, stop, feeds=(feed,) if feed else None, stations=stations)
        answer = _answer(store, facts, judged)
    told = {"from": first.isoformat(), "to": end.isoformat(), "to_is": "exclusive"}
    answer = {"question": {**told, "region": region, "feed": feed}, **answer}
    show(answer, "flags", shape, f"{judged.changed:,} flags changed", _COLUMNS)


_COLUMNS = {
    "feed": "feed",
    "pollutant": "pollutant",
    "period": "period",
    "check": "check",
    "bit": "bit",
    "readings": "readings",
    "marked": "marked",
    "per_100000": "of 100,000",
}


def _place(store: Store, facts: Facts, region: str | None, feed: str | None) -> tuple[set[str] | None, str]:
    """The stations of a region, of any time, and its civil time; all stations and UTC without one."""
    from report.question import QuestionError
    from report.stations_held import Desk

    with store.read() as connection:
        desk = Desk(connection, facts)
        places, feeds = desk.places, {*facts.feeds, *desk.feeds}
    if feed is not None and feed not in feeds:
        raise QuestionError(f"no feed is called {feed!r}; there are {', '.join(sorted(feeds))}")
    if region is None:
        return None, "UTC"
    found = places.region(region)
    inside = {
        one
        for one, versions in places.stations.items()
        if any(found.id in places.regions_of(area) for area in places.areas_of(versions[-1]))
    }
    return inside, found.zone


def _answer(store: Store, facts: Facts, judged: Judged) -> Answer:
    from ingest.quality import CHECKS
    from report.answer import data_of_feeds
    from report.question import NothingHeldError
    from report.stations_held import Desk

    if not judged.readings:
        raise NothingHeldError("nothing is held then of what quality rules are for", None)
    rows = []
    for (feed, pollutant, period, check), marked in sorted(judged.marked.items()):
        readings = judged.readings[feed, pollutant, period]
        rows.append(
            {
                "feed": feed,
                "pollutant": pollutant,
                "period": period,
                "check": check,
                "bit": int(CHECKS[check][0]),
                "readings": readings,
                "marked": marked,
                "per_100000": 100_000 * marked / readings if readings else None,
            }
        )
    with store.read() as connection:
        desk = Desk(connection, facts)
        feeds = [desk.feeds[one] for one in sorted({feed for feed, _, _ in judged.readings})]
        data = data_of_feeds(desk, feeds)
    return {
        "method": {
            "rules": "quality_rules of the catalogue; a flag marks a reading and deletes nothing",
            "bits": {check: int(bit) for check, (bit, _) in CHECKS.items()},
        },
        "data": {**data, "stations": None, "capture": None},
        "changed": judged.changed,
        "flags": rows,
    }
