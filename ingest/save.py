"""One batch into SQL: whose readings they are, in which series, and what became of them.

Files and live payloads take this same path.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, get_args

import numpy as np
import numpy.typing as npt

from config.facts import Facts, Feed, ReferenceState, Station, StationKind
from config.places import Places
from ingest.hours import day_starts, moment
from ingest.source import Batch, Quantity, Reject, StationRef
from store.batches import keep_rejects
from store.readings import Columns, Counts, put
from store.series import SeriesBook, SeriesKey
from store.stations import register, unlisted

if TYPE_CHECKING:
    from sqlalchemy import Connection

UNKNOWN_STATION = "the station is in no list and the row names no code"
_NEVER = np.iinfo(np.int64).max
TWICE = "the same hour stands twice in one batch with another value; the first stands"


@dataclass
class Saver:
    """Writes the batches of one transaction.

    Parameters
    ----------
    connection : Connection
        Of `Store.write`.
    facts : Facts
        The catalogue.
    extra_feeds, extra_stations
        Facts that a mapping file brings.
    """

    connection: Connection
    facts: Facts
    extra_feeds: dict[str, Feed] = field(default_factory=dict)
    extra_stations: list[Station] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.book = SeriesBook(self.connection)
        self.places = Places(self.facts, [*unlisted(self.connection, self.facts), *self.extra_stations])
        self.ids: list[str] = []

    def enter(self, connection: Connection) -> None:
        """Serve another transaction; after one that failed a new saver is needed."""
        self.connection = connection
        self.book.enter(connection)

    def feed(self, feed_id: str) -> Feed:
        """The feed, of the catalogue or of a mapping."""
        return self.extra_feeds.get(feed_id) or self.facts.feeds[feed_id]

    def ensure_feed(self, feed_id: str) -> int:
        """The surrogate id of a feed."""
        feed = self.feed(feed_id)
        return self.book.ensure_feed(feed, self.facts.networks[feed.network])

    def save(self, batch: Batch, batch_id: int) -> Counts:
        """Write the readings of a parse under a batch that has begun; returns what became of them.

        `ids` then tells the station ids of the batch's stations, empty for one that is not known.
        """
        counts = Counts(rejected=sum(r.readings for r in batch.rejects), rows=batch.rows)
        rejects = list(batch.rejects)
        stations, known = self._stations(batch)
        self.ids = stations
        strangers = ~known[batch.station]
        if strangers.any():
            rejects += _unknown_rows(batch, strangers)
            counts.rejected += int(strangers.sum()) * len(batch.values)
        rows = np.flatnonzero(~strangers)
        for columns in self._columns(batch, stations, rows):
            part, refused = put(self.connection, self.book, batch_id, columns)
            part.rows = 0
            counts.add(part)
            rejects += self._conflicts(refused)
        keep_rejects(self.connection, batch_id, [(r.reason, r.text, r.readings) for r in rejects])
        return counts

    def known(self, ref: StationRef, feed_id: str, day: date) -> str | None:
        """The id of a station as a source lists it; None for one that no catalogue or code tells."""
        return self._station(ref, self.feed(feed_id).network, day, Counter())

    def _stations(self, batch: Batch) -> tuple[list[str], npt.NDArray[np.bool_]]:
        """Text ids of the batch's stations (empty where not known), each registered in SQL."""
        network = self.feed(batch.feed).network
        days = _first_days(batch)
        found = [
            self._station(ref, network, day, batch.notes)
            for ref, day in zip(batch.stations, days, strict=True)
        ]
        for one in found:
            if one is not None:
                register(self.connection, self.book, self.facts, self.places.stations[one])
        return [one or "" for one in found], np.array([one is not None for one in found], bool)

    def _station(self, ref: StationRef, network: str, day: date, notes: Counter[str]) -> str | None:
        area = self._area(ref.area, notes)
        found = self.places.match(code=ref.code, name=ref.name, area=area, network=network, day=day)
        if found is None and ref.code:
            station = _met(ref, area, "airkorea" if network == "seoul" else network, day)
            self.places.add(station)
            notes[f"station {station.id} is not in the catalogue"] += 1
            return station.id
        return found

    def _area(self, text: str | None, notes: Counter[str]) -> str | None:
        """The id of the region that a source means by an id or a name of its own."""
        if text is None:
            return None
        try:
            return self.places.region(text).id
        except LookupError:
            notes[f"unknown area {text}"] += 1
            return None

    def _columns(self, batch: Batch, stations: list[str], rows: npt.NDArray[np.intp]) -> Iterator[Columns]:
        """The batch as one long table, cut where the reference state changes."""
        if not len(rows):
            return
        start = batch.start[rows]
        station = batch.station[rows]
        parts: list[Columns] = []
        for quantity, values in batch.values.items():
            statuses = batch.statuses[quantity][rows]
            for state, chosen in self._states(batch.feed, quantity, start):
                ids = self._series_ids(batch, quantity, state, stations, station[chosen])
                parts.append(Columns(ids, start[chosen], values[rows][chosen], statuses[chosen]))
        yield Columns(
            np.concatenate([p.series for p in parts]),
            np.concatenate([p.hour for p in parts]),
            np.concatenate([p.value for p in parts]),
            np.concatenate([p.status for p in parts]),
        )

    def _series_ids(
        self,
        batch: Batch,
        quantity: Quantity,
        state: str,
        stations: list[str],
        station: npt.NDArray[np.int32],
    ) -> npt.NDArray[np.int64]:
        present = np.unique(station)
        keys = [
            SeriesKey(
                stations[index],
                batch.feed,
                quantity.pollutant,
                quantity.statistic,
                batch.period,
                quantity.unit,
                state,
            )
            for index in present.tolist()
        ]
        lookup = np.zeros(len(stations), np.int64)
        lookup[present] = self.book.ensure(keys)
        return lookup[station]

    def _states(
        self, feed_id: str, quantity: Quantity, start: npt.NDArray[np.int64]
    ) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
        """The reference states that hold for these starts, each with the rows it holds for."""
        network = self.feed(feed_id).network
        left = np.ones(len(start), bool)
        for row in self.facts.reference_states:
            if (row.network, row.pollutant) == (network, quantity.pollutant):
                chosen = left & _within(row, start)
                if chosen.any():
                    yield row.state, chosen
                left &= ~chosen
        if left.any():
            yield "unknown", left

    def _conflicts(self, refused: Columns) -> list[Reject]:
        return [
            Reject(f"{self.book.key(series).station} {moment(hour).isoformat()} = {value}", TWICE)
            for series, hour, value in zip(
                refused.series.tolist(), refused.hour.tolist(), refused.value.tolist(), strict=True
            )
        ]


def _first_days(batch: Batch) -> list[date]:
    """The day of each station's earliest reading: a name may have meant another station before."""
    earliest = np.full(len(batch.stations), _NEVER)
    np.minimum.at(earliest, batch.station, batch.start)
    return [moment(hour).date() if hour != _NEVER else date.max for hour in earliest.tolist()]


def _within(row: ReferenceState, start: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    # The change of 2018 is a civil day in China; its hours are UTC+8.
    inside = np.ones(len(start), bool)
    if row.valid_from:
        inside &= start >= _civil_hour(row.valid_from)
    if row.valid_to:
        inside &= start < _civil_hour(row.valid_to + timedelta(days=1))
    return inside


def _civil_hour(day: date) -> int:
    return int(day_starts(np.array([day], "datetime64[D]"), "Asia/Shanghai")[0])


def _met(ref: StationRef, area: str | None, network: str, day: date) -> Station:
    kind: StationKind = ref.kind if ref.kind in get_args(StationKind) else "unknown"  # type: ignore[assignment]
    return Station(
        id=f"{network}-{ref.code}",
        network=network,
        code=ref.code,
        name=ref.name or str(ref.code),
        area=area or "",
        kind=kind,
        lat=ref.lat,
        lon=ref.lon,
        source=f"met on the wire with readings of {day.isoformat()}",
        confidence="low",
    )


def _unknown_rows(batch: Batch, strangers: npt.NDArray[np.bool_]) -> list[Reject]:
    """One reject a station, however many rows it has."""
    counted = Counter(batch.station[strangers].tolist())
    return [
        Reject(
            f"{batch.stations[index].name} ({batch.stations[index].area or 'no area given'}), {rows} rows",
            UNKNOWN_STATION,
            rows * len(batch.values),
        )
        for index, rows in sorted(counted.items())
    ]
