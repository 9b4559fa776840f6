"""AirKorea's hourly means of sido and of their districts (15073855, ArpltnStatsSvc), as recorded.

* getCtprvnMesureLIst: a row a time and pollutant, a column a sido ("seoul": "7").
* getCtprvnMesureSidoLIst: a row a time and district of a sido (시, 군, 구), with all pollutants.
* dataTime is KST, hour-ending, "24:00" as in the live values. Rows of days have no hour and are refused.
* A value is a published mean of stations: a composite, in a feed that only checks, so that it is in no answer
  that does not ask for the feed.
"""

from __future__ import annotations

import json
import re

from ingest.hours import HourClock, LabelError
from ingest.live_rows import LiveRows
from ingest.source import Batch, StationRef
from ingest.sources.airkorea import QUANTITIES
from ingest.unwrapping import Row

FEED = "airkorea-areas"
NAME = "airkorea-areas-answer"
PARSER_VERSION = 1
CLOCK = HourClock(label="end", zone="Asia/Seoul")

SIDO = {
    "seoul": "서울",
    "busan": "부산",
    "daegu": "대구",
    "incheon": "인천",
    "gwangju": "광주",
    "daejeon": "대전",
    "ulsan": "울산",
    "sejong": "세종",
    "gyeonggi": "경기",
    "gangwon": "강원",
    "chungbuk": "충북",
    "chungnam": "충남",
    "jeonbuk": "전북",
    "jeonnam": "전남",
    "gyeongbuk": "경북",
    "gyeongnam": "경남",
    "jeju": "제주",
}
_ITEMS = {"PM10": "pm10", "PM25": "pm25", "PM2.5": "pm25", "O3": "o3", "NO2": "no2", "SO2": "so2", "CO": "co"}
_OF_SIDO = {*SIDO, "dataTime", "dataGubun", "itemCode"}
_OF_DISTRICT = {"dataTime", "sidoName", "cityName", "cityNameEng", "districtCode", "districtNumSeq"}
_OF_DISTRICT |= {"dataGubun", "itemCode", "khaiValue", "searchCondition"}
_OF_DISTRICT |= {f"{pollutant}Value" for pollutant in QUANTITIES}
_DIGITS = re.compile(r"\d{1,6}", re.ASCII)


def is_of_sido(rows: list[Row]) -> bool:
    """Whether rows hold a column a sido."""
    return any({"dataTime", "itemCode", "seoul"} <= row.keys() for row in rows)


def is_of_districts(rows: list[Row]) -> bool:
    """Whether rows are districts."""
    return any({"dataTime", "cityName", "pm10Value"} <= row.keys() for row in rows)


def parse_sido(rows: list[Row]) -> list[Batch]:
    """The readings of getCtprvnMesureLIst, a batch a pollutant; pure."""
    found = {pollutant: LiveRows(FEED, [quantity]) for pollutant, quantity in QUANTITIES.items()}
    for row in rows:
        pollutant = _ITEMS.get(str(row.get("itemCode")))
        into = found[pollutant or "pm25"]
        columns = [name for name in SIDO if name in row]
        for key in row.keys() - _OF_SIDO:
            into.notes[f"unknown key {key}"] += 1
        hour = _hour(row)
        if pollutant is None or hour is None or not columns:
            reason = "no full hour, known pollutant and sido in the row"
            into.reject(json.dumps(row, ensure_ascii=False), reason, max(1, len(columns)))
            continue
        for name in columns:
            into.begin(_sido(name), hour)
            into.value(QUANTITIES[pollutant], row[name])
    return [rows_of.batch() for rows_of in found.values()]


def parse_districts(rows: list[Row]) -> Batch:
    """The readings of getCtprvnMesureSidoLIst; pure."""
    found = LiveRows(FEED, list(QUANTITIES.values()))
    for row in rows:
        for key in row.keys() - _OF_DISTRICT:
            found.notes[f"unknown key {key}"] += 1
        hour, station = _hour(row), _district(row)
        if hour is None or station is None:
            found.reject(json.dumps(row, ensure_ascii=False), "no full hour, or no district with its numbers")
            continue
        found.begin(station, hour)
        for pollutant, quantity in QUANTITIES.items():
            found.value(quantity, row.get(f"{pollutant}Value"))
    return found.batch()


def _hour(row: Row) -> int | None:
    try:
        return CLOCK.from_text(str(row.get("dataTime")))
    except LabelError:
        return None


def _sido(name: str) -> StationRef:
    return StationRef(f"sido-{name}", f"{SIDO[name]} 평균", f"kr-{name}", "composite")


def _district(row: Row) -> StationRef | None:
    """A district by the two numbers that AirKorea gives it: of its sido, and within it."""
    numbers = [str(row.get(key)) for key in ("districtCode", "districtNumSeq")]
    name, area = (str(row.get(key) or "").strip() for key in ("cityName", "sidoName"))
    if not all(_DIGITS.fullmatch(one) for one in numbers) or not name or not area:
        return None
    return StationRef(f"district-{'-'.join(numbers)}", f"{area} {name} 평균", area, "composite")
