"""AirKorea's wire format: the recordings' keys and shapes, versions, paging, keys, errors, publication."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from conftest import Desk, Open, recording

from sandbox.labels import airkorea_label, hour_of
from sandbox.synthetic import SyntheticWorld, demo_start

FIRST = hour_of(demo_start)
LIVE, HISTORY = "getCtprvnRltmMesureDnsty", "getMsrstnAcctoRltmMesureDnsty"
STATIONS = "/B552584/MsrstnInfoInqireSvc/getMsrstnList"


def recorded(name: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(recording(f"airkorea/json/{name}").read_text(encoding="utf-8"))[
        "response"
    ]
    return answer


def shape(answer: dict[str, Any]) -> dict[str, Any]:
    """Keys in order, and the types of the envelope's own values."""
    body = answer["body"]
    return {
        "answer": list(answer),
        "body": [(key, type(value)) for key, value in body.items()],
        "header": answer["header"],
        "items": {tuple(item) for item in body["items"]},
        "leaves": {type(value) for item in body["items"] for value in item.values()},
    }


def test_the_nationwide_page_has_the_recordings_shape(desk: Desk) -> None:
    ours = desk.get(LIVE, sidoName="전국", ver="1.0").json()["response"]
    assert shape(ours) == shape(recorded("getCtprvnRltmMesureDnsty_nationwide_2024-02-18T19.json"))
    assert ours["body"]["totalCount"] == len(ours["body"]["items"]) > 500


def test_the_station_history_has_the_recordings_shape(desk: Desk) -> None:
    ours = desk.get(HISTORY, stationName="종로구", dataTerm="DAILY", ver="1.0").json()["response"]
    theirs = recorded("getMsrstnAcctoRltmMesureDnsty_DAILY_2024-03-06.json")
    assert shape(ours) | {"leaves": None} == shape(theirs) | {"leaves": None}
    assert ours["body"]["totalCount"] == theirs["body"]["totalCount"] == 23


def test_the_station_list_has_the_recordings_shape(desk: Desk) -> None:
    ours = desk.get(STATIONS).json()["response"]
    assert shape(ours) == shape(recorded("getMsrstnList_2024-02-18.json"))


@pytest.mark.parametrize(
    ("name", "code"), [("gateway_old_xml_http200_30.xml", "30"), ("gateway_old_xml_http200_22.xml", "22")]
)
def test_gateway_errors_are_the_recorded_bytes(open_desk: Open, name: str, code: str) -> None:
    theirs = recording(f"airkorea/errors/{name}").read_bytes()
    desk = open_desk({"kind": "gateway_xml", "code": code, "rate": 1, "to_hours": 1})
    ours = desk.get(LIVE, sidoName="서울")
    assert (ours.status_code, ours.content) == (200, theirs.strip())


def test_provider_and_edge_errors_are_the_recorded_bytes(open_desk: Open) -> None:
    desk = open_desk(
        {"kind": "provider_xml", "code": "22", "rate": 1, "times": 1},
        {"kind": "forbidden", "rate": 1, "times": 1},
        {"kind": "gateway_json", "code": "30", "status": 403, "rate": 1, "times": 1},
    )
    for name, status in (
        ("provider_xml_22.xml", 200),
        ("plain_403.txt", 403),
        ("gateway_new_json_http403_30.json", 403),
    ):
        theirs = recording(f"airkorea/errors/{name}").read_bytes()
        ours = desk.get(LIVE, sidoName="서울")
        assert (ours.status_code, ours.content.strip()) == (status, theirs.strip())


def test_a_version_adds_what_is_documented(desk: Desk) -> None:
    keys = {v: set(desk.live(ver=v)[0]) for v in (None, "1.0", "1.1", "1.2", "1.3", "1.4", "1.5")}
    assert keys["1.0"] - keys[None] == {"pm25Value", "pm25Grade", "pm25Flag"}
    assert keys["1.1"] - keys["1.0"] == {"pm10Value24", "pm25Value24"}
    assert keys["1.2"] - keys["1.1"] == {"mangName"}
    assert keys["1.3"] - keys["1.2"] == {"pm10Grade1h", "pm25Grade1h"}
    assert keys["1.4"] - keys["1.3"] == {"stationCode"}
    assert keys["1.5"] == keys["1.4"]
    assert not {"stationName", "sidoName"} & set(desk.history("종로구", ver="1.3")[0])
    assert desk.history("종로구", ver="1.4")[0]["stationName"] == "종로구"


def test_version_1_5_adds_a_decimal_to_gases(desk: Desk) -> None:
    for version, co, others in (("1.4", 1, 3), ("1.5", 2, 4)):
        rows = [item for item in desk.live(ver=version) if item["dataTime"]]
        for name, places in (("co", co), ("o3", others), ("no2", others), ("so2", others)):
            texts = {item[f"{name}Value"] for item in rows} - {"-"}
            assert {len(text.split(".")[1]) for text in texts} == {places}
        assert all("." not in item["pm25Value"] for item in rows)


def test_values_are_the_worlds(desk: Desk, synthetic: SyntheticWorld) -> None:
    rows = desk.live()
    hour = synthetic.hour("airkorea", FIRST + 29)
    label = airkorea_label(FIRST + 29)
    fresh = [item for item in rows if item["dataTime"] == label]
    assert len(fresh) > 0.98 * len(rows)
    for item in fresh:
        for pollutant, value in hour[item["stationCode"]].items():
            text = item[f"{pollutant}Value"]
            assert (None if text == "-" else float(text)) == value


def test_a_flag_stands_exactly_where_the_value_is_missing(desk: Desk) -> None:
    flags: Counter[str] = Counter()
    for item in desk.live():
        for name in ("pm25", "pm10", "o3", "no2", "so2", "co"):
            assert (item[f"{name}Value"] == "-") == (item[f"{name}Flag"] is not None)
            flags[item[f"{name}Flag"] or ""] += 1
    assert flags.keys() <= {"", "통신장애", "점검및교정", "점검 및 교정", "장비점검", "자료이상"}
    assert flags["통신장애"] > 0


def test_pages_are_ten_rows_unless_asked_otherwise(desk: Desk) -> None:
    everything = desk.live(sidoName="서울")
    page = desk.get(LIVE, sidoName="서울", ver="1.5", numOfRows=None).json()["response"]["body"]
    assert (page["numOfRows"], page["pageNo"], page["totalCount"]) == (10, 1, len(everything))
    pages = [desk.live(sidoName="서울", numOfRows=7, pageNo=n) for n in range(1, len(everything) // 7 + 2)]
    assert [item for page in pages for item in page] == everything
    assert desk.live(sidoName="서울", numOfRows=7, pageNo=99) == []
    assert {item["sidoName"] for item in everything} == {"서울"}


def test_xml_is_the_default_and_says_the_same(desk: Desk) -> None:
    answer = desk.get(LIVE, sidoName="세종", ver="1.5", returnType=None)
    assert answer.headers["content-type"].startswith("application/xml")
    root = ET.fromstring(answer.content)
    assert root.findtext("header/resultCode") == "00"
    assert root.findtext("body/totalCount") == str(len(root.findall("body/items/item")))
    ours = [{cell.tag: cell.text for cell in item} for item in root.findall("body/items/item")]
    assert ours == desk.live(sidoName="세종")
    assert b"Flag/>" in answer.content, "an empty element closes itself"


def test_a_days_history_is_23_rows_newest_first_and_knows_24_oclock(desk: Desk) -> None:
    labels = [item["dataTime"] for item in desk.history("종로구")]
    assert labels == [airkorea_label(FIRST + 29 - back) for back in range(23)]
    assert "2025-01-10 24:00" in labels
    assert not any(label.endswith(" 00:00") for label in labels)


@pytest.mark.parametrize(("term", "rows"), [("DAILY", 23), ("MONTH", 720)])
def test_a_term_has_its_length(desk: Desk, term: str, rows: int) -> None:
    answer = desk.get(HISTORY, stationName="종로구", dataTerm=term, ver="1.5", numOfRows=5).json()
    assert answer["response"]["body"]["totalCount"] == rows
    last = desk.history("종로구", dataTerm=term, numOfRows=rows)
    assert len({item["dataTime"] for item in last}) == rows


def test_midnight_is_the_old_days_24_on_the_live_page(open_desk: Open) -> None:
    desk = open_desk()
    desk.clock.set(hours=24, minutes=40)
    assert Counter(item["dataTime"] for item in desk.live()).most_common(1)[0][0] == "2025-01-10 24:00"


def test_an_hour_comes_out_at_about_12_minutes_in_a_mix_of_sido(open_desk: Open) -> None:
    desk = open_desk()
    old, new = airkorea_label(FIRST + 8), airkorea_label(FIRST + 9)

    def shown(minute: float) -> Counter[str]:
        desk.clock.set(hours=10, minutes=minute)
        return Counter(item["dataTime"] for item in desk.live())

    assert new not in shown(11.9)
    mixed = shown(15)
    assert mixed[old] > 20
    assert mixed[new] > 20
    by_sido = Counter((i["sidoName"], i["dataTime"]) for i in desk.live() if i["dataTime"] in (old, new))
    assert sum(rows > 1 for rows in by_sido.values()) == 17, "a sido comes out as one, but for rows that hang"
    assert shown(20)[old] < 5, "only rows that hang"


def test_a_few_rows_are_empty_or_hang_and_the_history_has_them(open_desk: Open) -> None:
    desk = open_desk()
    empty, stale = [], []
    for hours in range(0, 240, 12):
        desk.clock.set(hours=hours + 11, minutes=45)
        newest = airkorea_label(FIRST + hours + 10)
        rows = desk.live()
        empty += [item for item in rows if item["dataTime"] is None]
        stale += [item for item in rows if item["dataTime"] not in (None, newest)]
        for item in empty[-1:]:
            assert desk.history(item["stationName"])[0]["dataTime"] == newest
    assert 0.003 < len(empty) / (20 * len(rows)) < 0.01
    assert 0 < len(stale) < len(empty)
    for item in empty:
        assert {k for k, v in item.items() if v is not None} == {"sidoName", "stationName"}


@pytest.mark.parametrize(
    ("key", "good"),
    [
        ("k3y+/with==signs", True),
        ("plain", True),
        ("k3y%2B%2Fwith%3D%3Dsigns", False),
        ("k3y%2b", False),
        ("", False),
        (None, False),
    ],
)
def test_a_key_encoded_twice_or_missing_is_not_registered(desk: Desk, key: str | None, good: bool) -> None:
    answer = desk.get(LIVE, sidoName="세종", serviceKey=key)
    assert answer.status_code == 200
    if good:
        assert answer.json()["response"]["header"]["resultCode"] == "00"
    else:
        assert "<returnReasonCode>30</returnReasonCode>" in answer.text, "XML although JSON was asked"


def test_only_the_key_that_was_set_is_accepted(open_desk: Open) -> None:
    desk = open_desk(key="k+/=")
    assert "response" in desk.get(LIVE, sidoName="세종", serviceKey="k+/=").text
    assert "SERVICE_KEY_IS_NOT_REGISTERED" in desk.get(LIVE, sidoName="세종", serviceKey="other").text


@pytest.mark.parametrize(
    ("operation", "query", "code"),
    [
        (LIVE, {"sidoName": "평양"}, "10"),
        (LIVE, {"sidoName": "서울", "ver": "9.9"}, "10"),
        (LIVE, {"sidoName": "서울", "numOfRows": "many"}, "10"),
        (LIVE, {"sidoName": "서울", "pageNo": "0"}, "10"),
        (LIVE, {}, "11"),
        (HISTORY, {"stationName": "종로구", "dataTerm": "WEEK"}, "10"),
        (HISTORY, {"stationName": "종로구"}, "11"),
        (HISTORY, {"stationName": "없는곳", "dataTerm": "DAILY"}, "03"),
        (STATIONS, {"addr": "평양"}, "03"),
    ],
)
def test_a_wrong_question_gets_its_code(desk: Desk, operation: str, query: dict[str, str], code: str) -> None:
    answer = desk.get(operation, **query).json()["response"]
    assert answer["header"]["resultCode"] == code
    assert answer.get("body", {"items": []})["items"] == []
    xml = ET.fromstring(desk.get(operation, **query, returnType=None).content)
    assert xml.findtext("header/resultCode") == code


def test_an_operation_that_does_not_exist_is_code_12(desk: Desk) -> None:
    answer = desk.get("getNothing")
    assert answer.status_code == 400
    assert answer.json()["OpenAPI_ServiceResponse"]["cmmMsgHeader"]["returnReasonCode"] == "12"


def test_the_station_list_swaps_its_axes_at_1_1(desk: Desk) -> None:
    old = desk.get(STATIONS, stationName="종로구").json()["response"]["body"]["items"][0]
    new = desk.get(STATIONS, stationName="종로구", ver="1.1").json()["response"]["body"]["items"][0]
    assert 37 < float(old["dmX"]) < 38 < 126 < float(old["dmY"]) < 128
    assert (new["dmX"], new["dmY"]) == (old["dmY"], old["dmX"])
    assert set(new) - set(old) == {"stationCode"}
