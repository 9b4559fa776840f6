"""Seasons as strips: a row a season, a bar a day; the graver the grade, the taller the bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from report.figures.canvas import ACCENT, FAINT, SOFT, Canvas, text_width
from report.figures.grades import NOT_KNOWN, Step
from report.figures.parts import SMALL, Key, grade_keys, legend
from report.figures.scale import Scale


@dataclass(frozen=True)
class Season:
    """A season's days in order: grade counted from 0 (None: no value), and whether a measure was in force.

    `lead` is how many days after the earliest season of the figure it begins, by the calendar.
    """

    name: str
    lead: int
    grades: Sequence[int | None]
    measures: Sequence[bool]
    scale: Sequence[Step]


def draw(
    seasons: Sequence[Season],
    months: Sequence[tuple[int, str]],
    keys: Sequence[Key],
    width: int,
    ident: str,
    title: str,
    text: str,
    language: str,
) -> Canvas:
    """The strips one under the other; `months` gives the day of a season on which each begins."""
    canvas = Canvas(ident, width, 0, title, text, language)
    left = max(text_width(one.name, 11) for one in seasons) + 8
    x = Scale(0, max(one.lead + len(one.grades) for one in seasons), left, width - 2.0)
    row, high = 30.0, 22.0
    for at, name in months:
        if x(at) + 2 + text_width(name, SMALL) <= width:
            canvas.text_at(x(at) + 2, 11, name, SMALL, fill=SOFT)
        canvas.line(x(at), 2, x(at), 18 + row * len(seasons), stroke=FAINT)
    for index, one in enumerate(seasons):
        base = 18 + (index + 1) * row - 5
        canvas.text_at(0, base - 4, one.name, 11)
        for day, grade in enumerate(one.grades, start=one.lead):
            wide = x(day + 1) - x(day)
            if grade is None:
                canvas.rect(x(day), base - 4, wide - 0.4, 4, fill=NOT_KNOWN, stroke=FAINT, stroke_width=0.4)
                continue
            tall = high * (grade + 1) / len(one.scale)
            canvas.rect(x(day), base - tall, wide - 0.4, tall, fill=one.scale[grade].shade)
        for day, held in enumerate(one.measures, start=one.lead):
            if held:
                canvas.rect(x(day), base + 1, max(2.0, x(day + 1) - x(day) - 0.4), 3, fill=ACCENT)
        canvas.line(left, base, x.end, base, stroke=FAINT)
    below = 18 + row * len(seasons) + 8
    scales = {tuple(one.names["en"] for one in season.scale): season.scale for season in seasons}
    for scale in scales.values():
        below = legend(canvas, 0, below, width, [*grade_keys(scale, language), *keys])
    canvas.height = below
    return canvas
