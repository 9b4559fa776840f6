"""A table as a picture, for those who paste pictures: headings, rows, shades where a cell has one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from report.figures.canvas import FAINT, INK, SOFT, Canvas, folded, text_width

_SIZE = 11.0
_PAD = 8.0
_MOST = 300.0
_LINE = 15.0


@dataclass(frozen=True)
class Cell:
    """What a cell says; numbers stand to the right, and a shade lies under it where there is one."""

    text: str
    figure: bool = False
    shade: str | None = None
    ink: str = INK
    bold: bool = False


def draw(
    headings: Sequence[str], rows: Sequence[Sequence[Cell]], ident: str, title: str, text: str, language: str
) -> Canvas:
    """The table, as wide as it needs; long cells are folded."""
    widths = [
        min(_MOST, max([text_width(head, _SIZE), *(text_width(row[n].text, _SIZE) for row in rows)]) + 2)
        + 2 * _PAD
        for n, head in enumerate(headings)
    ]
    canvas = Canvas(ident, sum(widths), 0, title, text, language)
    figures = [any(row[n].figure for row in rows) for n in range(len(headings))]
    y = 4.0
    cells = [Cell(head, figures[n], ink=SOFT) for n, head in enumerate(headings)]
    y = _row(canvas, cells, widths, y)
    canvas.line(0, y, sum(widths), y, stroke=INK, stroke_width=1)
    for row in rows:
        y = _row(canvas, row, widths, y)
        canvas.line(0, y, sum(widths), y, stroke=FAINT)
    canvas.height = y + 2
    return canvas


def _row(canvas: Canvas, row: Sequence[Cell], widths: Sequence[float], y: float) -> float:
    lines = [
        folded(cell.text, _SIZE, wide - 2 * _PAD) or [""] for cell, wide in zip(row, widths, strict=True)
    ]
    tall = max(len(one) for one in lines) * _LINE + 8
    x = 0.0
    for cell, wide, told in zip(row, widths, lines, strict=True):
        if cell.shade is not None:
            canvas.rect(x + 1, y + 1, wide - 2, tall - 2, fill=cell.shade)
        for index, line in enumerate(told):
            at, anchor = (x + wide - _PAD, "end") if cell.figure else (x + _PAD, "start")
            weight = "600" if cell.bold else "400"
            canvas.text_at(
                at, y + 15 + index * _LINE, line, _SIZE, anchor=anchor, fill=cell.ink, font_weight=weight
            )
        x += wide
    return y + tall
