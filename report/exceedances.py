"""`yellowsea exceedances`: days above the limits in force, and whether a year meets them as they state it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

import numpy as np

from analysis.exceedance import exceedance
from config.facts import Facts
from config.policy import Standard
from report.answer import Answer, data_of_place, method_of_place, number
from report.question import Question, QuestionError
from report.regional import PlaceValues, day_values
from report.stations_held import Desk
from store.engine import Store

Every = Literal["month", "year"]

# A year as validity.csv counts it, where it says days.
YEAR_DAYS = 365

METHOD = {
    "limits": "each day is set against the limit of its date; the limits of the country and those of the WHO",
    "percentile": "as the standard states it, interpolated between ranks (HJ 663-2013)",
    "meets": "null where the standard does not hold throughout the year, states no such form, or fewer days "
    "are valid than a year needs",
    "one region": "authorities judge each station (Korea) or city (China); this judges the regional mean",
}


@dataclass(frozen=True)
class _Period:
    label: str
    first: date
    last: date


def ask(store: Store, facts: Facts, question: Question, every: str = "year") -> Answer:
    """Days above every limit that holds in the span, by month or year.

    Raises
    ------
    NothingHeldError, QuestionError
    """
    if every not in get_args(Every):
        raise QuestionError(f"--every is one of {', '.join(get_args(Every))}")
    if not question.whole_days or not question.country:
        raise QuestionError(
            "exceedances are counted in civil days of a region: --region seoul --from 2018-01-01"
        )
    with store.read() as connection:
        desk = Desk(connection, facts)
        place = day_values(desk, question)
        limits = _limits(facts, question)
        year = facts.validity[f"{question.country.lower()}-year"]
        needed = year.share if year.share is not None else (year.needed or YEAR_DAYS) / YEAR_DAYS
        rows = [
            _row(question, place, period, one, needed)
            for period in _periods(question, every)
            for one in limits
            if one.holds_in(period.first, period.last)
        ]
        return {
            "question": {**question.as_json(), "every": every},
            "method": {
                **method_of_place(desk, question, place),
                **METHOD,
                "year_rule": {"id": year.id, "share": needed, "source": year.source},
                "standards": {one.id: one.source for one in limits},
            },
            "data": data_of_place(desk, place),
            "exceedances": rows,
        }


def _limits(facts: Facts, question: Question) -> list[Standard]:
    return [
        one
        for one in facts.standards.values()
        if one.country in (question.country, None)
        and one.pollutant == question.pollutant
        and one.day is not None
    ]


def _periods(question: Question, every: str) -> Iterator[_Period]:
    """Calendar months or years, cut at the edges of the span."""
    first = question.first_day
    while first <= question.last_day:
        year, month = (first.year, first.month) if every == "month" else (first.year, 12)
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        label = f"{first:%Y-%m}" if every == "month" else f"{first:%Y}"
        yield _Period(label, first, min(last, question.last_day))
        first = last + timedelta(days=1)


def _row(question: Question, place: PlaceValues, period: _Period, limit: Standard, needed: float) -> Answer:
    first = max(period.first, limit.valid_from or period.first)
    last = min(period.last, limit.valid_to or period.last)
    at = (first - question.first_day).days
    days = place.value[at : at + (last - first).days + 1]
    asked = percentile_of(limit)
    found = exceedance(days, limit.day or 0.0, asked)
    judged = (first, last) == (period.first, period.last) and _is_year(period)

    def met(value: float, against: float | None) -> bool | None:
        return found.meets(value, against, needed) if judged else None

    return {
        "label": period.label,
        "start": first.isoformat(),
        "end": last.isoformat(),
        "standard": limit.id,
        "grade": limit.grade,
        "day_limit": limit.day,
        "days_above": found.above if found.valid else None,
        "n": found.valid,
        "capture": found.valid / found.days,
        "percentile": asked,
        "percentile_value": number(found.percentile),
        "percentile_meets": met(found.percentile, limit.day),
        "mean": number(found.mean),
        "year_limit": limit.year,
        "year_meets": met(found.mean, limit.year),
        "highest": number(np.nanmax(days)) if found.valid else None,
        "confidence": limit.confidence,
    }


def _is_year(period: _Period) -> bool:
    return (period.first.month, period.first.day, period.last.month, period.last.day) == (1, 1, 12, 31)


def percentile_of(limit: Standard) -> float | None:
    """The percentile of day means that a standard compares with its limit; None where it states none."""
    stated = re.match(r"(\d+(?:\.\d+)?)(?:st|nd|rd|th) percentile", limit.day_form or "")
    return float(stated[1]) if stated else None
