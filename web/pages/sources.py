"""Sources and gaps: how new each source is, why one is late, what is missing and what can still be had."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from config.clock import civil
from report import gaps
from report.answer import Answer
from report.paper.lines import cell, figure
from report.paper.sheet import Section, Table
from report.question import NothingHeldError, QuestionError
from web.api.asked import Name
from web.pages import days, places
from web.pages.parts import Key, Told, part, part_of
from web.pages.route import PageRoute
from web.pages.show import page, shelf_of, unchanged
from web.pages.visit import AtVisit, Visit
from web.standing import standing, ways

# Days over which gaps are looked for, at most and unless asked for otherwise.
MOST_DAYS, DAYS = 62, 14
# By which clock a page says what time it is.
CLOCK = "Asia/Seoul"
# Gaps shown; the CSV has all of them.
MOST_ROWS = 60

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/sources")
def sources_page(
    visit: AtVisit,
    region: Name | None = None,
    since: Annotated[date | None, Query(alias="from")] = None,
    to: date | None = None,
) -> Response:
    """How every live source stands now, what is held by feed, and the gaps of a region."""
    desk = visit.desk
    answer = standing(desk.settings, desk.store, desk.facts)
    chosen = region or next(iter(places.of_each_shore(visit)), None)
    return page(
        visit,
        "sources.html",
        now=visit.say.moment(desk.now.astimezone(civil(CLOCK)), offset=True),
        daemon=_daemon(visit, answer["daemon"]),
        rows=[_row(visit, one) for one in answer["sources"]],
        held=shelf_of(visit).get(("feeds", visit.mark, visit.language), lambda: _held(visit)),
        attribution=answer["data"]["attribution"],
        gaps=None if chosen is None else _gaps(visit, chosen, since, to),
        choices=places.choices(visit, [chosen] if chosen else []),
    )


def _daemon(visit: Visit, daemon: Answer) -> str:
    if daemon["seconds_ago"] is None:
        return visit.say.message("web.sources.no_daemon")
    return visit.say.message("web.sources.daemon", n=str(round(daemon["seconds_ago"])))


def _row(visit: Visit, one: Answer) -> dict[str, Any]:
    """A source in words; its state never by colour alone."""
    say = visit.say
    ran = any((one.get("newest"), one.get("settled"), one["open"], one["lost"], one["calls"]))
    if one["late"]:
        state, sign = say.word("late"), "bad"
    elif one["blocked"] or one["exhausted"]:
        state, sign = say.message("web.sources.blocked"), "bad"
    elif not ran:
        state, sign = say.message("web.sources.never"), "off"
    else:
        state, sign = say.message("web.sources.fine"), "good"
    why = one.get("late_told") or one.get("error")
    return {
        "id": one["id"],
        "feed": one["feed"] or "–",
        "state": state,
        "sign": sign,
        "newest": say.moment(one["newest"], offset=True) if one.get("newest") else "–",
        "settled": say.moment(one["settled"], offset=True) if one.get("settled") else "–",
        "open": say.number(one["open"]),
        "lost": say.number(one["lost"]),
        "calls": say.number(one["calls"]),
        "left": say.number(one["calls_left"]),
        "why": say.retell(why) if why else "",
    }


def _held(visit: Visit) -> list[dict[str, Any]]:
    """What is held of PM2.5 by feed and period, with licence and attribution."""
    from report.stations_held import Desk

    facts = visit.desk.facts
    found: dict[tuple[str, str], list[Any]] = {}
    with visit.desk.store.read() as connection:
        desk = Desk(connection, facts)
        for one in desk.series(places.POLLUTANT):
            if one.first is None or one.last is None:
                continue
            row = found.setdefault((one.key.feed, one.key.period), [set(), one.first, one.last, 0])
            row[0].add(one.key.station)
            row[1], row[2] = min(row[1], one.first), max(row[2], one.last)
            row[3] += one.readings
        return [_feed(visit, desk, *key, *row) for key, row in sorted(found.items())]


def _feed(
    visit: Visit, desk: Any, feed: str, period: str, stations: set[str], first: int, last: int, readings: int
) -> dict[str, Any]:
    say, row = visit.say, desk.feeds[feed]
    fact = desk.facts.feeds.get(feed)
    status = fact.status if fact else ""
    return {
        "id": feed,
        "period": say.word("hours" if period == "PT1H" else "days"),
        "stations": say.number(len(stations)),
        "first": say.date(_day(first)),
        "last": say.date(_day(last)),
        "readings": say.number(readings),
        "kind": say.message("report.provisional") if status == "open" else say.message("report.final"),
        "attribution": row.attribution,
        "licence": row.licence,
    }


def _day(hour: int) -> date:
    return date(1970, 1, 1) + timedelta(days=hour // 24)


def _gaps(visit: Visit, region: str, since: date | None, to: date | None) -> dict[str, Any]:
    name, first, last = _span(visit, region, since, to)
    asked = {"from": first, "to": last}
    return {
        "region": visit.say.region(name),
        "first": first,
        "last": last,
        "csv": visit.data("gaps", region=name, _from=first, to=last, format="csv"),
        "part": part(visit, _key(visit, name, first, last), f"/sources/{name}/gaps", **asked),
    }


def _span(visit: Visit, region: str, since: date | None, to: date | None) -> tuple[str, date, date]:
    """The days asked for; else the last of which anything is held."""
    name = places.region(visit, region).id
    last = to or places.last_day(visit, name) or visit.desk.now.date()
    first = since or days.after(last, 1 - DAYS)
    if not 0 <= (last - first).days <= MOST_DAYS:
        raise QuestionError(
            f"gaps are shown for 1 to {MOST_DAYS} days: ask the API or the command line for more"
        )
    return name, first, last


@router.get("/sources/{region}/gaps")
def gaps_part(
    visit: AtVisit,
    region: str,
    since: Annotated[date | None, Query(alias="from")] = None,
    to: date | None = None,
    bare: bool = False,
) -> Response:
    """The gaps of a region, with what can still be had."""
    hour = f"{visit.desk.now:%Y-%m-%dT%H}"
    kept = unchanged(visit, hour)
    if kept is not None:
        return kept
    name, first, last = _span(visit, region, since, to)
    key = _key(visit, name, first, last)
    return part_of(visit, key, lambda: _told(visit, name, first, last), visit.say.region(name), bare=bare)


def _told(visit: Visit, region: str, first: date, last: date) -> Told:
    say, desk = visit.say, visit.desk
    try:
        answer = gaps.ask(
            desk.store,
            desk.facts,
            desk.settings.data_clock,
            ways(),
            region=region,
            since=first.isoformat(),
            until=last.isoformat(),
            pollutant=places.POLLUTANT,
        )
    except NothingHeldError as error:
        return Told(
            [
                Section(
                    "gaps", say.message("web.gaps.title", region=say.region(region)), [say.retell(str(error))]
                )
            ]
        )
    return Told(
        [
            Section(
                "gaps",
                say.message("web.gaps.title", region=say.region(region)),
                _words(visit, answer),
                _tables(visit, answer),
            )
        ]
    )


def _words(visit: Visit, answer: Answer) -> list[str]:
    say, capture = visit.say, answer["data"]["capture"]
    return [
        say.message(
            "web.gaps.words",
            share=say.percent(capture, 1),
            stations=str(answer["data"]["stations"]),
            n=len(answer["gaps"]),
        )
    ]


def _tables(visit: Visit, answer: Answer) -> list[Table]:
    say, rows = visit.say, answer["gaps"]
    if not rows:
        return []
    headings = [
        say.word(one)
        for one in ("station", "feed", "from", "to", "hours", "what", "can be had from", "until")
    ]
    told = []
    for one in rows[:MOST_ROWS]:
        offer = one["obtainable"]
        told.append(
            [
                cell(say.station(one["station"])),
                cell(one["feed"]),
                cell(say.moment(one["start"], offset=True)),
                cell(say.moment(one["end"], offset=True)),
                figure(say.number(one["hours"])),
                cell(say.cell("what", one["status"] or one["kind"])),
                cell(f"{offer['source']} {offer['route']}" if offer else None),
                cell(say.moment(offer["until"], offset=True) if offer and offer["until"] else None),
            ]
        )
    notes = []
    if len(rows) > MOST_ROWS:
        notes.append(say.message("report.listed.more", n=MOST_ROWS, of=str(len(rows))))
    return [Table("gaps", say.message("web.gaps.table"), headings, told, [], notes)]


def _key(visit: Visit, region: str, first: date, last: date) -> Key:
    hour = f"{visit.desk.now:%Y-%m-%dT%H}"
    return ("gaps", visit.mark, visit.language, region, first, last, hour)
