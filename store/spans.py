"""Windows of the ledger that are longer than an hour: a civil day, a year."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select

from store import schema

_W = schema.fetch_window


def open_spans(connection: Connection, source: str, scope: str, spans: Iterable[tuple[int, int]]) -> int:
    """Open the spans (first hour number, exclusive end) that the ledger does not know; how many."""
    known = set(
        connection.execute(
            select(_W.c.start_hour).where(_W.c.source == source, _W.c.scope == scope)
        ).scalars()
    )
    rows = [
        {"source": source, "scope": scope, "start_hour": first, "end_hour": end, "state": "open"}
        for first, end in spans
        if first not in known
    ]
    if rows:
        connection.execute(insert(_W), rows)
    return len(rows)
