"""`yellowsea fetch`: one run of one source now, through the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from config.facts import Facts
from config.settings import Settings, SettingsError, variable
from ingest.bulletin_collect import BulletinCollector
from ingest.bulletin_crew import bulletin_collector
from ingest.collect import Collector
from ingest.hours import EPOCH, moment
from ingest.registry import BULLETINS, SOURCES
from ingest.source import Quota, SourceError
from store import ledger
from store.engine import Store
from store.locks import only_daemon

# A run ends when a tick has nothing more to ask; this bounds it where a source answers without end.
_MOST_TICKS = 200


def fetch_once(
    store: Store, facts: Facts, settings: Settings, name: str, bounds: tuple[datetime, datetime] | None
) -> tuple[dict[str, Any], SourceError | None]:
    """Tick until nothing more is due; the windows of the run, and the fault that ended it early.

    The windows are those of the span, or without one those that were open.

    Raises
    ------
    LockedError
        While a daemon works on the database: it does this by itself.
    SettingsError
        Where the source needs a key and none is set.
    """
    spec = (SOURCES.get(name) or BULLETINS[name]).spec
    if spec.needs_key and settings.source(name).key is None:
        raise SettingsError(f"{name} needs a key: set {variable(name, 'key')}; {spec.where_to_get_a_key}")
    with only_daemon(store):
        collector = collector_of(store, facts, settings, name)
        try:
            collector.open_due()
            starts = _starts(store, collector, bounds)
            fault = _tick_out(collector)
        finally:
            collector.close()
    return _answer(store, name, bounds, starts), fault


def collector_of(store: Store, facts: Facts, settings: Settings, name: str) -> Collector | BulletinCollector:
    """The collector of a source of either kind."""
    if name in BULLETINS:
        return bulletin_collector(store, facts, settings, name)
    own, clock = settings.source(name), settings.data_clock
    return Collector(SOURCES[name], store, facts, own, clock, backfill_hours=settings.backfill_hours)


def _starts(
    store: Store, collector: Collector | BulletinCollector, bounds: tuple[datetime, datetime] | None
) -> set[int]:
    """The windows of the run: those of the span, opened, or those that are open."""
    if bounds is None:
        with store.read() as connection:
            return {window.start for window in ledger.unsettled(connection, collector.spec.id)}
    first, end = (int((at - EPOCH) / timedelta(hours=1)) for at in bounds)
    if isinstance(collector, BulletinCollector):
        return collector.open_span(first, end)
    collector.open_span(first, end)
    return set(range(first, end))


def _tick_out(collector: Collector | BulletinCollector) -> SourceError | None:
    """Tick until nothing is asked, or a question was in vain."""
    for _ in range(_MOST_TICKS):
        run = collector.tick()
        if run.errors:
            return run.errors[-1]
        if not run.calls:
            break
    if collector.allowance.left() == 0:
        return Quota(collector.allowance.used_up())
    return None


def _answer(
    store: Store, name: str, bounds: tuple[datetime, datetime] | None, starts: set[int]
) -> dict[str, Any]:
    feeds = [SOURCES[name].spec.feed] if name in SOURCES else []
    rows: list[ledger.Window] = []
    if starts:
        with store.read() as connection:
            between = ledger.windows_between(connection, name, min(starts), max(starts) + 1)
        rows = [window for window in between if window.start in starts]
    windows = [
        {
            "source": name,
            "scope": window.scope,
            "start": moment(window.start).isoformat(),
            "end": moment(window.end).isoformat(),
            "state": window.state,
            "present": window.present,
            "expected": window.expected,
            "attempts": window.attempts,
            "rows": window.counts.rows,
            "new": window.counts.new,
            "changed": window.counts.changed,
            "same": window.counts.same,
            "rejected": window.counts.rejected,
            "error": window.error,
            "reason": window.reason,
        }
        for window in rows
    ]
    return {
        "question": {"source": name, "span": [at.isoformat() for at in bounds] if bounds else None},
        "method": {
            "counts": "readings of the hour, or rows of the day or year of a source of bulletins, in all "
            "answers so far; rejected rows that name no hour stand at the newest hour of their answer"
        },
        "data": {"networks": [], "feeds": feeds, "stations": None, "capture": None, "attribution": []},
        "windows": windows,
    }
