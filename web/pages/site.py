"""What the pages stand on: files of our own, no CDN, and every page of the dashboard."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Response
from starlette.staticfiles import StaticFiles

from web.desk import AtDesk
from web.pages import episode, map, measures, region, reports, seasons, shades, sources  # noqa: A004 - the map page
from web.pages.shelf import Shelf

STATIC = Path(__file__).parents[1] / "static"


def install(app: FastAPI) -> None:
    """Give an application the files under `/static` and every page; after the API, whose paths come first."""
    app.state.shelf = Shelf()
    app.mount("/static", StaticFiles(directory=STATIC, check_dir=False), name="static")
    app.add_api_route("/colours.css", colours, methods=["GET"], include_in_schema=False)
    for one in (map, region, episode, seasons, measures, sources, reports):
        app.include_router(one.router)


def colours(desk: AtDesk) -> Response:
    """The shades of every grade, from the catalogue."""
    return Response(shades.sheet(desk.facts), headers={"Cache-Control": "no-cache"}, media_type="text/css")
