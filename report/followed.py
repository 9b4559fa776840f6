"""The episodes of a region as its hours settle: what is new is read, what was known is kept.

Each civil day is worked out by itself, of the stations heard in the ten days up to it; so a day is the same
whether it is read as it settles or all days at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np

from analysis.averages import HOURS
from analysis.episodes import Profile
from analysis.follow import Follower
from config.clock import civil
from report.answer import Answer, local, number
from report.panel import region_stations
from report.question import NothingHeldError, Question
from report.regional import Floats, day_values, hour_values
from report.scheduled import Ended
from report.stations_held import Desk, candidates
from store import ledger
from store.arrivals import newest_batch
from store.touched import days_touched

PANEL_DAYS = 10
# How far back an episode under way may have begun, and a late value still changes a report.
REACH_DAYS = 45
_DAY = timedelta(days=1)


def settled_through(desk: Desk, question: Question, sources: Mapping[str, str]) -> int | None:
    """The hour number up to which (exclusive) the hours of a place are settled; None where nothing is held.

    A feed that a live source brings is settled as far as its ledger says, an archive as far as it is held.
    `sources` are the live sources by feed.
    """
    ends: dict[str, int] = {}
    for period, step in (("PT1H", 1), ("P1D", HOURS)):
        for one in candidates(desk, question, region_stations(desk, question), period):
            if one.last is not None:
                ends[one.key.feed] = max(ends.get(one.key.feed, 0), one.last + step)
    for feed, source in sources.items():
        if feed in ends:
            told = ledger.standing(desk.connection, source)
            if told.settled is not None:
                ends[feed] = told.settled + 1
            elif told.open:
                del ends[feed]
    return max(ends.values(), default=None)


@dataclass(frozen=True)
class _Seen:
    """How far a place was read: the hour (exclusive), and the newest batch then."""

    through: int
    batch: int


class Followed:
    """One region, followed by one profile from a civil day on.

    Parameters
    ----------
    question : Question
        The place, its pollutant and feeds; the span is not looked at.
    profile : Profile
        With thresholds as values: percentiles are those of a span that is whole.
    first : date
        The civil day from which on episodes are sought.
    """

    def __init__(self, question: Question, profile: Profile, first: date) -> None:
        self.question, self.profile, self.first = question, profile, first
        self._values = np.empty(0)
        self._follower = Follower(profile)
        self._seen: _Seen | None = None

    def update(self, desk: Desk, through: int) -> bool:
        """Take what settled up to hour `through` (exclusive) and what was revised; whether values changed."""
        now = _Seen(
            max(through, self._seen.through if self._seen else through), newest_batch(desk.connection)
        )
        if now == self._seen:
            return False
        through = now.through
        days = self._stale(desk, through)
        found = np.concatenate([self._values, np.full(self._periods(through) - len(self._values), np.nan)])
        for day in days:
            at = (day - self.first).days * self._a_day
            told = self._of_day(desk, day, through)
            found[at : at + len(told)] = told
        self._seen = now
        return self._take(found)

    def episodes(self) -> list[Answer]:
        """The episodes so far, in order of onset; the last may still go on (`censored` right)."""
        return [self._told(one) for one in self._follower.episodes]

    def ended(self) -> list[Ended]:
        """Those of which a value has shown that they are over."""
        found = []
        for one in self.episodes():
            if one["censored"] in ("right", "both"):
                continue
            start, end = (datetime.fromisoformat(one[key]) for key in ("start", "end"))
            onset = f"{start:%Y-%m-%d}" if self.profile.every == "day" else f"{start:%Y-%m-%dT%H}h"
            said = "|".join(str(one[key]) for key in sorted(one))
            digest = hashlib.sha256(said.encode()).hexdigest()[:16]
            found.append(Ended(onset, start.date(), (end - timedelta(seconds=1)).date(), digest))
        return found

    @property
    def _a_day(self) -> int:
        """Periods in a civil day."""
        return HOURS // self.profile.hours_per_step

    @property
    def _first_hour(self) -> int:
        midnight = datetime.combine(self.first, time(), civil(self.question.zone))
        return int(midnight.timestamp()) // 3600

    def _periods(self, through: int) -> int:
        """How many whole periods have settled, of which none is taken back."""
        return max(len(self._values), (through - self._first_hour) // self.profile.hours_per_step)

    def _stale(self, desk: Desk, through: int) -> list[date]:
        """The civil days to be read: those not whole when they were, and those that a batch reaches."""
        n = -(-self._periods(through) // self._a_day)
        known = 0 if self._seen is None else len(self._values) // self._a_day
        indices = set(range(known, n))
        if self._seen is not None:
            first, end = self._first_hour // HOURS - PANEL_DAYS, through // HOURS
            stations = region_stations(desk, self.question)
            series = {
                one.id for step in ("PT1H", "P1D") for one in candidates(desk, self.question, stations, step)
            }
            for utc in days_touched(desk.connection, series, first, end, self._seen.batch):
                # A UTC day lies in two civil days, and a station newly heard counts for PANEL_DAYS on.
                at = (utc * HOURS - self._first_hour) // HOURS
                indices.update(range(max(0, at), min(n, at + PANEL_DAYS + 1)))
        return [self.first + at * _DAY for at in sorted(indices)]

    def _of_day(self, desk: Desk, day: date, through: int) -> Floats:
        """The values of one civil day, as far as they have settled."""
        zone = civil(self.question.zone)
        first, end = (
            datetime.combine(one, time(), zone) for one in (day - (PANEL_DAYS - 1) * _DAY, day + _DAY)
        )
        settled = datetime.fromtimestamp(through * 3600, UTC)
        asked = replace(
            self.question, first=first.astimezone(UTC), end=min(end.astimezone(UTC), settled), whole_days=True
        )
        before = (PANEL_DAYS - 1) * self._a_day
        n = (asked.hours[1] - asked.hours[0]) // self.profile.hours_per_step - before
        values = day_values if self.profile.every == "day" else hour_values
        try:
            return values(desk, asked).value[before:]
        except NothingHeldError:
            return np.full(n, np.nan)

    def _take(self, found: Floats) -> bool:
        """Hand on what is new or other; where settled episodes are touched, follow anew."""
        before, self._values = self._values, found
        n = len(before)
        other = np.flatnonzero(~np.isclose(before, found[:n], rtol=0, atol=0, equal_nan=True))
        at = int(other[0]) if len(other) else n
        if at < n and not self._follower.revise(at, found[at:n]):
            self._follower = Follower(self.profile)
            n = 0
        if n < len(found):
            self._follower.append(found[n:])
        return at < len(found)

    def _told(self, one: Any) -> Answer:
        step, zone = self.profile.hours_per_step, self.question.zone
        start, end, peak = (self._first_hour + int(one[key]) * step for key in ("start", "end", "peak_at"))
        return {
            "region": self.question.region and self.question.region.id,
            "profile": self.profile.id,
            "start": local(start, zone),
            "end": local(end, zone),
            "duration_hours": end - start,
            "mean": number(one["mean"]),
            "peak": number(one["peak"]),
            "peak_time": local(peak, zone),
            "hours_missing": int(one["n_missing"]) * step,
            "censored": str(one["censored"]),
        }


def first_day(zone: str, through: int) -> date:
    """From which civil day on a place is followed, of which hours have settled up to `through`."""
    return datetime.fromtimestamp(through * 3600, civil(zone)).date() - REACH_DAYS * _DAY
