"""The shipped list of measures and the rules behind it: counts, and thresholds on both sides of a date."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import pairwise

import pytest

from config.facts import Facts
from config.policy import Coverage
from config.rules import AlertRule, CrisisStep, Halves, HeavyAlertRule, MeasureCriterion, MeasureRule

CAPITAL = {"kr-seoul", "kr-incheon", "kr-gyeonggi"}
# Days with an emergency measure in any sido, by the year in which a season of December to March begins.
SEASON_DATES = {2018: 12, 2019: 7, 2020: 4, 2021: 3, 2022: 6, 2023: 2, 2024: 3}


def dates(facts: Facts, kind: str, first: str = "2013-01-01", last: str = "2099-01-01") -> set[date]:
    span = date.fromisoformat(first), date.fromisoformat(last)
    return {one.date for one in facts.measures if one.kind == kind and span[0] <= one.date <= span[1]}


def season_dates(facts: Facts, year: int) -> set[date]:
    return dates(facts, "emergency", f"{year}-12-01", f"{year + 1}-03-31")


# Measures


def test_the_list_holds_49_emergency_and_9_preliminary_dates(facts: Facts) -> None:
    assert len(dates(facts, "emergency")) == 49
    assert len(dates(facts, "preliminary")) == 9


@pytest.mark.parametrize(("year", "days"), SEASON_DATES.items())
def test_a_season_has_as_many_emergency_dates_as_are_documented(facts: Facts, year: int, days: int) -> None:
    assert len(season_dates(facts, year)) == days


def test_the_seventh_season_has_three_known_dates_or_more(facts: Facts) -> None:
    assert len(season_dates(facts, 2025)) >= 3


@pytest.mark.parametrize(("year", "ministry"), [(2023, 2), (2024, 3)])
def test_dates_with_any_sido_are_what_the_ministry_counts(facts: Facts, year: int, ministry: int) -> None:
    assert len(season_dates(facts, year)) == ministry


@pytest.mark.parametrize(
    ("day", "regions"),
    [
        ("2017-12-30", CAPITAL),
        ("2021-03-11", CAPITAL),
        ("2021-03-12", CAPITAL),
        ("2024-01-31", {"kr-sejong", "kr-chungnam"}),
        ("2026-02-13", {*CAPITAL, "kr-gangwon-yeongseo"}),
    ],
)
def test_the_sido_of_a_day(facts: Facts, day: str, regions: set[str]) -> None:
    on = date.fromisoformat(day)
    assert {one.region for one in facts.measures if one.date == on and one.kind == "emergency"} == regions


def test_the_whole_country_but_yeongdong_on_2023_01_07(facts: Facts) -> None:
    regions = {one.region for one in facts.measures if one.date == date(2023, 1, 7)}
    assert len(regions) == 17
    assert "kr-gangwon-yeongdong" not in regions


def test_a_measure_is_announced_on_the_day_before_and_in_force_on_its_day(facts: Facts) -> None:
    for one in facts.measures:
        assert one.announced_on is not None
        assert one.announced_on < one.date
        assert one.in_force_from is not None
        assert one.in_force_to is not None
        assert one.in_force_from.date() == one.date
        assert one.in_force_from < one.in_force_to
        if one.announced_at:
            assert one.announced_at.date() == one.announced_on


def test_korean_measures_run_from_six_to_nine_in_the_evening_but_for_one_day(facts: Facts) -> None:
    hours = defaultdict(set)
    for one in facts.measures:
        if one.region.startswith("kr") and one.in_force_from and one.in_force_to:
            hours[f"{one.in_force_from:%H%z}", f"{one.in_force_to:%H%z}"].add(one.date)
    assert set(hours) == {("06+0900", "21+0900"), ("06+0900", "06+0900")}
    assert hours["06+0900", "06+0900"] == {date(2026, 1, 15)}


def test_preliminary_measures_never_restrict_vehicles(facts: Facts) -> None:
    assert {one.vehicle_rules for one in facts.measures if one.kind == "preliminary"} == {False}


def test_no_grade_5_ban_where_no_ordinance_was(facts: Facts) -> None:
    day = [one for one in facts.measures if one.date == date(2019, 12, 11)]
    assert {one.region for one in day if one.vehicle_rules is False} == {"kr-daegu", "kr-chungbuk"}


@pytest.mark.parametrize(
    ("day", "region", "confidence"),
    [
        ("2018-11-07", "kr-seoul", "high"),
        ("2018-11-07", "kr-incheon", "medium"),
        ("2019-12-26", "kr-sejong", "high"),
        ("2019-12-26", "kr-daegu", "medium"),
        ("2021-03-30", "kr-jeonnam", "low"),
    ],
)
def test_confidence_is_that_of_the_sido(facts: Facts, day: str, region: str, confidence: str) -> None:
    (found,) = (one for one in facts.measures if one.date.isoformat() == day and one.region == region)
    assert found.confidence == confidence


def test_a_day_whose_list_of_sido_is_not_complete_says_so(facts: Facts) -> None:
    partial = {one.date.isoformat() for one in facts.measures if "not complete" in (one.note or "")}
    assert partial == {"2018-11-07", "2019-01-13", "2019-12-25", "2025-03-11", "2026-01-15"}


def test_beijing_had_red_alerts_on_thirteen_days_of_2015_and_2016(facts: Facts) -> None:
    red = [one for one in facts.measures if one.kind == "heavy-alert"]
    assert len(red) == 13
    assert {(one.region, one.step) for one in red} == {("cn-beijing", "red")}


def test_spans_of_the_looked_after_list_do_not_overlap(facts: Facts) -> None:
    spans = defaultdict(list)
    for one in facts.measure_coverage:
        spans[one.region, one.kind].append(one)
    for several in spans.values():
        several.sort(key=lambda one: one.start)
        assert all(one.start <= one.end for one in several)
        assert all(before.end < after.start for before, after in pairwise(several))


def test_every_measure_lies_in_a_span_that_was_looked_after(facts: Facts) -> None:
    def covers(span: Coverage, day: date, kind: str, country: str) -> bool:
        return span.region == country and span.kind == kind and span.start <= day <= span.end

    for one in facts.measures:
        assert any(covers(s, one.date, one.kind, one.region[:2]) for s in facts.measure_coverage), one.key


@pytest.mark.parametrize(
    ("region", "day", "complete"),
    [("kr-seoul", "2018-03-26", True), ("kr", "2024-01-31", True), ("kr", "2025-03-11", False)],
)
def test_where_the_list_is_complete(facts: Facts, region: str, day: str, complete: bool) -> None:
    on = date.fromisoformat(day)
    (found,) = (
        one
        for one in facts.measure_coverage
        if one.region == region and one.kind == "emergency" and one.start <= on <= one.end
    )
    assert found.complete is complete


# Rules


def deciding(facts: Facts, rule: str, unit: str, day: str) -> set[str]:
    return {
        one.id
        for one in facts.all("measure_rules", MeasureRule)
        if one.rule == rule and one.holds_on(date.fromisoformat(day)) and unit in one.regions.split("|")
    }


@pytest.mark.parametrize(
    ("unit", "day", "versions"),
    [
        ("kr-seoul", "2017-02-14", set()),
        ("kr-seoul", "2017-02-15", {"kr-emergency-2017-02"}),
        ("kr-seoul", "2017-07-01", {"kr-emergency-2017-02", "kr-emergency-2017-07-seoul"}),
        ("kr-incheon", "2018-11-07", {"kr-emergency-2017-02"}),
        ("kr-incheon", "2018-11-08", {"kr-emergency-2018-11-capital"}),
        ("kr-busan", "2019-02-14", set()),
        ("kr-busan", "2019-02-15", {"kr-emergency-2019-02"}),
        ("kr-seoul", "2019-02-15", {"kr-emergency-2019-02-capital"}),
    ],
)
def test_the_version_in_force_decides(facts: Facts, unit: str, day: str, versions: set[str]) -> None:
    assert deciding(facts, "kr-emergency", unit, day) == versions


@pytest.mark.parametrize("rule", ["kr-emergency", "kr-preliminary"])
def test_today_every_sido_is_decided_by_one_version(facts: Facts, rule: str) -> None:
    for sido in (one.id for one in facts.regions.values() if one.kind == "sido"):
        assert len(deciding(facts, rule, sido, "2026-01-01")) == 1, sido


def test_every_version_has_criteria_and_each_of_them_a_clause(facts: Facts) -> None:
    criteria = facts.all("measure_criteria", MeasureCriterion)
    assert {one.version for one in criteria} == set(facts.by_id("measure_rules", MeasureRule))
    for one in criteria:
        assert any((one.today_mean_gt, one.today_alert, one.d1_gt, one.d2_gt)), one.key


def test_gyeonggi_needs_both_halves_and_those_of_gangwon_decide_for_themselves(facts: Facts) -> None:
    halves = facts.by_id("halves", Halves)
    assert (halves["kr-gyeonggi"].joint, halves["kr-gangwon"].joint) == ("all", "each")


@pytest.mark.parametrize(
    ("day", "advisory", "warning"),
    [("2018-06-30", (90, 50), (180, 90)), ("2018-07-01", (75, 35), (150, 75))],
)
def test_advisory_and_warning_of_pm25_on_both_sides_of_2018_07_01(
    facts: Facts, day: str, advisory: tuple[int, int], warning: tuple[int, int]
) -> None:
    rules = [
        one
        for one in facts.all("alert_rules", AlertRule)
        if one.pollutant == "pm25" and one.holds_on(date.fromisoformat(day))
    ]
    assert {one.level: (one.enter, one.release_lt) for one in rules} == {
        "advisory": advisory,
        "warning": warning,
    }
    assert {one.hours for one in rules} == {2}


def test_crisis_steps_rise(facts: Facts) -> None:
    steps = [one for one in facts.all("crisis_steps", CrisisStep) if one.scheme == "pm25" and one.hourly_ge]
    assert [(one.number, one.hourly_ge, one.d1_gt) for one in steps] == [
        (2, 150, 75),
        (3, 200, 150),
        (4, 400, 200),
    ]


@pytest.mark.parametrize(
    ("day", "version"),
    [
        ("2018-09-30", "MEP-2017-09"),
        ("2018-10-01", "NATIONAL-2018"),
        ("2023-12-31", "NATIONAL-2018"),
        ("2024-01-01", "BEIJING-2023"),
    ],
)
def test_one_version_of_the_chinese_alert_holds_for_beijing(facts: Facts, day: str, version: str) -> None:
    on = date.fromisoformat(day)
    rows = [
        one
        for one in facts.all("heavy_alert_rules", HeavyAlertRule)
        if one.holds_on(on) and {"cn", "cn-beijing"} & set(one.regions.split("|"))
    ]
    assert {one.version for one in rows} == {version}
    assert {"yellow", "orange", "red"} <= {one.level for one in rows}
