"""What a running collector remembers of its source between ticks; nothing here is needed to begin again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from config.clock import Clock
from ingest.evidence import Evidence
from ingest.hours import EPOCH
from ingest.patience import Patience
from ingest.plan import Try
from ingest.roster import Roster
from ingest.source import SourceSpec


@dataclass
class Memory:
    """Of one source; `last_look` and `last_list` are hour numbers of data time with their fraction."""

    evidence: Evidence = field(default_factory=Evidence)
    roster: Roster = field(default_factory=Roster)
    patience: Patience = field(default_factory=Patience)
    tried: dict[str | int, Try] = field(default_factory=dict)
    last_look: float | None = None
    last_list: float | None = None

    def still_lacks(self, what: str | int, at: float, *, brought: bool = False) -> None:
        """Something was asked and still lacks: it waits, and longer each time that it brings nothing."""
        before = self.tried.get(what)
        self.tried[what] = Try(at, before.times + 1 if before and not brought else 1)


def hours_of(clock: Clock) -> float:
    """Data time as an hour number with its fraction."""
    return (clock.now() - EPOCH) / timedelta(hours=1)


def day_of(spec: SourceSpec, clock: Clock) -> date:
    """The source's civil day: its quota's, and that by which its stations' names are read."""
    return clock.now().astimezone(ZoneInfo(spec.clock.zone)).date()
