"""Which assumptions of an estimate hold, each with its figure; the ones that fail as plainly as others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from analysis.effects import Fit, autocorrelation, residuals
from analysis.matching import Balance, balance
from analysis.measure_days import Days
from analysis.placebo import Placebo
from report.answer import Answer
from report.measures import Ledger
from report.unit_hours import sido_of

# Of days and of measure days that must have what the estimate needs.
COVERED = 0.9
MOST = 0.75
# Measure days under which an estimate hangs on single days.
MANY = 10
# Differences in standard deviations (Stuart 2010, Statistical Science 25).
BALANCED = 0.25
# A policy parts the periods themselves.
ELSE = ("covid", "event")


@dataclass(frozen=True)
class Sample:
    """The days of one unit, period and kind of measure day.

    Attributes
    ----------
    listed, told : measure days listed, and those of them with a forecast stored at the decision.
    forecast_days, calendar_days : days of the period with such a forecast, and all.
    every, days : days of which everything is known, and those of them that can be compared.
    weather : the weather of the day that is a covariate.
    """

    unit: str
    first: date
    last: date
    vehicle_rules: bool
    listed: int
    told: int
    forecast_days: int
    calendar_days: int
    every: Days
    days: Days
    weather: tuple[str, ...] = ()


def checks(ledger: Ledger, sample: Sample, method: str, fit: Fit, chance: Placebo) -> list[Answer]:
    """The assumptions of an estimate as answers show them."""
    own = _of_matching(sample.days, fit) if method == "matched-days" else _of_regression(sample.days, fit)
    return [
        _coverage(sample),
        _many(fit.n),
        _overlap(sample, fit.n),
        *own,
        _placebo(fit, chance),
        _weather(sample),
        _list(ledger, sample),
        _nothing_else(ledger, sample),
    ]


def failed(assumptions: Iterable[Answer]) -> list[str]:
    """The names of those that do not hold."""
    return [one["assumption"] for one in assumptions if one["held"] is False]


def check(assumption: str, held: bool | None, told: str) -> Answer:
    return {"assumption": assumption, "held": held, "told": told}


def _coverage(sample: Sample) -> Answer:
    share = sample.forecast_days / sample.calendar_days
    held = sample.told == sample.listed and share >= COVERED
    return check(
        "forecast coverage",
        held,
        f"a forecast known at the decision is stored for {sample.told} of {sample.listed} measure days and "
        f"{sample.forecast_days} of {sample.calendar_days} days",
    )


def _many(n: int) -> Answer:
    return check("number of measure days", n >= MANY, f"{n} count; {MANY} are wanted")


def _overlap(sample: Sample, n: int) -> Answer:
    return check(
        "overlap",
        n >= MOST * sample.listed,
        f"{n} of {sample.listed} measure days have comparable days without a measure",
    )


def _of_regression(days: Days, fit: Fit) -> list[Answer]:
    r, chance = autocorrelation(days, residuals(days, fit))
    held = None if np.isnan(r) else bool(abs(r) <= chance)
    return [
        check(
            "residuals without autocorrelation",
            held,
            f"from one day to the next {r:+.2f}, by chance within {chance:.2f}; the errors allow for it",
        )
    ]


def _of_matching(days: Days, fit: Fit) -> list[Answer]:
    found: Balance = balance(days)
    if not fit.n:
        return []
    worst = max(abs(found.value), abs(found.forecast))
    return [
        check(
            "balance after matching",
            bool(worst <= BALANCED),
            f"value at the decision {found.value:+.2f}, expected forecast {found.forecast:+.2f} standard "
            f"deviations apart (within {BALANCED:g}); what is left is corrected for by slope",
        )
    ]


def _placebo(fit: Fit, chance: Placebo) -> Answer:
    if not chance.draws:
        return check("placebo expectation of none", None, "no placebo was drawn")
    return check(
        "placebo expectation of none",
        bool(abs(chance.mean) <= fit.error / 2),
        f"{100 * np.expm1(chance.mean):+.1f} % on {chance.draws} draws of pseudo measure days",
    )


def _weather(sample: Sample) -> Answer:
    told = ", ".join(sample.weather) or "not stored: weather is in it as far as the forecast knew it"
    return check("weather of the day", bool(sample.weather) or None, told)


def _list(ledger: Ledger, sample: Sample) -> Answer:
    complete = ledger.complete(sample.first, sample.last)
    told = "complete" if complete else "not known to be complete: a comparison day may have had a measure"
    return check("list of measures", complete or None, told)


def _nothing_else(ledger: Ledger, sample: Sample) -> Answer:
    around = {sample.unit, *ledger.places.regions_of(sido_of(ledger.facts, sample.unit))}
    others = [
        one.title
        for one in ledger.facts.confounders
        if one.kind in ELSE
        and around & set(one.regions)
        and one.start <= sample.last
        and one.end >= sample.first
    ]
    return check("nothing else changed", not others, "; ".join(others) or "nothing else is listed")
