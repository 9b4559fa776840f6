"""`yellowsea export`: values of many stations as one dataset (station, time) for analysts, block by block.

CF-1.11, discrete sampling geometry `timeSeries` (https://cfconventions.org/): station-major, the whole time
of a station in one piece, because run lengths and daily means need an unbroken time axis.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from config.air import Station
from config.facts import Facts
from report.answer import Answer, data_of_feeds
from report.panel import region_stations
from report.question import NothingHeldError, Question, QuestionError
from report.stations_held import Desk, StationHours, candidates, station_hours
from store.engine import Store
from store.series import Series
from store.state import state

if TYPE_CHECKING:
    import xarray as xr

# A block of stations is read and written at once: about 40 MB of values.
VALUES_AT_ONCE = 10_000_000
FEED = "feed_at"
# CF standard names, table 92.
STANDARD_NAMES = {
    "pm25": "mass_concentration_of_pm2p5_ambient_aerosol_particles_in_air",
    "pm10": "mass_concentration_of_pm10_ambient_aerosol_particles_in_air",
}


@dataclass(frozen=True)
class Export:
    """What is exported: the stations in order of id, and everything told of them but the values.

    Attributes
    ----------
    about : dict
        `question`, `method`, `data` and `state`, the mark of what the database holds: an export that was
        broken off goes on only where all are the same.
    """

    question: Question
    stations: list[str]
    first: int
    step: int
    n: int
    feeds: list[str]
    unit: str
    about: Answer
    versions: list[Station]

    @property
    def at_once(self) -> int:
        """How many stations a block has."""
        return max(1, VALUES_AT_ONCE // self.n)

    @property
    def times(self) -> npt.NDArray[np.datetime64]:
        """The starts of the averaging periods, UTC (time,)."""
        hours = np.arange(self.first, self.first + self.n * self.step, self.step)
        return hours.astype("datetime64[h]").astype("datetime64[ns]")

    def blocks(self) -> list[slice]:
        """The stations of each block."""
        starts = range(0, len(self.stations), self.at_once)
        return [slice(one, min(one + self.at_once, len(self.stations))) for one in starts]

    def dataset(self, values: Any, feed_at: Any, rows: slice) -> xr.Dataset:
        """The dataset of some stations; `values` and `feed_at` are (station, time), of numpy or dask."""
        import xarray as xr

        pollutant = self.question.pollutant
        of_values = {"units": self.unit, "cell_methods": "time: mean", "ancillary_variables": FEED}
        if pollutant in STANDARD_NAMES:
            of_values["standard_name"] = STANDARD_NAMES[pollutant]
        of_feeds = {
            "long_name": "feed that holds the value; -1 where none does",
            "flag_values": np.arange(len(self.feeds), dtype=np.int8),
            "flag_meanings": " ".join(self.feeds),
        }
        every = ("station", "time")
        return xr.Dataset(
            {pollutant: (every, values, of_values), FEED: (every, feed_at, of_feeds)},
            coords=self._coordinates(rows),
            attrs=self._attributes(),
        )

    def _coordinates(self, rows: slice) -> dict[str, Any]:
        versions = self.versions[rows]
        return {
            "station": ("station", np.array(self.stations[rows]), {"cf_role": "timeseries_id"}),
            "time": (
                "time",
                self.times,
                {"standard_name": "time", "long_name": "start of the averaging period, UTC"},
            ),
            "name": ("station", np.array([one.name for one in versions]), {"long_name": "station name"}),
            "kind": ("station", np.array([one.kind for one in versions]), {"long_name": "kind of station"}),
            "lat": ("station", _degrees(one.lat for one in versions), _axis("latitude", "degrees_north")),
            "lon": ("station", _degrees(one.lon for one in versions), _axis("longitude", "degrees_east")),
        }

    def _attributes(self) -> dict[str, str]:
        data = self.about["data"]
        return {
            "Conventions": "CF-1.11",
            "featureType": "timeSeries",
            "title": f"{self.question.pollutant} of {self.question.place}",
            "source": ", ".join(data["feeds"]),
            "references": "; ".join(data["attribution"]),
            "comment": "; ".join(data["notes"]) or "none",
            "yellowsea": json.dumps(self.about, ensure_ascii=False, default=str),
        }


def prepare(store: Store, facts: Facts, question: Question) -> Export:
    """What the question exports; `--basis daily` series published as day means, else hourly ones.

    Raises
    ------
    NothingHeldError
        Where no series of the question is held in the span.
    """
    with store.read() as connection:
        desk = Desk(connection, facts)
        series = _series(desk, question)
        first, end = question.hours
        step = 24 if question.basis == "daily" else 1
        stations = sorted({one.key.station for one in series})
        if not stations:
            told = f"no {question.pollutant} of {question.place} is held from {question.first_day}"
            raise NothingHeldError(f"{told} to {question.last_day}", None)
        feeds = sorted({one.key.feed for one in series})
        about = {
            "question": question.as_json(),
            "method": {
                "starts": "start of the averaging period, UTC",
                "feed_choice": "per station and hour the feed of the best rank that holds it",
                "reference_states": sorted({one.key.reference_state for one in series}),
            },
            "data": data_of_feeds(desk, [desk.feeds[feed] for feed in feeds]) | {"stations": len(stations)},
            "state": state(connection).mark,
        }
        versions = [desk.places.version(one, question.first_day) for one in stations]
    n = len(range(first, end, step))
    return Export(question, stations, first, step, n, feeds, _unit(series), about, versions)


def read_blocks(
    store: Store, facts: Facts, export: Export, done: int = 0
) -> Iterator[tuple[slice, xr.Dataset]]:
    """The blocks from station number `done` on, each read in one transaction."""
    for rows in export.blocks():
        if rows.start < done:
            continue
        with store.read() as connection:
            desk = Desk(connection, facts)
            wanted = set(export.stations[rows])
            series = [one for one in _series(desk, export.question) if one.key.station in wanted]
            end = export.first + export.n * export.step
            read = station_hours(desk, export.question, series, export.first, end, export.step)
        values, feed_at = _placed(export, read, rows)
        yield rows, export.dataset(values, feed_at, rows)


def _series(desk: Desk, question: Question) -> list[Series]:
    period = "P1D" if question.basis == "daily" else "PT1H"
    found = candidates(desk, question, region_stations(desk, question), period)
    first, end = question.hours
    return [
        one
        for one in found
        if one.first is not None and one.last is not None and one.first < end and first <= one.last
    ]


def _placed(export: Export, read: StationHours, rows: slice) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Values and feeds in the order of the export: by station, and by its own list of feeds."""
    shape = (rows.stop - rows.start, export.n)
    values = np.full(shape, np.nan, np.float32)
    feed_at = np.full(shape, -1, np.int8)
    number = np.array([*(export.feeds.index(one) for one in read.feeds), -1], np.int8)
    at = {station: row for row, station in enumerate(export.stations[rows])}
    for row, station in enumerate(read.stations):
        values[at[station]] = read.values[row]
        feed_at[at[station]] = number[read.feed_at[row]]
    return values, feed_at


def _unit(series: list[Series]) -> str:
    units = {one.key.unit for one in series}
    if len(units) > 1:
        raise QuestionError(f"its feeds have several units ({', '.join(sorted(units))}): give one --feed")
    return units.pop().replace("ug/m3", "ug m-3").replace("mg/m3", "mg m-3")


def _degrees(values: Any) -> npt.NDArray[np.float64]:
    return np.array([np.nan if one is None else one for one in values], np.float64)


def _axis(name: str, units: str) -> dict[str, str]:
    return {"standard_name": name, "units": units}
