"""The decision of 17:00 on tomorrow's measures, in three-valued logic (see `analysis.truth`).

Thresholds, windows and who decides with whom are rows of `catalogue/measure_rules.csv`,
`measure_criteria.csv` and `halves.csv`. Source: Special Act on fine dust, art. 18, and the manuals that the
rows name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.averages import HOURS, FloatArray, rolling_mean
from analysis.capture import parts_needed
from analysis.truth import Amount, Truth, above, all_of, any_of, at_least, not_
from config.rules import Halves, MeasureCriterion, MeasureRule

Level: TypeAlias = Literal["none", "advisory", "warning"]

LEVELS: tuple[Level, ...] = ("none", "advisory", "warning")


@dataclass(frozen=True)
class Outlook:
    """What is known of a unit, or of its half, when the decision falls.

    Attributes
    ----------
    today_mean : the mean of the rule's window of hours, ug/m3 (see `window_means`).
    today_alert : the highest level of an alert in any of its zones within the window.
    d1, d2 : the day means forecast for tomorrow and the day after, ug/m3; a number or a grade's bounds.
    """

    today_mean: Amount = None
    today_alert: Level | None = None
    d1: Amount = None
    d2: Amount = None


NOTHING_KNOWN = Outlook()


@dataclass(frozen=True)
class Decision:
    """What the rule says of one unit.

    Attributes
    ----------
    criteria : by name; of a unit that decides by halves, whether every half meets it.
    met : whether the unit meets the rule by itself.
    would_issue : the same once units that decide together, and free days, are looked at.
    reason : in words.
    """

    criteria: Mapping[str, Truth]
    met: Truth
    would_issue: Truth
    reason: str


def window_means(values: FloatArray, first: int, last: int, share: float = 0.75) -> NDArray[np.float64]:
    """Today's mean as it is known at 17:00, of each civil day.

    Parameters
    ----------
    values : array (..., hour)
        Hourly means of a unit, cut to whole civil days, NaN where missing.
    first, last : int
        Labels (hour-ending) of the window, inclusive: 1 and 16 are the official "0-16 h".
    share : float
        Of the window's hours that must be valid; no text fixes it, 0.75 is the share of a day.

    Returns
    -------
    array (..., day)
        In the unit of `values`, NaN where too few hours are valid.

    Raises
    ------
    ValueError
        If the hours are not whole days or the window is not within one.
    """
    if values.shape[-1] % HOURS or not 1 <= first <= last <= HOURS:
        raise ValueError(
            f"{values.shape[-1]} hours, window {first} to {last}: give whole days and labels 1 to 24"
        )
    hours = last - first + 1
    return rolling_mean(values, hours, parts_needed(share, hours))[..., last - 1 :: HOURS]


def criterion_met(criterion: MeasureCriterion, outlook: Outlook) -> Truth:
    """Whether all clauses of a criterion hold.

    Raises
    ------
    ValueError
        If it has no clause: such a row would always be met.
    """
    pairs = (
        (outlook.today_mean, criterion.today_mean_gt),
        (outlook.d1, criterion.d1_gt),
        (outlook.d2, criterion.d2_gt),
    )
    clauses = [above(amount, threshold) for amount, threshold in pairs if threshold is not None]
    if criterion.today_alert is not None:
        known = outlook.today_alert
        clauses.append(None if known is None else LEVELS.index(known) >= LEVELS.index(criterion.today_alert))
    if not clauses:
        raise ValueError(
            f"criterion {criterion.criterion} of {criterion.version} has no clause: complete its row"
        )
    return all_of(clauses)


def decide(
    rule: MeasureRule,
    criteria: Sequence[MeasureCriterion],
    outlooks: Mapping[str, Outlook],
    halves: Sequence[Halves] = (),
    *,
    regions: Sequence[str] | None = None,
    free_day: Truth = None,
) -> dict[str, Decision]:
    """What one version of the rule says of tomorrow, unit by unit.

    A unit meets the rule by any of its criteria. Gyeonggi decides by its halves together: each must
    meet it, by the same criterion or another. Gangwon's halves are units of their own.

    Units decide each for itself, all together (the metropolitan scheme until 2018-11-07), or "two-of": where
    two meet, the rest issues as well. A unit that meets alone still issues for itself: the agreement of
    8 November 2018 added a duty to the power that art. 18 gives each governor and took nothing from it. The
    list of measures cannot tell: none was in force in only one or two of Seoul, Incheon and Gyeonggi.

    Parameters
    ----------
    rule : MeasureRule
        In force on the day of the decision.
    criteria : sequence of MeasureCriterion
        Those of this version; others are left aside.
    outlooks : mapping
        By region id, halves under their own ids; what is absent is not known.
    halves : sequence of Halves
        Who decides by forecast regions.
    regions : sequence of str, optional
        The units of a rule that names the nation (`kr`: every sido); else they are the rule's own.
    free_day : bool or None
        Whether tomorrow is a Saturday, Sunday or holiday; only a rule with `free_days` asks.

    Returns
    -------
    dict
        A Decision by unit, in the rule's order.

    Raises
    ------
    ValueError
        If the version has no criteria, or one of them no clause.
    """
    own = [one for one in criteria if one.version == rule.id]
    if not own:
        raise ValueError(f"{rule.id} has no criteria: complete measure_criteria.csv")
    units = _units(regions or rule.regions.split("|"), halves)
    judged = {unit: [_by_criterion(own, outlooks, part) for part in parts] for unit, parts in units.items()}
    met = {unit: all_of(any_of(part.values()) for part in parts) for unit, parts in judged.items()}
    free = free_day if rule.free_days else False
    decisions = {}
    for unit, parts in judged.items():
        issues = _jointly(rule, met[unit], met.values())
        would = all_of([issues, not_(free)])
        by_name = {one.criterion: all_of(part[one.criterion] for part in parts) for one in own}
        reason = _said_free(issues, free) or _reason(by_name, met[unit], would)
        decisions[unit] = Decision(by_name, met[unit], would, reason)
    return decisions


def _units(regions: Sequence[str], halves: Sequence[Halves]) -> dict[str, list[str]]:
    """Units with the parts whose outlooks decide."""
    by_region = {one.region: one for one in halves}
    units: dict[str, list[str]] = {}
    for region in regions:
        half = by_region.get(region)
        if half is None:
            units[region] = [region]
        elif half.joint == "all":
            units[region] = half.parts.split("|")
        else:
            units |= {part: [part] for part in half.parts.split("|")}
    return units


def _by_criterion(
    criteria: Sequence[MeasureCriterion], outlooks: Mapping[str, Outlook], part: str
) -> dict[str, Truth]:
    outlook = outlooks.get(part, NOTHING_KNOWN)
    return {one.criterion: criterion_met(one, outlook) for one in criteria}


def _jointly(rule: MeasureRule, own: Truth, every: Iterable[Truth]) -> Truth:
    if rule.joint == "all":
        return all_of(every)
    return any_of([own, at_least(2, every)]) if rule.joint == "two-of" else own


def _said_free(issues: Truth, free: Truth) -> str | None:
    if free is False or issues is False:
        return None
    if free:
        return "tomorrow is a free day"
    return "not known: whether tomorrow is a free day" if issues else None


def _reason(criteria: Mapping[str, Truth], met: Truth, would: Truth) -> str:
    if would is None:
        unknown = ", ".join(name for name, truth in criteria.items() if truth is None)
        return f"not known: {unknown or 'what the other units meet'}"
    if would is False:
        return "no criterion is met" if met is False else "the other units do not meet it"
    if not met:
        return "two other units meet it"
    return ", ".join(name for name, truth in criteria.items() if truth) or "each half by another criterion"
