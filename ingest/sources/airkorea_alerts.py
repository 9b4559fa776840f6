"""AirKorea's statutory alerts (data.go.kr 15073885, UlfptcaAlarmInqireSvc/getUlfptcaAlarmInfo), by year.

Advisories (주의보) and warnings (경보) of PM10 and PM2.5 by zone of a sido, with value at issue and at
clearing. How an alert in force is written was not recorded: null, "" and "-" are taken for "not cleared yet",
and the year is read again until it is.
"""

from __future__ import annotations

from datetime import date

from ingest.bulletins import Bulletin, BulletinSpec
from ingest.data_go_kr import Judge
from ingest.operation import Item, Operation, UnreadableError, needed, number, told
from ingest.wording import Wording, instant
from store.forecasts import Alert

POLLUTANTS = {"PM10": "pm10", "PM25": "pm25"}
LEVELS = {"주의보": "advisory", "경보": "warning"}
_DATASET = "15073885"


def _year(day: date) -> dict[str, str | int]:
    return {"year": day.year}


def _read(bulletin: Bulletin, item: Item, wording: Wording) -> None:
    """One alert of one zone."""
    region = wording.region(needed(item, "districtName"))
    if region is None:
        raise UnreadableError(f"unknown region {needed(item, 'districtName')[:40]}")
    code, said = needed(item, "itemCode"), needed(item, "issueGbn")
    if code not in POLLUTANTS or said not in LEVELS:
        raise UnreadableError(f"unknown alert {code[:40]} {said[:40]}")
    day, time = told(item, "clearDate"), told(item, "clearTime")
    if (day is None) != (time is None):
        raise UnreadableError("clearDate and clearTime: one is missing")
    bulletin.alerts.append(
        Alert(
            region,
            needed(item, "moveName"),
            POLLUTANTS[code],
            LEVELS[said],
            instant(needed(item, "issueDate"), needed(item, "issueTime")),
            number(item, "issueVal"),
            instant(day, time) if day and time else None,
            number(item, "clearVal") if day and time else None,
        )
    )


ALERTS = Operation(
    BulletinSpec(
        id="airkorea-alerts",
        base_url="https://apis.data.go.kr",
        zone="Asia/Seoul",
        span="year",
        dispatches=(),
        poll_minutes=20,
        lateness_hours=48,
        needs_key=True,
        daily_calls=500,
        calls_per_second=10.0,
        parser_version=1,
        where_to_get_a_key=f"apply for dataset {_DATASET} at data.go.kr; approval takes 1-2 h",
        # An alert lasts a day or two; one that is open for longer was forgotten.
        follow_days=30,
    ),
    "/B552584/UlfptcaAlarmInqireSvc/getUlfptcaAlarmInfo",
    # A year has a few hundred: one page, looked at every 20 minutes, is 72 calls a day.
    1000,
    _year,
    Judge(
        "AirKorea", f"check the key, and that its account has applied for dataset {_DATASET} at data.go.kr"
    ),
    _read,
    frozenset(
        {"sn", "dataDate", "districtName", "moveName", "itemCode", "issueGbn", "issueDate", "issueTime"}
        | {"issueVal", "clearDate", "clearTime", "clearVal"}
    ),
)
