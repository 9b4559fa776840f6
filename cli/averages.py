"""`yellowsea averages`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import options
from cli.desk import opened, show, understood


def show_averages(
    region: options.Region = None,
    station: options.Stations = None,
    every: Annotated[str, typer.Option("--every", help="hour day month season year.")] = "day",
    since: options.Since = None,
    until: options.Until = None,
    pollutant: options.Pollutant = "pm25",
    network: options.Network = None,
    feed: options.Feed = None,
    basis: options.BasisOption = options.Basis.best,
    panel: options.PanelOption = options.Panel.all,
    as_of: options.AsOf = None,
    flags: options.FlagsOption = options.Flags.keep,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """Means of a region or station by hour, day, month, season or year, with their capture."""
    from config.facts import Facts
    from report import averages

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
            basis=basis.value,
            panel=panel.value,
            as_of=as_of,
            drop_flagged=flags is options.Flags.drop,
        )
        answer = averages.ask(store, facts, question, every).answer  # type: ignore[arg-type]
    unit = answer["method"]["unit"]
    show(
        answer,
        "values",
        shape,
        f"{question.place}, {pollutant} by {every}, {unit} ({answer['data']['basis']} basis)",
        {"start": "start", "value": "mean", "n": "n", "capture": "capture", "stations": "stations"},
    )
