"""The ledger: which hours of which source are open, leased, settled or lost, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, func, insert, or_, select, update

from store import schema
from store.readings import Counts

_W = schema.fetch_window
_B = schema.batch


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


def last_try(connection: Connection, source: str) -> datetime | None:
    """When a source was asked last for one of its windows, data time."""
    return connection.execute(select(func.max(_W.c.tried_at)).where(_W.c.source == source)).scalar()


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


def lease(connection: Connection, source: str, until: datetime) -> None:
    """Say that a fetch is at work on a source's open windows; `until` is machine time."""
    connection.execute(
        update(_W)
        .where(_W.c.source == source, _W.c.state == "open")
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


def answered(connection: Connection, source: str, first: int, end: int, at: datetime, what: str) -> None:
    """An answer came for the hours of a span: an attempt; an error of the same question is over.

    `what` names the question, as in `failed`. An error of the whole source is over as well.
    """
    concerned = _W.c.source == source, _W.c.start_hour >= first, _W.c.start_hour < end
    connection.execute(update(_W).where(*concerned).values(attempts=_W.c.attempts + 1, tried_at=at))
    over = or_(
        and_(*concerned, _W.c.error.startswith(f"{what}: ", autoescape=True)),
        and_(_W.c.source == source, _W.c.error.startswith(f"{source}: ", autoescape=True)),
    )
    connection.execute(update(_W).where(over).values(error=None))


def failed(
    connection: Connection, source: str, first: int, end: int, at: datetime, what: str, error: str
) -> None:
    """A question for the open hours of a span was in vain; `what` is the source itself for all it asks."""
    connection.execute(
        update(_W)
        .where(
            _W.c.source == source,
            _W.c.start_hour >= first,
            _W.c.start_hour < end,
            _W.c.state.in_(("open", "leased")),
        )
        .values(attempts=_W.c.attempts + 1, tried_at=at, error=f"{what}: {error}"[:500])
    )


def add_counts(connection: Connection, source: str, counts: Mapping[int, Counts]) -> None:
    """Add, by hour number, what became of readings that an answer brought."""
    if not counts:
        return
    connection.execute(
        update(_W)
        .where(_W.c.source == source, _W.c.start_hour == bindparam("of_hour"))
        .values(
            rows=_W.c.rows + bindparam("more_rows"),
            new=_W.c.new + bindparam("more_new"),
            changed=_W.c.changed + bindparam("more_changed"),
            same=_W.c.same + bindparam("more_same"),
            rejected=_W.c.rejected + bindparam("more_rejected"),
        ),
        [
            {
                "of_hour": hour,
                "more_rows": one.rows,
                "more_new": one.new,
                "more_changed": one.changed,
                "more_same": one.same,
                "more_rejected": one.rejected,
            }
            for hour, one in sorted(counts.items())
        ],
    )


def note_presence(connection: Connection, window: int, present: int, expected: int) -> None:
    """Say how many of the expected stations hold a row."""
    connection.execute(update(_W).where(_W.c.id == window).values(present=present, expected=expected))


def settle(connection: Connection, window: int, at: datetime, reason: str | None = None) -> None:
    """Close a window on evidence; without a reason it is complete, and no error is left."""
    values: dict[str, object] = {"state": "settled", "checked_at": at, "leased_until": None, "reason": reason}
    if reason is None:
        values["error"] = None
    connection.execute(update(_W).where(_W.c.id == window).values(**values))


def lose(connection: Connection, window: int, at: datetime, reason: str) -> None:
    """Close a window that can no longer be had, saying why."""
    if not reason:
        raise ValueError("a window is lost only with a reason")
    connection.execute(
        update(_W)
        .where(_W.c.id == window)
        .values(state="lost", checked_at=at, leased_until=None, reason=reason)
    )


@dataclass(frozen=True)
class Standing:
    """How the ledger of one source stands.

    `settled` is the newest hour before which nothing is open; `error` the last that is not over, and
    `blocked` says that it is one of the whole source.
    """

    open: int
    lost: int
    settled: int | None
    error: str | None
    blocked: bool


def standing(connection: Connection, source: str) -> Standing:
    """Counts of a source's windows, and the mark up to which all is settled (or lost)."""
    counted: dict[str, int] = dict(
        connection.execute(
            select(_W.c.state, func.count()).where(_W.c.source == source).group_by(_W.c.state)
        ).all()
    )
    first_open = connection.execute(
        select(func.min(_W.c.start_hour)).where(_W.c.source == source, _W.c.state.in_(("open", "leased")))
    ).scalar()
    settled = select(func.max(_W.c.start_hour)).where(_W.c.source == source, _W.c.state == "settled")
    if first_open is not None:
        settled = settled.where(_W.c.start_hour < first_open)
    blocked = _W.c.error.startswith(f"{source}: ", autoescape=True)
    error = connection.execute(
        select(_W.c.error)
        .where(_W.c.source == source, _W.c.error.is_not(None), _W.c.state.in_(("open", "leased")))
        .order_by(blocked.desc(), _W.c.tried_at.desc())
        .limit(1)
    ).scalar()
    return Standing(
        counted.get("open", 0) + counted.get("leased", 0),
        counted.get("lost", 0),
        connection.execute(settled).scalar(),
        error,
        error is not None and error.startswith(f"{source}: "),
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


def note_answer(connection: Connection, batch: int, route: str, covered: str) -> None:
    """Write beside a batch by which route it came and what it is evidence for."""
    connection.execute(update(_B).where(_B.c.id == batch).values(format=route, path=covered))


def answers(connection: Connection, source: str, since: datetime) -> list[str]:
    """What the answers that came since a data time are evidence for, as `note_answer` was told it."""
    query = select(_B.c.path).where(_B.c.source == source, _B.c.received_at >= since, _B.c.path.is_not(None))
    return list(connection.execute(query.order_by(_B.c.id)).scalars())
