"""Answers of public sources saved as files: an archive of their feed, read by the source's own pure parser.

Which source an answer is of is told by its own keys. Where it does not say of which place it is (a station's
history, the hours of a sensor, a model's point), the one who saved it has to: `--station`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from config.facts import Facts
from config.places import Places
from ingest import unwrapping
from ingest.bulletin_keep import put_bulletin
from ingest.bulletins import BulletinSource, Document
from ingest.members import FileProblem, Member
from ingest.points import points
from ingest.recorded_kinds import Bulletins, NoReadingsError, Readings, StationNeededError, kind_of
from ingest.save import Saver
from ingest.source import Batch, SchemaDrift, SourceError, StationRef
from ingest.wording import Wording
from store.readings import Counts

T = TypeVar("T")

_LARGEST = 64 << 20


@dataclass(frozen=True)
class AnswerFile:
    """A saved answer that carries readings."""

    member: Member
    kind: Readings
    batches: Sequence[Batch]

    @property
    def format(self) -> str:
        """The kind of answer, and of which place where the answer itself does not say."""
        return self.kind.format

    @property
    def feed(self) -> str:
        """The feed of the source."""
        return self.kind.feed

    @property
    def parser_version(self) -> int:
        """That of the source."""
        return self.kind.parser_version

    def keep(self, saver: Saver, batch_id: int) -> tuple[Counts, Counter[str]]:
        """Store the readings, as those of an answer that has just come."""
        counts, notes = Counts(), Counter[str]()
        for batch in self.batches:
            counts.add(saver.save(batch, batch_id))
            notes += batch.notes
        return counts, notes


@dataclass(frozen=True)
class BulletinFile:
    """A saved forecast, alert or message: documents as issued, which no feed of readings holds."""

    member: Member
    source: BulletinSource
    body: bytes
    feed: str | None = None

    @property
    def format(self) -> str:
        """The kind of bulletin."""
        return f"{self.source.spec.id}-answer"

    @property
    def parser_version(self) -> int:
        """That of the source."""
        return self.source.spec.parser_version

    def keep(self, saver: Saver, batch_id: int) -> tuple[Counts, Counter[str]]:
        """Store what the document says.

        Raises
        ------
        FileProblem
        """
        # The day of a question opens its window; what the document says has dates of its own.
        document = Document(self.source.spec.id, date.min, self.member.name, self.body, "")
        bulletin = _explained(self.member, lambda: self.source.parse(document, Wording(saver.facts)))
        return put_bulletin(saver.connection, bulletin, batch_id), bulletin.notes


def find(member: Member, facts: Facts, station: str | None = None) -> AnswerFile | BulletinFile:
    """The reader of a file that begins as JSON or XML.

    Parameters
    ----------
    station : str, optional
        Id, code or name of the place that the answer is of, where it does not say.

    Raises
    ------
    FileProblem
        One line: for a file that breaks off, tells of an error, or carries no readings of a known source.
    """
    with member.open() as file:
        body = file.read(_LARGEST + 1)
    if len(body) > _LARGEST:
        raise FileProblem(f"{member.name}: an answer of more than {_LARGEST >> 20} MB; split it")
    kind = _explained(member, lambda: kind_of(body, _place(station, facts)))
    if isinstance(kind, Bulletins):
        return BulletinFile(member, kind.source, kind.body)
    return AnswerFile(member, kind, _explained(member, kind.read))


def _place(station: str | None, facts: Facts) -> Callable[[str], StationRef]:
    """Tells which station is meant, as a source of a network calls it."""

    def told(network: str) -> StationRef:
        if station is None:
            raise StationNeededError
        if network == "openaq" and station.removeprefix("openaq-").isdecimal():
            return StationRef(code=station.removeprefix("openaq-"))
        if network == "open-meteo":
            return _point(station)
        try:
            places = Places(facts)
            version = places.version(places.find_station(station))
        except LookupError as error:
            raise NoReadingsError(str(error)) from None
        return StationRef(version.code, version.name, version.area)

    return told


def _point(station: str) -> StationRef:
    """The point of a model that is called by the region in whose middle it lies."""
    for point in points():
        if station in (point.code, f"open-meteo-{point.code}"):
            return point
    raise NoReadingsError(f"no point of the models is called {station!r}; they are named by region: kr-seoul")


def _explained(member: Member, work: Callable[[], T]) -> T:
    """What is wrong with an answer, in one line that names the file."""
    try:
        return work()
    except StationNeededError:
        raise FileProblem(
            f"{member.name}: an answer that does not say of which station it is; give --station ID"
        ) from None
    except (NoReadingsError, unwrapping.NotWholeError) as error:
        raise FileProblem(f"{member.name}: {error}") from None
    except SchemaDrift as error:
        raise FileProblem(f"{member.name}: an answer in an unknown shape ({error})") from None
    except SourceError as error:
        raise FileProblem(f"{member.name}: an answer that carries no readings ({error})") from None
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        said = f"{type(error).__name__}: {str(error)[:120]}".replace("\n", " ")
        raise FileProblem(f"{member.name}: an answer in an unknown shape ({said})") from None
