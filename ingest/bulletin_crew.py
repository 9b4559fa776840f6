"""The collectors of all sources of bulletins that can run."""

from __future__ import annotations

import threading

from config.facts import Facts
from config.settings import Settings
from ingest.bulletin_collect import BulletinCollector
from ingest.registry import BULLETINS
from store.engine import Store


def bulletin_collectors(
    store: Store, facts: Facts, settings: Settings, stop: threading.Event | None = None
) -> dict[str, BulletinCollector]:
    """By id, those that are enabled and have their key; without it they rest, and nothing of them is late."""
    return {
        name: bulletin_collector(store, facts, settings, name, stop)
        for name, source in BULLETINS.items()
        if settings.source(name).enabled and (settings.source(name).key or not source.spec.needs_key)
    }


def bulletin_collector(
    store: Store, facts: Facts, settings: Settings, name: str, stop: threading.Event | None = None
) -> BulletinCollector:
    """The collector of one source."""
    return BulletinCollector(
        BULLETINS[name],
        store,
        facts,
        settings.source(name),
        settings.data_clock,
        backfill_hours=settings.backfill_hours,
        stop=stop,
    )
