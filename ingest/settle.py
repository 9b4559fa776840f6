"""Which open hours of a source are done: settled on evidence, or lost with the reason."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ingest.evidence import Evidence
from ingest.plan import Hour, Timing
from ingest.source import SourceSpec
from store import ledger


@dataclass(frozen=True)
class Outcome:
    """How an hour ends; without a reason it is complete."""

    lost: bool
    reason: str | None


def outcome(
    hour: int, state: Hour, expected: Collection[str], spec: SourceSpec, timing: Timing, now: float
) -> Outcome | None:
    """None while the hour stays open.

    It is settled when every expected station is held and was looked at once corrections should be in, or is
    proved not to come; beyond every reach of the source it ends with what there is, and with the reason.
    """
    held = sum(station in state.held for station in expected)
    of_all = f"{held} of {len(expected)} stations"
    if now - (hour + 1) >= timing.recheck and expected and _proved(state, expected, timing):
        if held == len(expected):
            return Outcome(lost=False, reason=None)
        if state.held:
            return Outcome(lost=False, reason=f"{of_all} held, the others never came")
        return Outcome(lost=True, reason=f"nothing was published within {timing.lateness:g} h")
    if now - hour > max((route.reach_hours for route in spec.routes), default=0):
        said = "the source no longer gives this hour"
        return Outcome(lost=not state.held, reason=f"{said}; {of_all} held")
    return None


def _proved(state: Hour, expected: Collection[str], timing: Timing) -> bool:
    return not any(state.missing(expected, timing)) and not any(state.unconfirmed(expected, timing))


def settle(
    connection: Connection,
    spec: SourceSpec,
    timing: Timing,
    evidence: Evidence,
    expected: Collection[str],
    now: float,
    at: datetime,
) -> None:
    """Close what is done, and note of the rest how far it is."""
    for window in ledger.unsettled(connection, spec.id):
        state = evidence.hours[window.start]
        held = sum(station in state.held for station in expected)
        if (window.present, window.expected) != (held, len(expected)):
            ledger.note_presence(connection, window.id, held, len(expected))
        end = outcome(window.start, state, expected, spec, timing, now)
        if end is None:
            continue
        if end.lost:
            ledger.lose(connection, window.id, at, end.reason or "")
        else:
            ledger.settle(connection, window.id, at, end.reason)
        evidence.closed(window.start)
