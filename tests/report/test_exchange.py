"""The exchange sheet: both countries' seasons of one winter, in three languages; seasons by any name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.facts import Facts
from report import exchange
from report.answer import Answer
from report.exchange_sheet import sheet
from report.question import QuestionError
from report.season_names import ordinal, season_of
from tests.report.conftest import Air
from tests.report.own_facts import own

TODAY = date(2025, 4, 28)


def asked(air: Air, season: str | None = None, *also: str, facts: Facts | None = None) -> Answer:
    """The sheet on the day on which it is shared."""
    return exchange.ask(air.store, facts or air.facts, season, TODAY, also)


@pytest.mark.parametrize(
    "text",
    [
        "kr-2024",
        "2024",
        "6",
        "6th",
        "6차",
        "제6차",
        "제 6 차",
        "第6次",
        "第六次季节管理制",
        "2024/25",
        "2024–25",
    ],
)
def test_a_korean_season_bears_many_names(facts: Facts, text: str) -> None:
    assert season_of(facts, "KR", text).id == "kr-2024"


@pytest.mark.parametrize("text", ["cn-2019", "2019", "3rd", "2019-20", "2019-2020年秋冬季"])
def test_so_does_a_chinese_one(facts: Facts, text: str) -> None:
    assert season_of(facts, "CN", text).id == "cn-2019"


def test_an_unknown_season_is_answered_with_the_nearest(facts: Facts) -> None:
    with pytest.raises(QuestionError, match="the nearest are kr-2024"):
        season_of(facts, "KR", "kr-2104")


def test_a_season_of_the_users_own_is_found_by_its_number(tmp_path: Path) -> None:
    names = {"name_en": "ninth", "name_ko": "아홉째", "name_zh": "第九"}
    row = {
        "id": "kr-2027",
        "country": "KR",
        "number": 9,
        "start": date(2027, 12, 1),
        "end": date(2028, 3, 31),
    }
    facts = own(tmp_path, seasons=[{**row, **names}])
    assert season_of(facts, "KR", "제9차").id == season_of(facts, "KR", "9th").id == "kr-2027"


@given(st.integers(1, 120))
def test_ordinals_end_as_english_says(n: int) -> None:
    teen = n % 100 in (11, 12, 13)
    assert ordinal(n).endswith({1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th") if not teen else "th")


def test_the_last_season_that_ended_is_on_the_sheet(local_air: Air) -> None:
    assert asked(local_air)["question"]["seasons"] == ["kr-2024", "cn-2024"]
    early = exchange.ask(local_air.store, local_air.facts, None, date(2025, 3, 30))
    assert early["question"]["seasons"] == ["kr-2023", "cn-2023"]


def test_a_number_is_the_korean_season_and_the_chinese_is_of_the_same_winter(local_air: Air) -> None:
    assert asked(local_air, "6th")["question"]["seasons"] == ["kr-2024", "cn-2024"]
    assert asked(local_air, "cn-2019")["question"]["seasons"] == ["kr-2019", "cn-2019"]
    with pytest.raises(QuestionError, match="KR"):
        asked(local_air, "winter of discontent")


def test_both_seasons_with_published_values_measures_and_standards(local_air: Air) -> None:
    answer = asked(local_air, "5th")
    korea, china = answer["countries"]
    assert (korea["country"], china["country"]) == ("KR", "CN")
    means = [
        one["value"] for one in korea["published"] if (one["region"], one["metric"]) == ("kr", "pm25_mean")
    ]
    assert means == [21.2, 21.0]
    assert (korea["measure_days"]["days"], korea["measure_days"]["complete"]) == (2, True)
    assert [one["id"] for one in korea["standards"]] == ["KR-2018"]
    assert "CN-2012-II" in [one["id"] for one in china["standards"]]
    assert {one["state"] for one in china["reference_states"]} == {"actual"}
    assert answer["common"]["start"] == "2023-12-01"
    assert answer["common"]["days"] == 122
    for side in answer["countries"]:
        for rows in ("published", "targets", "standards", "reference_states", "confounders"):
            assert all(one["source"] and one["confidence"] for one in side[rows])


def test_where_no_list_of_measures_speaks_the_count_is_not_known(local_air: Air) -> None:
    china = asked(local_air, "2024")["countries"][1]
    assert china["measure_days"]["days"] is None


def test_what_is_held_is_computed_over_the_own_and_the_common_window(local_air: Air) -> None:
    (seoul,) = local_air.of("kr-seoul", day="2024-12-01")
    (beijing,) = local_air.of("cn-beijing", day="2024-12-01")
    local_air.daily(seoul, "2024-12-01", [40.0] + [10.0] * 120)
    local_air.hours(beijing, "2024-10-01T00:00+08:00", [20.0] * 24 * 61 + [60.0] * 24 * 121, "cnemc-archive")
    answer = asked(local_air, "2024", "Seoul", "Beijing")
    own_window = {one["region"]: one for side in answer["countries"] for one in side["computed"]}
    assert own_window["kr-seoul"]["classes"]["kr-bad-day"] == 1
    assert own_window["kr-seoul"]["classes"]["kr-good-day"] == 120
    assert own_window["cn-beijing"]["mean"] == pytest.approx((61 * 20 + 121 * 60) / 182)
    common = {one["region"]: one for side in answer["common"]["countries"] for one in side["computed"]}
    assert common["cn-beijing"]["mean"] == pytest.approx(60.0)
    assert common["cn-beijing"]["n"] == 121
    assert own_window["kr"]["mean"] is None
    published = [one for one in answer["countries"][0]["published"] if one["region"] == "kr-seoul"]
    (mean,) = [one for one in published if one["metric"] == "pm25_mean"]
    assert mean["comparable"] is True
    assert mean["difference"] == pytest.approx(own_window["kr-seoul"]["mean"] - 24.3)


def test_the_sheet_has_a_label_in_each_language_and_a_cell_for_each_country(local_air: Air) -> None:
    rows = sheet(asked(local_air, "2019"))
    assert len({row["key"] for row in rows}) == len(rows)
    for row in rows:
        assert all(row[key] for key in ("ko", "zh", "en", "KR", "CN"))
    by = {row["key"]: row for row in rows}
    assert "24.4 (2025-04 release (restated)" in by["pm25_mean"]["KR"]
    assert "known through" in by["measure_days"]["KR"]


def test_notes_are_said_three_times_and_name_the_reference_state_before_2018(local_air: Air) -> None:
    def english(season: str) -> str:
        notes = asked(local_air, season)["notes"]
        assert all(one["en"] and one["ko"] and one["zh"] for one in notes)
        return " ".join(one["en"] for one in notes)

    assert "standard state" in english("2016")
    assert "standard state" not in english("2020")
