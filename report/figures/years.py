"""One figure a year as bars: the same days of other years, the year in question told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from report.figures.canvas import ACCENT, FAINT, INK, SOFT, Canvas
from report.figures.parts import SMALL
from report.figures.scale import Scale, ceiling

_PALE = "#a9bccb"


@dataclass(frozen=True)
class Year:
    """A year's mean; `low` and `high` are its lowest and highest day."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    asked: bool


def draw(
    years: Sequence[Year], unit: str, width: int, ident: str, title: str, text: str, language: str
) -> Canvas:
    """Bars from zero with a whisker from the lowest day to the highest."""
    canvas = Canvas(ident, width, 0, title, text, language)
    left, top, row = 52.0, 18.0, 24.0
    x = Scale(0, ceiling([one.high for one in years], 10), left, width - 46.0)
    bottom = top + row * len(years)
    canvas.text_at(0, 10, unit, SMALL, fill=SOFT)
    for index, one in enumerate(years):
        y = top + index * row
        weight = "600" if one.asked else "400"
        canvas.text_at(0, y + 16, one.name, 11, font_weight=weight)
        if one.value is None:
            canvas.text_at(left, y + 16, "–", 11, fill=SOFT)
            continue
        canvas.rect(left, y + 4, x(one.value) - left, row - 8, fill=ACCENT if one.asked else _PALE)
        if one.low is not None and one.high is not None:
            for colour, wide in (("#ffffff", 3.0), (INK, 1.0)):
                canvas.line(
                    x(one.low), y + row / 2, x(one.high), y + row / 2, stroke=colour, stroke_width=wide
                )
                for end in (one.low, one.high):
                    canvas.line(x(end), y + 8, x(end), y + row - 8, stroke=colour, stroke_width=wide)
        end = max(x(one.value), x(one.high) if one.high is not None else 0)
        canvas.text_at(end + 6, y + 16, f"{one.value:.1f}", 11, font_weight=weight)
    canvas.line(left, top, left, bottom, stroke=FAINT)
    canvas.height = bottom + 6
    return canvas
