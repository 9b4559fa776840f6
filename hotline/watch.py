"""One look at all rules: what begins, escalates or ends now is filed, with a delivery for everyone concerned.

Filing and queueing are one transaction: a notice that is filed has its deliveries, and what was not filed
is seen again at the next look.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from config.facts import Facts
from config.notices import NoticeRule, Recipient, parted
from config.places import Places
from hotline.occasions import Step, advance
from hotline.quiet import due
from hotline.rules import Sighting, sight
from hotline.scene import Scene
from hotline.telling import facts_of
from report.answer import Answer
from store.deliveries import enqueue, supersede
from store.engine import Store
from store.notices import Notice, Occasion, keep_occasion, open_occasions, put_notice


def rules_of(facts: Facts) -> list[NoticeRule]:
    """The rules in force."""
    return facts.all("notices", NoticeRule)


def recipients_of(facts: Facts) -> list[Recipient]:
    """Whom there is to tell."""
    return facts.all("recipients", Recipient)


def subjects_of(rule: NoticeRule, silence: Iterable[Answer] | None) -> list[str]:
    """What a rule is judged for: its regions, or every source that has a state."""
    return [one["id"] for one in silence or ()] if rule.about == "silence" else rule.subjects


def concerned(facts: Facts, rule: NoticeRule, subject: str) -> list[Recipient]:
    """Who hears a notice of a rule about a subject."""
    heard = [one for one in recipients_of(facts) if one.hears(rule)]
    if rule.about == "silence":
        return heard
    return [one for one in heard if one.regions is None or subject in _regions(facts, one)]


def _regions(facts: Facts, one: Recipient) -> set[str]:
    """The regions of a recipient with all that they consist of."""
    places, named = Places(facts), parted(one.regions)
    return {*named, *(part for region in named for part in places.leaves(region, date.min, date.max))}


def look(store: Store, facts: Facts, scene: Scene, at: datetime) -> list[Notice]:
    """Judge every rule at a moment and file what is new; returns the notices filed."""
    with store.read() as connection:
        held = open_occasions(connection)
    steps = []
    for rule in rules_of(facts):
        for subject in subjects_of(rule, scene.silence):
            before = held.get((rule.id, subject))
            seen = sight(rule, subject, scene, at)
            now, step = step_of(rule, subject, before, seen, at)
            if now is not None and now != before:
                told = facts_of(rule, subject, seen, scene, at, now.began_at) if step else {}
                steps.append((rule, now, step, told))
    if not steps:
        return []
    with store.write() as connection:
        filed = [file(connection, facts, rule, now, step, told, at) for rule, now, step, told in steps]
    return [one for one in filed if one is not None]


def step_of(
    rule: NoticeRule, subject: str, before: Occasion | None, seen: Sighting, at: datetime
) -> tuple[Occasion | None, Step | None]:
    """The occasion of a rule and subject after a sighting, and what is to be told of it."""
    return advance(before, rule.id, subject, seen.level, at, timedelta(hours=rule.clear_hours))


def file(
    connection: Connection,
    facts: Facts,
    rule: NoticeRule,
    now: Occasion,
    step: Step | None,
    told: Answer,
    at: datetime,
) -> Notice | None:
    """Keep an occasion as it stands and, where there is a step, its notice and deliveries."""
    keep_occasion(connection, now)
    if step is None:
        return None
    notice = put_notice(connection, now, step.stage, step.level, at, told)
    if notice is not None:
        queue(connection, rule, notice, concerned(facts, rule, notice.subject))
    return notice


def queue(connection: Connection, rule: NoticeRule, notice: Notice, recipients: Iterable[Recipient]) -> int:
    """A delivery for each of the recipients; it stands for earlier ones that are still held back."""
    rows: list[dict[str, Any]] = []
    for one in recipients:
        supersede(connection, notice.id, one.id, one.channel, notice.raised_at)
        rows.append(
            {
                "recipient": one.id,
                "channel": one.channel,
                "language": one.language,
                "key": key_of(notice, one.id, one.channel),
                "due_at": due(one, rule, notice.level, notice.raised_at),
            }
        )
    return enqueue(connection, notice.id, rows)


def key_of(notice: Notice, recipient: str, channel: str) -> str:
    """What tells a delivery from every other, the same at each try, in each database."""
    return _hash(
        notice.rule, notice.subject, notice.occasion, notice.stage, str(notice.level), recipient, channel
    )


def story_of(notice: Notice, recipient: str, channel: str) -> str:
    """What all deliveries of an occasion to a recipient by a channel share."""
    return _hash(notice.rule, notice.subject, notice.occasion, recipient, channel)


def _hash(*said: str) -> str:
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:32]
