"""The plan's laws: within the calls left, the live look first, never beyond reach, nothing forgotten."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.plan import (
    LIST,
    LOOKS_MINUTES,
    MISSES_AN_HOUR,
    STRETCH_HOURS,
    Board,
    Hour,
    Timing,
    Try,
    look_is_due,
    newest_due,
    plan,
    stretch_key,
)
from ingest.source import Request, SourceSpec, StationRef
from ingest.sources.airkorea import SPEC as AIRKOREA
from ingest.sources.airkorea_stats import SPEC as STATS
from ingest.sources.cnemc import SPEC as CNEMC
from ingest.sources.openaq import SPEC as OPENAQ
from ingest.sources.openmeteo import CAMS

TIMING = Timing(publish=0.2, recheck=3.0, lateness=8.0)
NOON = 439_320
NAMES = [f"airkorea-{n}" for n in range(6)]
STATIONS = {name: StationRef(name[-1], name, handle=name[-1]) for name in NAMES}
SPECS = (AIRKOREA, CNEMC, CAMS, OPENAQ, STATS)
REACH = {spec.id: max(route.reach_hours for route in spec.routes) for spec in SPECS}

ages = st.floats(0, 30)
hours = st.builds(
    Hour, held=st.sets(st.sampled_from(NAMES)), seen=st.dictionaries(st.sampled_from(NAMES), ages, max_size=6)
)
moments = st.floats(0, 0.999).map(lambda part: NOON + part)


@st.composite
def boards(draw: st.DrawFn) -> Board:
    now = draw(moments)
    back = draw(st.lists(st.integers(0, 3000), unique=True, max_size=12))
    return Board(
        now,
        {int(now) - 1 - one: draw(hours) for one in back},
        {name: STATIONS[name] for name in draw(st.sets(st.sampled_from(NAMES)))},
        draw(st.none() | st.floats(0, 30).map(lambda ago: now - ago)),
        draw(st.none() | st.integers(0, 300)),
        draw(st.integers(1, 24)),
        draw(st.booleans()),
        draw(
            st.dictionaries(
                st.sampled_from([*NAMES, LIST]),
                st.builds(Try, ages.map(lambda a: now - a), st.integers(1, 9)),
            )
        ),
    )


specs = st.sampled_from(SPECS)


@given(specs, boards())
def test_never_more_calls_than_are_left(spec: SourceSpec, board: Board) -> None:
    asked = plan(spec, TIMING, board)
    assert len(asked) <= 60
    if board.calls_left is not None:
        assert len(asked) <= board.calls_left


@given(specs, boards())
def test_the_live_look_comes_first(spec: SourceSpec, board: Board) -> None:
    asked = plan(spec, TIMING, board)
    due = look_is_due(TIMING, board) and board.calls_left != 0 and spec.route("latest") is not None
    assert bool(asked and asked[0].route.span == "latest") == due
    assert [request.route.span for request in asked].count("latest") <= 1


@given(specs, boards())
def test_nothing_is_asked_beyond_reach(spec: SourceSpec, board: Board) -> None:
    for request in plan(spec, TIMING, board):
        if request.hour is not None:
            assert board.now - request.hour <= request.route.reach_hours
        if request.before is not None:
            assert request.before == int(board.now) or request.route.span == "stretch"
            assert board.now - (request.before - request.back_hours) <= request.route.reach_hours
            assert request.before <= board.now
        if request.station_id is not None:
            assert 0 < request.back_hours <= request.route.reach_hours + 1
            assert request.station == STATIONS[request.station_id]


@given(boards())
def test_calls_for_the_live_page_are_kept(board: Board) -> None:
    asked = plan(AIRKOREA, TIMING, board)
    histories = [request for request in asked if request.route.span == "station"]
    if board.calls_left is not None and histories:
        assert board.calls_left - len(asked) >= board.hours_of_day * len(LOOKS_MINUTES)


@given(boards())
def test_misses_come_before_rechecks_and_keep_calls_of_their_own(board: Board) -> None:
    asked = [request.station_id for request in plan(AIRKOREA, TIMING, board) if request.station_id]
    past = {h: s for h, s in board.hours.items() if board.now - h - 1 >= 1.2 and board.now - h <= 2160}
    missing = {one for state in past.values() for one in state.missing(board.stations, TIMING)}
    kinds = [one in missing for one in asked]
    assert kinds == sorted(kinds, reverse=True)
    if board.calls_left is not None and not all(kinds):
        assert board.calls_left - len(asked) >= board.hours_of_day * (len(LOOKS_MINUTES) + MISSES_AN_HOUR)


@given(boards())
def test_the_oldest_hours_come_first(board: Board) -> None:
    asked = plan(AIRKOREA, TIMING, replace(board, calls_left=None))
    past = {h: s for h, s in board.hours.items() if board.now - h - 1 >= 1.2 and board.now - h <= 2160}
    lacking = {
        name: [hour for hour, state in past.items() if name in state.missing([name], TIMING)]
        for name in board.stations
    }
    oldest = [min(lacking[one.station_id]) for one in asked if one.station_id and lacking[one.station_id]]
    assert oldest == sorted(oldest)


@given(specs, boards())
@settings(max_examples=60)
def test_every_hour_within_reach_is_closed_in_the_end(spec: SourceSpec, board: Board) -> None:
    """An upstream that always answers and never has anything: evidence alone closes all hours."""
    board = replace(board, calls_left=None, last_look=board.now, tried={}, list_due=False)
    if not board.stations:
        return
    together = max(route.together_hours for route in spec.routes)
    end = board.now + 26 + together
    within = [hour for hour in board.hours if end - hour <= REACH[spec.id]]
    while board.now < end:
        board.now += 0.25
        for request in plan(spec, TIMING, board, most=3):
            answer(request, board)
    for hour in within:
        state = board.hours[hour]
        assert not list(state.missing(board.stations, TIMING))
        assert not list(state.unconfirmed(board.stations, TIMING))


def answer(request: Request, board: Board) -> None:
    if request.route.span == "latest":
        board.last_look = board.now
    asked = list(board.stations) if request.station_id is None else [request.station_id]
    for hour, state in board.hours.items():
        mine = hour == request.hour or (request.station_id and board.now - hour <= request.route.reach_hours)
        if request.before is not None:
            mine = request.before - request.back_hours <= hour < request.before
        if mine and hour < int(board.now):
            for station in asked:
                state.see(station, board.now - hour - 1)


@given(boards())
def test_stretches_do_not_overlap_and_begin_in_need(board: Board) -> None:
    board = replace(board, calls_left=None)
    asked = plan(CAMS, TIMING, board)
    spans = [(one.before - one.back_hours, one.before) for one in asked if one.before is not None]
    assert len(spans) == len(asked)
    assert spans == sorted(spans)
    assert all(end <= first for (_, end), (first, _) in itertools.pairwise(spans))
    assert all(0 < end - first <= STRETCH_HOURS for first, end in spans)
    for first, _ in spans:
        state = board.hours[first]
        needy = [*state.missing(board.stations, TIMING), *state.unconfirmed(board.stations, TIMING)]
        assert needy or not board.stations


def test_a_stretch_in_vain_waits_as_a_whole() -> None:
    board = Board(NOON + 0.5, {NOON - n: Hour() for n in range(1, 9)}, STATIONS)
    [request] = plan(CAMS, TIMING, board)
    assert (request.before, request.back_hours) == (NOON, 8)
    assert plan(CAMS, TIMING, replace(board, tried={stretch_key(NOON - 8): Try(NOON + 0.4)})) == []


def test_a_dear_call_waits_until_a_day_is_together() -> None:
    young = Board(NOON + 0.5, {NOON - n: Hour() for n in range(1, 24)}, STATIONS)
    assert plan(OPENAQ, TIMING, young) == []
    asked = plan(OPENAQ, TIMING, replace(young, hours={NOON - n: Hour() for n in range(1, 27)}))
    assert [one.station_id for one in asked] == NAMES
    assert {(one.before, one.back_hours) for one in asked} == {(NOON, 26)}


def test_the_first_look_comes_before_any_history() -> None:
    board = Board(NOON + 0.5, {NOON - 5: Hour()}, STATIONS, list_due=True)
    assert [request.route.name for request in plan(AIRKOREA, TIMING, board)] == ["nationwide", "stations"]


def test_a_development_keys_day() -> None:
    """500 calls, 660 stations of which each hour's values are to be confirmed: looks first, then the rest."""
    stations = {f"s{n:03d}": StationRef(str(n), str(n)) for n in range(660)}
    board = Board(
        NOON + 0.5, {NOON - n: Hour(set(stations)) for n in range(1, 30)}, stations, NOON + 0.5, 500, 24
    )
    asked = plan(AIRKOREA, TIMING, board, most=1000)
    assert len(asked) == 500 - 24 * len(LOOKS_MINUTES) - 24 * MISSES_AN_HOUR
    assert {request.route.name for request in asked} == {"MONTH"}  # the oldest hour is beyond DAILY's 23 rows


def test_looks_within_an_hour() -> None:
    looks, board = 0, Board(NOON + 0.2, {NOON - 1: Hour()}, STATIONS, NOON - 0.5)
    for minute in range(60):
        board.now = NOON + 0.2 + minute / 60 + 1e-6
        if look_is_due(TIMING, board):
            looks, board.last_look = looks + 1, board.now
    assert looks == len(LOOKS_MINUTES)


def test_a_complete_hour_is_looked_at_first_and_last() -> None:
    looks, board = [], Board(NOON + 0.2, {NOON - 1: Hour(set(NAMES))}, STATIONS, NOON - 0.5)
    for minute in range(59):
        board.now = NOON + 0.2 + minute / 60 + 1e-6
        if look_is_due(TIMING, board):
            looks.append(minute)
            board.last_look = board.now
    assert looks == [LOOKS_MINUTES[0], LOOKS_MINUTES[-1]]


@pytest.mark.parametrize(("now", "newest"), [(NOON + 0.1, NOON - 2), (NOON + 0.2001, NOON - 1)])
def test_an_hour_is_due_once_it_should_be_published(now: float, newest: int) -> None:
    assert newest_due(now, TIMING) == newest


@pytest.mark.parametrize(("times", "pause"), [(1, 0.5), (2, 1), (3, 2), (5, 6), (50, 6)])
def test_what_was_in_vain_waits_longer_each_time(times: int, pause: float) -> None:
    tried = Try(NOON, times)
    assert not tried.due(NOON + pause - 0.01)
    assert tried.due(NOON + pause)
