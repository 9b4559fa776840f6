"""AirKorea's rows: one station and one hour as the flat object of the wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from sandbox.dice import draw
from sandbox.faults import LATEST_MINUTES
from sandbox.grades import grade, khai
from sandbox.labels import airkorea_label, minute_of
from sandbox.publication import Publication
from sandbox.recent import Recent
from sandbox.wire import Item
from sandbox.world import POLLUTANTS, Block, WorldStation

VERSIONS = ("", "1.0", "1.1", "1.2", "1.3", "1.4", "1.5")
MANG = {
    "urban": "도시대기", "roadside": "도로변대기", "port": "항만", "suburban": "교외대기",
    "background": "국가배경농도",
}  # fmt: skip

_LIVE = """so2Grade coFlag khaiValue so2Value coValue pm25Flag pm10Flag o3Grade pm10Value khaiGrade pm25Value
sidoName no2Flag no2Grade o3Flag pm25Grade so2Flag dataTime coGrade no2Value stationName pm10Grade o3Value"""
_HISTORY = """so2Grade coFlag khaiValue so2Value coValue pm25Flag pm10Flag pm10Value o3Grade khaiGrade
pm25Value no2Flag no2Grade o3Flag pm25Grade so2Flag dataTime coGrade no2Value pm10Grade o3Value"""
_ADDED = (
    ("1.1", ("pm10Value24", "pm25Value24")),
    ("1.2", ("mangName",)),
    ("1.3", ("pm10Grade1h", "pm25Grade1h")),
    ("1.4", ("stationName", "stationCode")),
)
_REASON_HOURS = 6
_KEPT_HOURS = 60  # of rendered history rows
_LATEST_HOURS = int(LATEST_MINUTES // 60)
_DAY_HOURS = 24
_DAY_NEEDED = 18


class Rows:
    """Renders rows out of what is published."""

    def __init__(self, publication: Publication, seed: int) -> None:
        self._publication = publication
        self._world = publication.world
        self._seed = seed
        self._means: Recent[tuple[int, int], Block] = Recent(self._day_means, 2400)
        self._rendered: Recent[tuple[int, str, int], dict[int, Item]] = Recent(lambda _: {}, _KEPT_HOURS)

    def live(self, version: str, shown: bytes, first: bytes, changes: int) -> list[Item]:
        """The rows of all stations: per station the hour on show (-1: an empty row), as one state."""
        hours, early = np.frombuffer(shown, dtype=np.int64), np.frombuffer(first, dtype=np.bool_)
        stations = self._publication.stations("airkorea", changes)
        names = fields(version, live=True)
        blocks = {
            (int(hour), wrong): self._publication.values("airkorea", int(hour), first=wrong)
            for hour in np.unique(hours[hours >= 0])
            for wrong in (False, True)
            if not wrong or early.any()
        }
        items: list[Item] = []
        for row, (hour, wrong) in enumerate(zip(hours.tolist(), early.tolist(), strict=True)):
            cells = (
                {} if hour < 0 else self._cells(row, stations[row], hour, blocks[hour, wrong][row], version)
            )
            cells |= {"sidoName": stations[row].area, "stationName": stations[row].name}
            items.append({name: cells.get(name) for name in names})
        return items

    def published(self, row: int, newest: int, count: int, now: datetime) -> list[int]:
        """The hours of a station that are out, newest first, of the `count` up to its newest."""
        minute = minute_of(now)
        out = [
            hour
            for hour in range(newest, newest - count - _LATEST_HOURS, -1)
            if newest - hour > _LATEST_HOURS or self._publication.out_minutes("airkorea", hour)[row] <= minute
        ]
        return [hour for hour in out if hour > out[0] - count] if out else []

    def history(self, row: int, hours: Sequence[int], version: str, now: datetime) -> list[Item]:
        """The rows of one station; an hour that is corrected later shows its first values until then."""
        minute = minute_of(now)
        changes = self._publication.changes("airkorea", now)
        station = self._publication.stations("airkorea", changes)[row]
        names = fields(version, live=False)
        items: list[Item] = []
        for hour in hours:
            wrong = bool(self._publication.right_minutes("airkorea", hour)[row] > minute)
            held = {} if wrong else self._rendered((hour, version, changes))
            if row not in held:
                values = self._publication.values("airkorea", hour, first=wrong)[row]
                cells = self._cells(row, station, hour, values, version)
                held[row] = {name: cells.get(name) for name in names}
            items.append(held[row])
        return items

    def _cells(
        self, row: int, station: WorldStation, hour: int, values: Block, version: str
    ) -> dict[str, str | None]:
        """Everything a row of any version may hold; grades of particles are those of the 24 h mean."""
        fine = version == "1.5"
        held = {n: None if v != v else v for n, v in zip(POLLUTANTS, values.tolist(), strict=True)}
        cells: dict[str, str | None] = {"dataTime": airkorea_label(hour)}
        for name, value in held.items():
            cells[f"{name}Value"] = _text(name, value, fine=fine)
            cells[f"{name}Flag"] = self._reason(station, name, hour) if value is None else None
            cells[f"{name}Grade"] = grade(name, value)
        pm25, pm10 = self._day(hour)[row].tolist()
        for name, mean in (("pm25", pm25), ("pm10", pm10)):
            mean = None if mean != mean else round(mean)
            cells[f"{name}Value24"] = "-" if mean is None else str(mean)
            cells[f"{name}Grade1h"] = cells[f"{name}Grade"]
            cells[f"{name}Grade"] = grade(name, mean)
        cells["khaiValue"], cells["khaiGrade"] = khai(held)
        cells["mangName"] = MANG.get(station.kind, MANG["urban"])
        cells["stationName"], cells["stationCode"] = station.name, station.code
        return cells

    def _reason(self, station: WorldStation, pollutant: str, hour: int) -> str:
        reasons = self._world.reasons
        if len(reasons) == 1:
            return reasons[0]
        return reasons[int(draw(self._seed, station.code, pollutant, hour // _REASON_HOURS) * len(reasons))]

    def _day(self, hour: int) -> Block:
        return self._means((hour, len(self._world.stations("airkorea"))))

    def _day_means(self, key: tuple[int, int]) -> Block:
        """(stations, [pm25, pm10]): means of the 24 hours up to an hour, NaN below 18 of them."""
        hour, n = key
        total, count = np.zeros((n, 2)), np.zeros((n, 2))
        for past in range(hour - _DAY_HOURS + 1, hour + 1):
            block = self._world.block("airkorea", past)[:n, :2]
            valid = ~np.isnan(block)
            total[: len(block)] += np.where(valid, block, 0.0)
            count[: len(block)] += valid
        return np.where(count >= _DAY_NEEDED, total / np.maximum(count, 1), np.nan)


def fields(version: str, *, live: bool) -> list[str]:
    """The keys of a row at a version, in the order of the recordings, those of later versions behind."""
    names = (_LIVE if live else _HISTORY).split()
    if not version:
        return [name for name in names if not name.startswith("pm25")]
    for since, added in _ADDED:
        if version >= since:
            names += [name for name in added if name not in names]
    return names


def _text(pollutant: str, value: float | None, *, fine: bool) -> str:
    """As AirKorea writes it: whole particles, CO with 1 decimal and other gases with 3, one more at 1.5."""
    if value is None:
        return "-"
    if pollutant in ("pm25", "pm10"):
        return f"{value:.0f}" if value.is_integer() else repr(value)
    decimals = (1 if pollutant == "co" else 3) + fine
    return f"{value:.{decimals}f}"
