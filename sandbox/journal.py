"""What was asked of the sandbox and what became of it, a line a request: the proof of quotas and outages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

WHOLE = "whole"


@dataclass(frozen=True)
class Entry:
    """One request: when (data time), what was asked of which network, and what fault struck, or `whole`.

    `asked` is the operation of an address without a key in it (of WAQI the place), else the route.
    """

    at: datetime
    network: str
    asked: str
    became: str


class Journal:
    """A file that grows by a line a request; addresses, which may hold keys, are not in it.

    Raises
    ------
    OSError
        Where the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", buffering=1)
        self._lock = Lock()

    def note(self, at: datetime, network: str, asked: str, became: str) -> None:
        """A request, at a data time."""
        with self._lock:
            self._file.write(f"{at.isoformat()},{network},{asked},{became}\n")

    def close(self) -> None:
        """Give the file back."""
        self._file.close()


def read(path: Path) -> Iterator[Entry]:
    """The requests of a journal, in order."""
    for line in path.read_text(encoding="utf-8").splitlines():
        at, network, asked, became = line.split(",")
        yield Entry(datetime.fromisoformat(at), network, asked, became)
