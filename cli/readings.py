"""`yellowsea readings`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import options
from cli.desk import opened, show, understood


def show_readings(
    region: options.Region = None,
    station: options.Stations = None,
    since: options.Since = None,
    until: options.Until = None,
    pollutant: options.Pollutant = "pm25",
    network: options.Network = None,
    feed: options.Feed = None,
    period: Annotated[str | None, typer.Option("--period", help="PT1H or P1D; both unless given.")] = None,
    as_of: options.AsOf = None,
    flags: options.FlagsOption = options.Flags.keep,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """Every reading held for a station or region, with its status and feed."""
    from config.facts import Facts
    from report import readings

    facts = Facts()
    with opened(database) as (_, store):
        question = understood(
            store,
            facts=facts,
            region=region,
            stations=tuple(station or ()),
            since=since,
            until=until,
            pollutant=pollutant,
            network=network,
            feed=feed,
            as_of=as_of,
            drop_flagged=flags is options.Flags.drop,
        )
        answer = readings.ask(store, facts, question, period).answer
    show(
        answer,
        "readings",
        shape,
        f"{question.place}, {pollutant}",
        {"station": "station", "feed": "feed", "start": "start", "value": "value", "status": "status"},
    )
