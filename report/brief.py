"""`yellowsea brief`, the sheet of 17:15: today's air, alerts, forecasts, and what the rule says of tomorrow.

It tells what was known at a moment: hours that had ended, bulletins and alerts that had been issued. What is
not held is null, never 0 and never "no".
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache

from analysis.alerts import Alert
from analysis.decisions import LEVELS, criterion_met
from analysis.truth import Truth, any_of
from config.clock import civil
from config.facts import Facts
from config.policy import Season
from report.alerts_by_rule import LEAD
from report.answer import Answer
from report.day_decision import Decided, Evening, units_of
from report.measures import WORDS
from report.outlooks import Outlooks
from report.question import NothingHeldError, Question
from report.question import ask as asked
from report.replay_measures import row
from report.stations_held import Desk
from report.unit_hours import UnitHours, sido_of
from store.engine import Store

KOREA = "kr"
_DAY = timedelta(days=1)


def ask(store: Store, facts: Facts, region: str | None, at: datetime) -> Answer:
    """The sheet of a moment (aware) for Korea, or for the sido of a region.

    Raises
    ------
    NothingHeldError
        Where neither hours nor forecasts, alerts or listed measures are held for the day.
    QuestionError, UnknownPlaceError, AmbiguousPlaceError
        For a place that decides no measure.
    """
    with store.read() as connection:
        desk = Desk(connection, facts)
        zone = civil(facts.regions[KOREA].zone)
        today = at.astimezone(zone).date()
        span = str(today)
        question = asked(facts, desk.places, region=region or KOREA, since=span, until=span, basis="hourly")
        hours = UnitHours(desk, question, today - LEAD, today, until=at)
        evening = Evening(facts, Outlooks(hours, "issued", _sido(facts)), "emergency")
        units = _shown(evening.outlooks, question, today)
        moment = min(at.astimezone(zone), evening.decided_at(today))
        deciding = [one for one in units if one not in _joined(evening.outlooks)]
        decided = evening.of(deciding, today, moment)
        rows = [_row(evening, one, today, at, moment, decided.get(one)) for one in units]
        _something(rows, question, hours)
        data = hours.data()
        if not evening.outlooks.forecasts_held:
            data["notes"] = [*data["notes"], "no forecast for tomorrow or the day after is stored: not held"]
        return {
            "question": {**question.as_json(), "at": at.astimezone(zone).isoformat()},
            "method": _method(evening, today, moment),
            "data": data,
            "regions": rows,
        }


def _sido(facts: Facts) -> tuple[str, ...]:
    return tuple(one.id for one in facts.regions.values() if one.country == "KR" and one.kind == "sido")


def _joined(outlooks: Outlooks) -> set[str]:
    """The halves that decide only together: Gyeonggi's."""
    return {part for one in _sido(outlooks.hours.desk.facts) for part in outlooks.parts(one)} - set(
        units_of(outlooks, KOREA, date.max, date.max)
    )


def _shown(outlooks: Outlooks, question: Question, today: date) -> list[str]:
    """The units that decide, each followed by its halves where it decides by them."""
    region = question.region.id if question.region else KOREA
    found = []
    for unit in units_of(outlooks, region, today, today):
        found += [unit, *outlooks.parts(unit)]
    return found


def _row(
    evening: Evening, unit: str, today: date, at: datetime, moment: datetime, decided: Decided | None
) -> Answer:
    tomorrow = today + _DAY
    if decided is None:
        decided = _of_half(evening, unit, today, moment)
    told = row(evening, unit, tomorrow, moment, decided)
    mean = told["today"]
    return {
        "region": unit,
        "name": evening.facts.regions[unit].name_en,
        "for_date": told["for_date"],
        "mean_0_16h": mean["mean"],
        "hours": mean["hours"],
        "stations": mean["stations"] or None,
        "alerts": _alerts(evening.outlooks, unit, at),
        "alert_0_16h": mean["alert"],
        "forecast": {"d1": told["d1"], "d2": told["d2"]},
        "criteria": told["criteria"],
        "would_issue": told["would_issue"],
        "reason": told["reason"],
        "crisis_steps": told["crisis_steps"],
        "issued": told["issued"],
        "issued_words": told["issued_words"],
        **_season(evening, unit, today),
    }


def _of_half(evening: Evening, unit: str, today: date, moment: datetime) -> Decided:
    """What a half meets by itself; it decides only together with the other one."""
    sido = sido_of(evening.facts, unit)
    rules = [rule for rule in evening.in_force(today) if evening.concerns(rule, [sido])]
    met: dict[str, Truth] = dict.fromkeys(evening.criteria, False if rules else None)
    for rule in rules:
        window = (rule.window_first, rule.window_last)
        outlook = evening.outlooks.at(unit, today, window, moment).outlook
        for one in evening.criteria_of(rule):
            met[one.criterion] = any_of([met[one.criterion], criterion_met(one, outlook)])
    return Decided(tuple(rule.id for rule in rules), met, None, f"{sido} decides by both halves")


def _alerts(outlooks: Outlooks, unit: str, at: datetime) -> list[Answer] | None:
    """The alerts in force at the moment, by zone; None where neither hours nor published ones are held."""
    hours, zone = outlooks.hours, civil(outlooks.hours.template.zone)
    told = [one.as_json(zone) for one in outlooks.of_unit(unit) if one.in_force(at, at)]
    witnesses = [one for one in outlooks.alerts.witnesses(unit) if hours.place(one) is not None]
    for place in witnesses:
        held = [one for one in outlooks.alerts.of(place) if _at(hours, one, at)]
        if held:  # the warning, under which the advisory goes on
            one = max(held, key=lambda alert: LEVELS.index(alert.level))
            told.append(_replayed(hours, unit, place, one.level, hours.end_of(one.issued), one.value))
    return told if told or witnesses else None


def _at(hours: UnitHours, alert: Alert, at: datetime) -> bool:
    return hours.end_of(alert.issued) <= at and (alert.lifted is None or hours.end_of(alert.lifted) > at)


def _replayed(hours: UnitHours, unit: str, place: str, level: str, issued: datetime, value: float) -> Answer:
    return {
        "region": unit,
        "zone": hours.desk.facts.regions[place].name_ko if place != unit else None,
        "pollutant": hours.template.pollutant,
        "level": level,
        "issued_at": issued.isoformat(),
        "issued_value": value,
        "origin": "replayed",
    }


def _season(evening: Evening, unit: str, today: date) -> Answer:
    """The days with a measure since the season began, as far as they are listed; None outside a season."""
    ledger = evening.ledger(unit)
    through = ledger.known_through("emergency")
    season = _season_of(evening.facts, today)
    counted = season is not None and through is not None and through >= season.start
    return {
        "season": season and season.id,
        "season_measure_days": len(ledger.days(season.start, today)) if season and counted else None,
        "known_through": through and through.isoformat(),
    }


def _season_of(facts: Facts, today: date) -> Season | None:
    held = (one for one in facts.seasons.values() if one.country == "KR" and one.start <= today <= one.end)
    return next(held, None)


def _something(rows: Iterable[Answer], question: Question, hours: UnitHours) -> None:
    """Whether anything at all is held for the day; a list that was looked after is not a thing held."""
    for one in rows:
        ahead = any(one["forecast"].values())
        if one["hours"] or one["alerts"] or ahead or one["issued"]:
            return
    day = question.first_day
    alone = UnitHours(hours.desk, question, day, day)
    alone.place(question.region.id if question.region else KOREA)
    raise NothingHeldError(
        f"no hours, forecasts or alerts of {question.place} are held for {day}", alone.held
    )


@cache
def columns() -> dict[str, str]:
    """Headings of the sheet by key of `line`."""
    return {
        "name": "region",
        "mean": "0-16 h",
        "hours": "hours",
        "stations": "stations",
        "alerts": "alerts in force",
        "d1": "tomorrow",
        "d2": "day after",
        "met": "criteria",
        "would": "rule",
        "issued": "issued for tomorrow",
        "season": "season's days",
    }


def _method(evening: Evening, today: date, moment: datetime) -> Answer:
    rules = evening.in_force(today)
    return {
        "unit": "ug/m3",
        "today_mean": "mean of the window's hours (hour-ending labels, 75 % valid) ended by the moment",
        "forecast": f"as stored, known at {moment.isoformat()}",
        "hindcast": False,
        "alerts": "in force at the moment: published where held, and by the rule from hours of zones or sido",
        "logic": "true, false, null where what is known does not decide",
        "season_measure_days": "dates with an emergency measure since the season began, as far as listed",
        "words": WORDS,
        "versions": [
            {"id": one.id, "window": f"{one.window_first}-{one.window_last}", "source": one.source}
            for one in rules
        ],
    }
