"""Days of yellow dust, by the rule of the country: told by coarse particles, where PM10 is held beside PM2.5.

Which days the authorities counted as dust is not held; the rule is ours and of low confidence
(`catalogue/dust_rules.csv`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from config.facts import Facts
from config.rules import DustRule
from report.question import NothingHeldError, Question
from report.regional import Floats, PlaceValues, day_values
from report.stations_held import Desk


@dataclass(frozen=True)
class DustDays:
    """What the rule says of each civil day (day,): whether it was dusty, and whether that could be judged."""

    rule: DustRule
    first: int
    dusty: npt.NDArray[np.bool_]
    judged: npt.NDArray[np.bool_]
    ratio: Floats
    """PM2.5 over PM10, NaN where one of them is missing."""

    def within(self, first: int, end: int) -> bool | None:
        """Whether any day touched by the hours `first` to `end` was dusty; None where that is not known."""
        days = slice((first - self.first) // 24, -(-(end - self.first) // 24))
        if self.dusty[days].any():
            return True
        return False if self.judged[days].all() else None

    def ratio_within(self, first: int, end: int) -> float:
        """The mean ratio of those days; NaN where none has one."""
        days = self.ratio[(first - self.first) // 24 : -(-(end - self.first) // 24)]
        known = days[~np.isnan(days)]
        return float(known.mean()) if known.size else float("nan")


def rule_of(facts: Facts, country: str) -> DustRule | None:
    """The rule of a country; None where the catalogue has none."""
    return next((one for one in facts.all("dust_rules", DustRule) if one.country == country), None)


def judge(rule: DustRule, fine: PlaceValues, coarse: PlaceValues) -> DustDays:
    """The rule on day means of PM2.5 and PM10 of the same place and days."""
    both = ~np.isnan(fine.value) & ~np.isnan(coarse.value)
    ratio = np.full(len(both), np.nan)
    np.divide(fine.value, coarse.value, out=ratio, where=both & (coarse.value > 0))
    dusty = both & (coarse.value > rule.pm10_gt) & (fine.value < rule.ratio_lt * coarse.value)
    return DustDays(rule, fine.first, dusty, both, ratio)


def dust_days(desk: Desk, question: Question, fine: PlaceValues) -> DustDays | None:
    """The dust days of a question about PM2.5, on the basis of its values; None where PM10 is not held."""
    rule = rule_of(desk.facts, question.country)
    if rule is None or question.pollutant != "pm25" or not question.whole_days:
        return None
    try:
        days = fine if fine.step == 24 else day_values(desk, replace(question, basis="hourly"))
        return judge(rule, days, day_values(desk, replace(question, basis=days.basis, pollutant="pm10")))
    except NothingHeldError:
        return None
