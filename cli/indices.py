"""`yellowsea indices`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.asking import Asked, asking
from cli.desk import catalogue, opened, show


@asking
def show_indices(
    asked: Asked,
    scheme: Annotated[str, typer.Option("--scheme", help="kr-cai cn-aqi us-aqi us-nowcast.")],
    every: Annotated[
        str | None,
        typer.Option("--every", help="hour or day; if not given the scheme's own: cn-aqi and us-aqi day."),
    ] = None,
) -> None:
    """Air quality indices of a region or station, by the table in force on the day."""
    from report import indices

    facts = catalogue()
    with opened(asked.database) as (_, store):
        indices.scheme_of(scheme)
        question = asked.understood(store, facts)
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


def _versions(rows: list[dict[str, str | None]]) -> str:
    return ", ".join(dict.fromkeys(row["table"] for row in rows if row["table"])) or "none in force"
