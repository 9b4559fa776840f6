"""`yellowsea backfill`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cli import options
from cli.desk import catalogue, opened, say, show


def backfill(
    source: Annotated[str, typer.Argument(help="A live source: airkorea, cnemc, airkorea-forecast, ...")],
    since: options.Since = None,
    until: options.Until = None,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """Older hours, as far as today's spare calls go; asked again it goes on. Exit 3 where nothing was had."""
    from ingest.backfill import backfill as ask
    from ingest.registry import BULLETINS, SOURCES
    from report.question import QuestionError, span
    from scheduler import configure_logs

    zones = {name: one.spec.clock.zone for name, one in SOURCES.items()}
    zones |= {name: one.spec.zone for name, one in BULLETINS.items()}
    if source not in zones:
        raise QuestionError(f"no source is called {source!r}; there are {', '.join(zones)}")
    if since is None or until is None:
        raise QuestionError("give the span to fill: --from and --to")
    with opened(database) as (settings, store):
        configure_logs(settings, least="error")  # the fault is told once, at the end
        answer, fault = ask(
            store, catalogue(settings), settings, source, span(since, until, zones[source])[:2]
        )
    (row,) = answer["backfill"]
    show(answer, "backfill", shape, f"backfill of {source}", {name: name for name in _COLUMNS}, [])
    _tell(row)
    if fault is not None:
        say(f"yellowsea: {fault}")
        sys.exit(4)
    if not row["had"] and row["stopped"] is None:
        sys.exit(3)


_COLUMNS = ("windows", "settled", "open", "lost", "new", "changed", "rejected", "calls", "calls_left")


def _tell(row: dict[str, object]) -> None:
    """What is left, why, and when to go on."""
    if row["stopped"]:
        when = f"; go on at {row['go_on_at']}" if row["go_on_at"] else ""
        say(f"{row['open']} windows are left: {row['stopped']}{when}")
    for reason in row["reasons"]:  # type: ignore[attr-defined]
        say(f"lost: {reason}")
