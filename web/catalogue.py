"""The catalogue as the server holds it: read once, and anew when a file of the user's folder changes."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from config.facts import CATALOGUE, Facts

Signature = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Edition:
    """The facts as they stand; `mark` differs where a file does."""

    facts: Facts
    mark: str
    changed_at: datetime | None


class Catalogue:
    """The shipped catalogue with a user's folder laid over it.

    Parameters
    ----------
    own : Path
        The user's folder; it need not exist.
    """

    def __init__(self, own: Path) -> None:
        self._own = own
        self._shipped = hashlib.sha256()
        for path in sorted(CATALOGUE.iterdir()):
            if path.is_file():
                self._shipped.update(path.name.encode() + path.read_bytes())
        self._lock = threading.Lock()
        self._read: tuple[Signature, Edition] | None = None

    def current(self) -> Edition:
        """The edition in force."""
        signature = self._signature()
        with self._lock:
            if self._read is None or self._read[0] != signature:
                self._read = signature, self._edition(signature)
            return self._read[1]

    def _signature(self) -> Signature:
        found = []
        for path in sorted(self._own.glob("*.*")) if self._own.is_dir() else ():
            told = path.stat()
            found.append((path.name, told.st_mtime_ns, told.st_size))
        return tuple(found)

    def _edition(self, signature: Signature) -> Edition:
        digest = self._shipped.copy()
        for name, _, _ in signature:
            digest.update(name.encode() + (self._own / name).read_bytes())
        newest = max((nanoseconds for _, nanoseconds, _ in signature), default=None)
        changed = None if newest is None else datetime.fromtimestamp(newest / 1e9, UTC)
        return Edition(Facts(own=self._own), digest.hexdigest()[:16], changed)
