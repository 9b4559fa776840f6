"""What a week in the sandbox could have given: its world, plan and journal, without the client's code.

A reading could be had where it was out, and its source up for some hours before its route forgot it. Where a
route shows only the present hour, it could be had where a whole answer showed it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from config.facts import Facts
from sandbox import journal
from sandbox.faults import FaultPlan
from sandbox.invented import Invented
from sandbox.labels import hour_of
from sandbox.publication import Publication
from sandbox.synthetic import SyntheticWorld
from sandbox.waqi import Waqi
from sandbox.world import POLLUTANTS, Network

# What was asked in vain time and again is asked after so many hours at the latest: a reading that was within
# reach for less may be had or not.
GRACE = 6
REACH = {"airkorea": 30 * 24, "cnemc": 48}
_MIDNIGHT = timedelta(minutes=15)

Key = tuple[str, int]
Readings = dict[Key, dict[str, float]]


class SmallWorld(SyntheticWorld):
    """Of Seoul every fourth station: a call a station is what the week's work is made of."""

    def __init__(self, areas: tuple[str, ...], seed: int, day: date) -> None:
        korean, chinese = ([one for one in areas if one.startswith(land)] for land in ("kr-", "cn-"))
        super().__init__(Facts(), seed, day, chinese, korean)
        every = self._stations["airkorea"]
        seoul = [one for one in every if one.area == "서울" and one.kind == "urban"]
        kept = [one for one in every if one.area != "서울" or one in seoul[::3]]
        self._stations["airkorea"] = kept
        self._index["airkorea"] = {one.code: row for row, one in enumerate(kept)}
        self._places["airkorea"] = self._place("airkorea")


@dataclass(frozen=True)
class Served:
    """What the sandbox serves: a synthetic world of some areas, from a start, under a plan of faults."""

    start: datetime
    plan: str
    seed: int
    areas: tuple[str, ...]

    def world(self) -> SyntheticWorld:
        """The stations and their values, before any fault."""
        return SmallWorld(self.areas, self.seed, self.start.date())


@dataclass(frozen=True)
class Expected:
    """The last values of the readings that could be had, and those that could not."""

    had: Readings
    gone: set[Key]


class Week:
    """The truth of one run.

    Parameters
    ----------
    served : Served
        What the sandbox served.
    end : float
        Hours after the start at which the daemon was stopped.
    """

    def __init__(self, served: Served, end: float) -> None:
        self.start, self.end, self.seed = served.start, end, served.seed
        self.first = hour_of(self.start)
        self.plan = FaultPlan.read(served.plan, self.seed)
        self.publication = Publication(served.world(), self.plan, self.seed, self.start)
        self.world = self.publication.world
        self.announced = Invented(self.world, self.seed, self.start)

    def since(self, hours: float) -> int:
        """The hour number so many hours after the start."""
        return self.first + int(hours)

    def is_up(self, network: str, route: str, hours: float) -> bool:
        """Whether no fault of the plan hits every request of a route so many hours after the start."""
        return not any(
            span.rate == 1 and span.network == network and span.route in (None, route) and span.holds(hours)
            for span in self.plan.requests_only()
        )

    def within_reach(self, network: Network, first: int, end: int) -> Expected:
        """What a network that can be asked for past hours gives in the end of the hours of a span."""
        had: Readings = {}
        gone: set[Key] = set()
        stations = self.world.stations(network)
        # Up or not, by half-hours, summed from the start: what lies between two moments is a difference.
        steps = np.arange(0, self.end, 0.5)
        summed = np.concatenate([[0], np.cumsum([self.is_up(network, "history", at) for at in steps])]) / 2
        for hour in range(first, end):
            out = self.publication.out_minutes(network, hour)
            block = self.world.block(network, hour)
            for row, station in enumerate(stations):
                begins = max(out[row] / 60 - self.first, 0.0)
                ends = min(hour + REACH[network] - self.first, self.end)
                up = float(summed[max(0, int(ends * 2))] - summed[int(np.ceil(begins * 2))])
                key = f"{network}-{station.code}", hour
                if up >= GRACE:
                    had[key] = dict(zip(POLLUTANTS, block[row].tolist(), strict=True))
                elif not any(self.is_up(network, "history", at) for at in (begins, ends)) and not up:
                    gone.add(key)
        return Expected(had, gone)

    def shown_by_seoul(self, moments: list[datetime]) -> Readings:
        """What the portal's page showed at some moments: of each hour what it showed last."""
        shown: Readings = {}
        for at in moments:
            live = self.publication.live("airkorea", at)
            blocks = {}
            for row, station in enumerate(self.world.stations("airkorea")):
                hour, first = int(live.shown[row]), bool(live.first[row])
                if station.area != "서울" or station.kind != "urban" or hour < 0:
                    continue
                if (hour, first) not in blocks:
                    blocks[hour, first] = self.publication.values("airkorea", hour, first=first)
                values = blocks[hour, first][row].tolist()
                # Zero is how the portal writes that a value is missing.
                told = {name: value or float("nan") for name, value in zip(POLLUTANTS, values, strict=True)}
                shown[f"airkorea-{station.code}", hour] = told
        return shown

    def indices(self, entries: list[journal.Entry]) -> dict[tuple[str, str, datetime], float | None]:
        """WAQI's index values of whole answers, by its number of the station, pollutant and time told."""
        portal, shown = Waqi(self.publication, self.seed), {}
        for one in entries:
            if (one.network, one.became) != ("waqi", journal.WHOLE):
                continue
            path, _, box = one.asked.partition(" ")
            query = {"token": "any", "latlng": box.replace(" ", ",")}
            told = json.loads(portal.answer(f"/{path}/", query, None, one.at).body)
            data = told["data"]
            for row in data if isinstance(data, list) else [data] if told["status"] == "ok" else []:
                for pollutant, value in _indices_of(row):
                    shown[str(row.get("uid", row.get("idx"))), pollutant, _told_at(row)] = value
        return {key: value for key, value in shown.items() if key[2] is not None}

    def openaq(self, first: int, end: int) -> dict[tuple[str, str, int], float]:
        """Particles by location, pollutant and hour, as OpenAQ writes them."""
        return {
            (f"openaq-{2_500_000 + row}", name, hour): float(f"{value:.3g}") if value == value else value
            for hour in range(first, end)
            for row, values in enumerate(self.world.block("airkorea", hour)[:, :2].tolist())
            for name, value in zip(("pm25", "pm10"), values, strict=True)
        }

    def day_means(self, first: date, last: date) -> Iterator[tuple[str, date, float]]:
        """Station, day and the mean of PM2.5 over the labels 01..24 that are held, rounded as told."""
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            start = (day - date(1970, 1, 1)).days * 24 - 9
            hours = np.stack([self.world.block("airkorea", hour)[:, 0] for hour in range(start, start + 24)])
            for row, station in enumerate(self.world.stations("airkorea")):
                held = hours[~np.isnan(hours[:, row]), row]
                mean = float(f"{held.mean():.0f}") if len(held) else float("nan")
                yield f"airkorea-{station.code}", day, mean


def _indices_of(row: dict[str, Any]) -> Iterator[tuple[str, float | None]]:
    """The index of the station, and of each pollutant where a row has them."""
    yield "all", None if row["aqi"] == "-" else float(row["aqi"])
    for name, cell in row.get("iaqi", {}).items():
        if name in POLLUTANTS:
            yield name, float(cell["v"])


def _told_at(row: dict[str, Any]) -> datetime | None:
    told = row["station"]["time"] if "station" in row else row["time"].get("iso")
    return None if told is None else datetime.fromisoformat(told)


def calls_by_day(
    entries: list[journal.Entry], asked: set[str], network: str, zone: timedelta
) -> Counter[date]:
    """Requests by civil day of a quota; those around midnight, which may count on either side, left out."""
    days: Counter[date] = Counter()
    for one in entries:
        local = one.at.astimezone(UTC) + zone
        if one.network == network and one.asked in asked:
            near = (local - _MIDNIGHT).date() != (local + _MIDNIGHT).date()
            days[local.date()] += not near
    return days
