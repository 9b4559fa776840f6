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
    from web import standing as served

    return served.standing(settings, store, catalogue(settings))
