"""`yellowsea trajectories`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import options
from cli.desk import catalogue, opened, show

COLUMNS = {
    "start": "start",
    "region": "region",
    "lat": "lat",
    "lon": "lon",
    "height_m": "m",
    "direction": "direction",
    "hours": "hours",
    "travelled_km": "km",
    "ends_at": "ends at",
    "model": "weather",
}


def show_trajectories(
    region: options.Region = None,
    near: Annotated[str | None, typer.Option("--near", metavar="LAT,LON", help="A place in degrees.")] = None,
    within: Annotated[float, typer.Option("--within", help="How near, in km.")] = 50.0,
    since: Annotated[
        str | None, typer.Option("--from", help="First day of the start, or an ISO time.")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", help="Last day (inclusive), or an ISO time.")] = None,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """Trajectories that start in a region or near a place; with their points in JSON."""
    from report import trajectories

    asked = trajectories.Asked(region, _place(near), within, since, until)
    with opened(database) as (settings, store):
        answer = trajectories.ask(store, catalogue(settings), asked)
    found = answer["trajectories"]
    people = [{**one, "ends_at": _where(one["points"][-1])} for one in found]
    foot = [answer["method"]["words"], *(f"source: {line}" for line in answer["data"]["attribution"])]
    title = f"{len(found)} trajector{'y' if len(found) == 1 else 'ies'}"
    show(answer, "trajectories", shape, title, COLUMNS, foot, people)


def _where(point: dict[str, float]) -> str:
    return f"{point['lat']:.1f}, {point['lon']:.1f}"


def _place(text: str | None) -> tuple[float, float] | None:
    """A place as it is typed; None where none is."""
    if text is None:
        return None
    try:
        lat, lon = map(float, text.split(","))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no place: write 37.5,127.0") from None
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise typer.BadParameter(f"{text} lies on no map: latitude first, then longitude")
    return lat, lon
