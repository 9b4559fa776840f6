"""Who would have been told, when, and how long before the measure: the rules on a past, nothing sent.

Only what the database holds counts. Where nobody was collecting at the time the answer is a hindcast and says
so; forecasts count as issued, or, as a hindcast, the day means that came in their place.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from config.clock import civil
from config.facts import Facts
from config.notices import NoticeRule, parted
from hotline.base_rates import base_rates
from hotline.history import WARM_UP, Past, Raised, walk
from hotline.leads import Leads
from hotline.quiet import due
from hotline.scene import Mode
from hotline.watch import concerned, rules_of
from hotline.wording import text_of
from report.answer import NO_READINGS, Answer, data_of_feeds
from report.question import NothingHeldError, QuestionError
from report.stations_held import Desk
from store.engine import Store

_HOUR = timedelta(hours=1)


def ask(
    store: Store,
    facts: Facts,
    first: datetime,
    end: datetime,
    *,
    only: str | None = None,
    region: str | None = None,
    mode: Mode = "issued",
    language: str = "en",
) -> Answer:
    """The notices that the rules would have raised from `first` to `end` (exclusive), and their base rates.

    Parameters
    ----------
    only, region : the id of a rule, of a region; else all.

    Raises
    ------
    QuestionError
        For a rule that there is not.
    NothingHeldError
        Where nothing is held of any region that the rules watch.
    """
    rules = _asked(facts, only)
    with store.read() as connection:
        desk = Desk(connection, facts)
        past = Past(desk, _full_hour(first) - WARM_UP, end - _HOUR, mode)
        judged = _judged(past, rules, region)
        if not judged:
            told = f"nothing of what the rules watch is held from {first.date()} to {end.date()}"
            raise NothingHeldError(told, None)
        raised = walk(past, judged, first)
        leads = Leads(facts)
        return {
            "question": {
                "from": first.isoformat(),
                "to": end.isoformat(),
                "to_is": "exclusive",
                "rule": only,
                "region": region,
                "forecast": mode,
            },
            "method": METHOD,
            "data": _data(desk, past, judged),
            "rules": [_rule(one, past, judged, raised) for one in rules],
            "base_rates": base_rates(desk, judged, end.date(), mode),
            "notices": [_row(facts, one, leads, language) for one in raised],
        }


METHOD = {
    "walk": "each full hour, by what is held up to it; notices begin, escalate and end as in the daemon",
    "knowledge": "as known then: batches were arriving at the hour, and later ones are left out; "
    "hindcast: what is held came later, and each hour counts as known when it ended",
    "forecast": "issued: bulletins as stored; observed: the day mean that came, from 17:00 of the day before "
    "(a hindcast, better than any forecast); none",
    "leads": "hours from the notice to the first emergency measure in force at or after it, within 72 h; "
    "below zero the measure was there first; where only the day of the announcement is known, "
    "the rule's hour stands for it",
    "base_rates": "civil days of the five winters (December to March) up to the span on which the rule "
    "fires, of those for which it is known; alerts by the hour, the rest at 0, 6, 12 and 18 o'clock",
    "words": "a notice tells what was measured or forecast, never causes; no measure known",
}


def _full_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _asked(facts: Facts, only: str | None) -> list[NoticeRule]:
    rules = rules_of(facts)
    if only is None:
        return rules
    found = [one for one in rules if one.id == only]
    if not found:
        raise QuestionError(
            f"no rule of notices is called {only!r}; there are {', '.join(one.id for one in rules)}"
        )
    return found


def _judged(past: Past, rules: list[NoticeRule], region: str | None) -> list[tuple[NoticeRule, str]]:
    """The rules with those of their regions of which anything is held."""
    scene = past.whole
    return [
        (rule, subject)
        for rule in rules
        for subject in rule.subjects
        if region in (None, subject)
        and (
            scene.held(subject, rule.pollutant)
            or bool(scene.published(subject, rule.pollutant))
            or (rule.about == "forecast" and scene.bulletins_held(rule.pollutant))
        )
    ]


def _rule(rule: NoticeRule, past: Past, judged: list[tuple[NoticeRule, str]], raised: list[Raised]) -> Answer:
    """How a rule fared, or why it was not judged."""
    subjects = [subject for one, subject in judged if one.id == rule.id]
    ours = [one for one in raised if one.rule.id == rule.id]
    return {
        "rule": rule.id,
        "about": rule.about,
        "judged": _why_not(rule, subjects, past) is None,
        "why_not": _why_not(rule, subjects, past),
        "subjects": subjects,
        "first": sum(one.notice.stage == "first" for one in ours),
        "escalated": sum(one.notice.stage == "escalated" for one in ours),
        "all_clear": sum(one.notice.stage == "all-clear" for one in ours),
        "source": rule.source,
        "confidence": rule.confidence,
        "note": rule.note,
    }


def _why_not(rule: NoticeRule, subjects: list[str], past: Past) -> str | None:
    if rule.about == "silence":
        return "how sources stood in the past is not held"
    if not subjects:
        return "nothing is held of its regions"
    if rule.about in ("forecast", "upwind"):
        if past.mode == "none":
            return "forecasts were left out"
        if past.mode == "issued" and not past.whole.bulletins_held(rule.pollutant):
            return "no bulletin of the span is held"
    return None


def _row(facts: Facts, one: Raised, leads: Leads, language: str) -> Answer:
    rule, notice = one.rule, one.notice
    zone = civil(facts.regions[notice.subject].zone)
    told = [
        {
            "recipient": to.id,
            "channel": to.channel,
            "language": to.language,
            "due_at": due(to, rule, notice.level, notice.raised_at).astimezone(zone).isoformat(),
        }
        for to in concerned(facts, rule, notice.subject)
    ]
    return {
        "at": notice.raised_at.astimezone(zone).isoformat(),
        "rule": rule.id,
        "subject": notice.subject,
        "stage": notice.stage,
        "level": notice.level,
        "title": text_of(facts, notice, language).title,
        "audiences": parted(rule.tell),
        "recipients": told,
        "knowledge": one.knowledge,
        "lead": leads.of(notice.subject, notice.raised_at) if notice.stage != "all-clear" else None,
        "facts": notice.facts,
    }


def _data(desk: Desk, past: Past, judged: list[tuple[NoticeRule, str]]) -> Answer:
    """Where the readings of the span come from."""
    feeds: set[str] = set()
    stations = 0
    for region, pollutant in sorted({(subject, rule.pollutant) for rule, subject in judged}):
        place = past.whole.unit(region, pollutant).place(region)
        if place is not None:
            feeds |= {origin.feed for origin in place.origins}
            stations += place.panel.stations
    told = data_of_feeds(desk, [desk.feeds[one] for one in sorted(feeds)])
    return {**NO_READINGS, **told, "stations": stations}
