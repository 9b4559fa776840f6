"""Stations on a map at one time: the coast, a disc a station by grade, and names where there is room.

The projection is plain: degrees of longitude shrunk by the cosine of the middle latitude.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from report.figures.canvas import FAINT, INK, SOFT, Canvas, text_width
from report.figures.grades import NOT_KNOWN, Step
from report.figures.parts import Key, grade_keys, legend
from report.figures.scale import Scale, ticks

SEA, LAND, SHORE, BORDER = "#e9f0f4", "#fbfaf7", "#9aa7b3", "#c9d0d7"
KM_PER_DEGREE = 111.2
_LABELLED = 12
# Beyond so many stations only the highest are named.
_CROWD, _NAMED = 60, 12
# Height of a map of its stations, for each unit of width.
_SHAPE = 0.8


@dataclass(frozen=True)
class Dot:
    """A station: where it is, what it had, and how grave that is counted from 0."""

    name: str
    lat: float
    lon: float
    value: float | None
    grade: int | None
    scale: Sequence[Step]


@dataclass(frozen=True)
class Frame:
    """The part of the earth that is shown, degrees."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, dots: Sequence[Dot], least: float = 0.3) -> Frame:
        """The stations with a margin, at least so many degrees across."""
        lats, lons = [one.lat for one in dots], [one.lon for one in dots]
        lat, lon = (max(lats) + min(lats)) / 2, (max(lons) + min(lons)) / 2
        shrink = math.cos(math.radians(lat))
        across, down = (max(lons) - min(lons)) * shrink, (max(lats) - min(lats)) / _SHAPE
        half = max(least, across, down) * 0.58
        return cls(lon - half / shrink, lat - half * _SHAPE, lon + half / shrink, lat + half * _SHAPE)

    def inside(self, dots: Sequence[Dot]) -> list[Dot]:
        """The stations that lie in it."""
        return [
            one for one in dots if self.west <= one.lon <= self.east and self.south <= one.lat <= self.north
        ]


BOTH_SHORES = Frame(110.5, 30.0, 131.0, 42.5)


def coast(path: Path) -> dict[str, list[list[tuple[float, float]]]]:
    """Lines (`coast`, `border`) and outlines (`land`) of longitude and latitude from the catalogue's file."""
    told = json.loads(path.read_text(encoding="utf-8"))
    return {one["properties"]["kind"]: list(_lines(one["geometry"])) for one in told["features"]}


def _lines(geometry: dict[str, Any]) -> Iterator[list[tuple[float, float]]]:
    for part in geometry["coordinates"]:
        line = part[0] if geometry["type"] == "MultiPolygon" else part
        yield [(x, y) for x, y in line]


def draw(
    dots: Sequence[Dot],
    frame: Frame,
    shores: dict[str, list[list[tuple[float, float]]]],
    scales: Sequence[Sequence[Step]],
    width: int,
    ident: str,
    title: str,
    text: str,
    language: str,
) -> Canvas:
    """The map at a width; every station bears its value where there are few, else the highest ones do."""
    shrink = math.cos(math.radians((frame.south + frame.north) / 2))
    height = width * (frame.north - frame.south) / ((frame.east - frame.west) * shrink)
    canvas = Canvas(ident, width, height, title, text, language)
    x, y = Scale(frame.west, frame.east, 0, width), Scale(frame.south, frame.north, height, 0)
    canvas.rect(0, 0, width, height, fill=SEA)
    inside = canvas.clip(width, height)
    for ring in shores.get("land", ()):
        canvas.polygon([(x(lon), y(lat)) for lon, lat in ring], fill=LAND, clip_path=inside)
    for kind, colour, stroke in (("border", BORDER, 0.8), ("coast", SHORE, 1.0)):
        for line in shores.get(kind, ()):
            for part in _inside(line, frame):
                points: list[tuple[float, float] | None] = [(x(lon), y(lat)) for lon, lat in part]
                canvas.path(points, stroke=colour, stroke_width=stroke, clip_path=inside)
    shown = frame.inside(dots)
    shown.sort(key=lambda one: -1 if one.value is None else one.value)
    radius = 10.0 if len(shown) <= _LABELLED * 3 else 4.5
    for one in shown:
        fill = NOT_KNOWN if one.grade is None else one.scale[one.grade].shade
        size = radius if one.grade is not None else radius * 0.7
        canvas.circle(x(one.lon), y(one.lat), size, fill=fill, stroke=INK, stroke_width=0.7)
        if radius > 8 and one.value is not None:
            ink = INK if one.grade is None else one.scale[one.grade].ink
            canvas.text_at(
                x(one.lon),
                y(one.lat) + 3.2,
                f"{one.value:.0f}",
                9,
                anchor="middle",
                fill=ink,
                font_weight="600",
            )
    _names(canvas, shown, x, y, radius, width)
    _scale_bar(canvas, frame, height, width)
    canvas.rect(0.5, 0.5, width - 1, height - 1, fill="none", stroke=FAINT)
    below = height + 10
    for scale in scales:
        below = legend(canvas, 0, below, width, grade_keys(scale, language))
    canvas.height = below
    return canvas


def key_of_missing(text: str) -> Key:
    """The legend's entry for a station without a value."""
    return Key(text, "box", NOT_KNOWN)


def _scale_bar(canvas: Canvas, frame: Frame, height: float, width: int) -> None:
    """A round number of kilometres, about a sixth of the width."""
    per_km = height / ((frame.north - frame.south) * KM_PER_DEGREE)
    km = ticks(width / 5 / per_km, 2)[-1]
    canvas.line(12, height - 12, 12 + km * per_km, height - 12, stroke=INK, stroke_width=2)
    canvas.text_at(12, height - 17, f"{km:g} km", 9.5, fill=INK)


def _names(canvas: Canvas, shown: Sequence[Dot], x: Scale, y: Scale, radius: float, width: int) -> None:
    """Names of the highest stations, left out where one would lie on another."""
    taken: list[tuple[float, float, float, float]] = [
        (x(one.lon) - radius, y(one.lat) - radius, x(one.lon) + radius, y(one.lat) + radius) for one in shown
    ]
    most = len(shown) if len(shown) <= _CROWD else _NAMED
    for one in sorted(shown, key=lambda d: -(d.value or 0))[:most]:
        wide = text_width(one.name, 9.5)
        for right in (True, False):
            left = x(one.lon) + radius + 3 if right else x(one.lon) - radius - 3 - wide
            box = (left, y(one.lat) - 6, left + wide, y(one.lat) + 6)
            if left < 0 or left + wide > width or any(_overlap(box, other) for other in taken):
                continue
            canvas.text_at(left, y(one.lat) + 3.3, one.name, 9.5, fill=SOFT)
            taken.append(box)
            break


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _inside(line: list[tuple[float, float]], frame: Frame) -> list[list[tuple[float, float]]]:
    """The runs of a line that touch the frame."""
    runs: list[list[tuple[float, float]]] = [[]]
    margin = 0.5
    for lon, lat in line:
        if (
            frame.west - margin <= lon <= frame.east + margin
            and frame.south - margin <= lat <= frame.north + margin
        ):
            runs[-1].append((lon, lat))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) > 1]
