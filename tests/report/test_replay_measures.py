"""The decision of 17:00 as the law has it, by what was known then; null where that does not decide."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from analysis.truth import above
from cli.measures import app
from config import own
from config.facts import Facts
from config.policy import Coverage, Measure
from report.forecasts import expected, grade
from report.question import NothingHeldError, QuestionError
from store.forecasts import Alert, Forecast
from tests.report.bulletins import CAPITAL, bulletin, by_unit, decided, put, today

EVE, DAY, AFTER = "2022-06-07", "2022-06-08", "2022-06-09"
BAD = {"above": 50.0}  # "more than 50"


@pytest.fixture
def june(local_air: Any, tmp_path: Path) -> Any:
    """June 2022, in which nothing is listed, with a folder of the user's own."""
    local_air.facts = Facts(own=tmp_path / "catalogue")
    return local_air


def expect(air: Any, day: str, above: float | None, up_to: float | None = None, *units: str) -> None:
    put(air, [bulletin(one, day, above, up_to) for one in units or CAPITAL])


def write(air: Any, kind: str, fact: Any) -> None:
    own.put(air.facts.own, kind, fact)
    air.facts.forget(kind)


def outcome(air: Any, unit: str = "kr-seoul", **how: Any) -> tuple[dict[str, Any], Any]:
    row = by_unit(decided(air, how.pop("region", "kr-seoul"), DAY, **how))[unit]
    return row["criteria"], row["would_issue"]


@pytest.mark.parametrize(
    ("mean", "forecast", "criteria", "would"),
    [
        (60, (50, None), {"A": True, "B": False, "C": None}, True),
        (50, (50, None), {"A": False, "B": False, "C": None}, None),  # more than 50, not 50
        (60, (None, 50), {"A": False, "B": False, "C": False}, False),
        (20, (75, None), {"A": False, "B": False, "C": True}, True),
        (60, (35, 75), {"A": None, "B": False, "C": False}, None),  # the grade "bad" holds 50
        (20, (35, 75), {"A": False, "B": False, "C": False}, False),
    ],
)
def test_a_measure_needs_today_above_50_and_tomorrow_above_50_or_tomorrow_above_75(
    june: Any, mean: float, forecast: tuple[float | None, float | None], criteria: Any, would: Any
) -> None:
    today(june, EVE, seoul=mean, incheon=10, gyeonggi_north=10, gyeonggi_south=10)
    expect(june, DAY, None, 35, *CAPITAL[1:])
    expect(june, DAY, *forecast, "kr-seoul")
    assert outcome(june) == (criteria, would)


def test_an_advisory_in_any_zone_and_tomorrow_above_50_is_criterion_b(june: Any) -> None:
    today(june, EVE, incheon=40, seoul=10, gyeonggi_north=10, gyeonggi_south=10)
    expect(june, DAY, 50, None)
    assert outcome(june)[0]["B"] is False
    assert outcome(june, "kr-incheon", region="kr-incheon")[0]["B"] is False
    at = datetime.fromisoformat(f"{EVE}T09:00+09:00")
    put(june, alerts=[Alert("kr-incheon", "강화권역", "pm25", "advisory", at, 80.0)])
    row = by_unit(decided(june, "kr-incheon", DAY))["kr-incheon"]
    assert (row["criteria"]["B"], row["would_issue"]) == (True, True)
    assert (row["today"]["alert"], row["today"]["alert_origin"]) == ("advisory", "stored")


def test_without_a_published_alert_the_rule_replays_it(june: Any) -> None:
    (station,) = june.of("kr-incheon", day=EVE)
    june.hours(station, f"{EVE}T00:00+09:00", [20] * 5 + [90, 90] + [20] * 17)
    expect(june, DAY, 50, None)
    row = by_unit(decided(june, "kr-incheon", DAY))["kr-incheon"]
    assert (row["criteria"]["B"], row["today"]["alert_origin"]) == (True, "replayed")


def test_two_of_three_bind_the_third(june: Any) -> None:
    today(june, EVE, seoul=60, incheon=60, gyeonggi_north=10, gyeonggi_south=10)
    expect(june, DAY, 50, 60)
    row = by_unit(decided(june, "kr-gyeonggi", DAY))["kr-gyeonggi"]
    assert row["criteria"] == {"A": False, "B": False, "C": False}
    assert (row["would_issue"], row["reason"]) == (True, "two other units meet it")


def test_gyeonggi_meets_by_both_halves_only(june: Any) -> None:
    today(june, EVE, seoul=10, incheon=10, gyeonggi_north=60, gyeonggi_south=40)
    expect(june, DAY, 50, 60)
    assert outcome(june, "kr-gyeonggi", region="kr-gyeonggi")[1] is False
    (south,) = june.of("kr-gyeonggi-south", day=EVE)
    june.hours(south, f"{EVE}T00:00+09:00", [60] * 24)
    answer = decided(june, "kr-gyeonggi", DAY)
    (row,) = answer["decisions"]
    assert row["would_issue"] is True
    assert [half["today"]["mean"] for half in row["halves"].values()] == [60, 60]


def test_gangwon_decides_half_by_half(june: Any) -> None:
    today(june, EVE, gangwon_yeongseo=60, gangwon_yeongdong=60)
    put(june, [bulletin("kr-gangwon-yeongseo", DAY, 50), bulletin("kr-gangwon-yeongdong", DAY, None, 35)])
    rows = by_unit(decided(june, "kr-gangwon", DAY))
    assert {unit: row["would_issue"] for unit, row in rows.items()} == {
        "kr-gangwon-yeongseo": True,
        "kr-gangwon-yeongdong": False,
    }


def test_what_came_after_17_00_was_not_known(june: Any) -> None:
    today(june, EVE, busan=60)
    put(june, [bulletin("kr-busan", DAY, None, 35, issued=f"{EVE}T17:00+09:00")])
    put(june, [bulletin("kr-busan", DAY, 75, None, issued=f"{EVE}T23:00+09:00")])
    assert outcome(june, "kr-busan", region="kr-busan")[1] is False


def test_hours_after_the_window_do_not_count(june: Any) -> None:
    (station,) = june.of("kr-busan", day=EVE)
    june.hours(station, f"{EVE}T00:00+09:00", [50.0] * 16 + [70.0] * 8)
    put(june, [bulletin("kr-busan", DAY, 50, 70)])
    answer = decided(june, "kr-busan", DAY)
    assert answer["decisions"][0]["would_issue"] is False
    assert answer["other_window"]["window"] == "1-17"
    assert answer["other_window"]["decided_otherwise"] == 1
    wider = decided(june, "kr-busan", DAY, window="1-17")
    assert wider["decisions"][0]["would_issue"] is True
    assert wider["other_window"]["window"] == "1-16"


def test_a_single_hour_of_another_station_does_not_silence_the_days_before(june: Any) -> None:
    one, other = june.of("kr-busan", count=2, day=EVE)
    june.hours(one, "2022-06-01T00:00+09:00", [60.0] * 24 * 8)
    june.hours(other, f"{DAY}T23:00+09:00", [60.0])
    rows = decided(june, "kr-busan", "2022-06-03", "2022-06-10", forecast="observed")["decisions"]
    assert [row["today"]["mean"] for row in rows[:6]] == [60] * 6
    assert [row["would_issue"] for row in rows[:5]] == [True] * 5


def test_hindcasts_are_labelled(june: Any) -> None:
    today(june, EVE, busan=60)
    today(june, DAY, busan=80)
    issued, observed, none = (
        decided(june, "kr-busan", DAY, forecast=mode) for mode in ("issued", "observed", "none")
    )
    assert [a["method"]["hindcast"] for a in (issued, observed, none)] == [False, True, True]
    assert [a["decisions"][0]["would_issue"] for a in (issued, observed, none)] == [None, True, None]
    assert observed["decisions"][0]["d1"] == {"for_date": DAY, "observed": 80.0}
    assert "HINDCAST" in observed["method"]["forecast"]


def test_a_day_without_a_row_is_no_measure_only_where_the_list_is_complete(june: Any) -> None:
    today(june, EVE, busan=60)
    put(june, [bulletin("kr-busan", DAY, None, 35)])
    first = decided(june, "kr-busan", DAY)
    assert (first["decisions"][0]["issued"], first["decisions"][0]["issued_words"]) == (
        None,
        "no measure known",
    )
    assert first["agreement"]["undecidable"] == 1
    sure: dict[str, Any] = {"source": "by hand", "confidence": "high"}
    day = datetime.fromisoformat(DAY).date()
    write(
        june,
        "measure_coverage",
        Coverage(region="kr-busan", kind="emergency", start=day, end=day, complete=True, **sure),
    )
    assert decided(june, "kr-busan", DAY)["agreement"]["neither"] == 1
    write(june, "measures", Measure(date=day, region="kr-busan", kind="emergency", **sure))
    assert decided(june, "kr-busan", DAY)["agreement"]["issued_only"] == 1


def test_before_the_law_only_the_capital_area_had_a_documented_rule(june: Any) -> None:
    today(june, "2019-01-10", busan=60)
    (row,) = decided(june, "kr-busan", "2019-01-11", forecast="none")["decisions"]
    assert row["would_issue"] is None
    assert row["reason"] == "no rule is documented for this day"
    assert row["rules"] == []


def test_the_rule_of_the_date_decides(june: Any) -> None:
    for eve, day in (("2018-11-06", "2018-11-07"), ("2018-11-12", "2018-11-13")):
        today(june, eve, seoul=60, incheon=60, gyeonggi_north=10, gyeonggi_south=10)
        expect(june, day, 50, 60)
    # All three had to meet; from 8 November 2018 two of three bind the third.
    old, new = (
        by_unit(decided(june, "kr-capital", day))["kr-incheon"] for day in ("2018-11-07", "2018-11-13")
    )
    assert (old["would_issue"], old["rules"]) == (False, ["kr-emergency-2017-02"])
    assert (new["would_issue"], new["rules"]) == (True, ["kr-emergency-2018-11-capital"])


def test_a_preliminary_measure_looks_two_days_ahead(june: Any) -> None:
    today(june, EVE, seoul=10, incheon=10, gyeonggi_north=10, gyeonggi_south=10)
    put(june, [bulletin(one, DAY, None, 35) for one in CAPITAL])
    put(june, [bulletin(one, AFTER, 75, None, issued=f"{EVE}T17:00+09:00") for one in CAPITAL])
    answer = decided(june, "kr-seoul", DAY)
    (row,) = answer["preliminary"]["decisions"]
    assert row["criteria"] == {"P1": False, "P2": True}
    assert row["would_issue"] is True
    assert answer["decisions"][0]["would_issue"] is False


def test_the_crisis_step_rises_with_hours_at_150_and_a_very_bad_forecast(june: Any) -> None:
    today(june, EVE, busan=155)
    put(june, [bulletin("kr-busan", DAY, 75)])
    (row,) = decided(june, "kr-busan", DAY)["decisions"]
    assert row["crisis_steps"] == {"관심": True, "주의": True, "경계": None, "심각": None}


def test_who_decides_no_measure_is_told(june: Any) -> None:
    today(june, EVE, seoul=10)
    with pytest.raises(QuestionError, match="decides no measure of its own"):
        decided(june, "kr-gyeonggi-north", DAY)
    with pytest.raises(QuestionError, match="rule of another country"):
        decided(june, "cn-beijing", DAY)
    with pytest.raises(QuestionError, match="is no window of hours"):
        decided(june, "kr-seoul", DAY, window="0-16")
    with pytest.raises(NothingHeldError, match="neither hours nor forecasts"):
        decided(june, "kr-busan", "2015-01-02")


NOON = datetime(2022, 6, 7, 3, tzinfo=UTC)
BOUND = st.none() | st.sampled_from([15.0, 35.0, 50.0, 75.0, 100.0])


@st.composite
def said(draw: st.DrawFn) -> Forecast:
    low, high = draw(BOUND), draw(BOUND)
    if low is not None and high is not None and low >= high:
        low = None
    at = NOON + timedelta(hours=draw(st.integers(0, 5)))
    product = draw(st.sampled_from(["grade", "over50", "week"]))
    return Forecast(product, "kr-seoul", "pm25", at, NOON.date(), low, high)


@given(st.lists(said(), max_size=4), st.floats(0, 200), st.sampled_from([35.0, 50.0, 75.0]))
def test_bounds_never_decide_against_a_value_that_they_hold(
    rows: list[Forecast], value: float, threshold: float
) -> None:
    told = expected(rows)
    if told is None:
        return
    low, high = told.amount
    assert low <= high
    if low <= value <= high:
        assert above(told.amount, threshold) in (None, value > threshold)


def test_a_newer_bulletin_wins_over_one_that_it_contradicts() -> None:
    old = bulletin("kr-seoul", DAY, 50, issued=f"{EVE}T05:00+09:00", product="over50")
    new = bulletin("kr-seoul", DAY, None, 35, issued=f"{EVE}T17:00+09:00")
    told = expected([old, new])
    assert told is not None
    assert (told.above, told.up_to, len(told.against)) == (None, 35, 1)


def test_a_grade_is_that_of_the_date(facts: Facts) -> None:
    told = expected([bulletin("kr-seoul", DAY, 35, 75)])
    assert told is not None
    day = datetime.fromisoformat(DAY).date()
    assert grade(facts, "KR", "pm25", day, told) == "Bad"
    assert grade(facts, "KR", "pm25", day.replace(year=2017), told) is None
    assert told.amount[0] > 35
    assert math.isclose(told.amount[0], 35)


@pytest.mark.parametrize("shape", ["table", "json", "csv"])
@pytest.mark.parametrize("rule", ["kr-emergency", "kr-advisory", "kr-warning"])
def test_a_replay_as_it_is_typed(
    june: Any, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, rule: str, shape: str
) -> None:
    today(june, EVE, busan=160)
    monkeypatch.setenv("YELLOWSEA_DATABASE_URL", sqlite_url)
    typed = ["replay", "--region", "부산", "--rule", rule, "--from", EVE, "--to", DAY, "--format", shape]
    result = CliRunner().invoke(app, typed)
    assert result.exit_code == 0, result.output
    if shape == "json":
        answer = json.loads(result.stdout)
        assert set(answer["agreement"]) >= {"both", "issued_only", "rule_only", "neither", "undecidable"}
        assert answer["question"]["rule"] == rule
    elif shape == "csv":
        assert result.stdout.startswith("region,")
    else:
        assert "undecidable" in result.stdout
