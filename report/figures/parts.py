"""What several figures share: legends, value axes, axes of days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from report.figures.canvas import FAINT, INK, SOFT, Canvas, text_width
from report.figures.grades import Step
from report.figures.scale import Scale, ticks

SMALL = 10.5
WEEKEND = "#f5f6f8"


@dataclass(frozen=True)
class Day:
    """A civil day on a time axis: the hour number at which it starts, and what is written under it."""

    start: int
    number: str
    month: str
    free: bool


@dataclass(frozen=True)
class Key:
    """One entry of a legend: `kind` is box, hatch, open, line or mark."""

    text: str
    kind: str
    colour: str


def legend(canvas: Canvas, x: float, y: float, room: float, keys: Sequence[Key]) -> float:
    """The entries from left to right, folded where they do not fit; gives the y below them."""
    at, row = x, y
    for key in keys:
        wide = 20 + text_width(key.text, SMALL) + 14
        if at > x and at + wide - 14 > x + room:
            at, row = x, row + 17
        _symbol(canvas, at, row, key)
        canvas.text_at(at + 19, row + 9, key.text, SMALL, fill=SOFT)
        at += wide
    return row + 17


def _symbol(canvas: Canvas, x: float, y: float, key: Key) -> None:
    if key.kind == "line":
        canvas.line(x, y + 5, x + 14, y + 5, stroke=key.colour, stroke_width=1.6)
    elif key.kind == "mark":
        canvas.polygon([(x + 2, y + 1), (x + 12, y + 1), (x + 7, y + 9)], fill=key.colour)
    elif key.kind == "hatch":
        canvas.rect(x, y, 14, 10, fill=canvas.hatch(key.colour), stroke=key.colour, stroke_width=0.8)
    elif key.kind == "open":
        canvas.rect(x + 0.5, y + 0.5, 13, 9, fill="none", stroke=key.colour)
    else:
        canvas.rect(x, y, 14, 10, fill=key.colour)


def grade_keys(scale: Sequence[Step], language: str) -> list[Key]:
    """A legend of grades: name and limits."""
    return [Key(f"{one.names[language]} {one.span()}", "box", one.shade) for one in scale]


def value_axis(
    canvas: Canvas, y: Scale, left: float, right: float, scale: Sequence[Step], most: int = 5
) -> None:
    """Grid lines with their values; beside them the grades as a ladder of colours."""
    for tick in ticks(y.high, most):
        canvas.line(left, y(tick), right, y(tick), stroke=FAINT, stroke_width=1)
        canvas.text_at(left - 12, y(tick) + 3.5, f"{tick:g}", SMALL, anchor="end", fill=SOFT)
    for one in scale:
        low = max(0.0, one.low - 0.5)
        high = y.high if one.high is None else min(y.high, one.high + 0.5)
        if low < high:
            canvas.rect(left - 7, y(high), 4, y(low) - y(high), fill=one.shade)


def weekends(canvas: Canvas, x: Scale, days: Sequence[Day], top: float, bottom: float) -> None:
    """Free days stand on a faint ground: vehicle rules do not hold on them."""
    for day in days:
        if day.free:
            canvas.rect(x(day.start), top, x(day.start + 24) - x(day.start), bottom - top, fill=WEEKEND)


def day_axis(canvas: Canvas, x: Scale, days: Sequence[Day], y: float) -> float:
    """Numbers of days, and under them their months; gives the y below."""
    wide = x(24) - x(0)
    every = max(1, -(-15 // max(1, int(wide))))
    size = SMALL if wide >= 14 else 9
    for index, day in enumerate(days):
        if index % every == 0:
            middle = (x(day.start) + x(day.start + 24)) / 2
            colour = SOFT if day.free else INK
            canvas.text_at(middle, y + 12, day.number, size, anchor="middle", fill=colour)
    begun = ""
    last_end = -1.0
    for day in days:
        if day.month != begun:
            begun = day.month
            at = max(x(day.start) + 2, last_end)
            if at + text_width(begun, SMALL) <= x.end + 10:
                canvas.text_at(at, y + 27, begun, SMALL, fill=SOFT)
                canvas.line(x(day.start), y + 1, x(day.start), y + 30, stroke=FAINT)
                last_end = at + text_width(begun, SMALL) + 8
    return y + 34
