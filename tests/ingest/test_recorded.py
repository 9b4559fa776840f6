"""Saved answers as files: read by their source's own parser, refused in one line, never half lost."""

from __future__ import annotations

import gzip
import io
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from archive_desk import Desk, mangled
from hypothesis import given
from hypothesis import strategies as st
from mutations import mutated

from config.clock import Clock
from config.facts import Facts
from config.places import Places
from ingest import recorded, unwrapping, wcf_binary
from ingest.archives import import_paths
from ingest.hours import moment
from ingest.members import FileProblem, Member
from ingest.recorded import AnswerFile, BulletinFile
from ingest.source import Quantity
from ingest.sources import airkorea_areas, cnemc_old, liaoning
from report import averages, gaps, question, readings
from report.question import NothingHeldError
from store.engine import Store

FACTS = Facts()
PM25, PM10, O3, CO = (
    Quantity("pm25", "ug/m3"), Quantity("pm10", "ug/m3"), Quantity("o3", "ug/m3"), Quantity("co", "mg/m3"),
)  # fmt: skip

ROW = {
    "stationName": "종로구", "sidoName": "서울", "dataTime": "2024-02-18 24:00", "pm25Value": "11",
    "pm10Value": "-", "pm10Flag": "통신장애", "o3Value": "0.019", "no2Value": "0.044", "so2Value": "0.003",
    "coValue": "0.5",
}  # fmt: skip
OF_HISTORY = {key: value for key, value in ROW.items() if key not in ("stationName", "sidoName")}
ECHO = {"_returnType": "json", "numOfRows": "10", "serviceKey": "a-secret", "totalCount": "", "ver": ""}
LEGACY = {
    "list": [{**ECHO, **ROW, "sidoName": "", "stationName": "중구"}],
    "parm": {**ECHO, "sidoName": "서울"},
    "totalCount": 1,
}
SIDO = [
    {"dataTime": "2026-05-20 24:00", "dataGubun": "1", "itemCode": "PM10", "seoul": "4", "busan": "-"},
    {"dataTime": "2026-05-20 23:00", "dataGubun": "1", "itemCode": "PM25", "seoul": "3", "jeju": "0"},
]
DISTRICT = {
    "dataTime": "2018-01-04 18:00", "sidoName": "서울", "cityName": "강남구", "districtCode": "02",
    "districtNumSeq": "001", "pm25Value": "33", "pm10Value": "41", "o3Value": "0.002", "no2Value": "0.049",
    "so2Value": "0.005", "coValue": "0.6",
}  # fmt: skip
CITY = {
    "CityName": "沈阳", "TimePoint": "/Date(1467806400000)/", "PM25": 24, "PM10": 48, "SO2": 6, "NO2": 0,
    "CO": 0.6, "O3": 122, "O38_24": 0,
}  # fmt: skip
FEATURES = {
    "features": [
        {
            "geometry": {"coordinates": [116.366, 39.8673], "type": "Point"},
            "properties": {
                "stationcode": "1001A", "positionname": "万寿西宫", "area": "北京市", "pm2_5": "38",
                "pm10": "-;", "o3": "84", "o3_24h": "62", "timepoint": "2018-02-20T07:00:00", "co": "0.7",
                "no2": "17", "so2": "3",
            },
        }
    ]
}  # fmt: skip
WCF = (
    b'<GetAQIDataPublishLivesResponse xmlns="http://tempuri.org/"><b:AQIDataPublishLive xmlns:b="x">'
    b"<b:StationCode>1001A</b:StationCode><b:TimePoint>2019-07-23T10:00:00</b:TimePoint><b:O3>123</b:O3>"
    b"<b:NO2>32</b:NO2><b:SO2>1</b:SO2><b:CO>0.5</b:CO>"
    b"<b:O3_24h>88</b:O3_24h><b:PM2_5>11</b:PM2_5><b:PM10>&mdash;</b:PM10></b:AQIDataPublishLive>"
    b"</GetAQIDataPublishLivesResponse>"
)


def whole(*rows: Any) -> dict[str, Any]:
    body = {"items": list(rows), "totalCount": len(rows)}
    return {"response": {"header": {"resultCode": "00"}, "body": body}}


def member(body: bytes, name: str = "answer.json") -> Member:
    return Member(name, Path(name), len(body), lambda _stack: io.BytesIO(body))


def found(answer: Any, station: str | None = None) -> AnswerFile | BulletinFile:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return recorded.find(member(body), FACTS, station)


def assert_one_line(problem: FileProblem) -> None:
    assert len(str(problem).splitlines()) == 1


def read(answer: Any, station: str | None = None) -> AnswerFile:
    file = found(answer, station)
    assert isinstance(file, AnswerFile)
    return file


def value(file: AnswerFile, quantity: Quantity) -> tuple[str | None, str, float]:
    """Station (code or name), start and value of the only row of a quantity."""
    (batch,) = (one for one in file.batches if quantity in one.values)
    ref = batch.stations[batch.station[0]]
    start = moment(int(batch.start[0]))
    return ref.code or ref.name, f"{start:%Y-%m-%dT%H}", float(batch.values[quantity][0])


# The same row in each of its envelopes


@pytest.mark.parametrize(
    "answer",
    [
        whole(ROW),
        [ROW],
        {"response": {"header": {}, "body": {"items": {"item": [ROW]}}}},
        "<response><header><resultCode>00</resultCode></header><body><items><item>"
        + "".join(f"<{key}>{cell}</{key}>" for key, cell in ROW.items())
        + "<khaiValue/></item></items></body></response>",
    ],
)
def test_a_page_is_read_in_every_envelope(answer: Any) -> None:
    file = read(answer.encode() if isinstance(answer, str) else answer)
    assert (file.format, file.feed) == ("airkorea-answer", "airkorea-live")
    assert value(file, PM25) == ("종로구", "2024-02-18T14", 11)
    assert file.batches[0].statuses[PM10][0] not in (0, 1)  # the flag's own reason


def test_the_old_portal_repeats_its_question_and_none_of_it_is_kept() -> None:
    file = read(LEGACY)
    (batch,) = file.batches
    assert (batch.stations[0].name, batch.stations[0].area) == ("중구", "서울")  # the area stands in `parm`
    assert not batch.notes
    bad = read({**LEGACY, "list": [{**LEGACY["list"][0], "dataTime": "soon"}]})
    assert "a-secret" not in bad.batches[0].rejects[0].text


def test_a_history_needs_its_station() -> None:
    with pytest.raises(FileProblem, match="does not say of which station it is; give --station"):
        found(whole(OF_HISTORY))
    file = read(whole(OF_HISTORY), "종로구")
    assert file.format == "airkorea-answer of 111123"  # another station would be another file
    assert value(file, PM25) == ("111123", "2024-02-18T14", 11)
    with pytest.raises(FileProblem, match="no station is called"):
        found(whole(OF_HISTORY), "nowhere")


def test_means_of_sido_and_districts_are_composites_of_a_feed_that_only_checks() -> None:
    file = read(SIDO)
    assert value(file, PM25)[0] == "sido-seoul"
    assert sum(batch.rows for batch in file.batches) == 4
    district = read([DISTRICT])
    assert value(district, PM25) == ("district-02-001", "2018-01-04T08", 33)
    kinds = {ref.kind for one in (file, district) for batch in one.batches for ref in batch.stations}
    assert kinds == {"composite"}
    assert FACTS.feeds[airkorea_areas.FEED].status == "check"


MONTH = {"msurMm": "2024-03", "msrstnName": "종로구", "pm25Value": "24", "so2Value": ".003", "pm10Value": "-"}


def test_month_means_are_a_series_of_their_own_period(desk: Desk, tmp_path: Path) -> None:
    file = read(whole(MONTH))
    assert value(file, PM25) == ("종로구", "2024-02-29T15", 24)
    assert value(file, Quantity("so2", "ppm"))[2] == 0.003
    (tmp_path / "months.json").write_text(json.dumps(whole(MONTH, {**MONTH, "msurMm": "2024-13"})))
    assert desk.counts(tmp_path / "months.json") == ("airkorea-months-answer", 12, 6, 6, 4)
    assert desk.query("select distinct period from series") == [("P1M",)]


def test_months_are_in_no_answer_of_hours_or_days_and_are_no_gaps(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "months.json").write_text(json.dumps(whole(MONTH)))
    desk.counts(tmp_path / "months.json")
    span = {"stations": ("airkorea-111123",), "since": "2024-02-01", "until": "2024-03-31"}
    own = question.ask(FACTS, Places(FACTS), feed="airkorea-monthly", **span)  # type: ignore[arg-type]
    held = readings.ask(desk.store, FACTS, own).answer["readings"]
    assert [(row["start"], row["value"]) for row in held] == [("2024-03-01T00:00:00+09:00", 24.0)]
    for every in ("hour", "day", "month"):
        with pytest.raises(NothingHeldError):
            averages.ask(desk.store, FACTS, question.ask(FACTS, Places(FACTS), **span), every)  # type: ignore[arg-type]
    for by in ("held", "catalogue"):
        with pytest.raises(NothingHeldError):
            gaps.ask(desk.store, FACTS, Clock.real(), [], feed="airkorea-monthly", by=by, **span)  # type: ignore[arg-type]


def test_past_hours_of_seoul_are_read_where_someone_saved_them() -> None:
    row = {"MSRDT": "202401010000", "MSRSTE_NM": "중구", "PM10": 30.0, "PM25": 0.0, "O3": 0.01, "NO2": 0.02}
    row |= {"SO2": 0.003, "CO": 0.4}
    result = {"CODE": "INFO-000", "MESSAGE": "x"}
    file = read({"TimeAverageAirQuality": {"list_total_count": 1, "RESULT": result, "row": [row]}})
    assert file.feed == "seoul-live"
    assert value(file, PM10) == ("중구", "2023-12-31T14", 30)
    assert np.isnan(value(file, PM25)[2])


def test_a_city_of_liaoning_is_its_composite_and_zero_is_missing() -> None:
    file = read([CITY])
    assert value(file, PM25) == ("沈阳", "2016-07-06T11", 24)
    assert file.batches[0].statuses[Quantity("no2", "ug/m3")][0] == 2
    assert value(file, CO)[2] == 0.6


@pytest.mark.parametrize("answer", [FEATURES, WCF])
def test_the_old_platform_is_read_as_the_live_site(answer: Any) -> None:
    file = read(answer)
    station, start, ozone = value(file, O3)
    assert (file.feed, station) == ("cnemc-old", "1001A")
    assert (start, ozone) in (("2018-02-19T22", 62), ("2019-07-23T01", 88))  # o3_24h: the two are exchanged
    assert np.isnan(value(file, PM10)[2])


def test_the_binary_form_says_what_the_xml_does(shared: Path) -> None:
    folder = shared / "sources" / "cnemc" / "legacy_wcf"
    texts = [folder / f"GetAQIDataPublishLives_2019-07-23T10.{kind}.gz" for kind in ("xml", "wcf-binary")]
    xml, binary = (gzip.decompress(path.read_bytes()) for path in texts)
    of_xml = cnemc_old.of_xml(unwrapping.read_xml(xml))
    of_binary = cnemc_old.of_xml(wcf_binary.read(binary))
    assert of_xml is not None
    assert of_binary is not None
    kept = ("StationCode", "TimePoint", "PM2_5", "PM10", "O3", "O3_24h", "NO2", "SO2", "CO", "Latitude")
    plain = [
        [{key: "—" if row[key] == "&mdash;" else row[key] for key in kept} for row in rows]
        for rows in (of_xml, of_binary)
    ]
    assert len(of_xml) == 1499
    assert plain[0] == plain[1]


def test_an_hour_of_openaq_is_of_the_location_that_is_named() -> None:
    hour = {
        "value": 6, "parameter": {"name": "pm25", "units": "µg/m³"},
        "period": {
            "datetimeFrom": {"utc": "2024-10-16T12:00:00Z", "local": "2024-10-16T21:00:00+09:00"},
            "datetimeTo": {"utc": "2024-10-16T13:00:00Z", "local": "2024-10-16T22:00:00+09:00"},
        },
    }  # fmt: skip
    answer = {"meta": {"found": 1}, "results": [hour]}
    assert value(read(answer, "openaq-7727"), PM25) == ("7727", "2024-10-16T12", 6)
    with pytest.raises(FileProblem, match="--station"):
        found(answer)


def test_an_answer_of_a_model_is_of_the_point_that_is_named_if_it_lies_there() -> None:
    hourly = {"time": ["2024-02-18T00:00"], "pm2_5": [15.9], "pm10": [18.7]}
    answer = {
        "latitude": 37.6, "longitude": 127.0, "utc_offset_seconds": 32400, "hourly": hourly,
        "hourly_units": {"pm2_5": "μg/m³", "pm10": "μg/m³"},
    }  # fmt: skip
    file = read(answer, "kr-seoul")
    assert value(file, Quantity("pm25", "ug/m3", "instant")) == ("kr-seoul", "2024-02-17T15", 15.9)
    with pytest.raises(FileProblem, match="another place than"):
        found(answer, "kr-busan")
    with pytest.raises(FileProblem, match="where no point lies"):
        found({**answer, "latitude": 44.4, "longitude": 26.1}, "kr-seoul")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"response": {"header": {"resultCode": "22"}}}, "carries no readings .*used up"),
        ((b"<OpenAPI_ServiceResponse><cmmMsgHeader><returnReasonCode>30</returnReasonCode></cmmMsgHeader>"
         b"</OpenAPI_ServiceResponse>"), "carries no readings .*refuses the key"),
        ({"code": -4, "msg": "x"}, "carries no readings"),
        ({"RESULT": {"CODE": "INFO-200", "MESSAGE": "x"}}, "carries no readings .*nothing for the question"),
        ({"status": "error", "data": "Over quota"}, "carries no readings"),
        ([{"stationName": "중구", "addr": "x"}], "names of stations alone"),
        ([{"stationName": "중구", "dmX": "37", "dmY": "127"}], "a list of AirKorea's stations"),
        ({"meta": {}, "results": [{"id": 1, "name": "x"}]}, "a list of OpenAQ's"),
        ([], "keys seen: none"), ({}, "JSON of no source"), ([1], "JSON of no source"),
        (b"<html><body>bad gateway</body></html>", "XML of no source"),
        (b'{"a": ', "breaks off"), (b"<a><b></a>", "breaks off"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "declares a document type"),
    ],
)  # fmt: skip
def test_what_carries_no_readings_is_refused_in_one_line(answer: Any, said: str) -> None:
    with pytest.raises(FileProblem, match=said) as caught:
        found(answer)
    assert len(str(caught.value).splitlines()) == 1


def test_bulletins_go_where_bulletins_go(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "forecast.json"
    row = {
        "dataTime": "2020-01-01 23시 발표", "informCode": "PM10", "informData": "2020-01-02",
        "informGrade": "서울 : 보통,제주 : 나쁨,어디 : 좋음",
    }  # fmt: skip
    path.write_text(json.dumps([row]), encoding="utf-8")
    assert desk.counts(path) == ("airkorea-forecast-answer", 3, 2, 1, 0)
    assert desk.query("select count(*) from forecast") == [(2,)]
    assert desk.load(path).counts.same == 2


@pytest.fixture
def desk(sqlite_store: Store, facts: Facts) -> Desk:
    return Desk(sqlite_store, facts)


def test_a_saved_answer_goes_in_beside_tables_on_both_engines(
    store: Store, facts: Facts, tmp_path: Path
) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "page.json").write_text(json.dumps(whole(ROW, {**ROW, "stationName": "중구"})))
    (folder / "old.json").write_text(json.dumps(FEATURES))
    (folder / "long.csv").write_text("a" * 200_000)  # a cell that is longer than any header's
    results = import_paths(store, facts, Clock.real(), [folder])
    assert [(one.format, one.counts.new) for one in results] == [
        (None, 0),
        ("cnemc-old-answer", 6),
        ("airkorea-answer", 12),
    ]
    with store.read() as connection:
        held = connection.exec_driver_sql("select station, value from reading_utc where value = 11").all()
    assert {row[0] for row in held} == {"airkorea-111123", "airkorea-111121"}


# Hostile versions


def carried(answer: Any) -> int | None:
    """How many readings an answer carries by its rows; None where it is of another kind by now."""
    features = cnemc_old.of_features(answer)
    rows = unwrapping.rows_of(answer) if features is None else features
    if rows is None:
        return None
    if features is None and airkorea_areas.is_of_sido(rows) and not liaoning.is_of(rows):
        return sum(max(1, len([name for name in airkorea_areas.SIDO if name in row])) for row in rows)
    return 6 * len(rows)


ANSWERS = [whole(ROW, ROW), whole(MONTH, MONTH), LEGACY, SIDO, [DISTRICT, DISTRICT], [CITY], FEATURES]


@given(st.data())
def test_hostile_answers_are_read_or_refused_and_no_row_is_lost(data: st.DataObject) -> None:
    body = data.draw(mutated(data.draw(st.sampled_from(ANSWERS))))
    try:
        file = recorded.find(member(body), FACTS)
    except FileProblem as problem:
        assert_one_line(problem)
        return
    if isinstance(file, AnswerFile):
        rows = sum(batch.rows for batch in file.batches)
        assert rows == carried(unwrapping.read(body))


@given(st.integers(0, 2**32))
def test_hostile_xml_is_read_or_refused(seed: int) -> None:
    try:
        file = recorded.find(member(mangled(WCF, seed, b">"), "answer.xml"), FACTS)
    except FileProblem as problem:
        assert_one_line(problem)
        return
    assert isinstance(file, AnswerFile)


def short(name: str, *inside: bytes) -> bytes:
    """An element of the binary form."""
    return bytes([0x40, len(name)]) + name.encode() + b"".join(inside) + b"\x01"


def text(said: str) -> bytes:
    return struct.pack("<BB", 0x98, len(said.encode())) + said.encode()


BINARY = short(
    "GetAQIDataPublishLivesResponse",
    short("AQIDataPublishLive", short("StationCode", text("1001A")), short("PM2_5", b"\x88\x0b")),
)


def test_binary_numbers_and_texts_are_read() -> None:
    assert cnemc_old.of_xml(wcf_binary.read(BINARY)) == [{"StationCode": "1001A", "PM2_5": "11"}]


@given(st.integers(0, 2**32))
def test_hostile_binary_is_read_or_refused(seed: int) -> None:
    try:
        root = wcf_binary.read(mangled(BINARY, seed, b"\x01"))
    except wcf_binary.NotWholeError:
        return
    assert len(root)
