"""`yellowsea measures replay` of `cn-alert`: Chinese heavy-pollution alerts by the rule, in hindsight.

The rules look at the forecast of day AQI, which no source here gives: the observed day AQI stands in for
it, so every answer is a hindcast. An alert is decided on one day for the days that follow.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import numpy as np

from analysis.alerts import heavy_alerts
from analysis.truth import Truth, agreement, any_of
from config.clock import civil
from config.facts import Facts
from config.rules import HeavyAlertRule
from report import indices
from report.answer import Answer
from report.measures import UNKNOWN, WORDS, Ledger
from report.question import Question, QuestionError
from report.regional import Floats
from report.stations_held import Desk
from store.engine import Store

LEVELS = ("blue", "yellow", "orange", "red")
HINDCAST = "HINDCAST: the observed day AQI stands for the forecast, by the table in force on the day"
WITHOUT = "HINDCAST: without any forecast, so that nothing is known"

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Days:
    """Day AQI of a place (day,) from a civil day on; NaN where not known."""

    first: date
    aqi: Floats

    def index(self, day: date) -> int:
        """The position of a civil day."""
        return (day - self.first).days


def ask(store: Store, facts: Facts, question: Question, forecast: str) -> Answer:
    """Day by day which levels were in force by the rule, and whether an alert is listed.

    Raises
    ------
    NothingHeldError
        Where no day AQI can be computed.
    QuestionError
        For a place outside China or one for which no rule is documented.
    """
    if question.region is None or question.country != "CN":
        raise QuestionError("cn-alert is decided for Chinese cities and groups: --region cn-beijing")
    with store.read() as connection:
        places = Desk(connection, facts).places
    rules = _rules_of(facts, question.region.id, places.regions_of(question.region.id))
    ahead = max((rule.days or 1 for rule in rules), default=1)
    wide = replace(question, first=question.first - ahead * _DAY, end=question.end + ahead * _DAY)
    found = indices.ask(store, facts, replace(wide, basis=question.basis, whole_days=True), "cn-aqi", "day")
    days = _days(found.answer, wide, known=forecast != "none")
    levels = _in_force(days, rules)
    ledger = Ledger(facts, places, question.region.id)
    rows = _rows(question, days, levels, ledger, rules)
    return {
        "question": {**question.as_json(), "rule": "cn-alert", "forecast": forecast},
        "method": {
            **found.answer["method"],
            "hindcast": True,
            "forecast": HINDCAST if forecast != "none" else WITHOUT,
            "issued": "true where listed; the list of heavy-pollution alerts is not complete",
            "words": WORDS,
            "versions": _versions(rules, question),
        },
        "data": _noted(found.answer["data"], forecast),
        "alerts": _alerts(question, days, levels),
        "decisions": rows,
        "agreement": dict(
            agreement([one["would_issue"] for one in rows], [one["issued"] for one in rows])._asdict()
        ),
    }


def _rules_of(facts: Facts, region: str, around: list[str]) -> list[HeavyAlertRule]:
    """The rules of a place: its own before those of a region around it that hold at the same time."""
    found: list[HeavyAlertRule] = []
    for one in (region, *(outer for outer in around if outer != region)):
        near = list(found)
        for rule in facts.all("heavy_alert_rules", HeavyAlertRule):
            first, last = rule.valid_from or date.min, rule.valid_to or date.max
            if one in rule.regions.split("|") and not any(other.holds_in(first, last) for other in near):
                found.append(rule)
    return list(dict.fromkeys(found))


def _days(answer: Answer, question: Question, *, known: bool) -> Days:
    first = question.first_day
    aqi = np.full((question.last_day - first).days + 1, np.nan)
    for row in answer["values"]:
        if known and row["index"] is not None:
            aqi[(date.fromisoformat(row["start"][:10]) - first).days] = row["index"]
    return Days(first, aqi)


def _in_force(days: Days, rules: list[HeavyAlertRule]) -> dict[str, list[Truth]]:
    """By level whether an alert is in force on each day (day,): a criterion met before covers it."""
    n = len(days.aqi)
    calendar = np.datetime64(days.first, "D") + np.arange(n)
    covered: dict[str, list[list[Truth]]] = {}
    for rule in rules:
        covering = covered.setdefault(rule.level, [[] for _ in range(n)])
        for decided, met in enumerate(heavy_alerts(days.aqi, calendar, [rule])[rule.level]):
            holds = rule.holds_on(calendar[decided].astype(date))
            for day in range(decided + 1, min(n, decided + 1 + (rule.days or 1))) if holds else ():
                covering[day].append(met)
    # A level that the version of the day does not have is not met; without any version nothing is known.
    ruled = [any(covering[day] for covering in covered.values()) for day in range(n)]
    return {
        level: [any_of(covered[level][day]) if ruled[day] else None for day in range(n)]
        for level in LEVELS
        if level in covered
    }


def _rows(
    question: Question,
    days: Days,
    levels: dict[str, list[Truth]],
    ledger: Ledger,
    rules: list[HeavyAlertRule],
) -> list[Answer]:
    listed = {one.date: one for one in ledger.within(question.first_day, question.last_day, ["heavy-alert"])}
    rows = []
    for n in range((question.last_day - question.first_day).days + 1):
        day = question.first_day + n * _DAY
        at = days.index(day)
        criteria = {level: truths[at] for level, truths in levels.items()}
        highest = next((one for one in reversed(LEVELS) if criteria.get(one)), None)
        aqi = days.aqi[at]
        would = any_of(criteria.values()) if criteria else None
        rows.append(
            {
                "region": ledger.region,
                "decided_at": _midnight(question, day).isoformat(),
                "for_date": day.isoformat(),
                "criteria": criteria,
                "would_issue": would,
                "level": highest,
                "issued": True if day in listed else None,
                "issued_level": listed[day].step if day in listed else None,
                "issued_words": "listed" if day in listed else UNKNOWN,
                "reason": _reason(rules, day, would, highest),
                "aqi": None if np.isnan(aqi) else int(aqi),
            }
        )
    return rows


def _reason(rules: list[HeavyAlertRule], day: date, would: Truth, highest: str | None) -> str:
    if not any(rule.holds_on(day - _DAY) for rule in rules):
        return "no rule is documented for this day"
    if would is None:
        return "not known: the AQI of days that decide"
    return highest or "no criterion is met"


def _alerts(question: Question, days: Days, levels: dict[str, list[Truth]]) -> list[Answer]:
    """The runs of days in force of each level; issued at the end of the day of the decision."""
    rows = []
    for level, truths in levels.items():
        edges = np.flatnonzero(np.diff([one is True for one in truths], prepend=False, append=False))
        for first, end in edges.reshape(-1, 2).tolist():
            issued, lifted = (_midnight(question, days.first + n * _DAY) for n in (first, end))
            if issued >= question.end or lifted <= question.first:
                continue
            rows.append(
                {
                    "region": question.region.id if question.region else None,
                    "level": level,
                    "issued_at": issued.isoformat(),
                    "lifted_at": None if end == len(truths) else lifted.isoformat(),
                    "value": float(days.aqi[first]) if not np.isnan(days.aqi[first]) else None,
                    "peak": float(np.nanmax(days.aqi[first:end])),
                }
            )
    return sorted(rows, key=lambda row: (row["issued_at"], LEVELS.index(row["level"])))


def _midnight(question: Question, day: date) -> datetime:
    return datetime.combine(day, time(), civil(question.zone))


def _noted(data: Answer, forecast: str) -> Answer:
    return {**data, "notes": [*data["notes"], HINDCAST if forecast != "none" else WITHOUT]}


def _versions(rules: list[HeavyAlertRule], question: Question) -> list[Answer]:
    first, last = question.first_day - _DAY, question.last_day
    return [
        {
            "id": f"{rule.version}, {rule.level} {rule.alternative}",
            "regions": rule.regions.split("|"),
            "basis": rule.basis,
            "source": rule.source,
            "confidence": rule.confidence,
        }
        for rule in rules
        if rule.holds_in(first, last)
    ]
