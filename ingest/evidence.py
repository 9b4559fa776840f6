"""What the daemon knows of the open hours of one source: who holds a row, and how late we looked.

Kept in memory, because it only saves calls: after a restart it is filled from what the database holds, and
what was looked at but not held is looked at once more.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from ingest.plan import Hour
from ingest.source import Batch
from store.readings import select_held
from store.series import select_series

# Who reported within this many hours is expected to go on.
RECENT_HOURS = 48


class Evidence:
    """The open hours of one feed.

    Attributes
    ----------
    hours : dict of int to Hour
        By hour number.
    """

    def __init__(self) -> None:
        self.hours: dict[int, Hour] = {}

    def restore(self, connection: Connection, feed: str, open_hours: Iterable[int]) -> set[str]:
        """Fill from the database; returns the stations that have reported recently."""
        wanted = sorted(set(open_hours))
        self.hours = {hour: Hour() for hour in wanted}
        series = [
            one
            for one in select_series(connection, pollutant="pm25")
            if one.key.feed == feed and one.readings
        ]
        newest = max((one.last or 0 for one in series), default=0)
        recent = {one.key.station for one in series if (one.last or 0) >= newest - RECENT_HOURS}
        if wanted and series:
            names = {one.id: one.key.station for one in series}
            days = sorted({hour // 24 for hour in wanted})
            rows = select_held(connection, list(names), days).columns
            for one, hour in zip(rows.series.tolist(), rows.hour.tolist(), strict=True):
                if hour in self.hours:
                    self.hours[hour].held.add(names[one])
        return recent

    def opened(self, hours: Iterable[int]) -> None:
        """Hours that the ledger has just opened."""
        for hour in hours:
            self.hours.setdefault(hour, Hour())

    def closed(self, hour: int) -> None:
        """An hour that needs no more."""
        self.hours.pop(hour, None)

    def rows_came(self, batch: Batch, ids: list[str], now: float) -> None:
        """Rows of a page of all stations: each is evidence for its own hour."""
        for index, hour in zip(batch.station.tolist(), batch.start.tolist(), strict=True):
            if hour in self.hours and ids[index]:
                self.hours[hour].held.add(ids[index])
                self._seen(hour, ids[index], now)

    def page_of_hour(self, hour: int, expected: Iterable[str], now: float) -> None:
        """A page that brought all there is of one hour: evidence for who is not on it as well."""
        if hour in self.hours:
            for station in expected:
                self._seen(hour, station, now)

    def history_came(self, batch: Batch, station: str, now: float, reach_hours: int) -> None:
        """A station's history: evidence for every hour between its oldest and newest row."""
        self._history(station, batch.start.tolist(), now, reach_hours)

    def nothing_came(self, station: str, now: float, reach_hours: int) -> None:
        """The source says that it holds nothing of a station: evidence for all it could have brought."""
        self._history(station, [], now, reach_hours)

    def _history(self, station: str, starts: list[int], now: float, reach_hours: int) -> None:
        first = min(starts, default=int(now) - reach_hours + 1)
        last = max(starts, default=int(now) - 1)
        rows = set(starts)
        for hour, state in self.hours.items():
            if first <= hour <= last:
                self._seen(hour, station, now)
                if hour in rows:
                    state.held.add(station)

    def _seen(self, hour: int, station: str, now: float) -> None:
        age = now - (hour + 1)
        seen = self.hours[hour].seen
        seen[station] = max(seen.get(station, age), age)
