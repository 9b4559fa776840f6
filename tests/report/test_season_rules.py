"""Seasons: null and never 0, one basis, one reference state, like for like, each limit on its own dates."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.weather_normal import normalise
from config import own
from config.facts import Facts
from config.policy import Coverage, Published
from ingest.source import Quantity
from report import seasons
from report.question import NothingHeldError, QuestionError
from report.season_names import season_of
from report.season_windows import years
from tests.report.conftest import hour
from tests.report.test_policy_effects import blow

NAN = float("nan")
PM10 = Quantity("pm10", "ug/m3")
COUNTS = (
    "good_days",
    "bad_days",
    "high_days",
    "heavy_days",
    "heavy_city_days",
    "longest_run_days",
    "episodes",
)
FIGURES = ("mean", "median", "p90", "p98", "max_hour", *COUNTS, "hours_above", "capture")


def asked(air: Any, *regions: str, over: tuple[int, ...] = (2019,), **how: Any) -> dict[str, Any]:
    """The answer of `yellowsea seasons`; `with_` are options of the question itself."""
    of_question = how.pop("with_", {})
    questions = [air.asked(region=one, on="2000-01-01", **of_question) for one in regions]
    return seasons.ask(air.store, air.facts, questions, seasons.Asked(over, **how))


def rows(air: Any, *regions: str, **how: Any) -> list[dict[str, Any]]:
    return asked(air, *regions, **how)["seasons"]  # type: ignore[no-any-return]


def only(air: Any, *regions: str, **how: Any) -> dict[str, Any]:
    (row,) = rows(air, *regions, **how)
    return row


def last(air: Any, *regions: str, **how: Any) -> dict[str, Any]:
    return rows(air, *regions, **how)[-1]


def seoul(air: Any, year: int, *values: float, station: int = 0, n: int | None = None) -> None:
    """Published day means from 1 December of a year on, repeated over the season or `n` days."""
    first = date(year, 12, 1)
    n = (date(year + 1, 3, 31) - first).days + 1 if n is None else n
    told = list(itertools.islice(itertools.cycle(values), n))
    air.daily(air.of("kr-seoul", count=station + 1)[station], first.isoformat(), told)


def hourly(
    air: Any, station: str, first: str, last_: str, value: float, feed: str = "airkorea-final"
) -> None:
    """One value in every hour of civil days."""
    zone = "+09:00" if feed.startswith("airkorea") else "+08:00"
    n = (date.fromisoformat(last_) - date.fromisoformat(first)).days + 1
    air.hours(station, f"{first}T00:00{zone}", [value] * 24 * n, feed=feed)


# What is not held


def test_what_is_not_held_is_null_and_never_0(local_air: Any) -> None:
    seoul(local_air, 2019, 20.0)
    before, held = rows(local_air, "kr-seoul", over=(2018, 2019))
    assert {key: before[key] for key in FIGURES} == dict.fromkeys(FIGURES)
    assert before["measure_days"] == 12, "the list of measures does not hang on readings"
    assert (held["mean"], held["high_days"], held["longest_run_days"], held["episodes"]) == (20.0, 0, 0, 0)
    assert held["change"]["difference"] is None
    assert "not held" in held["change"]["note"]


def test_day_means_have_no_hours(local_air: Any) -> None:
    seoul(local_air, 2019, 60.0)
    row = only(local_air, "kr-seoul")
    assert (row["mean"], row["max_hour"], row["hours_above"]) == (60.0, None, None)


def test_hours_give_the_highest_hour_and_the_hours_above(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    local_air.hours(one, "2019-12-01T00:00+09:00", [10.0] * 20 + [50.0, 51.0, 52.0, NAN])
    row = only(local_air, "kr-seoul")
    assert (row["max_hour"], row["hours_above"], row["valid_days"]) == (52.0, 2, 1)


def test_nothing_held_and_nothing_published_is_said(local_air: Any) -> None:
    with pytest.raises(NothingHeldError, match="nothing is held of Busan in the seasons that begin in 2019"):
        rows(local_air, "kr-busan")


def test_where_nothing_is_held_what_was_published_is_shown_and_says_so(local_air: Any) -> None:
    row = only(local_air, "kr-seoul")
    assert (row["mean"], row["good_days"], row["valid_days"]) == (None, None, 0)
    (mean,) = (one for one in row["published"] if one["metric"] == "pm25_mean")
    assert (mean["value"], mean["comparable"]) == (28.0, False)
    assert "not computed" in mean["why"]


def test_a_season_held_in_part_is_not_compared(local_air: Any) -> None:
    seoul(local_air, 2018, 40.0, n=90)
    seoul(local_air, 2019, 20.0)
    row = only(local_air, "kr-seoul")
    assert row["change"]["difference"] is None
    assert "--through" in row["change"]["note"]
    assert row["like_for_like"]["stations"] == 1, "a thin baseline does not empty the panel"
    to_date = only(local_air, "kr-seoul", through="02-20")
    assert to_date["change"]["difference"] == -20.0


def test_a_region_without_parts_has_no_sido(local_air: Any) -> None:
    seoul(local_air, 2019, 20.0)
    with pytest.raises(QuestionError, match="no parts in the catalogue: leave --by sido out"):
        rows(local_air, "kr-seoul", by="sido")


def test_measure_days_are_null_past_known_through_and_0_before_the_scheme(
    local_air: Any, tmp_path: Path
) -> None:
    seoul(local_air, 2019, 20.0)
    told = {row["season"]: row for row in rows(local_air, "kr-seoul", over=(2014, 2018, 2019, 2026))}
    assert {season: row["measure_days"] for season, row in told.items()} == {
        "kr-2014": 0,
        "kr-2018": 12,
        "kr-2019": 4,
        "kr-2026": None,
    }
    assert told["kr-2026"]["known_through"] == "2026-03-17"
    coverage = Coverage(
        region="kr", kind="emergency", start=date(2026, 3, 18), end=date(2027, 3, 31), complete=True,
        source="test", confidence="high",
    )  # fmt: skip
    own.put(tmp_path / "own", "measure_coverage", coverage)
    local_air.facts = Facts(own=tmp_path / "own")
    row = last(local_air, "kr-seoul", over=(2019, 2026))
    assert (row["measure_days"], row["measure_days_complete"]) == (0, True)


def test_china_has_no_emergency_measures_to_count(local_air: Any) -> None:
    (one,) = local_air.of("cn-beijing")
    hourly(local_air, one, "2019-10-01", "2019-10-02", 80.0, "cnemc-archive")
    row = only(local_air, "cn-beijing")
    assert (row["measure_days"], row["known_through"]) == (None, None)


# One basis


def test_one_basis_serves_the_whole_comparison(local_air: Any) -> None:
    hourly(local_air, local_air.of("kr-seoul")[0], "2019-12-01", "2020-03-31", 20.0)
    seoul(local_air, 2018, 40.0)
    seoul(local_air, 2019, 30.0)
    answer = asked(local_air, "kr-seoul", over=(2018, 2019))
    assert [row["mean"] for row in answer["seasons"]] == [40.0, 30.0], "the daily basis holds both"
    assert {row["basis"] for row in answer["seasons"]} == {"daily"}
    assert answer["data"]["basis"] == "daily"
    told = rows(local_air, "kr-seoul", over=(2018, 2019), with_={"basis": "hourly"})
    assert [row["mean"] for row in told] == [None, 20.0]
    assert told[1]["change"]["difference"] is None, "never a difference of two bases"


def test_equal_bases_answer_hourly(local_air: Any) -> None:
    hourly(local_air, local_air.of("kr-seoul")[0], "2019-12-01", "2019-12-10", 20.0)
    seoul(local_air, 2019, 30.0, n=10)
    assert only(local_air, "kr-seoul")["mean"] == 20.0


# One reference state


def test_a_difference_across_china_s_change_of_reference_state_is_refused(local_air: Any) -> None:
    (one,) = local_air.of("cn-beijing")
    for year, value in ((2017, 90.0), (2018, 60.0), (2019, 50.0)):
        hourly(local_air, one, f"{year}-10-01", f"{year + 1}-03-31", value, "cnemc-archive")
    across, after = rows(local_air, "cn-beijing", over=(2018, 2019))
    assert across["mean"] == 60.0
    assert across["reference_states"] == ["actual"]
    assert across["change"]["difference"] is None
    assert "reference states differ (actual and standard)" in across["change"]["note"]
    assert "temperature and pressure" in across["change"]["note"]
    assert after["change"]["difference"] == -10.0
    assert across["like_for_like"]["change"]["difference"] is None, "nor like for like"
    hourly(local_air, one, "2020-10-01", "2021-03-31", 45.0, "cnemc-archive")
    mean3 = last(local_air, "cn-beijing", over=(2020,), baseline="mean3")
    assert "refused" in mean3["change"]["note"], "one season of another state spoils a baseline"


# Windows


def test_both_countries_over_their_own_and_over_the_common_window(local_air: Any) -> None:
    (beijing,) = local_air.of("cn-beijing")
    hourly(local_air, beijing, "2019-10-01", "2019-11-30", 100.0, "cnemc-archive")
    hourly(local_air, beijing, "2019-12-01", "2020-03-31", 40.0, "cnemc-archive")
    seoul(local_air, 2019, 20.0)
    korea, china = rows(local_air, "kr-seoul", "cn-beijing")
    assert (korea["start"], korea["end"]) == ("2019-12-01", "2020-03-31")
    assert (china["start"], china["end"], china["days"]) == ("2019-10-01", "2020-03-31", 183)
    assert china["mean"] == (61 * 100 + 122 * 40) / 183
    korea, china = rows(local_air, "kr-seoul", "cn-beijing", dates="common")
    assert (china["start"], china["end"], china["days"]) == (korea["start"], korea["end"], 122)
    assert (korea["mean"], china["mean"]) == (20.0, 40.0)


def test_each_country_s_classes_are_told(local_air: Any) -> None:
    seoul(local_air, 2019, 20.0)
    method = asked(local_air, "kr-seoul", "cn-beijing")["method"]
    assert method["longest_run_and_episodes"] == {"KR": "kr-high-day", "CN": "cn-heavy-day"}
    limits = method["classes"]["CN"]["good_days"]
    assert [(one["title"][:20], one.get("from"), one.get("to")) for one in limits] == [
        ("day mean at or below", None, "2026-02-28"),
        ("day mean at or below", "2026-03-01", None),
    ]


@pytest.mark.parametrize(
    ("through", "ends", "counted"),
    [("01-20", ("2019-01-20", "2020-01-20"), (51, 51)), ("02-29", ("2019-02-28", "2020-02-29"), (90, 91))],
)
def test_a_season_to_date_is_cut_by_month_and_day(
    local_air: Any, through: str, ends: tuple[str, str], counted: tuple[int, int]
) -> None:
    for year in (2017, 2018, 2019):
        seoul(local_air, year, *[20.0] * 91, *[99.0] * 31)
    told = rows(local_air, "kr-seoul", over=(2018, 2019), through=through)
    assert tuple(row["end"] for row in told) == ends
    assert tuple(row["days"] for row in told) == counted
    assert [row["mean"] for row in told] == [20.0, 20.0]
    assert told[1]["change"]["difference"] == 0.0


@pytest.mark.parametrize(
    ("through", "said"),
    [
        ("04-15", "not in the season"),
        ("02-30", "there is no 02-30"),
        ("soon", "write the month and day as MM-DD"),
    ],
)
def test_a_cut_that_is_no_day_of_the_season_is_refused(local_air: Any, through: str, said: str) -> None:
    seoul(local_air, 2019, 20.0)
    with pytest.raises(QuestionError, match=said):
        rows(local_air, "kr-seoul", through=through)


def test_months_sum_to_their_season(local_air: Any) -> None:
    rng = np.random.default_rng(5)
    for year in (2018, 2019):
        seoul(local_air, year, *np.where(rng.random(122) < 0.1, NAN, rng.gamma(2, 15, 122)))
    whole = only(local_air, "kr-seoul")
    months = rows(local_air, "kr-seoul", by="month")
    assert [row["month"] for row in months] == ["2019-12", "2020-01", "2020-02", "2020-03"]
    assert [row["days"] for row in months] == [31, 31, 29, 31]
    for key in ("days", "valid_days", "good_days", "bad_days", "high_days", "heavy_days", "measure_days"):
        assert sum(row[key] for row in months) == whole[key], key
    total = sum(row["mean"] * row["valid_days"] for row in months)
    assert total / whole["valid_days"] == pytest.approx(whole["mean"])
    assert months[0]["change"]["difference"] is not None, "against the same month of the baseline"


def test_a_baseline_may_be_the_mean_of_three_or_any_season(local_air: Any) -> None:
    for year, value in ((2016, 50.0), (2017, 40.0), (2018, 30.0), (2019, 20.0)):
        seoul(local_air, year, value)
    assert only(local_air, "kr-seoul")["change"]["difference"] == -10.0
    assert only(local_air, "kr-seoul", baseline="mean3")["change"]["difference"] == -20.0
    named = only(local_air, "kr-seoul", baseline="2016/17")["change"]
    assert (named["difference"], named["percent"], named["baseline"]) == (-30.0, -60.0, "kr-2016")


def test_each_difference_says_that_weather_alone_can_produce_it(local_air: Any) -> None:
    seoul(local_air, 2018, 30.0, 50.0)
    seoul(local_air, 2019, 20.0, 40.0)
    change = only(local_air, "kr-seoul")["change"]
    assert change["low"] <= change["difference"] <= change["high"]
    assert "weather alone can produce most differences" in change["note"]


# By sido


def test_by_sido_tells_how_many_got_better_or_worse(local_air: Any) -> None:
    for area, before, now in (("kr-seoul", 20.0, 10.0), ("kr-incheon", 10.0, 20.0)):
        (one,) = local_air.of(area)
        hourly(local_air, one, "2018-12-01", "2019-03-31", before)
        hourly(local_air, one, "2019-12-01", "2020-03-31", now)
    answer = asked(local_air, "kr-capital", by="sido")
    assert [row["region"] for row in answer["seasons"]] == ["kr-gyeonggi", "kr-incheon", "kr-seoul"]
    assert answer["summary"] == [
        {"season": "kr-2019", "better": 1, "worse": 1, "unchanged": 0, "not_known": 1, "off_zero": 2}
    ]


def test_no_difference_is_neither_better_nor_worse(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    hourly(local_air, one, "2019-12-01", "2020-03-31", 20.0)
    (tally,) = asked(local_air, "kr-capital", by="sido", baseline="kr-2019")["summary"]
    assert (tally["better"], tally["worse"], tally["unchanged"], tally["not_known"]) == (0, 0, 1, 2)


# Like for like


MOVED = "airkorea-111273"  # Songpa moved on 2018-12-01


def test_a_station_that_moved_is_left_out_of_like_for_like(local_air: Any) -> None:
    (stayed,) = local_air.of("kr-seoul")
    for year, day in ((2017, "2017-12-01"), (2018, "2018-12-01")):
        local_air.daily(stayed, day, [30.0 if year == 2017 else 20.0] * 121)
        local_air.daily(MOVED, day, [50.0 if year == 2017 else 80.0] * 121)
    told = last(local_air, "kr-seoul", over=(2017, 2018))
    assert (told["mean"], told["change"]["difference"]) == (50.0, 10.0)
    alike = told["like_for_like"]
    assert (alike["stations"], alike["mean"], alike["change"]["difference"]) == (1, 20.0, -10.0)


def test_a_move_before_or_after_the_seasons_compared_breaks_nothing(local_air: Any) -> None:
    for day in ("2019-12-01", "2020-12-01"):
        local_air.daily(MOVED, day, [30.0] * 121)
    assert only(local_air, "kr-seoul", over=(2020,))["like_for_like"]["stations"] == 1
    for day in ("2016-12-01", "2017-12-01"):
        local_air.daily(MOVED, day, [30.0] * 121)
    assert only(local_air, "kr-seoul", over=(2017,))["like_for_like"]["stations"] == 1


@pytest.mark.parametrize(("n", "stands"), [(90, False), (91, True)])
def test_a_steady_station_is_valid_on_75_percent_of_each_season(local_air: Any, n: int, stands: bool) -> None:
    for year in (2017, 2018):
        seoul(local_air, year, 20.0)
    seoul(local_air, 2017, 60.0, station=1)
    seoul(local_air, 2018, 60.0, station=1, n=n)  # of 121 days
    told = only(local_air, "kr-seoul", over=(2018,))["like_for_like"]
    assert told["stations"] == (2 if stands else 1)


def test_the_common_panel_answers_with_the_steady_stations_alone(local_air: Any) -> None:
    steady, late = local_air.of("kr-seoul", count=2)
    hourly(local_air, steady, "2018-12-01", "2019-03-31", 20.0)
    hourly(local_air, steady, "2019-12-01", "2020-03-31", 20.0)
    hourly(local_air, late, "2019-12-01", "2020-03-31", 60.0)
    assert only(local_air, "kr-seoul")["mean"] == 40.0
    row = only(local_air, "kr-seoul", with_={"panel": "common"})
    assert (row["mean"], row["stations"], row["panel"]) == (20.0, 1, "common")
    assert row["max_hour"] == 20.0, "its highest hour is that of the same stations"


# Classes by date


def test_days_are_counted_by_the_limit_of_their_date(local_air: Any) -> None:
    (one,) = local_air.of("cn-beijing", day="2025-12-01")
    hourly(local_air, one, "2025-10-01", "2026-03-31", 70.0, "cnemc-archive")
    row = only(local_air, "cn-beijing", over=(2025,))
    assert (row["good_days"], row["bad_days"]) == (151, 31), "75 until 28 February 2026, then 60"
    months = {one["month"]: one for one in rows(local_air, "cn-beijing", over=(2025,), by="month")}
    assert (months["2026-02"]["good_days"], months["2026-02"]["bad_days"]) == (28, 0)
    assert (months["2026-03"]["good_days"], months["2026-03"]["bad_days"]) == (0, 31)


def test_korean_classes_round_half_up_and_high_days_do_not(local_air: Any) -> None:
    seoul(local_air, 2019, 15.4, 15.5, 35.4, 35.5, 50.0, 50.01, 75.4, 75.5, n=8)
    row = only(local_air, "kr-seoul")
    assert (row["good_days"], row["bad_days"], row["high_days"], row["heavy_days"]) == (1, 5, 3, 1)


def test_of_too_few_cities_city_days_stand_apart_and_the_groups_figure_is_null(local_air: Any) -> None:
    cities = sorted({m.member for m in local_air.facts.members if m.region == "cn-jjj-2p26"})[:6]
    for city in cities:
        hourly(local_air, local_air.of(city)[0], "2019-12-01", "2019-12-03", 200.0, "cnemc-archive")
    row = only(local_air, "cn-jjj-2p26")
    assert (row["heavy_city_days"], row["mean"], row["heavy_days"]) == (None, None, None)
    assert row["city_days_held"] == {"cities": 6, "of": 28, "days": 18}


# Dust


def test_korea_without_days_of_dust(local_air: Any) -> None:
    (one,) = local_air.of("kr-seoul")
    for n, (fine, coarse) in enumerate([(20.0, 40.0), (60.0, 200.0), (90.0, 200.0), (50.0, NAN)]):
        day = (date(2019, 12, 1) + timedelta(days=n)).isoformat()
        local_air.day(one, day, fine)
        local_air.day(one, day, coarse, quantity=PM10)
    row = only(local_air, "kr-seoul")
    assert row["mean"] == 55.0
    told = row["without_dust"]
    assert (told["dust_days"], told["days_judged"]) == (1, 3), "200 and less than 0.4 of it: dust"
    assert told["mean"] == pytest.approx((20 + 90 + 50) / 3)
    assert told["confidence"] == "low"


def test_dust_is_not_judged_without_pm10(local_air: Any) -> None:
    seoul(local_air, 2019, 60.0)
    assert only(local_air, "kr-seoul")["without_dust"] is None


# Published beside computed


@pytest.fixture
def beside(local_air: Any, tmp_path: Path) -> Any:
    """Publish a figure of a season in the user's folder and see it beside the computed ones."""

    def put(region: str, value: float, metric: str = "pm25_mean", **more: Any) -> dict[str, Any]:
        china = region.startswith("cn")
        figure = Published(
            region=region, start=date(2019, 10 if china else 12, 1), end=date(2020, 3, 31), metric=metric,
            value=value, unit="ug/m3" if metric == "pm25_mean" else "days", vintage="test", source="test",
            confidence="high", **{"status": "final", "reference_state": "actual", **more},
        )  # fmt: skip
        own.put(tmp_path / "own", "published", figure)
        local_air.facts = Facts(own=tmp_path / "own")
        (row,) = rows(local_air, region)
        return next(one for one in row["published"] if one["vintage"] == "test")

    return put


def test_a_final_figure_of_the_same_making_is_comparable(local_air: Any, beside: Any) -> None:
    seoul(local_air, 2019, 20.0)
    told = beside("kr-seoul", 21.5)
    assert (told["comparable"], told["why"], told["computed"], told["difference"]) == (True, None, 20.0, -1.5)
    days = beside("kr-seoul", 3, "good_days")
    assert (days["comparable"], days["computed"], days["difference"]) == (True, 0, -3)


def test_every_vintage_is_shown(local_air: Any, beside: Any) -> None:
    seoul(local_air, 2019, 20.0)
    beside("kr-seoul", 21.5)
    row = only(local_air, "kr-seoul")
    means = [one for one in row["published"] if one["metric"] == "pm25_mean"]
    assert {(one["value"], one["vintage"]) for one in means} == {
        (28.0, "Seoul city / ministry"),
        (21.5, "test"),
    }


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"status": "provisional"}, "provisional: published before the readings were final"),
        ({"reference_state": "standard"}, "published in standard state, computed in actual state"),
        ({"dust": "deducted"}, "dust deducted in the published figure, included in the computed one"),
    ],
)
def test_a_figure_of_another_making_is_not_comparable_and_says_why(
    local_air: Any, beside: Any, more: dict[str, Any], why: str
) -> None:
    seoul(local_air, 2019, 20.0)
    told = beside("kr-seoul", 21.5, **more)
    assert (told["comparable"], told["difference"]) == (False, None)
    assert why in told["why"]
    assert told["computed"] == 20.0, "both stand side by side all the same"


def test_too_few_days_are_not_comparable(local_air: Any, beside: Any) -> None:
    seoul(local_air, 2019, 20.0, n=10)
    told = beside("kr-seoul", 21.5)
    assert (told["comparable"], told["why"]) == (False, "computed from 10 of 122 days")


def test_missions_are_not_the_official_stations(local_air: Any, beside: Any) -> None:
    hourly(local_air, "us-mission-beijing", "2019-10-01", "2020-03-31", 50.0, "us-airnow")
    told = beside("cn-beijing", 48.0)
    assert told["comparable"] is False
    assert "computed from mission, not from the official stations" in told["why"]


def test_a_mean_over_fewer_cities_is_not_that_of_all(local_air: Any, beside: Any) -> None:
    cities = sorted({m.member for m in local_air.facts.members if m.region == "cn-jjj-2p26"})
    for city in cities[:21]:
        hourly(local_air, local_air.of(city)[0], "2019-10-01", "2020-03-31", 50.0, "cnemc-archive")
    told = beside("cn-jjj-2p26", 48.0, cities=28)
    assert (told["computed"], told["comparable"]) == (50.0, False)
    assert "published over 28 cities, computed over 21" in told["why"]


def test_what_is_not_computed_is_shown_with_nothing_beside_it(local_air: Any, beside: Any) -> None:
    seoul(local_air, 2019, 20.0, n=10)
    told = beside("kr-seoul", 200, "max_hour")
    assert (told["computed"], told["comparable"]) == (None, False)
    assert told["why"] == "not computed: the data held cannot give it"


# Names


@pytest.mark.parametrize(
    "name",
    [
        "kr-2024",
        "6th",
        "6",
        "제6차",
        "6차",
        "第6次",
        "2024/25",
        "2024-25",
        "2024",
        "제6차 미세먼지 계절관리제",
    ],
)
def test_a_season_is_found_by_the_names_that_people_use(facts: Facts, name: str) -> None:
    assert season_of(facts, "KR", name).id == "kr-2024"


def test_the_same_number_means_another_season_in_china(facts: Facts) -> None:
    assert season_of(facts, "CN", "6th").id == "cn-2022"


def test_a_name_that_no_season_bears_is_told_the_nearest(facts: Facts) -> None:
    with pytest.raises(QuestionError, match="no season of KR is called '66th'; the nearest are"):
        season_of(facts, "KR", "66th")


@pytest.mark.parametrize(("text", "found"), [("2019", [2019]), ("2018-2020", [2018, 2019, 2020])])
def test_years_are_those_in_which_seasons_begin(text: str, found: list[int]) -> None:
    assert years(text) == found


@pytest.mark.parametrize("text", ["2020-2018", "1066", "19-20", "last", "2018-", "-2018"])
def test_other_years_are_refused(text: str) -> None:
    with pytest.raises(QuestionError, match="--years"):
        years(text)


# Weather


def test_without_weather_stored_no_difference_is_adjusted(local_air: Any) -> None:
    for year in (2018, 2019):
        seoul(local_air, year, 30.0)
    assert last(local_air, "kr-seoul")["weather_adjusted"] is None


def test_with_weather_stored_its_part_of_the_difference_is_taken_out(
    local_air: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second winter is as bad as the first, but for its calm."""
    monkeypatch.setitem(normalise.__kwdefaults__, "trees", 25)
    monkeypatch.setitem(normalise.__kwdefaults__, "draws", 10)
    first, end = date(2018, 12, 1), date(2020, 3, 31)
    n = (end - first).days + 1
    blow(local_air, first, end)
    wind = 10 + 4 * np.random.default_rng(0).normal(size=n)
    wind[365:] -= 4
    start = hour(f"{first}T00:00+09:00")
    local_air.write(
        "open-meteo-kr-seoul",
        np.arange(start, start + 24 * n),
        np.repeat(wind, 24).tolist(),
        "open-meteo-era5",
        "PT1H",
        quantity=Quantity("wind_u", "m/s", "instant"),
    )
    (station,) = local_air.of("kr-seoul", day="2019-03-05")
    local_air.daily(station, first.isoformat(), (30 * np.exp(-0.05 * (wind - 10))).tolist())
    row = last(local_air, "kr-seoul")
    found = row["weather_adjusted"]
    assert row["change"]["percent"] > 15
    assert found["low"] < found["percent"] < found["high"]
    assert abs(found["percent"]) < row["change"]["percent"] / 2
    assert (found["network"], found["weather"]) == ("open-meteo", ["temperature", "wind_u", "wind_v"])
    assert found["explained"] > 0.5
