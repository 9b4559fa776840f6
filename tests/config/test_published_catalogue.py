"""What authorities published and set themselves is in the catalogue, every vintage of it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from config.facts import Facts
from config.policy import Published, Share, Target

KOREA = [24.4, 23.7, 23.2, 24.6, 21.0, 20.3]  # seasons 1 to 6, latest vintage
SEOUL = [28, 27, 24.7, 25.9, 22.8, 24.3]
EARLIER = {
    2019: {24, 24.5},
    2020: {24.3},
    2021: {23.3},
    2023: {21.2},
}  # first year of a season: first releases
LISTED = """
KR=kr 서울=kr-seoul 인천=kr-incheon 세종=kr-sejong 경기=kr-gyeonggi 충남=kr-chungnam 충북=kr-chungbuk
전북=kr-jeonbuk 전남=kr-jeonnam 제주=kr-jeju 강원=kr-gangwon 경남=kr-gyeongnam 울산=kr-ulsan
충청권=kr-chungcheong 광주·전남=kr-gwangju-jeonnam CN_337=cn CN_339=cn 北京=cn-beijing
JJJ_13=cn-jjj-13 JJJ_2p26=cn-jjj-2p26 JJJ_2p36=cn-jjj-2p36 YRD_41=cn-yrd-41 YRD_31=cn-yrd-31
FENWEI_11=cn-fenwei-11 FENWEI_13=cn-fenwei-13
ALL_3_REGIONS=cn-jjj-2p26|cn-yrd-41|cn-fenwei-11 JJJ_FENWEI_EXPANDED=cn-jjj-2p26
"""
AREAS = dict(pair.split("=") for pair in LISTED.split())  # names of the tables beside the project: our ids
METRICS = {"days_over_50": "high_days", "hourly_max": "max_hour", "emergency_days": "measure_days"}


@pytest.fixture(scope="session")
def published(facts: Facts) -> list[Published]:
    """Every published figure."""
    return facts.all("published", Published)


def season(year: int) -> tuple[date, date]:
    """First and last day of the Korean season that begins in a year."""
    return date(year, 12, 1), date(year + 1, 3, 31)


def figures(rows: list[Published], region: str, metric: str, span: tuple[date, date]) -> list[Published]:
    """The figures of a region, a metric and a span."""
    return [one for one in rows if (one.region, one.metric, one.start, one.end) == (region, metric, *span)]


@pytest.mark.parametrize(("region", "series"), [("kr", KOREA), ("kr-seoul", SEOUL)])
def test_six_seasons_are_held(published: list[Published], region: str, series: list[float]) -> None:
    for year, value in enumerate(series, start=2019):
        assert value in {one.value for one in figures(published, region, "pm25_mean", season(year))}


@pytest.mark.parametrize("year", EARLIER)
def test_earlier_vintages_of_a_season_are_kept(published: list[Published], year: int) -> None:
    found = figures(published, "kr", "pm25_mean", season(year))
    assert EARLIER[year] <= {one.value for one in found}
    assert len({one.vintage for one in found}) == len(found)


def test_one_vintage_of_a_season_is_restated_or_final(published: list[Published]) -> None:
    for year, value in enumerate(KOREA, start=2019):
        last = [
            one.value
            for one in figures(published, "kr", "pm25_mean", season(year))
            if one.status in ("restated", "final")
        ]
        assert last == [value]


@pytest.mark.parametrize(("year", "standard", "actual"), [(2015, 50, 46), (2018, 39, 36)])
def test_china_has_both_reference_states(
    published: list[Published], year: int, standard: float, actual: float
) -> None:
    found = figures(published, "cn", "pm25_mean", (date(year, 1, 1), date(year, 12, 31)))
    assert {(one.reference_state, one.value) for one in found} == {("standard", standard), ("actual", actual)}


def test_china_before_september_2018_is_never_said_to_be_at_actual_state_unless_restated(
    published: list[Published],
) -> None:
    early = [one for one in published if one.region.startswith("cn") and one.end < date(2018, 9, 1)]
    at_actual = [one for one in early if one.metric == "pm25_mean" and one.reference_state == "actual"]
    assert {(one.region, one.value, one.status) for one in at_actual} == {("cn", 46, "derived")}


def test_dust_is_said_by_the_rule_of_its_time(published: list[Published]) -> None:
    for one in published:
        if one.region.startswith("kr"):
            assert (one.dust, one.reference_state) == ("unknown", "actual")
        elif one.metric == "pm25_mean":
            assert one.dust == ("deducted" if one.start >= date(2017, 1, 1) else "unknown"), one.key
        elif one.metric.startswith("heavy") and one.start >= date(2017, 1, 1):
            assert one.dust == "included", one.key


def test_beijing_and_the_years(published: list[Published]) -> None:
    heavy = [
        figures(published, "cn-beijing", "heavy_days", (date(y, 1, 1), date(y, 12, 31)))[0].value
        for y in range(2013, 2018)
    ]
    assert heavy == [58, 47, 46, 39, 23]
    year = date(2025, 1, 1), date(2025, 12, 31)
    assert {one.value for one in figures(published, "cn", "good_days_pct", year)} == {88.1, 89.3}


def test_three_vintages_of_the_missed_winter(published: list[Published]) -> None:
    winter = date(2018, 10, 1), date(2019, 3, 31)
    found = figures(published, "cn-jjj-2p26", "pm25_mean", winter)
    assert {one.value: one.status for one in found} == {80.0: "unknown", 81.0: "derived", 82.0: "unknown"}
    assert {one.value for one in figures(published, "cn-jjj-2p26", "heavy_city_days", winter)} == {619}


def test_a_change_over_more_than_a_year_says_against_what(published: list[Published]) -> None:
    """Up to a year: against the same days of the year before; longer: its last year against its first."""
    for one in published:
        if one.metric.endswith("_change_pct"):
            assert one.unit == "percent"
            assert one.note is not None, one.key
            if one.end - one.start > timedelta(days=366):
                assert "against" in one.note or "base" in one.note, one.key


def test_there_are_as_many_figures_as_were_read(published: list[Published]) -> None:
    count = Counter(one.region[:2] for one in published)
    assert count["kr"] >= 120
    assert count["cn"] >= 190


def table(shared: Path, name: str) -> list[dict[str, str]]:
    """The rows of a table of the card."""
    with (shared / "policy" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def wanted(shared: Path) -> Iterator[tuple[str, str, float]]:
    """Region, metric and value of every number in the value columns of the card's tables."""
    for row in table(shared, "kr_seasonal_management.csv"):
        metric = re.sub(r"_\d{4}-\d\d$", "", row["metric"])
        if not metric.startswith("target_"):
            yield AREAS[row["scope"]], METRICS.get(metric, metric), float(row["value"])
    for row in table(shared, "cn_published_periods.csv"):
        yield AREAS[row["region"]], "pm25_mean", float(row["pm25"])
        if row["yoy_pct"]:
            yield AREAS[row["region"]], "pm25_mean_change_pct", float(row["yoy_pct"])
    for row in table(shared, "annual_pm25.csv"):
        yield AREAS[row["area"]], "pm25_mean", float(row["pm25"])
    columns = {"outcome_pm25": "pm25_mean", "outcome_pct": "pm25_mean_change_pct"}
    columns |= {"heavy_city_days": "heavy_city_days", "heavy_pct": "heavy_city_days_change_pct"}
    for row in table(shared, "cn_autumn_winter_campaigns.csv"):
        for column, metric in columns.items():
            found = re.search(r"(?:^|: )([+-]?\d+(?:\.\d+)?)", row[column])
            if found:
                yield AREAS[row["region_code"]], metric, float(found[1])


def test_no_number_of_the_shared_tables_is_lost(shared: Path, published: list[Published]) -> None:
    held = {(one.region, one.metric, one.value) for one in published}
    numbers = set(wanted(shared))
    assert len(numbers) > 200
    assert numbers - held == set()


def test_every_target_of_the_shared_tables_is_held(shared: Path, facts: Facts) -> None:
    goals = {(one.region, one.goal) for one in facts.all("targets", Target)}
    for row in table(shared, "kr_seasonal_management.csv"):
        if row["metric"].startswith("target_"):
            assert ("kr", float(row["value"])) in goals
    for row in table(shared, "cn_autumn_winter_campaigns.csv"):
        for column in ("target_pm25_pct", "target_heavy_pct"):
            if re.fullmatch(r"-?\d+", row[column]):
                assert (AREAS[row["region_code"]], float(row[column])) in goals, row


def test_every_milestone_and_share_of_the_shared_tables_is_held(shared: Path, facts: Facts) -> None:
    dates = Counter((str(one.date), one.kind) for one in facts.milestones.values())
    listed = Counter((row["date"], row["kind"]) for row in table(shared, "policy_milestones.csv"))
    assert listed - dates == Counter()
    shares = Counter(one.share_pct for one in facts.all("shares", Share))
    assert shares == Counter(float(row["share_pct"]) for row in table(shared, "ltp_shares.csv"))
