"""What is asked, as understood: place, span, pollutant, feeds, basis, and as of when."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from config.air import Region
from config.clock import civil
from config.facts import Facts
from config.places import Places

Basis = Literal["hourly", "daily", "best"]

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_HOUR = timedelta(hours=1)
_TICK = timedelta(microseconds=1)
# Hourly PM2.5 is younger than the one and nobody has measured the other.
_YEARS = range(1970, 2101)


class QuestionError(ValueError):
    """A question that cannot be understood; one line says what to change."""


class NothingHeldError(LookupError):
    """Nothing is held for the question; `held` says what is, None where that is no answer to it."""

    def __init__(self, message: str, held: list[str] | None) -> None:
        super().__init__(message)
        self.held = held


@dataclass(frozen=True)
class Question:
    """A question about readings.

    Attributes
    ----------
    region : Region or None
        Asked for; None when stations are.
    stations : tuple of str
        Station ids asked for.
    zone : str
        The civil time of the place; UTC for stations in no region of the catalogue.
    country : str
        Whose rules hold; empty for stations in no region.
    first, end : datetime
        Aware, UTC, on the hour; `end` is exclusive.
    whole_days : bool
        Whether the span was given as civil days.
    only : frozenset of str or None
        The stations that a like-for-like panel is held to.
    """

    region: Region | None
    stations: tuple[str, ...]
    zone: str
    country: str
    first: datetime
    end: datetime
    whole_days: bool
    pollutant: str = "pm25"
    network: str | None = None
    feed: str | None = None
    basis: Basis = "best"
    panel: Literal["all", "common"] = "all"
    as_of: datetime | None = None
    drop_flagged: bool = False
    only: frozenset[str] | None = None

    @property
    def first_day(self) -> date:
        """The civil day in which the span begins."""
        return self.first.astimezone(civil(self.zone)).date()

    @property
    def last_day(self) -> date:
        """The civil day in which the span ends, inclusive."""
        return (self.end - _TICK).astimezone(civil(self.zone)).date()

    @property
    def hours(self) -> tuple[int, int]:
        """The span as hour numbers, the second exclusive."""
        return int(self.first.timestamp()) // 3600, int(self.end.timestamp()) // 3600

    def over(self, region: Region, first: date, last: date) -> Question:
        """The same question about a region and its own civil days, `last` inclusive."""
        zone = civil(region.zone)
        begin, end = (
            datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, last + timedelta(days=1))
        )
        return replace(
            self,
            region=region,
            stations=(),
            zone=region.zone,
            country=region.country,
            first=begin,
            end=end,
            whole_days=True,
        )

    @property
    def place(self) -> str:
        """How people name what is asked."""
        return self.region.name_en if self.region else ", ".join(self.stations)

    def as_json(self) -> dict[str, object]:
        """The `question` of an answer."""
        zone = civil(self.zone)
        return {
            "region": self.region.id if self.region else None,
            "stations": list(self.stations),
            "from": self.first.astimezone(zone).isoformat(),
            "to": self.end.astimezone(zone).isoformat(),
            "to_is": "exclusive",
            "zone": self.zone,
            "pollutant": self.pollutant,
            "network": self.network,
            "feed": self.feed,
            "basis": self.basis,
            "panel": self.panel,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "flags": "drop" if self.drop_flagged else "keep",
        }


def ask(
    facts: Facts,
    places: Places,
    *,
    region: str | None = None,
    stations: tuple[str, ...] = (),
    since: str | None = None,
    until: str | None = None,
    pollutant: str = "pm25",
    network: str | None = None,
    feed: str | None = None,
    basis: Basis = "best",
    panel: Literal["all", "common"] = "all",
    as_of: str | None = None,
    drop_flagged: bool = False,
    own_feeds: Collection[str] = (),
) -> Question:
    """Understand a question as a person writes it; names are resolved before anything else is looked at.

    `own_feeds` are feeds that the database holds and the catalogue may not know: those of mappings.

    Raises
    ------
    UnknownPlaceError, AmbiguousPlaceError
        For a name that means no place, or several.
    QuestionError
        For the rest.
    """
    if (region is None) == (not stations):
        raise QuestionError("give either --region or --station")
    place = places.region(region) if region else None
    found = tuple(dict.fromkeys(places.find_station(one) for one in stations))
    zone, country = _home(facts, places, place, found)
    _known("pollutant", pollutant, facts.pollutants)
    _known("network", network, facts.networks)
    _known("feed", feed, list(dict.fromkeys([*facts.feeds, *own_feeds])))
    first, end, whole_days = span(since, until, zone)
    return Question(
        place,
        found,
        zone,
        country,
        first,
        end,
        whole_days,
        pollutant,
        network,
        feed,
        basis,
        panel,
        instant(as_of, zone) if as_of else None,
        drop_flagged,
    )


def _home(facts: Facts, places: Places, region: Region | None, stations: tuple[str, ...]) -> tuple[str, str]:
    """The civil time and the country of what is asked."""
    if region is not None:
        return region.zone, region.country
    areas = [facts.regions.get(places.version(one).area) for one in stations]
    homes = {(area.zone, area.country) if area else ("UTC", "") for area in areas}
    if len(homes) > 1:
        raise QuestionError(
            "these stations do not share one civil time and one country's rules: ask for them one by one"
        )
    return homes.pop()


def span(since: str | None, until: str | None, zone: str) -> tuple[datetime, datetime, bool]:
    """The span of `--from` and `--to` (both inclusive) as aware UTC bounds, the second exclusive."""
    if not since or not until:
        raise QuestionError("give --from and --to, as days (2019-03-01) or times with offset")
    if _DAY.match(since) and _DAY.match(until):
        first, last = (_day(text, zone) for text in (since, until))
        end = last + timedelta(days=1)
        if end <= first:
            raise QuestionError(f"--to {until} is before --from {since}")
        return first.astimezone(UTC), end.astimezone(UTC), True
    since_time, until_time = instant(since, zone), instant(until, zone)
    if until_time < since_time:
        raise QuestionError(f"--to {until} is before --from {since}")
    # The hours that begin in the span, that of --to included.
    first, end = _hour(since_time - _TICK) + _HOUR, _hour(until_time) + _HOUR
    if end <= first:
        raise QuestionError(f"no hour begins between {since} and {until}")
    return first, end, False


def instant(text: str, zone: str) -> datetime:
    """An aware UTC time from ISO text with an offset; a bare day is its midnight in the zone."""
    if _DAY.match(text):
        return _day(text, zone).astimezone(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise QuestionError(f"{text!r} is no day (2019-03-01) and no time (2019-03-05T12:00+09:00)") from None
    if moment.tzinfo is None:
        raise QuestionError(f"{text} has no offset: write {text}+09:00 for Korea or {text}+08:00 for China")
    _within_reach(moment.year, text)
    return moment.astimezone(UTC)


def _day(text: str, zone: str) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise QuestionError(f"{text} is no day of the calendar") from None
    _within_reach(day.year, text)
    return datetime.combine(day, time(), civil(zone))


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _within_reach(year: int, text: str) -> None:
    if year not in _YEARS:
        raise QuestionError(f"{text} lies outside the years {_YEARS[0]} to {_YEARS[-1]}")


def _known(what: str, value: str | None, known: Collection[str]) -> None:
    if value is not None and value not in known:
        raise QuestionError(f"no {what} is called {value!r}; there are {', '.join(known)}")
