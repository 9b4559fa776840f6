"""Writing to the user's own folder of the catalogue, one row at a time, whole or not at all."""

from __future__ import annotations

import csv
import os
from pathlib import Path

from config.fact import Fact, FactError, read_rows
from config.facts import KINDS


def put(folder: Path, kind: str, fact: Fact) -> Path:
    """Add a row to a file of the folder, or replace the one of its key; the file's path.

    Raises
    ------
    FactError
        Where the file cannot be read or written; it is left as it was.
    """
    path = folder / f"{kind}.csv"
    held = [row.fact for row in read_rows(path, KINDS[kind])] if path.is_file() else []
    at = next((index for index, one in enumerate(held) if fact.KEY and one.key == fact.key), len(held))
    held[at : at + 1] = [fact]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(path, KINDS[kind], held)
    except OSError as error:
        raise FactError(f"{path} cannot be written: {error.strerror}") from None
    return path


def _write(path: Path, model: type[Fact], facts: list[Fact]) -> None:
    """Beside the file first, then in its place: a crash leaves the old one."""
    columns = model.columns()
    beside = path.with_name(f".{path.stem}-{os.getpid()}.tmp")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(fact.model_dump(mode="json", exclude_none=True) for fact in facts)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
