"""Rows of a live answer, gathered one by one into a batch: what the parsers share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal

import numpy as np

from config.facts import Facts
from ingest.bulletins import plain
from ingest.source import Batch, Quantity, Reject, StationRef

BLANK, SENTINEL, OTHER = 1, 2, 9
# So many values of one quantity, none of them a number, are no broken monitor but another shape.
MANY = 3
_SPACES = re.compile(r"\s+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)


def flag_codes() -> dict[str, int]:
    """Status codes by the texts that sources write on the wire (`catalogue/statuses.csv`)."""
    return {
        text: status.code
        for status in Facts().statuses.values()
        for text in (status.wire or "").split("|")
        if text
    }


class LiveRows:
    """A batch in the making.

    Parameters
    ----------
    feed : str
        To which feed the rows belong.
    quantities : list of Quantity
        Of every row.
    missing : tuple of str
        Texts that stand for no value.
    sentinels : tuple of float
        Numbers that stand for no value.
    period : PT1H, P1D or P1M
    """

    def __init__(
        self,
        feed: str,
        quantities: list[Quantity],
        missing: tuple[str, ...] = ("-", ""),
        sentinels: tuple[float, ...] = (),
        period: Literal["PT1H", "P1D", "P1M"] = "PT1H",
    ) -> None:
        self.notes: Counter[str] = Counter()
        self._feed, self._period = feed, period
        self._missing, self._sentinels = missing, sentinels
        self._flags = flag_codes()
        self._stations: dict[StationRef, int] = {}
        self._station: list[int] = []
        self._start: list[int] = []
        self._values: dict[Quantity, list[float]] = {quantity: [] for quantity in quantities}
        self._statuses: dict[Quantity, list[int]] = {quantity: [] for quantity in quantities}
        self._unread: Counter[Quantity] = Counter()
        self._drift = ""
        self._rejects: list[Reject] = []
        self._mentioned: dict[StationRef, None] = {}

    def begin(self, station: StationRef, hour: int) -> None:
        """A row of a station and an hour number; its values follow, one for each quantity."""
        self._station.append(self._stations.setdefault(station, len(self._stations)))
        self._start.append(hour)

    def mention(self, station: StationRef) -> None:
        """A station that the answer names without saying of which hour."""
        self._mentioned[station] = None

    def value(self, quantity: Quantity, text: object, flag: object = None) -> None:
        """One value as it is written, and the reason that the source gives where there is none.

        Zero is a value. A flag beside a number is counted: the number stands. What is written as a
        number and is not finite is none.
        """
        status = self._status(None if flag is None else str(flag))
        written = "" if text is None else str(text).strip()
        if written in self._missing or not written:
            self._add(quantity, np.nan, status or BLANK)
            return
        number = _number(written)
        if number is None:
            self.notes[f"value that is no number: {written[:20]!r}"] += 1
            self._unread[quantity] += 1
            self._add(quantity, np.nan, OTHER)
            return
        if number in self._sentinels:
            self._add(quantity, np.nan, status or SENTINEL)
            return
        if status:
            self.notes[f"flag beside a number: {flag}"] += 1
        self._add(quantity, number, 0)

    def whole(self, items: list[dict[str, Any]], fields: Iterable[str]) -> None:
        """Note a drift where a field stands in no row of an answer: its values would count as missing.

        A row or two without any field may be a row without anything to say.
        """
        wanted = list(fields)
        lacking = [field for field in wanted if not any(field in item for item in items)]
        if items and lacking and (len(lacking) < len(wanted) or len(items) >= MANY):
            self._drift = f"no row has {', '.join(lacking)}"

    def reject(self, text: str, reason: str, readings: int | None = None) -> None:
        """A row that cannot be placed; it carries a reading of each quantity unless told otherwise."""
        carried = len(self._values) if readings is None else readings
        self._rejects.append(Reject(plain(text), plain(reason), carried))

    def batch(self) -> Batch:
        """Everything gathered; a drift where what is written of a quantity is never a number."""
        for quantity, unread in self._unread.items():
            if unread >= MANY and np.isnan(self._values[quantity]).all():
                self._drift = self._drift or f"none of {unread} values of {quantity.pollutant} is a number"
        return Batch(
            self._feed,
            self._period,
            list(self._stations),
            np.array(self._station, np.int32),
            np.array(self._start, np.int64),
            {quantity: np.array(column, np.float64) for quantity, column in self._values.items()},
            {quantity: np.array(column, np.uint8) for quantity, column in self._statuses.items()},
            self._rejects,
            Counter({plain(note): times for note, times in self.notes.items() if times}),
            list(self._mentioned),
            self._drift,
        )

    def _status(self, flag: str | None) -> int:
        if not flag:
            return 0
        code = self._flags.get(_SPACES.sub("", flag))
        if code is None:
            self.notes[f"unknown flag {flag}"] += 1
            return OTHER
        return code

    def _add(self, quantity: Quantity, number: float, status: int) -> None:
        self._values[quantity].append(number)
        self._statuses[quantity].append(status)


def _number(text: str) -> float | None:
    # float() also reads "nan", "inf" and "1_000", which no source writes for a value.
    if not _NUMBER.fullmatch(text):
        return None
    return float(text)
