"""`yellowsea exceedances`."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from cli.asking import Asked, asking
from cli.desk import catalogue, opened, show

COLUMNS = {
    "label": "period",
    "standard": "limit",
    "day_limit": "day limit",
    "days_above": "days above",
    "n": "n days",
    "capture": "capture",
    "percentile": "percentile",
    "percentile_value": "its value",
    "percentile_meets": "met",
    "mean": "mean",
    "year_limit": "year limit",
    "year_meets": "year met",
    "confidence": "confidence",
}


@partial(asking, without=("station",))
def show_exceedances(
    asked: Asked,
    every: Annotated[str, typer.Option("--every", help="year (if not given) or month.")] = "year",
) -> None:
    """Days above the limits in force on their dates, and whether years meet them in the form they state."""
    from report import exceedances

    with opened(asked.database) as (settings, store):
        facts = catalogue(settings)
        question = asked.understood(store, facts)
        answer = exceedances.ask(store, facts, question, every)
    title = f"{question.place}: days above the limits of {asked.pollutant}"
    show(answer, "exceedances", asked.shape, title, COLUMNS)
