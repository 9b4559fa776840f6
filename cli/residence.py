"""`yellowsea residence`."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from cli import options
from cli.asking import Asked, asking
from cli.desk import catalogue, opened, show

if TYPE_CHECKING:
    from report.answer import Answer

COLUMNS = {
    "lat": "lat",
    "lon": "lon",
    "n": "endpoints",
    "m": "of high values",
    "trajectories": "trajectories",
    "pscf": "PSCF",
    "weight": "weight",
    "weighted_pscf": "PSCF, weighted",
    "cwt": "CWT",
}


class Direction(StrEnum):
    """Which trajectories are looked at."""

    backward = "backward"
    forward = "forward"


@partial(asking, without=("station", "basis"))
def show_residence(
    asked: Asked,
    above: Annotated[
        str, typer.Option("--above", help="What is high: a value (50), or a percentile of arrivals (p75).")
    ] = "p75",
    cell: Annotated[float, typer.Option("--cell", help="Size of a cell, degrees.")] = 1.0,
    direction: Annotated[
        Direction, typer.Option("--direction", help="backward: where air had been; forward: where it went.")
    ] = Direction.backward,
) -> None:
    """Where a region's air had been and what it measured then, cell by cell: PSCF and CWT."""
    from report import residence

    with opened(asked.database) as (settings, store):
        facts = catalogue(settings)
        question = replace(asked, basis=options.Basis.hourly).understood(store, facts)
        answer = residence.ask(store, facts, question, residence.Asked(above, cell, direction.value))
    named = f"{question.place}: {asked.pollutant} and {direction.value} trajectories"
    title = " · ".join([answer["warning"], named] if answer["warning"] else [named])
    show(answer, "cells", asked.shape, title, COLUMNS, _foot(answer))


def _foot(answer: Answer) -> list[str]:
    from report import render

    ways = answer["trajectories"]
    counts = f"{ways['used']} trajectories with a value, {ways['without_value']} without"
    return [counts, answer["note"], *render.provenance(answer)]
