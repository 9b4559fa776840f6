"""Header cells: compared whatever their case, form of Hangul or unit in parentheses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

Header = list[str]
Spelled = dict[str, tuple[int, str | None]]

_PARENTHESIS = re.compile(r"\s*\(([^()]*)\)$")
_UNITS = {"ppm": "ppm", "ppb": "ppb", "μg/m3": "ug/m3", "ug/m3": "ug/m3", "μg/m^3": "ug/m3", "mg/m3": "mg/m3"}
_INDEX = re.compile(r"(unnamed: ?\d+)?|index|no\.?")


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """A header cell as it is compared: one form of Hangul and of signs, no case, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", name.lstrip("\ufeff")).casefold().split())


@lru_cache(maxsize=256)
def spellings(header: tuple[str, ...]) -> Spelled:
    """Places by folded name, with and without what stands in parentheses; without, the unit is told."""
    spelled: Spelled = {}
    for at, cell in enumerate(header):
        full = fold(cell)
        spelled.setdefault(full, (at, None))
        if found := full.endswith(")") and _PARENTHESIS.search(full):
            spelled.setdefault(_PARENTHESIS.sub("", full), (at, _UNITS.get(found[1].strip(), found[1])))
    return spelled


def places(spelled: Spelled, wanted: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The column of each role, by the first of its spellings that stands in the header."""
    found = {
        role: [spelled[key][0] for name in names if (key := fold(name)) in spelled]
        for role, names in wanted.items()
    }
    return {role: at[0] for role, at in found.items() if at}


def value_place(spelled: Spelled, names: Sequence[str], unit: str) -> int:
    """The column of a quantity; one that states another unit is not it."""
    for name in names:
        at, stated = spelled.get(fold(name), (-1, None))
        if at >= 0 and stated in (None, unit):
            return at
    return -1


def unit(text: str) -> str | None:
    """The unit that a text means, whatever its sign for micro and its exponent; None for another one."""
    return _UNITS.get(fold(text))


def is_index(cell: str) -> bool:
    """Whether a header is that of a row number."""
    return _INDEX.fullmatch(fold(cell)) is not None
