"""`yellowsea measures replay` of `kr-advisory` and `kr-warning`: alerts by the rule, beside those published.

An alert zone answers with the mean of its stations, a sido with its own hourly series, which stands in for
its zones: a composite where that is what is held. Where such a proxy cannot give what was published, the
difference is listed with the values of the hours that decided.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np

from analysis.alerts import Alert
from analysis.decisions import LEVELS
from analysis.truth import Truth, agreement, any_of
from config.clock import civil
from report.alerts_by_rule import LEAD, Alerts
from report.answer import Answer, number
from report.published_alerts import Published, published
from report.question import NothingHeldError, Question, QuestionError
from report.stations_held import Desk
from report.unit_hours import UnitHours


def regions_of(desk: Desk, question: Question) -> list[str]:
    """The regions that are replayed: the sido of a nation or area, else the one asked for."""
    if question.region is None:
        raise QuestionError("alerts and measures are issued for regions: ask with --region")
    return desk.places.leaves(question.region.id, question.first_day, question.last_day)


def ask(desk: Desk, question: Question, rule: str) -> Answer:
    """The alerts of `kr-advisory` or `kr-warning` in force in the span, beside those published.

    Raises
    ------
    NothingHeldError
        Where no hour is held of any of the regions.
    QuestionError
        For a rule of another country.
    """
    level = rule.removeprefix("kr-")
    regions = regions_of(desk, question)
    hours = UnitHours(desk, question, question.first_day - LEAD, question.last_day)
    alerts = Alerts(hours)
    if all(hours.place(one) is None for one in regions):
        raise NothingHeldError(f"no hour of {question.pollutant} of {question.place} is held", hours.held)
    rows = [row for one in regions for row in _rows(alerts, one, level, question)]
    known = [
        one
        for one in published(desk, regions, question.pollutant, question.first, question.end)
        if one.place in regions or one.region in regions
    ]
    compared = [_beside(alerts, one) for one in known if one.level == level]
    data = hours.data()
    data["notes"] = [*data["notes"], *_proxies(alerts, regions)]
    return {
        "question": {**question.as_json(), "rule": rule},
        "method": _method(alerts, regions, level, question),
        "data": data,
        "alerts": sorted(rows, key=lambda row: (row["issued_at"], row["region"])),
        "published": compared,
        "differences": [event for one in compared for event in one["events"] if event["hours"] != 0],
        "agreement": _agreement(alerts, regions, level, known, question),
    }


def _rows(alerts: Alerts, region: str, level: str, question: Question) -> list[Answer]:
    hours, rows = alerts.hours, []
    for one in alerts.of(region):
        issued = hours.end_of(one.issued)
        lifted = None if one.lifted is None else hours.end_of(one.lifted)
        if one.level != level or issued >= question.end or (lifted and lifted <= question.first):
            continue
        place = hours.place(region)
        rows.append(
            {
                "region": region,
                "level": level,
                "issued_at": issued.isoformat(),
                "lifted_at": None if lifted is None else lifted.isoformat(),
                "value": one.value,
                "peak": one.peak,
                "onset": hours.end_of(one.onset).isoformat(),
                "hours_missing": one.n_missing,
                "censored": one.censored,
                "rule": one.rule,
                "kinds": sorted(place.panel.kinds) if place else [],
            }
        )
    return rows


def _beside(alerts: Alerts, one: Published) -> Answer:
    """A published alert with what the rule gives for its issue and its end."""
    hours = alerts.hours
    witness = one.place if hours.place(one.place) is not None else one.region
    found = _matching(alerts, witness, one)
    zone = civil(hours.template.zone)
    rule = alerts.rule(one.region, one.level, one.issued_at.astimezone(zone).date())
    told = one.as_json(zone) | {"witness": witness}
    enter, release, needed = (rule.enter, rule.release_lt, rule.hours) if rule else (None, None, 1)
    issued = hours.end_of(found.issued) if found else None
    events = [_event(hours, witness, told, "issued", issued, f">= {enter:g}" if enter else None, needed)]
    if one.cleared_at is not None:
        lifted = hours.end_of(found.lifted) if found and found.lifted is not None else None
        events.append(
            _event(hours, witness, told, "lifted", lifted, f"< {release:g}" if release else None, 1)
        )
    return {**told, "events": events}


def _matching(alerts: Alerts, witness: str, one: Published) -> Alert | None:
    """The replayed alert of the same level that overlaps the published one; of several the nearest issue."""
    hours = alerts.hours
    end = one.cleared_at or one.issued_at + timedelta(hours=1)
    overlapping = [
        alert
        for alert in alerts.of(witness)
        if alert.level == one.level
        and hours.end_of(alert.issued) < end
        and (alert.lifted is None or hours.end_of(alert.lifted) > one.issued_at)
    ]
    return min(overlapping, key=lambda a: abs(hours.end_of(a.issued) - one.issued_at), default=None)


def _event(
    hours: UnitHours,
    witness: str,
    told: Answer,
    event: str,
    replayed: datetime | None,
    needs: str | None,
    needed: int,
) -> Answer:
    """One published moment beside the replayed one, with our values of the hours that decided."""
    prefix = "issued" if event == "issued" else "cleared"
    at = datetime.fromisoformat(told[f"{prefix}_at"])
    moments = [at] if replayed is None else [at, replayed]
    return {
        "region": told["region"],
        "zone": told["zone"],
        "level": told["level"],
        "event": event,
        "published_at": told[f"{prefix}_at"],
        "published_value": told[f"{prefix}_value"],
        "replayed_at": None if replayed is None else replayed.isoformat(),
        "hours": None if replayed is None else (replayed - at) / timedelta(hours=1),
        "needs": needs and f"{needs} for {needed} h",
        "witness": witness,
        "values": _values(hours, witness, moments, needed),
        "held": not np.isnan(hours.values(witness)).all(),
        "source": told["source"],
    }


def _values(hours: UnitHours, region: str, moments: list[datetime], needed: int) -> list[Answer]:
    """Our means of the hours that ended at some moments, and of those before them that count."""
    values, found = hours.values(region), {}
    for moment in moments:
        last = int(moment.timestamp()) // 3600 - hours.first_hour
        for index in range(last - needed, last):
            if 0 <= index < len(values):
                found[hours.end_of(index + 1).isoformat()] = number(values[index])
    return [{"end": end, "value": value} for end, value in sorted(found.items())]


def _agreement(
    alerts: Alerts, regions: list[str], level: str, known: list[Published], question: Question
) -> Answer:
    """By region and civil day; no list of published alerts is known to be complete, so none says "none"."""
    days = [
        question.first_day + timedelta(days=n)
        for n in range((question.last_day - question.first_day).days + 1)
    ]
    cases = [(one, day) for one in regions for day in days]
    rule = [alerts.in_force(one, level, day) for one, day in cases]
    issued = [_published_on(alerts.hours, one, level, day, known) for one, day in cases]
    return agreement(rule, issued)._asdict() | {"of": "regions and civil days"}


def _published_on(hours: UnitHours, region: str, level: str, day: date, known: list[Published]) -> Truth:
    start = hours.end_of((day - hours.first).days * 24)
    mine = [one for one in known if region in (one.place, one.region) and _reaches(one, level)]
    said = any_of(one.in_force(start, start + timedelta(days=1, seconds=-1)) for one in mine)
    return True if said else None


def _reaches(one: Published, level: str) -> bool:
    """Whether an alert is of the level or above it: the advisory goes on beneath a warning."""
    return one.level in LEVELS[LEVELS.index(level) :]


def _proxies(alerts: Alerts, regions: list[str]) -> list[str]:
    parts = alerts.hours.desk.facts.districts
    if all(one in parts or alerts.hours.place(one) is None for one in regions):
        return []
    told = "the series of a sido stands in for its alert zones, in which a station or the zone's mean decides"
    return [f"{told}; ask for a zone by its id where its stations are held"]


def _method(alerts: Alerts, regions: list[str], level: str, question: Question) -> Answer:
    first, last = question.first_day, question.last_day
    versions = {
        rule.id: rule
        for one in regions
        for rule in alerts.rules(one)
        if rule.level == level and rule.holds_in(first, last)
    }
    return {
        "unit": "ug/m3",
        "hindcast": False,
        "needs": "observations only",
        "issued_at": "the end of the deciding hour, civil time",
        "lead_days": LEAD.days,
        "missing_hours": "neither count towards an issue nor lift an alert",
        "versions": [
            {
                "id": one.id,
                "enter": f">= {one.enter:g} for {one.hours} h",
                "release": None if one.release_lt is None else f"< {one.release_lt:g}",
                "valid_from": one.valid_from and one.valid_from.isoformat(),
                "valid_to": one.valid_to and one.valid_to.isoformat(),
                "source": one.source,
                "confidence": one.confidence,
            }
            for one in versions.values()
        ],
        "words": "no list of published alerts is complete: an alert by the rule without one is undecidable",
    }
