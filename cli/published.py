"""`yellowsea published`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import options
from cli.desk import catalogue, opened, show

COLUMNS = {
    "start": "from",
    "end": "to",
    "metric": "figure",
    "value": "published",
    "unit": "unit",
    "vintage": "vintage",
    "computed": "computed",
    "difference": "difference",
    "why": "why not, or with what reserve",
    "confidence": "confidence",
}


def show_published(
    region: Annotated[str, typer.Option("--region", help="Id or name of the region.")],
    since: options.Since = None,
    until: options.Until = None,
    metric: Annotated[
        str | None, typer.Option("--metric", help="pm25_mean, good_days, bad_days, measure_days, ...")
    ] = None,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """What authorities published of a region, every vintage, beside what the readings held give."""
    from config.places import Places
    from report.published_beside import ask

    with opened(database) as (settings, store):
        facts = catalogue(settings)
        place = Places(facts).region(region)
        answer = ask(store, facts, place, options.day(since), options.day(until), metric)
    found = len(answer["figures"])
    title = f"{place.name_en}: {found} published figure{'s' * (found != 1)}"
    show(answer, "figures", shape, title, COLUMNS)
