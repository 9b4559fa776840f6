"""What commands need to begin: settings, the database with its schema, the catalogue, the question."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from cli.options import DataFormat, Format

if TYPE_CHECKING:
    from config.facts import Facts
    from config.settings import Settings
    from config.words import Speaker
    from report.answer import Answer
    from store.engine import Store


# The language of tables; set for a command by its --lang.
LANGUAGE: ContextVar[str] = ContextVar("language", default="en")


@contextmanager
def opened(database: str | None) -> Iterator[tuple[Settings, Store]]:
    """The settings and the database, its schema made or checked."""
    from config import settings
    from store.engine import Store
    from store.migrate import ensure

    found = settings.load(database_url=database)
    store = Store(found.database_url, busy_seconds=found.busy_seconds)
    try:
        ensure(store)
        yield found, store
    finally:
        store.close()


def catalogue(found: Settings | None = None) -> Facts:
    """The catalogue, the user's own folder laid over the shipped files."""
    from config import settings
    from config.facts import Facts

    return Facts(own=(found or settings.load()).catalogue)


def show(
    answer: Answer,
    rows: str,
    shape: Format,
    title: str,
    columns: dict[str, str],
    foot: list[str] | None = None,
    people: list[Answer] | None = None,
) -> None:
    """Print an answer in the asked shape; `people` are its rows as a table shows them, where that differs."""
    from report import render

    if shape is Format.json:
        render.as_json(answer)
    elif shape is Format.csv:
        render.as_csv(answer[rows])
    else:
        told = render.provenance(answer) if foot is None else foot
        lines = answer[rows] if people is None else people
        render.as_table(title, columns, lines, told, speaker=_speaker())


def show_data(answer: Answer, rows: str, shape: DataFormat, title: str, columns: dict[str, str]) -> None:
    """Print an answer that is a series, or write it to standard output as Parquet or netCDF.

    Raises
    ------
    QuestionError
        When a binary form would go to a screen.
    """
    from report.question import QuestionError

    if shape not in (DataFormat.parquet, DataFormat.netcdf):
        show(answer, rows, Format(shape.value), title, columns)
        return
    if sys.stdout.isatty():
        raise QuestionError(f"--format {shape.value} is for a file: add > {rows}.{shape.value}")
    from report import netcdf, parquet

    binary = shape is DataFormat.netcdf
    written = netcdf.as_netcdf(answer, rows) if binary else parquet.as_parquet(answer, answer[rows])
    sys.stdout.buffer.write(written)


def _speaker() -> Speaker | None:
    """Who tells a table in the language asked for; nobody where that is the language of answers."""
    if LANGUAGE.get() == "en":
        return None
    from config.words import Speaker

    return Speaker(catalogue(), LANGUAGE.get())


def say(text: str) -> None:
    """A line for people beside the answer, on standard error."""
    sys.stderr.write(f"{text}\n")
