"""What `yellowsea trends` answers, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from config.clock import Clock
from config.facts import Facts
from ingest.archives import import_paths
from report import trends
from report.question import NothingHeldError, QuestionError
from report.trend_periods import needed
from store import migrate
from store.engine import Store
from tests.report.conftest import NAN, Air

METHODS = [
    "theil-sen",
    "theil-sen-deseasonalised",
    "mann-kendall",
    "mann-kendall-hamed-rao",
    "mann-kendall-yue-wang",
]


def asked(air: Air, since: str, until: str, region: str = "kr-seoul", **how: Any) -> dict[str, Any]:
    place = {key: how.pop(key) for key in ("feed", "network") if key in how}
    question = air.asked(region=region, since=since, until=until, **place)
    return trends.ask(air.store, air.facts, question, trends.Asked(**({"draws": 199} | how)))


def days_of(first: str, last: str) -> list[date]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [begin + timedelta(days=n) for n in range((end - begin).days + 1)]


def falling(air: Air, first: str = "2015-01-01", last: str = "2019-12-31") -> Air:
    """Seoul's days: 30 in the mean, less 2 a year, with a yearly cycle and weather."""
    days = days_of(first, last)
    t = np.array([(day - days[0]).days / 365.25 for day in days])
    weather = np.random.default_rng(1).standard_normal(len(days))
    values = 30 - 2 * t + 8 * np.cos(2 * np.pi * t) + weather
    (station,) = air.of("kr-seoul", day="2019-01-01")
    air.daily(station, first, values.tolist())
    return air


def test_months_give_slopes_with_and_without_the_cycle_and_tests(local_air: Air) -> None:
    answer = asked(falling(local_air), "2015-01-01", "2019-12-31")
    rows = answer["trends"]
    assert [row["method"] for row in rows] == METHODS
    for row in rows:
        assert set(row) >= {"method", "slope", "unit", "low", "high", "p", "n", "capture", "note"}
        assert (row["unit"], row["n"], row["capture"]) == ("ug/m3 per year", 60, 1.0)
    by = {row["method"]: row for row in rows}
    assert by["theil-sen-deseasonalised"]["slope"] == pytest.approx(-2, abs=0.1)
    assert by["mann-kendall-yue-wang"]["p"] < 0.001
    assert by["mann-kendall-yue-wang"]["note"] == "falls"
    assert by["theil-sen"]["p"] is None


def test_the_tests_look_at_the_months_as_asked(local_air: Air) -> None:
    air = falling(local_air)
    steady, plain = (
        asked(air, "2015-01-01", "2019-12-31", deseasonalise=how)["trends"][2] for how in (None, False)
    )
    assert steady["slope"] == asked(air, "2015-01-01", "2019-12-31")["trends"][1]["slope"]
    assert plain["slope"] == asked(air, "2015-01-01", "2019-12-31")["trends"][0]["slope"]
    assert steady["p"] < plain["p"]


def test_only_whole_periods_with_enough_days_count(local_air: Air) -> None:
    air = falling(local_air)
    (station,) = air.of("kr-seoul", day="2019-01-01")
    air.daily(station, "2017-06-01", [NAN] * 8)  # 22 of 30 days are left; three of four are 23
    values = asked(air, "2015-01-15", "2019-12-30")["values"]
    assert (values[0]["label"], values[-1]["label"]) == ("2015-02", "2019-11")
    june = next(one for one in values if one["label"] == "2017-06")
    assert (june["value"], june["n"]) == (None, 22)


def test_a_break_is_given_with_its_interval_step_and_slopes(local_air: Air) -> None:
    air = falling(local_air, "2012-01-01", "2019-12-31")
    (station,) = air.of("kr-seoul", day="2019-01-01")
    n = len(days_of("2016-01-01", "2019-12-31"))
    cycle = 8 * np.cos(2 * np.pi * np.arange(n) / 365.25)
    air.daily(station, "2016-01-01", (42 + cycle).tolist())
    answer = asked(air, "2012-01-01", "2019-12-31")
    (found,) = answer["breaks"]
    assert (found["at"], found["low"], found["high"]) == ("2016-01", "2016-01", "2016-01")
    assert found["step"] == pytest.approx(20, abs=2)
    assert found["slope_before"] == pytest.approx(-2, abs=0.6)  # the cycle leans on the step
    assert found["slope_after"] == pytest.approx(0, abs=0.6)
    assert found["p"] < 0.05


def test_one_line_has_no_break_and_a_short_series_cannot_have_one(local_air: Air) -> None:
    answer = asked(falling(local_air, "2010-01-01", "2019-12-31"), "2012-01-01", "2019-12-31")
    assert (answer["breaks"], answer["breaks_note"]) == (
        [],
        "no break can be told apart from one line with persistence around it",
    )
    short = asked(local_air, "2015-01-01", "2018-06-30")
    assert short["breaks_note"] == "too short for a break: each stretch needs 24 valid months"


def test_seasons_bear_their_first_year(local_air: Air) -> None:
    air = falling(local_air, "2010-01-01", "2019-12-31")
    answer = asked(air, "2010-01-01", "2019-12-31", every="season")
    labels = [one["label"] for one in answer["values"]]
    assert (labels[0], labels[-1], len(labels)) == ("kr-2010", "kr-2018", 9)
    assert [row["method"] for row in answer["trends"]] == [METHODS[0], *METHODS[2:]]


@pytest.mark.parametrize(
    ("country", "every", "days", "wanted"),
    [
        ("KR", "month", 31, 24),
        ("CN", "month", 31, 27),
        ("CN", "month", 28, 25),
        ("CN", "year", 365, 324),
        ("KR", "year", 366, 275),
        ("KR", "season", 121, 91),
    ],
)
def test_how_many_days_a_period_needs(facts: Facts, country: str, every: Any, days: int, wanted: int) -> None:
    assert needed(facts, country, every, days) == wanted


def in_china(air: Air, first: str, last: str, feed: str) -> Air:
    (station,) = air.of("cn-beijing", day="2018-01-01")
    hours = 24 * len(days_of(first, last))
    air.hours(station, f"{first}T00:00+08:00", [50.0] * hours, feed)
    return air


def test_china_is_refused_over_its_change_of_reference_state(local_air: Air) -> None:
    air = in_china(local_air, "2015-01-01", "2019-12-31", "cnemc-archive")
    with pytest.raises(QuestionError, match="from standard to actual state on 2018-09-01"):
        asked(air, "2015-01-01", "2019-12-31", "cn-beijing")
    answer = asked(air, "2015-01-01", "2018-08-31", "cn-beijing")
    assert [row["slope"] for row in answer["trends"]] == [0.0] * 5
    assert answer["trends"][-1]["p"] == 1.0


@pytest.mark.parametrize(
    ("span", "how", "said"),
    [
        (("2015-01-01", "2016-12-31"), {}, "at least 36 valid months: 24 of 24"),
        (("2015-01-01", "2019-12-31"), {"every": "year"}, "at least 8 valid years.*--every month"),
        (("2015-01-02", "2015-12-30"), {"every": "year"}, "no whole year"),
        (("2015-01-01T00:00Z", "2019-12-31T00:00Z"), {}, "civil days"),
        (("2015-01-01", "2019-12-31"), {"every": "hour"}, "--every is one of"),
        (("2015-01-01", "2019-12-31"), {"every": "year", "deseasonalise": True}, "no cycle"),
        (("2015-01-01", "2019-12-31"), {"draws": 5}, "--draws"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    local_air: Air, span: tuple[str, str], how: dict[str, Any], said: str
) -> None:
    with pytest.raises(QuestionError, match=said):
        asked(falling(local_air), *span, **how)


def test_nothing_held_is_said(local_air: Air) -> None:
    with pytest.raises(NothingHeldError):
        asked(falling(local_air), "2015-01-01", "2019-12-31", "kr-busan")


# --- Seoul, as published by day


@pytest.fixture(scope="module")
def seoul(tmp_path_factory: pytest.TempPathFactory, facts: Facts, shared: Path) -> Iterator[Air]:
    folder = shared / "data/kr_seoul_stations_daily_2014_2025"
    if not folder.exists():
        pytest.skip(f"no real data: {folder.name} is not there")
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('seoul') / 'real.db'}")
    migrate.ensure(store)
    import_paths(store, facts, Clock.real(), [folder])
    yield Air(store, facts)
    store.close()


@pytest.mark.drill
def test_seoul_2014_to_2025_falls_by_two_thirds_of_a_microgram_a_year(seoul: Air) -> None:
    by_month = {row["method"]: row for row in asked(seoul, "2014-01-01", "2025-12-31", draws=1000)["trends"]}
    steady = by_month["theil-sen-deseasonalised"]
    assert (round(steady["slope"], 2), steady["n"]) == (-0.68, 144)
    assert steady["low"] == pytest.approx(-0.95, abs=0.05)
    assert steady["high"] == pytest.approx(-0.40, abs=0.05)
    assert by_month["mann-kendall-yue-wang"]["p"] < 0.001


@pytest.mark.drill
def test_seoul_s_seasons_alone_do_not_tell(seoul: Air) -> None:
    """Eleven seasons: independent ones would show a fall, ones that follow each other do not."""
    rows = {row["method"]: row for row in asked(seoul, "2014-01-01", "2025-12-31", every="season")["trends"]}
    assert rows["theil-sen"]["n"] == 11
    assert round(rows["theil-sen"]["slope"], 2) == -0.57
    assert rows["mann-kendall"]["p"] < 0.05 < rows["mann-kendall-yue-wang"]["p"]


@pytest.mark.drill
def test_seoul_s_months_break_somewhere_and_nobody_can_say_when(seoul: Air) -> None:
    (found,) = asked(seoul, "2014-01-01", "2025-12-31")["breaks"]
    assert (found["at"], round(found["step"], 1)) == ("2016-04", 4.2)
    assert found["high"] >= "2020"


# --- Beijing, twelve official stations


@pytest.fixture(scope="module")
def beijing(tmp_path_factory: pytest.TempPathFactory, facts: Facts, shared: Path) -> Iterator[Air]:
    folder = shared / "data/cn_beijing12_hourly_2013_2017_uci"
    if not folder.exists():
        pytest.skip(f"no real data: {folder.name} is not there")
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('beijing') / 'real.db'}")
    migrate.ensure(store)
    import_paths(store, facts, Clock.real(), [folder])
    yield Air(store, facts)
    store.close()


@pytest.mark.drill
def test_beijing_2013_to_2017_is_too_short_to_tell(beijing: Air) -> None:
    answer = asked(beijing, "2013-03-01", "2017-02-28", "cn-beijing", draws=1000)
    by_method = {row["method"]: row for row in answer["trends"]}
    steady = by_method["theil-sen-deseasonalised"]
    assert (round(steady["slope"], 2), steady["n"]) == (-3.97, 48)
    assert steady["low"] < 0 < steady["high"]
    assert by_method["mann-kendall-yue-wang"]["p"] == pytest.approx(0.141, abs=0.002)
    assert answer["breaks"] == []
