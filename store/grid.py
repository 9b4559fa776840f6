"""Readings as an array (series, hour): from packed months where a month has them, from rows otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from store import blocks
from store.asof import held_between
from store.series import Series

if TYPE_CHECKING:
    import xarray as xr


@dataclass
class Grid:
    """Readings of some series over consecutive hours.

    Attributes
    ----------
    series : list of Series
        Of the rows.
    first : int
        Hour number (UTC, start of the averaging hour) of the first column.
    values : (n_series, n_hours) float32
        NaN where no value is held.
    held : (n_series, n_hours) bool
        Where a reading stands, be it a value or a missing one with its reason.
    """

    series: list[Series]
    first: int
    values: npt.NDArray[np.float32]
    held: npt.NDArray[np.bool_]

    def to_xarray(self) -> xr.DataArray:
        """As a labelled array (station, time); time is the start of the averaging hour, UTC."""
        import xarray as xr

        # Not arange(..., dtype="datetime64[h]"): numpy takes its end for a length then.
        hours = np.arange(self.first, self.first + self.values.shape[1]).astype("datetime64[h]")
        return xr.DataArray(
            self.values,
            dims=("station", "time"),
            coords={
                "station": [one.key.station for one in self.series],
                "time": hours.astype("datetime64[ns]"),
                "feed": ("station", [one.key.feed for one in self.series]),
            },
            attrs={"units": self.series[0].key.unit if self.series else "", "cell_methods": "time: mean"},
        )


def load(
    connection: Connection,
    series: list[Series],
    first: int,
    end: int,
    *,
    as_of: datetime | None = None,
    drop_flagged: bool = False,
) -> Grid:
    """Fill an array from `first` (inclusive) to `end` (exclusive), hour numbers; see `held_between`."""
    values = np.full((len(series), end - first), np.nan, np.float32)
    held = np.zeros(values.shape, bool)
    grid = Grid(series, first, values, held)
    if not series or end <= first:
        return grid
    packed = {} if as_of is not None or drop_flagged else _blocks(connection, grid, end)
    at = {one.id: index for index, one in enumerate(series)}
    for (one, month), block in packed.items():
        _paste(grid, at[one], blocks.month_start(month), block)
    for low, high, missing in _uncovered(grid, end, packed):
        rows = held_between(connection, missing, low, high, as_of=as_of, drop_flagged=drop_flagged).columns
        lookup = np.zeros(max(missing) + 1, np.int64)
        lookup[missing] = [at[one] for one in missing]
        where = lookup[rows.series], rows.hour - first
        values[where] = rows.value
        held[where] = True
    return grid


def _blocks(connection: Connection, grid: Grid, end: int) -> dict[tuple[int, int], bytes]:
    ids = [one.id for one in grid.series]
    return blocks.read(connection, ids, blocks.month_of(grid.first), blocks.month_of(end - 1))


def _paste(grid: Grid, row: int, begin: int, packed: bytes) -> None:
    values, held = blocks.unpack(packed)
    low = max(begin, grid.first)
    high = min(begin + len(values), grid.first + grid.values.shape[1])
    if low < high:
        grid.values[row, low - grid.first : high - grid.first] = values[low - begin : high - begin]
        grid.held[row, low - grid.first : high - grid.first] = held[low - begin : high - begin]


def _uncovered(
    grid: Grid, end: int, packed: dict[tuple[int, int], bytes]
) -> list[tuple[int, int, list[int]]]:
    """Stretches (first hour, end hour, series) that no block covers, joined over months where possible."""
    stretches: list[tuple[int, int, list[int]]] = []
    for month in range(blocks.month_of(grid.first), blocks.month_of(end - 1) + 1):
        low = max(grid.first, blocks.month_start(month))
        high = min(end, blocks.month_start(month + 1))
        missing = [
            one.id
            for one in grid.series
            if (one.id, month) not in packed
            and one.first is not None
            and one.last is not None
            and one.first < high
            and low <= one.last
        ]
        if not missing:
            continue
        if stretches and stretches[-1][1] == low and stretches[-1][2] == missing:
            low = stretches.pop()[0]
        stretches.append((low, high, missing))
    return stretches
