"""Alerts by rule: Korean advisories and warnings from hourly values, Chinese heavy alerts from day AQI.

Korea (Clean Air Conservation Act, enforcement rules, annex 7; `catalogue/alert_rules.csv`): a level is
issued at `enter` or more for `hours` hours in a row and ends below `release_lt`. Thresholds are those in
force on the civil day of an hour. A warning ends by stepping down: the advisory beneath it has its own, lower
limit and goes on until then.

China (unified rules of 2017, 2018 and 2023; `catalogue/heavy_alert_rules.csv`): the forecast of day AQI
decides. What was observed stands in for it here, which makes every answer a hindcast.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.averages import FloatArray, IntArray
from analysis.truth import Truth, above, all_of, any_of, at_least
from config.fact import Dated
from config.rules import AlertRule, HeavyAlertRule

Days = NDArray[np.datetime64]
LEVELS: tuple[Literal["advisory", "warning"], ...] = ("advisory", "warning")


class Alert(NamedTuple):
    """One alert of a level.

    Hours are indices of the series: the alert is issued and lifted at the start of hour `issued` and
    `lifted`, which is the end of the hour that decided.

    Attributes
    ----------
    level : `advisory` or `warning`.
    rule : id of the version that issued it.
    onset : first of the hours in a row that led to it.
    issued, lifted : exclusive end of the deciding hour; `lifted` is None where the data end before.
    value : of the hour that decided the issue.
    peak : the highest value from the onset to the lifting.
    n_missing : hours without a value while it was in force.
    censored : "left" where hours before are missing (or the data begin) and it may have been in force
        earlier; "right" where hours in force are missing and it may have been lifted earlier, or the data
        end; "both"; else "no".
    """

    level: Literal["advisory", "warning"]
    rule: str
    onset: int
    issued: int
    lifted: int | None
    value: float
    peak: float
    n_missing: int
    censored: Literal["no", "left", "right", "both"]


class _Limits(NamedTuple):
    """The thresholds of a level at each hour (hour,); NaN where no rule is in force."""

    enter: NDArray[np.float64]
    release: NDArray[np.float64]
    needed: IntArray
    rule: NDArray[np.object_]


def replay(values: FloatArray, days: Days, rules: Sequence[AlertRule]) -> list[Alert]:
    """The advisories and warnings that the rules give.

    Parameters
    ----------
    values : array (hour,)
        Hourly means of one alert zone (or what stands in for it), ug/m3, no hour left out, NaN where missing.
        A missing hour neither counts towards an issue nor lifts: it breaks the hours in a row, and an alert
        goes on through it.
    days : array of datetime64[D] (hour,)
        The civil day of each hour: that of its start, so that label 24:00 belongs to the day it ends.
    rules : sequence of AlertRule
        Of one pollutant, all versions. Hours at which none is in force neither issue nor lift.

    Returns
    -------
    list of Alert
        In order of issue; where both are issued by one hour, the advisory first.

    Raises
    ------
    ValueError
        If the shapes do not fit or the rules are those of several pollutants.
    """
    hours = np.asarray(values, np.float64)
    if hours.ndim != 1 or np.shape(days) != hours.shape:
        raise ValueError(f"{hours.shape} hours and {np.shape(days)} civil days do not fit")
    if len({rule.pollutant for rule in rules}) > 1:
        raise ValueError("the rules are of several pollutants: give those of one")
    found = [
        alert
        for level in LEVELS
        for alert in _of_level(hours, level, _limits(level, np.asarray(days, "datetime64[D]"), rules))
    ]
    return sorted(found, key=lambda alert: alert.issued)


def heavy_alerts(day_aqi: FloatArray, days: Days, rules: Sequence[HeavyAlertRule]) -> dict[str, list[Truth]]:
    """On which days the criteria of each level are met, looking forward from the day of the decision.

    A level is met by any of its alternatives: AQI above `aqi_gt` on each of the `days` days that follow and
    above `also_gt` on `also_days` of them; or AQI of `reaches` or more on the day that follows. Versions that
    speak of the rolling 24 h AQI are read on civil days, which can miss a run that begins within a day.

    Parameters
    ----------
    day_aqi : array (day,)
        Day AQI of one city, or the mean of a group, one per day, NaN where not known.
    days : array of datetime64[D] (day,)
        Their civil days.
    rules : sequence of HeavyAlertRule
        Of one place, all versions; those in force on the day of the decision decide.

    Returns
    -------
    dict
        By level, a truth per day: None where days ahead are not known and decide, and where no rule at all is
        in force. A level that a version does not have is not met.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a rule has no criterion.
    """
    aqi = np.asarray(day_aqi, np.float64)
    if aqi.ndim != 1 or np.shape(days) != aqi.shape:
        raise ValueError(f"{aqi.shape} values and {np.shape(days)} civil days do not fit")
    in_force = [_holds(rule, np.asarray(days, "datetime64[D]")) for rule in rules]
    met: dict[str, list[Truth]] = {rule.level: [] for rule in rules}
    for day in range(len(aqi)):
        held = [rule for rule, holds in zip(rules, in_force, strict=True) if holds[day]]
        for level, truths in met.items():
            ways = (_heavy(rule, aqi[day + 1 :]) for rule in held if rule.level == level)
            truths.append(any_of(ways) if held else None)
    return met


def _heavy(rule: HeavyAlertRule, ahead: FloatArray) -> Truth:
    length = rule.days or 1
    aqi: list[float | None] = [*ahead[:length].tolist(), *[None] * (length - len(ahead))]
    clauses: list[Truth] = []
    if rule.aqi_gt is not None:
        clauses += [above(value, rule.aqi_gt) for value in aqi]
    if rule.also_gt is not None:
        clauses.append(at_least(rule.also_days or 1, [above(value, rule.also_gt) for value in aqi]))
    if rule.reaches is not None:
        clauses.append(above(aqi[0], np.nextafter(rule.reaches, -np.inf)))
    if not clauses:
        raise ValueError(
            f"{rule.version}, {rule.level} {rule.alternative} has no criterion: complete its row"
        )
    return all_of(clauses)


def _holds(rule: Dated, days: Days) -> NDArray[np.bool_]:
    since = np.datetime64(rule.valid_from or "0001-01-01", "D")
    until = np.datetime64(rule.valid_to or "9999-12-31", "D")
    return (since <= days) & (days <= until)


def _limits(level: str, days: Days, rules: Sequence[AlertRule]) -> _Limits:
    limits = _Limits(
        np.full(days.shape, np.nan),
        np.full(days.shape, np.nan),
        np.ones(days.shape, np.int64),
        np.full(days.shape, None),
    )
    for rule in rules:
        if rule.level == level:
            row: tuple[Any, ...] = (rule.enter, rule.release_lt, rule.hours, rule.id)
            holds = _holds(rule, days)
            for limit, value in zip(limits, row, strict=True):
                limit[holds] = np.nan if value is None else value
    return limits


def _of_level(values: FloatArray, level: Literal["advisory", "warning"], limits: _Limits) -> list[Alert]:
    hour = np.arange(len(values))
    low = ~(values >= limits.enter)
    in_a_row = hour - np.maximum.accumulate(np.where(low, hour, -1))
    issues = ~low & (in_a_row >= limits.needed)
    in_force = _last_was(issues, values < limits.release)
    edges = np.flatnonzero(np.diff(in_force, prepend=False, append=False)).reshape(-1, 2)
    return [_alert(values, level, limits, int(first), int(end)) for first, end in edges]


def _last_was(begins: NDArray[np.bool_], ends: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether the last event up to each hour, this one included, was a beginning."""
    hour = np.arange(len(begins))
    begun = np.maximum.accumulate(np.where(begins, hour, -1))
    ended = np.maximum.accumulate(np.where(ends, hour, -1))
    return begun > ended


def _alert(
    values: FloatArray, level: Literal["advisory", "warning"], limits: _Limits, first: int, end: int
) -> Alert:
    onset = first + 1 - int(limits.needed[first])
    before = onset - 1
    while before >= 0 and values[before] >= limits.release[before]:
        before -= 1
    left = before < 0 or bool(np.isnan(values[before]))
    n_missing = int(np.isnan(values[first:end]).sum())
    right = n_missing > 0 or end == len(values)
    return Alert(
        level,
        rule=str(limits.rule[first]),
        onset=onset,
        issued=first + 1,
        lifted=end + 1 if end < len(values) else None,
        value=float(values[first]),
        peak=float(np.nanmax(values[onset:end])),
        n_missing=n_missing,
        censored="both" if left and right else "left" if left else "right" if right else "no",
    )
