"""How the live sources stand and what they can still bring: the registry, as reports ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.facts import Facts
    from config.settings import Settings
    from report.answer import Answer
    from report.reach import Way
    from store.engine import Store


def standing(settings: Settings, store: Store, facts: Facts) -> Answer:
    """The answer of `status`: every enabled source."""
    from ingest.registry import SOURCES
    from ingest.standing import bulletins
    from report.status import ask

    limits = {
        name: (source.spec.feed, settings.source(name).daily_calls or source.spec.daily_calls)
        for name, source in SOURCES.items()
        if settings.source(name).enabled
    }
    return ask(store, facts, settings.data_clock, limits, bulletins(store, settings))


def ways() -> list[Way]:
    """Every route by which a live source brings hours."""
    from ingest.registry import SOURCES
    from report.reach import Way

    return [
        Way(source.spec.id, source.spec.feed, route.name, route.span, route.reach_hours)
        for source in SOURCES.values()
        for route in source.spec.routes
        if route.span != "list"
    ]
