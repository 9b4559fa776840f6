"""The ledger: which hours of which source are open, leased, settled or lost, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from store import schema
from store.readings import Counts

_W = schema.fetch_window


@dataclass
class Window:
    """What one fetch must bring: one hour of one source.

    Attributes
    ----------
    start : int
        Hour number; the window is one hour long.
    present, expected : int
        Stations that hold a row of it, and how many should.
    """

    id: int
    source: str
    scope: str
    start: int
    end: int
    state: str
    attempts: int
    present: int
    expected: int
    error: str | None
    reason: str | None
    counts: Counts


def open_hours(connection: Connection, source: str, scope: str, first: int, end: int) -> int:
    """Open the hours from `first` to before `end` that the ledger does not know; how many were opened."""
    known = set(
        connection.execute(
            select(_W.c.start_hour).where(
                _W.c.source == source, _W.c.scope == scope, _W.c.start_hour >= first, _W.c.start_hour < end
            )
        ).scalars()
    )
    rows = [
        {"source": source, "scope": scope, "start_hour": hour, "end_hour": hour + 1, "state": "open"}
        for hour in range(first, end)
        if hour not in known
    ]
    if rows:
        connection.execute(insert(_W), rows)
    return len(rows)


def newest_hour(connection: Connection, source: str) -> int | None:
    """The newest hour that the ledger knows of a source."""
    return connection.execute(select(func.max(_W.c.start_hour)).where(_W.c.source == source)).scalar()


def unsettled(connection: Connection, source: str, until: int | None = None) -> list[Window]:
    """The windows of a source that are open or leased, oldest first; with `until` those ending by then."""
    query = select(_W).where(_W.c.source == source, _W.c.state.in_(("open", "leased")))
    if until is not None:
        query = query.where(_W.c.end_hour <= until)
    return [_window(row) for row in connection.execute(query.order_by(_W.c.start_hour))]


def windows_between(connection: Connection, source: str, first: int, end: int) -> list[Window]:
    """The windows of a source that start in the span."""
    query = select(_W).where(_W.c.source == source, _W.c.start_hour >= first, _W.c.start_hour < end)
    return [_window(row) for row in connection.execute(query.order_by(_W.c.start_hour))]


def recent(connection: Connection, source: str, most: int) -> list[Window]:
    """The newest windows of a source, oldest first."""
    query = select(_W).where(_W.c.source == source).order_by(_W.c.start_hour.desc()).limit(most)
    return [_window(row) for row in connection.execute(query)][::-1]


def lease(connection: Connection, ids: Iterable[int], until: datetime) -> None:
    """Say that a fetch is at work on these windows; `until` is machine time."""
    connection.execute(
        update(_W)
        .where(_W.c.id.in_(list(ids)), _W.c.state == "open")
        .values(state="leased", leased_until=until)
    )


def reopen_expired(connection: Connection, source: str, machine_now: datetime) -> int:
    """Open again what a fetch that never came back had leased; how many."""
    done = connection.execute(
        update(_W)
        .where(_W.c.source == source, _W.c.state == "leased", _W.c.leased_until <= machine_now)
        .values(state="open", leased_until=None)
    )
    return int(done.rowcount)


def give_back(connection: Connection, source: str) -> None:
    """Open again every window of a source that is leased: its fetch has ended."""
    connection.execute(
        update(_W)
        .where(_W.c.source == source, _W.c.state == "leased")
        .values(state="open", leased_until=None)
    )


def tried(connection: Connection, ids: Iterable[int], at: datetime, error: str | None) -> None:
    """Count an attempt; with `error` one that failed."""
    connection.execute(
        update(_W)
        .where(_W.c.id.in_(list(ids)))
        .values(attempts=_W.c.attempts + 1, tried_at=at, error=error[:500] if error else None)
    )


def add_counts(connection: Connection, window: int, counts: Counts) -> None:
    """Add what became of readings that a fetch brought into a window."""
    connection.execute(
        update(_W)
        .where(_W.c.id == window)
        .values(
            rows=_W.c.rows + counts.rows,
            new=_W.c.new + counts.new,
            changed=_W.c.changed + counts.changed,
            same=_W.c.same + counts.same,
            rejected=_W.c.rejected + counts.rejected,
        )
    )


def note_presence(connection: Connection, window: int, present: int, expected: int) -> None:
    """Say how many of the expected stations hold a row."""
    connection.execute(update(_W).where(_W.c.id == window).values(present=present, expected=expected))


def settle(connection: Connection, window: int, at: datetime, reason: str | None = None) -> None:
    """Close a window on evidence."""
    connection.execute(
        update(_W)
        .where(_W.c.id == window)
        .values(state="settled", checked_at=at, leased_until=None, reason=reason)
    )


def lose(connection: Connection, window: int, at: datetime, reason: str) -> None:
    """Close a window that can no longer be had, saying why."""
    connection.execute(
        update(_W)
        .where(_W.c.id == window)
        .values(state="lost", checked_at=at, leased_until=None, reason=reason)
    )


@dataclass(frozen=True)
class Standing:
    """How the ledger of one source stands; `settled` is the newest hour before which nothing is open."""

    open: int
    lost: int
    settled: int | None
    error: str | None


def standing(connection: Connection, source: str) -> Standing:
    """Counts of a source's windows, and the mark up to which all is settled (or lost)."""
    counted: dict[str, int] = dict(
        connection.execute(select(_W.c.state, func.count()).where(_W.c.source == source).group_by(_W.c.state))
        .tuples()
        .all()
    )
    first_open = connection.execute(
        select(func.min(_W.c.start_hour)).where(_W.c.source == source, _W.c.state.in_(("open", "leased")))
    ).scalar()
    settled = select(func.max(_W.c.start_hour)).where(_W.c.source == source, _W.c.state == "settled")
    if first_open is not None:
        settled = settled.where(_W.c.start_hour < first_open)
    error = connection.execute(
        select(_W.c.error)
        .where(_W.c.source == source, _W.c.error.is_not(None), _W.c.state.in_(("open", "leased")))
        .order_by(_W.c.tried_at.desc())
        .limit(1)
    ).scalar()
    return Standing(
        counted.get("open", 0) + counted.get("leased", 0),
        counted.get("lost", 0),
        connection.execute(settled).scalar(),
        error,
    )


def _window(row: object) -> Window:
    get = row._mapping  # type: ignore[attr-defined]  # noqa: SLF001 - SQLAlchemy's public name for it
    return Window(
        get["id"],
        get["source"],
        get["scope"],
        get["start_hour"],
        get["end_hour"],
        get["state"],
        get["attempts"],
        get["present"],
        get["expected"],
        get["error"],
        get["reason"],
        Counts(get["rows"], get["new"], get["changed"], get["same"], get["rejected"]),
    )
