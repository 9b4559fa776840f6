"""`yellowsea averages`."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from cli import options
from cli.asking import Asked, asking
from cli.desk import catalogue, opened, show_data


@partial(asking, without=("shape",))
def show_averages(
    asked: Asked,
    every: Annotated[str, typer.Option("--every", help="hour day month season year.")] = "day",
    shape: options.DataShape = options.DataFormat.table,
) -> None:
    """Means of a region or station by hour, day, month, season or year, with their capture."""
    from report import averages

    facts = catalogue()
    with opened(asked.database) as (_, store):
        question = asked.understood(store, facts)
        answer = averages.ask(store, facts, question, every).answer  # type: ignore[arg-type]
    show_data(
        answer,
        "values",
        shape,
        f"{question.place}, {asked.pollutant} by {every}, {answer['method']['unit']} "
        f"({answer['data']['basis']} basis)",
        {
            "start": every if every in ("hour", "day") else "from",
            "value": "mean",
            "n": "n days" if every in ("month", "season", "year") else f"n {_PARTS[answer['data']['basis']]}",
            "capture": "capture",
            "stations": "stations",
        },
    )


_PARTS = {"hourly": "hours", "daily": "days"}
