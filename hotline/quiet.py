"""Quiet hours: when a notice may reach a recipient, by the civil time of where that person is."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.notices import NoticeRule, Recipient


def due(recipient: Recipient, rule: NoticeRule | None, level: int, at: datetime) -> datetime:
    """From when on a notice of a level may be sent; `at` itself where no quiet hours hold it back.

    Parameters
    ----------
    rule : NoticeRule or None
        None for one that the catalogue no longer has: nothing of it is urgent.
    at : datetime
        Aware data time.
    """
    begins, ends = recipient.quiet_from, recipient.quiet_to
    if begins is None or ends is None or begins == ends or (rule is not None and rule.urgent(level)):
        return at
    zone = ZoneInfo(recipient.zone)
    here = at.astimezone(zone)
    if not _within(here.time(), begins, ends):
        return at
    day = here.date() if here.time() < ends else here.date() + timedelta(days=1)
    return datetime.combine(day, ends, zone).astimezone(UTC)


def _within(now: time, begins: time, ends: time) -> bool:
    return begins <= now < ends if begins < ends else now >= begins or now < ends
