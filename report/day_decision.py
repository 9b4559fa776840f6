"""One evening's decision on tomorrow's measures of a kind, by the rule of the day and what was known then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

from analysis.crisis import crisis_steps
from analysis.decisions import Decision, Outlook, decide
from analysis.truth import Truth, any_of
from config.clock import civil
from config.facts import Facts
from config.policy import Measure
from config.rules import CrisisStep, Halves, MeasureCriterion, MeasureRule
from report.measures import NONE, Ledger, free_day
from report.outlooks import Known, Outlooks, Window
from report.question import QuestionError

NO_RULE = "no rule is documented for this day"


@dataclass(frozen=True)
class Decided:
    """What the rules say of one unit; `versions` are their ids, none where no rule is documented."""

    versions: tuple[str, ...]
    criteria: Mapping[str, Truth]
    would_issue: Truth
    reason: str


@dataclass
class Evening:
    """The decisions of evenings, one kind of measure.

    Attributes
    ----------
    kind : `emergency` or `preliminary`.
    window : labels of today's hours; None is the rule's own.
    """

    facts: Facts
    outlooks: Outlooks
    kind: str
    window: Window | None = None
    _ledgers: dict[str, Ledger] = field(default_factory=dict)
    _listed: dict[str, dict[date, Measure]] = field(default_factory=dict)

    @cached_property
    def criteria(self) -> list[str]:
        """The names of the criteria that any version has."""
        versions = {one.id for one in self.rules}
        return sorted({one.criterion for one in self._criteria if one.version in versions})

    @cached_property
    def rules(self) -> list[MeasureRule]:
        """Every version of the rule."""
        return [one for one in self.facts.all("measure_rules", MeasureRule) if one.rule == f"kr-{self.kind}"]

    def criteria_of(self, rule: MeasureRule) -> list[MeasureCriterion]:
        """The criteria of one version."""
        return [one for one in self._criteria if one.version == rule.id]

    @cached_property
    def _criteria(self) -> list[MeasureCriterion]:
        return self.facts.all("measure_criteria", MeasureCriterion)

    @cached_property
    def _halves(self) -> list[Halves]:
        return self.facts.all("halves", Halves)

    @cached_property
    def _steps(self) -> list[CrisisStep]:
        return [one for one in self.facts.all("crisis_steps", CrisisStep) if one.scheme == "pm25"]

    def in_force(self, today: date) -> list[MeasureRule]:
        """The versions by which is decided on a day."""
        return [one for one in self.rules if one.holds_on(today)]

    def decided_at(self, today: date) -> datetime:
        """When is decided on a day, civil time; 17:00 also where no rule is documented."""
        rules = self.in_force(today) or self.rules[-1:]
        zone = civil(self.outlooks.hours.template.zone)
        return datetime.combine(today, time.fromisoformat(rules[0].decide_at), zone)

    def of(self, units: Iterable[str], today: date, moment: datetime) -> dict[str, Decided]:
        """What the rules say on a day of measures for the next, by what was known at a moment."""
        found: dict[str, list[tuple[MeasureRule, Decision]]] = {}
        wanted = list(units)
        for rule in self.in_force(today):
            for unit, decision in self._by(rule, wanted, today, moment).items():
                found.setdefault(unit, []).append((rule, decision))
        return {unit: self._together(found.get(unit, [])) for unit in wanted}

    def _by(self, rule: MeasureRule, units: list[str], today: date, moment: datetime) -> dict[str, Decision]:
        if not self.concerns(rule, units):
            return {}
        regions = [one for one in self._regions(rule) if rule.joint != "each" or self._concerns(one, units)]
        window = self.window or (rule.window_first, rule.window_last)
        outlooks: dict[str, Outlook] = {}
        for region in regions:
            for one in self.outlooks.parts(region) or [region]:
                outlooks[one] = self.outlooks.at(one, today, window, moment).outlook
        free = free_day(today + timedelta(days=1))
        return decide(rule, self._criteria, outlooks, self._halves, regions=regions, free_day=free)

    def _regions(self, rule: MeasureRule) -> list[str]:
        if rule.regions != "kr":
            return rule.regions.split("|")
        return [one.id for one in self.facts.regions.values() if one.kind == "sido"]

    def concerns(self, rule: MeasureRule, units: list[str]) -> bool:
        """Whether a version decides for any of the units."""
        return any(self._concerns(one, units) for one in self._regions(rule))

    def _concerns(self, region: str, units: list[str]) -> bool:
        return region in units or any(part in units for part in self.outlooks.parts(region))

    def _together(self, found: list[tuple[MeasureRule, Decision]]) -> Decided:
        """Of several rules for one unit any may issue."""
        if not found:
            return Decided((), dict.fromkeys(self.criteria), None, NO_RULE)
        would = any_of(decision.would_issue for _, decision in found)
        # A criterion that the version does not have cannot be met.
        criteria = {
            name: any_of(decision.criteria.get(name, False) for _, decision in found)
            for name in self.criteria
        }
        reason = next(decision.reason for _, decision in found if decision.would_issue == would)
        return Decided(tuple(rule.id for rule, _ in found), criteria, would, reason)

    # What was issued

    def ledger(self, unit: str) -> Ledger:
        """The list of measures as far as it concerns a unit."""
        if unit not in self._ledgers:
            self._ledgers[unit] = Ledger(self.facts, self.outlooks.hours.desk.places, unit)
        return self._ledgers[unit]

    def listed(self, unit: str, day: date) -> Measure | None:
        """The measure of the kind that is listed for a unit and day."""
        if unit not in self._listed:
            found = self.ledger(unit).within(date.min, date.max, [self.kind])
            self._listed[unit] = {one.date: one for one in found}
        return self._listed[unit].get(day)

    def issued(self, unit: str, day: date) -> Truth:
        """Whether a measure is listed; without one False only where the list is complete on that day."""
        if self.listed(unit, day) is not None:
            return True
        return False if self.ledger(unit).word(day, self.kind) == NONE else None

    # Crisis steps

    def crisis(self, unit: str, today: date, would: Truth, known: Known) -> dict[str, Truth]:
        """Which steps of the crisis manual tomorrow meets, by Korean name; empty before there was one."""
        steps = [one for one in self._steps if one.holds_on(today)]
        if not steps:
            return {}
        until = self.decided_at(today).hour
        met = crisis_steps(
            steps,
            measure=would,
            hours=self.outlooks.hours.day(unit, today)[:until],
            d1=known.outlook.d1,
            running={
                step.previous: [
                    self._step_in_force(steps, unit, today - timedelta(days=back), step.previous)
                    for back in range((step.days or 1) - 1, -1, -1)
                ]
                for step in steps
                if step.previous is not None
            },
        )
        names = {step.number: step.name_ko for step in steps}
        return {names[number]: truth for number, truth in sorted(met.items())}

    def _step_in_force(self, steps: list[CrisisStep], unit: str, day: date, number: int) -> Truth:
        listed = self.listed(unit, day)
        if listed is None:
            return self.issued(unit, day)
        reached = [step.number for step in steps if step.name_ko == listed.step]
        return reached[0] >= number if reached else None


def units_of(outlooks: Outlooks, region: str, first: date, last: date) -> list[str]:
    """The units that decide in a region: sido, of Gangwon its halves.

    Raises
    ------
    QuestionError
        For a place for which no measure is decided.
    """
    desk = outlooks.hours.desk
    halves = desk.facts.all("halves", Halves)
    each = {one.region: one.parts.split("|") for one in halves if one.joint == "each"}
    if any(region in parts for parts in each.values()):
        return [region]
    leaves = desk.places.leaves(region, first, last)
    for one in leaves:
        found = desk.facts.regions[one]
        if found.country != "KR" or found.kind != "sido":
            raise QuestionError(f"{found.name_en} decides no measure of its own: ask for its sido, or for kr")
    return [unit for one in leaves for unit in each.get(one, [one])]
