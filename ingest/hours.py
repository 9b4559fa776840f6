"""Hour labels to UTC hour starts: the only place that knows "24:00", hour-ending labels and local clocks.

An *hour number* is an int: whole hours since 1970-01-01T00:00Z, the START of the averaging period.
How each source labels its hours is stated by the source and proved in the tests named after it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt

Hours = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Label = Literal["start", "end"]
Order = Literal["ymdh", "mdyh", "dmyh"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_DIGITS = re.compile(r"\D+")
_TWELVE_HOUR_CLOCK = re.compile(r"[ap]\.?m\b|오전|오후|上午|下午", re.IGNORECASE)
_PLAIN = re.compile(r"(\d{4})[-/.]?(\d\d)[-/.]?(\d\d)[ T]?(\d\d)(?::?00){0,2}")
_FLOAT_OF_DIGITS = re.compile(r"\d+\.0*")


class LabelError(ValueError):
    """An hour label that cannot be placed in time."""


def hour_number(moment: datetime) -> int:
    """The hour number of the hour in which an aware moment lies."""
    if moment.tzinfo is None:
        raise LabelError(f"{moment.isoformat()} has no offset: say which clock it is")
    return (moment - EPOCH) // timedelta(hours=1)


def moment(hour: int) -> datetime:
    """The aware UTC datetime at which an hour number starts."""
    return EPOCH + timedelta(hours=int(hour))


@lru_cache
def fixed_offset(zone: str) -> int:
    """The offset from UTC, in hours, of a zone that has had one offset since 1992.

    Raises
    ------
    LabelError
        For an unknown zone and for one whose clock changes or is not whole hours off: such labels
        would be ambiguous or slip.
    """
    try:
        info = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        reason = f"the time zone {zone!r} is not known; use an IANA name such as Asia/Seoul"
        raise LabelError(reason) from None
    offsets = {
        datetime(year, month, 1, tzinfo=info).utcoffset() for year in range(1992, 2031) for month in (1, 7)
    }
    offset = offsets.pop()
    if offsets or offset is None or offset % timedelta(hours=1):
        reason = f"the clock of {zone} changes or is not whole hours off UTC: its labels are ambiguous"
        raise LabelError(reason)
    return offset // timedelta(hours=1)


@dataclass(frozen=True)
class HourClock:
    """How one source writes hours: which end of the hour its labels name, and in which zone.

    There is no default: a source without either does not construct.
    """

    label: Label
    zone: str

    def __post_init__(self) -> None:
        if self.label not in ("start", "end"):
            raise LabelError(f"label must be 'start' or 'end', not {self.label!r}")
        fixed_offset(self.zone)

    @property
    def _shift(self) -> int:
        return fixed_offset(self.zone) + (1 if self.label == "end" else 0)

    def from_compact(self, labels: npt.NDArray[np.integer]) -> Hours:
        """Hour numbers of integer labels YYYYMMDDHH, HH 0..24."""
        hours, placed = self.place_compact(labels)
        if not placed.all():
            raise LabelError(f"{int(labels[~placed][0])} is not YYYYMMDDHH with an hour 00..24")
        return hours

    def place_compact(self, labels: npt.NDArray[np.integer]) -> tuple[Hours, Mask]:
        """As `from_compact`, but with a mask of the labels that can be placed instead of an error."""
        labels = labels.astype(np.int64)
        days, placed = _calendar(labels // 100)
        placed &= labels % 100 <= 24
        return np.where(placed, days.astype(np.int64) * 24 + labels % 100 - self._shift, 0), placed

    def from_texts(self, texts: Sequence[str], order: Order = "ymdh") -> Hours:
        """Hour numbers of labels such as "2024-02-18 24:00", "202001312300" or "2014-11-12 01".

        Parts stand in the given order, year first where none is given; minutes must be zero.
        """
        return self.from_compact(np.array([_compact(text, order) for text in texts], dtype=np.int64))

    def place_texts(self, texts: Sequence[str], order: Order = "ymdh") -> tuple[Hours, Mask]:
        """As `from_texts`, but with a mask of the labels that can be placed instead of an error."""
        return self.place_compact(np.array([_compact_or_none(text, order) for text in texts], dtype=np.int64))

    def from_text(self, text: str) -> int:
        """The hour number of one label."""
        return int(self.from_texts([text])[0])

    def from_epoch_ms(self, milliseconds: int) -> int:
        """The hour number of a label given as milliseconds of Unix time (an absolute moment)."""
        if milliseconds % 3_600_000:
            raise LabelError(f"{milliseconds} ms is not a full hour")
        return milliseconds // 3_600_000 - (1 if self.label == "end" else 0)

    def label_of(self, hour: int) -> tuple[date, int]:
        """The civil day and the hour 0..23 by which this source labels an hour number."""
        day, of_day = divmod(hour + self._shift, 24)
        return date(1970, 1, 1) + timedelta(days=day), of_day


def day_starts(days: npt.NDArray[np.datetime64], zone: str) -> Hours:
    """Hour numbers at which civil days begin."""
    return days.astype("datetime64[D]").astype(np.int64) * 24 - fixed_offset(zone)


def place_days(texts: Sequence[str], zone: str, order: Order = "ymdh") -> tuple[Hours, Mask]:
    """Hour numbers at which civil days begin, written "20140101", "2014-01-01" or with a midnight behind.

    The mask says which texts are a day.
    """
    labels = np.array([_compact_or_none(text, order, day=True) for text in texts], dtype=np.int64)
    days, placed = _calendar(labels // 100)
    placed &= labels % 100 == 0
    return np.where(placed, day_starts(days, zone), 0), placed


def undo_us_spring(
    labels: npt.NDArray[np.integer], station: npt.NDArray[np.integer]
) -> npt.NDArray[np.int64]:
    """Labels YYYYMMDDHH, in file order, without the hour that a US clock skipped.

    Files of the US missions went through a clock that changed: on the second Sunday of March 02:00 is
    missing and 03:00 stands twice. The first of the two is 02:00. (StateAir and AirNow label one
    instrument an hour apart; only so do the two agree on these days.)
    """
    labels = labels.astype(np.int64).copy()
    first, second = labels[:-1], labels[1:]
    twice = (first == second) & (station[:-1] == station[1:]) & (first % 100 == 3)
    after_two = np.zeros_like(twice)
    after_two[1:] = labels[:-2] == first[1:] - 1
    for at in np.flatnonzero(twice & ~after_two):
        if _is_us_spring(int(labels[at]) // 100):
            labels[at] -= 1
    return labels


def civil_days(compact: npt.NDArray[np.integer]) -> npt.NDArray[np.datetime64]:
    """Civil days of integers YYYYMMDD.

    Raises
    ------
    LabelError
        Where a number is no day of the calendar.
    """
    days, placed = _calendar(compact)
    if not placed.all():
        raise LabelError(f"{int(compact[~placed][0])} is no day of the calendar written YYYYMMDD")
    return days


def _calendar(compact: npt.NDArray[np.integer]) -> tuple[npt.NDArray[np.datetime64], Mask]:
    """Days of integers YYYYMMDD, and which of them are days of 1900 to 2200."""
    compact = compact.astype(np.int64)
    month = compact // 100 % 100
    placed = (compact > 19000000) & (compact < 22010000) & (month >= 1) & (month <= 12)
    months = np.where(placed, (compact // 10_000 - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(placed, compact % 100 - 1, 0)
    return days, placed & (days.astype("datetime64[M]") == months)


def _is_us_spring(day: int) -> bool:
    year, month, of_month = day // 10_000, day // 100 % 100, day % 100
    return month == 3 and 8 <= of_month <= 14 and date(year, month, of_month).weekday() == 6


def _compact_or_none(text: str, order: Order, *, day: bool = False) -> int:
    try:
        return _compact(text, order, day=day)
    except LabelError:
        return -1


def _compact(text: str, order: Order = "ymdh", *, day: bool = False) -> int:
    """A label as the integer YYYYMMDDHH; the hour of a `day` may be left out."""
    if order == "ymdh" and not day and (plain := _PLAIN.fullmatch(text)):
        return int("".join(plain.groups()))
    if _TWELVE_HOUR_CLOCK.search(text):
        raise LabelError(f"{text!r} is written by a twelve-hour clock")
    bare = text.split(".")[0] if _FLOAT_OF_DIGITS.fullmatch(text) else text.strip()
    if day and bare.isdigit() and len(bare) != 8:
        raise LabelError(f"{text!r} is an hour's label, not a day's")
    parts = [part.zfill(2) for part in _NOT_DIGITS.split(bare) if part]
    if order != "ymdh":
        parts = [parts[order.index(letter)] for letter in "ymd" if len(parts) > 2] + parts[3:]
    digits = "".join(parts)
    if day and len(digits) == 8:
        digits += "00"
    if len(digits) not in (10, 12, 14) or digits[10:].strip("0"):
        raise LabelError(f"{text!r} is not year, month, day and full hour")
    return int(digits[:10])
