"""One batch into SQL: whose readings they are, in which series, and what became of them.

Files and live payloads take this same path.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, get_args

import numpy as np
import numpy.typing as npt

from config.air import Feed, ReferenceState, Station, StationKind
from config.facts import Facts
from config.places import Places
from ingest.hours import day_starts, moment
from ingest.source import Batch, Quantity, Reject, StationRef
from store.batches import keep_rejects
from store.readings import Columns, Counts, put
from store.series import SeriesBook, SeriesKey
from store.stations import register_all, unlisted

if TYPE_CHECKING:
    from sqlalchemy import Connection

UNKNOWN_STATION = "the station is in no list and the row names no code"
AMBIGUOUS_STATION = "the name means several stations: give a code or an area"
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
        """The feed, of the catalogue or else of a mapping: what is listed keeps its licence and rank."""
        return self.facts.feeds.get(feed_id) or self.extra_feeds[feed_id]

    def ensure_feed(self, feed_id: str) -> int:
        """The surrogate id of a feed."""
        feed = self.feed(feed_id)
        return self.book.ensure_feed(feed, self.facts.networks[feed.network])

    def save(self, batch: Batch, batch_id: int) -> Counts:
        """Write the readings of a parse under a batch that has begun; returns what became of them.

        `ids` then tells the station ids of the batch's stations, empty for one that is not known.
        """
        batch = self._by_meaning(batch)
        counts = Counts(rejected=sum(r.readings for r in batch.rejects), rows=batch.rows)
        rejects = list(batch.rejects)
        stations, known = self._stations(batch)
        self.ids = stations
        strangers = ~known[batch.station]
        if strangers.any():
            rejects += self._unknown_rows(batch, strangers)
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
        return self._station(ref, feed_id, day, Counter())

    def _by_meaning(self, batch: Batch) -> Batch:
        """The batch with a station of its own for each meaning of a name that changes with the date."""
        network = self.feed(batch.feed).network
        refs, station = list(batch.stations), batch.station
        for at, ref in enumerate(batch.stations):
            if ref.code or not ref.name or len(self.places.meanings(ref.name, None, network)) < 2:
                continue
            rows = np.flatnonzero(batch.station == at)
            days, day_of_row = np.unique(self._civil_days(batch.start[rows], network), return_inverse=True)
            means = [self._station(ref, batch.feed, day, Counter()) for day in days.tolist()]
            for other in [one for one in dict.fromkeys(means) if one != means[0]]:
                if station is batch.station:
                    station = batch.station.copy()
                station[rows[np.array([one == other for one in means])[day_of_row]]] = len(refs)
                refs.append(ref)
        return batch if station is batch.station else replace(batch, stations=refs, station=station)

    def _stations(self, batch: Batch) -> tuple[list[str], npt.NDArray[np.bool_]]:
        """Text ids of the batch's stations (empty where not known), each registered in SQL."""
        days = self._first_days(batch)
        found = [
            self._station(ref, batch.feed, day, batch.notes)
            for ref, day in zip(batch.stations, days, strict=True)
        ]
        known = [self.places.stations[one] for one in found if one is not None]
        register_all(self.connection, self.book, self.facts, known)
        return [one or "" for one in found], np.array([one is not None for one in found], bool)

    def _station(self, ref: StationRef, feed_id: str, day: date, notes: Counter[str]) -> str | None:
        network, area = self.feed(feed_id).network, self._area(ref.area, notes)
        found = self.places.match(code=ref.code, name=ref.name, area=area, network=network, day=day)
        if found is not None or not (ref.code or self._is_new_name(ref, feed_id, area)):
            return found
        station = _met(ref, area, "airkorea" if network == "seoul" else network, day)
        self.places.add(station)
        notes[f"station {station.id} is not in the catalogue"] += 1
        return station.id

    def _is_new_name(self, ref: StationRef, feed_id: str, area: str | None) -> bool:
        """Whether a name alone makes a station: in a table of the user, where nothing else is called so."""
        network = self.feed(feed_id).network
        return (
            feed_id not in self.facts.feeds
            and ref.name is not None
            and bool(_slug(ref.name))
            and not self.places.meanings(ref.name, area, network)
        )

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

    def _first_days(self, batch: Batch) -> list[date]:
        """The day of each station's earliest reading: a name may have meant another station before."""
        earliest = np.full(len(batch.stations), _NEVER)
        np.minimum.at(earliest, batch.station, batch.start)
        days = self._civil_days(np.where(earliest == _NEVER, 0, earliest), self.feed(batch.feed).network)
        never = (earliest == _NEVER).tolist()
        return [date.max if none else day for none, day in zip(never, days.tolist(), strict=True)]

    def _civil_days(self, start: npt.NDArray[np.int64], network: str) -> npt.NDArray[np.datetime64]:
        """The civil days of starts: Korea's, or China's for its networks."""
        offset = 8 if self.facts.networks[network].country == "CN" else 9
        return ((start + offset) // 24).astype("datetime64[D]")

    def _unknown_rows(self, batch: Batch, strangers: npt.NDArray[np.bool_]) -> list[Reject]:
        """One reject a station, however many rows it has."""
        network = self.feed(batch.feed).network
        rejects = []
        for index, rows in sorted(Counter(batch.station[strangers].tolist()).items()):
            ref = batch.stations[index]
            area = self._area(ref.area, Counter())
            several = len(self.places.meanings(ref.name or "", area, network)) > 1
            text = f"{ref.name} ({ref.area or 'no area given'}), {rows} rows"
            reason = AMBIGUOUS_STATION if several else UNKNOWN_STATION
            rejects.append(Reject(text, reason, rows * len(batch.values)))
        return rejects

    def _conflicts(self, refused: Columns) -> list[Reject]:
        return [
            Reject(f"{self.book.key(series).station} {moment(hour).isoformat()} = {value}", TWICE)
            for series, hour, value in zip(
                refused.series.tolist(), refused.hour.tolist(), refused.value.tolist(), strict=True
            )
        ]


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


def _slug(name: str) -> str:
    """A name as part of an id: letters and digits of any script, joined by hyphens."""
    return "-".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name.casefold())))


def _met(ref: StationRef, area: str | None, network: str, day: date) -> Station:
    kind: StationKind = ref.kind if ref.kind in get_args(StationKind) else "unknown"  # type: ignore[assignment]
    return Station(
        id=f"{network}-{ref.code or _slug(ref.name or '')}",
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
