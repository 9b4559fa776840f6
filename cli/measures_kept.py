"""`yellowsea measures add|confirm|lift`: a person keeps the list current, in a folder of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import options
from cli.desk import catalogue, opened, show

if TYPE_CHECKING:
    from report.answer import Answer

LISTED_NOW = {
    "date": "day",
    "region": "region",
    "kind": "kind",
    "announced_at": "announced",
    "in_force_from": "in force from",
    "in_force_to": "to",
    "lifted_at": "lifted",
    "status": "status",
    "confidence": "confidence",
    "source": "source",
}

Day = Annotated[str, typer.Option("--date", help="The day it is in force: 2026-12-01.")]
Place = Annotated[str, typer.Option("--region", help="Id or name of the region.")]
KindOption = Annotated[str, typer.Option("--kind", help="emergency, preliminary or heavy-alert.")]
Source = Annotated[str, typer.Option("--source", help="Where it was read: an address or a document.")]


def add_measure(
    day: Day,
    region: Place,
    source: Source,
    kind: KindOption = "emergency",
    announced: Annotated[
        str | None, typer.Option("--announced", help="When it was announced, an ISO time with offset.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--in-force-from", help="An ISO time with offset; else the rule's hour.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--in-force-to", help="An ISO time with offset; else the rule's hour.")
    ] = None,
    step: Annotated[str | None, typer.Option("--step", help="Crisis step or alert level.")] = None,
    criterion: Annotated[str | None, typer.Option("--criterion", help="A, B or C, as announced.")] = None,
    confidence: Annotated[
        str, typer.Option("--confidence", help="high, medium (unless given) or low.")
    ] = "medium",
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """List a measure that was issued: in your folder of the catalogue, and in the database."""
    from ingest import announced as reports

    with opened(database) as (settings, store):
        facts = catalogue(settings)
        new = reports.measure(
            facts,
            region,
            kind,
            options.required_day(day),
            source=source,
            confidence=confidence,  # type: ignore[arg-type]  # the model tells which there are
            announced_at=options.moment(announced),
            in_force_from=options.moment(since),
            in_force_to=options.moment(until),
            step=step,
            criterion=criterion,
        )
        _shown(facts, reports.add(store, facts, new), shape)


def confirm_measures(
    region: Place,
    source: Source,
    kind: KindOption = "emergency",
    day: Annotated[str | None, typer.Option("--date", help="The day of the measure to confirm.")] = None,
    through: Annotated[
        str | None, typer.Option("--through", help="The list was looked after until this day.")
    ] = None,
    complete: Annotated[
        bool, typer.Option("--complete", help="With --through: none is missing in the new span.")
    ] = False,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """Confirm a listed measure (--date), or say until when the list was looked after (--through)."""
    from config.places import Places
    from ingest import announced as reports
    from report.measures import Ledger
    from report.question import QuestionError

    if (day is None) == (through is None):
        raise QuestionError("give either --date of a measure or --through, the day the list reaches")
    with opened(database) as (settings, store):
        facts = catalogue(settings)
        places = Places(facts)
        place = places.region(region).id
        if day is not None:
            found = reports.listed(facts, place, kind, options.required_day(day))
            _shown(facts, reports.confirm(store, facts, found, source), shape)
            return
        last = options.required_day(through or "")
        reached = Ledger(facts, places, place).known_through(kind)
        row = reports.known_through(
            store, facts, place, kind, last, source, reached=reached, complete=complete
        )
    answer = {"question": {"region": place}, "known_through": [row.model_dump(mode="json")]}
    columns = {"region": "region", "kind": "kind", "start": "from", "end": "through", "complete": "complete"}
    show(answer, "known_through", shape, "the list reaches further", columns, [])


def lift_measure(
    day: Day,
    region: Place,
    source: Source,
    at: Annotated[str, typer.Option("--at", help="When it was lifted, an ISO time with offset.")],
    kind: KindOption = "emergency",
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """Say when a listed measure was lifted early."""
    from config.places import Places
    from ingest import announced as reports

    with opened(database) as (settings, store):
        facts = catalogue(settings)
        found = reports.listed(facts, Places(facts).region(region).id, kind, options.required_day(day))
        _shown(facts, reports.lift(store, facts, found, options.required_moment(at), source), shape)


def _shown(facts: object, measure: object, shape: options.Format) -> None:
    from report.measures import told

    answer: Answer = {"question": {}, "measures": [told(facts, measure)]}  # type: ignore[arg-type]
    show(answer, "measures", shape, "listed now", LISTED_NOW, [])
