"""`yellowsea indices`: tables by date, running means over the edge of the span, and what is missing."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import pytest

from config.clock import Clock
from ingest.archives import import_paths
from ingest.source import Quantity
from report import indices
from report.question import NothingHeldError, QuestionError
from tests.report.conftest import NAN, Air

PM10 = Quantity("pm10", "ug/m3")
SEOUL, BEIJING = "airkorea-111123", "cnemc-1001A"
MISSION = "us-mission-beijing"


def asked(air: Air, *stations: str, scheme: str, every: str | None = None, **how: Any) -> dict[str, Any]:
    return indices.ask(air.store, air.facts, air.asked(*stations, **how), scheme, every).answer


def index(air: Air, *stations: str, **how: Any) -> list[int | None]:
    return [row["index"] for row in asked(air, *stations, **how)["values"]]


def test_a_chinese_day_is_classed_by_the_table_of_its_civil_day(air):
    """70 ug/m3 was good air until February 2026; since 1 March the limit is 60."""
    for day in ("2026-02-28", "2026-03-01"):
        air.day(BEIJING, day, 70.0, feed="cnemc-archive")
    answer = asked(air, BEIJING, scheme="cn-aqi", since="2026-02-28", until="2026-03-01")
    old, new = answer["values"]
    assert (old["index"], old["category"], old["table"]) == (94, "Good", "HJ 633-2012")
    assert (new["index"], new["category"], new["table"]) == (110, "Lightly polluted", "HJ 633-2026")
    assert (old["start"], old["dominant"], old["pm25"]) == ("2026-02-28T00:00:00+08:00", "pm25", 70.0)
    assert (old["confidence"], old["capture"]) == ("high", 1.0)


def test_a_day_needs_the_hours_of_its_country(local_air):
    local_air.day(BEIJING, "2019-03-05", 70.0, n=19, feed="cnemc-archive")
    local_air.day(BEIJING, "2019-03-06", 70.0, n=20, feed="cnemc-archive")
    assert index(local_air, BEIJING, scheme="cn-aqi", since="2019-03-05", until="2019-03-06") == [None, 94]


def test_the_korean_table_changes_at_civil_midnight(local_air):
    """Steady 40 has a predicted mean of 35: 78 by the table until 26 March 2018, then 100."""
    local_air.hours(SEOUL, "2018-03-26T00:00+09:00", [40.0] * 48)
    answer = asked(local_air, SEOUL, scheme="kr-cai", since="2018-03-26", until="2018-03-27")
    rows = {row["start"][:13]: row for row in answer["values"]}
    assert (rows["2018-03-26T23"]["index"], rows["2018-03-26T23"]["table"]) == (78, "KR-2015")
    assert (rows["2018-03-27T00"]["index"], rows["2018-03-27T00"]["table"]) == (100, "KR-2018")
    assert rows["2018-03-26T23"]["pm25"] == 35.0
    assert rows["2018-03-26T23"]["confidence"] == "medium"
    assert [rows[f"2018-03-26T{hour:02}"]["index"] for hour in (0, 7)] == [None, None]  # 9 of 12 hours


def test_hours_before_the_span_are_read_for_its_first_running_mean(local_air):
    local_air.hours(SEOUL, "2019-03-04T13:00+09:00", [40.0] * 35)
    answer = asked(local_air, SEOUL, scheme="kr-cai", on="2019-03-05")
    assert len(answer["values"]) == 24
    assert {row["index"] for row in answer["values"]} == {100}
    assert answer["values"][0]["start"] == "2019-03-05T00:00:00+09:00"
    assert index(local_air, SEOUL, scheme="us-nowcast", on="2019-03-05") == [112] * 24


def test_the_us_table_changed_in_may_2024(local_air):
    local_air.hours(SEOUL, "2024-05-05T00:00+09:00", [12.0] * 48)
    found = index(local_air, SEOUL, scheme="us-aqi", since="2024-05-05", until="2024-05-06")
    assert found == [50, 56]


def test_the_worst_pollutant_is_dominant_and_bad_ones_add_up_in_korea(local_air):
    """PM2.5 of 88 and PM10 of 176 have predicted means of 77 and 154: both very bad, 50 on top."""
    start = "2019-03-05T00:00+09:00"
    local_air.hours(SEOUL, start, [88.0] * 24)
    local_air.hours(SEOUL, start, [176.0] * 23 + [NAN], quantity=PM10)
    row = asked(local_air, SEOUL, scheme="kr-cai", on="2019-03-05")["values"][-2]
    assert (row["pm25"], row["pm25_index"], row["pm10"], row["pm10_index"]) == (77.0, 252, 154.0, 253)
    assert (row["index"], row["added"], row["dominant"], row["beyond"]) == (303, 50, "pm10", False)
    assert row["category"] == "Very unhealthy"


def test_what_the_whole_index_lacks_is_told(local_air):
    local_air.hours(SEOUL, "2019-03-05T00:00+09:00", [20.0] * 24)
    answer = asked(local_air, SEOUL, scheme="kr-cai", on="2019-03-05")
    assert answer["values"][-1]["missing"] == ["pm10", "o3", "no2"]
    assert any("not the whole kr-cai" in note for note in answer["data"]["notes"])
    assert "pm10" not in answer["values"][-1]


def test_gases_in_the_unit_of_the_table_count(local_air):
    """Jongno-gu's NO2 of 0.044 ppm was a CAI of 73 (AirKorea, 18 February 2024, 19:00)."""
    start = "2024-02-18T00:00+09:00"
    local_air.hours(SEOUL, start, [20.0] * 24)
    local_air.hours(SEOUL, start, [0.044] * 24, quantity=Quantity("no2", "ppm"))
    row = asked(local_air, SEOUL, scheme="kr-cai", on="2024-02-18")["values"][-1]
    assert (row["index"], row["dominant"], row["missing"]) == (73, "no2", ["pm10", "o3"])


def test_chinese_hours_read_the_daily_table(local_air):
    local_air.hours(
        BEIJING, "2019-03-05T00:00+08:00", [35.0, 36.0, NAN, 501.0] + [10.0] * 20, "cnemc-archive"
    )
    rows = asked(local_air, BEIJING, scheme="cn-aqi", every="hour", on="2019-03-05")["values"]
    assert [row["index"] for row in rows[:4]] == [50, 52, None, 500]
    assert [row["beyond"] for row in rows[:4]] == [False, False, False, True]
    assert rows[2]["category"] is rows[2]["dominant"] is rows[2]["table"] is None


def test_before_the_first_table_there_is_no_index(local_air):
    local_air.hours(SEOUL, "2014-03-05T00:00+09:00", [40.0] * 24)
    answer = asked(local_air, SEOUL, scheme="kr-cai", on="2014-03-05")
    assert {row["index"] for row in answer["values"]} == {None}
    assert any("no table is in force" in note for note in answer["data"]["notes"])


def test_the_tables_are_told_with_source_and_confidence(local_air):
    local_air.day(BEIJING, "2019-03-05", 70.0, feed="cnemc-archive")
    told = asked(local_air, BEIJING, scheme="cn-aqi", on="2019-03-05")["method"]["index"]
    assert told["whole_number"] == "rounded up"
    assert {table["version"] for table in told["tables"]} == {"HJ 633-2012", "HJ 633-2026"}
    assert all(table["source"] and table["confidence"] for table in told["tables"])
    assert told["read_with"] == {"pm25": "the mean of the day"}


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"scheme": "kr-aqi"}, "there are kr-cai, cn-aqi, us-aqi, us-nowcast"),
        ({"scheme": "us-aqi", "every": "hour"}, "us-nowcast"),
        ({"scheme": "us-nowcast", "every": "day"}, "us-aqi"),
        ({"scheme": "cn-aqi", "every": "week"}, "by day or hour, not by week"),
        ({"scheme": "kr-cai", "pollutant": "pm10"}, "leave --pollutant out"),
    ],
)
def test_wrong_use_is_told_in_a_line(local_air, how, said):
    with pytest.raises(QuestionError, match=said):
        asked(local_air, SEOUL, on="2019-03-05", **how)


def test_other_units_than_the_table_s_are_refused(local_air):
    local_air.hours(SEOUL, "2019-03-05T00:00+09:00", [0.04] * 24, quantity=Quantity("pm25", "mg/m3"))
    with pytest.raises(QuestionError, match="pm25 in mg/m3"):
        asked(local_air, SEOUL, scheme="kr-cai", on="2019-03-05")


def test_nothing_held_is_said(local_air):
    with pytest.raises(NothingHeldError, match="no pm25"):
        asked(local_air, SEOUL, scheme="kr-cai", on="2019-03-05")


def test_the_answer_works_in_pandas(local_air):
    local_air.day(BEIJING, "2019-03-05", 70.0, feed="cnemc-archive")
    question = local_air.asked(BEIJING, on="2019-03-05")
    table = indices.ask(local_air.store, local_air.facts, question, "cn-aqi").to_pandas()
    assert table["index"].tolist() == [94]


def test_the_mission_in_beijing_agrees_with_its_file(local_air, shared: Path):
    """From the file through SQL: the AQI that AirNow gives for 20 days of March 2019, hour by hour."""
    path = shared / "data/cn_us_posts_hourly_2013_2021_airnow/Beijing_PM2.5_2019_YTD.csv.gz"
    if not path.exists():
        pytest.skip(f"no real data: {path.name} is not there")
    import_paths(local_air.store, local_air.facts, Clock.real(), [path])
    rows = asked(
        local_air, MISSION, scheme="us-nowcast", since="2019-03-12", until="2019-03-31", network="us-mission"
    )["values"]
    # AirNow's label is the end of the hour; ours is its start.
    ours = {row["end"][:13].replace("T", "-"): row["index"] for row in rows}
    with gzip.open(path, "rt", encoding="latin-1", newline="") as file:
        theirs = {
            "-".join(row[part] for part in ("Year", "Month", "Day", "Hour")): int(row["AQI"])
            for row in csv.DictReader(file)
        }
    common = [label for label in ours if theirs.get(label, -999) != -999]
    same = sum(ours[label] == theirs[label] for label in common)
    assert len(common) > 450
    assert same / len(common) > 0.99
