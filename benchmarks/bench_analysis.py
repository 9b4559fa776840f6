"""Day means and episodes against one pass over memory, and against pandas.

`python benchmarks/bench_analysis.py [stations] [years]`; the bars are for 2500 stations and 10 years. They
are not judged for arrays that fit into the processor's cache, where a pass over memory touches no memory.
pandas is timed on 20 stations, and compared per value.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from analysis import averages, episodes

HOURS_A_YEAR = 8760
JUDGED_FROM_BYTES = 100_000_000
PANDAS_STATIONS = 20
PROFILES = [
    episodes.Profile("kr-advisory", "hour", ">=", 75, 35, "<", min_count=2),
    episodes.Profile("24 h above 75, gaps of 6 h", "hour", ">", 75, min_count=24, max_gap=6),
]


class Row(NamedTuple):
    """Seconds of ours and of the peer, their ratio, and the most that it may be (None: told, not judged)."""

    name: str
    ours: float
    peer: float
    ratio: float
    limit: float | None


def readings(stations: int, years: int, seed: int = 1) -> np.ndarray:
    """Hourly values like those of a smoggy winter: lognormal, each hour 0.97 like the last, 3 % missing."""
    rng = np.random.default_rng(seed)
    hours = years * HOURS_A_YEAR
    values = np.empty((stations, hours), np.float32)
    memory = np.float32(0.97)
    for first in range(0, stations, 250):
        noise = rng.standard_normal((hours, min(250, stations - first)), np.float32)
        noise *= np.sqrt(1 - memory**2)
        for hour in range(1, hours):
            noise[hour] += memory * noise[hour - 1]
        noise = np.exp(np.float32(3.4) + np.float32(0.75) * noise)
        noise[rng.random(noise.shape, np.float32) < 0.03] = np.nan
        values[first : first + 250] = noise.T
    return values


def seconds(work: Callable[[], object], repeat: int = 3) -> float:
    """The best of some runs, after one that compiles and warms."""
    work()
    times = []
    for _ in range(repeat):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def pandas_daily(values: np.ndarray) -> pd.DataFrame:
    """Day means with 18 of 24 hours, as one writes them in pandas."""
    frame = pd.DataFrame(values.T, index=pd.date_range("2016-01-01", periods=values.shape[1], freq="h"))
    days = frame.groupby(frame.index.floor("D"))
    return days.mean().where(days.count() >= 18)


def pandas_episodes(values: np.ndarray) -> list[pd.DataFrame]:
    """Runs above 75 and their statistics, without gaps or hysteresis, as one writes them in pandas."""
    found = []
    for row in values:
        series = pd.Series(row)
        above = series > 75
        runs = series[above].groupby((above != above.shift()).cumsum()[above])
        found.append(runs.agg(["size", "mean", "max", "idxmax"]))
    return found


def run(stations: int = 2500, years: int = 10) -> list[Row]:
    """All rows, for an array of so many stations and years."""
    values = readings(stations, years)
    judged = values.nbytes >= JUDGED_FROM_BYTES
    few = values[:PANDAS_STATIONS]
    to_all = values.size / few.size
    memory_pass = seconds(values.sum)
    # the kernels are what is measured, whatever the size
    averages.PLAIN_UP_TO = episodes.PLAIN_UP_TO = 0
    daily = seconds(lambda: averages.daily_means(values, 18))
    rows = [
        _row("daily means / memory pass", daily, memory_pass, 8 if judged else None),
        _row("daily means / pandas", daily, seconds(lambda: pandas_daily(few), 1) * to_all, None),
    ]
    by_pandas = seconds(lambda: pandas_episodes(few), 1) * to_all
    for profile in PROFILES:
        ours = seconds(lambda profile=profile: episodes.find_many(values, profile))  # type: ignore[misc]
        rows.append(_row(f"episodes, {profile.id} / memory pass", ours, memory_pass, 12 if judged else None))
        rows.append(_row(f"episodes, {profile.id} / pandas", ours, by_pandas, None))
    return rows + _growing(values) + [_further_memory(values)]


def _growing(values: np.ndarray) -> list[Row]:
    """Seconds for a hundredth and a tenth of the stations, beside that share of the seconds for all."""
    whole = seconds(lambda: episodes.find_many(values, PROFILES[0]))
    rows = []
    for share in (100, 10):
        few = values[: max(1, len(values) // share)]
        part = seconds(lambda few=few: episodes.find_many(few, PROFILES[0]))  # type: ignore[misc]
        fair = whole * few.size / values.size
        rows.append(_row(f"episodes of 1/{share} of the stations / its share of all", part, fair, None))
    return rows


def _further_memory(values: np.ndarray) -> Row:
    """Peak of what is allocated beside the array, GB; at most half a gigabyte."""
    tracemalloc.start()
    episodes.find_many(values, PROFILES[0])
    averages.daily_means(values, 18)
    peak = tracemalloc.get_traced_memory()[1] / 1e9
    tracemalloc.stop()
    return Row("memory beside the array, GB", peak, 1.0, peak, 0.5)


def _row(name: str, ours: float, peer: float, limit: float | None) -> Row:
    return Row(name, ours, peer, ours / peer, limit)


def main() -> int:
    """Print ours, the peer and the limit side by side; 1 when a limit is missed."""
    sizes = [int(size) for size in sys.argv[1:3]]
    rows = run(*sizes)
    print(f"{'what':<54}{'ours s':>10}{'peer s':>10}{'ratio':>8}{'limit':>8}")
    for row in rows:
        limit = "-" if row.limit is None else f"{row.limit:g}"
        print(f"{row.name:<54}{row.ours:>10.4f}{row.peer:>10.4f}{row.ratio:>8.3f}{limit:>8}")
    return int(any(row.limit is not None and row.ratio > row.limit for row in rows))


if __name__ == "__main__":
    sys.exit(main())
