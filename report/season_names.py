"""Seasons as people call them: kr-2024, 2024, 2024/25, 6th, 제6차, 第6次, or a name of the catalogue."""

from __future__ import annotations

import difflib

from config.facts import Facts
from config.places import folded
from config.policy import Season
from report.question import QuestionError


def season_of(facts: Facts, country: str, text: str) -> Season:
    """The season of a country (`KR`, `CN`) that a text means: an id, a number, a name, the year it begins in.

    Raises
    ------
    QuestionError
        For a name that no season bears, with the nearest ones, or that several bear.
    """
    names: dict[str, list[Season]] = {}
    for season in facts.seasons.values():
        if season.country == country:
            for name in _names(season):
                names.setdefault(name, []).append(season)
    found = names.get(folded(text), [])
    if len(found) == 1:
        return found[0]
    if found:
        raise QuestionError(f"{text!r} may mean {', '.join(one.id for one in found)}: give the id")
    near = difflib.get_close_matches(folded(text), names, n=5, cutoff=0.5)
    listed = list(dict.fromkeys(one.id for name in near for one in names[name]))[:5]
    said = (
        f"the nearest are {', '.join(listed)}" if listed else "`yellowsea catalogue list seasons` lists them"
    )
    raise QuestionError(f"no season of {country} is called {text!r}; {said}")


def _names(season: Season) -> set[str]:
    """Every folded name; the numbered ones hold for a season of the user's own without aliases, too."""
    names = [*season.names, str(season.start.year)]
    if season.number is not None:
        n = season.number
        names += [str(n), ordinal(n), f"{n}차", f"제{n}차", f"第{n}次"]
    return {folded(name) for name in names if name}


def ordinal(n: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    if n % 100 in (11, 12, 13):
        return f"{n}th"
    return f"{n}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th') }"
