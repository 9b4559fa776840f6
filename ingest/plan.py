"""Pure: which requests close which open hours, within quota and reach.

An hour of a station is closed by *evidence*: an answer that covered it and came late enough, `recheck_hours`
after the hour where a row is held (its feed may have corrected it by then), `lateness_hours` where none is.
The daemon's regular hour, catch-up, late data and restart are this one question: what still lacks evidence,
and what can bring it before the source forgets?
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ingest.source import Request, Route, SourceSpec, StationRef

# When within an hour, after its publication, the page on show is looked at: the last look is for corrections.
LOOKS_MINUTES = (0, 10, 25, 42)
# Calls kept each hour of the day for stations that miss one, before values that are held are checked again.
MISSES_AN_HOUR = 4
# One history confirms all hours since the last one: it waits until so many more than one can be confirmed.
TOGETHER_HOURS = 9
# Between tries of the same thing that did not bring what lacks: 30 min, doubled up to 6 h.
FIRST_PAUSE_HOURS = 0.5
LONGEST_PAUSE_HOURS = 6.0
LIST = "list"


@dataclass(frozen=True)
class Timing:
    """When a feed's hours come, in hours of data time after their end (`catalogue/feeds.csv`)."""

    publish: float
    recheck: float
    lateness: float


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


def plan(spec: SourceSpec, timing: Timing, board: Board, most: int = 60) -> list[Request]:
    """The requests to make now, the most pressing first, at most `most`.

    The page on show comes first; then what misses an hour, then what only could have been corrected, of each
    what the source forgets soonest. Calls that the page on show needs until the end of the day are not spent
    on anything else, nor a few an hour for what will be missing on what could have been corrected.
    """
    if board.calls_left == 0:
        return []
    latest, listing = spec.route("latest"), spec.route("list")
    now: list[Request] = []
    if latest and look_is_due(timing, board):
        now.append(Request(latest))
    if listing and board.list_due and board.due(LIST):
        now.append(Request(listing))
    if latest and board.last_look is None:
        # The page on show tells how the source calls its stations: it comes before any history.
        return now[: board.calls_left]
    missing, unconfirmed = _past(spec, timing, board)
    if board.calls_left is not None:
        now = now[: board.calls_left]
        spare = max(0, board.calls_left - len(now) - board.hours_of_day * len(LOOKS_MINUTES))
        missing = missing[:spare]
        unconfirmed = unconfirmed[: max(0, spare - len(missing) - board.hours_of_day * MISSES_AN_HOUR)]
    return [*now, *missing, *unconfirmed][:most]


def newest_due(now: float, timing: Timing) -> int:
    """The hour number of the newest hour that should be published by now."""
    return int(now - timing.publish) - 1


def look_is_due(timing: Timing, board: Board) -> bool:
    """Whether a look at the page on show has come round since the last one.

    The looks of an hour that already is complete are left out, but for the first and the last.
    """
    if board.last_look is None:
        return True
    since = board.now - timing.publish
    minutes = (since - int(since)) * 60
    passed = [look for look in LOOKS_MINUTES if look <= minutes][-1]
    if board.last_look >= int(since) + passed / 60 + timing.publish:
        return False
    newest = board.hours.get(newest_due(board.now, timing))
    complete = newest is not None and bool(board.stations) and newest.held.issuperset(board.stations)
    return not complete or passed in (LOOKS_MINUTES[0], LOOKS_MINUTES[-1])


def _past(spec: SourceSpec, timing: Timing, board: Board) -> tuple[list[Request], list[Request]]:
    """Requests for what is missing, and for what could have been corrected, the oldest hours first."""
    by_hour, by_station = _hours(spec, timing, board), _stations(spec, timing, board)
    return by_hour[0] + by_station[0], by_hour[1] + by_station[1]


def _hours(spec: SourceSpec, timing: Timing, board: Board) -> tuple[list[Request], list[Request]]:
    """One request an hour, where a route brings all stations of a past hour."""
    route = spec.route("hour")
    missing: list[Request] = []
    unconfirmed: list[Request] = []
    if route is None:
        return missing, unconfirmed
    for hour, state in sorted(board.hours.items()):
        if not (_is_past(timing, board, hour) and _reaches(route, board, hour) and board.due(hour)):
            continue
        if not board.stations or any(state.missing(board.stations, timing)):
            missing.append(Request(route, hour=hour))
        elif _age(board, hour) >= timing.recheck and any(state.unconfirmed(board.stations, timing)):
            unconfirmed.append(Request(route, hour=hour))
    return missing, unconfirmed


def _stations(spec: SourceSpec, timing: Timing, board: Board) -> tuple[list[Request], list[Request]]:
    """One request a station, for all of its open hours at once."""
    routes = sorted((r for r in spec.routes if r.span == "station"), key=lambda r: r.reach_hours)
    if not routes:
        return [], []
    asked = [station for station in board.stations if board.due(station)]
    missing: dict[str, int] = {}
    unconfirmed: dict[str, int] = {}
    for hour, state in sorted(board.hours.items(), reverse=True):
        if not (_is_past(timing, board, hour) and _reaches(routes[-1], board, hour)):
            continue
        missing |= dict.fromkeys(state.missing(asked, timing), hour)
        if _age(board, hour) >= timing.recheck:
            unconfirmed |= dict.fromkeys(state.unconfirmed(asked, timing), hour)
    together = timing.recheck + TOGETHER_HOURS
    waiting = {s: hour for s, hour in unconfirmed.items() if _age(board, hour) >= together}
    oldest = {s: min(hour, unconfirmed.get(s, hour)) for s, hour in missing.items()}
    return (
        [_history(routes, board, station, oldest[station]) for station in _in_order(missing)],
        [_history(routes, board, s, waiting[s]) for s in _in_order(waiting) if s not in missing],
    )


def _in_order(needs: Mapping[str, int]) -> list[str]:
    """The oldest need first; of one age in order of id, so that every run asks alike."""
    return sorted(needs, key=lambda station: (needs[station], station))


def _history(routes: list[Route], board: Board, station: str, oldest: int) -> Request:
    """By the route of the shortest reach that brings the oldest hour: the smallest answer."""
    route = next(route for route in routes if _reaches(route, board, oldest))
    back_hours = int(board.now - oldest) + 1
    return Request(route, station=board.stations[station], station_id=station, back_hours=back_hours)


def _reaches(route: Route, board: Board, hour: int) -> bool:
    return board.now - hour <= route.reach_hours


def _age(board: Board, hour: int) -> float:
    return board.now - (hour + 1)


def _is_past(timing: Timing, board: Board, hour: int) -> bool:
    """Whether the page on show has gone on to a newer hour."""
    return _age(board, hour) >= 1 + timing.publish
