"""Which reports are due at a moment, by data time and by what is held; it decides and writes nothing.

A report's name says what it is about and never when it was written: so a second pass finds nothing to do,
and a pass after a stop gives the files that passes without one would have given, within `catch_up_days`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from config.policy import Season
from config.scheduled import ScheduledReport

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Due:
    """A report that should be there.

    Attributes
    ----------
    name : how its files begin; a language and `.html` follow.
    at : since when it has been due, aware.
    first, last : the civil days that it is about, both inclusive.
    digest : what its figures rest on; another digest asks for another version.
    """

    spec: str
    kind: str
    name: str
    at: datetime
    regions: tuple[str, ...]
    first: date
    last: date
    digest: str = ""


@dataclass(frozen=True)
class Held:
    """A report that is in the folder, in one language; `version` counts from 1."""

    spec: str
    kind: str
    name: str
    language: str
    at: datetime
    regions: tuple[str, ...]
    first: date
    last: date
    digest: str
    version: int
    written_at: datetime

    @property
    def file(self) -> str:
        """The name of its file."""
        return file_of(self.name, self.language)


@dataclass(frozen=True)
class Ended:
    """An episode that is over: its onset as files are named, its civil days (both inclusive), its digest."""

    onset: str
    first: date
    last: date
    digest: str


@dataclass(frozen=True)
class Task:
    """A report to be written in a language, as a version, and the reports whose place it takes."""

    due: Due
    language: str
    version: int = 1
    replaces: tuple[Held, ...] = ()


def file_of(name: str, language: str) -> str:
    """The file of a report in a language."""
    return f"{name}.{language}.html"


def by_clock(row: ScheduledReport, zone: tzinfo, now: datetime) -> list[Due]:
    """The sheets of a row that is due every day: of the day itself, a summary of the day before."""
    today = now.astimezone(zone).date()
    days = [today - back * _DAY for back in range(row.catch_up_days, -1, -1)]
    about = _DAY if row.kind == "morning" else 0 * _DAY
    told = [(day, datetime.combine(day, row.at, zone)) for day in days]
    return [
        Due(row.id, row.kind, f"{row.id}-{day}", at, tuple(row.places), day - about, day - about)
        for day, at in told
        if _within(at, row, now)
    ]


def by_season(
    row: ScheduledReport, region: str, seasons: Iterable[Season], zone: tzinfo, now: datetime
) -> list[Due]:
    """The reports of the seasons of a region that have closed."""
    found = []
    for one in seasons:
        at = _after(one.end, row, zone)
        if _within(at, row, now):
            name = f"{row.id}-{region}-{one.start.year}"
            found.append(Due(row.id, row.kind, name, at, (region,), one.start, one.end))
    return found


def by_episode(
    row: ScheduledReport,
    region: str,
    ended: Iterable[Ended],
    held: Iterable[Held],
    zone: tzinfo,
    now: datetime,
) -> list[Due]:
    """The reports of the episodes of a region that are over: the new ones, and those already reported of."""
    before = [one for one in held if one.spec == row.id and one.regions == (region,)]
    found = []
    for one in ended:
        at = _after(one.last, row, zone)
        if _within(at, row, now) or (at <= now and any(_overlap(one, other) for other in before)):
            name = f"{row.id}-{region}-{one.onset}"
            found.append(Due(row.id, row.kind, name, at, (region,), one.first, one.last, one.digest))
    return found


def tasks(due: Iterable[Due], held: Sequence[Held], languages: dict[str, tuple[str, ...]]) -> list[Task]:
    """What is to be written: what is due and not held, or held of other figures; `languages` by row.

    A report takes the place of one that speaks of an overlapping episode which is no more: a revision may
    have moved its onset.
    """
    due = list(due)
    names = {one.name for one in due}
    found = []
    for one in due:
        for language in languages[one.spec]:
            alike = [other for other in held if other.language == language and _same(one, other)]
            before = [other for other in alike if other.name == one.name or other.name not in names]
            if any((other.name, other.digest) == (one.name, one.digest) for other in before):
                continue
            version = max((other.version for other in before), default=0) + 1
            found.append(Task(one, language, version, tuple(before)))
    return found


def outdated(held: Iterable[Held], rows: Iterable[ScheduledReport], now: datetime) -> list[Held]:
    """The reports that have been kept as long as their row says; those of no row stay."""
    keep = {one.id: one.keep_days for one in rows}
    return [one for one in held if (days := keep.get(one.spec)) is not None and one.at + days * _DAY <= now]


def _after(last: date, row: ScheduledReport, zone: tzinfo) -> datetime:
    """When the report of something that ended with a civil day is due."""
    return datetime.combine(last + (1 + row.wait_days) * _DAY, row.at, zone)


def _within(at: datetime, row: ScheduledReport, now: datetime) -> bool:
    return now - row.catch_up_days * _DAY < at <= now


def _same(due: Due, other: Held) -> bool:
    if due.spec != other.spec or due.regions != other.regions:
        return False
    return due.name == other.name or (due.kind == "episode" and _overlap(due, other))


def _overlap(one: Ended | Due, other: Held) -> bool:
    return one.first <= other.last and other.first <= one.last
