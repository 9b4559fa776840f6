"""`yellowsea readings`."""

from __future__ import annotations

from functools import partial

from cli import options
from cli.asking import Asked, asking
from cli.desk import catalogue, opened, show_data


@partial(asking, without=("shape",))
def show_readings(asked: Asked, shape: options.DataShape = options.DataFormat.table) -> None:
    """Every reading held for a station or region, with its status and feed; --basis picks the period."""
    from report import readings

    facts = catalogue()
    with opened(asked.database) as (_, store):
        question = asked.understood(store, facts)
        answer = readings.ask(store, facts, question).answer
    show_data(
        answer,
        "readings",
        shape,
        f"{question.place}, {asked.pollutant}",
        {
            "station": "station",
            "feed": "feed",
            "period": "period",
            "start": "start",
            "value": "value",
            "status": "status",
        },
    )
