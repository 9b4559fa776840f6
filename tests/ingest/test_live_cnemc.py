"""CNEMC's traps (WIRE_FORMATS §2.1): texts for numbers, /Date(ms)/, dashes, exchanged ozone, notes in names.

No raw body of the platform was found: these bodies follow the documented fields.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from ingest.hours import hour_number, moment
from ingest.source import Batch, NoData, Payload, Quantity, Request, SchemaDrift, SourceError, Transient
from ingest.sources.cnemc import SPEC, Cnemc, _label, judge

LATEST, PAST = SPEC.routes
O3, PM25, CO = Quantity("o3", "ug/m3"), Quantity("pm25", "ug/m3"), Quantity("co", "mg/m3")


def at(text: str) -> str:
    return f"/Date({int(datetime.fromisoformat(text).timestamp() * 1000)})/"


HEALTHY: dict[str, Any] = {
    "TimePoint": at("2024-01-02T03:00+08:00"), "TimePointStr": "2024年01月02日 03时",
    "StationCode": "1001A",
    "PositionName": "万寿西宫", "Area": "北京市", "Latitude": "39.8673", "Longitude": "116.366",
    "PM2_5": "57",
    "PM2_5_24h": "61", "PM10": "83", "SO2": "3", "NO2": "44", "CO": "0.8", "O3": "12", "O3_24h": "66",
    "O3_8h": "9", "IPM2_5": "78", "AQI": "78", "Quality": "良", "Unheathful": "x",
}  # fmt: skip


def read(*items: object) -> Batch:
    return Cnemc().parse(Payload("cnemc", Request(LATEST), "u", json.dumps(items).encode(), ""))


def one(**changes: Any) -> Batch:
    return read(HEALTHY | changes)


def test_a_time_point_is_the_end_of_the_hour() -> None:
    assert moment(int(one().start[0])).isoformat() == "2024-01-01T18:00:00+00:00"  # 02:00-03:00 CST


def test_rows_of_several_hours_stand_at_their_own() -> None:
    batch = read(HEALTHY, HEALTHY | {"StationCode": "1002A", "TimePoint": at("2024-01-02T02:00+08:00")})
    assert int(batch.start[0] - batch.start[1]) == 1


@pytest.mark.parametrize("written", ["—", "NA", "-", "", "&mdash;", None])
def test_missing_marks(written: str | None) -> None:
    batch = one(PM2_5=written)
    assert np.isnan(batch.values[PM25][0])
    assert batch.statuses[PM25][0] == 1
    assert not batch.notes


def test_zero_is_a_value_and_the_index_is_none() -> None:
    assert one(PM2_5="0").values[PM25][0] == 0
    assert one().values[PM25][0] == 57
    assert one().values[CO][0] == 0.8


def test_ozone_was_exchanged_until_2023_11_09() -> None:
    before = one(TimePoint=at("2023-11-08T23:00+08:00"), O3="66", O3_24h="12")
    after = one(TimePoint=at("2023-11-10T01:00+08:00"), O3="12", O3_24h="66")
    assert before.values[O3][0] == after.values[O3][0] == 12


@pytest.mark.parametrize("fields", [("12", "66"), ("66", "12")])
def test_on_the_day_of_the_change_the_hour_is_never_above_the_days_maximum(fields: tuple[str, str]) -> None:
    batch = one(TimePoint=at("2023-11-09T12:00+08:00"), O3=fields[0], O3_24h=fields[1])
    assert batch.values[O3][0] == 12


def test_a_note_in_a_name_is_no_name() -> None:
    batch = one(PositionName="漳州党校(20190503启用)")
    assert batch.stations[0].name == "漳州党校"


def test_a_control_point_is_one() -> None:
    assert one(PositionName="定陵（对照点）").stations[0].kind == "control"
    assert one().stations[0].kind == "urban"


@pytest.mark.parametrize("point", [None, "", "2024-01-02T03:00:00", "/Date(1704135600001)/", "/Date(x)/"])
def test_a_time_that_cannot_be_placed_is_a_reject(point: str | None) -> None:
    batch = read(HEALTHY, HEALTHY | {"TimePoint": point})
    assert len(batch.start) == 1
    assert batch.rejects[0].readings == 6


def test_a_row_without_a_code_is_a_reject() -> None:
    assert one(StationCode="").rejects[0].reason == "row without StationCode"


def test_an_unknown_key_is_counted() -> None:
    assert one(PM1="4").notes == Counter({"unknown key PM1": 1})


def test_a_number_where_a_text_was_is_read() -> None:
    assert one(PM2_5=57.5).values[PM25][0] == 57.5


def test_a_past_hour_is_asked_by_the_label_of_its_end() -> None:
    hour = hour_number(datetime(2024, 1, 1, 15, tzinfo=UTC))  # 23:00-24:00 in China
    assert _label(Request(PAST, hour=hour)) == "2024-01-02 00:00:00"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"[]", NoData), (b"<html>", Transient), (b'[{"a"', Transient), (b'{"a":1}', SchemaDrift),
        (b"[{}]", None), (b"", None),
    ],
)  # fmt: skip
def test_what_an_answer_tells(body: bytes, kind: type[SourceError] | None) -> None:
    if kind is None:
        judge(200, body)
        return
    with pytest.raises(kind):
        judge(200, body)


def test_an_error_page_is_left_to_its_status() -> None:
    judge(502, b"<html>bad gateway</html>")
