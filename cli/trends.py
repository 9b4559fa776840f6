"""`yellowsea trends`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cli.asking import Asked, asking
from cli.desk import catalogue, opened, show

if TYPE_CHECKING:
    from report.answer import Answer

COLUMNS = {
    "method": "method",
    "slope": "per year",
    "low": "low (95 %)",
    "high": "high (95 %)",
    "p": "p",
    "n": "n",
    "capture": "capture",
    "note": "",
}


class Every(StrEnum):
    """What a value of the trend is the mean of."""

    month = "month"
    season = "season"
    year = "year"


@asking
def show_trends(
    asked: Asked,
    every: Annotated[Every, typer.Option("--every", help="month season year.")] = Every.month,
    deseasonalise: Annotated[
        bool | None,
        typer.Option("--deseasonalise/--as-they-are", help="Which months the tests look at."),
    ] = None,
    draws: Annotated[int, typer.Option("--draws", help="Draws of the bootstrap.")] = 1000,
) -> None:
    """How the values of a region or station changed over the years, and how surely: slopes and tests."""
    from report import trends

    with opened(asked.database) as (settings, store):
        facts = catalogue(settings)
        question = asked.understood(store, facts)
        answer = trends.ask(store, facts, question, trends.Asked(every.value, deseasonalise, draws))
    title = (
        f"{question.place}: trend of {asked.pollutant} by {every.value}, {answer['method']['unit']} per year "
        f"({answer['data']['basis']} basis; tests of the values {answer['question']['tested']})"
    )
    people = [{**row, "p": None if row["p"] is None else f"{row['p']:.3f}"} for row in answer["trends"]]
    show(answer, "trends", asked.shape, title, COLUMNS, _foot(answer), people)


def _foot(answer: Answer) -> list[str]:
    from report import render

    stations = answer["stations"]
    return [
        *(_break(one) for one in answer["breaks"]),
        f"breaks: {answer['breaks_note']}",
        f"stations behind a valid day: {stations['fewest']} to {stations['most']}",
        answer["method"]["limits"],
        *render.provenance(answer),
    ]


def _break(one: Answer) -> str:
    return (
        f"break at {one['at']} (95 %: {one['low']} to {one['high']}): {one['step']:+.1f} {one['unit']}, "
        f"{one['slope_before']:+.2f} a year before and {one['slope_after']:+.2f} after (p {one['p']:.3f})"
    )
