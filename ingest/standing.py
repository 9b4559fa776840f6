"""How the sources of bulletins stand: rows for `yellowsea status`, beside those of the hourly feeds."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from config.settings import Settings
from ingest.bulletins import BulletinSpec
from ingest.hours import moment
from ingest.memory import hours_of
from ingest.registry import BULLETINS
from store import batches, ledger, quota
from store.engine import Store
from store.forecasts import newest_issue

if TYPE_CHECKING:
    from sqlalchemy import Connection

# What was due, or an answer, is late after so many hours, as the hourly feeds are.
GRACE_HOURS = 2.0


def bulletins(store: Store, settings: Settings) -> list[dict[str, Any]]:
    """The state of every enabled source of bulletins, in the keys of the hourly ones.

    `newest` is the issue of its newest forecast, or its newest answer where it brings none.
    """
    with store.read() as connection:
        return [
            _row(connection, source.spec, settings)
            for name, source in BULLETINS.items()
            if settings.source(name).enabled
        ]


def _row(connection: Connection, spec: BulletinSpec, settings: Settings) -> dict[str, Any]:
    zone, clock = ZoneInfo(spec.zone), settings.data_clock
    standing = ledger.standing(connection, spec.id)
    used = quota.used(connection, spec.account or spec.id, clock.now().astimezone(zone).date())
    answered = batches.newest_answer(connection, spec.id)
    newest = newest_issue(connection, spec.product) if spec.product else answered
    limit = settings.source(spec.id).daily_calls or spec.daily_calls
    settled = None if standing.settled is None else moment(standing.settled)
    return {
        "id": spec.id,
        "feed": None,
        "newest": _local(newest, zone),
        "settled": _local(settled, zone),
        "open": standing.open,
        "lost": standing.lost,
        "late": _late(connection, spec, hours_of(clock), answered),
        "calls": used.calls,
        "calls_left": used.left(limit),
        "exhausted": used.exhausted,
        "blocked": standing.blocked,
        "error": standing.error,
    }


def _late(connection: Connection, spec: BulletinSpec, now: float, answered: datetime | None) -> bool:
    """Whether a dispatch of an open window is overdue; or, without dispatches, the last answer old."""
    windows = ledger.unsettled(connection, spec.id)
    if not spec.dispatches:
        since = None if answered is None else (now - answered.timestamp() / 3600)
        return bool(windows) and (since is None or since > GRACE_HOURS)
    overdue = now - GRACE_HOURS
    return any(
        sum(one.start + dispatch <= overdue for dispatch in spec.dispatches) > one.present for one in windows
    )


def _local(at: datetime | None, zone: ZoneInfo) -> str | None:
    return None if at is None else at.astimezone(zone).isoformat()
