"""Grades of a day mean, with the colour of the country's own scale and a shade of it that prints.

Official colours are pure (#00FF00 on white cannot be read), so the catalogue gives each a shade and the ink
that is read on it (`shades.csv`). Colour never stands alone: a figure adds the value, a height or a name.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from config.facts import Facts
from config.scales import Breakpoint, Category, Grade
from config.shades import Shade

NOT_KNOWN = "#f1f2f4"
_SCHEMES = ("kr-cai", "cn-aqi")


@dataclass(frozen=True)
class Step:
    """One grade: whole ug/m3 from `low` to `high` inclusive (None: open), its names and colours."""

    low: float
    high: float | None
    names: dict[str, str]
    official: str
    shade: str
    ink: str

    def span(self) -> str:
        """Its limits as text: 0–15, 76–."""
        return f"{self.low:g}–" if self.high is None else f"{self.low:g}–{self.high:g}"


def steps(facts: Facts, country: str, pollutant: str, day: date) -> list[Step]:
    """The grades of a country on a day, the best first; none where it has no scale for it then.

    Source: grades of the forecast in Korea, the segments of HJ 633 for the 24 h mean in China.
    """
    scheme = next((one for one in _SCHEMES if one.startswith(country.lower())), None)
    colours = _colours(facts, scheme, day)
    grades = [
        one
        for one in facts.all("grades", Grade)
        if one.country == country and one.pollutant == pollutant and one.holds_on(day)
    ]
    if grades:
        grades.sort(key=lambda one: one.lo)
        return [
            _step(facts, one.lo, one.hi, one, colour.colour)
            for one, colour in zip(grades, colours, strict=False)
        ]
    return _by_index(facts, scheme, pollutant, day, colours)


def grade_of(scale: Sequence[Step], value: float | None) -> int | None:
    """Which grade, counted from 0, a mean has: rounded half up to whole ug/m3; None without a value."""
    if value is None or not scale:
        return None
    whole = math.floor(value + 0.5)
    return next((n for n, one in enumerate(scale) if one.high is None or whole <= one.high), len(scale) - 1)


def _colours(facts: Facts, scheme: str | None, day: date) -> list[Category]:
    found = [one for one in facts.all("index_categories", Category) if one.scheme == scheme]
    return sorted((one for one in found if one.holds_on(day)), key=lambda one: one.lo)


def _by_index(
    facts: Facts, scheme: str | None, pollutant: str, day: date, categories: list[Category]
) -> list[Step]:
    segments = [
        one
        for one in facts.all("index_breakpoints", Breakpoint)
        if (one.scheme, one.pollutant, one.averaging) == (scheme, pollutant, "24 h") and one.holds_on(day)
    ]
    found: list[Step] = []
    for one in categories:
        inside = [s for s in segments if s.i_hi > one.lo and (one.hi is None or s.i_lo < one.hi)]
        if inside:
            low = found[-1].high + 1 if found and found[-1].high is not None else 0
            high = None if one.hi is None else max(s.c_hi for s in inside)
            found.append(_step(facts, low, high, one, one.colour))
    return found


def _step(facts: Facts, low: float, high: float | None, named: Grade | Category, official: str) -> Step:
    names = {"en": named.name_en, "ko": named.name_ko, "zh": named.name_zh}
    shade = facts.by_id("shades", Shade).get(official)
    if shade is None:
        return Step(low, high, names, official, official, "#000000")
    return Step(low, high, names, official, shade.shade, shade.ink)
