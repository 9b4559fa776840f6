"""Pure: when a window of bulletins is asked for, and when it is done.

A window is done on evidence, as an hour is: an answer that came once its last dispatch (or its end) and the
lateness of its source had passed. Until then what is due and has not come is asked for every `poll_minutes`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np

from ingest.bulletins import BulletinSpec
from ingest.hours import EPOCH, day_starts, fixed_offset
from ingest.settle import Outcome
from store.ledger import Window

_HOURS_A_DAY = 24
# Nothing is asked for ever.
GIVE_UP_DAYS = 14
GIVE_UP_ATTEMPTS = 20


def span_of(spec: BulletinSpec, day: date) -> tuple[int, int]:
    """The window in which a civil day lies: its first hour number, and its exclusive end."""
    first, following = day, day + timedelta(days=1)
    if spec.span == "year":
        first, following = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    starts = day_starts(np.array([first, following], dtype="datetime64[D]"), spec.zone)
    return int(starts[0]), int(starts[1])


def spans_of(spec: BulletinSpec, first: date, last: date) -> list[tuple[int, int]]:
    """The windows in which the civil days from `first` to `last` lie."""
    spans = []
    while first <= last:
        spans.append(span_of(spec, first))
        first = first_day(spec, spans[-1][1])
    return spans


def first_day(spec: BulletinSpec, start: int) -> date:
    """The civil day with which the window of a first hour number begins."""
    return date(1970, 1, 1) + timedelta(days=(start + fixed_offset(spec.zone)) // _HOURS_A_DAY)


def came(spec: BulletinSpec, start: int, issues: set[datetime]) -> int:
    """How many of the window's dispatches stand among times of issue."""
    hours = {(issue - EPOCH) / timedelta(hours=1) for issue in issues}
    return sum(start + dispatch in hours for dispatch in spec.dispatches)


def closes_at(spec: BulletinSpec, window: Window) -> float:
    """The hour number, with its fraction, from which an answer for the window is its last."""
    last = window.start + spec.dispatches[-1] if spec.dispatches else window.end
    return last + spec.lateness_hours


def due(spec: BulletinSpec, window: Window, now: float, asked: float | None) -> bool:
    """Whether a window is to be asked for, last asked at `asked` (hour numbers with their fraction)."""
    out = sum(window.start + dispatch <= now for dispatch in spec.dispatches)
    if spec.dispatches and not out:
        return False
    if asked is None:
        return True
    waits_for_some = not spec.dispatches or out > window.present or closes_at(spec, window) <= now
    return waits_for_some and now - asked >= spec.poll_minutes / 60


def given_up(spec: BulletinSpec, window: Window, now: float) -> bool:
    """Whether a window has been asked for in vain so long and so often that it counts as lost."""
    over = now - closes_at(spec, window)
    return over >= GIVE_UP_DAYS * _HOURS_A_DAY and window.attempts >= GIVE_UP_ATTEMPTS


def outcome(spec: BulletinSpec, window: Window, answered: float, *, unended: bool) -> Outcome | None:
    """How a window ends by an answer asked for at `answered`; None while it stays open."""
    over = answered - closes_at(spec, window)
    expected = len(spec.dispatches)
    if over < 0 or (unended and over < spec.follow_days * _HOURS_A_DAY):
        return None
    if unended:
        return Outcome(lost=False, reason=f"something in it had not ended after {spec.follow_days:g} days")
    if window.present >= expected:
        return Outcome(lost=False, reason=None)
    said = f"{window.present} of {expected} dispatches held, the others never came"
    return Outcome(lost=not window.present, reason=said if window.present else "nothing was published")
