"""Air quality indices: what a table is read with, the index it gives, the index of several pollutants.

Arrays are (..., time) on a regular axis, NaN is missing; concentrations are in the unit of their table,
indices are unitless whole numbers kept as float64. What is missing stays missing, and so does a
concentration below the table: AirNow, too, gives no index of a negative value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.averages import round_half_up

if TYPE_CHECKING:
    from config.scales import Breakpoint

Floats = NDArray[np.floating[Any]]
Index = NDArray[np.float64]
Mask = NDArray[np.bool_]
Every = Literal["hour", "day"]
How = Literal["mean", "nowcast", "c24e"]


@dataclass(frozen=True)
class Scheme:
    """What a scheme says beside its tables.

    Attributes
    ----------
    table : its tables in the catalogue; those of `us-nowcast` are the tables of `us-aqi`.
    needs : the pollutants of the whole index; without one of them it is an index of what there is.
    reads : by step, the `averaging` of tables and how hours are averaged for them; of several the first that
        a pollutant has.
    whole : how an index becomes a whole number.
    above : past the last segment the index ends (`ends`), or the segment's line goes on (`goes on`).
    adds : what is added to the highest index when two, or three and more, pollutants are bad.
    """

    id: str
    table: str
    needs: tuple[str, ...]
    reads: dict[Every, dict[str, How]]
    whole: Literal["nearest", "up"]
    above: Literal["ends", "goes on"]
    source: str
    adds: tuple[float, float] = (0.0, 0.0)


SIX = ("pm25", "pm10", "o3", "no2", "so2", "co")

SCHEMES = {
    scheme.id: scheme
    for scheme in (
        Scheme(
            "kr-cai",
            "kr-cai",
            ("pm25", "pm10", "o3", "no2"),
            {"hour": {"24 h predicted": "c24e", "1 h": "mean"}},
            "nearest",
            "ends",
            "AirKorea, CAI calculator (pMENU_NO=147); what is added: Seoul's copy of the rule, medium",
            (50.0, 75.0),
        ),
        Scheme(
            "cn-aqi",
            "cn-aqi",
            SIX,
            # The hourly release reads particles with the daily table.
            {"day": {"24 h": "mean"}, "hour": {"1 h": "mean", "24 h": "mean"}},
            "up",
            "ends",
            "HJ 633-2012 and HJ 633-2026: an IAQI is rounded up",
        ),
        Scheme(
            "us-aqi",
            "us-aqi",
            SIX,
            {"day": {"24 h": "mean"}},
            "nearest",
            "goes on",
            "40 CFR 58 appendix G; above 500 as in the files of AirNow",
        ),
        Scheme(
            "us-nowcast",
            "us-aqi",
            ("pm25", "pm10", "o3"),
            {"hour": {"24 h": "nowcast"}},
            "nearest",
            "goes on",
            "EPA, NowCast of PM (2013); above 500 as in the files of AirNow",
        ),
    )
}


@dataclass(frozen=True)
class Table:
    """The segments of one pollutant in one version of a scheme, in order: arrays (segment,)."""

    version: str
    pollutant: str
    averaging: str
    unit: str
    valid_from: date | None
    valid_to: date | None
    confidence: str
    source: str
    digits: int
    rounding: str
    c_lo: Index
    c_hi: Index
    i_lo: Index
    i_hi: Index

    @classmethod
    def of(cls, rows: Sequence[Breakpoint]) -> Table:
        """The table of its rows in the catalogue, in any order.

        Raises
        ------
        ValueError
            If the rows are not the segments of one table: they overlap, or are brought to different digits.
        """
        rows = sorted(rows, key=lambda row: row.c_lo)
        first = rows[0]
        columns = [np.array([getattr(row, name) for row in rows], np.float64) for name in _EDGES]
        c_lo, c_hi, i_lo, i_hi = columns
        named = f"{first.scheme} {first.version} {first.pollutant}"
        if (c_hi[:-1] > c_lo[1:]).any() or (i_hi[:-1] > i_lo[1:]).any() or (c_lo >= c_hi).any():
            raise ValueError(f"{named}: its segments overlap")
        if len({(row.digits, row.rounding, row.unit, row.valid_from, row.valid_to) for row in rows}) > 1:
            raise ValueError(f"{named}: its segments differ in digits, rounding, unit or dates")
        return cls(
            first.version,
            first.pollutant,
            first.averaging,
            first.unit,
            first.valid_from,
            first.valid_to,
            least_sure(row.confidence for row in rows),
            first.source,
            first.digits,
            first.rounding,
            *columns,
        )

    def holds_on(self, days: NDArray[np.datetime64]) -> Mask:
        """On which civil days it is in force."""
        mask: Mask = np.ones(days.shape, bool)
        if self.valid_from is not None:
            mask &= days >= np.datetime64(self.valid_from, "D")
        if self.valid_to is not None:
            mask &= days <= np.datetime64(self.valid_to, "D")
        return mask


_EDGES = ("c_lo", "c_hi", "i_lo", "i_hi")


def least_sure(confidences: Iterable[str]) -> str:
    """The lowest of some confidences."""
    return max(confidences, key=("high", "medium", "low").index)


class SubIndex(NamedTuple):
    """The index of one pollutant, the concentration it was read with, where that lies beyond: (..., time)."""

    value: Index
    concentration: Index
    beyond: Mask


class Composed(NamedTuple):
    """The index of several pollutants (time,), the row of the dominant one (-1: none), what was added."""

    value: Index
    dominant: NDArray[np.int64]
    added: Index


def brought_to(values: Floats, digits: int, rounding: str) -> Index:
    """Concentrations as a table is read with: `digits` decimals, `half-up`, `half-even` or `truncate`.

    `half-even` is GB/T 8170. What is less than a thousandth of the last digit is noise of float32, in which
    readings rest: 150.4 is held as 150.39999 and would be truncated to 150.3.
    """
    scaled = np.round(np.asarray(values, np.float64) * 10.0**digits, 3)
    return _ROUNDED[rounding](scaled) / 10.0**digits + 0.0  # + 0.0: no negative zero


_ROUNDED: dict[str, Callable[[Index], Index]] = {
    "half-up": round_half_up,
    "half-even": np.rint,
    "truncate": np.trunc,
}


def sub_index(values: Floats, table: Table, scheme: Scheme) -> SubIndex:
    """The index of one pollutant: linear within the segment of its concentration.

    `beyond` marks concentrations past the last segment.
    """
    c = brought_to(values, table.digits, table.rounding)
    known = c >= table.c_lo[0]
    at = np.minimum(np.searchsorted(table.c_hi, np.where(known, c, 0.0)), len(table.c_hi) - 1)
    beyond = known & (c > table.c_hi[-1])
    read = np.minimum(c, table.c_hi[-1]) if scheme.above == "ends" else c
    slope = (table.i_hi - table.i_lo) / (table.c_hi - table.c_lo)
    exact = np.where(known, slope[at] * (read - table.c_lo[at]) + table.i_lo[at], np.nan)
    return SubIndex(_whole(exact, scheme), c, beyond)


def _whole(exact: Index, scheme: Scheme) -> Index:
    if scheme.whole == "nearest":
        return round_half_up(exact)
    return np.asarray(np.ceil(np.round(exact, 9)), np.float64)  # 57.000000000001 is 57


def composed(indices: Index, scheme: Scheme, bad_from: float, top: float) -> Composed:
    """The highest of the pollutants' indices, and what several bad ones add to it.

    Parameters
    ----------
    indices : array (pollutant, time)
        NaN where a pollutant has none. Of equal ones the first is dominant.
    bad_from : float
        The index from which a pollutant is bad.
    top : float
        Where the scheme ends: additions do not lead past it.
    """
    known = ~np.isnan(indices)
    filled = np.where(known, indices, -np.inf)
    some = known.any(axis=0)
    highest = np.where(some, filled.max(axis=0), np.nan)
    bad = (filled >= bad_from).sum(axis=0)
    rule = np.select([bad >= 3, bad == 2], [scheme.adds[1], scheme.adds[0]], 0.0)
    index = np.where(rule > 0, np.maximum(highest, np.minimum(highest + rule, top)), highest)
    added = np.where(some, index - highest, np.nan)
    return Composed(index, np.where(some, filled.argmax(axis=0), -1), added)
