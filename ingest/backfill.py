"""`yellowsea backfill`: older hours through the ledger, as politely as the day's calls allow.

It is `fetch` of a span with fewer calls to spend: those that the live hours may still need today, looks at
the page on show and stations that miss one, are not offered. What the source forgets soonest is asked first
(`ingest/plan.py`); what is left stays open in the ledger, where the next backfill or a daemon goes on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from config.facts import Facts
from config.settings import Settings
from ingest.fetch import collector_of, fetch_once
from ingest.hours import EPOCH
from ingest.plan import LOOKS_MINUTES, MISSES_AN_HOUR
from ingest.registry import BULLETINS, SOURCES
from ingest.source import Quota, SourceError
from store import ledger, quota
from store.engine import Store
from store.locks import LockedError

COUNTS = ("rows", "new", "changed", "same", "rejected")
NO_CALLS = "the calls that today can spare are used"
IN_VAIN = "the source did not bring the rest yet"
BY_DAEMON = "a daemon works on this database: it goes on with them by itself"
FAULT = "the source failed"
# A source that failed or had nothing yet is worth another try so much later.
TRY_AGAIN = timedelta(minutes=30)


def backfill(
    store: Store, facts: Facts, settings: Settings, name: str, bounds: tuple[datetime, datetime]
) -> tuple[dict[str, Any], SourceError | None]:
    """Ask for a span as far as today's spare calls go; what came, what is left, and when to go on.

    Returns
    -------
    dict, SourceError or None
        The answer, and the fault that ended the run early; used-up calls are no fault.

    Raises
    ------
    SettingsError
        Where the source needs a key and none is set.
    """
    zone = ZoneInfo(SOURCES[name].spec.clock.zone if name in SOURCES else BULLETINS[name].spec.zone)
    now = settings.data_clock.now()
    before = _calls(store, name, now, zone)
    fault: SourceError | None = None
    working = False
    try:
        done, fault = fetch_once(store, facts, _sparing(settings, name, now, zone), name, bounds)
        windows = done["windows"]
    except LockedError:
        working = True
        windows = _opened(store, facts, settings, name, bounds)
    row = _row(name, bounds, windows)
    used = _calls(store, name, now, zone)
    spare = _spare(settings, name, now, zone)
    spent = isinstance(fault, Quota) or (spare is not None and used >= spare)
    stopped = _stopped(row, fault, working=working, spent=spent)
    row |= {
        "calls": max(0, used - before),
        "calls_left": _left(store, settings, name, now, zone),
        "stopped": stopped,
        "go_on_at": _go_on(stopped, now, zone),
    }
    answer = {
        "question": {"source": name, "span": [at.isoformat() for at in bounds]},
        "method": {
            "calls": f"kept for the live hours: the looks at the page on show until the day ends, and "
            f"{MISSES_AN_HOUR} calls for each hour of it",
            "order": "what the source forgets soonest comes first",
        },
        "data": {"networks": [], "feeds": [SOURCES[name].spec.feed] if name in SOURCES else []},
        "backfill": [row],
    }
    return answer, None if isinstance(fault, Quota) else fault


def _sparing(settings: Settings, name: str, now: datetime, zone: ZoneInfo) -> Settings:
    """The settings without the calls that stations may need today; the plan spares the looks by itself."""
    own, limit = settings.source(name), _limit(settings, name)
    if limit is None or name in BULLETINS:
        return settings
    spared = max(1, limit - MISSES_AN_HOUR * (24 - now.astimezone(zone).hour))
    return settings.model_copy(
        update={name.replace("-", "_"): own.model_copy(update={"daily_calls": spared})}
    )


def _opened(
    store: Store, facts: Facts, settings: Settings, name: str, bounds: tuple[datetime, datetime]
) -> list[dict[str, Any]]:
    """Open the windows of a span for the daemon that is at work."""
    collector = collector_of(store, facts, settings, name)
    first, end = (int((at - EPOCH) / timedelta(hours=1)) for at in bounds)
    try:
        collector.open_span(first, end)
    finally:
        collector.close()
    with store.read() as connection:
        held = ledger.windows_between(connection, name, first, end)
    return [
        {"state": one.state, "present": one.present, "reason": one.reason}
        | {count: getattr(one.counts, count) for count in COUNTS}
        for one in held
    ]


def _row(name: str, bounds: tuple[datetime, datetime], windows: list[dict[str, Any]]) -> dict[str, Any]:
    states = [one["state"] for one in windows]
    return {
        "source": name,
        "from": bounds[0].isoformat(),
        "to": bounds[1].isoformat(),
        "windows": len(windows),
        "settled": states.count("settled"),
        "open": states.count("open") + states.count("leased"),
        "lost": states.count("lost"),
        **{count: sum(one[count] for one in windows) for count in COUNTS},
        "reasons": sorted({one["reason"] for one in windows if one["state"] == "lost" and one["reason"]}),
        # A window that holds something was had, if not whole.
        "had": sum(one["state"] == "settled" or one["present"] > 0 for one in windows),
    }


def _stopped(row: dict[str, Any], fault: SourceError | None, *, working: bool, spent: bool) -> str | None:
    """Why something is left; None where nothing is."""
    if not row["open"]:
        return None
    if working:
        return BY_DAEMON
    if spent:
        return NO_CALLS
    return IN_VAIN if fault is None else FAULT


def _go_on(stopped: str | None, now: datetime, zone: ZoneInfo) -> str | None:
    """When to ask again, data time: with the next day's calls, or when another try makes sense."""
    if stopped in (None, BY_DAEMON):
        return None
    if stopped == NO_CALLS:
        local = now.astimezone(zone)
        return (local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)).isoformat()
    return (now + TRY_AGAIN).astimezone(zone).isoformat()


def _account(name: str) -> str:
    return (BULLETINS[name].spec.account or name) if name in BULLETINS else name


def _calls(store: Store, name: str, now: datetime, zone: ZoneInfo) -> int:
    with store.read() as connection:
        return quota.used(connection, _account(name), now.astimezone(zone).date()).calls


def _left(store: Store, settings: Settings, name: str, now: datetime, zone: ZoneInfo) -> int | None:
    with store.read() as connection:
        used = quota.used(connection, _account(name), now.astimezone(zone).date())
    return used.left(_limit(settings, name))


def _limit(settings: Settings, name: str) -> int | None:
    spec = (SOURCES.get(name) or BULLETINS[name]).spec
    return settings.source(name).daily_calls or spec.daily_calls


def _spare(settings: Settings, name: str, now: datetime, zone: ZoneInfo) -> int | None:
    """How many calls of the day older hours may use; None without a limit."""
    limit = _limit(settings, name)
    if limit is None:
        return None
    if name in BULLETINS:
        return limit // 2
    looks = len(LOOKS_MINUTES) if SOURCES[name].spec.route("latest") else 0
    return max(0, limit - (24 - now.astimezone(zone).hour) * (MISSES_AN_HOUR + looks))
