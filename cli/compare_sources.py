"""`yellowsea compare-sources`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.asking import Asked, asking
from cli.desk import catalogue, opened, show


def _compare(
    asked: Asked,
    every: Annotated[str, typer.Option("--every", help="hour or day.")] = "hour",
) -> None:
    """Official, mission, model, live and archive series of one place side by side, pair by pair."""
    from report import compare_sources

    facts = catalogue()
    with opened(asked.database) as (_, store):
        question = asked.understood(store, facts)
        answer = compare_sources.ask(store, facts, question, every)  # type: ignore[arg-type]
    title = f"{question.place}, {asked.pollutant} by {every}, {answer['method']['unit']}"
    show(answer, "pairs", asked.shape, title, _COLUMNS)


_COLUMNS = {
    "a": "a",
    "b": "b",
    "n": "n",
    "bias": "b - a",
    "ratio": "b / a",
    "rmse": "RMSE",
    "r": "r",
    "spearman": "rank r",
    "lag_hours": "lag h",
    "r_at_lag": "r at lag",
    "equal": "equal",
    "note": "in words",
}

show_compare_sources = asking(_compare, without=("basis",))
