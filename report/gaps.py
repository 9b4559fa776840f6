"""`yellowsea gaps`: expected grid minus present, with what can still be had, where, and until when."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from operator import itemgetter
from typing import get_args

from config.clock import Clock
from config.facts import Facts
from report.answer import Answer, data_of_feeds
from report.expected import By, lines
from report.gap_runs import Sheet, Teller, sheets_of
from report.panel import region_stations
from report.question import NothingHeldError, Question, QuestionError, instant, span
from report.question import ask as understood
from report.reach import Reaches, Way
from report.stations_held import Desk
from store.engine import Store
from store.presence import ABSENT, VALUE


def question_of(
    facts: Facts,
    desk: Desk,
    *,
    region: str | None,
    stations: tuple[str, ...],
    network: str | None,
    feed: str | None,
    since: str | None,
    until: str | None,
    as_of: str | None = None,
) -> Question:
    """What is asked: a place, or else all that a network or a feed should bring, on its country's clock."""
    if region is None and not stations:
        if network is None and feed is None:
            raise QuestionError("give --region, --station, --network or --feed")
        _known("feed", feed, [*facts.feeds, *desk.feeds])
        _known("network", network, facts.networks)
        of = network or (desk.feeds.get(feed or "") or facts.feeds[feed or ""]).network
        zone, country = _home(facts, of)
        first, end, whole = span(since, until, zone)
        then = instant(as_of, zone) if as_of else None
        return Question(None, (), zone, country, first, end, whole, network=network, feed=feed, as_of=then)
    return understood(
        facts,
        desk.places,
        region=region,
        stations=stations,
        since=since,
        until=until,
        network=network,
        feed=feed,
        as_of=as_of,
        own_feeds=desk.feeds if feed else (),
    )


def ask(
    store: Store,
    facts: Facts,
    clock: Clock,
    ways: list[Way],
    *,
    region: str | None = None,
    stations: tuple[str, ...] = (),
    network: str | None = None,
    feed: str | None = None,
    since: str | None = None,
    until: str | None = None,
    pollutant: str | None = None,
    by: By = "held",
    as_of: str | None = None,
) -> Answer:
    """The gaps of a place, a network or a feed, and how complete each station is in each feed.

    Parameters
    ----------
    ways : list of Way
        The routes of all live sources.
    pollutant : str, optional
        All particles of the catalogue unless given.
    by : "held" or "catalogue"
        What is expected, see `report.expected`.

    Raises
    ------
    UnknownPlaceError, AmbiguousPlaceError, QuestionError
        For what cannot be understood.
    NothingHeldError
        Where nothing is expected: no series has an hour in the span.
    """
    if by not in get_args(By):
        raise QuestionError(f"--expect is one of {', '.join(get_args(By))}")
    with store.read() as connection:
        desk = Desk(connection, facts)
        question = question_of(
            facts, desk, region=region, stations=stations, network=network, feed=feed, since=since,
            until=until, as_of=as_of,
        )  # fmt: skip
        _known("pollutant", pollutant, facts.pollutants)
        asked = [pollutant] if pollutant else [one.id for one in facts.pollutants.values() if one.particle]
        place = region_stations(desk, question) if question.region or question.stations else None
        now = question.as_of.timestamp() / 3600 if question.as_of else clock.now().timestamp() / 3600
        expected = lines(desk, question, place, asked, now, by)
        if not expected:
            raise NothingHeldError(
                f"nothing is expected from {question.first_day} to {question.last_day}: no series has an "
                "hour in it; --expect catalogue asks for the stations of the catalogue",
                sorted({f"{one.id} ({one.period})" for one in desk.feeds.values()}),
            )
        sheets = sheets_of(desk, question, expected)
        reaches = Reaches(facts, ways, now)
        gaps = [gap for sheet in sheets for gap in Teller(desk, question, reaches, sheet).gaps()]
        summary = [row for sheet in sheets for row in _summary(sheet)]
        feeds = [desk.feeds[one] for one in sorted({line.feed for line in expected}) if one in desk.feeds]
        wanted, there = (sum(row[key] for row in summary) for key in ("expected", "present"))
        return {
            "question": {**question.as_json(), "pollutant": pollutant or "|".join(asked), "expect": by},
            "method": _method(by),
            "data": {
                **data_of_feeds(desk, feeds),
                "stations": len({line.station for line in expected}),
                "capture": there / wanted if wanted else None,
            },
            "gaps": sorted(gaps, key=itemgetter("feed", "station", "pollutant", "statistic", "start")),
            "summary": sorted(summary, key=itemgetter("feed", "station", "pollutant", "statistic")),
        }


def _home(facts: Facts, network: str) -> tuple[str, str]:
    """The civil time and the country of a network; UTC for one of many countries."""
    country = facts.networks[network].country
    nations = (one for one in facts.regions.values() if one.kind == "nation" and one.country == country)
    nation = next(nations, None)
    return (nation.zone, nation.country) if nation else ("UTC", "")


def _known(what: str, value: str | None, known: Collection[str]) -> None:
    if value is not None and value not in known:
        raise QuestionError(f"no {what} is called {value!r}; there are {', '.join(dict.fromkeys(known))}")


def _summary(sheet: Sheet) -> Iterator[Answer]:
    present = (sheet.expected & (sheet.codes == VALUE)).sum(axis=1).tolist()
    absent = (sheet.expected & (sheet.codes == ABSENT)).sum(axis=1).tolist()
    expected = sheet.expected.sum(axis=1).tolist()
    for line, n, held, none in zip(sheet.lines, expected, present, absent, strict=True):
        yield {
            "station": line.station,
            "feed": line.feed,
            "pollutant": line.pollutant,
            "statistic": line.statistic,
            "period": line.period,
            "expected": n,
            "present": held,
            "missing": n - held - none,
            "absent": none,
            "capture": held / n if n else None,
        }


def _method(by: By) -> Answer:
    expected = {
        "held": "a series from its first hour on; in an archive until its last, in an open feed until the "
        "hour that is due now while it reported within 30 days before the span. An hour before a series "
        "began or after it ended is no gap",
        "catalogue": "every station of the catalogue whose version holds, in every feed held or asked for, "
        "for the whole span; an hour before the station's instrument began counts as a gap too",
    }
    return {
        "expected": expected[by],
        "kind": "absent: no row is held; missing: a row is held without a value, for the reason in `status`",
        "obtainable": "the route of the shortest reach that still gives the first hour of the gap, and until "
        "when the longest does; `import` is a file of an archive",
        "window": "how the ledger of the feed's source has these hours; null where it has none",
        "held_elsewhere": "hours of the gap for which another feed of the station holds a value",
        "hours": "a day of a P1D series counts 24",
    }
