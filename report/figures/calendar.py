"""A calendar of day means: a cell a day, coloured by grade, with its value; measures ring it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from report.figures.canvas import ACCENT, SOFT, Canvas
from report.figures.grades import NOT_KNOWN, Step
from report.figures.parts import Key, grade_keys, legend

_WEEK = 7


@dataclass(frozen=True)
class Cell:
    """A day: its mean, its grade counted from 0, and whether a measure was in force."""

    day: date
    value: float | None
    grade: int | None
    measure: bool


def draw(
    cells: Sequence[Cell],
    scale: Sequence[Step],
    weekdays: Sequence[str],
    months: dict[tuple[int, int], str],
    keys: Sequence[Key],
    width: int,
    ident: str,
    title: str,
    text: str,
    language: str,
) -> Canvas:
    """The months side by side, or one under the other where it is narrow; weeks begin on Monday."""
    canvas = Canvas(ident, width, 0, title, text, language)
    of: dict[tuple[int, int], list[Cell]] = {}
    for cell in cells:
        of.setdefault((cell.day.year, cell.day.month), []).append(cell)
    gap = 28
    per_row = min(len(of), max(1, (width + gap) // (276 + gap)))
    size = min(44.0, ((width - gap * (per_row - 1)) / per_row) / _WEEK)
    wide = size * _WEEK + gap
    y, low = 0.0, 0.0
    for index, (month, days) in enumerate(of.items()):
        column = index % per_row
        if column == 0:
            y = low + (12 if index else 0)
        low = max(low, _month(canvas, column * wide, y, size, months[month], days, scale, weekdays))
    canvas.height = legend(canvas, 0, low + 12, width, [*grade_keys(scale, language), *keys])
    return canvas


def _month(
    canvas: Canvas,
    left: float,
    top: float,
    size: float,
    name: str,
    days: Sequence[Cell],
    scale: Sequence[Step],
    weekdays: Sequence[str],
) -> float:
    canvas.text_at(left, top + 13, name, 12.5, font_weight="600")
    for column, weekday in enumerate(weekdays):
        canvas.text_at(left + size * (column + 0.5), top + 31, weekday, 10, anchor="middle", fill=SOFT)
    first = days[0].day
    shift = first.replace(day=1).weekday()
    start_row = (first.day - 1 + shift) // _WEEK
    row = 0
    for cell in days:
        place = cell.day.day - 1 + shift
        row, column = place // _WEEK - start_row, place % _WEEK
        _cell(canvas, left + column * size, top + 38 + row * size, size, cell, scale)
    return top + 38 + (row + 1) * size


def _cell(canvas: Canvas, x: float, y: float, size: float, cell: Cell, scale: Sequence[Step]) -> None:
    known = cell.grade is not None
    fill = scale[cell.grade].shade if cell.grade is not None else NOT_KNOWN
    ink = scale[cell.grade].ink if cell.grade is not None else SOFT
    canvas.rect(x + 1, y + 1, size - 2, size - 2, fill=fill, rx=2)
    canvas.text_at(x + 5, y + 13, str(cell.day.day), 9.5, fill=ink)
    said = "–" if cell.value is None else f"{cell.value:.0f}"
    canvas.text_at(
        x + size / 2,
        y + size * 0.74,
        said,
        14 if size > 38 else 12,
        anchor="middle",
        fill=ink if known else SOFT,
        font_weight="600",
    )
    if cell.measure:
        canvas.rect(x + 2, y + 2, size - 4, size - 4, fill="none", stroke=ACCENT, stroke_width=2.4, rx=2)
        canvas.polygon([(x + size - 12, y + 1), (x + size - 1, y + 1), (x + size - 1, y + 12)], fill=ACCENT)
