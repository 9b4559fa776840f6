"""More public portals behind the sandbox's one door, each a class in a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from sandbox.openaq import OpenAq
from sandbox.openmeteo import OpenMeteo
from sandbox.publication import Publication
from sandbox.seoul import Seoul
from sandbox.waqi import Waqi
from sandbox.wire import Answer


class Portal(Protocol):
    """Answers GET requests of one network."""

    network: str

    def route(self, path: str) -> str | None:
        """Which kind of route a path is, for the plan of faults; None where it is another portal's."""

    def answer(self, path: str, query: Mapping[str, str], key: str | None, now: datetime) -> Answer:
        """The answer to one request; `key` is the header X-API-Key."""


_PORTALS: tuple[Callable[[Publication, int, str | None], Portal], ...] = (OpenAq, OpenMeteo, Seoul, Waqi)


def portals(publication: Publication, seed: int, key: str | None) -> list[Portal]:
    """All of them; `key` is the only one that they accept, where they want one."""
    return [portal(publication, seed, key) for portal in _PORTALS]
