"""Which days a season means: its own window, the one common to both countries, to date, or a month of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from analysis.seasons import season_to_date
from config.facts import Facts
from config.policy import Season, SeasonSystem
from report.question import Question, QuestionError, span


@dataclass(frozen=True)
class Window:
    """Days of one season: `first` to `last`, inclusive; `month` where it is one month of it."""

    season: Season
    first: date
    last: date
    month: str | None = None

    @property
    def days(self) -> int:
        """How many days the calendar has."""
        return (self.last - self.first).days + 1

    @property
    def whole(self) -> bool:
        """Whether the window is the season as its scheme has it."""
        return self.month is None and (self.first, self.last) == (self.season.start, self.season.end)

    def question(self, template: Question) -> Question:
        """The same question about the days of this window."""
        first, end, _ = span(self.first.isoformat(), self.last.isoformat(), template.zone)
        return replace(template, first=first, end=end, whole_days=True)


def season(facts: Facts, country: str, year: int) -> Season:
    """The season of a country that begins in a year; by its scheme where the catalogue has no row of it.

    Raises
    ------
    QuestionError
        For a country without a scheme.
    """
    name = f"{country.lower()}-{year}"
    if name in facts.seasons:
        return facts.seasons[name]
    system = scheme(facts, country)
    first, last = system.window(year)
    return Season(
        id=name,
        country=system.country,
        name_en=f"{first} to {last}",
        name_ko=f"{first} ~ {last}",
        name_zh=f"{first}至{last}",
        start=first,
        end=last,
        source=f"follows from the scheme {system.id}",
        confidence="medium",
    )


def scheme(facts: Facts, country: str) -> SeasonSystem:
    """The seasonal management scheme of a country."""
    for one in facts.season_systems.values():
        if one.country == country:
            return one
    known = ", ".join(one.country for one in facts.season_systems.values())
    raise QuestionError(f"seasons are those of {known}: ask for a region there")


def window(facts: Facts, country: str, year: int, dates: str = "own", through: str | None = None) -> Window:
    """A season's days: its own or those common to all schemes, cut at a month and day.

    Raises
    ------
    QuestionError
        For a cut that is no day of the season.
    """
    one = season(facts, country, year)
    first, last = one.start, one.end
    if dates == "common":
        spans = [season(facts, system.country, year) for system in facts.season_systems.values()]
        first, last = max(s.start for s in spans), min(s.end for s in spans)
    if through is not None:
        try:
            month, day = map(int, through.split("-"))
            last = season_to_date(first, last, (month, day))
        except ValueError as error:
            said = error if "-" in str(error) else "write the month and day as MM-DD"
            raise QuestionError(f"--through {through}: {said}") from None
    return Window(one, first, last)


def months(whole: Window) -> list[Window]:
    """The months of a window, each with the days that lie in it."""
    found = []
    first = whole.first
    while first <= whole.last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        last = min(whole.last, following - timedelta(days=1))
        found.append(Window(whole.season, first, last, f"{first:%Y-%m}"))
        first = following
    return found


def years(text: str) -> list[int]:
    """The years of `--years 2014-2024` or `2019`, each the year in which a season begins.

    Raises
    ------
    QuestionError
        For anything else.
    """
    given = text.split("-")
    if len(given) > 2 or not all(one.isdigit() for one in given):
        raise QuestionError(f"--years {text}: write the years in which seasons begin, such as 2018-2024")
    begin, end = int(given[0]), int(given[-1])
    if not 1970 <= begin <= end <= 2100:
        raise QuestionError(f"--years {text}: the first year comes first, within 1970 to 2100")
    return list(range(begin, end + 1))
