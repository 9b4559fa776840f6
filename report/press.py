"""Scheduled reports, composed and written: what is due at a moment and not yet in the folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from analysis.episodes import Profile
from config.clock import civil
from config.facts import Facts
from config.scheduled import ScheduledReport
from config.words import Speaker
from report import brief, episodes, morning, seasons
from report.answer import Answer
from report.followed import Followed, first_day, settled_through
from report.kept import Shelf
from report.paper import brief_sheet, episode, episode_report, morning_sheet, page, reports, season
from report.paper.out import Report
from report.question import NothingHeldError, Question
from report.question import ask as asked
from report.scheduled import Due, Held, Task, by_clock, by_episode, by_season, outdated, tasks
from report.stations_held import Desk
from store import ledger
from store.arrivals import newest_batch
from store.engine import Store, StoreError

# What is shown before and after an episode.
AROUND = timedelta(days=3)
# What could not be told for want of readings is tried again when something has arrived, not more often.
AGAIN = timedelta(hours=1)
# Hours that ended so long ago should be held; where less of their stations is, they are still being brought.
LATE_HOURS, ENOUGH = 3, 0.75
_DAY = timedelta(days=1)

Standing = Callable[[], Sequence[Answer]]


@dataclass
class Pass:
    """What one pass did: the files written and deleted, and what could not be told for want of readings."""

    written: list[Path] = field(default_factory=list)
    deleted: list[Path] = field(default_factory=list)
    nothing: dict[str, str] = field(default_factory=dict)


class Press:
    """Writes the scheduled reports of one folder; it keeps in memory how the followed episodes stand.

    Parameters
    ----------
    folder : Path
        Where the reports are kept.
    languages : tuple of str
        Those of rows that name none.
    sources : mapping
        The live sources by the feed that they bring.
    standing : callable, optional
        Gives the rows of `status`.
    patience : timedelta
        How long, after the first pass, what was missed before it waits for hours that are being brought.
    """

    def __init__(
        self,
        store: Store,
        facts: Facts,
        folder: Path,
        languages: tuple[str, ...],
        sources: Mapping[str, str],
        standing: Standing | None = None,
        patience: timedelta = timedelta(),
    ) -> None:
        self.store, self.facts, self.shelf = store, facts, Shelf(folder)
        self.languages, self.sources, self.standing = languages, sources, standing
        self.patience = patience
        self._began: datetime | None = None
        self.rows = facts.all("scheduled_reports", ScheduledReport)
        self._followed: dict[tuple[str, str], Followed] = {}
        # What a report was in vain asked of: it is asked again when something has arrived.
        self._vain: dict[str, tuple[int, datetime]] = {}

    def follow(self, now: datetime) -> None:
        """Bring the episodes of every region that is followed up to what had settled by a moment."""
        for row in self._of("episode"):
            for region in row.places:
                self._follow(region, row.profile or "", int(now.timestamp()) // 3600)

    def tasks(self, now: datetime) -> list[Task]:
        """What is due at a moment (aware, data time) and not in the folder, in order of being due."""
        held = self.shelf.held()
        spoken = {row.id: row.spoken(self.languages) for row in self.rows}
        return sorted(tasks(self._due(now, held), held, spoken), key=lambda one: (one.due.at, one.due.name))

    def due(self, now: datetime) -> Pass:
        """Write what is due, delete what was kept long enough.

        A report that fails keeps none of the others: its fault is raised once they are written.
        """
        self.follow(now)
        self._began = self._began or now
        done, faults = Pass(), list[Exception]()
        with self.store.read() as connection:
            newest = newest_batch(connection)
            waits = now < self._began + self.patience and self._behind(connection, now)
        with self.shelf.alone():
            answers: dict[str, Answer] = {}
            for task in self.tasks(now):
                name = task.due.name
                if self._in_vain(name, newest, now) or (waits and task.due.at < self._began):
                    continue
                try:
                    if name not in answers:
                        answers[name] = self._compose(task.due)
                    done.written.append(self._write(task, answers[name], now))
                except NothingHeldError as error:
                    if name not in self._vain:
                        done.nothing[name] = str(error)
                    self._vain[name] = newest, now
                except StoreError:
                    raise
                except Exception as error:  # noqa: BLE001 - raised below, after the others
                    self._vain[name] = newest, now
                    error.add_note(f"report {name}")
                    faults.append(error)
            done.deleted = self.shelf.drop(outdated(self.shelf.held(), self.rows, now))
        if len(faults) > 1:
            raise ExceptionGroup(f"{len(faults)} reports failed", faults)
        if faults:
            raise faults[0]
        return done

    def episodes(self) -> list[Answer]:
        """The episodes of all regions that are followed, as they stand."""
        return [one for followed in self._followed.values() for one in followed.episodes()]

    # What is due

    def _in_vain(self, name: str, newest: int, now: datetime) -> bool:
        """Whether a report failed or had nothing to tell, and it is too early to try again."""
        batch, at = self._vain.get(name, (None, now))
        return batch is not None and (batch == newest or now - at < AGAIN)

    def _behind(self, connection: Connection, now: datetime) -> bool:
        """Whether hours that should be held are still being brought."""
        hour = int(now.timestamp()) // 3600 - LATE_HOURS
        sources = set(self.sources.values())
        newest = [ledger.newest_hour(connection, one) or 0 for one in sources]
        missing = (one for source in sources for one in ledger.unsettled(connection, source, hour))
        return max(newest, default=hour) < hour or any(
            one.present < ENOUGH * max(one.expected, 1) for one in missing
        )

    def _of(self, *kinds: str) -> list[ScheduledReport]:
        return [row for row in self.rows if row.kind in kinds]

    def _due(self, now: datetime, held: Sequence[Held]) -> list[Due]:
        found = []
        for row in self._of("brief", "morning"):
            found += by_clock(row, civil(self.facts.regions[row.places[0]].zone), now)
        for row in self._of("season"):
            for region in row.places:
                country = self.facts.regions[region].country
                own = [one for one in self.facts.seasons.values() if one.country == country]
                found += by_season(row, region, own, civil(self.facts.regions[region].zone), now)
        for row in self._of("episode"):
            for region in row.places:
                followed = self._followed.get((region, row.profile or ""))
                ended = followed.ended() if followed else []
                found += by_episode(row, region, ended, held, civil(self.facts.regions[region].zone), now)
        return found

    def _follow(self, region: str, profile: str, ended: int) -> None:
        with self.store.read() as connection:
            desk = Desk(connection, self.facts)
            question = self._question(desk, region, date(2000, 1, 1), date(2000, 1, 1))
            through = settled_through(desk, question, self.sources)
            if through is None:
                return
            through = min(through, ended)
            if (region, profile) not in self._followed:
                rule = Profile.from_fact(self.facts.profiles[profile])
                first = first_day(question.zone, through)
                self._followed[region, profile] = Followed(question, rule, first)
            self._followed[region, profile].update(desk, through)

    # What it says

    def _question(self, desk: Desk, region: str, first: date, last: date) -> Question:
        since, until = first.isoformat(), last.isoformat()
        return asked(self.facts, desk.places, region=region, since=since, until=until, own_feeds=desk.feeds)

    def _asked(self, region: str, first: date, last: date) -> Question:
        with self.store.read() as connection:
            return self._question(Desk(connection, self.facts), region, first, last)

    def _compose(self, due: Due) -> Answer:
        if due.kind == "brief":
            return brief.ask(self.store, self.facts, due.regions[0], due.at)
        if due.kind == "morning":
            sources = self.standing() if self.standing else None
            known = self.episodes()
            return morning.ask(self.store, self.facts, due.regions, due.first, due.at, known, sources)
        if due.kind == "season":
            question = self._asked(due.regions[0], due.first, due.last)
            return season.compose(self.store, self.facts, [question], seasons.Asked((due.first.year,)))
        row = next(one for one in self.rows if one.id == due.spec)
        question = self._asked(due.regions[0], due.first - AROUND, due.last + AROUND)
        rule = episodes.profile_of(self.facts, question, row.profile)
        return episode.compose(self.store, self.facts, episode.Asked(question, rule))

    def _report(self, say: Speaker, kind: str, answer: Answer) -> Report:
        told = {
            "brief": brief_sheet.report,
            "morning": morning_sheet.report,
            "season": reports.of_seasons,
            "episode": episode_report.report,
        }
        return told[kind](say, answer)

    def _write(self, task: Task, answer: Answer, now: datetime) -> Path:
        due, say = task.due, Speaker(self.facts, task.language)
        sheet = self._report(say, due.kind, answer).sheet
        zone = civil(self.facts.regions[due.regions[0]].zone)
        if task.version > 1:
            before = max(one.written_at for one in task.replaces).astimezone(zone)
            at = say.moment(before, offset=True)
            sheet = replace(
                sheet, foot=[say.message("report.scheduled.version", n=str(task.version), at=at), *sheet.foot]
            )
        text = page.html(say, sheet, now.astimezone(zone))
        told = {
            key: getattr(due, key)
            for key in ("spec", "kind", "name", "at", "regions", "first", "last", "digest")
        }
        held = Held(**told, language=task.language, version=task.version, written_at=now)
        return self.shelf.put(held, text, task.replaces)
