"""`yellowsea hotline rules | dry-run | list | acknowledge | test`."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cli import options
from cli.desk import LANGUAGE, catalogue, opened, show

if TYPE_CHECKING:
    from report.answer import Answer

app = typer.Typer(
    help="Notices: who has to be told, once, and the proof that they were.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Forecasts(StrEnum):
    """Which forecasts count in a past."""

    issued = "issued"
    observed = "observed"
    none = "none"


@app.command("rules")
def show_rules(shape: options.Shape = options.Format.table) -> None:
    """The rules of notices, shipped and yours, and whom each reaches."""
    from hotline import listing

    answer = listing.rules(catalogue())
    people = [
        row
        | {"subjects": len(row["subjects"]) or "sources", "levels": ", ".join(row["levels"])}
        | {"audiences": ", ".join(row["audiences"]), "recipients": ", ".join(row["recipients"]) or "nobody"}
        for row in answer["rules"]
    ]
    columns = {
        "rule": "rule",
        "about": "about",
        "subjects": "places",
        "levels": "levels",
        "urgent_from": "urgent from",
        "audiences": "audiences",
        "recipients": "reaches",
    }
    foot = ["recipients are yours: recipients.toml in your folder of the catalogue"]
    show(answer, "rules", shape, f"{len(people)} rules", columns, foot, people)


@app.command("dry-run")
def dry_run(
    since: options.Since = None,
    until: options.Until = None,
    rule: Annotated[str | None, typer.Option("--rule", help="Only this rule.")] = None,
    region: options.Region = None,
    forecast: Annotated[
        Forecasts,
        typer.Option("--forecast", help="issued, or as hindcasts: observed (what came), none."),
    ] = Forecasts.issued,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """Who would have been told in a past, and how many hours before the measure; nothing is sent."""
    from config.places import Places
    from hotline import dry_run as dry
    from report.question import span

    first, end, _ = span(since, until, "Asia/Seoul")
    with opened(database) as (settings, store):
        facts = catalogue(settings)
        place = Places(facts).region(region).id if region else None
        answer = dry.ask(
            store,
            facts,
            first,
            end,
            only=rule,
            region=place,
            mode=forecast.value,
            language=LANGUAGE.get(),
        )
    people = [_told(row) for row in answer["notices"]]
    count = sum(row["stage"] == "first" for row in answer["notices"])
    show(answer, "notices", shape, f"{count} occasions; nothing was sent", TOLD, _foot(answer), people)


TOLD = {
    "at": "at",
    "title": "notice",
    "stage": "stage",
    "to": "to",
    "announced": "h to announcement",
    "in_force": "h to in force",
    "measure": "measure",
    "knowledge": "knowledge",
}


def _told(row: Answer) -> Answer:
    """A notice as a table shows it."""
    lead = row["lead"] or {}
    names = [f"{one['recipient']} ({one['channel']})" for one in row["recipients"]]
    return {
        "at": row["at"],
        "title": row["title"],
        "stage": row["stage"],
        "to": ", ".join(names) or f"nobody is set ({', '.join(row['audiences'])})",
        "announced": _whole(lead.get("lead_announced_hours")),
        "in_force": _whole(lead.get("lead_in_force_hours")),
        "measure": lead.get("measure") or lead.get("word"),
        "knowledge": row["knowledge"],
    }


def _whole(hours: float | None) -> float | int | None:
    """Hours without decimals where there are none."""
    return int(hours) if hours is not None and hours == int(hours) else hours


def _foot(answer: Answer) -> list[str]:
    from report import render

    lines = [
        f"{row['rule']}: not judged, {row['why_not']}"
        for row in answer["rules"]
        if row["why_not"] is not None
    ]
    lines += [
        f"base rate of {row['rule']}, {row['subject']}, {row['winters']}: {_share(row['fires'])}"
        + _parts(row)
        for row in answer["base_rates"]
        if row["fires"]["known_days"] or (row["upwind_alone"] and row["upwind_alone"]["known_days"])
    ]
    method = answer["method"]
    return [*lines, method["leads"], method["knowledge"], method["words"], *render.provenance(answer)]


def _parts(row: Answer) -> str:
    if row["upwind_alone"] is None:
        return ""
    return (
        f"; upwind part alone {_share(row['upwind_alone'])}, forecast alone {_share(row['forecast_alone'])}"
    )


def _share(row: Answer) -> str:
    if row["share"] is None:
        return "not known"
    return f"{row['share']:.0%} of winter days ({row['days']} of {row['known_days']} known)"


@app.command("list")
def show_notices(
    since: options.Since = None,
    until: options.Until = None,
    last: Annotated[int, typer.Option("--last", min=1, max=10_000, help="How many, the newest.")] = 100,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """Notices and their deliveries, newest first; exit 1 where a delivery was given up."""
    from hotline import listing
    from report.question import span

    first, end = span(since, until, "Asia/Seoul")[:2] if since or until else (None, None)
    with opened(database) as (settings, store):
        answer = listing.told(store, catalogue(settings), first, end, last=last, language=LANGUAGE.get())
    people = [_sent(row, one) for row in answer["notices"] for one in row["deliveries"] or [None]]
    columns = {
        "id": "notice",
        "raised_at": "raised",
        "title": "says",
        "recipient": "to",
        "channel": "by",
        "state": "state",
        "attempts": "tries",
        "acknowledged_at": "acknowledged",
        "error": "error",
    }
    show(answer, "notices", shape, f"{len(answer['notices'])} notices", columns, [], people)
    if answer["failed"]:
        sys.exit(1)


def _sent(row: Answer, one: Answer | None) -> Answer:
    told = {"id": row["id"], "raised_at": row["raised_at"], "title": row["title"]}
    return told | (one or {"recipient": "nobody", "state": "filed"})


@app.command("acknowledge")
def acknowledge(
    number: Annotated[int, typer.Argument(metavar="ID", help="The number of the notice.")],
    recipient: Annotated[
        str | None, typer.Option("--recipient", help="Who has seen it; all unless given.")
    ] = None,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """Say that a notice was seen."""
    from hotline import listing

    with opened(database) as (_, store):
        answer = listing.acknowledge(store, number, recipient)
    columns = {
        "recipient": "recipient",
        "channel": "by",
        "state": "state",
        "acknowledged_at": "acknowledged",
    }
    show(answer, "deliveries", shape, f"notice {number}", columns, [])


@app.command("test")
def send_test(
    recipient: Annotated[str, typer.Argument(metavar="RECIPIENT", help="The id of a recipient.")],
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """Send a test by every channel of a recipient, now; exit 4 where one does not arrive."""
    from hotline.courier import Courier
    from hotline.trial import trial
    from scheduler import configure_logs

    with opened(database) as (settings, store):
        configure_logs(settings)
        facts = catalogue(settings)
        courier = Courier(store, facts, settings.hotline, settings.data_clock)
        try:
            answer = trial(facts, courier, recipient)
        finally:
            courier.close()
    columns = {"recipient": "recipient", "channel": "by", "arrived": "arrived", "error": "error"}
    show(answer, "sent", shape, f"test of {recipient}", columns, [])
    if not all(row["arrived"] for row in answer["sent"]):
        sys.exit(4)
