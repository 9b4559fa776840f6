"""How many hours a notice would have come before the next emergency measure was announced, and in force."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.clock import civil
from config.facts import Facts
from config.places import Places
from report.answer import Answer
from report.measures import UNKNOWN, Ledger, announced

# A measure later than this has nothing to do with the notice.
REACH = timedelta(hours=72)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


class Leads:
    """The measures of regions, looked up once a region."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.places = facts, Places(facts)
        self._ledgers: dict[str, Ledger] = {}

    def of(self, region: str, at: datetime) -> Answer:
        """The first emergency measure of a region that is in force at or after a moment, within 72 hours.

        `lead_announced_hours` and `lead_in_force_hours` count from the notice; below zero the measure was
        there first. `announced_precision` says whether its hour is known, or only its day.
        """
        if region not in self._ledgers:
            self._ledgers[region] = Ledger(self.facts, self.places, region)
        ledger, zone = self._ledgers[region], civil(self.facts.regions[region].zone)
        day = at.astimezone(zone).date()
        for one in ledger.within(day, (at + REACH).astimezone(zone).date(), ["emergency"]):
            begins, ends = one.in_force_from, one.lifted_at or one.in_force_to
            if begins is None or begins > at + REACH or (ends is not None and ends <= at):
                continue
            told_at, precision = announced(self.facts, one, self.facts.regions[region].zone)
            return {
                "measure": one.date.isoformat(),
                "measure_region": one.region,
                "announced_at": told_at and told_at.isoformat(),
                "announced_precision": precision,
                "in_force_from": begins.isoformat(),
                "lead_announced_hours": None if told_at is None else _hours(told_at - at),
                "lead_in_force_hours": _hours(begins - at),
                "word": None,
            }
        return dict.fromkeys(_KEYS) | {"word": f"{UNKNOWN} within {REACH / _HOUR:.0f} h"}


_KEYS = (
    "measure",
    "measure_region",
    "announced_at",
    "announced_precision",
    "in_force_from",
    "lead_announced_hours",
    "lead_in_force_hours",
)


def _hours(span: timedelta) -> float:
    return round(span / _HOUR, 1)
