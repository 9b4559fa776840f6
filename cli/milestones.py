"""`yellowsea milestones`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import options
from cli.desk import catalogue, opened, show

if TYPE_CHECKING:
    from report.answer import Answer

COLUMNS = {
    "date": "date",
    "country": "country",
    "kind": "kind",
    "title": "title",
    "status": "status",
    "state": "standing",
    "planned": "planned",
    "actual": "held on",
    "confidence": "confidence",
}
AROUND = {
    "before": "before",
    "n_before": "n days",
    "after": "after",
    "n_after": "n days",
    "beside": "also in these days",
    "why": "why no figures",
}


def show_milestones(
    country: Annotated[
        str | None, typer.Option("--country", help="Part of the milestone's: KR, CN, KR-CN.")
    ] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="standard, plan, season, meeting, ...")] = None,
    since: Annotated[str | None, typer.Option("--from", help="First day.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Last day (inclusive).")] = None,
    region: Annotated[
        str | None, typer.Option("--region", help="Show the air there before and after each step.")
    ] = None,
    days: Annotated[int, typer.Option("--days", help="Days before and after a step, with --region.")] = 365,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """The timeline: planned, held, slipped; with --region the air before and after each limit and plan."""
    from report import milestones

    asked = milestones.Asked(country, kind, options.day(since), options.day(until))
    columns, foot = COLUMNS, []
    if region is None:
        answer = milestones.ask(catalogue(), asked)
    else:
        with opened(database) as (settings, store):
            answer = milestones.around(store, catalogue(settings), asked, region, days)
        columns, foot = {**COLUMNS, **AROUND}, _foot(answer)
    people = [_line(one) for one in answer["milestones"]]
    if shape is options.Format.csv:
        answer["milestones"] = [{key: one[key] for key in one if key != "around"} for one in people]
    show(answer, "milestones", shape, f"{len(people)} milestones", columns, foot, people)


def _line(milestone: Answer) -> Answer:
    if "around" not in milestone:
        return milestone
    figures = milestone["around"] or {}
    before, after = figures.get("before") or {}, figures.get("after") or {}
    beside = [one for one in figures.get("confounders", []) if one["kind"] != "holiday"]
    return {
        **milestone,
        "before": before.get("mean"),
        "n_before": before.get("n"),
        "after": after.get("mean"),
        "n_after": after.get("n"),
        "beside": "; ".join(_named(one) for one in beside) or None,
        "why": figures.get("why"),
    }


def _named(confounder: Answer) -> str:
    low = ", low confidence" if confounder["confidence"] == "low" else ""
    return f"{confounder['title']} ({' and '.join(confounder['in'])}{low})"


def _foot(answer: Answer) -> list[str]:
    method, days = answer["method"], answer["question"]["days"]
    notes = dict.fromkeys(
        note for one in answer["milestones"] for note in (one.get("around") or {}).get("notes", [])
    )
    return [
        f"before and after: means of {days} days each, {method['unit']}; {method['enough']}",
        method["words"],
        "holidays in the windows: in the JSON",
        *notes,
        *answer["data"]["notes"],
        *(f"source: {line}" for line in answer["data"]["attribution"]),
    ]
