"""AirKorea's day means by station over a world.

Recorded: the envelope, the fields, texts without a leading zero. Documented, not recorded: a day without a
value, a station that there is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

import numpy as np

from sandbox.labels import KST, hour_of
from sandbox.publication import Publication
from sandbox.wire import Answer, Item, envelope, no_data, provider_error
from sandbox.world import POLLUTANTS

DAYS = "/B552584/ArpltnStatsSvc/getMsrstnAcctoRDyrg"
OUT_AFTER_HOURS = 5
"""After midnight, when the mean of the day before comes out."""

_DECIMALS = {"pm25": 0, "pm10": 0, "o3": 4, "no2": 4, "so2": 4, "co": 2}
_EPOCH = date(1970, 1, 1)

Query = Mapping[str, str]


class DayMeans:
    """The operation, for those that AirKorea's gateway serves."""

    def __init__(self, publication: Publication) -> None:
        self._publication = publication
        self.operations: dict[str, Callable[[Query, datetime], Answer]] = {DAYS: self._days}

    def _days(self, query: Query, now: datetime) -> Answer:
        as_json = query.get("returnType") == "json"
        try:
            first, last = (date.fromisoformat(query[name]) for name in ("inqBginDt", "inqEndDt"))
            page, rows = int(query.get("pageNo", "1")), int(query.get("numOfRows", "10"))
        except KeyError:
            return provider_error("11", as_json=as_json)
        except ValueError:
            return provider_error("10", as_json=as_json)
        stations = self._publication.stations("airkorea", self._publication.changes("airkorea", now))
        name = query.get("msrstnName", "")
        row = next((at for at, one in enumerate(stations) if one.name == name), None)
        if row is None:
            return no_data(page, rows, as_json=as_json)
        out = (hour_of(now) + KST - OUT_AFTER_HOURS) // 24 - 1
        days = range((first - _EPOCH).days, min((last - _EPOCH).days, out) + 1)
        items = [self._item(row, name, day) for day in days]
        if not items:
            return no_data(page, rows, as_json=as_json)
        return envelope(items[(page - 1) * rows : page * rows], len(items), page, rows, as_json=as_json)

    def _item(self, row: int, name: str, day: int) -> Item:
        """The mean of the labels 01..24 that are held."""
        hours = range(day * 24 - KST, day * 24 - KST + 24)
        values = np.array([self._publication.world.block("airkorea", hour)[row] for hour in hours])
        held = ~np.isnan(values)
        sums, counts = np.where(held, values, 0).sum(axis=0), held.sum(axis=0)
        item: dict[str, str | None] = {"msurDt": f"{_EPOCH + timedelta(days=day)}", "msrstnName": name}
        for at, pollutant in enumerate(POLLUTANTS):
            mean = sums[at] / counts[at] if counts[at] else None
            item[f"{pollutant}Value"] = None if mean is None else _written(float(mean), _DECIMALS[pollutant])
        return item


def _written(value: float, decimals: int) -> str:
    """As the portal's database writes a number: no zero before the point, none behind the last digit."""
    text = f"{value:.{decimals}f}"
    return (text.rstrip("0").rstrip(".") if decimals else text).removeprefix("0") or "0"
