"""Months, seasons and years of a span, each with its mean and whether enough of it is valid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

import numpy as np

from analysis.averages import period_means
from analysis.capture import Capture
from analysis.prewhiten import Floats
from config.facts import Facts
from report.question import Question, QuestionError
from report.season_windows import scheme
from report.span_mean import ENOUGH

Every = Literal["month", "season", "year"]
EVERY: tuple[Every, ...] = get_args(Every)

# China's rule asks 27 days of a month and 25 of February: three fewer than there are, at most.
_MAY_LACK = 3


@dataclass(frozen=True)
class Period:
    """A period of the calendar: its civil days, inclusive, and where it stands in years from the first."""

    label: str
    first: date
    last: date
    time: float
    phase: int

    @property
    def days(self) -> int:
        """How many days the calendar has."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class PeriodMean:
    """The mean of a period's valid regional days, NaN where too few are, and how many are."""

    period: Period
    value: float
    n: int


def periods(facts: Facts, question: Question, every: Every) -> list[Period]:
    """The periods that lie wholly in the span, in order; those between them are none's."""
    found = _seasons(facts, question) if every == "season" else _calendar(question, every)
    return [one for one in found if question.first_day <= one.first and one.last <= question.last_day]


def _calendar(question: Question, every: Every) -> list[Period]:
    months = 1 if every == "month" else 12
    first, last = question.first_day, question.last_day
    begin = first.year * 12 + (first.month - 1 if every == "month" else 0)
    end = last.year * 12 + last.month - 1
    found = []
    for number in range(begin, end + 1, months):
        start, following = _month(number), _month(number + months)
        label = f"{start:%Y-%m}" if every == "month" else f"{start:%Y}"
        time = (number - begin) / 12
        found.append(Period(label, start, following - timedelta(days=1), time, (start.month - 1) // months))
    return found


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _seasons(facts: Facts, question: Question) -> list[Period]:
    system = scheme(facts, question.country)
    begin = question.first_day.year - 1
    years = range(begin, question.last_day.year + 1)
    return [
        Period(f"{question.country.lower()}-{year}", *system.window(year), float(year - begin), 0)
        for year in years
    ]


def means(facts: Facts, question: Question, every: Every, days: Floats) -> list[PeriodMean]:
    """The mean of each period, by the country's rule of how many valid days it needs.

    `days` are the regional day means of the question's span.

    Raises
    ------
    QuestionError
        Where no period lies wholly in the span.
    """
    asked = periods(facts, question, every)
    if not asked:
        raise QuestionError(f"no whole {every} lies between {question.first_day} and {question.last_day}")
    found = []
    for one in asked:
        at = (one.first - question.first_day).days
        part = days[at : at + one.days]
        mean = period_means(part, np.zeros(len(part), np.int8))
        n = int(mean.n_valid[0])
        enough = n >= needed(facts, question.country, every, one.days)
        found.append(PeriodMean(one, float(mean.mean[0]) if enough else np.nan, n))
    return found


def needed(facts: Facts, country: str, every: Every, days: int) -> int:
    """How many valid days a period needs: the country's rule, three of four where it has none."""
    fact = facts.validity.get(f"{country.lower()}-{every}")
    rule = Capture.from_fact(fact) if fact else Capture(every, share=ENOUGH)
    parts = rule.parts(days)
    return min(parts, days - _MAY_LACK) if every == "month" else parts
