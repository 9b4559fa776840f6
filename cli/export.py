"""`yellowsea export`."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

from cli.asking import Asked, asking
from cli.desk import catalogue, opened, say


class Kind(StrEnum):
    """What analysts read."""

    zarr = "zarr"
    netcdf = "netcdf"
    parquet = "parquet"


def write_export(
    asked: Asked,
    out: Annotated[str, typer.Option("--out", help="A file or folder, or any address that fsspec knows.")],
    kind: Annotated[Kind, typer.Option("--format", help="zarr, netcdf or parquet.")] = Kind.zarr,
    anew: Annotated[
        bool, typer.Option("--anew", help="Replace what stands there instead of going on.")
    ] = False,
) -> None:
    """Write values of many stations as one dataset (station, time) for xarray, dask, R or DuckDB."""
    from report import export
    from report.export_targets import TARGETS

    with opened(asked.database) as (settings, store):
        facts = catalogue(settings)
        question = asked.understood(store, facts)
        prepared = export.prepare(store, facts, question)
        to = TARGETS[kind.value](out, prepared)
        done = to.begin(anew=anew)
        total = len(prepared.stations)
        for rows, block in export.read_blocks(store, facts, prepared, done):
            to.write(rows, block)
            say(f"{rows.stop} of {total} stations")
    values = f"{total} stations, {prepared.n} times from {question.first_day} to {question.last_day}"
    say(f"{out}: {question.pollutant}, {values}; {'; '.join(prepared.about['data']['attribution'])}")


export_values = partial(asking, without=("shape", "lang", "panel"))(write_export)
