"""Seoul, hourly means by period (서울시 기간별 시간평균 대기환경 정보): monthly CSV files, newest hour first.

https://data.seoul.go.kr OA-15526

* Labels YYYYMMDDHHMM run 00..23 and name the end of the hour: 00 is AirKorea's 24 of the day before
  (equal in 17,139 of 17,139 hours of February 2020).
* Zero means missing, in every column; there is no blank.
* 미세먼지 24시간 is not a mean but the forecast average of the Korean index, and is not stored.
* Station codes are AirKorea's.
"""

from __future__ import annotations

from ingest.hours import HourClock
from ingest.layout import ArchiveFormat, ValueColumn
from ingest.rows import hourly, listed_stations
from ingest.source import Quantity

CLOCK = HourClock(label="end", zone="Asia/Seoul")
SENTINELS = (0.0,)

FORMAT = ArchiveFormat(
    name="seoul-hourly",
    feed="seoul-hourly",
    parser_version=1,
    period="PT1H",
    values={
        Quantity("pm25", "ug/m3"): ValueColumn(("초미세먼지", "초미세먼지 1시간"), SENTINELS),
        Quantity("pm10", "ug/m3"): ValueColumn(("미세먼지 1시간",), SENTINELS),
        Quantity("o3", "ppm"): ValueColumn(("오존", "오존농도"), SENTINELS),
        Quantity("no2", "ppm"): ValueColumn(("이산화질소농도", "이산화질소"), SENTINELS),
        Quantity("so2", "ppm"): ValueColumn(("아황산가스농도", "아황산가스"), SENTINELS),
        Quantity("co", "ppm"): ValueColumn(("일산화탄소농도", "일산화탄소"), SENTINELS),
    },
    roles={"time": ("측정일시",), "code": ("측정소코드",), "name": ("측정소명",)},
    optional={},
    left_out=("권역코드", "권역명", "미세먼지 24시간"),
    place=hourly(CLOCK, digits=12),
    stations=listed_stations,
)
