"""The strip of an episode: the air of a place, what was in force under it, and other places below.

Bars are day means in the colours of the country's grades, the line hour means. Under them a lane for each
kind of measure, alert and forecast: a triangle where it was announced, a bar where it was in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from report.figures.canvas import ACCENT, FAINT, INK, SOFT, Canvas, folded, text_width
from report.figures.grades import Step
from report.figures.parts import SMALL, Day, Key, day_axis, grade_keys, legend, value_axis, weekends
from report.figures.scale import Scale, ceiling

WIDE = 600
EPISODE, EPISODE_EDGE = "#f4ead9", "#b08a4a"


@dataclass(frozen=True)
class Bar:
    """A day mean: hours from `start` to `end`, exclusive; `grade` counts from 0, None without one."""

    start: int
    end: int
    value: float | None
    grade: int | None


@dataclass(frozen=True)
class Panel:
    """The air of one place, with the grades of its country."""

    name: str
    about: str
    bars: Sequence[Bar]
    hours: Sequence[tuple[int, float | None]]
    scale: Sequence[Step]


@dataclass(frozen=True)
class Stretch:
    """A time in a lane; `style` is solid, hatch, open or dashed (its end is not known)."""

    start: float
    end: float
    style: str = "solid"
    text: str = ""
    announced: float | None = None
    colour: str = ACCENT
    ink: str = "#ffffff"


@dataclass(frozen=True)
class Lane:
    """One line of the strip under the air; `empty` is said where nothing stands in it."""

    label: str
    stretches: Sequence[Stretch]
    empty: str = ""


@dataclass(frozen=True)
class Strip:
    """All that a strip shows, on hours from `first` to `end`, exclusive."""

    first: int
    end: int
    days: Sequence[Day]
    unit: str
    main: Panel
    lanes: Sequence[Lane]
    beside: Sequence[Panel] = ()
    episodes: Sequence[tuple[int, int]] = ()
    peak: tuple[float, str] | None = None
    keys: Sequence[Key] = field(default_factory=tuple)


def draw(strip: Strip, width: int, ident: str, title: str, text: str, language: str) -> Canvas:
    """The strip at a width; below `WIDE` the labels of lanes stand above them."""
    canvas = Canvas(ident, width, 0, title, text, language)
    wide = width >= WIDE
    left, right = (150.0 if wide else 42.0), width - 12.0
    x = Scale(strip.first, strip.end, left, right)
    top = _top(strip)
    head = _heading(canvas, strip.main, strip.unit, 0, width)
    height = 220.0 if wide else 180.0
    bottom = head + height
    lanes_end = bottom + 36 + _lanes_height(strip.lanes, wide=wide)
    for start, end in strip.episodes:
        canvas.rect(x(start), head, x(end) - x(start), lanes_end - head, fill=EPISODE)
        canvas.line(x(start), head, x(end), head, stroke=EPISODE_EDGE, stroke_width=2)
    weekends(canvas, x, strip.days, bottom + 1, bottom + 16)
    _panel(canvas, strip.main, x, Scale(0, top, bottom, head), left, right, values_on=wide)
    if strip.peak is not None:
        _peak(canvas, strip.peak, x, head, bottom, right)
    y = day_axis(canvas, x, strip.days, bottom) + 2
    for lane in strip.lanes:
        y = _lane(canvas, lane, x, y, left, wide=wide)
    for panel in strip.beside:
        y = _heading(canvas, panel, strip.unit, y + 14, width)
        low = y + (96.0 if wide else 84.0)
        for start, end in strip.episodes:
            canvas.rect(x(start), y, x(end) - x(start), low - y, fill=EPISODE)
        _panel(canvas, panel, x, Scale(0, top, low, y), left, right, values_on=False, most=3)
        y = low + 4
    if strip.beside:
        y = day_axis(canvas, x, strip.days, y - 4)
    scales = {tuple(one.names["en"] for one in panel.scale): panel for panel in (strip.main, *strip.beside)}
    y = legend(canvas, 0, y + 8, width, strip.keys)
    for panel in scales.values():
        y = legend(canvas, 0, y, width, grade_keys(panel.scale, language))
    canvas.height = y
    return canvas


def _top(strip: Strip) -> float:
    """One scale for all places: the hours of the place itself, and the day means of those beside.

    An hour of dust elsewhere would else press everything flat; what goes beyond is cut and said.
    """
    values = [value for _, value in strip.main.hours]
    values += [one.value for panel in (strip.main, *strip.beside) for one in panel.bars]
    held = any(panel.bars for panel in strip.beside) or not strip.beside
    values += [] if held else [value for panel in strip.beside for _, value in panel.hours]
    return ceiling(values, 60)


def _heading(canvas: Canvas, panel: Panel, unit: str, y: float, width: float) -> float:
    canvas.text_at(0, y + 13, panel.name, 12.5, font_weight="600")
    used = text_width(panel.name, 12.5) * 1.06 + 10
    lines = folded(panel.about, SMALL, width - used)
    if len(lines) > 1:
        used, lines = 0, folded(panel.about, SMALL, width)
        y += 15
    for index, line in enumerate(lines):
        canvas.text_at(used, y + 13 + index * 14, line, SMALL, fill=SOFT)
    canvas.text_at(0, y + 30 + (len(lines) - 1) * 14, unit, SMALL, fill=SOFT)
    # On a telephone the values of the axis stand under the unit, not beside it.
    return y + (26 if width >= WIDE else 40) + (len(lines) - 1) * 14


def _panel(
    canvas: Canvas,
    panel: Panel,
    x: Scale,
    y: Scale,
    left: float,
    right: float,
    *,
    values_on: bool,
    most: int = 5,
) -> None:
    value_axis(canvas, y, left, right, panel.scale, most)
    for bar in panel.bars:
        if bar.value is None:
            canvas.text_at((x(bar.start) + x(bar.end)) / 2, y(0) - 4, "×", 11, anchor="middle", fill=SOFT)
            continue
        colour = FAINT if bar.grade is None else panel.scale[bar.grade].shade
        canvas.rect(
            x(bar.start) + 1, y(bar.value), x(bar.end) - x(bar.start) - 2, y(0) - y(bar.value), fill=colour
        )
    canvas.line(left, y(0), right, y(0), stroke=SOFT, stroke_width=1)
    points = [None if value is None else (x(hour), y(min(value, y.high))) for hour, value in panel.hours]
    canvas.path(points, stroke=INK, stroke_width=1.3, stroke_linejoin="round")
    _beyond(canvas, panel, x, y)
    if values_on and panel.bars and x(24) - x(0) >= 20:
        for bar in panel.bars:
            if bar.value is not None:
                _value(canvas, (x(bar.start) + x(bar.end)) / 2, y, bar, panel)


def _beyond(canvas: Canvas, panel: Panel, x: Scale, y: Scale) -> None:
    """The highest hour that the scale cuts off, written where it was."""
    above = [(value, hour) for hour, value in panel.hours if value is not None and value > y.high]
    if not above:
        return
    value, hour = max(above)
    text, at = f"▲ {value:.0f}", x(hour)
    ends = at + 4 + text_width(text, SMALL) < x.end
    canvas.text_at(at + (4 if ends else -4), y(y.high) - 3, text, SMALL, anchor="start" if ends else "end")


def _value(canvas: Canvas, middle: float, y: Scale, bar: Bar, panel: Panel) -> None:
    """The mean of a day, written inside the foot of its bar."""
    text = f"{bar.value:.0f}"
    ink = INK if bar.grade is None else panel.scale[bar.grade].ink
    inside = bar.value is not None and y(0) - y(bar.value) > 17
    at = y(0) - 5 if inside else y(bar.value or 0) - 4
    canvas.text_at(middle, at, text, SMALL, anchor="middle", fill=ink if inside else INK)


def _peak(canvas: Canvas, peak: tuple[float, str], x: Scale, top: float, bottom: float, right: float) -> None:
    at, said = x(peak[0]), peak[1]
    canvas.line(at, top, at, bottom, stroke=INK, stroke_width=1, stroke_dasharray="2 3")
    ends = at + 6 + text_width(said, 11) < right
    canvas.text_at(
        at + (6 if ends else -6), top + 12, said, 11, anchor="start" if ends else "end", font_weight="600"
    )


def _lanes_height(lanes: Sequence[Lane], *, wide: bool) -> float:
    return sum(24 if wide else 38 for _ in lanes)


def _lane(canvas: Canvas, lane: Lane, x: Scale, y: float, left: float, *, wide: bool) -> float:
    """A lane; gives the y below."""
    if wide:
        middle, below = y + 12, y + 24
        canvas.text_at(0, middle + 4, lane.label, 11)
    else:
        middle, below = y + 27, y + 38
        canvas.text_at(0, y + 13, lane.label, 11)
    if not lane.stretches and lane.empty:
        canvas.text_at(left + 4, middle + 4, lane.empty, SMALL, fill=SOFT)
    else:
        canvas.line(left, middle, x.end, middle, stroke=FAINT)
    for one in lane.stretches:
        _stretch(canvas, one, x, middle)
    return below


def _stretch(canvas: Canvas, one: Stretch, x: Scale, middle: float) -> None:
    start, end = max(one.start, x.low), min(one.end, x.high)
    if one.announced is not None and x.low <= one.announced <= x.high:
        at = x(one.announced)
        canvas.line(at, middle, x(start), middle, stroke=one.colour, stroke_width=1.2)
        canvas.polygon([(at - 4, middle - 9), (at + 4, middle - 9), (at, middle - 1)], fill=one.colour)
    if end <= start:
        return
    style: dict[str, object] = {
        "solid": {"fill": one.colour},
        "hatch": {"fill": canvas.hatch(one.colour), "stroke": one.colour, "stroke_width": 0.8},
        "open": {"fill": "#ffffff", "stroke": one.colour, "stroke_width": 1.2},
        "dashed": {"fill": "#ffffff", "stroke": one.colour, "stroke_width": 1.2, "stroke_dasharray": "3 2"},
    }[one.style]  # type: ignore[assignment]
    canvas.rect(x(start), middle - 6, x(end) - x(start), 12, **style)
    if one.text and text_width(one.text, 10) + 4 <= x(end) - x(start):
        ink = one.ink if one.style == "solid" else INK
        canvas.text_at((x(start) + x(end)) / 2, middle + 3.5, one.text, 10, anchor="middle", fill=ink)
