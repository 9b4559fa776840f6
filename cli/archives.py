"""`yellowsea import`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import options
from cli.desk import catalogue, opened, say, show

if TYPE_CHECKING:
    from config.facts import Facts
    from ingest.archives import FileResult
    from report.answer import Answer
    from store.engine import Store


def load(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, folders, .gz and .zip.")],
    mapping: Annotated[
        str | None,
        typer.Option("--mapping", help="A mapping FILE for any other table, or the name of a shipped one."),
    ] = None,
    station: Annotated[
        str | None,
        typer.Option("--station", help="Which station a saved answer is of, where it does not say."),
    ] = None,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """Load archives: finds each file's format; loading a file again changes nothing."""
    from ingest.archives import import_paths
    from ingest.mapping import load as load_mapping
    from store import blocks

    facts = catalogue()
    rules = load_mapping(mapping) if mapping else None
    with opened(database) as (settings, store):
        clock = settings.data_clock
        with _bar() as progress:
            results = import_paths(store, facts, clock, paths, rules, progress, station)
        if any(r.counts.new or r.counts.changed for r in results):
            blocks.build(store, clock.now())
        held = _held(store, facts, results)
    answer = {
        "question": {"paths": [str(p) for p in paths], "mapping": mapping, "station": station},
        "method": {"rows": "readings carried, missing ones included: new + changed + same + rejected"},
        "data": held,
        "files": [r.as_json() for r in results],
    }
    columns = {
        key: key for key in ("path", "format", "rows", "new", "changed", "same", "rejected", "missing")
    }
    show(answer, "files", shape, f"{len(results)} files", columns, _foot(results))
    refused = [r for r in results if r.problem and r.named]
    for result in refused:
        say(f"yellowsea: {result.problem}")
    if refused:
        sys.exit(2)


def _held(store: Store, facts: Facts, results: list[FileResult]) -> Answer:
    """Which feeds the files belong to, how many stations these hold by now, and how much was no value."""
    from report.answer import data_of_feeds
    from report.stations_held import Desk
    from store.series import select_series

    rows = sum(r.counts.rows for r in results)
    missing = sum(r.counts.missing for r in results)
    feeds = {r.feed for r in results if r.feed}
    with store.read() as connection:
        desk = Desk(connection, facts)
        told = data_of_feeds(desk, [desk.feeds[feed] for feed in sorted(feeds)])
        stations = {one.key.station for one in select_series(connection) if one.key.feed in feeds}
    return {**told, "stations": len(stations), "capture": (rows - missing) / rows if rows else None}


def _foot(results: list[FileResult]) -> list[str]:
    lines = [f"not loaded: {r.problem}" for r in results if r.problem and not r.named]
    known = sum(r.known_already for r in results)
    if known:
        lines.append(f"{known} of {len(results)} files were loaded before, byte for byte")
    notes = [f"{r.path}: {note} ({times})" for r in results for note, times in r.notes.items()]
    return [*lines, *notes]


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on standard error where a person sees it."""
    if not sys.stderr.isatty():
        yield lambda _name, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), DownloadColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def told(name: str, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, description=Path(name).name)

        yield told
