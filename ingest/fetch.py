"""`yellowsea fetch`: one run of one source now, through the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from config.facts import Facts
from config.settings import Settings, SettingsError
from ingest.collect import Collector
from ingest.hours import EPOCH, moment
from ingest.registry import SOURCES
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
    source, own = SOURCES[name], settings.source(name)
    if source.spec.needs_key and own.key is None:
        raise SettingsError(
            f"{name} needs a key: set YELLOWSEA_{name.upper()}__KEY; {source.spec.where_to_get_a_key}"
        )
    with only_daemon(store):
        collector = Collector(
            source, store, facts, own, settings.data_clock, backfill_hours=settings.backfill_hours
        )
        try:
            collector.open_due()
            if bounds is None:
                with store.read() as connection:
                    starts = {window.start for window in ledger.unsettled(connection, name)}
            else:
                first, end = (int((at - EPOCH) / timedelta(hours=1)) for at in bounds)
                collector.open_span(first, end)
                starts = set(range(first, end))
            fault = _tick_out(collector)
        finally:
            collector.close()
    return _answer(store, name, bounds, starts), fault


def _tick_out(collector: Collector) -> SourceError | None:
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
    spec = SOURCES[name].spec
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
            "counts": "readings of the hour in all answers so far; rejected rows that name no hour stand at "
            "the newest hour of their answer"
        },
        "data": {"networks": [], "feeds": [spec.feed], "stations": None, "capture": None, "attribution": []},
        "windows": windows,
    }
