"""`yellowsea measures`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import options
from cli.asking import Asked, asking
from cli.desk import catalogue, opened, show

if TYPE_CHECKING:
    from report.answer import Answer

app = typer.Typer(
    help="Emergency measures and alerts: listed, linked with episodes, decided anew.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

LISTED = {
    "date": "day",
    "region": "region",
    "kind": "kind",
    "step": "step",
    "announced_at": "announced",
    "in_force_from": "in force from",
    "in_force_to": "to",
    "vehicle_rules": "vehicles",
    "status": "status",
    "confidence": "confidence",
}
COUNTS = {
    "high_days": "high days",
    "high_days_covered": "… with an emergency measure in force",
    "first_days": "first days of a run",
    "first_days_covered": "… with an emergency measure in force",
    "later_days": "later days of a run",
    "later_days_covered": "… with an emergency measure in force",
    "announced_same_day": "high days without one, on which one was announced for the next day",
    "measure_days": "days with an emergency measure",
    "measure_days_high": "… that were high",
    "measure_days_at_or_below": "… that stayed at or below the threshold",
    "measure_days_without_value": "… of which no value is held",
    "measure_days_with_vehicle_rules": "… with vehicle rules",
}


@app.command("list")
def list_measures(
    region: options.Region = None,
    since: options.Since = None,
    until: options.Until = None,
    kind: Annotated[str | None, typer.Option("--kind", help="emergency, preliminary or heavy-alert.")] = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """The measures that are listed, each with its source, and how far each list reaches."""
    from report import measures

    answer = measures.ask(catalogue(), region, options.day(since), options.day(until), kind)
    found = answer["measures"]
    show(answer, "measures", shape, f"{len(found)} listed measures", LISTED, _reach(answer))


def _reach(answer: Answer) -> list[str]:
    lines = [
        f"{one['region']}, {one['kind']}: known through {one['known_through']}"
        + (", complete in this span" if one["complete"] else "")
        for one in answer["known_through"]
    ]
    return [*lines, answer["method"]["words"]]


@app.command("link")
@asking
def link_measures(
    asked: Asked,
    profile: Annotated[
        str | None, typer.Option("--profile", help="Of days: kr-high-day unless given, kr-bad-day, ...")
    ] = None,
) -> None:
    """Episodes with the measures around them: announced, in force, covered or not."""
    from report import links
    from report.episodes import profile_of

    with opened(asked.database) as (settings, store):
        facts = catalogue(settings)
        question = asked.understood(store, facts)
        answer = links.ask(store, facts, question, profile_of(facts, question, profile))
    people = [row for one in answer["links"] for row in _lines(one)]
    columns = {
        "episode": "episode",
        "mean": "mean",
        "date": "measure",
        "region": "region",
        "kind": "kind",
        "relation": "relation",
        "lead_hours": "lead h",
        "overlap_hours": "overlap h",
        "nth_of_run": "nth day",
        "vehicle_rules": "vehicles",
        "confidence": "confidence",
    }
    named = answer["question"]["profile"]
    title = f"{question.place}: {len(answer['links'])} episodes of {named} and the measures around them"
    show(
        answer, "links", shape=asked.shape, title=title, columns=columns, people=people, foot=_counts(answer)
    )


def _lines(link: Answer) -> list[Answer]:
    episode = link["episode"]
    head = {
        "episode": f"{episode['start'][:10]} +{episode['duration_hours'] // 24} d",
        "mean": episode["mean"],
    }
    rows = link["measures"] or [{"kind": "no measure known"}]
    return [{**(head if index == 0 else {}), **row} for index, row in enumerate(rows)]


def _counts(answer: Answer) -> list[str]:
    from report import render

    summary = answer["summary"]
    lines = [f"{summary[key]:>5} {words}" for key, words in COUNTS.items()]
    reach = "complete" if summary["complete"] else f"known through {summary['known_through']}, not complete"
    return [*lines, f"the list of measures is {reach}", answer["method"]["words"], *render.provenance(answer)]


Day = Annotated[str, typer.Option("--date", help="The day it is in force: 2026-12-01.")]
Place = Annotated[str, typer.Option("--region", help="Id or name of the region.")]
KindOption = Annotated[str, typer.Option("--kind", help="emergency, preliminary or heavy-alert.")]
Source = Annotated[str, typer.Option("--source", help="Where it was read: an address or a document.")]


@app.command("add")
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


@app.command("confirm")
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


@app.command("lift")
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
    show(answer, "measures", shape, "listed now", {**LISTED, "lifted_at": "lifted"}, [])
