"""The rules of INTERFACE for regional numbers, each on readings made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from report.question import NothingHeldError, QuestionError

NAN = float("nan")
DAY = "2019-03-05"


# Korea


def test_korea_is_the_mean_of_urban_stations_day_means(air: Any) -> None:
    one, two = air.of("kr-seoul", count=2)
    air.hours(one, f"{DAY}T00:00+09:00", [10.0] * 12 + [30.0] * 12)
    air.day(two, DAY, 50.0)
    (roadside,) = air.of("kr-seoul", "roadside")
    air.day(roadside, DAY, 500.0)
    answer = air.averages(region="kr-seoul", on=DAY)
    assert [(row["value"], row["stations"], row["n"]) for row in answer["values"]] == [(35.0, 2, 48)]
    assert answer["data"]["kinds"] == ["urban"]
    assert answer["values"][0]["start"] == f"{DAY}T00:00:00+09:00"
    assert answer["values"][0]["end"] == "2019-03-06T00:00:00+09:00"


@pytest.mark.parametrize(("hours", "value"), [(18, 20.0), (17, None)])
def test_a_korean_station_day_needs_18_hours(air: Any, hours: int, value: float | None) -> None:
    (one,) = air.of("kr-seoul")
    air.day(one, DAY, 20.0, hours)
    answer = air.averages(region="kr-seoul", on=DAY)
    assert answer["values"][0]["value"] == value
    assert answer["values"][0]["capture"] == hours / 24
    assert answer["method"]["day_rule"]["hours_needed"] == 18


@pytest.mark.parametrize(("heard", "value"), [(3, 20.0), (2, None)])
def test_a_value_needs_three_quarters_of_its_panel(local_air: Any, heard: int, value: float | None) -> None:
    stations = local_air.of("kr-seoul", count=4)
    for one in stations:
        local_air.day(one, "2019-03-04", 10.0)
    for one in stations[:heard]:
        local_air.day(one, DAY, 20.0)
    answer = local_air.averages(region="kr-seoul", since="2019-03-04", until=DAY)
    assert [row["value"] for row in answer["values"]] == [10.0, value]
    assert answer["data"]["stations"] == 4
    assert answer["data"]["stations_known"] > 20


def test_a_station_without_a_value_in_the_span_is_not_in_the_panel(local_air: Any) -> None:
    one, two = local_air.of("kr-seoul", count=2)
    local_air.day(one, DAY, 20.0)
    local_air.day(two, DAY, NAN)
    assert local_air.value(region="kr-seoul", on=DAY) == 20.0


def test_a_region_of_several_sido_needs_a_station_in_each(local_air: Any) -> None:
    for area, value in (("kr-seoul", 10.0), ("kr-incheon", 20.0)):
        local_air.day(local_air.of(area)[0], DAY, value)
    answer = local_air.averages(region="kr-capital", on=DAY)
    assert answer["values"][0]["value"] is None
    assert "kr-gyeonggi" in answer["data"]["notes"][0]
    local_air.day(local_air.of("kr-gyeonggi")[0], DAY, 60.0)
    assert local_air.value(region="kr-capital", on=DAY) == 30.0


def test_the_hour_mean_is_that_of_the_stations_heard(local_air: Any) -> None:
    for one, values in zip(
        local_air.of("kr-seoul", count=4), ([1, 1], [2, 2], [6, NAN], [7, NAN]), strict=True
    ):
        local_air.hours(one, f"{DAY}T12:00+09:00", values)
    answer = local_air.averages(region="kr-seoul", every="hour", on=DAY)
    noon = answer["values"][12:14]
    assert [(row["value"], row["stations"]) for row in noon] == [(4.0, 4), (None, 2)]
    assert len(answer["values"]) == 24


def test_hours_have_no_daily_basis(local_air: Any) -> None:
    local_air.daily(local_air.of("kr-seoul")[0], DAY, [20.0])
    with pytest.raises(QuestionError, match="hours come from hourly readings"):
        local_air.averages(region="kr-seoul", every="hour", on=DAY, basis="daily")


# China


def test_china_is_the_mean_over_cities_less_control_points(air: Any) -> None:
    jinan, qingdao = air.of("cn-jinan", count=3), air.of("cn-qingdao")
    for one in jinan:
        air.day(one, DAY, 30.0, feed="cnemc-archive")
    air.day(qingdao[0], DAY, 90.0, feed="cnemc-archive")
    air.day(air.of("cn-qingdao", "control")[0], DAY, 900.0, feed="cnemc-archive")
    answer = air.averages(region="cn-shandong", on=DAY)
    assert answer["values"][0]["value"] is None, "2 of 16 cities are not 75 %"
    assert any("2 of 16 cities" in note for note in answer["data"]["notes"])
    assert air.value(region="cn-qingdao", on=DAY) == 90.0
    assert answer["values"][0]["stations"] == 4


def test_a_group_of_cities_counts_cities_not_stations(local_air: Any) -> None:
    cities = [
        m.member for m in local_air.facts.members if m.region == "cn-jjj-2p26" and m.holds_in(*[_day()] * 2)
    ]
    enough = -(-3 * len(cities) // 4)
    for index, city in enumerate(sorted(cities)[:enough]):
        for one in local_air.of(city, count=2 if city == "cn-beijing" else 1):
            local_air.day(one, DAY, float(index), feed="cnemc-archive")
    expected = sum(range(enough)) / enough
    assert local_air.value(region="cn-jjj-2p26", on=DAY) == pytest.approx(expected)


def _day() -> Any:
    from datetime import date

    return date.fromisoformat(DAY)


@pytest.mark.parametrize(("hours", "value"), [(20, 20.0), (19, None)])
def test_a_chinese_station_day_needs_20_hours(local_air: Any, hours: int, value: float | None) -> None:
    local_air.day(local_air.of("cn-beijing")[0], DAY, 20.0, hours, feed="cnemc-archive")
    assert local_air.value(region="cn-beijing", on=DAY) == value


def test_a_control_point_alone_is_no_region_but_can_be_asked(local_air: Any) -> None:
    (dingling,) = local_air.of("cn-beijing", "control")
    local_air.day(dingling, DAY, 20.0, feed="cnemc-archive")
    with pytest.raises(NothingHeldError, match="only control") as refused:
        local_air.averages(region="cn-beijing", on=DAY)
    assert "cnemc-archive" in refused.value.held[0]
    assert local_air.value("定陵", on=DAY) == 20.0


# Missions


def test_missions_answer_only_when_asked_or_nothing_else_is_held(air: Any) -> None:
    air.day("us-mission-beijing", DAY, 100.0, feed="us-airnow")
    alone = air.averages(region="cn-beijing", on=DAY)
    assert (alone["values"][0]["value"], alone["data"]["kinds"]) == (100.0, ["mission"])
    assert any("only the monitors of US missions" in note for note in alone["data"]["notes"])
    air.day(air.of("cn-beijing")[0], DAY, 20.0, feed="cnemc-archive")
    both = air.averages(region="cn-beijing", on=DAY)
    assert (both["values"][0]["value"], both["data"]["networks"]) == (20.0, ["cnemc"])
    for how in ({"network": "us-mission"}, {"feed": "us-airnow"}):
        asked = air.averages(region="cn-beijing", on=DAY, **how)
        assert (asked["values"][0]["value"], asked["data"]["notes"]) == (100.0, [])


def test_a_mission_does_not_win_against_what_is_held_on_the_other_basis(local_air: Any) -> None:
    local_air.day("us-mission-beijing", DAY, 100.0, feed="us-airnow")
    (city,) = local_air.of("cn-beijing", "composite", day="2016-01-01")
    local_air.daily(city, DAY, [60.0], "aqistudy-daily")
    answer = local_air.averages(region="cn-beijing", on=DAY)
    assert (answer["values"][0]["value"], answer["data"]["basis"]) == (60.0, "daily")
    assert any("US missions" in note for note in answer["data"]["notes"])


# Composites


def test_a_composite_is_used_only_alone_and_says_so(local_air: Any) -> None:
    (city,) = local_air.of("cn-jinan", "composite", day="2016-01-01")
    local_air.daily(city, DAY, [60.0], "aqistudy-daily")
    answer = local_air.averages(region="cn-jinan", on=DAY)
    assert (answer["values"][0]["value"], answer["data"]["kinds"]) == (60.0, ["composite"])
    assert any("only a composite is held" in note for note in answer["data"]["notes"])


def test_a_composite_does_not_win_against_stations_on_the_other_basis(local_air: Any) -> None:
    local_air.stations = [_composite(local_air, "user-downtown", "kr-seoul")]
    (one,) = local_air.of("kr-seoul")
    local_air.day("user-downtown", DAY, 400.0, feed="user-downtown")
    local_air.daily(one, DAY, [20.0], "seoul-daily")
    answer = local_air.averages(region="kr-seoul", on=DAY)
    assert (answer["values"][0]["value"], answer["data"]["basis"]) == (20.0, "daily")
    assert any("only a composite is held" in note for note in answer["data"]["notes"])


def test_a_composite_is_never_averaged_with_stations(local_air: Any) -> None:
    local_air.stations = [_composite(local_air, "user-downtown", "kr-seoul")]
    (one,) = local_air.of("kr-seoul")
    local_air.day(one, DAY, 20.0)
    local_air.day("user-downtown", DAY, 400.0, feed="user-downtown")
    answer = local_air.averages(region="kr-seoul", on=DAY)
    assert answer["values"][0]["value"] == 20.0
    assert answer["data"]["feeds"] == ["airkorea-final"], "only feeds that gave a value are named"
    assert answer["data"]["feed_values"] == {"airkorea-final": 24}
    with pytest.raises(QuestionError, match="composite"):
        local_air.averages(one, "user-downtown", on=DAY)
    assert local_air.value("user-downtown", on=DAY) == 400.0


def test_in_a_region_of_several_sido_a_composite_does_not_stand_beside_stations(local_air: Any) -> None:
    local_air.stations = [_composite(local_air, "user-downtown", "kr-seoul")]
    local_air.day("user-downtown", DAY, 400.0, feed="user-downtown")
    for area in ("kr-incheon", "kr-gyeonggi"):
        local_air.day(local_air.of(area)[0], DAY, 20.0)
    answer = local_air.averages(region="kr-capital", on=DAY)
    assert answer["values"][0]["value"] is None
    assert any("left out" in note for note in answer["data"]["notes"])
    assert answer["data"]["kinds"] == ["urban"]


def test_a_composite_of_a_province_stands_for_it_where_no_city_is_held(local_air: Any) -> None:
    local_air.stations = [_composite(local_air, "user-shandong", "cn-shandong")]
    local_air.hours("user-shandong", f"{DAY}T00:00+08:00", [80.0] * 24, feed="user-shandong")
    answer = local_air.averages(region="산둥성", on=DAY)
    assert answer["values"][0]["value"] == 80.0
    assert answer["data"]["networks"] == ["user"]


def _composite(air: Any, ident: str, area: str) -> Any:
    from config.air import Feed, Station

    common = {"source": "test", "confidence": "low"}
    feed = Feed(
        id=ident, network="user", name=ident, period="PT1H", rank=90, status="archive", licence="CC0",
        attribution="me", **common,
    )  # fmt: skip
    air.feeds[ident] = feed
    return Station(id=ident, network="user", name=ident, area=area, kind="composite", **common)


# Basis, feeds, panels


def test_best_takes_the_basis_with_more_valid_days_and_says_which(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    local_air.day(one, DAY, 20.0)
    local_air.daily(one, DAY, [40.0])
    equal = local_air.averages(region="kr-seoul", on=DAY)
    assert (equal["values"][0]["value"], equal["data"]["basis"]) == (20.0, "hourly")
    local_air.daily(one, "2019-03-06", [50.0])
    answer = local_air.averages(region="kr-seoul", since=DAY, until="2019-03-06")
    assert [row["value"] for row in answer["values"]] == [40.0, 50.0], "bases are not mixed"
    assert answer["data"]["basis"] == "daily"
    assert "2 valid days against 1" in answer["data"]["notes"][-1]
    assert local_air.value(region="kr-seoul", on=DAY, basis="hourly") == 20.0
    assert local_air.value(region="kr-seoul", on=DAY, basis="daily") == 40.0


def test_the_better_rank_answers_a_station_hour_and_feeds_are_counted(air: Any) -> None:
    (one,) = air.of("kr-seoul")
    air.hours(one, f"{DAY}T00:00+09:00", [90.0] * 24, feed="airkorea-live")
    air.hours(one, f"{DAY}T00:00+09:00", [10.0] * 18)
    answer = air.averages(region="kr-seoul", on=DAY)
    assert answer["values"][0]["value"] == (18 * 10 + 6 * 90) / 24
    assert answer["data"]["feed_values"] == {"airkorea-final": 18, "airkorea-live": 6}
    assert answer["data"]["feeds"] == ["airkorea-final", "airkorea-live"]
    assert len(answer["data"]["attribution"]) == 2
    assert air.value(region="kr-seoul", on=DAY, feed="airkorea-live") == 90.0


def test_an_hour_that_the_better_feed_holds_as_missing_stays_missing(air: Any) -> None:
    (one,) = air.of("kr-seoul")
    air.hours(one, f"{DAY}T00:00+09:00", [90.0] * 24, feed="airkorea-live")
    air.hours(one, f"{DAY}T00:00+09:00", [10.0] * 20 + [NAN] * 4)
    answer = air.averages(region="kr-seoul", on=DAY)
    assert (answer["values"][0]["value"], answer["values"][0]["n"]) == (10.0, 20)
    assert answer["data"]["feed_values"] == {"airkorea-final": 20}


def test_seoul_and_airkorea_share_their_stations(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    local_air.day(one, DAY, 20.0, feed="seoul-hourly")
    assert local_air.averages(region="kr-seoul", on=DAY, network="seoul")["data"]["networks"] == ["seoul"]
    with pytest.raises(NothingHeldError):
        local_air.averages(region="kr-seoul", on=DAY, network="airkorea")


def test_the_common_panel_keeps_the_stations_valid_throughout(local_air: Any) -> None:
    always, once = local_air.of("kr-seoul", count=2)
    local_air.day(always, DAY, 20.0)
    local_air.day(always, "2019-03-06", 20.0)
    local_air.day(once, DAY, 60.0)
    how = {"region": "kr-seoul", "since": DAY, "until": "2019-03-06"}
    assert [row["value"] for row in local_air.averages(**how)["values"]] == [40.0, None]
    common = local_air.averages(**how, panel="common")
    assert [row["value"] for row in common["values"]] == [20.0, 20.0]
    assert common["data"]["stations"] == 1
    wider = local_air.averages(region="kr-seoul", since=DAY, until="2019-03-07", panel="common")
    assert "no station is valid throughout" in wider["data"]["notes"][0]


def test_as_of_answers_with_what_was_known_then(air: Any) -> None:
    (one,) = air.of("kr-seoul")
    air.day(one, DAY, 20.0)
    between = air.at.isoformat()
    air.day(one, DAY, 30.0)
    assert air.value(region="kr-seoul", on=DAY) == 30.0
    assert air.value(region="kr-seoul", on=DAY, as_of=between) == 20.0
    with pytest.raises(NothingHeldError):
        air.value(region="kr-seoul", on=DAY, as_of="2020-01-01T00:00Z")


def test_flagged_readings_can_be_dropped(air: Any) -> None:
    (one,) = air.of("kr-seoul")
    air.hours(one, f"{DAY}T00:00+09:00", [20.0] * 20 + [500.0] * 4)
    with air.store.write() as connection:
        connection.exec_driver_sql("UPDATE reading SET flags = 1 WHERE value = 500")
    assert air.value(region="kr-seoul", on=DAY) == 100.0
    assert air.value(region="kr-seoul", on=DAY, drop_flagged=True) == 20.0


# Months, seasons, years


def test_months_seasons_and_years_are_means_of_valid_regional_days(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    for day, value, hours in (
        ("2019-11-30", 1.0, 24),
        ("2019-12-01", 10.0, 24),
        ("2019-12-02", 99.0, 17),
        ("2020-01-01", 40.0, 20),
    ):
        local_air.day(one, day, value, hours)
    how = {"region": "kr-seoul", "since": "2019-11-30", "until": "2020-04-30"}
    months = local_air.averages(every="month", **how)["values"]
    assert [(row["label"], row["value"], row["n"]) for row in months[:3]] == [
        ("2019-11", 1.0, 1),
        ("2019-12", 10.0, 1),
        ("2020-01", 40.0, 1),
    ]
    assert months[1]["capture"] == 1 / 31
    assert (months[1]["start"][:10], months[1]["end"][:10]) == ("2019-12-01", "2020-01-01")
    (season,) = local_air.averages(every="season", **how)["values"]
    assert (season["label"], season["value"], season["start"][:10], season["end"][:10]) == (
        "kr-2019",
        25.0,
        "2019-12-01",
        "2020-04-01",
    )
    years = local_air.averages(every="year", **how)["values"]
    assert [row["value"] for row in years] == [5.5, 40.0]


def test_a_chinese_season_begins_in_october(local_air: Any) -> None:
    (one,) = local_air.of("cn-beijing")
    local_air.day(one, "2019-10-01", 10.0, feed="cnemc-archive")
    rows = local_air.averages(region="cn-beijing", every="season", since="2019-03-01", until="2020-03-31")[
        "values"
    ]
    assert [row["label"] for row in rows] == ["cn-2018", "cn-2019"]


def test_a_span_without_a_season_is_refused(local_air: Any) -> None:
    local_air.day(local_air.of("kr-seoul")[0], "2019-07-01", 10.0)
    with pytest.raises(QuestionError, match="no day of the span lies in a season"):
        local_air.averages(region="kr-seoul", every="season", on="2019-07-01")


def test_days_stay_whole_when_the_span_begins_in_an_old_summer_time(local_air: Any) -> None:
    local_air.day(local_air.of("kr-seoul")[0], DAY, 20.0)
    rows = local_air.averages(region="kr-seoul", since="1988-07-01", until=DAY)["values"]
    assert (rows[-1]["value"], rows[-1]["start"]) == (20.0, f"{DAY}T00:00:00+09:00")


# Every answer


def test_every_answer_tells_question_method_and_data(local_air: Any) -> None:
    from report import readings, stations

    local_air.day(local_air.of("kr-seoul")[0], DAY, 20.0, world="synthetic")
    asked = local_air.asked(region="kr-seoul", on=DAY)
    answers = [
        local_air.averages(region="kr-seoul", on=DAY),
        readings.ask(local_air.store, local_air.facts, asked).answer,
        stations.ask(local_air.store, local_air.facts, region="kr-seoul"),
    ]
    for answer in answers:
        assert {"question", "method", "data"} <= answer.keys()
        assert {"networks", "feeds", "stations", "capture", "attribution"} <= answer["data"].keys()
        assert answer["data"]["worlds"] == ["synthetic"]
        assert any("SYNTHETIC" in note for note in answer["data"]["notes"])
    assert (
        answers[0]["question"] | {"region": "kr-seoul", "every": "day", "zone": "Asia/Seoul"}
        == answers[0]["question"]
    )
    assert answers[0]["method"]["unit"] == "ug/m3"


def test_both_engines_answer_alike_to_the_last_bit(
    sqlite_store: Any, postgres_store: Any, air_of: Any
) -> None:
    import numpy as np

    values = np.random.default_rng(1).gamma(2, 15, (6, 72))
    rows = []
    for store, order in ((sqlite_store, range(6)), (postgres_store, range(5, -1, -1))):
        air = air_of(store)
        stations = air.of("kr-seoul", count=6)
        for index in order:
            air.hours(stations[index], "2019-03-01T00:00+09:00", values[index])
        rows.append(air.averages(region="kr-seoul", since="2019-03-01", until="2019-03-03")["values"])
    assert rows[0] == rows[1]
