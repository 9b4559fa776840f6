"""`yellowsea targets`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import options
from cli.desk import catalogue, opened, show

if TYPE_CHECKING:
    from report.answer import Answer

COLUMNS = {
    "plan": "plan",
    "region": "region",
    "metric": "metric",
    "goal": "goal",
    "base": "base",
    "due": "due",
    "progress": "progress",
    "of": "published value",
    "met": "met",
    "confidence": "confidence",
    "why": "why not known",
}


def show_targets(
    region: options.Region = None,
    computed: Annotated[
        bool, typer.Option("--computed", help="Put what the readings held give beside the published values.")
    ] = False,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """What plans set themselves and how far it has come, on each plan's own base, from published values."""
    from report import targets

    if computed or database:
        with opened(database) as (settings, store):
            answer = targets.ask(catalogue(settings), region, store)
        columns = {**COLUMNS, "held": "computed", "capture": "capture", "basis": "basis"}
    else:
        answer, columns = targets.ask(catalogue(), region), COLUMNS
    people = [_line(one) for one in answer["targets"]]
    foot = _foot(answer)
    if shape is options.Format.csv:
        answer["targets"] = [_flat(one, line) for one, line in zip(answer["targets"], people, strict=True)]
    show(answer, "targets", shape, f"{len(people)} targets", columns, foot, people)


def _line(target: Answer) -> Answer:
    progress, computed = target["progress"], (target["computed"] or {}).get("value") or {}
    known = {True: "yes", False: "no", None: None}
    return {
        **target,
        "goal": f"{target['op']} {target['goal']:g} {target['unit']}",
        "base": _base(target["base"]),
        "due": f"{target['due']['start']}..{target['due']['end']}",
        "progress": progress and progress["progress"],
        "of": progress and _named(progress),
        "met": known[target["met"]],
        "held": computed.get("mean"),
        "capture": computed.get("capture"),
        "basis": computed.get("basis"),
    }


def _flat(target: Answer, line: Answer) -> Answer:
    """A line of a spreadsheet: what a table shows, and the rest of the target that is one value."""
    told = {**line, "goal": target["goal"], "met": target["met"]}
    return {key: value for key, value in told.items() if key not in ("published", "computed")}


def _named(progress: Answer) -> str:
    status = "" if progress["status"] == "unknown" else f", {progress['status']}"
    early = "" if progress["final"] else f" of {progress['start']}..{progress['end']}"
    return f"{progress['value']:g}{early} ({progress['vintage']}{status})"


def _base(base: Answer | None) -> str | None:
    if base is None:
        return None
    span = f"{base['start']}..{base['end']}" if base["start"] else "span not stated"
    value = "" if base["value"] is None else f"{base['value']:g}{' (derived)' if base['derived'] else ''} "
    return f"{value}{span}"


def _foot(answer: Answer) -> list[str]:
    derived = [
        f"{one['id']}: base {one['base']['value']:g} is derived: {one['method']}"
        for one in answer["targets"]
        if one["base"] and one["base"]["derived"]
    ]
    return [*derived, f"met and progress: {answer['method']['met']}", *answer["data"]["notes"]]
