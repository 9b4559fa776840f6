"""How every enabled source stands: the one question behind `status` and `metrics`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.desk import catalogue

if TYPE_CHECKING:
    from config.settings import Settings
    from report.answer import Answer
    from store.engine import Store


def standing(settings: Settings, store: Store) -> Answer:
    """The answer of `status`."""
    from ingest.registry import SOURCES
    from ingest.standing import bulletins
    from report.status import ask

    limits = {
        name: (source.spec.feed, settings.source(name).daily_calls or source.spec.daily_calls)
        for name, source in SOURCES.items()
        if settings.source(name).enabled
    }
    return ask(store, catalogue(settings), settings.data_clock, limits, bulletins(store, settings))
