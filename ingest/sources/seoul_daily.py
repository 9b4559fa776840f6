"""Seoul, daily means by station (일별평균대기오염도): yearly files, XLSX to 2017, then CSV.

https://data.seoul.go.kr OA-2218

* A day is the Korean civil day, labels 01..24.
* cp949, except 2024, which is UTF-8 with a byte order mark.
* 2014 to 2017 call carbon monoxide 이산화탄소 (carbon dioxide); the values, 0.1 to 4.3 ppm, are CO.
* An empty cell means missing. Zero is kept as a value: the 31 zeros among 1.2 million cells of 2014 to 2025
  are gases only and stand beside blanks in the same columns, so zero is not this file's word for missing.
* Stations have names only.
"""

from __future__ import annotations

from functools import partial

from ingest.layout import ArchiveFormat, ValueColumn
from ingest.rows import daily, listed_stations
from ingest.source import Quantity

FORMAT = ArchiveFormat(
    name="seoul-daily",
    feed="seoul-daily",
    parser_version=1,
    period="P1D",
    values={
        Quantity("pm25", "ug/m3"): ValueColumn(("초미세먼지농도", "초미세먼지")),
        Quantity("pm10", "ug/m3"): ValueColumn(("미세먼지농도", "미세먼지")),
        Quantity("o3", "ppm"): ValueColumn(("오존농도", "오존")),
        Quantity("no2", "ppm"): ValueColumn(("이산화질소농도", "이산화질소")),
        Quantity("so2", "ppm"): ValueColumn(("아황산가스농도", "아황산가스")),
        Quantity("co", "ppm"): ValueColumn(("일산화탄소농도", "일산화탄소", "이산화탄소농도")),
    },
    roles={"time": ("측정일시", "측정일자"), "name": ("측정소명",)},
    optional={},
    never=("측정소코드", "미세먼지 1시간"),
    place=daily("Asia/Seoul"),
    stations=partial(listed_stations, area="kr-seoul"),
)
