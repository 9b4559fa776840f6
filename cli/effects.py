"""`yellowsea effect`."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from cli import options
from cli.asking import Asked, asking
from cli.desk import catalogue, opened, say, show

if TYPE_CHECKING:
    from config.facts import Facts
    from report.answer import Answer

COLUMNS = {
    "region": "region",
    "span": "days",
    "vehicle_rules": "vehicles",
    "method": "method",
    "estimate": "%",
    "low": "low",
    "high": "high",
    "p": "p",
    "q": "q",
    "n": "n",
    "placebo_mean": "placebo %",
    "placebo_p": "placebo p",
    "trust": "trust",
    "failed": "assumptions that fail",
}
NOT_BUILT = "of seasons and standards no effect is estimated yet: ask with --measure kr-emergency"


@partial(asking, without=("station", "pollutant"))
def show_effect(
    asked: Asked,
    measure: Annotated[str | None, typer.Option("--measure", help="kr-emergency.")] = None,
    season: Annotated[str | None, typer.Option("--season", help="Not built yet.")] = None,
    standard: Annotated[str | None, typer.Option("--standard", help="Not built yet.")] = None,
    forecast: Annotated[
        str, typer.Option("--forecast", help="issued: as stored when was decided; there is no other.")
    ] = "issued",
    draws: Annotated[int, typer.Option("--draws", help="Draws of pseudo measure days.")] = 1000,
    upwind: Annotated[
        list[str] | None,
        typer.Option("--upwind", help="A region whose mean of the day before counts too; may be repeated."),
    ] = None,
) -> None:
    """The air on days with an emergency measure against comparable days: an association, with its placebo."""
    from report import effects

    with opened(asked.database) as (settings, store):
        facts = catalogue(settings)
        known = _spanned(asked, facts, _one_of(measure, season, standard))
        question = known.understood(store, facts)
        answer = effects.ask(store, facts, question, measure or "", forecast, draws, tuple(upwind or ()))
    people = [_line(row) for row in answer["estimates"]]
    foot = _foot(answer)
    if asked.shape is options.Format.csv:
        answer = {**answer, "estimates": [_flat(row) for row in people]}
    if answer["identifiable"] or asked.shape is options.Format.json:
        show(answer, "estimates", asked.shape, _title(answer, question.place), COLUMNS, foot, people)
    if not answer["identifiable"]:
        _say_why(answer)
        sys.exit(3)


def _one_of(measure: str | None, season: str | None, standard: str | None) -> str:
    from report.question import QuestionError

    if season or standard:
        raise QuestionError(NOT_BUILT)
    if not measure:
        raise QuestionError("give a --measure: kr-emergency")
    return measure


def _spanned(asked: Asked, facts: Facts, measure: str) -> Asked:
    """Without --from and --to the days for which the list of the measure was looked after."""
    from report import effects
    from report.question import QuestionError

    if asked.region is None:
        raise QuestionError("measures are issued for regions: ask with --region")
    first, last = effects.span(facts, asked.region, measure)
    return replace(asked, since=asked.since or first.isoformat(), until=asked.until or last.isoformat())


def _line(row: Answer) -> Answer:
    failed = [one["assumption"] for one in row["assumptions"] if one["held"] is False]
    span = f"{row['period']['from']} to {row['period']['to']}"
    return {**row, "span": span, "failed": "; ".join(failed) or "none"}


def _flat(row: Answer) -> Answer:
    return {key: row[key] for key in row if key not in ("period", "assumptions")}


def _title(answer: Answer, place: str) -> str:
    return f"{place}: days with {answer['question']['measure']} against comparable days"


def _foot(answer: Answer) -> list[str]:
    from report import render

    rows = [row for row in answer["estimates"] if row["trust"] == 1]
    return [
        *(f"{_case(row)}: {row['words']}" for row in rows),
        *_unidentified(answer),
        answer["method"]["limits"],
        "placebo: " + answer["method"]["placebo"],
        *render.provenance(answer),
    ]


def _case(one: Answer) -> str:
    vehicles = f"{'with' if one['vehicle_rules'] else 'without'} vehicle rules"
    return f"{one['region']}, {one['period']['from']} to {one['period']['to']}, {vehicles}"


def _say_why(answer: Answer) -> None:
    say(f"yellowsea: {answer['reason']}")
    for line in _unidentified(answer):
        say(line)


def _unidentified(answer: Answer) -> list[str]:
    return [f"not identifiable: {_case(one)}: {one['reason']}" for one in answer["not_identifiable"]]
