"""What a sheet is made of: one sentence, a few tiles, and sections of plates and tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from report.figures import sheet as picture
from report.figures.canvas import Canvas
from report.figures.sheet import Cell

# The two widths in which a figure is drawn: of a page, and of a telephone.
PAGE, PHONE = 920, 336


@dataclass(frozen=True)
class Table:
    """Rows under headings; `ident` names its files where it is pasted as a picture."""

    ident: str
    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    source: Sequence[str] = ()
    notes: Sequence[str] = ()

    @property
    def figures(self) -> list[bool]:
        """Which columns hold numbers."""
        return [any(row[n].figure for row in self.rows) for n in range(len(self.headings))]

    def plate(self, language: str) -> str:
        """The table as a picture with its source lines."""
        told = picture.draw(self.headings, self.rows, self.ident, self.title, self.title, language)
        return told.alone(self.title, [*self.notes, *self.source])


@dataclass(frozen=True)
class Plate:
    """A figure: what it is, what it says in words, its data as a table, and where it comes from."""

    ident: str
    title: str
    text: str
    draw: Callable[[int, str], Canvas]
    data: Table
    source: Sequence[str]
    notes: Sequence[str] = ()
    page: int = PAGE

    @property
    def wide(self) -> str:
        """The drawing of a page."""
        return self.draw(self.page, f"{self.ident}-w").inline()

    @property
    def narrow(self) -> str:
        """The drawing of a telephone."""
        return self.draw(PHONE, f"{self.ident}-n").inline()

    def alone(self) -> str:
        """The figure as a file of its own, with heading and source lines in it."""
        return self.draw(self.page, self.ident).alone(self.title, [*self.notes, *self.source])


@dataclass(frozen=True)
class Tile:
    """A figure to take in at a glance."""

    label: str
    value: str
    note: str
    shade: str | None = None


@dataclass(frozen=True)
class Section:
    """A question and what answers it."""

    ident: str
    title: str
    words: Sequence[str] = ()
    parts: Sequence[Plate | Table] = ()


@dataclass(frozen=True)
class Sheet:
    """A report in words and figures, in one language."""

    kind: str
    language: str
    title: str
    kicker: str
    sentence: str
    tiles: Sequence[Tile]
    sections: Sequence[Section]
    foot: Sequence[str] = ()
    warning: str | None = None
    links: dict[str, str] = field(default_factory=dict)

    @property
    def plates(self) -> list[Plate]:
        """Every figure, in order."""
        return [part for one in self.sections for part in one.parts if isinstance(part, Plate)]

    @property
    def tables(self) -> list[Table]:
        """Every table, in order; those that hold the data of figures come with them."""
        return [part.data if isinstance(part, Plate) else part for one in self.sections for part in one.parts]
