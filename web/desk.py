"""What every request finds at hand: settings, the database, the catalogue, and the state of both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from config.facts import Facts
from config.settings import Settings
from store.engine import Store
from store.state import state
from web.catalogue import Catalogue, Edition


@dataclass(frozen=True)
class Standing:
    """Which state answers are given from; `mark` differs where any answer may."""

    mark: str
    changed_at: datetime | None


@dataclass(frozen=True)
class Desk:
    """What a request needs to answer a question, for as long as it works on it.

    The facts are those of one edition throughout; the database is asked in connections of its own.
    """

    settings: Settings
    store: Store
    edition: Edition

    @property
    def facts(self) -> Facts:
        """The catalogue, the user's folder laid over the shipped files."""
        return self.edition.facts

    @property
    def now(self) -> datetime:
        """Data time."""
        return self.settings.data_clock.now()

    def standing(self) -> Standing:
        """The state of the database and of the catalogue together."""
        with self.store.read() as connection:
            held = state(connection)
        moments = [one for one in (held.changed_at, self.edition.changed_at) if one is not None]
        return Standing(f"{held.mark}/{self.edition.mark}", max(moments, default=None))


class Room:
    """What the server holds from start to end; `desk` lays out what one request needs."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.database_url, busy_seconds=settings.busy_seconds)
        self.catalogue = Catalogue(settings.catalogue)

    def desk(self) -> Desk:
        """The desk of a request; where no file has changed it shares the facts of the last."""
        return Desk(self.settings, self.store, self.catalogue.current())

    @contextmanager
    def open(self) -> Iterator[None]:
        """Until the server ends."""
        try:
            yield
        finally:
            self.store.close()


async def desk_of(request: Request) -> Desk:
    """The desk of a request, as a dependency: `desk: AtDesk`; not worth a thread of its own."""
    room: Room = request.app.state.room
    return room.desk()


AtDesk = Annotated[Desk, Depends(desk_of)]
