"""`yellowsea indices`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.asking import Asked, asking
from cli.desk import catalogue, opened, say, show
from cli.options import Format

if TYPE_CHECKING:
    from report.answer import Answer
    from report.question import Question


@asking
def show_indices(
    asked: Asked,
    scheme: Annotated[str, typer.Option("--scheme", help="kr-cai cn-aqi us-aqi us-nowcast.")],
    every: Annotated[
        str | None,
        typer.Option("--every", help="hour or day; if not given the scheme's own: cn-aqi and us-aqi day."),
    ] = None,
) -> None:
    """Air quality indices of a place, by the table in force on the day, or as a network shows them."""
    from report import indices, network_indices

    facts = catalogue()
    with opened(asked.database) as (_, store):
        indices.scheme_of(scheme)
        question = asked.understood(store, facts)
        shown = network_indices.feed_of(facts, question)
        if shown is not None:
            _show_network(network_indices.ask(store, facts, question, shown, scheme, every), asked, question)
            return
        answer = indices.ask(store, facts, question, scheme, every).answer
    step = answer["question"]["every"]
    measured = {f"{one}_index": one for one in answer["method"]["pollutant"].split(", ")}
    show(
        answer,
        "values",
        asked.shape,
        f"{question.place}, {scheme} by {step} (tables: {_versions(answer['values'])})",
        {
            "start": step,
            "index": "index",
            "category": "category",
            "dominant": "dominant",
            "beyond": "beyond table",
            **measured,
            "capture": "capture",
            "confidence": "confidence",
        },
    )


def _show_network(answer: Answer, asked: Asked, question: Question) -> None:
    """What a network itself shows, station by station, with its terms in every shape."""
    told = [key for key in answer["values"][0] if key.endswith("_index")]
    if asked.shape is Format.csv:
        for line in answer["data"]["attribution"]:
            say(f"source: {line}")
    show(
        answer,
        "values",
        asked.shape,
        f"{question.place}, {answer['method']['scheme']} as {', '.join(answer['data']['networks'])} shows it",
        {
            "start": "time",
            "station": "station",
            "name": "name",
            "index": "index",
            "category": "category",
            "dominant": "dominant",
            **{key: key.removesuffix("_index") for key in told},
        },
    )


def _versions(rows: list[dict[str, str | None]]) -> str:
    return ", ".join(dict.fromkeys(row["table"] for row in rows if row["table"])) or "none in force"
