"""Readings as columns: what arrives, and what is held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Chosen = npt.NDArray[np.intp] | Bools

# Bits of a place: hour of the day below the series id below the day, so that places sort like the table.
_HOUR_BITS, _SERIES_BITS = 5, 32


@dataclass
class Columns:
    """Readings as columns of one length: series ids, hour numbers, values (NaN missing), status codes."""

    series: Ints
    hour: Ints
    value: Floats
    status: npt.NDArray[np.uint8]

    def take(self, chosen: Chosen) -> Columns:
        """Some of the rows."""
        return Columns(self.series[chosen], self.hour[chosen], self.value[chosen], self.status[chosen])

    def places(self) -> Ints:
        """Where each reading stands, as one number that sorts by day, series and hour like the table."""
        day, hour = np.divmod(self.hour, 24)
        return ((day << _SERIES_BITS | self.series) << _HOUR_BITS) | hour

    def __len__(self) -> int:
        return len(self.series)


@dataclass
class Held:
    """Rows as they stand in SQL."""

    columns: Columns
    flags: Ints
    batch: Ints

    def take(self, chosen: Chosen) -> Held:
        """Some of the rows."""
        return Held(self.columns.take(chosen), self.flags[chosen], self.batch[chosen])

    def __len__(self) -> int:
        return len(self.columns)


def joined(parts: Sequence[Columns]) -> Columns:
    """Columns one after another."""
    if len(parts) == 1:
        return parts[0]
    return Columns(
        np.concatenate([p.series for p in parts]),
        np.concatenate([p.hour for p in parts]),
        np.concatenate([p.value for p in parts]),
        np.concatenate([p.status for p in parts]),
    )


def nothing_held() -> Held:
    """No rows."""
    none = np.empty(0, np.int64)
    return Held(Columns(none, none, np.empty(0), np.empty(0, np.uint8)), none, none)


def nullable(values: Floats) -> list[float | None]:
    """Values as SQL takes them: NaN is NULL."""
    plain: list[float | None] = values.tolist()
    for index in np.flatnonzero(np.isnan(values)).tolist():
        plain[index] = None
    return plain
