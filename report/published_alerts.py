"""Alerts as they were published: those that a source gave, and those that the catalogue documents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from config.facts import Facts
from config.places import folded
from config.policy import PublishedAlert
from report.answer import Answer
from report.stations_held import Desk
from report.unit_hours import sido_of, zones_of
from store.forecasts import alerts_in_force

# An alert whose end is not documented may still have been in force so long after its issue.
LONGEST = timedelta(days=7)


@dataclass(frozen=True)
class Published:
    """One published alert; `place` is the part of the sido that its zone means, else the sido."""

    region: str
    zone: str | None
    place: str
    pollutant: str
    level: str
    issued_at: datetime
    issued_value: float | None
    cleared_at: datetime | None
    cleared_value: float | None
    origin: str
    source: str
    confidence: str
    note: str | None = None

    def in_force(self, since: datetime, until: datetime) -> bool | None:
        """Whether it was in force at any moment from `since` to `until`, inclusive.

        None after its issue where its end is not documented.
        """
        if self.issued_at > until:
            return False
        if self.cleared_at is None and self.origin == "documented" and self.issued_at < since:
            return None if since - self.issued_at < LONGEST else False
        if self.cleared_at is None:
            return True
        return self.cleared_at > since

    def as_json(self, zone: tzinfo) -> Answer:
        """As answers show it; `zone` is the civil time of the place."""
        return {
            "region": self.region,
            "zone": self.zone,
            "pollutant": self.pollutant,
            "level": self.level,
            "issued_at": _iso(self.issued_at, zone),
            "issued_value": self.issued_value,
            "cleared_at": _iso(self.cleared_at, zone),
            "cleared_value": self.cleared_value,
            "origin": self.origin,
            "source": self.source,
            "confidence": self.confidence,
            "note": self.note,
        }


def _iso(moment: datetime | None, zone: tzinfo) -> str | None:
    return None if moment is None else moment.astimezone(zone).isoformat()


def published(
    desk: Desk, regions: Iterable[str], pollutant: str, since: datetime, until: datetime
) -> list[Published]:
    """The alerts of the sido of some regions that were, or may have been, in force from `since` to `until`.

    An alert that is both stored and documented stands once, as stored.
    """
    wanted = {sido_of(desk.facts, one) for one in regions}
    stored = [
        Published(
            one.region,
            one.zone or None,
            place_of(desk.facts, one.region, one.zone),
            one.pollutant,
            one.level,
            one.issued_at,
            one.issued_value,
            one.cleared_at,
            one.cleared_value,
            "stored",
            "as its source gave it",
            "high",
        )
        for one in alerts_in_force(desk.connection, wanted, pollutant, since, until)
    ]
    same = {(one.place, one.level, one.issued_at) for one in stored}
    told = [one for one in _documented(desk.facts) if one.region in wanted and one.pollutant == pollutant]
    further = [
        one
        for one in told
        if one.in_force(since, until) is not False and (one.place, one.level, one.issued_at) not in same
    ]
    return sorted([*stored, *further], key=lambda one: (one.issued_at, one.region, one.zone or ""))


def _documented(facts: Facts) -> list[Published]:
    return [
        Published(
            one.region,
            one.zone,
            place_of(facts, one.region, one.zone),
            one.pollutant,
            one.level,
            one.issued_at,
            one.issued_value,
            one.cleared_at,
            one.cleared_value,
            "documented",
            one.source,
            one.confidence,
            one.note,
        )
        for one in facts.all("published_alerts", PublishedAlert)
    ]


def place_of(facts: Facts, region: str, zone: str | None) -> str:
    """The alert zone of the catalogue that a source's name means; the sido where none has that name."""
    if not zone:
        return region
    for part in zones_of(facts, region):
        if any(name and folded(name).endswith(folded(zone)) for name in facts.regions[part].names):
            return part
    return region
