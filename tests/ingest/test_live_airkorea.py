"""AirKorea's traps (WIRE_FORMATS §0, §1.1-1.3, §1.10-1.11, §7), on hand-made bodies and on recordings."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.hours import moment
from ingest.source import (
    Auth,
    Batch,
    NoData,
    Payload,
    Quota,
    Request,
    SchemaDrift,
    SourceError,
    StationRef,
    Transient,
)
from ingest.sources.airkorea import JUDGE, QUANTITIES, SPEC, AirKorea

ROUTES = {route.name: route for route in SPEC.routes}
PM25, PM10, CO = QUANTITIES["pm25"], QUANTITIES["pm10"], QUANTITIES["co"]
HEALTHY = {
    "sidoName": "서울", "stationName": "종로구", "stationCode": "111123", "mangName": "도시대기",
    "dataTime": "2024-02-18 20:00", "pm25Value": "31", "pm25Flag": None, "pm10Value": "44", "pm10Flag": None,
    "o3Value": "0.0213", "no2Value": "0.0301", "so2Value": "0.0031", "coValue": "0.55", "khaiValue": "80",
}  # fmt: skip


def page(*items: object, total: int | None = None) -> bytes:
    body = {"totalCount": len(items) if total is None else total, "items": list(items), "pageNo": 1}
    header = {"resultMsg": "NORMAL_CODE", "resultCode": "00"}
    return json.dumps({"response": {"body": body, "header": header}}).encode()


def read(body: bytes, route: str = "nationwide", station: StationRef | None = None) -> Batch:
    request = Request(ROUTES[route], station=station, station_id=station and "airkorea-111123")
    return AirKorea().parse(Payload("airkorea", request, "u", body, "application/json"))


def one(**changes: Any) -> Batch:
    return read(page(HEALTHY | changes))


def start(batch: Batch) -> str:
    return moment(int(batch.start[0])).isoformat()


def judged(body: str, status: int = 200) -> SourceError | None:
    try:
        JUDGE(status, body.encode())
    except SourceError as error:
        return error
    return None


# §0: hours


def test_a_label_names_the_end_of_the_hour_in_korea() -> None:
    assert start(one()) == "2024-02-18T10:00:00+00:00"  # 19:00-20:00 KST


def test_24_is_midnight_at_the_end_of_the_named_day() -> None:
    assert start(one(dataTime="2024-02-18 24:00")) == "2024-02-18T14:00:00+00:00"
    assert start(one(dataTime="2024-02-19 01:00")) == "2024-02-18T15:00:00+00:00"
    assert start(one(dataTime="2024-02-29 24:00")) == "2024-02-29T14:00:00+00:00"


def test_one_response_is_not_one_hour() -> None:
    batch = read(page(HEALTHY, HEALTHY | {"stationCode": "111121", "dataTime": "2024-02-18 19:00"}))
    assert len(set(batch.start.tolist())) == 2


def test_a_label_that_cannot_be_placed_is_a_reject_not_a_crash() -> None:
    batch = read(page(HEALTHY, HEALTHY | {"dataTime": "2024-02-18 25:00"}))
    assert len(batch.start) == 1
    assert len(batch.rejects) == 1
    assert batch.rejects[0].readings == 6


# §1.2: values


@pytest.mark.parametrize("written", ["-", "", None, " - "])
def test_missing_is_missing_and_never_zero(written: str | None) -> None:
    batch = one(pm25Value=written)
    assert np.isnan(batch.values[PM25][0])
    assert batch.statuses[PM25][0] != 0


@pytest.mark.parametrize(
    ("written", "value"), [("0", 0.0), ("-3", -3.0), ("0.0", 0.0), (".003", 0.003), (31, 31)]
)
def test_zero_and_negative_are_values(written: object, value: float) -> None:
    batch = one(pm25Value=written)
    assert batch.values[PM25][0] == value
    assert batch.statuses[PM25][0] == 0


@pytest.mark.parametrize("written", ["NaN", "inf", "1_000", "통신장애", "9999x"])
def test_what_is_no_number_is_counted_and_missing(written: str) -> None:
    batch = one(pm25Value=written)
    assert np.isnan(batch.values[PM25][0])
    assert sum(batch.notes.values()) == 1


@pytest.mark.parametrize(
    ("flag", "status"),
    [
        ("통신장애", 3),
        ("점검및교정", 4),
        ("점검 및 교정", 4),
        ("장비점검", 5),
        ("자료이상", 6),
        ("새 깃발", 9),
        (None, 1),
    ],
)
def test_the_flag_tells_why_a_value_is_missing(flag: str | None, status: int) -> None:
    batch = one(pm25Value="-", pm25Flag=flag)
    assert batch.statuses[PM25][0] == status
    assert bool(batch.notes) == (status == 9)


def test_a_flag_beside_a_number_leaves_the_number_and_is_counted() -> None:
    batch = one(pm25Flag="통신장애")
    assert batch.values[PM25][0] == 31
    assert batch.notes == Counter({"flag beside a number: 통신장애": 1})


def test_a_grade_says_nothing_about_a_value() -> None:
    assert np.isnan(one(pm25Value="-", pm25Flag="통신장애", pm25Grade="2").values[PM25][0])
    assert one(pm25Grade=None).values[PM25][0] == 31
    assert one(khaiValue="-").values[PM25][0] == 31


def test_all_null_rows_are_rejects_that_name_an_expected_station() -> None:
    empty = dict.fromkeys(HEALTHY) | {"stationName": "백령도", "sidoName": "인천", "stationCode": "831492"}
    batch = read(page(HEALTHY, empty))
    assert len(batch.start) == 1
    assert [(ref.name, ref.code) for ref in batch.mentioned] == [("백령도", "831492")]
    assert batch.rejects[0].reason == "row without dataTime"


def test_stale_rows_stand_at_their_own_hour() -> None:
    batch = read(page(HEALTHY, HEALTHY | {"stationCode": "111121", "dataTime": "2024-02-17 19:00"}))
    assert int(batch.start[0] - batch.start[1]) == 25


def test_an_unknown_key_is_counted() -> None:
    assert one(pm1Value="7").notes == Counter({"unknown key pm1Value": 1})


def test_gases_keep_the_decimals_of_version_15() -> None:
    batch = one()
    assert batch.values[QUANTITIES["o3"]][0] == 0.0213
    assert (PM25.unit, CO.unit) == ("ug/m3", "ppm")


def test_names_twice_are_told_apart_by_code() -> None:
    twice = [HEALTHY | {"stationName": "중앙동", "stationCode": code} for code in ("735141", "831154")]
    assert {ref.code for ref in read(page(*twice)).stations} == {"735141", "831154"}


# §1.3: the station's history

JONGNO = StationRef("111123", "종로구", "서울")


def test_a_history_without_names_keeps_the_station_that_was_asked() -> None:
    bare = {
        key: value for key, value in HEALTHY.items() if key not in ("stationName", "stationCode", "sidoName")
    }
    assert read(page(bare), "DAILY", JONGNO).stations == [JONGNO]


def test_a_history_of_another_code_is_never_joined_by_name() -> None:
    batch = read(page(HEALTHY | {"stationCode": "999999"}), "DAILY", JONGNO)
    assert [ref.code for ref in batch.stations] == ["999999"]
    assert sum(batch.notes.values()) == 1


# §1.10: the list


def test_dmx_is_not_x_the_range_decides() -> None:
    for x, y in (("37.57", "127.0"), ("127.0", "37.57")):
        item = {
            "stationName": "종로구",
            "dmX": x,
            "dmY": y,
            "addr": "서울 종로구",
            "mangName": "국가배경농도(도서)",
        }
        request = Request(ROUTES["stations"])
        (ref,) = AirKorea().parse_stations(Payload("airkorea", request, "u", page(item), ""))
        assert (ref.lat, ref.lon, ref.area, ref.kind) == (37.57, 127.0, "서울", "background")


@pytest.mark.parametrize("value", ["", None, "-", "999"])
def test_coordinates_that_are_none(value: str | None) -> None:
    item = {"stationName": "종로구", "dmX": value, "dmY": "127.0", "addr": None}
    (ref,) = AirKorea().parse_stations(Payload("airkorea", Request(ROUTES["stations"]), "u", page(item), ""))
    assert (ref.lat, ref.lon) == (None, None)


# §1.11: errors

GATEWAY = (
    "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg>"
    "<returnReasonCode>{}</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>"
)
PROVIDER = (
    '<?xml version="1.0"?><response><header><resultCode>{}</resultCode>'
    "<resultMsg>x</resultMsg></header></response>"
)
NEWER = (
    '{{"OpenAPI_ServiceResponse":{{"cmmMsgHeader":{{"errMsg":"X",'
    '"returnAuthMsg":"Y","returnReasonCode":"{}"}}}}}}'
)
OWN = '{{"response":{{"header":{{"resultCode":"{}","resultMsg":"x"}}}}}}'
CLASSES: dict[str, type[SourceError] | None] = {
    "00": None, "200": None, "03": NoData, "01": Transient, "02": Transient, "04": Transient, "05": Transient,
    "23": Transient, "99": Transient, "22": Quota, "12": Auth, "20": Auth, "21": Auth, "29": Auth, "30": Auth,
    "31": Auth, "32": Auth, "33": Auth, "10": SchemaDrift, "77": SchemaDrift,
}  # fmt: skip


@pytest.mark.parametrize(
    "shape", [GATEWAY, PROVIDER, NEWER, OWN], ids=["gateway", "provider", "newer", "own"]
)
@pytest.mark.parametrize(("code", "kind"), CLASSES.items())
def test_every_code_in_every_shape(shape: str, code: str, kind: type[SourceError] | None) -> None:
    error = judged(shape.format(code))
    assert type(error) is (kind or type(None))


def test_an_xml_error_with_http_200_is_not_parsed_as_json() -> None:
    assert isinstance(judged("\ufeff\n" + GATEWAY.format("22")), Quota)


def test_a_wrong_key_told_as_99_is_a_wrong_key() -> None:
    assert isinstance(judged(PROVIDER.format("99").replace(">x<", ">SERVICE KEY IS NOT REGISTERED<")), Auth)


def test_the_file_gateways_shape() -> None:
    assert isinstance(judged('{"code":-4,"msg":"등록되지 않은 인증키 입니다."}'), Auth)


@pytest.mark.parametrize("body", ['{"response": {"body"', "<html><body>maintenance</body></html>", "<open"])
def test_what_breaks_off_or_is_a_page_is_worth_another_try(body: str) -> None:
    assert isinstance(judged(body), Transient)


@pytest.mark.parametrize("body", ["Forbidden", "", "Unauthorized", "[1]"])
def test_plain_text_leaves_it_to_the_status(body: str) -> None:
    assert judged(body, 403) is None


@pytest.mark.parametrize("items", ['""', "[]", "null", '{"item": []}', '{"item": ""}'])
def test_nothing_is_nothing_in_every_spelling(items: str) -> None:
    body = f'{{"response":{{"header":{{"resultCode":"00"}},"body":{{"items":{items},"totalCount":0}}}}}}'
    assert len(read(body.encode()).start) == 0


def test_items_inside_an_object() -> None:
    body = {"items": {"item": HEALTHY}, "totalCount": 1}
    assert len(read(json.dumps({"response": {"body": body}}).encode()).start) == 1


@pytest.mark.parametrize(
    "body",
    [b"{}", b'{"response":{}}', b'{"response":{"body":[]}}', page("x"), b'{"response":{"body":{"items":7}}}'],
)
def test_another_shape_is_drift(body: bytes) -> None:
    with pytest.raises(SchemaDrift):
        read(body)


# Recordings


def recorded(shared: Path, name: str) -> bytes:
    path = shared / "sources" / "airkorea" / name
    if not path.exists():
        pytest.skip(f"the recording {path} is not there")
    return path.read_bytes()


def test_the_nationwide_page_caught_mid_publish(shared: Path) -> None:
    batch = read(recorded(shared, "json/getCtprvnRltmMesureDnsty_nationwide_2024-02-18T19.json"))
    hours = Counter(moment(hour).hour for hour in batch.start.tolist())
    assert hours == {10: 537, 9: 113}  # 20:00 and 19:00 KST, hour-ending
    assert len(batch.rejects) == len(batch.mentioned) == 6
    assert not batch.notes
    missing = sum(int((status != 0).sum()) for status in batch.statuses.values())
    assert missing == 108
    assert {int(code) for column in batch.statuses.values() for code in column} == {0, 3}
    assert len(batch.stations) == 650


def test_the_history_of_23_rows_with_24_00(shared: Path) -> None:
    batch = read(
        recorded(shared, "json/getMsrstnAcctoRltmMesureDnsty_DAILY_2024-03-06.json"), "DAILY", JONGNO
    )
    starts = batch.start.tolist()
    assert starts == list(range(starts[0], starts[0] - 23, -1))
    assert batch.stations == [JONGNO]


def test_the_list_of_2024(shared: Path) -> None:
    body = recorded(shared, "json/getMsrstnList_2024-02-18.json")
    refs = AirKorea().parse_stations(Payload("airkorea", Request(ROUTES["stations"]), "u", body, ""))
    assert len(refs) == 656
    assert all(ref.lat is not None and ref.lon is not None and 33 < ref.lat < 39 for ref in refs)
    assert Counter(ref.kind for ref in refs)["roadside"] == 61


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("gateway_old_xml_http200_22.xml", 200, Quota),
        ("provider_xml_22.xml", 200, Quota),
        ("gateway_old_xml_http200_30.xml", 200, Auth),
        ("gateway_new_json_http403_30.json", 403, Auth),
        ("provider_xml_99.xml", 200, Auth),
        ("odcloud_401.json", 401, Auth),
        ("odcloud_404.json", 404, Auth),
        ("plain_403.txt", 403, None),
    ],
)
def test_recorded_errors(shared: Path, name: str, status: int, kind: type[SourceError] | None) -> None:
    error = judged(recorded(shared, f"errors/{name}").decode(), status)
    assert type(error) is (kind or type(None))
