"""What is asked, as understood: place, span, pollutant, feeds, basis, and as of when."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from config.facts import Facts, Region
from config.places import Places

Basis = Literal["hourly", "daily", "best"]

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


class QuestionError(ValueError):
    """A question that cannot be understood; one line says what to change."""


class NothingHeldError(LookupError):
    """Nothing is held for the question; `held` says what is."""

    def __init__(self, message: str, held: list[str]) -> None:
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
        The civil time of the place.
    first, end : datetime
        Aware, UTC; `end` is exclusive.
    whole_days : bool
        Whether the span was given as civil days.
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

    @property
    def first_day(self) -> date:
        """The civil day in which the span begins."""
        return self.first.astimezone(ZoneInfo(self.zone)).date()

    @property
    def last_day(self) -> date:
        """The civil day in which the span ends, inclusive."""
        return (self.end - timedelta(microseconds=1)).astimezone(ZoneInfo(self.zone)).date()

    @property
    def place(self) -> str:
        """How people name what is asked."""
        return self.region.name_en if self.region else ", ".join(self.stations)

    def as_json(self) -> dict[str, object]:
        """The `question` of an answer."""
        zone = ZoneInfo(self.zone)
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
) -> Question:
    """Understand a question as a person writes it; names are resolved before anything else is looked at.

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
    found = tuple(places.find_station(one) for one in stations)
    anchor = place or facts.regions[places.version(found[0]).area]
    _known("pollutant", pollutant, facts.pollutants)
    _known("network", network, facts.networks)
    _known_feed(feed, facts)
    first, end, whole_days = span(since, until, anchor.zone)
    return Question(
        place,
        found,
        anchor.zone,
        anchor.country,
        first,
        end,
        whole_days,
        pollutant,
        network,
        feed,
        basis,
        panel,
        instant(as_of, anchor.zone) if as_of else None,
        drop_flagged,
    )


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
    first, last = instant(since, zone), instant(until, zone)
    if last < first:
        raise QuestionError(f"--to {until} is before --from {since}")
    # Inclusive: the hour that begins at --to belongs to the answer.
    return first, last + timedelta(microseconds=1), False


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
    return moment.astimezone(UTC)


def _day(text: str, zone: str) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise QuestionError(f"{text} is no day of the calendar") from None
    return datetime.combine(day, time(), ZoneInfo(zone))


def _known(what: str, value: str | None, known: Iterable[str]) -> None:
    names = list(known)
    if value is not None and value not in names:
        raise QuestionError(f"no {what} is called {value!r}; there are {', '.join(names)}")


def _known_feed(feed: str | None, facts: Facts) -> None:
    # A feed of the user's own comes from a mapping, which the catalogue does not hold.
    if feed is not None and feed not in facts.feeds and not feed.startswith("user"):
        raise QuestionError(f"no feed is called {feed!r}; there are {', '.join(facts.feeds)}, and user-...")
