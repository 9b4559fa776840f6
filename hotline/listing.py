"""What was told to whom: notices with their deliveries; and the rules with those whom they reach."""

from __future__ import annotations

from datetime import UTC, datetime

from config.facts import Facts
from config.notices import NoticeRule, parted
from hotline.watch import recipients_of, rules_of
from hotline.wording import text_of
from report.answer import NO_READINGS, Answer
from report.question import NothingHeldError
from store import deliveries
from store.deliveries import Delivery
from store.engine import Store
from store.notices import Notice, notices, notices_of


def told(
    store: Store,
    facts: Facts,
    since: datetime | None = None,
    until: datetime | None = None,
    last: int = 100,
    language: str = "en",
) -> Answer:
    """The newest notices from `since` to `until` (exclusive), newest first, each with its deliveries."""
    with store.read() as connection:
        found = notices(connection, since, until, last)
        sent = deliveries.deliveries_of(connection, [one.id for one in found])
    rows = [_row(facts, one, [d for d in sent if d.notice_id == one.id], language) for one in found]
    return {
        "question": {"from": _iso(since), "to": _iso(until), "last": last},
        "method": {"states": STATES},
        "data": NO_READINGS,
        "notices": rows,
        "failed": sum(one.state == "failed" for one in sent),
    }


STATES = (
    "waiting: not due, in quiet hours, or to be tried again; leased: on its way; delivered: the receiver "
    "accepted it; failed: given up; superseded: a later notice of the occasion stands for it"
)


def _row(facts: Facts, notice: Notice, sent: list[Delivery], language: str) -> Answer:
    return {
        "id": notice.id,
        "raised_at": notice.raised_at.isoformat(),
        "rule": notice.rule,
        "subject": notice.subject,
        "occasion": notice.occasion,
        "stage": notice.stage,
        "level": notice.level,
        "title": text_of(facts, notice, language).title,
        "deliveries": [_delivery(one) for one in sent],
        "facts": notice.facts,
    }


def _delivery(one: Delivery) -> Answer:
    return {
        "recipient": one.recipient,
        "channel": one.channel,
        "language": one.language,
        "state": one.state,
        "attempts": one.attempts,
        "due_at": one.due_at.isoformat(),
        "delivered_at": _iso(one.delivered_at),
        "acknowledged_at": _iso(one.acknowledged_at),
        "error": one.error,
    }


def acknowledge(store: Store, notice_id: int, recipient: str | None = None) -> Answer:
    """Mark a notice as seen, by one recipient or for all of them; the first mark stands.

    Raises
    ------
    NothingHeldError
        For a notice that there is not, or that was not for that recipient.
    """
    with store.write() as connection:
        if notice_id not in notices_of(connection, [notice_id]):
            raise NothingHeldError(f"no notice has the number {notice_id}: `yellowsea hotline list`", None)
        marked = deliveries.acknowledge(connection, notice_id, recipient, datetime.now(UTC))
    if not marked:
        whom = f"to {recipient}" if recipient else "to anybody"
        raise NothingHeldError(f"notice {notice_id} has no delivery {whom}", None)
    return {
        "question": {"id": notice_id, "recipient": recipient},
        "method": {"states": STATES},
        "data": NO_READINGS,
        "deliveries": [_delivery(one) for one in marked],
    }


def rules(facts: Facts) -> Answer:
    """The rules in force, each with those whom it reaches; addresses are not told."""
    people = recipients_of(facts)
    rows = []
    for rule in rules_of(facts):
        reached = [one for one in people if one.hears(rule)]
        rows.append(
            {
                "rule": rule.id,
                "about": rule.about,
                "subjects": rule.subjects,
                "levels": _levels(rule),
                "urgent_from": rule.urgent_from,
                "clear_hours": rule.clear_hours,
                "audiences": parted(rule.tell),
                "recipients": [f"{one.id} ({one.channel}, {one.language})" for one in reached],
                "source": rule.source,
                "confidence": rule.confidence,
                "note": rule.note,
            }
        )
    return {"question": {}, "method": {}, "data": NO_READINGS, "rules": rows}


def _levels(rule: NoticeRule) -> list[str]:
    """What each level means, from the first on."""
    if rule.thresholds:
        unit = "h" if rule.about == "silence" else "ug/m3"
        sign = ">=" if rule.about == "silence" else ">"
        return [f"{sign} {one:g} {unit}" for one in rule.thresholds]
    return parted(rule.profiles) or parted(rule.alerts)


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
