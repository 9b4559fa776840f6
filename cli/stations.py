"""`yellowsea stations`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import options
from cli.desk import catalogue, opened, show


def show_stations(
    region: options.Region = None,
    network: options.Network = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind", help="urban roadside suburban background port control mission model composite."
        ),
    ] = None,
    held: Annotated[bool, typer.Option("--held", help="Only stations of which something is held.")] = False,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """Stations: id, names, kind, place, and what is held of each."""
    from report import stations

    with opened(database) as (_, store):
        answer = stations.ask(store, catalogue(), region=region, network=network, kind=kind, only_held=held)
    columns = {
        "id": "id",
        "name": "name",
        "name_en": "English",
        "kind": "kind",
        "area": "region",
        "pollutants": "held",
        "readings": "readings",
    }
    shown = [
        {
            **row,
            "area": row["regions"][0],
            "pollutants": _few([one["pollutant"] for one in row["series"]]),
            "readings": sum(one["readings"] for one in row["series"]),
        }
        for row in answer["stations"]
    ]
    title = f"{len(shown)} station{'s' * (len(shown) != 1)}"
    show(answer, "stations", shape, title, columns, people=shown)


def _few(pollutants: list[str]) -> str:
    """The pollutants in few words: "pm25 +5"."""
    different = list(dict.fromkeys(pollutants))
    more = f" +{len(different) - 1}" if len(different) > 1 else ""
    return different[0] + more if different else "–"
