"""What is known of the open hours of one source: who holds a row, and how late we looked.

Kept in memory, because it only saves calls: after a restart it is filled from what the database holds, and
from what was written beside the answers of the last days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from ingest.hours import moment
from ingest.plan import Hour
from ingest.source import Batch, Request, SourceSpec
from store import ledger
from store.held import select_held
from store.series import select_series

# Who reported within so many hours before the newest reading was reporting when the daemon ended.
REPORTING_HOURS = 48
_EVERYONE = "*"


@dataclass(frozen=True)
class Covered:
    """What one answer is evidence for: a station (all of them: `*`) and a span of hours, at a data time."""

    station: str
    first: int
    end: int
    asked_at: float

    def text(self) -> str:
        """As it is written beside the batch."""
        return f"{self.station} {self.first} {self.end} {self.asked_at:.4f}"

    @classmethod
    def read(cls, text: str) -> Covered:
        """What `text` wrote."""
        station, first, end, asked_at = text.rsplit(" ", 3)
        return cls(station, int(first), int(end), float(asked_at))


def covered_by(request: Request, starts: Iterable[int], rows: int, asked_at: float) -> Covered | None:
    """What an answer with these starts proves; None for a page on show, whose rows prove themselves alone.

    A history that was not cut off tells all that its route reaches; one that was, back to its oldest row.
    What is not in it was not there then, however old its newest row is.
    """
    if request.hour is not None:
        return Covered(_EVERYONE, request.hour, request.hour + 1, asked_at)
    if request.before is not None:
        station = request.station_id or _EVERYONE
        return Covered(station, request.before - request.back_hours, request.before, asked_at)
    if request.station_id is None:
        return None
    first = int(asked_at) - request.route.reach_hours
    if request.back_hours and rows > request.back_hours:
        first = max(first, min(starts, default=first))
    return Covered(request.station_id, first, int(asked_at), asked_at)


class Evidence:
    """The open hours of one feed.

    Attributes
    ----------
    hours : dict of int to Hour
        By hour number.
    """

    def __init__(self) -> None:
        self.hours: dict[int, Hour] = {}

    def restore(self, connection: Connection, spec: SourceSpec, open_hours: Iterable[int]) -> set[str]:
        """Fill from the database; returns the stations that were reporting."""
        wanted = sorted(set(open_hours))
        self.hours = {hour: Hour() for hour in wanted}
        series = [
            one
            for one in select_series(connection, pollutant=spec.proof)
            if one.key.feed == spec.feed and one.readings
        ]
        newest = max((one.last or 0 for one in series), default=0)
        reporting = {one.key.station for one in series if (one.last or 0) >= newest - REPORTING_HOURS}
        if not wanted:
            return reporting
        names = {one.id: one.key.station for one in series}
        rows = select_held(connection, list(names), sorted({hour // 24 for hour in wanted})).columns
        for one, hour in zip(rows.series.tolist(), rows.hour.tolist(), strict=True):
            if hour in self.hours:
                self.hours[hour].held.add(names[one])
        for text in ledger.answers(connection, spec.id, moment(wanted[0])):
            self.take(Covered.read(text), reporting)
        return reporting

    def opened(self, hours: Iterable[int]) -> None:
        """Hours that the ledger has open."""
        for hour in hours:
            self.hours.setdefault(hour, Hour())

    def closed(self, hour: int) -> None:
        """An hour that needs no more."""
        self.hours.pop(hour, None)

    def rows_came(self, batch: Batch, ids: list[str], now: float) -> None:
        """Rows of an answer: each is evidence for its own hour."""
        for index, hour in zip(batch.station.tolist(), batch.start.tolist(), strict=True):
            if hour in self.hours and ids[index]:
                self.hours[hour].held.add(ids[index])
                self.hours[hour].see(ids[index], now - (hour + 1))

    def take(self, covered: Covered, expected: Iterable[str]) -> None:
        """An answer tells of who is not in it as well."""
        stations = list(expected) if covered.station == _EVERYONE else [covered.station]
        for hour, state in self.hours.items():
            if covered.first <= hour < covered.end:
                for station in stations:
                    state.see(station, covered.asked_at - (hour + 1))
