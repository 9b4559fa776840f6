"""The seasons page: figures, days by grade, changes with intervals, measures, published by vintage."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from report import seasons as seasons_of
from report.given import season_years
from report.paper import reports, season
from web.api.asked import Name
from web.pages import places
from web.pages.parts import Key, Told, part, part_of
from web.pages.route import PageRoute
from web.pages.show import page, unchanged
from web.pages.visit import AtVisit, Visit

# How many seasons are shown unless others are asked for, and of how many regions at once.
NEWEST, MOST = 4, 4

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Regions = Annotated[list[Name], Query(max_length=MOST)]
Years = Annotated[str | None, Query(pattern=r"^[0-9]{4}(-[0-9]{4})?$|^$")]
Through = Annotated[str | None, Query(pattern=r"^[0-9]{2}-[0-9]{2}$|^$")]


@router.get("/seasons")
def seasons_page(
    visit: AtVisit,
    region: Regions = [],  # noqa: B006 - read alone
    years: Years = None,
    through: Through = None,
) -> Response:
    """Which seasons of which regions are compared; the figures come after."""
    kept = unchanged(visit)
    if kept is not None:
        return kept
    wanted = [places.region(visit, one).id for one in region] or places.of_each_shore(visit)
    parts = [_part(visit, one, years or None, through or None) for one in wanted]
    return page(
        visit,
        "seasons.html",
        tag=visit.tag(),
        parts=parts,
        years=years or "",
        through=through or "",
        choices=places.choices(visit, wanted if region else []),
    )


def _part(visit: Visit, region: str, years: str | None, through: str | None) -> dict[str, Any]:
    span = _years(visit, region, years)
    asked = {"years": f"{span[0]}-{span[-1]}", "through": through}
    return {
        "region": visit.say.region(region),
        "id": region,
        "part": part(visit, _key(visit, region, span, through), f"/seasons/{region}", **asked),
        "csv": visit.data("seasons", region=region, **asked, format="csv"),
        "json": visit.data("seasons", region=region, **asked),
    }


def _years(visit: Visit, region: str, years: str | None) -> tuple[int, ...]:
    """The years in which the seasons begin: as asked, else the newest that are held."""
    place = visit.desk.facts.regions[region]
    if years:
        return tuple(season_years(visit.desk.facts, place.country, years, ()))
    newest = places.season_year(visit, place)
    return tuple(range(newest - NEWEST + 1, newest + 1))


@router.get("/seasons/{region}")
def seasons_part(
    visit: AtVisit, region: str, years: Years = None, through: Through = None, bare: bool = False
) -> Response:
    """The seasons of a region, which take a moment to work out."""
    kept = unchanged(visit)
    if kept is not None:
        return kept
    name = places.region(visit, region).id
    span = _years(visit, name, years or None)
    desk = visit.desk

    def work() -> Told:
        asked = places.question(visit, name, f"{span[0]}-01-01", f"{min(span[-1] + 1, 2100)}-12-31")
        wanted = seasons_of.Asked(span, "own", through or None)
        answer = season.compose(desk.store, desk.facts, [asked], wanted)
        return Told.of(reports.of_seasons(visit.say, answer).sheet, suffix=f"-{name}")

    return part_of(visit, _key(visit, name, span, through or None), work, visit.say.region(name), bare=bare)


def _key(visit: Visit, region: str, years: tuple[int, ...], through: str | None) -> Key:
    return ("seasons", visit.mark, visit.language, region, years, through)
