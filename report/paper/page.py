"""A sheet as one HTML file: nothing is fetched, no script runs, and a printer cuts it into pages."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.words import Speaker
from report.paper.sheet import Sheet

TEMPLATES = Path(__file__).parent.parent / "templates"


@cache
def environment() -> Environment:
    """The templates; every value is escaped, a name that is not given is a fault."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def html(say: Speaker, sheet: Sheet, at: datetime) -> str:
    """The page; `at` is when it was written."""
    told = environment().get_template("sheet.html")
    return told.render(sheet=sheet, say=say, at=say.moment(at, offset=True)).lstrip()
