"""Pure: which requests close which open hours, within quota and reach.

An hour of a station is closed by *evidence*: an answer that covered it and came late enough, `recheck_hours`
after the hour where a row is held (its feed may have corrected it by then), `lateness_hours` where none is.
The daemon's regular hour, catch-up, late data and restart are this one question: what still lacks evidence,
and what can bring it before the source forgets?
"""

from __future__ import annotations

from collections.abc import Mapping

from ingest.board import FIRST_PAUSE_HOURS as FIRST_PAUSE_HOURS
from ingest.board import LONGEST_PAUSE_HOURS as LONGEST_PAUSE_HOURS
from ingest.board import Board as Board
from ingest.board import Hour as Hour
from ingest.board import Timing as Timing
from ingest.board import Try as Try
from ingest.source import Request, Route, SourceSpec

# When within an hour, after its publication, the page on show is looked at: the last look is for corrections.
LOOKS_MINUTES = (0, 10, 25, 42)
# Calls kept each hour of the day for stations that miss one, before values that are held are checked again.
MISSES_AN_HOUR = 4
# One history confirms all hours since the last one: it waits until so many more than one can be confirmed.
TOGETHER_HOURS = 9
LIST = "list"
# The longest stretch asked for at once: the models' portals count more as several calls.
STRETCH_HOURS = 14 * 24


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
        looks = board.hours_of_day * len(LOOKS_MINUTES) if latest else 0
        spare = max(0, board.calls_left - len(now) - looks)
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
    missing = _stretches(spec, timing, board) + by_hour[0] + by_station[0]
    return missing, by_hour[1] + by_station[1]


def _stretches(spec: SourceSpec, timing: Timing, board: Board) -> list[Request]:
    """Stretches that begin with an hour in need, each as long as one may be: they bring all that follows."""
    route = spec.route("stretch")
    if route is None:
        return []
    newest, asked = int(board.now), []
    end = 0
    for hour, state in sorted(board.hours.items()):
        if hour < end or hour >= newest or not _reaches(route, board, hour):
            continue
        if _in_need(state, timing, board, hour):
            end = min(hour + STRETCH_HOURS, newest)
            if board.due(stretch_key(hour)):
                asked.append(Request(route, back_hours=end - hour, before=end))
    return asked


def stretch_key(first: int) -> str:
    """Under what it is remembered that a stretch was in vain."""
    return f"stretch {first}"


def _in_need(state: Hour, timing: Timing, board: Board, hour: int) -> bool:
    if not board.stations or any(state.missing(board.stations, timing)):
        return True
    return _age(board, hour) >= timing.recheck and any(state.unconfirmed(board.stations, timing))


def _hours(spec: SourceSpec, timing: Timing, board: Board) -> tuple[list[Request], list[Request]]:
    """One request an hour, where a route brings all stations of a past hour."""
    route = spec.route("hour")
    missing: list[Request] = []
    unconfirmed: list[Request] = []
    if route is None:
        return missing, unconfirmed
    for hour, state in sorted(board.hours.items()):
        if not (_is_past(spec, timing, board, hour) and _reaches(route, board, hour) and board.due(hour)):
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
    # After a restart a handle is not known until the list was read again.
    handled = routes[-1].handled
    asked = [one for one, ref in board.stations.items() if board.due(one) and (ref.handle or not handled)]
    missing: dict[str, int] = {}
    unconfirmed: dict[str, int] = {}
    for hour, state in sorted(board.hours.items(), reverse=True):
        if not (_is_past(spec, timing, board, hour) and _reaches(routes[-1], board, hour)):
            continue
        missing |= dict.fromkeys(state.missing(asked, timing), hour)
        if _age(board, hour) >= timing.recheck:
            unconfirmed |= dict.fromkeys(state.unconfirmed(asked, timing), hour)
    enough = timing.publish + routes[-1].together_hours
    missing = {s: hour for s, hour in missing.items() if _age(board, hour) >= enough}
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
    ref = board.stations[station]
    if route.dated:
        before = int(board.now)
        return Request(route, station=ref, station_id=station, back_hours=before - oldest, before=before)
    return Request(route, station=ref, station_id=station, back_hours=int(board.now - oldest) + 1)


def _reaches(route: Route, board: Board, hour: int) -> bool:
    return board.now - hour <= route.reach_hours


def _age(board: Board, hour: int) -> float:
    return board.now - (hour + 1)


def _is_past(spec: SourceSpec, timing: Timing, board: Board, hour: int) -> bool:
    """Whether the page on show has gone on to a newer hour; without one, whether the hour should be out."""
    return _age(board, hour) >= timing.publish + (1 if spec.route("latest") else 0)
