"""What people read, in their language: the one place where answers become English, Korean or Chinese.

Answers speak English and ids, in every language alike, so that programs read one thing. A `Speaker` turns
them into words for a table, a report or a page. The words are rows of `words.csv`, sentences of
`messages.csv`, names those of the facts themselves.
"""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast, get_args

from config.fact import FactError
from config.phrases import Message, Word
from config.retelling import Retelling

if TYPE_CHECKING:
    from config.air import Station
    from config.facts import Facts

Language = Literal["en", "ko", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

# Of whom a name in the own script is read by whom; everyone else reads the Latin one.
_READS = {"KR": "ko", "CN": "zh"}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Columns whose values are ids of things that have names.
_REGIONS = ("region", "area", "from_region", "to_region")
_STATIONS = ("station",)
_SEASONS = ("season",)
# Columns of sentences, and of lists of words.
_SENTENCES = (
    *(
        "name",
        "title",
        "why",
        "reason",
        "note",
        "beside",
        "told",
        "alerts",
        "alert",
        "issued_words",
        "issued",
    ),
    *("wanted", "goal", "of", "base", "vintage", "from", "to", "regions"),
)


class Named(Protocol):
    """A fact with its name in three languages: a region, a season, a pollutant, a grade."""

    name_en: str
    name_ko: str
    name_zh: str


class Speaker:
    """Says words, sentences, names, dates and numbers in one language.

    Parameters
    ----------
    facts : Facts
        The catalogue; a user's rows of words and messages count.
    language : {"en", "ko", "zh"}

    Raises
    ------
    FactError
        For a language or a message that there is not.
    """

    def __init__(self, facts: Facts, language: str = "en") -> None:
        if language not in LANGUAGES:
            raise FactError(f"there is no language {language!r}; there are {', '.join(LANGUAGES)}")
        self.facts = facts
        self.language: Language = language

    # Words and sentences

    def word(self, english: str, of: str | None = None) -> str:
        """A word; `of` is the column whose value it is. Without a translation it stays English."""
        return self._words.get((english, of)) or self._words.get((english, None)) or english

    def message(self, key: str, /, **given: Any) -> str:
        """A sentence of `messages.csv` with its names filled in; numbers, days and times are said, too.

        With `n=1` the row `KEY.one` is taken where there is one.

        Raises
        ------
        FactError
            For a key that there is not, or a name that is not given.
        """
        found = self._messages.get(f"{key}.one" if given.get("n") == 1 else key) or self._messages.get(key)
        if found is None:
            raise FactError(f"messages.csv: no message is called {key!r}")
        lacking = found.names - set(given)
        if lacking:
            raise FactError(f"messages.csv: {key} needs {', '.join(sorted(lacking))}")
        text: str = getattr(found, self.language)
        return text.format_map({name: self._said(value) for name, value in given.items()})

    def retell(self, english: str) -> str:
        """A sentence that an answer carries in English; what is not known stays English."""
        return english if self.language == "en" else self._retelling(english)

    def _said(self, value: Any) -> str:
        if isinstance(value, dt.datetime):
            return self.moment(value)
        if isinstance(value, dt.date):
            return self.date(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self.number(value)
        return str(value)

    # Names

    def name(self, fact: Named) -> str:
        """The name of any fact that has one in three languages: a season, a pollutant, a grade."""
        told: str = getattr(fact, f"name_{self.language}")
        return told

    def region(self, region: str) -> str:
        """The name of a region; an id that is not known stays."""
        found = self.facts.regions.get(region)
        return self.name(found) if found else region

    def season(self, season: str) -> str:
        """The name of a season; an id that is not known stays."""
        found = self.facts.seasons.get(season)
        return self.name(found) if found else season

    def pollutant(self, pollutant: str) -> str:
        """The name of a pollutant; an id that is not known stays."""
        found = self.facts.pollutants.get(pollutant)
        return self.name(found) if found else pollutant

    def station(self, station: str | Station, *, place: bool = True) -> str:
        """The name of a station, after that of its region where `place`, for there are many Jung-gu.

        A Korean reads the Korean name of a Korean station, a Chinese the Chinese one of a Chinese station;
        other readers the Latin name. An id that is not known stays.
        """
        if isinstance(station, str):
            versions = self.facts.stations.get(station)
            if versions is None:
                return station
            station = versions[-1]
        region = self.facts.regions.get(station.area)
        own = region is not None and _READS.get(region.country) == self.language
        name = station.name if own else station.name_en or station.name
        return f"{self.name(region)} {name}" if place and region else name

    def cell(self, column: str, value: Any) -> Any:
        """A value of a table as this language shows it: names for ids, words for classes; figures stay."""
        if isinstance(value, bool):
            return self.word("yes" if value else "no")
        if isinstance(value, list):
            return [self.cell(column, one) for one in value]
        if not isinstance(value, str):
            return value
        if column in _REGIONS:
            return self.region(value)
        if column in _STATIONS:
            return self.station(value)
        if column in _SEASONS:
            return self.season(value)
        known = self._words.get((value, column))
        return known or (self.retell(value) if column in _SENTENCES else value)

    # Dates and numbers

    def date(self, day: dt.date | str, *, weekday: bool = False) -> str:
        """A civil day, ISO text or date: "5 March 2019", "2019년 3월 5일", "2019年3月5日"."""
        found = dt.date.fromisoformat(day[:10]) if isinstance(day, str) else day
        parts = {"year": f"{found.year:04d}", "month": self._month(found), "day": str(found.day)}
        if not weekday:
            return self.message("date", **parts)
        return self.message("date.weekday", **parts, weekday=self.word(_WEEKDAYS[found.weekday()]))

    def month(self, day: dt.date | str) -> str:
        """The month of a day: "March 2019", "2019년 3월", "2019年3月"."""
        found = dt.date.fromisoformat(day[:10]) if isinstance(day, str) else day
        return self.message("month", year=f"{found.year:04d}", month=self._month(found))

    def moment(self, at: dt.datetime | str, *, offset: bool = False) -> str:
        """A day and an hour by the clock that the time itself carries; with its offset where asked."""
        found = dt.datetime.fromisoformat(at) if isinstance(at, str) else at
        told = self.message("moment", date=self.date(found.date()), clock=f"{found:%H:%M}")
        return f"{told} (UTC{found.isoformat()[-6:]})" if offset and found.tzinfo else told

    def span(self, first: dt.date | str, last: dt.date | str) -> str:
        """Two days, both included: "1 March 2019 to 7 March 2019"."""
        return self.message("span", first=self.date(first), last=self.date(last))

    def number(self, value: float | None, digits: int | None = None) -> str:
        """A figure with thousands apart; up to two decimals unless `digits` says; none is a dash."""
        if value is None:
            return "–"
        if digits is not None:
            return f"{value:,.{digits}f}"
        return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")

    def percent(self, share: float | None, digits: int = 0) -> str:
        """A share of 1 in percent."""
        return "–" if share is None else f"{share:.{digits}%}"

    def unit(self, unit: str) -> str:
        """A unit as the field writes it: ug/m3 is µg/m³, ㎍/㎥, μg/m³."""
        found = self._messages.get(f"unit.{unit}")
        return unit if found is None else cast("str", getattr(found, self.language))

    def _month(self, day: dt.date) -> str:
        return self.word(_MONTHS[day.month - 1])

    # What there is

    @cached_property
    def _words(self) -> dict[tuple[str, str | None], str]:
        return {(one.en, one.of): getattr(one, self.language) for one in self.facts.all("words", Word)}

    @cached_property
    def _messages(self) -> dict[str, Message]:
        return self.facts.by_id("messages", Message)

    @cached_property
    def _names(self) -> dict[str, str]:
        """Seasons by id; regions by id and by the English name, which is the first one's of several."""
        regions = reversed(self.facts.regions.values())
        seasons = {season.id: self.name(season) for season in self.facts.seasons.values()}
        return seasons | {key: self.name(one) for one in regions for key in (one.name_en, one.id)}

    @cached_property
    def _retelling(self) -> Retelling:
        return Retelling(self.language, self._words, self._names, self._messages.values())
