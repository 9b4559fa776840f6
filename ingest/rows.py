"""Rows of an archive by role, and the ways that formats share of placing them: when, and which station."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
import numpy.typing as npt

from ingest.cells import Column, code, whole
from ingest.hours import HourClock, Hours, Mask, Order, place_days, undo_us_spring
from ingest.source import Quantity, StationRef

_ENDINGS = re.compile(r"(\.(csv|txt|tsv|xlsx?|gz))+$", re.IGNORECASE)

Placed = tuple[Hours, Mask]
Stations = tuple[list[StationRef], npt.NDArray[np.int32]]
Refusal = tuple[str, Mask]


@dataclass(frozen=True)
class Rows:
    """Some rows of a file by role ("time", "code", "name" ...) and quantity."""

    file: str
    count: int
    roles: Mapping[str, Column]
    values: Mapping[Quantity, Column]


def hourly(clock: HourClock, digits: int) -> Callable[[Rows], Placed]:
    """Places rows by the column "time", a label of so many digits; another form is another clock's."""

    def place(rows: Rows) -> Placed:
        column = rows.roles["time"]
        hours, placed = clock.place_texts(column.texts)
        placed &= np.array([len(code(text)) == digits for text in column.texts], bool)
        return hours[column.codes], placed[column.codes]

    return place


def hourly_by_order(clock: HourClock, order: Order, roles: Sequence[str]) -> Callable[[Rows], Placed]:
    """Places rows by columns that together hold day and hour in a given order."""

    def place(rows: Rows) -> Placed:
        column = _joined([rows.roles[role] for role in roles])
        hours, placed = clock.place_texts(column.texts, order)
        return hours[column.codes], placed[column.codes]

    return place


def daily(zone: str, order: Order = "ymdh", roles: Sequence[str] = ("time",)) -> Callable[[Rows], Placed]:
    """Places rows by the columns that together hold a civil day."""

    def place(rows: Rows) -> Placed:
        column = _joined([rows.roles[role] for role in roles])
        hours, placed = place_days(column.texts, zone, order)
        return hours[column.codes], placed[column.codes]

    return place


def hourly_by_parts(clock: HourClock, *, us_clock: str | None = None) -> Callable[[Rows], Placed]:
    """Places rows by the columns "year", "month", "day" and "hour".

    `us_clock` names the role of the station column where the file went through a US clock.
    """

    def place(rows: Rows) -> Placed:
        labels = np.zeros(rows.count, np.int64)
        for role in ("year", "month", "day", "hour"):
            part = rows.roles[role].map(whole, np.int64)
            labels = np.where((part < 0) | (part > 9999) | (labels < 0), -1, labels * 100 + part)
        if us_clock:
            labels = undo_us_spring(labels, rows.roles[us_clock].codes)
        return clock.place_compact(labels)

    return place


def listed_stations(rows: Rows, area: str | None = None) -> Stations:
    """Stations by the columns "code" and "name", with "lat" and "lon" where given."""
    count = np.zeros(rows.count, np.int64)
    code_at = rows.roles["code"].codes if "code" in rows.roles else count
    name_at = rows.roles["name"].codes if "name" in rows.roles else count
    both = code_at.astype(np.int64) * (name_at.max(initial=0) + 1) + name_at
    _, first, which = np.unique(both, return_index=True, return_inverse=True)
    refs = [
        StationRef(
            code=code(_text_at(rows, "code", row)) or None,
            name=_text_at(rows, "name", row) or None,
            area=area,
            lat=_coordinate(_text_at(rows, "lat", row)),
            lon=_coordinate(_text_at(rows, "lon", row)),
        )
        for row in first
    ]
    named = np.array([at if ref.code or ref.name else -1 for at, ref in enumerate(refs)], np.int32)
    return refs, named[which] if len(refs) else np.zeros(0, np.int32)


def one_station(ref: Callable[[str], StationRef]) -> Callable[[Rows], Stations]:
    """One station for all rows, known from the file's stem."""

    def stations(rows: Rows) -> Stations:
        return [ref(stem(rows.file))], np.zeros(rows.count, np.int32)

    return stations


def stem(file: str) -> str:
    """The name of a file without folders, archive and endings: "a.zip!b/北京.csv.gz" is "北京"."""
    name = PurePath(file.rpartition("!")[2]).name
    return unicodedata.normalize("NFC", _ENDINGS.sub("", name))


def _joined(columns: Sequence[Column]) -> Column:
    """One column of several, cells joined by a blank."""
    if len(columns) == 1:
        return columns[0]
    cells = zip(*([column[row] for row in range(len(column))] for column in columns), strict=True)
    return Column.of_list([" ".join(parts) for parts in cells])


def _text_at(rows: Rows, role: str, row: int) -> str:
    return rows.roles[role][row].strip() if role in rows.roles else ""


def _coordinate(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
