"""Sources that bring documents and no hourly readings: forecasts, alerts, messages.

What such a source must say of itself (`BulletinSpec`) and what it brings (`Bulletin`). Its windows are civil
days, or years, of the same ledger as the hours; client, quota, payloads, batches and rejects are those of all
sources. Fetching and parsing stand apart, and parsing is pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from config.facts import Facts
from ingest.source import Reject, World
from ingest.wording import Wording
from store.forecasts import Alert, Forecast
from store.messages import Message
from store.station_indices import StationIndex

if TYPE_CHECKING:
    from ingest.http import HttpClient


@dataclass(frozen=True)
class BulletinSpec:
    """What the collector must know of a source. There is no default zone.

    Attributes
    ----------
    span : what one window is, of the zone's civil time.
    dispatches : hours of the day at which a bulletin is due, with their fraction; empty where none can be
        expected. What is due and has not come is asked for again every `poll_minutes`.
    lateness_hours : how long after the last dispatch (or the end of the window) something may still come.
    follow_days : how much longer a window stays open while something in it has not ended.
    product : of the forecasts that it brings, as they are stored; empty where it brings none.
    onward : whether an answer for a day brings all that follows it, so that one closes them all.
    first : the source holds nothing of days before; None where that is not known.
    present_only : whether it shows the present alone, each document for itself: a window that is over cannot
        be asked for any more, and documents that came before a fault are kept.
    account : the source whose calls of the day are shared, because they are calls to one dataset; its own
        where empty.
    """

    id: str
    base_url: str
    zone: str
    span: Literal["day", "year"]
    dispatches: tuple[float, ...]
    poll_minutes: float
    lateness_hours: float
    needs_key: bool
    daily_calls: int | None
    calls_per_second: float
    parser_version: int
    where_to_get_a_key: str
    product: str = ""
    follow_days: float = 0.0
    onward: bool = False
    first: date | None = None
    present_only: bool = False
    account: str = ""

    @property
    def scope(self) -> str:
        """What the windows are called in the ledger."""
        return self.span


@dataclass(frozen=True)
class Document:
    """Bytes as received for a window; `day` is the window's first civil day."""

    source: str
    day: date
    url: str
    body: bytes
    content_type: str
    world: World = "real"


@dataclass
class Bulletin:
    """What one document says: nothing of it is lost, it is a row, a reject or a counted note.

    Attributes
    ----------
    hints : messages that speak of a measure; never authoritative.
    notes : what says nothing that could be stored, and unknown keys, counted.
    """

    forecasts: list[Forecast] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    hints: list[Message] = field(default_factory=list)
    indices: list[StationIndex] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

    @property
    def unread(self) -> bool:
        """Whether it has rows, and none of them could be read: rows that say nothing to store are noted."""
        refused = sum(reject.readings for reject in self.rejects)
        return 0 < self.rows == refused and all(note.startswith("unknown ") for note in self.notes)

    def reject(self, text: str, reason: str, rows: int = 1) -> None:
        """A part of the document that cannot be stored."""
        self.rejects.append(Reject(plain(text), plain(reason), rows))

    @property
    def rows(self) -> int:
        """How many rows it carries, rejected ones included."""
        stored = len(self.forecasts) + len(self.alerts) + len(self.hints) + len(self.indices)
        return stored + sum(reject.readings for reject in self.rejects)


class BulletinSource(Protocol):
    """A source of bulletins: fetching and parsing apart, parsing pure."""

    @property
    def spec(self) -> BulletinSpec:
        """What the collector must know."""

    def fetch(self, client: HttpClient, base_url: str, day: date) -> Iterator[Document]:
        """All pages of the window that begins on a day; raises `SourceError`."""

    def parse(self, document: Document, wording: Wording) -> Bulletin:
        """What a document says, by the catalogue's names; pure; raises `SchemaDrift`."""


@runtime_checkable
class KnowsPlaces(Protocol):
    """A source whose questions are rows of the catalogue."""

    def knowing(self, facts: Facts) -> BulletinSource:
        """The source with the places of this catalogue."""


def plain(text: str) -> str:
    """Text that every database takes: without NUL and without half of a character."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")
