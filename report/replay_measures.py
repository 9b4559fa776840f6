"""`yellowsea measures replay --rule kr-emergency`: the decision of 17:00 rebuilt, and what was issued.

A decision falls on one day for the next; the asked span is that of the days in force. With the forecasts
stored at issue time it says what was known; with observed day means in their place, or without any, it is a
hindcast and labelled so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from analysis.truth import Truth, agreement
from config.facts import Facts
from report.alerts_by_rule import LEAD
from report.answer import Answer
from report.day_decision import Decided, Evening, units_of
from report.forecasts import Expected, as_json
from report.measures import UNKNOWN, WORDS
from report.outlooks import Known, Mode, Outlooks, Window
from report.question import NothingHeldError, Question, QuestionError
from report.stations_held import Desk
from report.unit_hours import UnitHours

# "0-16 h" in the law; one article of 2023-03-20 gives values of 0-17 h (catalogue, measure_rules.csv).
OTHER_WINDOW: Window = (1, 17)

FORECASTS = {
    "issued": "the forecast stored at issue time: the newest bulletin of each product known at the decision",
    "observed": "HINDCAST: the observed day means of tomorrow and the day after stand for the forecast",
    "none": "HINDCAST: without any forecast, so that what hangs on it is not known",
}

PRELIMINARY = "by its own criteria; an emergency measure for the same day takes its place (no day lists both)"

_DAY = timedelta(days=1)


@dataclass
class Replay:
    """The evenings of a span, in the asked window of hours and in the other one."""

    question: Question
    outlooks: Outlooks
    units: list[str]
    window: Window | None

    def evening(self, kind: str, window: Window | None = None) -> Evening:
        """The decisions of one kind of measure."""
        return Evening(self.outlooks.hours.desk.facts, self.outlooks, kind, window or self.window)

    @property
    def days(self) -> list[date]:
        """The days in force, one decision each and unit."""
        first, last = self.question.first_day, self.question.last_day
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def ask(desk: Desk, question: Question, mode: Mode, window: Window | None = None) -> Answer:
    """Every decision for the days of the span, by unit, beside what is listed as issued.

    Units that decide together are decided together, also when only one of them is asked for.

    Raises
    ------
    NothingHeldError
        Where neither hours nor forecasts of any unit are held.
    QuestionError
        For a place that decides no measure, or another pollutant than PM2.5.
    """
    if question.region is None:
        raise QuestionError("measures are issued for regions: ask with --region")
    if question.pollutant != "pm25":
        raise QuestionError("emergency measures are decided by PM2.5: leave --pollutant out")
    hours = UnitHours(desk, question, question.first_day - _DAY - LEAD, question.last_day - _DAY)
    sido = tuple(one.id for one in desk.facts.regions.values() if one.country == "KR" and one.kind == "sido")
    outlooks = Outlooks(hours, mode, sido)
    units = units_of(outlooks, question.region.id, question.first_day, question.last_day)
    replay = Replay(question, outlooks, units, window)
    rows = _rows(replay, replay.evening("emergency"))
    if all(hours.place(one) is None for one in units) and not outlooks.forecasts_held:
        raise NothingHeldError(
            f"neither hours nor forecasts of {question.place} are held for decisions "
            f"from {question.first_day - _DAY} to {question.last_day - _DAY}",
            hours.held,
        )
    preliminary = _rows(replay, replay.evening("preliminary"))
    other, otherwise = _otherwise(replay, rows)
    data = hours.data()
    data["notes"] = [*data["notes"], *_notes(outlooks, mode)]
    return {
        "question": {**question.as_json(), "rule": "kr-emergency", "forecast": mode, "window": _text(window)},
        "method": _method(replay, mode),
        "data": data,
        "decisions": rows,
        "agreement": _agreement(rows),
        "preliminary": {"decisions": preliminary, "agreement": _agreement(preliminary), "note": PRELIMINARY},
        "other_window": {
            "window": _text(other),
            "decisions": len(rows),
            "decided_otherwise": len(otherwise),
            "cases": otherwise,
        },
    }


def _rows(replay: Replay, evening: Evening) -> list[Answer]:
    rows = []
    for day in replay.days:
        today = day - _DAY
        at = evening.decided_at(today)
        decided = evening.of(replay.units, today, at)
        rows += [row(evening, unit, day, at, decided[unit]) for unit in replay.units]
    return rows


def row(evening: Evening, unit: str, day: date, at: datetime, decided: Decided) -> Answer:
    """One decision as answers show it."""
    today, outlooks, facts = day - _DAY, evening.outlooks, evening.facts
    window = evening.window or _window_of(evening, today)
    known = outlooks.at(unit, today, window, at)
    issued = evening.issued(unit, day)
    told = {
        "region": unit,
        "decided_at": at.isoformat(),
        "for_date": day.isoformat(),
        "criteria": dict(decided.criteria),
        "would_issue": decided.would_issue,
        "issued": issued,
        "issued_words": words(evening, unit, day, issued),
        "reason": decided.reason,
        "rules": list(decided.versions),
        "today": _today(known, window),
        "d1": _ahead(facts, known.d1, day, at),
        "d2": _ahead(facts, known.d2, day + _DAY, at),
        "halves": {part: _half(outlooks, part, today, window, at) for part in outlooks.parts(unit)},
    }
    if evening.kind == "emergency":
        told["crisis_steps"] = evening.crisis(unit, today, decided.would_issue, known)
    return told


def words(evening: Evening, unit: str, day: date, issued: Truth) -> str:
    """What is said of a day with or without a listed measure."""
    if issued is None:
        return UNKNOWN
    return evening.ledger(unit).word(day, evening.kind) if issued is False else "listed"


def _window_of(evening: Evening, today: date) -> Window:
    rule = (evening.in_force(today) or evening.rules[-1:])[0]
    return rule.window_first, rule.window_last


def _today(known: Known, window: Window) -> Answer:
    return {
        "mean": known.outlook.today_mean,
        "hours": known.hours,
        "window": _text(window),
        "stations": known.stations,
        "alert": known.outlook.today_alert,
        "alert_origin": known.alert_origin,
    }


def _half(outlooks: Outlooks, part: str, today: date, window: Window, at: datetime) -> Answer:
    known, facts = outlooks.at(part, today, window, at), outlooks.hours.desk.facts
    return {
        "today": _today(known, window),
        "d1": _ahead(facts, known.d1, today + _DAY, at),
        "d2": _ahead(facts, known.d2, today + 2 * _DAY, at),
    }


def _ahead(facts: Facts, told: Expected | float | None, day: date, at: datetime) -> Answer | None:
    if isinstance(told, Expected):
        return as_json(facts, told, "pm25", day, at.tzinfo)
    return None if told is None else {"for_date": day.isoformat(), "observed": told}


def _otherwise(replay: Replay, rows: Iterable[Answer]) -> tuple[Window, list[Answer]]:
    """Which decisions the other window of hours would have turned from yes to no, or from no to yes."""
    other = OTHER_WINDOW if replay.window is None else None
    evening = Evening(replay.outlooks.hours.desk.facts, replay.outlooks, "emergency", other)
    found: dict[tuple[str, str], Truth] = {}
    for day in replay.days:
        today = day - _DAY
        decided = evening.of(replay.units, today, evening.decided_at(today))
        found |= {(unit, day.isoformat()): one.would_issue for unit, one in decided.items()}
    turned = [
        {"region": one["region"], "for_date": one["for_date"], "would_issue": one["would_issue"]}
        | {"in_other_window": found[one["region"], one["for_date"]]}
        for one in rows
        if {one["would_issue"], found[one["region"], one["for_date"]]} == {True, False}
    ]
    return other or _window_of(evening, replay.question.last_day - _DAY), turned


def _agreement(rows: list[Answer]) -> Answer:
    return dict(agreement([one["would_issue"] for one in rows], [one["issued"] for one in rows])._asdict())


def _text(window: Window | None) -> str | None:
    return None if window is None else f"{window[0]}-{window[1]}"


def _notes(outlooks: Outlooks, mode: Mode) -> list[str]:
    if mode != "issued":
        return [FORECASTS[mode]]
    if outlooks.forecasts_held:
        return []
    return [
        "no forecast of this span is stored: what hangs on it is not known (a hindcast: --forecast observed)"
    ]


def _method(replay: Replay, mode: Mode) -> Answer:
    first, last = replay.question.first_day - _DAY, replay.question.last_day - _DAY
    kinds = [replay.evening(kind) for kind in ("emergency", "preliminary")]
    return {
        "unit": "ug/m3",
        "hindcast": mode != "issued",
        "forecast": FORECASTS[mode],
        "span": "the days in force; each is decided on the day before",
        "logic": "true, false, null where what is known does not decide; a criterion that a version does not "
        "have is false",
        "units": "sido; Gyeonggi by both halves together, Gangwon by each half; what decides together is "
        "decided together",
        "today_mean": "mean of the window's hours of today (labels hour-ending), 75 % valid; unrounded",
        "today_alert": "in force at any moment of the window in any zone: as published where held, or by the "
        "rule from the means of zones, of the unit where no zone is held; the higher of the two",
        "issued": "true where listed; false only where the list is complete on that day",
        "words": WORDS,
        "versions": [
            {
                "id": rule.id,
                "regions": rule.regions.split("|"),
                "joint": rule.joint,
                "window": _text((rule.window_first, rule.window_last)),
                "criteria": [one.criterion for one in kind.criteria_of(rule)],
                "source": rule.source,
                "confidence": rule.confidence,
            }
            for kind in kinds
            for rule in kind.rules
            if rule.holds_in(first, last) and kind.concerns(rule, replay.units)
        ],
    }
