"""A drawing surface: SVG with a title, a description, and nothing fetched.

Altair draws charts of one kind; a strip with lanes, a calendar or a matrix with words in its cells is a
drawing. What is written can be Korean or Chinese, so the width of a text is reckoned, not measured.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from itertools import pairwise
from xml.etree import ElementTree as ET

# Fonts that have Hangul and Hanzi on the common systems; the language of a page puts the right one first.
FONTS = {
    "en": "'Noto Sans', 'Noto Sans CJK KR', 'Apple SD Gothic Neo', 'Malgun Gothic', sans-serif",
    "ko": "'Noto Sans CJK KR', 'Noto Sans KR', 'Apple SD Gothic Neo', 'Malgun Gothic', sans-serif",
    "zh": "'Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif",
}
INK, SOFT, FAINT, PAPER = "#1d2733", "#55606e", "#e3e6ea", "#ffffff"
ACCENT = "#12395b"

_LATIN_WIDTH, _WIDE_WIDTH = 0.56, 1.0
_LINE = 1.45


def text_width(text: str, size: float) -> float:
    """About how many pixels a text takes; Hangul and Hanzi are as wide as they are high."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return size * (_WIDE_WIDTH * wide + _LATIN_WIDTH * (len(text) - wide))


def folded(text: str, size: float, room: float) -> list[str]:
    """A text in lines that fit the room; words stay whole, Hanzi break anywhere."""
    lines, line = [], ""
    for word in _pieces(text):
        if line and text_width(line + word.rstrip(), size) > room:
            lines.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> list[str]:
    cuts = [0]
    for index, (one, other) in enumerate(pairwise(text), start=1):
        if one == " " or unicodedata.east_asian_width(other) in "WF" or one in "·/|":
            cuts.append(index)
    return [text[start:end] for start, end in pairwise([*cuts, len(text)])]


@dataclass
class Canvas:
    """A drawing of a size; y runs downwards, in pixels.

    Attributes
    ----------
    ident : unique in a page: patterns and the description are found by it.
    """

    ident: str
    width: float
    height: float
    title: str
    text: str
    language: str = "en"
    _body: list[ET.Element] = field(default_factory=list)
    _hatches: dict[str, str] = field(default_factory=dict)
    _clips: dict[str, tuple[float, float]] = field(default_factory=dict)

    def rect(self, x: float, y: float, width: float, height: float, **style: object) -> None:
        """A box; nothing where it has no width."""
        if width > 0 and height > 0:
            self._add("rect", {"x": x, "y": y, "width": width, "height": height}, style)

    def line(self, x1: float, y1: float, x2: float, y2: float, **style: object) -> None:
        """A stroke."""
        self._add("line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2}, {"stroke": INK, **style})

    def circle(self, x: float, y: float, r: float, **style: object) -> None:
        """A disc."""
        self._add("circle", {"cx": x, "cy": y, "r": r}, style)

    def polygon(self, points: list[tuple[float, float]], **style: object) -> None:
        """A closed shape."""
        told = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
        self._add("polygon", {"points": told}, style)

    def path(self, points: list[tuple[float, float] | None], **style: object) -> None:
        """A line through points, lifted at None."""
        told, pen = [], "M"
        for point in points:
            if point is None:
                pen = "M"
                continue
            told.append(f"{pen}{_number(point[0])} {_number(point[1])}")
            pen = "L"
        if told:
            self._add("path", {"d": "".join(told)}, {"fill": "none", "stroke": INK, **style})

    def text_at(self, x: float, y: float, text: str, size: float = 11, **style: object) -> None:
        """A line of text; `anchor` is start, middle or end."""
        anchor = style.pop("anchor", "start")
        element = self._add("text", {"x": x, "y": y}, {"fill": INK, **style})
        element.set("font-size", _number(size))
        if anchor != "start":
            element.set("text-anchor", str(anchor))
        element.text = text

    def hatch(self, colour: str) -> str:
        """A fill of slanted lines in a colour: what is not the thing itself, or not known."""
        return f"url(#{self._hatches.setdefault(colour, f'{self.ident}-h{len(self._hatches)}')})"

    def clip(self, width: float, height: float) -> str:
        """What keeps a line within a box from the origin."""
        name = f"{self.ident}-c{len(self._clips)}"
        self._clips[name] = (width, height)
        return f"url(#{name})"

    def _add(self, tag: str, place: dict[str, object], style: dict[str, object]) -> ET.Element:
        told = {**place, **{key.replace("_", "-"): value for key, value in style.items()}}
        element = ET.Element(tag, {key: _number(value) for key, value in told.items()})
        self._body.append(element)
        return element

    def inline(self) -> str:
        """The drawing as a part of a page; the words about it stand around it."""
        return ET.tostring(self._root(self.height, 0), encoding="unicode")

    def alone(self, heading: str, foot: list[str]) -> str:
        """The drawing as a file: with its heading above and where it comes from below."""
        margin, size, small = 16, 15, 10.5
        room = self.width
        heads = folded(heading, size, room)
        feet = [line for told in foot for line in folded(told, small, room)]
        top = margin + len(heads) * size * _LINE + 6
        height = top + self.height + 10 + len(feet) * small * _LINE + margin
        root = self._root(height, top, margin)
        for index, line in enumerate(heads):
            root.append(_line(margin, margin + size + index * size * _LINE, line, size, INK, bold=True))
        below = top + self.height + 10 + small
        for index, line in enumerate(feet):
            root.append(_line(margin, below + index * small * _LINE, line, small, SOFT))
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode")

    def _root(self, height: float, down: float, margin: float = 0) -> ET.Element:
        wide = self.width + 2 * margin
        root = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {_number(wide)} {_number(height)}",
                "width": _number(wide),
                "height": _number(height),
                "role": "img",
                "aria-labelledby": f"{self.ident}-t {self.ident}-d",
                "font-family": FONTS[self.language],
                "lang": self.language,
            },
        )
        ET.SubElement(root, "title", {"id": f"{self.ident}-t"}).text = self.title
        ET.SubElement(root, "desc", {"id": f"{self.ident}-d"}).text = self.text
        if self._hatches or self._clips:
            defs = ET.SubElement(root, "defs")
            for name, (across, down_to) in self._clips.items():
                box = ET.SubElement(ET.SubElement(defs, "clipPath", {"id": name}), "rect")
                box.set("width", _number(across))
                box.set("height", _number(down_to))
            for colour, name in self._hatches.items():
                defs.append(_hatch(name, colour))
        if down:
            ET.SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": PAPER})
        group = ET.SubElement(root, "g", {"transform": f"translate({margin} {_number(down)})"})
        group.extend(self._body)
        return root


def _hatch(name: str, colour: str) -> ET.Element:
    pattern = ET.Element("pattern", {"id": name, "width": "5", "height": "5"})
    pattern.set("patternUnits", "userSpaceOnUse")
    pattern.set("patternTransform", "rotate(45)")
    ET.SubElement(pattern, "rect", {"width": "5", "height": "5", "fill": PAPER})
    ET.SubElement(pattern, "rect", {"width": "2", "height": "5", "fill": colour})
    return pattern


def _line(x: float, y: float, text: str, size: float, colour: str, *, bold: bool = False) -> ET.Element:
    told = {"x": _number(x), "y": _number(y), "font-size": _number(size), "fill": colour}
    element = ET.Element("text", told | ({"font-weight": "600"} if bold else {}))
    element.text = text
    return element


def _number(value: object) -> str:
    """Short figures keep a page small."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
