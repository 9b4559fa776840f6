"""Hostile texts of live sources, through the collector into both engines: kept or refused, never a crash."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from live_desk import KEY, Hand
from sqlalchemy import func, select

from config.facts import Facts
from config.settings import SourceSettings
from ingest.collect import Collector
from ingest.registry import SOURCES
from store import schema
from store.engine import Store

BAD = "\x00중구\ud800'; DROP TABLE reading; --" + "x" * 3000


def korean(**item: Any) -> dict[str, Any]:
    body = {"totalCount": 1, "items": [item]}
    return {"response": {"header": {"resultCode": "00"}, "body": body}}


def seoul() -> dict[str, Any]:
    row = {"MSRSTE_NM": BAD, "MSRDT": "202002132300", "PM25": BAD, BAD: BAD}
    result = {"CODE": "INFO-000", "MESSAGE": BAD}
    rows = [row, row | {"MSRSTE_NM": "중구", "MSRDT": BAD}, row | {"MSRSTE_NM": "종로구"}]
    return {"RealtimeCityAir": {"list_total_count": 3, "RESULT": result, "row": rows}}


def openaq() -> dict[str, Any]:
    micro = {"name": "pm25", "units": "µg/m³"}
    place = {"id": BAD, "name": BAD, "sensors": [{"id": 7, "parameter": micro}], BAD: BAD}
    hour = {"parameter": micro, "value": BAD, "period": {"datetimeTo": {"utc": BAD, "local": BAD}}}
    return {"results": [place | hour]}


def openmeteo() -> list[dict[str, Any]]:
    units = {"pm2_5": "μg/m³", "pm10": "μg/m³"}
    hourly = {"time": ["2020-02-13T12:00", BAD], "pm2_5": [BAD, BAD], "pm10": [1, BAD], BAD: [BAD]}
    return [{"utc_offset_seconds": 0, "hourly_units": units, "hourly": hourly, BAD: BAD}] * 117


ANSWERS: dict[str, Any] = {
    "airkorea-stats": korean(stationName="중구", stationCode="111121", msrstnName=BAD, msurDt="2020-02-11",
                             pm25Value=BAD, **{BAD: BAD}),
    "seoul": seoul(),
    "openaq": openaq(),
    "openmeteo": openmeteo(),
    "cnemc": [{"StationCode": "1001A", "PositionName": BAD, "Area": BAD, "TimePoint": "/Date(1581606000000)/",
               "PM2_5": BAD, BAD: BAD}, {"StationCode": BAD}],
}  # fmt: skip


@pytest.mark.parametrize("name", list(ANSWERS))
def test_no_text_of_a_source_breaks_the_database(name: str, store: Store, facts: Facts) -> None:
    body = json.dumps(ANSWERS[name]).encode()
    clock = Hand()
    settings = SourceSettings(url="http://source", key=KEY, calls_per_second=1e6)  # type: ignore[arg-type]
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    collector = Collector(
        SOURCES[name], store, facts, settings, clock, backfill_hours=72, transport=transport  # type: ignore[arg-type]
    )  # fmt: skip
    for _ in range(3):
        collector.tick()
        clock.move(hours=30)
    collector.close()
    with store.read() as connection:
        payloads = connection.execute(select(func.count()).select_from(schema.payload)).scalar_one()
        refused = connection.execute(select(func.count()).select_from(schema.reject)).scalar_one()
        readings = connection.execute(select(func.count()).select_from(schema.reading)).scalar_one()
        unread = [
            note
            for note in connection.execute(select(schema.batch.c.notes)).scalars()
            if "error" in str(note)
        ]
    assert payloads
    assert refused + readings or unread
