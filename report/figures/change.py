"""Changes against a baseline with their intervals, around zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from report.figures.canvas import ACCENT, FAINT, SOFT, Canvas, text_width
from report.figures.parts import SMALL
from report.figures.scale import Scale, ticks

_UNSURE = "#8b98a5"


@dataclass(frozen=True)
class Change:
    """A difference with the ends of its interval; None where it is not known."""

    name: str
    difference: float | None
    low: float | None
    high: float | None

    @property
    def off_zero(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def draw(
    changes: Sequence[Change], unit: str, width: int, ident: str, title: str, text: str, language: str
) -> Canvas:
    """A dot and its interval a row: filled where the interval leaves zero out, hollow where it does not."""
    canvas = Canvas(ident, width, 0, title, text, language)
    left = max(text_width(one.name, 11) for one in changes) + 10
    top, row = 26.0, 24.0
    ends = [abs(end) for one in changes for end in (one.difference, one.low, one.high) if end is not None]
    most = max([*ends, 1.0]) * 1.1
    x = Scale(-most, most, left, width - 60.0)
    bottom = top + row * len(changes)
    for tick in ticks(most, 3):
        for signed in {tick, -tick}:
            canvas.line(x(signed), top - 4, x(signed), bottom, stroke=FAINT if signed else SOFT)
            canvas.text_at(
                x(signed),
                top - 9,
                f"{signed:+g}".replace("-", "−") if signed else "0",
                SMALL,
                anchor="middle",
                fill=SOFT,
            )
    canvas.text_at(0, top - 9, unit, SMALL, fill=SOFT)
    for index, one in enumerate(changes):
        y = top + (index + 0.5) * row
        canvas.text_at(0, y + 4, one.name, 11)
        if one.difference is None:
            canvas.text_at(x(0) + 6, y + 4, "–", 11, fill=SOFT)
            continue
        colour = ACCENT if one.off_zero else _UNSURE
        if one.low is not None and one.high is not None:
            canvas.line(x(one.low), y, x(one.high), y, stroke=colour, stroke_width=2)
        canvas.circle(
            x(one.difference),
            y,
            4.5,
            fill=colour if one.off_zero else "#ffffff",
            stroke=colour,
            stroke_width=2,
        )
        canvas.text_at(width, y + 4, f"{one.difference:+.1f}".replace("-", "−"), 11, anchor="end")
    canvas.height = bottom + 8
    return canvas
