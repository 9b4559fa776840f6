"""What commands need to begin: settings, the database with its schema, the catalogue, the question."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from cli.options import Format

if TYPE_CHECKING:
    from config.facts import Facts
    from config.settings import Settings
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
        columns, lines = _spoken(columns, answer[rows] if people is None else people)
        render.as_table(title, columns, lines, told)


def _spoken(columns: dict[str, str], rows: list[Answer]) -> tuple[dict[str, str], list[Answer]]:
    """Headings and names of regions in the language asked for; a word without translation stays."""
    language = LANGUAGE.get()
    if language == "en":
        return columns, rows
    from config.scales import Word

    facts = catalogue()
    words = {word.en: getattr(word, language) for word in facts.all("words", Word)}
    names = {region.id: getattr(region, f"name_{language}") for region in facts.regions.values()}
    headed = {key: words.get(heading, heading) for key, heading in columns.items()}
    named = [
        {**row, "region": names.get(row["region"], row["region"])} if "region" in row else row for row in rows
    ]
    return headed, named


def say(text: str) -> None:
    """A line for people beside the answer, on standard error."""
    sys.stderr.write(f"{text}\n")
