"""One hour of many stations: what a replay serves, in the units of the wire."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from store.columns import nullable
from store.engine import Store
from store.held import select_held
from store.series import Series, select_series

# China's CO goes over the wire in mg/m3; Korea's is in ppm and never in this unit.
_TO_WIRE = {("co", "ug/m3"): 0.001}


class HourValues:
    """Readings of a database by hour, the feed of the best rank first."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._series: list[Series] | None = None

    def stations(self) -> set[str]:
        """Ids of the stations of which hourly means are held."""
        with self._store.read() as connection:
            return {one.key.station for one in _hourly_means(connection) if one.readings}

    def hour_values(self, feeds: Sequence[str], hour: int) -> Mapping[str, Mapping[str, float | None]]:
        """Values by station id and pollutant of one hour number, from the first of `feeds` that has one."""
        with self._lock, self._store.read() as connection:
            if self._series is None:
                self._series = _hourly_means(connection)
            rank = {feed: place for place, feed in enumerate(feeds)}
            wanted = {one.id: one.key for one in self._series if one.key.feed in rank}
            held = select_held(connection, list(wanted), [hour // 24], (hour % 24, hour % 24)).columns
        found: dict[str, dict[str, float | None]] = {}
        rows = zip(held.series.tolist(), nullable(held.value), strict=True)
        for one, value in sorted(rows, key=lambda row: rank[wanted[row[0]].feed]):
            key = wanted[one]
            of_station = found.setdefault(key.station, {})
            if of_station.get(key.pollutant) is None:
                factor = _TO_WIRE.get((key.pollutant, key.unit), 1.0)
                of_station[key.pollutant] = None if value is None else value * factor
        return found


def _hourly_means(connection: Connection) -> list[Series]:
    return [
        one for one in select_series(connection) if (one.key.period, one.key.statistic) == ("PT1H", "mean")
    ]
