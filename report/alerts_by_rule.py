"""The Korean alerts that the rules give for sido and alert zones, from the hours that are held."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from analysis.alerts import Alert, replay
from analysis.decisions import LEVELS, Level
from analysis.truth import Truth, hours_reached
from config.rules import AlertRule
from report.published_alerts import LONGEST
from report.regional import Floats
from report.unit_hours import UnitHours, sido_of, zones_of

# An alert that is in force at the start of the span was issued in the days before.
LEAD = LONGEST


@dataclass
class Alerts:
    """The alerts that the rules give for regions, each region replayed once."""

    hours: UnitHours
    _found: dict[str, list[Alert]] = field(default_factory=dict)
    _witnesses: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def _rules(self) -> list[AlertRule]:
        pollutant = self.hours.template.pollutant
        return [r for r in self.hours.desk.facts.all("alert_rules", AlertRule) if r.pollutant == pollutant]

    def rules(self, region: str) -> list[AlertRule]:
        """The rules of the pollutant that hold in a region."""
        sido = sido_of(self.hours.desk.facts, region)
        return [r for r in self._rules if r.regions is None or sido in r.regions.split("|")]

    def rule(self, region: str, level: str, day: date) -> AlertRule | None:
        """The rule of a level that is in force on a civil day; None where there is none."""
        held = (r for r in self.rules(region) if r.level == level and r.holds_on(day))
        return next(held, None)

    def of(self, region: str) -> list[Alert]:
        """The alerts of a region, in order of issue; hours are indices of the series."""
        if region not in self._found:
            self._found[region] = replay(self.hours.values(region), self.hours.days, self.rules(region))
        return self._found[region]

    def witnesses(self, region: str) -> list[str]:
        """What tells of a region's alerts: its alert zones where they are held, else its own series."""
        if region not in self._witnesses:
            zones = zones_of(self.hours.desk.facts, region)
            held = [one for one in zones if self.hours.place(one) is not None]
            self._witnesses[region] = held or [region]
        return self._witnesses[region]

    def level(self, region: str, day: date, first_label: int, last_label: int) -> Level | None:
        """The highest level in force at any moment of some hours of a day, in any witness of the region.

        None where missing hours could hide an alert, and where no rule is in force.
        """
        found = [
            self._level_of(one, day, self.hours.span(day, first_label, last_label))
            for one in self.witnesses(region)
        ]
        known = [level for level in found if level is not None]
        highest = max(known, key=LEVELS.index, default=None)
        return None if highest == "none" and len(known) < len(found) else highest

    def _level_of(self, region: str, day: date, span: slice) -> Level | None:
        values = self.hours.values(region)
        held: list[Level] = [
            one.level
            for one in self.of(region)
            if one.issued <= span.stop and (one.lifted is None or one.lifted > span.start)
        ]
        rule = self.rule(region, "advisory", day)
        if np.isnan(values[span]).all() or rule is None:
            return None
        if held:
            return max(held, key=LEVELS.index)
        return "none" if self._never_reached(values, span, rule) else None

    def in_force(self, region: str, level: str, day: date) -> Truth:
        """Whether a level was in force at any moment of a day; None where its hours do not tell."""
        rule, span = self.rule(region, level, day), self.hours.span(day, 1, 24)
        values = self.hours.values(region)
        if rule is None or np.isnan(values[span]).all():
            return None
        if any(
            one.level == level and one.issued < span.stop and (one.lifted or len(values)) > span.start
            for one in self.of(region)
        ):
            return True
        return False if self._never_reached(values, span, rule) else None

    def _never_reached(self, values: Floats, span: slice, rule: AlertRule) -> bool:
        """Whether no filling in of missing hours could issue an alert within the span."""
        around = slice(max(0, span.start - rule.hours + 1), span.stop)
        return hours_reached(values[around], rule.enter, rule.hours) is False
