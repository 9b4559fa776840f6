"""Options that several commands share, so that they are written and explained once."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import typer


class Format(StrEnum):
    """How an answer is printed."""

    table = "table"
    json = "json"
    csv = "csv"


class DataFormat(StrEnum):
    """How an answer that is a series is printed or written."""

    table = "table"
    json = "json"
    csv = "csv"
    parquet = "parquet"
    netcdf = "netcdf"


class Basis(StrEnum):
    """Which readings a regional answer is computed from."""

    hourly = "hourly"
    daily = "daily"
    best = "best"


class Flags(StrEnum):
    """What becomes of readings with a quality flag."""

    keep = "keep"
    drop = "drop"


class Language(StrEnum):
    """In which language tables are headed."""

    en = "en"
    ko = "ko"
    zh = "zh"


class Panel(StrEnum):
    """Which stations are behind a regional number."""

    all = "all"
    common = "common"


Database = Annotated[
    str | None, typer.Option("--database", help="Database URL; else the setting YELLOWSEA_DATABASE_URL.")
]
Shape = Annotated[Format, typer.Option("--format", help="table for people, json and csv for programs.")]
DataShape = Annotated[
    DataFormat,
    typer.Option(
        "--format", help="table for people, json and csv for programs; parquet and netcdf into a file."
    ),
]
Region = Annotated[
    str | None, typer.Option("--region", help="Id or English, Korean or Chinese name: kr-seoul, Seoul, 서울.")
]
Stations = Annotated[
    list[str] | None, typer.Option("--station", help="Id, code or name of a station; may be repeated.")
]
Since = Annotated[
    str | None, typer.Option("--from", help="First civil day of the place, or an ISO time with offset.")
]
Until = Annotated[str | None, typer.Option("--to", help="Last day (inclusive), or an ISO time with offset.")]
Pollutant = Annotated[
    str, typer.Option("--pollutant", help="pm25 pm10 o3 no2 so2 co; of models also weather: temperature, ...")
]
Network = Annotated[str | None, typer.Option("--network", help="Only feeds of this network.")]
Feed = Annotated[str | None, typer.Option("--feed", help="Only this feed.")]
BasisOption = Annotated[
    Basis,
    typer.Option("--basis", help="Hourly readings, published day means, or what gives more valid days."),
]
PanelOption = Annotated[
    Panel, typer.Option("--panel", help="all stations, or the common ones that are valid throughout.")
]
Lang = Annotated[Language, typer.Option("--lang", help="Language of tables: headings, names, notes.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="What was known at this time.")]
FlagsOption = Annotated[Flags, typer.Option("--flags", help="keep or drop readings with a quality flag.")]


def day(text: str | None) -> date | None:
    """A civil day as it is typed; None where none is."""
    return required_day(text) if text else None


def required_day(text: str) -> date:
    """A civil day as it is typed."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day: write 2019-03-01") from None


def moment(text: str | None) -> datetime | None:
    """An aware time as it is typed; None where none is."""
    return required_moment(text) if text else None


def required_moment(text: str) -> datetime:
    """An aware time as it is typed, with its own offset."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time: write 2019-03-05T17:15+09:00") from None
    if found.tzinfo is None:
        raise typer.BadParameter(f"{text} has no offset: write {text}+09:00 for Korea, +08:00 for China")
    return found
