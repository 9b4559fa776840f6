"""From series to stations: which series answer, and one value per station-hour by the rank of feeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from config.facts import Facts
from config.places import Places
from report.question import Question
from store.grid import Grid, load
from store.series import FeedRow, Series, feeds_held, select_series
from store.stations import unlisted


class Origin(NamedTuple):
    """What a value comes from, as far as an answer tells it."""

    feed: str
    unit: str
    reference_state: str


@dataclass
class StationHours:
    """One value per station and period.

    Attributes
    ----------
    stations : list of str
        Ids in order; the rows.
    first : int
        Hour number of the first column; a column is an hour, or a day of `step` 24 hours.
    values : (n_stations, n) float32
        NaN where none is valid.
    given : list of Counter
        For each station, how many of its values came from series of each (feed, unit, reference state).
    feeds : list of str
        The feeds that are read, in order of rank.
    feed_at : (n_stations, n) int8
        Which of them holds the place, as a value or as missing; -1 where none does.
    """

    stations: list[str]
    first: int
    step: int
    values: npt.NDArray[np.float32]
    given: list[Counter[Origin]] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)
    feed_at: npt.NDArray[np.int8] = field(default_factory=lambda: np.empty((0, 0), np.int8))

    def origins(self, rows: Iterable[int]) -> Counter[Origin]:
        """Where the values of some of the stations come from."""
        return sum((self.given[row] for row in rows), Counter())


class Desk:
    """What a report needs to look things up: one reading transaction and the catalogue."""

    def __init__(self, connection: Connection, facts: Facts) -> None:
        self.connection = connection
        self.facts = facts
        self.places = Places(facts, unlisted(connection, facts))
        self._series: dict[str, list[Series]] = {}

    @cached_property
    def feeds(self) -> dict[str, FeedRow]:
        """Every feed that is held, by id."""
        return feeds_held(self.connection)

    def series(self, pollutant: str) -> list[Series]:
        """Every series of a pollutant that is held, looked up once: a report of seasons asks for each."""
        if pollutant not in self._series:
            self._series[pollutant] = select_series(self.connection, pollutant=pollutant)
        return self._series[pollutant]


def candidates(desk: Desk, question: Question, stations: set[str], period: str) -> list[Series]:
    """The series that may answer: by station, pollutant, network, feed and period."""
    feeds = desk.feeds
    # An instant of a model stands for its hour only where the model itself is asked for.
    statistics = ("mean",) if question.network is None and question.feed is None else ("mean", "instant")
    return [
        one
        for one in desk.series(question.pollutant)
        if one.key.station in stations
        and one.key.period == period
        and one.key.statistic in statistics
        and one.readings
        and _asked_feed(desk, question, one.key.feed)
        and (question.network is None or feeds[one.key.feed].network == question.network)
    ]


def _asked_feed(desk: Desk, question: Question, feed: str) -> bool:
    """A feed that only checks others answers where it is asked for by name."""
    fact = desk.facts.feeds.get(feed)
    return question.feed == feed if question.feed else fact is None or fact.status != "check"


def station_hours(
    desk: Desk, question: Question, series: list[Series], first: int, end: int, step: int = 1
) -> StationHours:
    """Read the series and let the rank of feeds pick: the first feed that holds the place answers for it.

    A feed that holds the hour as missing answers too: a finalized "no value" is not filled by the
    provisional value that it took back.
    """
    feeds = desk.feeds
    live = [one for one in series if _overlaps(one, first, end)]
    ranked = sorted(live, key=lambda one: (feeds[one.key.feed].rank, one.key.feed, one.id))
    grid = load(desk.connection, ranked, first, end, as_of=question.as_of, drop_flagged=question.drop_flagged)
    stations = sorted({one.key.station for one in ranked})
    at = {station: row for row, station in enumerate(stations)}
    columns = slice(None, None, step)
    n = len(range(first, end, step))
    values = np.full((len(stations), n), np.nan, np.float32)
    given: list[Counter[Origin]] = [Counter() for _ in stations]
    present = list(dict.fromkeys(one.key.feed for one in ranked))
    found = StationHours(stations, first, step, values, given, present, np.full(values.shape, -1, np.int8))
    for row, one in enumerate(ranked):
        _merge(found, at[one.key.station], one, grid, row, columns)
    return found


def _merge(
    found: StationHours,
    to: int,
    one: Series,
    grid: Grid,
    row: int,
    columns: slice,
) -> None:
    values, held = grid.values[row, columns], grid.held[row, columns]
    free = held & (found.feed_at[to] < 0)
    found.values[to, free] = values[free]
    found.feed_at[to, free] = found.feeds.index(one.key.feed)
    given = int(np.count_nonzero(~np.isnan(values[free])))
    if given:
        found.given[to][Origin(one.key.feed, one.key.unit, one.key.reference_state)] += given


def _overlaps(one: Series, first: int, end: int) -> bool:
    return one.first is not None and one.last is not None and one.first < end and first <= one.last
