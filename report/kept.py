"""The folder of scheduled reports: files that are whole or not there, and an index of them.

A file is written beside its name and renamed; the index follows. A process that is killed between the two
has written a file of which the index does not tell, and writes it again.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

from filelock import FileLock, Timeout

from config.scheduled import ReportKind
from report.answer import NO_READINGS, Answer
from report.question import QuestionError
from report.scheduled import Held

INDEX = "index.json"
# The daemon and a command may write at once; a report takes seconds.
_WAIT_SECONDS = 60.0


class Shelf:
    """The reports of one folder.

    Raises
    ------
    QuestionError
        For a folder that cannot be written to, or an index that cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other writers away."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / ".lock", timeout=_WAIT_SECONDS):
                yield
        except Timeout:
            raise QuestionError(
                f"another process writes reports into {self.folder}: try again later"
            ) from None
        except OSError as error:
            raise QuestionError(
                f"{error.filename or self.folder} cannot be written: {error.strerror}"
            ) from None

    def held(self) -> list[Held]:
        """What the index tells and is there, in order of names."""
        return [one for one in self._listed() if (self.folder / one.file).is_file()]

    def put(self, one: Held, text: str, replaces: Iterable[Held] = ()) -> Path:
        """Write a report, tell the index, and drop those whose place it takes."""
        path = self.folder / one.file
        _write(path, text)
        old = list(replaces)
        gone = {(other.name, other.language) for other in (*old, one)}
        rest = [other for other in self.held() if (other.name, other.language) not in gone]
        self._tell([*rest, one])
        self._unlink(other for other in old if other.file != one.file)
        return path

    def drop(self, gone: Iterable[Held]) -> list[Path]:
        """Delete reports; the index first, for a file that it does not name is in nobody's way."""
        dropped = list(gone)
        if not dropped:
            return []
        files = {one.file for one in dropped}
        self._tell([one for one in self.held() if one.file not in files])
        self._unlink(dropped)
        return [self.folder / one.file for one in dropped]

    def _unlink(self, gone: Iterable[Held]) -> None:
        for one in gone:
            (self.folder / one.file).unlink(missing_ok=True)

    def _listed(self) -> list[Held]:
        path = self.folder / INDEX
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            return sorted((_read(row) for row in told["reports"]), key=lambda one: (one.name, one.language))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise QuestionError(f"{path} cannot be read: {error.strerror}") from None
        except (ValueError, KeyError, TypeError):
            raise QuestionError(
                f"{path} is no index of reports: move it away, and they are written anew"
            ) from None

    def _tell(self, reports: Iterable[Held]) -> None:
        rows = [_row(one) for one in sorted(reports, key=lambda one: (one.name, one.language))]
        _write(self.folder / INDEX, json.dumps({"reports": rows}, ensure_ascii=False, indent=1))


def listed(folder: Path | None, kind: str | None = None) -> Answer:
    """The answer of `yellowsea report list`: the newest first.

    Raises
    ------
    QuestionError
        Where no folder is set, or for a kind that there is not.
    """
    if folder is None:
        raise QuestionError("no folder of reports is set: YELLOWSEA_REPORTS names it")
    if kind is not None and kind not in get_args(ReportKind):
        raise QuestionError(f"--kind is one of {', '.join(get_args(ReportKind))}, not {kind}")
    held = [one for one in Shelf(folder).held() if kind in (None, one.kind)]
    newest = sorted(held, key=lambda one: (one.at, one.name, one.language), reverse=True)
    return {
        "question": {"kind": kind},
        "method": {
            "due_at": "since when the report was due, data time",
            "version": "1 unless readings changed since",
        },
        "data": NO_READINGS,
        "reports": [_row(one) for one in newest],
    }


def _row(one: Held) -> Answer:
    told = asdict(one)
    return {
        "file": one.file,
        "kind": one.kind,
        "regions": list(one.regions),
        "first_day": one.first.isoformat(),
        "last_day": one.last.isoformat(),
        "due_at": one.at.isoformat(),
        "written_at": one.written_at.isoformat(),
        **{key: told[key] for key in ("language", "version", "spec", "name", "digest")},
    }


def _read(row: dict[str, Any]) -> Held:
    own = {field.name: row[field.name] for field in fields(Held) if field.name in row}
    name = f"{own['name']}.{own['language']}"
    if Path(name).name != name or row["file"] != f"{name}.html":
        raise ValueError(name)  # nothing outside the folder is read or deleted
    days = {key: date.fromisoformat(row[f"{key}_day"]) for key in ("first", "last")}
    times = {
        "at": datetime.fromisoformat(row["due_at"]),
        "written_at": datetime.fromisoformat(row["written_at"]),
    }
    return Held(**{**own, **days, **times, "regions": tuple(row["regions"])})


def _write(path: Path, text: str) -> None:
    """A file with all of the text, or as it was before."""
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
