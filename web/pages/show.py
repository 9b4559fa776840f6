"""How a page is shown: templates that escape every value, the frame around them, copies that stay right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from config.words import LANGUAGES
from report.answer import SYNTHETIC
from web.pages.shades import shade_class
from web.pages.shelf import Shelf
from web.pages.visit import OWN_NAMES, Visit

TEMPLATES = Path(__file__).parent / "templates"
# Path and the message that names it, in the order of the menu.
MENU = (
    ("/", "web.nav.map"),
    ("/regions", "web.nav.regions"),
    ("/episodes", "web.nav.episodes"),
    ("/seasons", "web.nav.seasons"),
    ("/measures", "web.nav.measures"),
    ("/sources", "web.nav.sources"),
    ("/reports", "web.nav.reports"),
)

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=select_autoescape(default=True),
    # A name that a page does not give is a mistake of ours, not a blank.
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["shade"] = shade_class


def shelf_of(visit: Visit) -> Shelf:
    """What the pages of this server have worked out lately."""
    found: Shelf = visit.request.app.state.shelf
    return found


def unchanged(visit: Visit, *further: str) -> Response | None:
    """Not modified, where the browser's copy is what would be shown."""
    tag = visit.tag(*further)
    given = visit.request.headers.get("if-none-match", "")
    if tag not in (one.strip().removeprefix("W/") for one in given.split(",")):
        return None
    return Response(status_code=304, headers=_headers(tag))


def page(
    visit: Visit, template: str, *, status: int = 200, tag: str | None = None, **context: Any
) -> Response:
    """A page of a template under `web/pages/templates`.

    Parameters
    ----------
    tag : entity tag; None for a page that is another one each time.
    """
    told = _ENVIRONMENT.get_template(template).render(frame(visit) | context)
    headers = _headers(tag) if tag else {"Cache-Control": "no-store"}
    return Response(told, status, headers, media_type="text/html; charset=utf-8")


def frame(visit: Visit) -> dict[str, Any]:
    """What the frame of every page shows."""
    first = "/" + visit.path.strip("/").partition("/")[0]
    return {
        "visit": visit,
        "say": visit.say,
        "menu": [
            {"href": visit.link(path), "text": visit.say.message(key), "here": path == first}
            for path, key in MENU
        ],
        "languages": [
            {
                "code": one,
                "name": OWN_NAMES[one],
                "href": visit.in_language(one),
                "here": one == visit.language,
            }
            for one in LANGUAGES
        ],
        "warning": visit.say.retell(SYNTHETIC) if visit.synthetic else None,
    }


def _headers(tag: str) -> dict[str, str]:
    return {"Cache-Control": "no-cache", "ETag": tag, "Vary": "Accept-Language"}
