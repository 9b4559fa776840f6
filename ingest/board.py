"""What the plan of a source looks at: when its hours come, which are open, what was asked in vain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ingest.source import StationRef

# Between tries of the same thing that did not bring what lacks: 30 min, doubled up to 6 h.
FIRST_PAUSE_HOURS = 0.5
LONGEST_PAUSE_HOURS = 6.0


@dataclass(frozen=True)
class Timing:
    """When a feed's hours come, in hours of data time after their end (`catalogue/feeds.csv`)."""

    publish: float
    recheck: float
    lateness: float

    @property
    def days_behind(self) -> bool:
        """Whether an hour comes out more than a day after it ended."""
        return self.publish > 24


@dataclass
class Hour:
    """What is known of one open hour.

    Attributes
    ----------
    held : set of str
        Stations of which a row is held.
    seen : dict of str to float
        Age of the hour, in hours after its end, at the latest answer that covered the station.
    """

    held: set[str] = field(default_factory=set)
    seen: dict[str, float] = field(default_factory=dict)

    def see(self, station: str, age: float) -> None:
        """An answer at this age of the hour covered the station."""
        if age > self.seen.get(station, -1.0):
            self.seen[station] = age

    def missing(self, expected: Iterable[str], timing: Timing) -> Iterator[str]:
        """The expected stations of which no row is held, nor proof that none comes any more."""
        seen, held = self.seen, self.held
        return (s for s in expected if s not in held and seen.get(s, -1.0) < timing.lateness)

    def unconfirmed(self, expected: Iterable[str], timing: Timing) -> Iterator[str]:
        """The expected stations whose row has not been looked at once corrections should be in."""
        seen, held = self.seen, self.held
        return (s for s in expected if s in held and seen.get(s, -1.0) < timing.recheck)


@dataclass
class Try:
    """How often something was asked in vain, and when last (hours of data time)."""

    at: float
    times: int = 1

    def due(self, now: float) -> bool:
        """Whether enough time has passed to ask again."""
        pause: float = min(FIRST_PAUSE_HOURS * 2 ** (self.times - 1), LONGEST_PAUSE_HOURS)
        return now - self.at >= pause


@dataclass
class Board:
    """All that the plan looks at.

    Attributes
    ----------
    now : float
        Hour number of data time, with its fraction.
    hours : dict of int to Hour
        The open hours.
    stations : dict of str to StationRef
        The expected stations; empty while none is known.
    last_look : float or None
        When the page on show was last asked for.
    calls_left : int or None
        Of the day; None without a limit.
    hours_of_day : int
        Of the quota's day, the present one included: what the page on show still needs.
    list_due : bool
        Whether the source's list of stations should be read.
    tried : mapping
        What was asked in vain, by station id, hour or `LIST`.
    """

    now: float
    hours: dict[int, Hour]
    stations: dict[str, StationRef]
    last_look: float | None = None
    calls_left: int | None = None
    hours_of_day: int = 1
    list_due: bool = False
    tried: Mapping[str | int, Try] = field(default_factory=dict)

    def due(self, what: str | int) -> bool:
        """Whether something may be asked for: it was not asked in vain a short while ago."""
        tried = self.tried.get(what)
        return tried is None or tried.due(self.now)
