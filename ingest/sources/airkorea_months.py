"""AirKorea's month means by station (data.go.kr 15073855, ArpltnStatsSvc/getMsrstnAcctoRMmrg), as saved.

A check of our own means, as the day means are: readings of a feed of their own, P1M, in no answer that does
not ask for the feed. No body was recorded: the shape is that of the portal's document and of its clients.

* `msurMm` is the Korean civil month, "2024-03"; it stands at the start of its first day.
* Numbers come without a leading zero, as in the day means. How many hours stand behind a mean is not told.
* Asked without a station's name, one month brings all stations, and a span of months none (its clients).
"""

from __future__ import annotations

import json
import re

from ingest.bulletins import plain
from ingest.hours import place_days
from ingest.live_rows import LiveRows
from ingest.source import Batch, StationRef
from ingest.sources.airkorea import QUANTITIES
from ingest.unwrapping import Row

FEED = "airkorea-monthly"
NAME = "airkorea-months-answer"
PARSER_VERSION = 1
ZONE = "Asia/Seoul"

_KNOWN = {"msurMm", "msrstnName", "msrstnCode"} | {f"{pollutant}Value" for pollutant in QUANTITIES}
_MONTH = re.compile(r"(\d{4})-?(\d{2})", re.ASCII)


def parse(rows: list[Row]) -> Batch:
    """The month means of an answer; pure."""
    found = LiveRows(FEED, list(QUANTITIES.values()), period="P1M")
    for row in rows:
        _read(found, row)
    return found.batch()


def _read(found: LiveRows, row: Row) -> None:
    for key in row.keys() - _KNOWN:
        found.notes[f"unknown key {key}"] += 1
    month = _MONTH.fullmatch(str(row.get("msurMm")).strip())
    hours, placed = place_days([f"{month[1]}-{month[2]}-01" if month else ""], ZONE)
    name = plain(str(row.get("msrstnName") or "")).strip()
    if not placed[0] or not name:
        reason = "no month in msurMm, or no station's name"
        found.reject(json.dumps(row, ensure_ascii=False), reason)
        return
    found.begin(StationRef(name=name), int(hours[0]))
    for pollutant, quantity in QUANTITIES.items():
        found.value(quantity, row.get(f"{pollutant}Value"))
