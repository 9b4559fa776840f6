"""Hands for tests of reports: readings written through the same door as files and live hours."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from config.air import Feed, Station
from config.facts import Facts
from config.places import Places
from ingest.save import Saver
from ingest.source import Batch, Quantity, StationRef
from report import averages, episodes, question
from report.question import Question
from report.stations_held import Desk
from store.batches import begin_batch, end_batch
from store.engine import Store
from store.readings import Counts

NAN = math.nan
PM25 = Quantity("pm25", "ug/m3")
BEGAN = datetime(2024, 1, 1, tzinfo=UTC)


def hour(text: str) -> int:
    """The hour number of an ISO time with offset."""
    return int(datetime.fromisoformat(text).timestamp()) // 3600


@dataclass
class Air:
    """A database to write readings into and to ask."""

    store: Store
    facts: Facts
    at: datetime = BEGAN
    feeds: dict[str, Feed] = field(default_factory=dict)
    stations: list[Station] = field(default_factory=list)

    def of(self, area: str, kind: str = "urban", count: int = 1, day: str = "2019-03-05") -> list[str]:
        """Stations of the catalogue, in order of id."""
        date = datetime.fromisoformat(day).date()
        places = Places(self.facts, self.stations)
        found = [places.version(one, date) for one in places.in_areas([area])]
        fitting = [one.id for one in found if one.kind == kind and one.holds_on(date)]
        assert len(fitting) >= count, (area, kind, fitting)
        return fitting[:count]

    def hours(
        self, station: str, start: str, values: Sequence[float], feed: str = "airkorea-final", **how: Any
    ) -> Counts:
        """Hourly means from a start on; NaN is a missing reading."""
        first = hour(start)
        return self.write(station, np.arange(first, first + len(values)), values, feed, "PT1H", **how)

    def day(self, station: str, day: str, value: float, n: int = 24, **how: Any) -> Counts:
        """The same value in the first `n` hours of a civil day."""
        zone = "+08:00" if station.startswith(("cnemc", "us-")) else "+09:00"
        return self.hours(station, f"{day}T00:00{zone}", [value] * n, **how)

    def daily(self, station: str, day: str, values: Sequence[float], feed: str = "seoul-daily") -> Counts:
        """Published day means from a civil day on."""
        zone = "+09:00" if feed == "seoul-daily" else "+08:00"
        first = hour(f"{day}T00:00{zone}")
        starts = np.arange(first, first + 24 * len(values), 24)
        return self.write(station, starts, values, feed, "P1D")

    def write(
        self,
        station: str,
        starts: Any,
        values: Sequence[float],
        feed: str,
        period: str,
        *,
        quantity: Quantity = PM25,
        world: str = "real",
    ) -> Counts:
        """One batch, an hour after the last."""
        self.at += timedelta(hours=1)
        array = np.array(values, np.float64)
        places = Places(self.facts, self.stations)
        version = places.version(station)
        named = StationRef(version.code) if version.code else StationRef(name=version.name, area=version.area)
        batch = Batch(
            feed,
            period,  # type: ignore[arg-type]
            [named],
            np.zeros(len(array), np.int32),
            np.asarray(starts, np.int64),
            {quantity: array},
            {quantity: np.isnan(array).astype(np.uint8)},
        )
        with self.store.write() as connection:
            saver = Saver(connection, self.facts, self.feeds, self.stations)
            number = begin_batch(
                connection,
                source="test",
                feed_id=saver.ensure_feed(feed),
                parser_version=1,
                received_at=self.at,
                world=world,
            )
            counts = saver.save(batch, number)
            end_batch(connection, number, counts)
        assert counts.rejected == 0, f"{station} was not recognized"
        return counts

    def asked(self, *stations: str, **how: Any) -> Question:
        """A question as a person writes it; `on` is a single day."""
        on = how.pop("on", None)
        if on:
            how |= {"since": on, "until": on}
        with self.store.read() as connection:
            desk = Desk(connection, self.facts)
            return question.ask(self.facts, desk.places, stations=stations, own_feeds=desk.feeds, **how)

    def averages(self, *stations: str, every: str = "day", **how: Any) -> dict[str, Any]:
        """The answer of `yellowsea averages`."""
        return averages.ask(self.store, self.facts, self.asked(*stations, **how), every).answer  # type: ignore[arg-type]

    def value(self, *stations: str, **how: Any) -> float | None:
        """The only value of averages."""
        (row,) = self.averages(*stations, **how)["values"]
        return row["value"]

    def episodes(self, profile: Any, *stations: str, least: int = 0, **how: Any) -> list[dict[str, Any]]:
        """The episodes of a profile, by name or given."""
        asked = self.asked(*stations, **how)
        if not isinstance(profile, episodes.Profile):
            profile = episodes.profile_of(self.facts, asked, profile)
        return episodes.ask(self.store, self.facts, asked, profile, least).answer["episodes"]


@pytest.fixture
def air(store: Store, facts: Facts) -> Air:
    """An empty database on each engine in turn."""
    return Air(store, facts)


@pytest.fixture
def local_air(sqlite_store: Store, facts: Facts) -> Air:
    """An empty database of SQLite, for rules in which SQL has no part."""
    return Air(sqlite_store, facts)


@pytest.fixture(scope="module")
def module_air(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, facts: Facts
) -> Iterator[Air]:
    """An empty database for all tests of a file, where composing what they look at takes its time."""
    path = tmp_path_factory.mktemp("module") / "air.db"
    shutil.copy(sqlite_template, path)
    store = Store(f"sqlite:///{path}")
    yield Air(store, facts)
    store.close()


@pytest.fixture
def air_of(facts: Facts) -> Callable[[Store], Air]:
    """For tests that compare databases."""
    return lambda store: Air(store, facts)
