"""`yellowsea brief`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import options
from cli.desk import catalogue, opened, show

if TYPE_CHECKING:
    from report.answer import Answer


def show_brief(
    at: Annotated[
        str | None, typer.Option("--at", help="The moment, an ISO time with offset; now unless given.")
    ] = None,
    region: options.Region = None,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """The sheet of 17:15: today's air, alerts, forecasts, and what the rule says of tomorrow, by sido."""
    from report import brief

    with opened(database) as (settings, store):
        moment = options.moment(at) or settings.data_clock.now()
        answer = brief.ask(store, catalogue(settings), region, moment)
    people = [_line(row) for row in answer["regions"]]
    if shape is options.Format.csv:
        rows = [row | {"alerts": _alerts(row)} for row in answer["regions"]]
        answer = {**answer, "regions": rows}
    told = answer["question"]["at"]
    title = f"Emergency measures for tomorrow: what is known on {told[:10]} at {told[11:16]} (UTC{told[-6:]})"
    show(answer, "regions", shape, title, brief.columns(), _foot(answer), people)


def _line(row: Answer) -> Answer:
    """A row of the sheet as a table shows it."""
    from report.forecasts import shown
    from report.replay import criteria

    counted = row["season_measure_days"]
    return {
        "name": row["name"],
        "mean": row["mean_0_16h"],
        "hours": row["hours"],
        "stations": row["stations"],
        "alerts": _alerts(row),
        "d1": shown(row["forecast"]["d1"]),
        "d2": shown(row["forecast"]["d2"]),
        "met": criteria(row["criteria"]),
        "would": {True: "issue", False: "no", None: "?"}[row["would_issue"]],
        "issued": row["issued_words"],
        "season": None if counted is None else f"{counted}",
    }


def _alerts(row: Answer) -> str | None:
    """The alerts in force in a cell; None where they are not known."""
    if row["alerts"] is None:
        return None
    told = (f"{one['zone'] or ''} {one['level']} ({one['origin']})".strip() for one in row["alerts"])
    return ", ".join(dict.fromkeys(told)) or "none"


def _foot(answer: Answer) -> list[str]:
    from report import render

    rows = answer["regions"]
    reach = sorted({row["known_through"] for row in rows if row["known_through"]})
    season = next((row["season"] for row in rows if row["season"]), None)
    versions = ", ".join(one["id"] for one in answer["method"]["versions"])
    return [
        f"season {season or 'none'}; measures known through {', '.join(reach) or 'no day'}",
        f"criteria by {versions or 'no documented rule'}; ? is not known",
        answer["method"]["words"],
        *render.provenance(answer),
    ]
