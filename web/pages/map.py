"""The map of both shores: every station at an hour, in the colours of its country's grades."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from config.clock import civil
from config.facts import CATALOGUE
from report import render
from report.answer import Answer
from report.figures import station_map
from report.figures.scale import Scale
from report.paper.lines import MICROGRAMS
from report.question import QuestionError, instant
from web.api.asked import Moment
from web.pages import map_hours
from web.pages.map_hours import HOURS, Held, Place
from web.pages.route import PageRoute
from web.pages.show import page, shelf_of, unchanged
from web.pages.visit import AtVisit, Visit

WIDTH = 920
# How many days the slider reaches over, and how many of them lie after the one asked for.
DAYS, AFTER = 7, 3
FRAME = station_map.BOTH_SHORES
ZONES = {"KR": "Asia/Seoul", "CN": "Asia/Shanghai"}
# What `station_map.draw` leaves below the map for a legend, which stands in the page here.
_BELOW = 10
# What the script says besides; the names are those it knows them by.
_SAID = (
    "web.map.said",
    "web.map.none",
    "web.map.shore",
    "web.map.shore_one",
    "web.map.loading",
    "web.map.failed",
    "web.map.empty",
)

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/")
def map_page(
    visit: AtVisit,
    at: Annotated[Moment | None, Query()] = None,
    day: Annotated[date | None, Query()] = None,
) -> Response:
    """Both shores at an hour: the newest, or the one asked for."""
    now = visit.desk.now
    state = f"{now:%Y-%m-%dT%H}"
    kept = unchanged(visit, state)
    if kept is not None:
        return kept
    held = _held(visit)
    hour = _hour(held, now, at, day)
    return page(
        visit,
        "map.html",
        tag=visit.tag(state),
        dots=[_dot(visit, one) for one in held.places if _inside(one)],
        size=_size(),
        hour=hour,
        first=None if hour is None else _first(held, hour),
        hours=DAYS * HOURS,
        day=None if hour is None else _civil(hour, "KR").date(),
        span=_span(held),
        newest=[
            {
                "shore": shore,
                "name": visit.say.message(f"web.shore.{shore.lower()}"),
                "at": _newest(visit, held, shore),
            }
            for shore in map_hours.SHORES
        ],
        now=visit.say.moment(now.astimezone(civil(ZONES["KR"])), offset=True),
        texts={key.rpartition(".")[2]: _pattern(visit, key) for key in _SAID},
    )


@router.get("/map/hours")
def hours_of_day(visit: AtVisit, day: date) -> Response:
    """The 24 hours of a UTC day, as compact JSON for the map's script."""
    kept = unchanged(visit)
    if kept is not None:
        return kept
    told = json.dumps(_hours(visit, day), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    headers = {"Cache-Control": "no-cache", "ETag": visit.tag(), "Vary": "Accept-Language"}
    return Response(told, headers=headers, media_type="application/json")


@router.get("/map/hours.csv")
def hours_as_csv(visit: AtVisit, day: date) -> Response:
    """The same hours for a spreadsheet: a row a station and hour that has a value."""
    kept = unchanged(visit)
    if kept is not None:
        return kept
    out = io.StringIO()
    render.as_csv(_rows(_hours(visit, day)), out)
    headers = {
        "Cache-Control": "no-cache",
        "ETag": visit.tag(),
        "Content-Disposition": f'attachment; filename="stations-{day}.csv"',
    }
    return Response(out.getvalue(), headers=headers, media_type="text/csv; charset=utf-8")


def _hours(visit: Visit, day: date) -> Answer:
    if not 1970 <= day.year <= 2100:
        raise QuestionError(f"{day} lies outside the years 1970 to 2100")
    desk = visit.desk
    return shelf_of(visit).get(
        ("hours", visit.mark, visit.language, day),
        lambda: map_hours.day(desk.store, desk.facts, visit.say, day),
    )


def _rows(found: Answer) -> list[Answer]:
    return [
        {
            "station": station,
            "start": datetime.fromtimestamp((found["first"] + hour) * 3600, UTC).isoformat(),
            "value": value,
            "unit": MICROGRAMS,
            "feed": found["feeds"][row["from"]]["id"],
            "kind": found["feeds"][row["from"]]["kind"],
        }
        for station, row in found["stations"].items()
        for hour, value in enumerate(row["values"])
        if value is not None
    ]


@router.get("/map/ground.svg")
def ground() -> Response:
    """Sea, land and borders, which are the same for everyone."""
    return Response(_ground(), headers={"Cache-Control": "max-age=86400"}, media_type="image/svg+xml")


@cache
def _ground() -> str:
    coast = station_map.coast(Path(CATALOGUE) / "coast.geojson")
    drawn = station_map.draw([], FRAME, coast, [], WIDTH, "ground", "", "", "en")
    drawn.height -= _BELOW
    return drawn.inline()


@cache
def _size() -> tuple[float, float]:
    drawn = station_map.draw([], FRAME, {}, [], WIDTH, "size", "", "", "en")
    return drawn.width, round(drawn.height - _BELOW, 2)


def _held(visit: Visit) -> Held:
    desk = visit.desk
    return shelf_of(visit).get(
        ("held", visit.mark, visit.language), lambda: map_hours.held(desk.store, desk.facts, visit.say)
    )


def _hour(held: Held, now: datetime, at: str | None, day: date | None) -> int | None:
    """The hour number that is shown first; of a day its noon in Korea; None where nothing is held."""
    if at is not None:
        return int(instant(at, "UTC").timestamp()) // 3600
    if day is not None:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=civil(ZONES["KR"]))
        return int(noon.timestamp()) // 3600
    return held.shown(now)


def _first(held: Held, hour: int) -> int:
    """The hour number at which the slider begins: days of UTC, those asked for not at its edge."""
    last_day = hour // HOURS + AFTER
    if held.newest:
        last_day = max(hour // HOURS, min(last_day, max(held.newest.values()) // HOURS))
    return (last_day - DAYS + 1) * HOURS


def _civil(hour: int, shore: str) -> datetime:
    return datetime.fromtimestamp(hour * 3600, UTC).astimezone(civil(ZONES[shore]))


def _newest(visit: Visit, held: Held, shore: str) -> str | None:
    """Until when the hours of a shore are held: the end of the newest, by the clock there."""
    if shore not in held.newest:
        return None
    return visit.say.moment(_civil(held.newest[shore], shore) + timedelta(hours=1), offset=True)


def _span(held: Held) -> tuple[date, date] | None:
    """The days between which hours are held."""
    if held.first is None or not held.newest:
        return None
    return _civil(held.first, "KR").date(), _civil(max(held.newest.values()), "KR").date()


def _inside(one: Place) -> bool:
    return FRAME.west <= one.lon <= FRAME.east and FRAME.south <= one.lat <= FRAME.north


def _dot(visit: Visit, one: Place) -> dict[str, Any]:
    width, height = _size()
    x, y = Scale(FRAME.west, FRAME.east, 0, width), Scale(FRAME.south, FRAME.north, height, 0)
    return {
        "place": one,
        "x": round(x(one.lon), 1),
        "y": round(y(one.lat), 1),
        "href": visit.link(f"/regions/{one.area}"),
    }


def _pattern(visit: Visit, key: str) -> str:
    """A sentence with its places left open, for the script to fill."""
    names = ("name", "value", "unit", "grade", "n", "median", "highest", "place", "shore", "at", "of", "kind")
    return visit.say.message(key, **{name: f"{{{name}}}" for name in names})
