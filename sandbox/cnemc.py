"""CNEMC's publishing platform (air.cnemc.cn:18007) over a world.

These bodies are DOCUMENTED, not recorded: no raw JSON body of this platform was found. Field names come from
the site's own script and from clients; texts, missing marks and mixes from recordings of the older platform.
The header `X-Requested-With` is wanted there; the sandbox does not insist on it.
"""

from __future__ import annotations

from datetime import date, datetime

import numpy as np

from sandbox.cnemc_index import UNKNOWN, iaqi, level, primary
from sandbox.dice import draw
from sandbox.labels import CST, cnemc_hour, cnemc_label, local_day, minute_of
from sandbox.publication import Publication
from sandbox.recent import Recent
from sandbox.wire import Answer, dump
from sandbox.world import POLLUTANTS, Block, WorldStation

LIVE = "/HourChangesPublish/GetAllAQIPublishLive"
HISTORY = "/HourChangesPublish/GetAQIHistoryByConditionHis"
REACH_HOURS = 48
SWAPPED_UNTIL = date(2023, 11, 9)
"""Hours labelled before this day have the hourly ozone in `O3_24h` and the day's maximum in `O3`."""

_WIRE = {"pm25": "PM2_5", "pm10": "PM10", "o3": "O3", "no2": "NO2", "so2": "SO2", "co": "CO"}
_DAY, _EIGHT = 24, 8
_NA_SHARE = 0.1  # of missing values; the others are a dash

Item = dict[str, str]


class Cnemc:
    """Answers POST requests below `/HourChangesPublish/`."""

    def __init__(self, publication: Publication, seed: int) -> None:
        self._publication = publication
        self._world = publication.world
        self._seed = seed
        self._means: Recent[tuple[int, int], dict[str, Block]] = Recent(self._running, 64)
        self._items: Recent[tuple[int, int, bytes, int], list[Item]] = Recent(self._render, 8)
        self._bodies: Recent[tuple[bytes, bytes, int], Answer] = Recent(self._live_body, 4)
        self._past: Recent[tuple[int, bytes, bytes, int], Answer] = Recent(self._past_body, 72)

    @staticmethod
    def route(path: str) -> str:
        """Which kind of route a path is, for the plan of faults."""
        return "history" if path == HISTORY else "live"

    def answer(self, path: str, form: dict[str, str], now: datetime) -> Answer:
        """The answer to one POST request; 404 for a path that is not served, 400 for a date that is none."""
        changes = self._publication.changes("cnemc", now)
        if path == LIVE:
            page = self._publication.live("cnemc", now)
            return self._bodies((page.shown.tobytes(), page.first.tobytes(), changes))
        if path != HISTORY:
            return Answer(b"", status=404)
        try:
            hour = cnemc_hour(form.get("date", ""))
        except ValueError:
            return Answer(b"", status=400)
        newest = minute_of(now) // 60 - 1
        if not newest - REACH_HOURS < hour <= newest:
            return Answer(b"[]")
        out, _ = self._publication.seen("cnemc", hour, now)
        early = self._publication.right_minutes("cnemc", hour)[: len(out)] > minute_of(now)
        return self._past((hour, out.tobytes(), early.tobytes(), changes))

    def _live_body(self, state: tuple[bytes, bytes, int]) -> Answer:
        hours, early = np.frombuffer(state[0], dtype=np.int64), np.frombuffer(state[1], dtype=np.bool_)
        pages = {
            int(hour): self._items((int(hour), len(hours), (early & (hours == hour)).tobytes(), state[2]))
            for hour in np.unique(hours[hours >= 0])
        }
        return Answer(_dump([pages[hour][row] for row, hour in enumerate(hours.tolist()) if hour >= 0]))

    def _past_body(self, state: tuple[int, bytes, bytes, int]) -> Answer:
        out = np.frombuffer(state[1], dtype=np.bool_)
        items = self._items((state[0], len(out), state[2], state[3]))
        return Answer(_dump([item for item, is_out in zip(items, out.tolist(), strict=True) if is_out]))

    def _render(self, key: tuple[int, int, bytes, int]) -> list[Item]:
        """All stations' objects of one hour; `key` says whose first values are still on show."""
        hour, n, early, changes = key
        wrong = np.frombuffer(early, dtype=np.bool_)
        values = self._publication.values("cnemc", hour, first=False)[:n]
        if wrong.any():
            first = self._publication.values("cnemc", hour, first=True)[:n]
            values = np.where(wrong[:, None], first, values)
        running = self._means((hour, n))
        stations = self._publication.stations("cnemc", changes)[:n]
        return [
            self._item(station, hour, values[row], {name: block[row] for name, block in running.items()})
            for row, station in enumerate(stations)
        ]

    def _item(self, station: WorldStation, hour: int, values: Block, running: dict[str, Block]) -> Item:
        milliseconds, text = cnemc_label(hour)
        held = {n: None if v != v else v for n, v in zip(POLLUTANTS, values.tolist(), strict=True)}
        means = dict(zip(POLLUTANTS, running["mean"].tolist(), strict=True))
        sub = {name: iaqi(name, value) for name, value in held.items()}
        valid = [value for value in sub.values() if value is not None]
        index = max(valid) if valid else None
        quality, measure, effect = level(index)
        item = {
            "TimePoint": f"/Date({milliseconds})/", "TimePointStr": text, "StationCode": station.code,
            "Latitude": f"{station.lat:g}", "Longitude": f"{station.lon:g}", "Area": station.area,
            "CityCode": "0", "ProvinceId": "0", "PositionName": station.name,
            "PrimaryPollutant": primary(sub), "AQI": UNKNOWN if index is None else str(index),
            "Quality": quality,
        }  # fmt: skip
        for name, field in _WIRE.items():
            item[field] = self._text(station, name, hour, held[name])
            item[f"{field}_24h"] = _rounded(name, means[name])
            item[f"I{field}"] = UNKNOWN if sub[name] is None else str(sub[name])
        item["O3_24h"] = _rounded("o3", float(running["o3_24h"]))
        item["O3_8h"] = _rounded("o3", float(running["o3_8h"]))
        item["O3_8h_24h"] = _rounded("o3", float(running["o3_8h_24h"]))
        if local_day(hour + 1, CST) < SWAPPED_UNTIL:
            item["O3"], item["O3_24h"] = item["O3_24h"], item["O3"]
        return item | {"Measure": measure, "Unheathful": effect}

    def _text(self, station: WorldStation, pollutant: str, hour: int, value: float | None) -> str:
        if value is None:
            chance = draw(self._seed, "mark", station.code, pollutant, hour)
            return "NA" if chance < _NA_SHARE else UNKNOWN
        return _number(pollutant, value)

    def _running(self, key: tuple[int, int]) -> dict[str, Block]:
        """Per station: 24 h means; the 24 h maximum of ozone, its 8 h mean and that mean's 24 h maximum."""
        hour, n = key
        past = [self._world.block("cnemc", hour - i) for i in range(_DAY + _EIGHT)]
        cube = np.full((len(past), n, len(POLLUTANTS)), np.nan)
        for i, block in enumerate(past):
            cube[i, : min(n, len(block))] = block[:n]
        ozone = cube[:, :, POLLUTANTS.index("o3")]
        eight = np.stack([_mean(ozone[i : i + _EIGHT]) for i in range(_DAY)])
        return {
            "mean": _mean(cube[:_DAY]),
            "o3_24h": _most(ozone[:_DAY]),
            "o3_8h": eight[0],
            "o3_8h_24h": _most(eight),
        }


def _mean(values: Block) -> Block:
    count = (~np.isnan(values)).sum(axis=0)
    mean: Block = np.where(count > 0, np.nansum(values, axis=0) / np.maximum(count, 1), np.nan)
    return mean


def _most(values: Block) -> Block:
    most: Block = np.where(np.isnan(values), -np.inf, values).max(axis=0)
    return np.where(np.isinf(most), np.nan, most)


def _number(pollutant: str, value: float) -> str:
    """Whole ug/m3, and CO in mg/m3 with a decimal; a value that was finer is kept as it is."""
    decimals = 1 if pollutant == "co" else 0
    return f"{value:.{decimals}f}" if round(value, decimals) == value else repr(value)


def _rounded(pollutant: str, value: float) -> str:
    """The same for what the platform computes; a dash for NaN."""
    if value != value:
        return UNKNOWN
    return f"{value:.{1 if pollutant == 'co' else 0}f}"


def _dump(items: list[Item]) -> bytes:
    """JSON as .NET writes it: the slashes of a date are escaped."""
    return dump(items).replace(b"/Date(", b"\\/Date(").replace(b")/", b")\\/")
