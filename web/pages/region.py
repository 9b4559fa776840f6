"""The list of regions, and a region's page: its last days, its episodes, its seasons and measures."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from report import episodes
from report.paper import region as region_report
from report.paper import reports
from report.paper.lines import rule_title
from report.question import NothingHeldError, Question
from web.api.asked import Name
from web.pages import days, places
from web.pages.parts import Key, Told, part, part_of
from web.pages.route import PageRoute
from web.pages.show import page, shelf_of, unchanged
from web.pages.tables import episode_rows
from web.pages.visit import AtVisit, Visit

# How many days a region's page looks back.
RECENT = 35
# The report of a region sets its days itself.
_ANY = date(2000, 1, 1)

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/regions")
def region_list(visit: AtVisit) -> Response:
    """Every region that holds something, shore by shore."""
    kept = unchanged(visit)
    if kept is not None:
        return kept
    found = places.regions(visit)
    shores = [
        {
            "name": visit.say.message(f"web.shore.{country.lower()}"),
            "kinds": [
                {"name": visit.say.word(kind), "regions": rows}
                for kind in places.KINDS
                if (rows := [one for one in found if one.country == country and one.kind == kind])
            ],
        }
        for country in places.SHORES
    ]
    return page(visit, "regions.html", tag=visit.tag(), shores=shores, choices=places.choices(visit, []))


@router.get("/regions/find")
def find(visit: AtVisit, region: Name) -> Response:
    """The page of a region by any of its names."""
    found = places.region(visit, region)
    return Response(status_code=303, headers={"Location": visit.link(f"/regions/{found.id}")})


@router.get("/regions/{region}")
def region_page(
    visit: AtVisit,
    region: str,
    to: Annotated[date | None, Query()] = None,
    beside: Annotated[list[Name], Query(max_length=4)] = [],  # noqa: B006 - read alone
) -> Response:
    """The last days of a region; other regions only where they are chosen."""
    kept = unchanged(visit)
    if kept is not None:
        return kept
    asked = _question(visit, region, to)
    found = _days(visit, asked)
    others = [_days(visit, places.question(visit, one, asked.first_day, asked.last_day)) for one in beside]
    profile = episodes.profile_of(visit.desk.facts, asked, None)
    return page(
        visit,
        "region.html",
        tag=visit.tag(),
        region=visit.say.region(found.region),
        found=found,
        newest=days.told(visit.say, found, found.newest),
        worst=days.told(visit.say, found, found.worst),
        surety=days.surety(visit.say, found),
        measures=days.measures_told(visit.say, found),
        calendar=days.calendar(visit.say, found),
        beside=[
            {"region": visit.say.region(one.region), "calendar": days.calendar(visit.say, one)}
            for one in others
        ],
        episodes=episode_rows(visit, asked, profile),
        rule=rule_title(visit.say, visit.desk.facts.profiles[profile.id].title),
        first=asked.first_day,
        last=asked.last_day,
        back=days.after(asked.first_day, -1),
        onward=days.after(asked.last_day, RECENT),
        choices=places.choices(visit, [one.region for one in others]),
        seasons=part(visit, _seasons_key(visit, found.region), f"/regions/{found.region}/seasons"),
    )


@router.get("/regions/{region}/seasons")
def region_seasons(visit: AtVisit, region: str, bare: bool = False) -> Response:
    """The seasons, measures and published figures of a region, which take a moment to work out."""
    kept = unchanged(visit)
    if kept is not None:
        return kept
    name = places.region(visit, region).id
    desk, asked = visit.desk, places.question(visit, name, _ANY, _ANY)

    def work() -> Told:
        answer = region_report.compose(desk.store, desk.facts, asked)
        return Told.of(reports.of_region(visit.say, answer).sheet, ("recent",), opening=False)

    return part_of(visit, _seasons_key(visit, name), work, visit.say.region(name), bare=bare)


def _seasons_key(visit: Visit, region: str) -> Key:
    return ("region", visit.mark, visit.language, region)


def _question(visit: Visit, region: str, to: date | None) -> Question:
    """The days that are shown: the last that are held, or those up to a day."""
    place = places.region(visit, region)
    last = to or places.last_day(visit, place.id)
    if last is None:
        raise NothingHeldError(f"no PM2.5 of {place.name_en} is held", None)
    return places.question(visit, place.id, days.after(last, 1 - RECENT), last)


def _days(visit: Visit, asked: Question) -> days.Days:
    desk = visit.desk
    key = ("days", visit.mark, asked)
    return shelf_of(visit).get(key, lambda: days.compose(desk.store, desk.facts, asked))
