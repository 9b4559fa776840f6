"""Forecasts, alerts and messages on the wire: the recordings' keys and shapes, the world's days, the rule."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from conftest import Desk, Open, recording

from sandbox.announced import KOREA
from sandbox.held import Held
from sandbox.invented import Invented
from sandbox.synthetic import DEFAULT_SEED, SyntheticWorld, demo_start
from store.forecasts import Alert, Forecast

GRADES = "/B552584/ArpltnInforInqireSvc/getMinuDustFrcstDspth"
WEEK = "/B552584/ArpltnInforInqireSvc/getMinuDustWeekFrcstDspth"
OVER = "/B552584/MinuDustFrcstDspthSvc/getMinuDustFrcstDspth50Over"
ALERTS = "/B552584/UlfptcaAlarmInqireSvc/getUlfptcaAlarmInfo"
MESSAGES = "/V2/api/DSSP-IF-00247"
TODAY = date(2025, 1, 11)  # in Korea, 30 h 40 min after the start: 06:40
Item = dict[str, Any]


def items(desk: Desk, path: str, **query: Any) -> list[Item]:
    found: list[Item] = desk.get(path, **query).json()["response"]["body"]["items"]
    return found


def recorded(name: str) -> list[Item]:
    held = json.loads(recording(f"airkorea/json/{name}").read_text(encoding="utf-8"))
    found: list[Item] = held if isinstance(held, list) else held["response"]["body"]["items"]
    return found


def words(item: Item, key: str = "informGrade", between: str = ",") -> dict[str, str]:
    return dict(cell.split(" : ") for cell in item[key].split(between))


@pytest.fixture
def evening(open_desk: Open) -> Desk:
    """23:20 of the second day: everything of it is out."""
    desk = open_desk()
    desk.clock.set(hours=47, minutes=20)
    return desk


# The recordings' shapes


def test_a_dispatch_has_the_recordings_keys_regions_and_writing(evening: Desk) -> None:
    answer = evening.get(GRADES, searchDate=str(TODAY)).json()["response"]
    theirs = json.loads(
        recording("airkorea/json/getMinuDustFrcstDspth_2024-02-18.json").read_text(encoding="utf-8")
    )["response"]
    assert list(answer) == list(theirs)
    assert list(answer["body"]) == list(theirs["body"])
    assert answer["header"] == theirs["header"]
    ours = answer["body"]["items"]
    for item in ours:
        assert list(item) == list(theirs["body"]["items"][0])
        assert list(words(item)) == list(words(theirs["body"]["items"][0]))
        assert set(words(item).values()) <= {"좋음", "보통", "나쁨", "매우나쁨", "예보없음"}


def test_a_winter_day_has_4_4_6_6_rows_newest_first(evening: Desk) -> None:
    rows = items(evening, GRADES, searchDate=str(TODAY))
    labels = [item["dataTime"] for item in rows]
    assert labels == [
        f"{TODAY} {h:02d}시 발표" for h, n in ((23, 6), (17, 6), (11, 4), (5, 4)) for _ in range(n)
    ]
    ahead = {item["informData"] for item in rows if " 17시" in item["dataTime"]}
    assert ahead == {str(TODAY + timedelta(days=n)) for n in range(3)}


def test_ozone_is_forecast_in_the_warm_season(open_desk: Open) -> None:
    desk = open_desk(start=datetime(2025, 6, 3, 14, tzinfo=UTC))
    codes = {item["informCode"] for item in items(desk, GRADES, searchDate="2025-06-03")}
    assert codes == {"PM10", "PM25", "O3"}


def test_the_week_has_the_recordings_keys_regions_and_writing(evening: Desk) -> None:
    (ours,) = items(evening, WEEK, searchDate=str(TODAY))
    (theirs,) = recorded("getMinuDustWeekFrcstDspth_2024-02.json")
    assert list(ours) == list(theirs)
    assert list(words(ours, "frcstOneCn", ", ")) == list(words(theirs, "frcstOneCn", ", "))
    assert [ours[f"frcst{n}Dt"] for n in ("One", "Two", "Three", "Four")] == [
        str(TODAY + timedelta(days=n)) for n in (3, 4, 5, 6)
    ]


def test_an_alert_has_the_recordings_keys(open_desk: Open) -> None:
    desk = open_desk()
    desk.clock.set(days=5)
    found = items(desk, ALERTS, year=2025, numOfRows=1000)
    theirs = recorded("getUlfptcaAlarmInfo_items.transcribed.json")[1]
    assert found, "the demo's days hold high ones"
    assert {tuple(item) for item in found} == {tuple(key for key in theirs if key != "_note")}
    assert {item["issueGbn"] for item in found} <= {"주의보", "경보"}


# What is told


def test_a_bulletin_is_out_ten_minutes_after_its_hour(open_desk: Open) -> None:
    desk = open_desk()
    desk.clock.set(hours=29, minutes=9)  # 05:09
    assert desk.get(GRADES, searchDate=str(TODAY)).json()["response"]["header"]["resultCode"] == "03"
    desk.clock.set(hours=29, minutes=10)
    assert len(items(desk, GRADES, searchDate=str(TODAY))) == 4
    assert desk.get(GRADES, searchDate="2025-01-12").json()["response"]["header"]["resultCode"] == "03"


def test_forecasts_are_the_worlds_days_with_an_error_that_grows(synthetic: SyntheticWorld) -> None:
    told = Invented(synthetic, DEFAULT_SEED, demo_start)
    missed: dict[int, list[float]] = {0: [], 2: []}
    for number in range(6):
        day = date(2025, 1, 10) + timedelta(days=number)
        issued = datetime(day.year, day.month, day.day, 17, tzinfo=KOREA)
        for lead, found in missed.items():
            for_date = day + timedelta(days=lead)
            true = told._day(for_date)["kr-seoul"]["pm25"]
            said = told.expected("kr-seoul", "pm25", issued, for_date)
            assert said is not None
            assert said == told.expected("kr-seoul", "pm25", issued, for_date), "a pure function"
            found.append(abs(said - true) / true)
    assert 0 < sum(missed[0]) < sum(missed[2])
    assert max(missed[2]) < 1.5


def test_the_letter_stands_where_the_forecast_is_above_50(evening: Desk, synthetic: SyntheticWorld) -> None:
    told = Invented(synthetic, DEFAULT_SEED, demo_start)
    marks = set()
    for number in range(2):
        day = TODAY - timedelta(days=number)
        for item in items(evening, OVER, searchDate=str(day)):
            hour = int(item["dataTime"][11:13])
            issued = datetime(day.year, day.month, day.day, hour, tzinfo=KOREA)
            for name in ("seoul", "busan", "jeju", "gangwon"):
                value = told.expected(f"kr-{name}", "pm25", issued, date.fromisoformat(item["informData"]))
                mark = item[f"{name}50Over"]
                assert mark == ("O" if value is not None and value > 50 else None)
                marks.add(mark)
    assert None in marks
    assert sum(key.endswith("50Over") for key in item) == 17


def test_alerts_follow_the_rule_and_their_clearing_comes_later(open_desk: Open) -> None:
    desk = open_desk()
    states: dict[tuple[str, ...], list[str | None]] = {}
    for hours in range(24, 120, 4):
        desk.clock.set(hours=hours)
        for item in items(desk, ALERTS, year=2025, itemCode="PM25", numOfRows=1000):
            key = tuple(str(item[k]) for k in ("districtName", "issueDate", "issueTime", "issueGbn"))
            states.setdefault(key, []).append(item["clearDate"])
            assert float(item["issueVal"]) >= (150 if item["issueGbn"] == "경보" else 75) - 0.5
            assert item["clearVal"] is None or float(item["clearVal"]) <= 75
    assert any(seen[0] is None and seen[-1] is not None for seen in states.values())
    for seen in states.values():
        assert None not in seen[seen.count(None) :], "a clearing stays"


def test_the_year_and_the_code_choose(open_desk: Open) -> None:
    desk = open_desk()
    desk.clock.set(days=5)
    assert desk.get(ALERTS, year=2024).json()["response"]["header"]["resultCode"] == "03"
    assert {one["itemCode"] for one in items(desk, ALERTS, year=2025, itemCode="PM25")} == {"PM25"}


def test_messages_have_their_own_envelope(evening: Desk) -> None:
    answer = evening.get(MESSAGES, crtDt="20250110").json()
    assert list(answer) == ["header", "numOfRows", "pageNo", "totalCount", "body"]
    assert answer["header"]["resultCode"] == "00"
    assert list(answer["body"][0]) == [
        *("SN", "CRT_DT", "MSG_CN", "RCPTN_RGN_NM", "EMRG_STEP_NM", "DST_SE_NM", "REG_YMD", "MDFCN_YMD")
    ]
    assert evening.get(MESSAGES, crtDt="20250112").json()["body"] is None
    assert evening.get(MESSAGES, crtDt="20250110", serviceKey=None).json()["header"]["resultCode"] == "30"


def test_a_message_speaks_of_a_measure_where_the_forecast_asks_for_one(open_desk: Open) -> None:
    desk = open_desk()
    desk.clock.set(days=5)
    texts = [one["MSG_CN"] for one in desk.get(MESSAGES, crtDt="20250110").json()["body"]]
    assert any("비상저감조치" in text for text in texts)
    assert any("비상저감조치" not in text for text in texts)


# Questions, keys, pages, faults


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        (GRADES, {}, "11"),
        (GRADES, {"searchDate": "20250110"}, "10"),
        (WEEK, {"searchDate": "2025-02-30"}, "10"),
        (OVER, {"searchDate": "2025-01-10", "numOfRows": "0"}, "10"),
        (ALERTS, {}, "11"),
        (ALERTS, {"year": "25"}, "10"),
        (ALERTS, {"year": "2025", "itemCode": "O3"}, "10"),
    ],
)
def test_a_wrong_question_gets_its_code(desk: Desk, path: str, query: dict[str, str], code: str) -> None:
    assert desk.get(path, **query).json()["response"]["header"]["resultCode"] == code


def test_the_key_is_asked_for_as_of_values(open_desk: Open) -> None:
    desk = open_desk(key="k+/=")
    assert "<returnReasonCode>30<" in desk.get(GRADES, searchDate=str(TODAY)).text


def test_pages_are_ten_rows_unless_asked_otherwise(evening: Desk) -> None:
    whole = items(evening, GRADES, searchDate=str(TODAY), numOfRows=100)
    page = evening.get(GRADES, searchDate=str(TODAY), numOfRows=None).json()["response"]["body"]
    assert (page["numOfRows"], page["totalCount"], len(page["items"])) == (10, 20, 10)
    assert items(evening, GRADES, searchDate=str(TODAY), numOfRows=15, pageNo=2) == whole[15:]


def test_faults_strike_them_too_and_alone_where_the_route_says_so(open_desk: Open) -> None:
    desk = open_desk(
        {"kind": "http", "status": 503, "route": "forecasts", "rate": 1, "times": 1},
        {"kind": "gateway_xml", "code": "05", "route": "alerts", "rate": 1, "times": 1},
        {"kind": "http", "status": 500, "network": "safetydata", "rate": 1, "times": 1},
    )
    assert desk.get(GRADES, searchDate=str(TODAY)).status_code == 503
    assert "<returnReasonCode>05<" in desk.get(ALERTS, year=2025).text
    assert desk.get(MESSAGES, crtDt="20250110").status_code == 500
    assert desk.get("getCtprvnRltmMesureDnsty", sidoName="서울").status_code == 200


# A replay


class Book:
    """Two forecasts, one of the week, an alert."""

    def issued(self, product: str, since: datetime, until: datetime) -> list[Forecast]:
        five, half = (datetime(2025, 1, 11, h, m, tzinfo=KOREA) for h, m in ((5, 0), (17, 30)))
        held = [
            Forecast("grade", "kr-seoul", "pm25", five, TODAY, 35.0, 75.0, "나쁨"),
            Forecast("grade", "kr-gangwon-yeongseo", "pm25", five, TODAY, 15.0, 35.0, "보통"),
            Forecast("week", "kr-gangwon-yeongseo", "pm25", half, TODAY + timedelta(days=3), 35.0, None,
                     "높음, 신뢰도 : 낮음"),
        ]  # fmt: skip
        return [one for one in held if one.product == product and since <= one.issued_at < until]

    def alerts(self, since: datetime, until: datetime) -> list[Alert]:
        begun, over = (datetime(2025, 1, 11, hour, tzinfo=KOREA) for hour in (0, 5))
        held = Alert("kr-seoul", "서울권역", "pm25", "advisory", begun, 80.0, over, 30.0)
        return [held] if since <= begun < until else []


class Silent(SyntheticWorld):
    """A world that is no invention, as far as announcements go."""

    name = "replay"  # type: ignore[assignment]


def test_a_replay_serves_what_is_held_and_no_more(open_desk: Open) -> None:
    desk = open_desk(announced=Held(Book()))
    desk.clock.set(hours=28)
    (alert,) = items(desk, ALERTS, year=2025)
    assert (alert["issueDate"], alert["issueTime"], alert["clearDate"]) == ("2025-01-10", "24:00", None)
    desk.clock.set(hours=47)
    (alert,) = items(desk, ALERTS, year=2025)
    assert (alert["clearTime"], alert["clearVal"]) == ("05:00", "30")
    (grades,) = items(desk, GRADES, searchDate=str(TODAY))
    told = words(grades)
    assert (told["서울"], told["영서"], told["부산"]) == ("나쁨", "보통", "예보없음")
    (week,) = items(desk, WEEK, searchDate=str(TODAY))
    assert "강원영서 : 높음" in week["frcstOneCn"]
    assert week["frcstOneCn"].endswith("신뢰도 : 낮음")
    assert week["frcstTwoCn"] is None
    assert desk.get(OVER, searchDate=str(TODAY)).json()["response"]["header"]["resultCode"] == "03"
    assert desk.get(MESSAGES, crtDt="20250110").json()["body"] is None


def test_a_replay_without_a_book_serves_none(open_desk: Open, facts: Any) -> None:
    desk = open_desk(world=Silent(facts))
    desk.clock.set(days=4)
    for path, query in ((GRADES, {"searchDate": str(TODAY)}), (ALERTS, {"year": 2025})):
        assert desk.get(path, **query).json()["response"]["header"]["resultCode"] == "03"


def test_every_answer_says_its_world(evening: Desk) -> None:
    answer: httpx.Response = evening.get(GRADES, searchDate=str(TODAY))
    assert answer.headers["X-Yellowsea-World"] == "synthetic"
