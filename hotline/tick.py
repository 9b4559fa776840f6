"""The hotline's turn in the daemon: look at all rules where something is new, then work off the queue."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.clock import Clock
from config.facts import Facts
from config.settings import Settings
from hotline.courier import Courier
from hotline.scene import Scene
from hotline.watch import look
from ingest.registry import SOURCES
from ingest.standing import bulletins
from report import status
from report.answer import Answer
from report.stations_held import Desk
from store.arrivals import newest_batch
from store.engine import Store
from store.notices import Notice

# Silence grows without anything arriving, and an hour that nobody brought is one that is not known.
LOOK_AT_LEAST_EVERY = timedelta(minutes=10)
# A turn a minute of data time; a look at a whole country takes half a second, too much for a fast clock.
TURN_SECONDS, LEAST_SECONDS = 60.0, 5.0


def every(clock: Clock) -> float:
    """Real seconds between turns."""
    return max(LEAST_SECONDS, clock.real_seconds(TURN_SECONDS))


class Hotline:
    """Judges the rules by data time and carries what they say.

    Parameters
    ----------
    store, facts, settings
        The database (with its schema), the catalogue with the user's recipients, the settings in force.
    clock : Clock, optional
        Data time; the settings' unless given.
    courier : Courier, optional
        For tests.
    """

    def __init__(
        self,
        store: Store,
        facts: Facts,
        settings: Settings,
        clock: Clock | None = None,
        courier: Courier | None = None,
    ) -> None:
        self.store, self.facts, self.settings = store, facts, settings
        self.clock = clock or settings.data_clock
        self.courier = courier or Courier(store, facts, settings.hotline, self.clock)
        self._seen: tuple[int, datetime] | None = None

    def close(self) -> None:
        """Give connections back."""
        self.courier.close()

    def tick(self) -> list[Notice]:
        """One turn: the notices that were filed in it."""
        filed = self._look() if self._something_new() else []
        self.courier.deliver()
        return filed

    def _something_new(self) -> bool:
        """Whether anything arrived since the last look, or it was long ago; data time."""
        now = self.clock.now()
        with self.store.read() as connection:
            newest = newest_batch(connection)
        if self._seen is not None:
            batch, at = self._seen
            if batch == newest and now - at < LOOK_AT_LEAST_EVERY:
                return False
        self._seen = (newest, now)
        return True

    def _look(self) -> list[Notice]:
        at = self.clock.now()
        silence = self._silence()
        with self.store.read() as connection:
            scene = Scene(Desk(connection, self.facts), at, at, silence=silence)
            return look(self.store, self.facts, scene, at)

    def _silence(self) -> list[Answer]:
        """How every enabled source stands."""
        limits = {
            name: (source.spec.feed, self.settings.source(name).daily_calls or source.spec.daily_calls)
            for name, source in SOURCES.items()
            if self.settings.source(name).enabled
        }
        others = bulletins(self.store, self.settings)
        rows: list[Answer] = status.ask(self.store, self.facts, self.clock, limits, others)["sources"]
        return rows
