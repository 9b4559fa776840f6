"""Figures that are known of the real archives, asked as a person asks.

The large archives are a drill; what is asked without them loads in seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.clock import Clock
from config.facts import Facts
from ingest import mapping
from ingest.archives import import_paths
from report import averages, episodes, readings
from report.question import Question, ask
from report.stations_held import Desk
from store import migrate
from store.engine import Store

SMALL = (
    "kr_seoul_stations_daily_2014_2025/2019.csv",
    "kr_airkorea_3stations_hourly_2015_2019/ds.2015.csv",
    "cn_us_posts_hourly_2013_2021_airnow/Beijing_PM2.5_2015_YTD.csv.gz",
    "cn_us_posts_hourly_2013_2021_airnow/Beijing_PM2.5_2019_YTD.csv.gz",
    "cn_us_posts_hourly_2008_2017_stateair/Beijing_2015_HourlyPM25_created20160201.csv.gz",
)
LARGE = (
    "kr_airkorea_national_hourly_202002/derived/KR_Feb2020_pm25.csv.gz",
    "kr_seoul25_hourly_2020_01_04",
    "cn_beijing12_hourly_2013_2017_uci",
)
MARCH = ("2019-03-01", "2019-03-31")


class Held:
    """A database of real archives, and its questions."""

    def __init__(self, store: Store, facts: Facts, data: Path) -> None:
        self.store, self.facts, self.data = store, facts, data

    def load(self, names: tuple[str, ...], how: str | None = None) -> None:
        paths = [self.data / name for name in names]
        absent = [path.name for path in paths if not path.exists()]
        if absent:
            pytest.skip(f"no real data: {', '.join(absent)} is not in {self.data}")
        rules = mapping.load(how) if how else None
        import_paths(self.store, self.facts, Clock.real(), paths, rules)

    def question(self, since: str, until: str, **how: Any) -> Question:
        with self.store.read() as connection:
            places = Desk(connection, self.facts).places
        return ask(self.facts, places, since=since, until=until, **how)

    def averages(self, since: str, until: str, every: str = "day", **how: Any) -> dict[str, Any]:
        question = self.question(since, until, **how)
        return averages.ask(self.store, self.facts, question, every).answer  # type: ignore[arg-type]

    def episodes(self, since: str, until: str, profile: str, **how: Any) -> list[dict[str, Any]]:
        question = self.question(since, until, **how)
        chosen = episodes.profile_of(self.facts, question, profile)
        return episodes.ask(self.store, self.facts, question, chosen).answer["episodes"]  # type: ignore[no-any-return]

    def series(self, since: str, until: str, **how: Any) -> dict[tuple[str, str], float | None]:
        rows = readings.ask(self.store, self.facts, self.question(since, until, **how)).answer["readings"]
        return {(row["station"], row["start"]): row["value"] for row in rows}


def opened(folder: Path, facts: Facts, shared: Path) -> Held:
    store = Store(f"sqlite:///{folder / 'real.db'}")
    migrate.ensure(store)
    return Held(store, facts, shared / "data")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, facts: Facts, shared: Path) -> Iterator[Held]:
    held = opened(tmp_path_factory.mktemp("small"), facts, shared)
    held.load(SMALL)
    folder = ("kr_incheon26_hourly_JanMay_2018_2020",)
    held.load(folder, "incheon26")
    held.load(folder, "shandong-mean")
    yield held
    held.store.close()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, facts: Facts, shared: Path) -> Iterator[Held]:
    held = opened(tmp_path_factory.mktemp("large"), facts, shared)
    held.load(LARGE)
    yield held
    held.store.close()


@pytest.mark.parametrize(("day", "mean"), [("2019-01-14", 128.76), ("2019-03-05", 135.28)])
def test_seoul_s_record_days(small: Held, day: str, mean: float) -> None:
    (row,) = small.averages(day, day, region="kr-seoul")["values"]
    assert round(row["value"], 2) == mean
    assert row["stations"] == 25


def test_seoul_in_march_2019(small: Held) -> None:
    (row,) = small.averages(*MARCH, every="month", region="서울")["values"]
    assert round(row["value"], 2) == 44.61


def test_the_high_days_of_28_february_to_6_march_2019(small: Held) -> None:
    found = small.episodes("2019-02-01", "2019-03-31", "kr-high-day", region="kr-seoul")
    longest = max(found, key=lambda row: row["duration_hours"])
    assert (longest["start"][:10], longest["end"][:10]) == ("2019-02-28", "2019-03-07")
    assert longest["duration_hours"] == 168
    assert round(longest["mean"], 1) == 94.2
    assert longest["censored"] == "no"


def test_airkorea_s_labels_are_the_ends_of_their_hours(small: Held) -> None:
    hours = small.series("2015-01-01", "2015-01-01", stations=("111123",), feed="airkorea-final")
    values = {start[11:16]: value for (_, start), value in hours.items()}
    assert list(values) == [f"{hour:02}:00" for hour in range(24)]
    assert (values["00:00"], values["01:00"], values["23:00"]) == (None, 3.0, 5.0)


def test_two_files_of_one_mission_agree_on_utc(small: Held) -> None:
    how = {"region": "cn-beijing", "network": "us-mission"}
    airnow = small.series("2015-01-01", "2015-12-31", feed="us-airnow", **how)
    stateair = small.series("2015-01-01", "2015-12-31", feed="us-stateair", **how)
    both = [key for key in airnow.keys() & stateair.keys() if None not in (airnow[key], stateair[key])]
    assert len(both) > 8_500
    assert sum(airnow[key] == stateair[key] for key in both) / len(both) > 0.999


@pytest.mark.parametrize(
    ("place", "network", "feed", "kind", "days"),
    [
        ({"stations": ("백령도",)}, "user", "incheon26", "background", 30),
        ({"region": "Incheon"}, "user", "incheon26", "urban", 30),
        (
            {"region": "山东"},
            "user",
            "shandong-mean",
            "composite",
            10,
        ),  # more than half of its hours are blank
        ({"region": "Beijing"}, "us-mission", "us-airnow", "mission", 30),
    ],
)
def test_both_shores_in_march_2019(
    small: Held, place: dict[str, Any], network: str, feed: str, kind: str, days: int
) -> None:
    answer = small.averages(*MARCH, basis="hourly", **place)
    data = answer["data"]
    assert (data["networks"], data["feeds"], data["kinds"]) == ([network], [feed], [kind])
    assert 0 < data["capture"] <= 1
    assert data["attribution"]
    assert sum(row["value"] is not None for row in answer["values"]) >= days
    assert len(answer["values"]) == 31


@pytest.mark.drill
def test_korea_on_15_february_2020_from_396_urban_stations(large: Held) -> None:
    (row,) = large.averages("2020-02-15", "2020-02-15", region="kr", feed="airkorea-final")["values"]
    assert (round(row["value"], 2), row["stations"]) == (39.68, 396)


@pytest.mark.drill
def test_beijing_2013_to_2017_from_11_stations(large: Held) -> None:
    answer = large.averages("2013-03-01", "2017-02-28", region="cn-beijing", basis="hourly")
    days = [row["value"] for row in answer["values"] if row["value"] is not None]
    assert round(sum(days) / len(days), 2) == 80.81
    assert answer["data"]["stations"] == 11
    assert answer["data"]["kinds"] == ["urban"]


@pytest.mark.drill
def test_seoul_s_own_file_and_airkorea_s_agree_hour_by_hour(large: Held) -> None:
    how = {"region": "kr-seoul"}
    city = large.series("2020-02-01", "2020-02-29", feed="seoul-hourly", **how)
    final = large.series("2020-02-01", "2020-02-29", feed="airkorea-final", **how)
    both = [key for key in city.keys() & final.keys() if None not in (city[key], final[key])]
    assert len(both) > 16_000
    assert all(city[key] == final[key] for key in both)
