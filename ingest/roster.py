"""Which stations a source should report, and how the source itself calls them."""

from __future__ import annotations

from ingest.source import StationRef

# Who was heard within so many hours is expected to go on.
RECENT_HOURS = 48


class Roster:
    """The stations of one source, from its list, its pages and, after a restart, the catalogue.

    Names drift: a station is asked by the name of the newest page, else of the source's list, and by the
    catalogue's only where the source has told none.
    """

    def __init__(self) -> None:
        self._refs: dict[str, StationRef] = {}
        self._heard: dict[str, float] = {}
        self._on_page: set[str] = set()

    def restored(self, station: str, ref: StationRef, now: float) -> None:
        """A station that had reported before the restart."""
        self._refs.setdefault(station, ref)
        self._hear(station, now)

    def listed(self, station: str, ref: StationRef, now: float) -> None:
        """A station of the source's list."""
        if station not in self._on_page:
            self._refs[station] = ref
        self._hear(station, now)

    def reported(self, station: str, ref: StationRef, now: float) -> None:
        """A station of a page, with a reading or without."""
        self._refs[station] = ref
        self._on_page.add(station)
        self._hear(station, now)

    def expected(self, now: float) -> dict[str, StationRef]:
        """The stations that were heard of within `RECENT_HOURS`, by id."""
        since = now - RECENT_HOURS
        return {station: ref for station, ref in self._refs.items() if self._heard[station] >= since}

    def _hear(self, station: str, now: float) -> None:
        self._heard[station] = max(now, self._heard.get(station, now))
