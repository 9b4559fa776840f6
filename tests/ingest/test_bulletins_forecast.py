"""AirKorea's forecasts (WIRE_FORMATS §1.4, 1.5, 1.7, §7 no. 12), on recordings and on bodies made by hand."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from bulletin_desk import Item, mutated, page, read
from hypothesis import given, settings
from hypothesis import strategies as st

from config.facts import Facts
from ingest.bulletins import Bulletin
from ingest.hours import LabelError
from ingest.registry import BULLETINS
from ingest.source import SchemaDrift
from ingest.wording import Wording, dispatched

JSON = "sources/airkorea/json/"
NINETEEN = (
    "서울 : 보통,제주 : 좋음,전남 : 보통,전북 : 보통,광주 : 보통,경남 : 보통,경북 : 보통,울산 : 보통,"
    "대구 : 보통,부산 : 보통,충남 : 나쁨,충북 : 나쁨,세종 : 나쁨,대전 : 매우나쁨,영동 : 좋음,영서 : 보통,"
    "경기남부 : 나쁨,경기북부 : 나쁨,인천 : 나쁨"
)
GRADES = {
    "dataTime": "2024-01-29 17시 발표", "informCode": "PM25", "informData": "2024-01-30",
    "informOverall": "", "informCause": "", "informGrade": NINETEEN, "actionKnack": None, "imageUrl1": None,
}  # fmt: skip
OVER: Item = {"dataTime": "2024-01-29 17시 발표", "informData": "2024-01-31", "seoul50Over": "O"}
OVER |= {"busan50Over": None, "daejeon50Over": None, "informOverall": "", "imageUrl1": None}
WEEK_CONTENT = "서울 : 낮음, 강원영서 : 높음, 경기북부 : 낮음, 신뢰도 : 보통"
WEEK: Item = {"presnatnDt": "2024-01-29", "gwthcnd": ""}
for _number, _day in (("One", "01"), ("Two", "02"), ("Three", "03"), ("Four", "04")):
    WEEK |= {f"frcst{_number}Dt": f"2024-02-{_day}", f"frcst{_number}Cn": WEEK_CONTENT}


@pytest.fixture(scope="module")
def wording() -> Wording:
    return words()


@cache
def words() -> Wording:
    return Wording(Facts())


def grades(wording: Wording, **changes: Any) -> Bulletin:
    return read("airkorea-forecast", page([GRADES | changes]), wording)


def bounds(bulletin: Bulletin) -> dict[str, tuple[float | None, float | None]]:
    return {row.region: (row.above, row.up_to) for row in bulletin.forecasts}


def seoul(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+09:00")


# Recordings


@pytest.mark.parametrize(
    ("name", "codes", "issues"),
    [
        ("getMinuDustFrcstDspth_2024-02-18.json", {"pm10": 114, "pm25": 76}, {5: 76, 11: 76, 17: 38}),
        ("getMinuDustFrcstDspth_2024-03-07.json", {"pm10": 76, "pm25": 76}, {5: 76, 11: 76}),
        ("getMinuDustFrcstDspth_2023-06-03.json", {"pm10": 57, "pm25": 57, "o3": 76}, {11: 114, 23: 76}),
    ],
)
def test_every_recorded_dispatch_is_read_whole(
    shared: Path, wording: Wording, name: str, codes: dict[str, int], issues: dict[int, int]
) -> None:
    bulletin = read("airkorea-forecast", (shared / JSON / name).read_bytes(), wording)
    assert Counter(row.pollutant for row in bulletin.forecasts) == codes
    assert Counter(row.issued_at.hour for row in bulletin.forecasts) == issues
    assert len({row.region for row in bulletin.forecasts}) == 19
    assert (bulletin.rejects, bulletin.notes) == ([], Counter())


def test_the_first_page_of_ten_cuts_off_the_17_oclock_rows_of_pm25(shared: Path, wording: Wording) -> None:
    body = (shared / JSON / "getMinuDustFrcstDspth_2024-02-18.json").read_bytes()
    told = json.loads(body)["response"]["body"]
    assert (told["totalCount"], len(told["items"])) == (14, 10)
    rows = read("airkorea-forecast", body, wording).forecasts
    assert {row.pollutant for row in rows if row.issued_at.hour == 17} == {"pm10"}


@pytest.mark.parametrize(
    ("name", "high", "sure"),
    [
        ("getMinuDustWeekFrcstDspth_2024-02.json", 0, {"높음": 76}),
        (
            "getMinuDustWeekFrcstDspth_2023-01-30_items_with_high.transcribed.json",
            7,
            {"높음": 19, "보통": 57},
        ),
    ],
)
def test_every_recorded_week_is_read_whole(
    shared: Path, wording: Wording, name: str, high: int, sure: dict[str, int]
) -> None:
    held = json.loads((shared / JSON / name).read_bytes())
    items = held if isinstance(held, list) else held["response"]["body"]["items"]
    bulletin = read("airkorea-week", page(items), wording)
    assert len(bulletin.forecasts) == 76
    assert sum(row.above == 35 for row in bulletin.forecasts) == high
    assert Counter((row.text or "")[-2:] for row in bulletin.forecasts) == sure
    assert (bulletin.rejects, bulletin.notes) == ([], Counter())


def test_the_legacy_rows_of_2016_say_mostly_nothing_and_mean_the_old_grades(
    shared: Path, wording: Wording
) -> None:
    path = shared / "sources/airkorea/legacy/legacy_getMinuDustFrcstDspth_2016-04-01.json"
    bulletin = read("airkorea-forecast", page(json.loads(path.read_bytes())["list"]), wording)
    assert (len(bulletin.forecasts), bulletin.notes["예보없음"], bulletin.rejects) == (72, 194, [])
    bad = {
        (row.above, row.up_to) for row in bulletin.forecasts if (row.pollutant, row.text) == ("pm25", "나쁨")
    }
    assert bad == {(50.0, 100.0)}


def test_the_recorded_item_of_xml_says_the_same_by_its_cells(shared: Path, wording: Wording) -> None:
    path = shared / "sources/airkorea/xml/getMinuDustFrcstDspth_2020-01-01_item.fragment.xml"
    item = {cell.tag: cell.text for cell in ET.fromstring(path.read_text(encoding="utf-8"))}
    bulletin = read("airkorea-forecast", page([item]), wording)
    assert (len(bulletin.forecasts), bulletin.rejects) == (19, [])
    assert {row.for_date for row in bulletin.forecasts} == {date(2020, 1, 2)}


def test_a_flat_legacy_body_is_a_drift_of_the_schema(shared: Path, wording: Wording) -> None:
    path = shared / "sources/airkorea/legacy/legacy_getMinuDustFrcstDspth_2016-04-01.json"
    with pytest.raises(SchemaDrift):
        read("airkorea-forecast", path.read_bytes(), wording)


# Time of issue


@pytest.mark.parametrize(
    ("label", "moment"),
    [
        ("2024-01-29 05시 발표", "2024-01-29T05:00"),
        ("2024-01-29 23시 발표", "2024-01-29T23:00"),
        ("2024-02-29 24시 발표", "2024-03-01T00:00"),
        (" 2024-01-29  5시", "2024-01-29T05:00"),
    ],
)
def test_the_time_of_issue_is_aware(label: str, moment: str) -> None:
    assert dispatched(label) == seoul(moment)


@pytest.mark.parametrize(
    "label", ["2024-01-29", "2024-02-30 05시 발표", "2024-01-29 25시 발표", "어제 17시 발표"]
)
def test_what_is_no_time_of_issue_is_refused(label: str, wording: Wording) -> None:
    with pytest.raises(LabelError):
        dispatched(label)
    bulletin = grades(wording, dataTime=label)
    assert (bulletin.forecasts, [one.readings for one in bulletin.rejects]) == ([], [19])


# Grades


def test_a_grade_is_two_bounds(wording: Wording) -> None:
    told = bounds(grades(wording))
    assert told["kr-jeju"] == (None, 15.0)
    assert told["kr-seoul"] == (15.0, 35.0)
    assert told["kr-incheon"] == (35.0, 75.0)
    assert told["kr-daejeon"] == (75.0, None)


@pytest.mark.parametrize(("issued", "bad"), [("2018-03-26", (50, 100)), ("2018-03-27", (35, 75))])
def test_a_grade_means_what_it_meant_on_the_day_of_issue(
    wording: Wording, issued: str, bad: tuple[float, float]
) -> None:
    assert bounds(grades(wording, dataTime=f"{issued} 17시 발표"))["kr-incheon"] == bad


@pytest.mark.parametrize(("code", "pollutant"), [("PM10", "pm10"), ("O3", "o3")])
def test_other_pollutants_keep_their_word_and_no_bounds(wording: Wording, code: str, pollutant: str) -> None:
    bulletin = grades(wording, informCode=code)
    assert {row.pollutant for row in bulletin.forecasts} == {pollutant}
    assert set(bounds(bulletin).values()) == {(None, None)}
    assert {row.text for row in bulletin.forecasts} == {"좋음", "보통", "나쁨", "매우나쁨"}


def test_no_forecast_is_counted_and_not_stored(wording: Wording) -> None:
    bulletin = grades(wording, informGrade="서울 : 예보없음,제주 : 좋음")
    assert ([row.region for row in bulletin.forecasts], bulletin.notes) == (["kr-jeju"], {"예보없음": 1})


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (
            "영서 영동 경기남부 경기북부",
            "kr-gangwon-yeongseo kr-gangwon-yeongdong kr-gyeonggi-south kr-gyeonggi-north",
        ),
        ("강원영서 강원영동 광주 경기", "kr-gangwon-yeongseo kr-gangwon-yeongdong kr-gwangju kr-gyeonggi"),
    ],
)
def test_both_naming_schemes_are_known(wording: Wording, names: str, ids: str) -> None:
    assert [wording.region(name) for name in names.split()] == ids.split()


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("전남광주 : 보통", "unknown region 전남광주"),
        ("베이징 : 보통", "unknown region 베이징"),
        ("서울 : 대체로좋음", "unknown grade 대체로좋음"),
        ("서울 보통", "not written region : word"),
        ("서울 : ", "not written region : word"),
    ],
)
def test_what_is_not_known_is_rejected_with_its_text(wording: Wording, cell: str, reason: str) -> None:
    bulletin = grades(wording, informGrade=f"제주 : 좋음,{cell}")
    assert [row.region for row in bulletin.forecasts] == ["kr-jeju"]
    assert [(one.text, one.reason) for one in bulletin.rejects] == [(cell.strip(), reason)]


def test_an_unknown_code_rejects_the_row_and_an_unknown_key_is_counted(wording: Wording) -> None:
    bulletin = grades(wording, informCode="PM1", informGrade7="x")
    assert [(one.reason, one.readings) for one in bulletin.rejects] == [("unknown informCode PM1", 19)]
    assert bulletin.notes == {"unknown key informGrade7": 1}


# The week


def test_the_week_is_low_or_high_and_not_known_before_half_past_five(wording: Wording) -> None:
    bulletin = read("airkorea-week", page([WEEK]), wording)
    first = bulletin.forecasts[:3]
    assert {row.issued_at for row in bulletin.forecasts} == {seoul("2024-01-29T17:30")}
    assert [row.for_date for row in first] == [date(2024, 2, 1)] * 3
    assert [(row.region, row.above, row.up_to, row.text) for row in first] == [
        ("kr-seoul", None, 35.0, "낮음, 신뢰도 : 보통"),
        ("kr-gangwon-yeongseo", 35.0, None, "높음, 신뢰도 : 보통"),
        ("kr-gyeonggi-north", None, 35.0, "낮음, 신뢰도 : 보통"),
    ]


def test_a_week_without_a_day_keeps_the_others(wording: Wording) -> None:
    bulletin = read("airkorea-week", page([WEEK | {"frcstTwoCn": None, "frcstThreeDt": "soon"}]), wording)
    assert len({row.for_date for row in bulletin.forecasts}) == 2
    assert bulletin.notes == {"week without frcstTwoCn": 1}
    assert [one.readings for one in bulletin.rejects] == [3]


# Above 50


def over(wording: Wording, **changes: Any) -> Bulletin:
    return read("airkorea-high", page([OVER | changes]), wording)


def test_the_letter_is_above_50_and_null_is_not_where_it_is_forecast_at_all(wording: Wording) -> None:
    bulletin = over(wording)
    assert bounds(bulletin) == {"kr-seoul": (50.0, None), "kr-daejeon": (None, 50.0)}
    assert bulletin.notes == {"null of a region not forecast yet": 1}, "Busan, before the end of 2024"
    later = bounds(over(wording, dataTime="2025-01-29 17시 발표"))
    assert later["kr-busan"] == (None, 50.0)


@pytest.mark.parametrize("value", ["X", "0", "o", 0, [], True])
def test_neither_letter_nor_null_is_rejected(wording: Wording, value: object) -> None:
    bulletin = over(wording, seoul50Over=value)
    assert "kr-seoul" not in bounds(bulletin)
    assert [one.reason for one in bulletin.rejects] == ["neither O nor null"]


def test_an_unknown_region_of_the_high_forecast_is_rejected(wording: Wording) -> None:
    assert [one.text for one in over(wording, pyongyang50Over="O").rejects] == ["pyongyang50Over: O"]


# Whatever comes


def accounted(bulletin: Bulletin) -> int:
    unsaid = sum(n for note, n in bulletin.notes.items() if not note.startswith("unknown key"))
    return bulletin.rows + unsaid


@settings(max_examples=150, deadline=None)
@given(rows=mutated([GRADES, GRADES | {"informCode": "O3"}]))
def test_no_row_of_grades_is_lost(rows: list[Item]) -> None:
    for row in rows:
        bulletin = read("airkorea-forecast", page([row]), words())
        text = row.get("informGrade")
        cells = [cell for cell in text.split(",") if cell.strip()] if isinstance(text, str) else []
        whole = accounted(bulletin)
        assert whole == max(1, len(cells)) or (whole == 1 and bulletin.rejects)


@settings(max_examples=150, deadline=None)
@given(rows=mutated([OVER]))
def test_no_row_of_the_high_forecast_is_lost(rows: list[Item]) -> None:
    for row in rows:
        bulletin = read("airkorea-high", page([row]), words())
        assert accounted(bulletin) == max(1, sum(key.endswith("50Over") for key in row))


@settings(max_examples=100, deadline=None)
@given(rows=mutated([WEEK]))
def test_no_row_of_the_week_is_lost(rows: list[Item]) -> None:
    for row in rows:
        bulletin = read("airkorea-week", page([row]), words())
        assert accounted(bulletin) >= (1 if bulletin.rejects and not bulletin.forecasts else 4)


@settings(max_examples=100, deadline=None)
@given(body=st.one_of(st.binary(max_size=60), st.integers(0, 900).map(lambda n: page([GRADES])[:n])))
@pytest.mark.parametrize("source", sorted(BULLETINS))
def test_broken_bytes_are_a_drift_and_nothing_else(source: str, body: bytes) -> None:
    try:
        read(source, body, words())
    except SchemaDrift:
        return
