"""`yellowsea gaps`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import options
from cli.desk import catalogue, opened, show

if TYPE_CHECKING:
    from report.answer import Answer


def show_gaps(
    region: options.Region = None,
    station: options.Stations = None,
    since: options.Since = None,
    until: options.Until = None,
    pollutant: Annotated[
        str | None, typer.Option("--pollutant", help="pm25 pm10 o3 no2 so2 co; all particles unless given.")
    ] = None,
    network: options.Network = None,
    feed: options.Feed = None,
    expect: Annotated[
        str,
        typer.Option("--expect", help="held: what the series held promise; catalogue: every listed station."),
    ] = "held",
    summary: Annotated[
        bool, typer.Option("--summary", help="One row a station and feed instead of one a gap.")
    ] = False,
    as_of: options.AsOf = None,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """Hours and days that should be held and are not, with what can still be had, where and until when."""
    from report import gaps
    from web.standing import ways

    with opened(database) as (settings, store):
        answer = gaps.ask(
            store,
            catalogue(settings),
            settings.data_clock,
            ways(),
            region=region,
            stations=tuple(station or ()),
            network=network,
            feed=feed,
            since=since,
            until=until,
            pollutant=pollutant,
            by=expect,  # type: ignore[arg-type]
            as_of=as_of,
        )
    if summary:
        show(answer, "summary", shape, "Completeness", _SUMMARY)
    else:
        rows = [_for_people(row) for row in answer["gaps"]]
        show(answer, "gaps", shape, f"{len(rows)} gap{'s' * (len(rows) != 1)}", _GAPS, people=rows)


_SUMMARY = {
    "station": "station",
    "feed": "feed",
    "pollutant": "pollutant",
    "expected": "expected",
    "present": "present",
    "missing": "missing",
    "absent": "absent",
    "capture": "capture",
}
_GAPS = {
    "station": "station",
    "pollutant": "pollutant",
    "feed": "feed",
    "start": "from",
    "end": "to",
    "hours": "hours",
    "what": "what",
    "where": "can be had from",
    "until": "until",
    "window": "window",
    "reason": "reason",
}


def _for_people(row: Answer) -> Answer:
    offer = row["obtainable"]
    return {
        **row,
        "what": row["status"] or row["kind"],
        "where": f"{offer['source']} {offer['route']}" if offer else None,
        "until": offer["until"] if offer else None,
    }
