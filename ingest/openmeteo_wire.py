"""Open-Meteo's wire: what an answer tells of, its arrays, its labels."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from ingest.hours import EPOCH, HourClock, LabelError
from ingest.live_rows import LiveRows
from ingest.source import NoData, Quota, SchemaDrift, SourceError, StationRef, Transient
from ingest.wire_json import read_json

CLOCK = HourClock(label="start", zone="UTC")

Item = dict[str, Any]


def judge(status: int, body: bytes) -> None:
    """Raise what an answer tells of: {"error": true, "reason": "..."}, mostly beside a status of its own."""
    if not body.strip() or (status >= 300 and not body.lstrip().startswith(b"{")):
        return
    if not body.lstrip().startswith((b"{", b"[")):
        raise Transient("Open-Meteo's answer is no JSON")
    try:
        answer = json.loads(body)
    except ValueError:
        raise Transient("Open-Meteo's answer breaks off") from None
    if isinstance(answer, dict) and (answer.get("error") or status >= 300):
        raise _fault(status, str(answer.get("reason") or f"HTTP {status}")[:200])


def _fault(status: int, reason: str) -> SourceError:
    said = f"Open-Meteo says: {reason}"
    if "Daily API request limit" in reason:
        return Quota(said)
    if status == 429 or "limit exceeded" in reason:
        return Transient(said, retry_after=3600.0 if "Hourly" in reason else 60.0)
    if "out of allowed range" in reason:
        return NoData(said)
    return SchemaDrift(said) if status in (200, 400) else Transient(said)


def answers(body: bytes) -> list[Item]:
    try:
        answer = read_json(body)
    except ValueError:
        raise SchemaDrift("Open-Meteo's answer is no JSON") from None
    items = answer if isinstance(answer, list) else [answer]
    if not all(isinstance(item, dict) for item in items):
        raise SchemaDrift("Open-Meteo's answer is no list of objects")
    return items


def column(hourly: Item, name: str, length: int | None) -> list[Any]:
    column = hourly.get(name)
    if not isinstance(column, list) or (length is not None and len(column) != length):
        raise SchemaDrift(f"Open-Meteo's {name} is no array of the length of time")
    return column


def place(rows: LiveRows, station: StationRef, labels: list[Any], offset: object) -> dict[int, int]:
    """Where the hours stand in an answer; a label that cannot be placed, or stands twice, is a reject."""
    hours: dict[int, int] = {}
    for at, label in enumerate(labels):
        try:
            hour = hour_of(label, offset)
        except LabelError as error:
            rows.reject(_told(station, label), str(error))
            continue
        if hour in hours:
            rows.reject(_told(station, label), "the label stands twice")
        else:
            hours[hour] = at
    return hours


def _told(station: StationRef, label: object) -> str:
    return json.dumps([station.code, label], ensure_ascii=False)


def hour_of(label: object, offset: object) -> int:
    """The hour that begins with a local label, by the offset of the same answer."""
    if not isinstance(offset, int) or isinstance(offset, bool) or abs(offset) > 86_400:
        raise LabelError(f"utc_offset_seconds {offset!r} is no offset")
    return _hour_of(str(label), offset)


@lru_cache(maxsize=4096)
def _hour_of(label: str, offset: int) -> int:
    # All places of an answer have the same labels.
    try:
        local = datetime.strptime(label, "%Y-%m-%dT%H:%M").replace(tzinfo=UTC)
    except ValueError:
        raise LabelError(f"{label!r} is no local time") from None
    return CLOCK.from_epoch_ms((local - EPOCH) // timedelta(milliseconds=1) - offset * 1000)
