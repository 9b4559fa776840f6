"""Seoul's open data portal over a world: RealtimeCityAir, the hour on show of the 25 gu.

Recorded: the envelope, the fields of a row with their order and types. Documented, not recorded: zeros and ""
for what is missing, the codes of errors, that some errors come as XML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from sandbox.dice import draw
from sandbox.labels import KST
from sandbox.publication import Publication
from sandbox.wire import JSON, XML, Answer, dump
from sandbox.world import as_values

SERVICE = "RealtimeCityAir"
MOST_ROWS, SAMPLE_ROWS = 1000, 5

_PATH = re.compile(r"/([^/]+)/(json|xml)/(\w+)/(\d+)/(\d+)/?.*")
_FIELDS = {"PM10": "pm10", "PM25": "pm25", "O3": "o3", "NO2": "no2", "CO": "co", "SO2": "so2"}
_MESSAGES = {
    "INFO-000": "정상 처리되었습니다", "INFO-100": "인증키가 유효하지 않습니다.",
    "INFO-200": "해당하는 데이터가 없습니다.", "ERROR-310": "해당하는 서비스를 찾을 수 없습니다.",
    "ERROR-334": "종료위치보다 시작위치가 더 큽니다.",
    "ERROR-335": "샘플데이터는 한번에 최대 5건을 넘을 수 없습니다.",
    "ERROR-336": "데이터요청은 한번에 최대 1000건을 넘을 수 없습니다.",
}  # fmt: skip


class Seoul:
    """Answers GET requests whose path is /KEY/json/SERVICE/FIRST/LAST/."""

    network = "seoul"

    def __init__(self, publication: Publication, seed: int, key: str | None = None) -> None:
        self._publication = publication
        self._seed = seed
        self._key = key

    def route(self, path: str) -> str | None:
        """The one route that there is."""
        return "live" if _PATH.fullmatch(path) else None

    def answer(self, path: str, _query: Mapping[str, str], _header: str | None, now: datetime) -> Answer:
        """The rows from FIRST to LAST of all gu."""
        asked = _PATH.fullmatch(path)
        if asked is None:
            return Answer(b"", status=404)
        shape, service, first, last = asked[2], asked[3], int(asked[4]), int(asked[5])
        code = self._refusal(unquote(asked[1]), service, first, last)
        if code is not None:
            return _refused(code, as_json=shape == "json" and not code.startswith("INFO-1"))
        rows = self._rows(now)
        if not rows[first - 1 : last]:
            return _refused("INFO-200", as_json=True)
        result = {"CODE": "INFO-000", "MESSAGE": _MESSAGES["INFO-000"]}
        body = {"list_total_count": len(rows), "RESULT": result, "row": rows[first - 1 : last]}
        return Answer(dump({SERVICE: body}))

    def _refusal(self, key: str, service: str, first: int, last: int) -> str | None:
        if key == "sample" and last - first >= SAMPLE_ROWS:
            return "ERROR-335"
        if self._key is not None and key not in (self._key, "sample"):
            return "INFO-100"
        if service != SERVICE:
            return "ERROR-310"
        if not 0 < first <= last:
            return "ERROR-334"
        return "ERROR-336" if last - first >= MOST_ROWS else None

    def _rows(self, now: datetime) -> list[dict[str, Any]]:
        """One row a gu: of a gu's urban stations the first of which it publishes an hour."""
        live = self._publication.live("airkorea", now)
        rows = []
        stations = self._publication.stations("airkorea", self._publication.changes("airkorea", now))
        for at, station in enumerate(stations[: len(live.shown)]):
            hour = int(live.shown[at])
            if station.area != "서울" or station.kind != "urban" or hour < 0:
                continue
            values = self._publication.values("airkorea", hour, first=bool(live.first[at]))[at]
            label = datetime.fromtimestamp((hour + 1) * 3600, UTC) + timedelta(hours=KST)
            held = as_values(values)
            rows.append(
                {
                    "MSRDT": f"{label:%Y%m%d%H%M}",
                    "MSRRGN_NM": "서울",
                    "MSRSTE_NM": station.name,
                    **{
                        field: self._written(station.code, field, hour, held[name])
                        for field, name in _FIELDS.items()
                    },
                    "IDEX_NM": "보통",
                    "IDEX_MVL": 66.0,
                    "ARPLT_MAIN": "PM25",
                }
            )
        return rows

    def _written(self, code: str, field: str, hour: int, value: float | None) -> float | str:
        """A number; what is missing is 0, now and then an empty text."""
        if value is not None:
            return float(value)
        return "" if draw(self._seed, "blank", code, field, hour) < 0.3 else 0.0


def _refused(code: str, *, as_json: bool) -> Answer:
    if as_json:
        return Answer(dump({"RESULT": {"CODE": code, "MESSAGE": _MESSAGES[code]}}), JSON)
    text = f"<RESULT><CODE>{code}</CODE><MESSAGE><![CDATA[{_MESSAGES[code]}]]></MESSAGE></RESULT>"
    return Answer(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode(), XML)
