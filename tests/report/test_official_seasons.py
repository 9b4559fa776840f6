"""Seasons and measures of Seoul on the official files of 2014 to 2025, as they are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.clock import Clock
from config.facts import Facts
from ingest.archives import import_paths
from report import episodes, links, seasons
from report.question import Question, ask
from report.stations_held import Desk
from store import migrate
from store.engine import Store

# By the year in which a season begins: mean; good, bad and high days; measure days of Seoul.
SEASONS = {
    2014: (26.26, 20, 22, 6, 0),
    2015: (27.74, 15, 32, 3, 0),
    2016: (32.62, 7, 41, 17, 0),
    2017: (32.27, 21, 42, 18, 6),
    2018: (35.37, 11, 42, 21, 12),
    2019: (27.46, 22, 32, 8, 4),
    2020: (27.28, 36, 29, 11, 3),
    2021: (24.64, 38, 25, 6, 3),
    2022: (26.39, 34, 30, 12, 5),
    2023: (22.37, 42, 19, 6, 1),
    2024: (24.60, 39, 25, 5, 3),
}
PUBLISHED = {2019: 28, 2020: 27, 2021: 24.7, 2022: 25.9, 2023: 22.8, 2024: 24.3}


class Seoul:
    """The official day means of Seoul's 25 stations."""

    def __init__(self, store: Store, facts: Facts) -> None:
        self.store, self.facts = store, facts

    def question(self, since: str, until: str) -> Question:
        with self.store.read() as connection:
            places = Desk(connection, self.facts).places
        return ask(self.facts, places, region="kr-seoul", since=since, until=until, basis="daily")

    def seasons(self, *over: int, **how: Any) -> dict[str, Any]:
        question = self.question("2000-01-01", "2000-01-01")
        return seasons.ask(self.store, self.facts, [question], seasons.Asked(over, **how))

    def links(self, since: str, until: str) -> dict[str, Any]:
        question = self.question(since, until)
        profile = episodes.profile_of(self.facts, question, "kr-high-day")
        return links.ask(self.store, self.facts, question, profile)


@pytest.fixture(scope="module")
def seoul(tmp_path_factory: pytest.TempPathFactory, facts: Facts, shared: Path) -> Iterator[Seoul]:
    folder = shared / "data" / "kr_seoul_stations_daily_2014_2025"
    if not folder.is_dir():
        pytest.skip(f"no real data: {folder.name} is not there")
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('seoul') / 'real.db'}")
    migrate.ensure(store)
    import_paths(store, facts, Clock.real(), [folder])
    yield Seoul(store, facts)
    store.close()


@pytest.fixture(scope="module")
def eleven(seoul: Seoul) -> dict[int, dict[str, Any]]:
    """The eleven seasons, by the year in which each begins."""
    return {int(row["season"][3:]): row for row in seoul.seasons(*SEASONS)["seasons"]}


@pytest.fixture(scope="module")
def seven(seoul: Seoul) -> list[dict[str, Any]]:
    """Episodes and measures of the seasons 2018/19 to 2024/25."""
    return [seoul.links(f"{year}-12-01", f"{year + 1}-03-31") for year in range(2018, 2025)]


# Seasons


@pytest.mark.parametrize("year", SEASONS)
def test_the_seasons_of_seoul(eleven: dict[int, dict[str, Any]], year: int) -> None:
    row = eleven[year]
    told = (round(row["mean"], 2), row["good_days"], row["bad_days"], row["high_days"], row["measure_days"])
    assert told == SEASONS[year]
    assert row["stations"] == 25


def test_eleven_seasons_have_285_good_339_bad_and_113_high_days(eleven: dict[int, dict[str, Any]]) -> None:
    sums = [sum(row[key] for row in eleven.values()) for key in ("good_days", "bad_days", "high_days")]
    assert sums == [285, 339, 113]


def test_2_of_10_successive_changes_have_an_interval_off_zero(eleven: dict[int, dict[str, Any]]) -> None:
    changes = {year: row["change"] for year, row in eleven.items() if row["change"]["difference"] is not None}
    assert list(changes) == list(range(2015, 2025))
    off = [year for year, one in changes.items() if one["low"] > 0 or one["high"] < 0]
    assert off == [2016, 2019]
    widths = [(one["high"] - one["low"]) / 2 for one in changes.values()]
    assert 4 <= min(widths) <= max(widths) < 10


def test_a_winter_of_which_december_is_not_held_is_no_baseline(eleven: dict[int, dict[str, Any]]) -> None:
    """The files begin in January 2014."""
    change = eleven[2014]["change"]
    assert (change["baseline"], change["difference"]) == ("kr-2013", None)
    assert "less than 75% of the days are held" in change["note"]


def test_like_for_like_leaves_out_the_stations_that_moved(eleven: dict[int, dict[str, Any]]) -> None:
    assert {row["like_for_like"]["stations"] for row in eleven.values()} == {17}
    for row in eleven.values():
        assert abs(row["like_for_like"]["mean"] - row["mean"]) < 0.3


def test_the_published_means_stand_beside_within_0_6(eleven: dict[int, dict[str, Any]]) -> None:
    for year, value in PUBLISHED.items():
        (told,) = [one for one in eleven[year]["published"] if one["metric"] == "pm25_mean"]
        assert told["value"] == value
        assert abs(told["difference"]) <= 0.6
        assert told["comparable"] is True
    assert "rounded" in next(one["why"] for one in eleven[2019]["published"] if one["metric"] == "pm25_mean")


def test_days_of_dust_move_a_season_by_0_2_at_most_and_by_more_in_2014(
    eleven: dict[int, dict[str, Any]],
) -> None:
    """About 1 in 2014/15 by the days that the ministry left out; 0.8 by the rule of the catalogue."""
    moved = {year: row["mean"] - row["without_dust"]["mean"] for year, row in eleven.items()}
    assert round(moved.pop(2014), 1) == 0.8
    assert all(0 <= one <= 0.2 for one in moved.values())


def test_months_of_a_season(seoul: Seoul, eleven: dict[int, dict[str, Any]]) -> None:
    months = seoul.seasons(2018, by="month")["seasons"]
    assert [row["month"] for row in months] == ["2018-12", "2019-01", "2019-02", "2019-03"]
    assert round(months[3]["mean"], 2) == 44.61
    for key in ("good_days", "bad_days", "high_days", "measure_days"):
        assert sum(row[key] for row in months) == eleven[2018][key]


# Measures


def test_seven_seasons_of_measures(seven: list[dict[str, Any]]) -> None:
    total: Counter[str] = Counter()
    for answer in seven:
        total.update({key: value for key, value in answer["summary"].items() if isinstance(value, int)})
    assert {key: total[key] for key in total if key != "complete"} == {
        "high_days": 69,
        "high_days_covered": 24,
        "first_days": 37,
        "first_days_covered": 2,
        "later_days": 32,
        "later_days_covered": 22,
        "announced_same_day": 13,
        "measure_days": 31,
        "measure_days_high": 24,
        "measure_days_at_or_below": 7,
        "measure_days_without_value": 0,
        "measure_days_with_vehicle_rules": 19,
    }, "24 covered and 13 announced that day are the 37 of 69; 12 of 31 days without vehicle rules"


def test_march_2019(seoul: Seoul) -> None:
    answer = seoul.links("2019-02-01", "2019-03-31")
    longest = max(answer["links"], key=lambda one: one["episode"]["duration_hours"])
    during = [(one["date"], one["nth_of_run"]) for one in longest["measures"] if one["kind"] == "emergency"]
    assert during == [(f"2019-03-0{n}", n + 1 if n < 7 else None) for n in range(1, 8)]
    assert [one["relation"] for one in longest["measures"]] == ["during"] * 7 + ["after"]
    assert longest["measures"][0]["kind"] == "preliminary"
    assert longest["measures"][0]["lead_hours"] == 7.0
    assert "2019-03-07" in answer["measure_days_at_or_below"]


def test_the_two_days_of_march_2021(seoul: Seoul) -> None:
    answer = seoul.links("2021-03-01", "2021-03-31")
    days = {row["date"] for one in answer["links"] for row in one["measures"]}
    assert {"2021-03-11", "2021-03-12"} <= days | set(answer["measure_days_at_or_below"])
