"""Series of one place side by side, asked as a person asks: by hand, and of the real archives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from config.air import Station
from config.clock import Clock
from ingest.archives import import_paths
from report import compare_sources
from report.question import NothingHeldError, QuestionError, ask
from report.stations_held import Desk

DAY = "2019-03-05"
WEEK = {"since": "2019-03-04", "until": "2019-03-10"}
NAN = float("nan")


def noise(n: int = 168, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).gamma(2.0, 20.0, n).round()


def compared(air: Any, every: str = "hour", **how: Any) -> dict[str, Any]:
    with air.store.read() as connection:
        desk = Desk(connection, air.facts)
        question = ask(air.facts, desk.places, own_feeds=desk.feeds, **({**WEEK} | how))
    return compare_sources.ask(air.store, air.facts, question, every)  # type: ignore[arg-type]


def pair(answer: dict[str, Any], a: str, b: str) -> dict[str, Any]:
    (row,) = (row for row in answer["pairs"] if (row["a"], row["b"]) == (a, b))
    return row


def test_two_feeds_of_a_station_that_say_the_same(air: Any) -> None:
    (one,) = air.of("kr-seoul")
    values = noise()
    air.hours(one, "2019-03-04T00:00+09:00", values.tolist())
    air.hours(one, "2019-03-04T00:00+09:00", [NAN, NAN, *values[2:].tolist()], "seoul-hourly")
    answer = compared(air, stations=(one,))
    row = pair(answer, "airkorea-final", "seoul-hourly")
    assert (row["n"], row["equal"], row["bias"], row["lag_hours"]) == (166, 1.0, 0.0, 0)
    assert (row["capture_a"], row["capture_b"]) == (1.0, 166 / 168)
    assert row["note"] == "equal in 166 of 166 common hours; the same figures"


def test_a_clock_an_hour_wrong_is_told_in_words(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    values = noise()
    local_air.hours(one, "2019-03-04T00:00+09:00", values.tolist())
    local_air.hours(one, "2019-03-04T01:00+09:00", values[:-1].tolist(), "seoul-hourly")
    row = pair(compared(local_air, stations=(one,)), "airkorea-final", "seoul-hourly")
    assert (row["lag_hours"], row["r_at_lag"]) == (1, pytest.approx(1.0))
    assert "the same figures, shifted: the second series runs 1 h behind" in row["note"]


def test_a_region_speaks_by_its_own_rule_in_each_feed(local_air: Any) -> None:
    one, two = local_air.of("kr-seoul", count=2)
    (roadside,) = local_air.of("kr-seoul", "roadside")
    for station, level in ((one, 10.0), (two, 30.0), (roadside, 500.0)):
        local_air.hours(station, "2019-03-04T00:00+09:00", (noise() * 0 + level).tolist())
    local_air.hours(one, "2019-03-04T00:00+09:00", [12.0] * 168, "seoul-hourly")
    answer = compared(local_air, region="kr-seoul")
    row = pair(answer, "airkorea-final", "seoul-hourly")
    assert (row["bias"], row["ratio"], row["r"], row["lag_hours"]) == (-8.0, 0.6, None, None)
    assert [one["stations"] for one in answer["series"]] == [2, 1]


def test_official_and_mission_are_set_side_by_side_with_their_reference_states(local_air: Any) -> None:
    (official,) = local_air.of("cn-beijing", count=1)
    values = noise()
    local_air.hours(official, "2019-03-04T00:00+08:00", values.tolist(), "cnemc-archive")
    local_air.hours("us-mission-beijing", "2019-03-04T00:00+08:00", (values * 1.1).tolist(), "us-airnow")
    row = pair(compared(local_air, region="cn-beijing"), "cnemc-archive", "us-airnow")
    assert row["ratio"] == pytest.approx(1.1)
    assert "us-airnow moves with it and is on average" in row["note"]


def test_standard_and_actual_volumes_are_told(local_air: Any) -> None:
    (official,) = local_air.of("cn-beijing", count=1)
    span = {"since": "2015-03-04", "until": "2015-03-10"}
    local_air.hours(official, "2015-03-04T00:00+08:00", noise().tolist(), "uci-beijing")
    local_air.hours("us-mission-beijing", "2015-03-04T00:00+08:00", noise(seed=2).tolist(), "us-airnow")
    row = pair(compared(local_air, region="cn-beijing", **span), "uci-beijing", "us-airnow")
    assert "volumes refer to different states (uci-beijing: standard, us-airnow: actual)" in row["note"]


def test_networks_of_several_feeds_are_compared_once_more_as_a_whole(local_air: Any) -> None:
    one, two = local_air.of("cn-beijing", count=2)
    local_air.hours(one, "2019-03-04T00:00+08:00", noise().tolist(), "cnemc-archive")
    local_air.hours(two, "2019-03-04T00:00+08:00", noise(seed=3).tolist(), "cnemc-live")
    local_air.hours("us-mission-beijing", "2019-03-04T00:00+08:00", noise(seed=2).tolist(), "us-airnow")
    answer = compared(local_air, region="cn-beijing")
    assert {(row["a"], row["b"]) for row in answer["pairs"]} == {
        ("cnemc-archive", "cnemc-live"),
        ("cnemc-archive", "us-airnow"),
        ("cnemc-live", "us-airnow"),
        ("us-airnow", "cnemc"),
    }


def test_a_feed_of_modelled_points_speaks_by_the_mean_of_its_stations(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    point = Station(
        id="user-point", network="user", code="point", name="point", area="kr-seoul", kind="model",
        source="test", confidence="low",
    )  # fmt: skip
    feed = local_air.facts.feeds["airkorea-live"].model_copy(
        update={"id": "modelled", "network": "user", "rank": 99}
    )
    local_air.stations.append(point)
    local_air.feeds["modelled"] = feed
    local_air.hours(one, "2019-03-04T00:00+09:00", noise().tolist())
    local_air.hours("user-point", "2019-03-04T00:00+09:00", (noise() + 5).tolist(), "modelled")
    answer = compared(local_air, region="kr-seoul")
    assert pair(answer, "airkorea-final", "modelled")["bias"] == pytest.approx(5.0)
    assert [one["kinds"] for one in answer["series"]] == [["urban"], ["model"]]
    assert any("the mean of all its stations" in note for note in answer["data"]["notes"])


def test_several_stations_are_set_side_by_side_by_name(local_air: Any) -> None:
    one, two = local_air.of("kr-seoul", count=2)
    for station in (one, two):
        local_air.hours(station, "2019-03-04T00:00+09:00", noise().tolist())
    answer = compared(local_air, stations=(one, two))
    assert [(row["a"], row["b"]) for row in answer["pairs"]] == [
        (f"{one} airkorea-final", f"{two} airkorea-final")
    ]


def test_days_bring_published_day_means_in_and_are_not_shifted(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    local_air.hours(one, "2019-03-04T00:00+09:00", [20.0] * 168)
    local_air.daily(one, "2019-03-04", [20.0] * 6 + [26.0])
    row = pair(compared(local_air, "day", stations=(one,)), "airkorea-final", "seoul-daily")
    assert (row["n"], row["equal"], row["lag_hours"]) == (7, 6 / 7, None)
    assert "too few to judge" in row["note"]


def test_one_series_alone_cannot_be_compared(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    local_air.hours(one, "2019-03-04T00:00+09:00", noise().tolist())
    with pytest.raises(NothingHeldError, match="only airkorea-final"):
        compared(local_air, stations=(one,))
    with pytest.raises(NothingHeldError):
        compared(local_air, region="kr-busan")
    with pytest.raises(QuestionError, match="--every"):
        compared(local_air, "month", stations=(one,))


def test_flagged_readings_can_be_left_out(air: Any) -> None:
    (one,) = air.of("kr-seoul")
    air.hours(one, "2019-03-04T00:00+09:00", [10.0] * 100)
    air.hours(one, "2019-03-04T00:00+09:00", [10.0] * 99 + [900.0], "seoul-hourly")
    with air.store.write() as connection:
        connection.exec_driver_sql("UPDATE reading SET flags = 4 WHERE value = 900")
    assert compared(air, stations=(one,))["pairs"][0]["bias"] == pytest.approx(8.9)
    dropped = compared(air, stations=(one,), drop_flagged=True)["pairs"][0]
    assert (dropped["bias"], dropped["n"]) == (0.0, 99)


# The real archives


@pytest.fixture
def real(local_air: Any, shared: Path) -> Any:
    def load(*names: str) -> Any:
        import_paths(
            local_air.store, local_air.facts, Clock.real(), [shared / "data" / name for name in names]
        )
        return local_air

    return load


def test_stateair_is_airnow_and_both_follow_the_city_s_official_stations(real: Any) -> None:
    stations = ("Aotizhongxin", "Dongsi", "Guanyuan", "Nongzhanguan", "Tiantan", "Wanliu", "Wanshouxigong")
    air = real(
        "cn_us_posts_hourly_2013_2021_airnow/Beijing_PM2.5_2015_YTD.csv.gz",
        "cn_us_posts_hourly_2008_2017_stateair/Beijing_2015_HourlyPM25_created20160201.csv.gz",
        *(
            f"cn_beijing12_hourly_2013_2017_uci/PRSA_Data_{one}_20130301-20170228.csv.gz"
            for one in stations[:3]
        ),
    )
    answer = compared(air, region="Beijing", since="2015-01-01", until="2015-12-31")
    mission = pair(answer, "us-airnow", "us-stateair")
    assert (mission["n"], mission["equal"], mission["lag_hours"]) == (8_666, 1.0, 0)
    assert mission["note"] == "equal in 8,666 of 8,666 common hours; the same figures"
    official = pair(answer, "uci-beijing", "us-airnow")
    assert official["lag_hours"] == 0
    assert official["r"] > 0.95
    assert abs(official["ratio"] - 1) < 0.08
    assert official["equal"] < 0.05


@pytest.mark.drill
def test_seoul_s_own_file_is_airkorea_s_final_in_february_2020(real: Any) -> None:
    air = real(
        "kr_airkorea_national_hourly_202002/derived/KR_Feb2020_pm25.csv.gz",
        "kr_seoul25_hourly_2020_01_04",
    )
    answer = compared(air, region="kr-seoul", since="2020-02-01", until="2020-02-29")
    row = pair(answer, "airkorea-final", "seoul-hourly")
    assert (row["n"], row["equal"], row["bias"], row["lag_hours"]) == (696, 1.0, 0.0, 0)
