"""Parts of a page that take a moment: shown at once where they are worked out, else fetched after it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from fastapi import Response

from report.paper.sheet import Section, Sheet, Tile
from web.pages.show import page, shelf_of
from web.pages.visit import Visit

Key = tuple[object, ...]


@dataclass(frozen=True)
class Told:
    """What a part says: a sentence and tiles where it opens with them, its sections, and notes below."""

    sections: Sequence[Section] = ()
    sentence: str = ""
    tiles: Sequence[Tile] = ()
    foot: Sequence[str] = ()

    @classmethod
    def of(
        cls, sheet: Sheet, without: Collection[str] = (), *, opening: bool = True, suffix: str = ""
    ) -> Told:
        """A report's sheet, without some of its sections; `suffix` tells its figures from another's."""
        sections = [_named(one, suffix) for one in sheet.sections if one.ident not in without]
        if opening:
            return cls(sections, sheet.sentence, sheet.tiles, sheet.foot)
        return cls(sections, foot=sheet.foot)


def _named(section: Section, suffix: str) -> Section:
    """The section with names that are its own: labels and patterns of a drawing are found by them."""
    parts = [replace(one, ident=f"{one.ident}{suffix}") for one in section.parts]
    return replace(section, ident=f"{section.ident}{suffix}", parts=parts)


@dataclass(frozen=True)
class Part:
    """A part as its page shows it: what it says, or None and the address from which it comes."""

    href: str
    told: Told | None = None


def part(visit: Visit, key: Key, path: str, **asked: object) -> Part:
    """A part within a page."""
    return Part(visit.link(path, **asked), shelf_of(visit).peek(key))


def part_of(visit: Visit, key: Key, work: Callable[[], Told], title: str, *, bare: bool) -> Response:
    """A part by itself: `bare` for the script that puts it in, else as a page for readers without one."""
    told = shelf_of(visit).get(key, work)
    template = "part_bare.html" if bare else "part.html"
    return page(visit, template, tag=visit.tag(), title=title, part=Part(visit.path, told))
