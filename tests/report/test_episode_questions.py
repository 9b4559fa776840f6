"""Episodes of a place: profiles of the catalogue and on the spot."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.episodes import Profile
from ingest.source import Quantity
from report import episodes
from report.question import QuestionError

MARCH = {"region": "kr-seoul", "since": "2019-03-01", "until": "2019-03-07"}
NAN = float("nan")


def fill(air: Any, days: list[float], first: str = "2019-03-01") -> str:
    """One urban station of Seoul with these day means."""
    (one,) = air.of("kr-seoul")
    air.hours(one, f"{first}T00:00+09:00", [value for value in days for _ in range(24)])
    return str(one)


def test_a_day_profile_counts_whole_civil_days_with_an_exclusive_end(air: Any) -> None:
    fill(air, [20, 60, 70.5, 51, 50, 20, 20])
    (one,) = air.episodes("kr-high-day", **MARCH)
    assert (one["start"], one["end"]) == ("2019-03-02T00:00:00+09:00", "2019-03-05T00:00:00+09:00")
    assert (one["duration_hours"], one["hours_above"], one["censored"]) == (72, 72, "no")
    assert (one["mean"], one["peak"]) == (60.5, 70.5)
    assert one["peak_time"] == "2019-03-03T00:00:00+09:00"
    assert one["cumulative_excess"] == 10 + 20.5 + 1
    assert (one["region"], one["stations"], one["capture"]) == ("kr-seoul", 1, 1.0)
    assert one["dust"] is None


def test_the_default_is_the_country_s(local_air: Any) -> None:
    fill(local_air, [20, 60, 20, 20, 20, 20, 20])
    assert len(local_air.episodes(None, **MARCH)) == 1
    local_air.day(local_air.of("cn-beijing")[0], "2019-03-02", 151.0, feed="cnemc-archive")
    assert len(local_air.episodes(None, **(MARCH | {"region": "cn-beijing"}))) == 1


@pytest.mark.parametrize(
    ("days", "censored"),
    [
        ([60, 20, 20, 20, 20, 20, 20], "left"),
        ([20, 20, 20, 20, 20, 20, 60], "right"),
        ([60] * 7, "both"),
        ([20, 20, NAN, 60, 20, 20, 20], "left"),
        ([20, 60, NAN, 20, 20, 20, 20], "right"),
    ],
)
def test_an_episode_cut_by_the_span_or_by_missing_days_is_censored(
    local_air: Any, days: list[float], censored: str
) -> None:
    fill(local_air, days)
    (one,) = local_air.episodes("kr-high-day", **MARCH)
    assert one["censored"] == censored


def test_bad_and_good_days_class_the_rounded_mean(local_air: Any) -> None:
    fill(local_air, [35.4, 35.5, 20, 15.4, 15.5, 20, 20])
    assert [one["start"][:10] for one in local_air.episodes("kr-bad-day", **MARCH)] == ["2019-03-02"]
    assert [one["start"][:10] for one in local_air.episodes("kr-good-day", **MARCH)] == ["2019-03-04"]


def test_an_advisory_is_statutory_hysteresis(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    local_air.hours(one, "2019-03-01T00:00+09:00", [20, 80, 20, 75, 75, 40, 35, 34, 20])
    (found,) = local_air.episodes("kr-advisory", **MARCH)
    assert (found["start"][11:16], found["end"][11:16]) == ("03:00", "07:00")


def test_a_day_profile_needs_civil_days(local_air: Any) -> None:
    fill(local_air, [60])
    times = {"region": "kr-seoul", "since": "2019-03-01T00:00Z", "until": "2019-03-02T00:00Z"}
    with pytest.raises(QuestionError, match="civil days"):
        local_air.episodes("kr-high-day", **times)


def test_an_unknown_profile_lists_those_that_there_are(local_air: Any) -> None:
    with pytest.raises(QuestionError, match="no profile is called 'kr-x'; there are kr-high-day"):
        local_air.episodes("kr-x", **MARCH)


def test_a_station_has_episodes_too(local_air: Any) -> None:
    station = fill(local_air, [20, 60, 20, 20, 20, 20, 20])
    (one,) = local_air.episodes("kr-high-day", "종로구" if "111123" in station else station, **_span())
    assert one["region"] == station


def _span() -> dict[str, str]:
    return {key: value for key, value in MARCH.items() if key != "region"}


def test_the_least_duration_is_from_onset_to_end(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    local_air.hours(one, "2019-03-01T00:00+09:00", [20, 80, 40, 40, 20, 80, 20])
    profile = Profile("given", "hour", ">", 75, exit=35)
    assert [row["duration_hours"] for row in local_air.episodes(profile, **MARCH)] == [3, 1]
    assert [row["duration_hours"] for row in local_air.episodes(profile, least=2, **MARCH)] == [3]


def test_an_episode_says_which_limit_held_on_its_first_day(local_air: Any) -> None:
    fill(local_air, [60, 60, 20], first="2018-03-26")
    (one,) = local_air.episodes("kr-high-day", region="kr-seoul", since="2018-03-26", until="2018-03-28")
    assert (one["standard"], one["intensity"]) == ("KR-2015", 10)
    beijing = local_air.of("cn-beijing")[0]
    local_air.day(beijing, "2019-03-02", 151.0, feed="cnemc-archive")
    (heavy,) = local_air.episodes("cn-heavy-day", **(MARCH | {"region": "cn-beijing"}))
    assert heavy["standard"] == "CN-2012-II"


@pytest.mark.parametrize(("coarse", "dust"), [([200, 80], True), ([100, 80], False), ([NAN, 80], None)])
def test_dust_is_told_by_the_coarse_particles_of_every_day(
    local_air: Any, coarse: list[float], dust: bool | None
) -> None:
    one = fill(local_air, [20, 60, 60, 20, 20, 20, 20])
    days = [20.0, *coarse, 40, 40, 40, 40]
    hours = [value for value in days for _ in range(24)]
    local_air.hours(one, "2019-03-01T00:00+09:00", hours, quantity=Quantity("pm10", "ug/m3"))
    (found,) = local_air.episodes("kr-high-day", **MARCH)
    known = [60 / value for value in coarse if value == value]
    assert found["dust"] is dust
    assert found["pm25_to_pm10"] == pytest.approx(sum(known) / len(known))


def test_a_share_of_stations_is_the_same_rule_on_how_many_are_above(local_air: Any) -> None:
    stations = local_air.of("kr-seoul", count=4)
    for number, station in enumerate(stations):
        values = [20, 60 if number < 3 else 20, 60 if number < 1 else 20, 20]
        local_air.hours(station, "2019-03-01T00:00+09:00", [v for v in values for _ in range(24)])
    asked = local_air.asked(region="kr-seoul", since="2019-03-01", until="2019-03-04")
    half = Profile("half", "day", ">=", 0.5)
    answer = episodes.ask(local_air.store, local_air.facts, asked, half, share_above=50).answer
    (one,) = answer["episodes"]
    assert (one["start"][:10], one["duration_hours"], one["mean"]) == ("2019-03-02", 24, 0.75)
    assert (answer["method"]["series"], answer["method"]["unit"]) == ("share of stations above 50", "1")


def test_a_percentile_is_that_of_the_asked_span_and_is_told_in_its_unit(local_air: Any) -> None:
    fill(local_air, [10, 20, 30, 40, 50, 60, 70])
    asked = local_air.asked(**MARCH)
    top = Profile("top", "day", ">=", 50, level="percentile")
    answer = episodes.ask(local_air.store, local_air.facts, asked, top).answer
    assert answer["method"]["profile"]["enter"] == ">= 40"
    assert answer["method"]["profile"]["level"] == "percentile 50"
    assert [one["start"][:10] for one in answer["episodes"]] == ["2019-03-04"]
