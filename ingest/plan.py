"""Pure: which requests close which open hours, within quota and reach.

An hour of a station is closed by *evidence*: an answer that covered it and came late enough, `recheck_hours`
after the hour where a row is held (its feed may have corrected it by then), `lateness_hours` where none is.
The daemon's regular hour, catch-up, late data and restart are this one question: what still lacks evidence,
and what can bring it before the source forgets?
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ingest.source import Request, Route, SourceSpec, StationRef

# When within an hour, after its publication, the page on show is looked at: the last look is for corrections.
LOOKS_MINUTES = (0, 10, 25, 42)
# Between tries of the same past hour or station that did not bring what lacks: 30 min, doubled up to 6 h.
FIRST_PAUSE_HOURS = 0.5
LONGEST_PAUSE_HOURS = 6.0


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

    def lacks(self, expected: Iterable[str], timing: Timing, age: float) -> list[str]:
        """The expected stations without evidence that is late enough, at an age in hours after its end.

        What is held lacks none before `recheck`: nothing could prove it yet.
        """
        return [
            station
            for station in expected
            if (station not in self.held and self.seen.get(station, -1.0) < timing.lateness)
            or (
                age >= timing.recheck
                and station in self.held
                and self.seen.get(station, -1.0) < timing.recheck
            )
        ]


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
        When the page on show was last read.
    calls_left : int or None
        Of the day; None without a limit.
    hours_of_day_left : int
        Until the day of the quota ends: what the live page still needs.
    list_due : bool
        Whether the source's list of stations should be read.
    """

    now: float
    hours: dict[int, Hour]
    stations: dict[str, StationRef]
    last_look: float | None = None
    calls_left: int | None = None
    hours_of_day_left: int = 0
    list_due: bool = False
    tried: Mapping[str | int, Try] = field(default_factory=dict)


def plan(spec: SourceSpec, timing: Timing, board: Board, most: int = 60) -> list[Request]:
    """The requests to make now, the most pressing first, at most `most`.

    The page on show comes first; what a source forgets soonest comes next; calls that the live page
    needs until the end of the day are not spent on anything else.
    """
    requests: list[Request] = []
    latest = spec.route("latest")
    if latest and look_is_due(timing, board):
        requests.append(Request(latest))
    listing = spec.route("list")
    if listing and board.list_due:
        requests.append(Request(listing))
    if board.calls_left == 0:
        return []
    past = _past_hours(spec, timing, board) + _stations(spec, timing, board)
    if board.calls_left is not None:
        reserve = board.hours_of_day_left * len(LOOKS_MINUTES)
        past = past[: max(0, board.calls_left - reserve - len(requests))]
        requests = requests[: board.calls_left]
    return [*requests, *past][:most]


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


def _past_hours(spec: SourceSpec, timing: Timing, board: Board) -> list[Request]:
    """One request an hour that lacks evidence and that the source can still bring, oldest first."""
    route = spec.route("hour")
    if route is None:
        return []
    return [
        Request(route, hour=hour)
        for hour, state in sorted(board.hours.items())
        if _is_past(timing, board, hour)
        and board.now - hour <= route.reach_hours
        and _try_due(board, hour)
        and (not board.stations or state.lacks(board.stations, timing, board.now - hour - 1))
    ]


def _stations(spec: SourceSpec, timing: Timing, board: Board) -> list[Request]:
    """One request a station that lacks evidence: all of its open hours at once, the neediest first.

    First who misses an hour, then who only could have been corrected; of each the oldest hour first.
    """
    routes = sorted((r for r in spec.routes if r.span == "station"), key=lambda r: r.reach_hours)
    if not routes:
        return []
    asked = {station: ref for station, ref in board.stations.items() if _try_due(board, station)}
    needs: dict[str, tuple[bool, int]] = {}
    for hour, state in sorted(board.hours.items(), reverse=True):
        age = board.now - hour - 1
        if not _is_past(timing, board, hour) or board.now - hour > routes[-1].reach_hours:
            continue
        for station in state.lacks(asked, timing, age):
            only_recheck = needs.get(station, (True, 0))[0] and station in state.held
            needs[station] = (only_recheck, hour)
    return [
        Request(
            _shortest(routes, board, hour),
            station=board.stations[station],
            station_id=station,
            back_hours=int(board.now - hour) + 1,
        )
        for station, (_, hour) in sorted(needs.items(), key=lambda item: (item[1], item[0]))
    ]


def _is_past(timing: Timing, board: Board, hour: int) -> bool:
    """Whether the page on show has gone on to a newer hour."""
    return board.now - (hour + 1) >= 1 + timing.publish


def _shortest(routes: list[Route], board: Board, hour: int) -> Route:
    """The route of the shortest reach that brings the hour: the smallest answer."""
    return next(route for route in routes if board.now - hour <= route.reach_hours)


def _try_due(board: Board, what: str | int) -> bool:
    tried = board.tried.get(what)
    return tried is None or tried.due(board.now)
