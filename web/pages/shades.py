"""The grades' colours as a style sheet: pages may not carry styles of their own, so a shade is a class."""

from __future__ import annotations

import re

from config.facts import Facts
from config.scales import Category
from config.shades import Shade
from report.figures.sheet import Cell

_HEX = re.compile(r"^#[0-9a-f]{6}$")


def shade_class(colour: str | None) -> str:
    """The class of a shade: #3F9E62 is s-3f9e62; nothing for none."""
    return f"s-{colour.lower().lstrip('#')}" if colour else ""


def sheet(facts: Facts) -> str:
    """The classes of every shade in which a grade is shown, as fill and as ground with readable ink."""
    shades = facts.by_id("shades", Shade)
    inks = {one.shade.lower(): one.ink for one in shades.values()}
    for category in facts.all("index_categories", Category):
        if category.colour not in shades:
            inks.setdefault(category.colour.lower(), "#000000")
    rules = [rule(colour, ink) for colour, ink in sorted(inks.items())]
    return "\n".join(rules) + "\n"


def rule(colour: str, ink: str) -> str:
    """One class; nothing for what is no colour."""
    if not _HEX.match(colour.lower()) or not _HEX.match(ink.lower()):
        return ""
    name = shade_class(colour)
    return (
        f".{name}{{fill:{colour};--shade:{colour}}}.{name}.ground{{background:{colour};color:{ink}}}"
        f".{name}.edge{{border-top-color:{colour}}}"
    )


def of_cells(cells: list[Cell]) -> str:
    """Classes of further shades: those of a table that is shaded by amount."""
    inks = {one.shade.lower(): one.ink for one in cells if one.shade}
    return "\n".join(rule(colour, ink) for colour, ink in sorted(inks.items()))
