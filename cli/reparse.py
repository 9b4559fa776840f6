"""`yellowsea reparse`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cli import options
from cli.desk import catalogue, opened, say, show


def reparse_source(
    source: Annotated[str, typer.Argument(help="A live source of readings: airkorea, cnemc, ...")],
    since: options.Since = None,
    until: options.Until = None,
    apply: Annotated[bool, typer.Option("--apply", help="Write what differs; else only show it.")] = False,
    most: Annotated[int, typer.Option("--show", help="So many differences are shown.", min=0)] = 20,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """Rebuild readings from the answers as received, after a parser was mended; shows what would change."""
    from ingest.hours import EPOCH
    from ingest.registry import BULLETINS, SOURCES
    from ingest.reparse import answer, reparse
    from report.question import NothingHeldError, QuestionError, span

    if source not in SOURCES:
        why = "brings documents and no readings" if source in BULLETINS else "is no source"
        raise QuestionError(f"{source} {why}: readings are rebuilt of {', '.join(SOURCES)}")
    hours = None
    if since or until:
        first, end, _ = span(since, until, SOURCES[source].spec.clock.zone)
        hours = (int((first - EPOCH).total_seconds() // 3600), int((end - EPOCH).total_seconds() // 3600))
    with opened(database) as (settings, store):
        clock = settings.data_clock
        found = reparse(
            store, catalogue(settings), clock, SOURCES[source], hours=hours, apply=apply, most=most
        )
    if not found.payloads:
        said = f"no answer of {source} is kept for the span (payload_days says how long they are)"
        raise NothingHeldError(said, None)
    told = {
        "question": {"source": source, "from": since, "to": until, "apply": apply},
        "method": {
            "order": "the newest answer that speaks of an hour has the last word",
            "trial": "through the same writing, in transactions that are rolled back",
        },
        "data": {"networks": [], "feeds": [SOURCES[source].spec.feed], "attribution": []},
        **answer(SOURCES[source], found, apply=apply),
    }
    if shape is options.Format.table:
        show(told, "differences", shape, f"{source}: {'written' if apply else 'would change'}", _COLUMNS, [])
        _tell(told, apply=apply)
    else:
        show(told, "reparse", shape, source, {})
    if any(one["was_read"] for one in found.unreadable):
        sys.exit(1)


_COLUMNS = {
    "kind": "what",
    "station": "station",
    "hour": "hour (UTC)",
    "pollutant": "pollutant",
    "held": "held",
    "reparsed": "reparsed",
}


def _tell(told: dict[str, list[dict[str, object]]], *, apply: bool) -> None:
    row = told["reparse"][0]
    counts = ("new", "changed", "same", "rejected", "superseded", "no_longer_told")
    said = ", ".join(f"{row[name]} {name.replace('_', ' ')}" for name in counts)
    say(f"{row['payloads']} answers: {said}")
    for one in told["unreadable"]:
        say(f"cannot be read ({one['received_at']}): {one['error']}")
    if not apply and (row["new"] or row["changed"]):
        say("nothing is written: --apply does it, and keeps what it replaces")
