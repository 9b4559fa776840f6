"""Walking the rules over a past, hour by hour, by what is held of it; nothing is sent or written."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from config.notices import NoticeRule
from hotline.occasions import Step
from hotline.rules import sight
from hotline.scene import Mode, Scene
from hotline.telling import AS_KNOWN, HINDCAST, facts_of
from hotline.watch import step_of
from report.answer import Answer
from report.stations_held import Desk
from store.arrivals import arrivals
from store.notices import Notice, Occasion

HOUR = timedelta(hours=1)
# An occasion that is open when the span begins was raised before it, and is not told again.
WARM_UP = timedelta(days=5)
# Where nothing had arrived for so long, nobody was collecting: what is held of then came later.
COLLECTING = timedelta(hours=48)


@dataclass
class Past:
    """Scenes of a span of the past.

    Where somebody was collecting at the hour, the scene is what was known then; elsewhere (archives that were
    imported years later) it is what is held now up to the hour, which is a hindcast.
    """

    desk: Desk
    first: datetime
    last: datetime
    mode: Mode
    _received: list[datetime] = field(init=False)
    _held: Scene = field(init=False)

    def __post_init__(self) -> None:
        self._received = arrivals(self.desk.connection, self.first - COLLECTING, self.last)
        self._held = Scene(self.desk, self.first, self.last, self.mode)

    def knowledge(self, at: datetime) -> str:
        """Whether what was known at an hour is held."""
        since = bisect_left(self._received, at - COLLECTING)
        collecting = bisect_right(self._received, at) > since
        return AS_KNOWN if collecting and self.mode != "observed" else HINDCAST

    def at(self, at: datetime) -> Scene:
        """The scene of an hour."""
        if self.knowledge(at) == HINDCAST:
            return self._held
        return Scene(self.desk, at, at, self.mode, as_of=at)

    @property
    def whole(self) -> Scene:
        """The span as it is held now."""
        return self._held

    def hours(self) -> Iterator[datetime]:
        """Every full hour from the first to the last, both inclusive."""
        at = self.first
        while at <= self.last:
            yield at
            at += HOUR


@dataclass(frozen=True)
class Raised:
    """A notice that would have been raised."""

    rule: NoticeRule
    notice: Notice
    knowledge: str


def walk(past: Past, judged: list[tuple[NoticeRule, str]], since: datetime) -> list[Raised]:
    """The notices that rules would have raised for their subjects from `since` on, in order."""
    held: dict[tuple[str, str], Occasion] = {}
    found: list[Raised] = []
    for at in past.hours():
        scene = past.at(at)
        for rule, subject in judged:
            key = (rule.id, subject)
            seen = sight(rule, subject, scene, at)
            now, step = step_of(rule, subject, held.get(key), seen, at)
            if now is None or now.ended_at is not None:
                held.pop(key, None)
            else:
                held[key] = now
            if step is None or now is None or at < since:
                continue
            told = facts_of(rule, subject, seen, scene, at, now.began_at)
            found.append(_raised(rule, now, step, at, told, past.knowledge(at)))
    return found


def _raised(
    rule: NoticeRule, now: Occasion, step: Step, at: datetime, told: Answer, knowledge: str
) -> Raised:
    facts = {**told, "knowledge": knowledge}
    notice = Notice(0, rule.id, now.subject, now.name, step.stage, step.level, at, facts)
    return Raised(rule, notice, knowledge)
