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
    from report.effect_policy import Asked as Policy

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
POLICY_COLUMNS = {key: COLUMNS[key] for key in COLUMNS if key not in ("span", "vehicle_rules")}
SUBJECT_COLUMNS = {
    "kind": "kind",
    "id": "id",
    "from": "from",
    "regions": "regions",
    "window": "window",
    "asked": "asked",
    "why": "",
}


@partial(asking, without=("station", "pollutant"))
def show_effect(
    asked: Asked,
    measure: Annotated[str | None, typer.Option("--measure", help="kr-emergency.")] = None,
    season: Annotated[str | None, typer.Option("--season", help="A season: kr-2019, cn-2017.")] = None,
    standard: Annotated[str | None, typer.Option("--standard", help="A standard: KR-2018.")] = None,
    each: Annotated[
        bool, typer.Option("--each", help="Of a season or standard: every sido or city of the region apart.")
    ] = False,
    listing: Annotated[bool, typer.Option("--list", help="What an effect can be asked of.")] = False,
    forecast: Annotated[
        str, typer.Option("--forecast", help="issued: as stored when was decided; there is no other.")
    ] = "issued",
    draws: Annotated[int, typer.Option("--draws", help="Draws of pseudo measure days.")] = 1000,
    upwind: Annotated[
        list[str] | None,
        typer.Option("--upwind", help="A region whose mean of the day before counts too; may be repeated."),
    ] = None,
) -> None:
    """The air under a measure, season or standard against the comparable: an association, with placebo."""
    from report.question import QuestionError

    if listing:
        _list(asked)
    elif season or standard:
        from report.effect_policy import Asked as Policy

        if measure or upwind or asked.since or asked.until:
            raise QuestionError(
                "a season or standard is asked for alone: its window is written down in the catalogue, so "
                "leave --measure, --upwind, --from and --to out"
            )
        _policy(asked, Policy(season, standard, each))
    else:
        if each:
            raise QuestionError("--each is of seasons and standards: measures are asked sido by sido anyway")
        _measure(asked, measure, forecast, draws, tuple(upwind or ()))


def _list(asked: Asked) -> None:
    """What an effect can be asked of, from the catalogue alone."""
    from config import settings
    from report.effect_subjects import listed

    found = settings.load()
    answer = listed(catalogue(found), found.data_clock.now().date())
    people = [
        {**row, "regions": ", ".join(row["regions"]), "why": row["why"] or ""} for row in answer["subjects"]
    ]
    if asked.shape is options.Format.csv:
        answer = {**answer, "subjects": people}
    foot = [answer["method"]["windows"], f"no effect of {answer['method']['no_effect_of']}"]
    show(answer, "subjects", asked.shape, "What an effect can be asked of", SUBJECT_COLUMNS, foot, people)


def _policy(asked: Asked, policy: Policy) -> None:
    """The estimates of a season or a standard."""
    from report import effect_policy
    from report.question import QuestionError

    if asked.region is None:
        raise QuestionError("an effect is asked of a region: ask with --region")
    with opened(asked.database) as (settings, store):
        facts = catalogue(settings)
        about = effect_policy.span(facts, asked.region, policy)
        first, last = about.first.isoformat(), about.last.isoformat()
        whole = replace(asked, since=first, until=last, pollutant=about.pollutant)
        question = whole.understood(store, facts)
        answer = effect_policy.ask(store, facts, question, policy)
    people = [{**row, "failed": _failed(row)} for row in answer["estimates"]]
    if asked.shape is options.Format.csv:
        left_out = ("assumptions", "placebo_in_time", "detail")
        flat = [{key: row[key] for key in row if key not in left_out} for row in people]
        answer = {**answer, "estimates": flat}
    title = f"{question.place}: the weeks after {about.start} ({about.title}) against what was to be expected"
    show(answer, "estimates", asked.shape, title, POLICY_COLUMNS, _policy_foot(answer), people)
    if not answer["identifiable"]:
        say(f"yellowsea: {answer['reason']}")
        sys.exit(3)


def _policy_foot(answer: Answer) -> list[str]:
    from report import render

    several = len({row["region"] for row in answer["estimates"]}) > 1
    return [
        *(
            f"{row['region'] + ', ' if several else ''}{row['method']}: {row['words']}"
            for row in answer["estimates"]
        ),
        answer["method"]["limits"],
        "placebo: " + answer["method"]["placebo"],
        *render.provenance(answer),
    ]


def _measure(asked: Asked, measure: str | None, forecast: str, draws: int, upwind: tuple[str, ...]) -> None:
    """The estimates of days with a measure."""
    from report import effects
    from report.question import QuestionError

    if not measure:
        raise QuestionError("give a --measure (kr-emergency), a --season or a --standard; --list shows them")
    with opened(asked.database) as (settings, store):
        facts = catalogue(settings)
        question = _spanned(asked, facts, measure).understood(store, facts)
        answer = effects.ask(store, facts, question, measure, forecast, draws, upwind)
    people = [_line(row) for row in answer["estimates"]]
    foot = _foot(answer)
    if asked.shape is options.Format.csv:
        answer = {**answer, "estimates": [_flat(row) for row in people]}
    if answer["identifiable"] or asked.shape is options.Format.json:
        show(answer, "estimates", asked.shape, _title(answer, question.place), COLUMNS, foot, people)
    if not answer["identifiable"]:
        _say_why(answer)
        sys.exit(3)


def _spanned(asked: Asked, facts: Facts, measure: str) -> Asked:
    """Without --from and --to the days for which the list of the measure was looked after."""
    from report import effects
    from report.question import QuestionError

    if asked.region is None:
        raise QuestionError("measures are issued for regions: ask with --region")
    first, last = effects.span(facts, asked.region, measure)
    return replace(asked, since=asked.since or first.isoformat(), until=asked.until or last.isoformat())


def _line(row: Answer) -> Answer:
    return {**row, "span": f"{row['period']['from']} to {row['period']['to']}", "failed": _failed(row)}


def _failed(row: Answer) -> str:
    failed = [one["assumption"] for one in row["assumptions"] if one["held"] is False]
    return "; ".join(failed) or ("none" if row["assumptions"] else "")


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
