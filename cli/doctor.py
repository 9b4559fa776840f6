"""`yellowsea doctor`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import options
from cli.desk import catalogue, show

if TYPE_CHECKING:
    from ingest.doctor import Check


def doctor(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Only these sources; else every enabled one.")
    ] = None,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """Try each source once; look at database, settings, keys and clock; exit 1 where something is to fix."""
    from dataclasses import asdict

    from config import settings
    from ingest.doctor import examine
    from ingest.registry import BULLETINS, SOURCES
    from report.question import QuestionError
    from store.engine import Store

    names = sources or []
    for name in names:
        if name not in SOURCES and name not in BULLETINS:
            raise QuestionError(
                f"no source is called {name!r}; there are {', '.join([*SOURCES, *BULLETINS])}"
            )
    found = settings.load(database_url=database)
    store = Store(found.database_url, busy_seconds=found.busy_seconds)
    try:
        checks: list[Check] = list(examine(found, lambda: catalogue(found), store, names))
    finally:
        store.close()
    rows: list[dict[str, Any]] = [asdict(one) for one in checks]
    answer = {"question": {"sources": names}, "checks": rows}
    people = [{**row, "ok": "well" if row["ok"] else "to fix"} for row in rows]
    show(answer, "checks", shape, "Checks", {name: name for name in ("what", "ok", "told")}, [], people)
    if shape is options.Format.table:
        for one in checks:
            if one.advice:
                typer.echo(f"{one.what}: {one.advice}")
    if not all(one.ok for one in checks):
        sys.exit(1)
