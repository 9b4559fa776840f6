"""Hour labels of the wire, made from hour numbers; the sandbox's own arithmetic, not the client's.

An *hour number* is whole hours since 1970-01-01T00:00Z at the START of the averaging hour. Both networks
label an hour by its END in local civil time: AirKorea with 01..24, CNEMC with 00..23.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

KST = 9
CST = 8
_DAY_ZERO = date(1970, 1, 1)


def minute_of(moment: datetime) -> int:
    """Whole minutes since 1970 UTC of an aware moment."""
    return int(moment.timestamp() // 60)


def hour_of(moment: datetime) -> int:
    """The hour number in which an aware moment lies."""
    return int(moment.timestamp() // 3600)


def local_day(hour: int, offset: int) -> date:
    """The civil day, at a whole-hour offset, on which an averaging hour begins."""
    return _DAY_ZERO + timedelta(days=(hour + offset) // 24)


@lru_cache(maxsize=8192)
def airkorea_label(hour: int) -> str:
    """`YYYY-MM-DD HH:00` with HH 01..24: the end of the hour in Korea, midnight as the old day's 24."""
    day, began = divmod(hour + KST, 24)
    return f"{_DAY_ZERO + timedelta(days=day)} {began + 1:02d}:00"


@lru_cache(maxsize=1024)
def cnemc_label(hour: int) -> tuple[int, str]:
    """The end of the hour in milliseconds since 1970 UTC, and as `YYYY年MM月DD日 HH时` of China."""
    day, ended = divmod(hour + 1 + CST, 24)
    civil = _DAY_ZERO + timedelta(days=day)
    return (hour + 1) * 3_600_000, f"{civil.year}年{civil.month:02d}月{civil.day:02d}日 {ended:02d}时"


def cnemc_hour(text: str) -> int:
    """The hour number that a form's `YYYY-MM-DD HH:00:00` asks for; raises ValueError."""
    ended = datetime.strptime(text, "%Y-%m-%d %H:00:00").replace(tzinfo=UTC)
    return hour_of(ended) - CST - 1
