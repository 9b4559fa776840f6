"""A sheet as one HTML file: nothing is fetched, no script runs, and a printer cuts it into pages."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from config.words import Speaker
from report.paper.sheet import Sheet

# A concentration as each language writes it, with the value before it.
_VALUE = re.compile(r"((?:\d[\d.,]* ?)?(?:µg|μg|㎍)/(?:m³|㎥))")
_WHOLE = Markup('<span class="unit">{}</span>')
TEMPLATES = Path(__file__).parent.parent / "templates"


@cache
def environment() -> Environment:
    """The templates; every value is escaped, a name that is not given is a fault."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["whole"] = whole
    return found


def whole(text: str) -> Markup:
    """A text in which a value and its unit stay on one line."""
    parts = _VALUE.split(text)
    return Markup("").join(_WHOLE.format(part) if index % 2 else part for index, part in enumerate(parts))


def html(say: Speaker, sheet: Sheet, at: datetime) -> str:
    """The page; `at` is when it was written."""
    told = environment().get_template("sheet.html")
    return told.render(sheet=sheet, say=say, at=say.moment(at, offset=True)).lstrip()
