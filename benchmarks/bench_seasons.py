"""Ten seasons of one country compared, against pandas; and a decade from packed months to episode counts.

`python -m benchmarks.bench_seasons`. The seasons are day means of 17 sido; the decade is read beside the same
bytes from a plain file, which is the least that any reader takes.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import insert, select, update

from analysis.episodes import Profile, find, find_many
from analysis.seasons import block_bootstrap_difference, class_days, describe, longest_run
from benchmarks import Bar, table
from benchmarks.bench_analysis import readings
from benchmarks.bench_store import FIRST, Collected
from store import blocks, grid, schema
from store.series import select_series

REGIONS, SEASONS, DAYS, DRAWS, BLOCK = 17, 10, 121, 1000, 7
HIGH = Profile("kr-high-day", "day", ">", 50)
ADVISORY = Profile("kr-advisory", "hour", ">=", 75, 35, "<", min_count=2)
Floats = npt.NDArray[np.floating[Any]]


def run(*, quick: bool = False) -> Iterator[Bar]:
    """The comparison of seasons, and the decade."""
    yield from seasons()
    yield from decade(20 if quick else 150, 2 if quick else 10)


def seasons() -> Iterator[Bar]:
    """Figures, classes, runs, episodes and the change of every season against the one before."""
    days = readings(REGIONS, SEASONS)[:, : SEASONS * DAYS].astype(np.float64).reshape(REGIONS, SEASONS, DAYS)
    by_us(days[:1])  # warms
    ours = _seconds(lambda: by_us(days))
    theirs = _seconds(lambda: by_pandas(days[:1])) * REGIONS  # one sido: all take pandas half an hour
    yield Bar("ten seasons of 17 sido, 1,000 draws / pandas", "s", ours, theirs, most=0.1)


def by_us(days: Floats) -> list[Any]:
    """As `yellowsea seasons` computes them."""
    found = []
    for region in days:
        for number, season in enumerate(region):
            found.append(
                (
                    describe(season),
                    class_days(season, HIGH),
                    longest_run(season, HIGH),
                    len(find(season, HIGH)),
                    number and block_bootstrap_difference(region[number - 1], season, n=DRAWS),
                )
            )
    return found


def by_pandas(days: Floats) -> list[Any]:
    """As one writes them in pandas: the same statistics, blocks drawn one after another."""
    rng = np.random.default_rng(0)
    found = []
    for region in days:
        frames = [pd.Series(one) for one in region]
        for number, season in enumerate(frames):
            high = season > 50
            runs = high[high].groupby((high != high.shift()).cumsum()[high]).size()
            change = [
                _drawn(season, rng).mean() - _drawn(frames[number - 1], rng).mean()
                for _ in range(DRAWS if number else 0)
            ]
            found.append(
                (
                    season.describe(percentiles=[0.5, 0.9, 0.98]),
                    int(high.sum()),
                    runs.max(),
                    len(runs),
                    np.quantile(change, [0.025, 0.975]) if change else None,
                )
            )
    return found


def _drawn(season: pd.Series[float], rng: np.random.Generator) -> pd.Series[float]:
    """A season of blocks around its circle."""
    starts = rng.integers(len(season), size=-(-len(season) // BLOCK))
    twice = pd.concat([season, season], ignore_index=True)
    return pd.concat([twice.iloc[at : at + BLOCK] for at in starts]).iloc[: len(season)]


def decade(stations: int, years: int) -> Iterator[Bar]:
    """Packed months of every station to its number of advisories."""
    values = readings(stations, years)
    with tempfile.TemporaryDirectory() as name:
        ours = _packed(Path(name) / "decade.db", values)
        plain = Path(name) / "plain"
        with ours.store.read() as connection:
            packed = connection.execute(select(schema.block.c.packed)).scalars().all()
            series = select_series(connection)
        plain.write_bytes(b"".join(packed))

        def counts() -> int:
            with ours.store.read() as connection:
                read = grid.load(connection, series, FIRST, FIRST + values.shape[1]).values
            return len(find_many(read, ADVISORY))

        assert counts() == len(find_many(np.round(values), ADVISORY))
        mine, theirs = _paired(counts, plain.read_bytes, 3)
        what = f"{stations} stations, {years} years: packed months to episodes / reading the bytes"
        yield Bar(what, "s", mine, theirs)
        ours.store.close()


def _packed(path: Path, values: Floats) -> Collected:
    """A database that holds the values in packed months alone, in whole ug/m3 as Korea publishes them."""
    ours = Collected(f"sqlite:///{path}", len(values), ("pm25",))
    last = FIRST + values.shape[1] - 1
    with ours.store.write() as connection:
        connection.execute(
            update(schema.series).values(first_hour=FIRST, last_hour=last, readings=values.shape[1])
        )
        for month in range(blocks.month_of(FIRST), blocks.month_of(last) + 1):
            begin, end = blocks.month_start(month), blocks.month_start(month + 1)
            piece = np.full((len(values), end - begin), np.nan)
            held = np.zeros(piece.shape, bool)
            low, high = max(begin, FIRST), min(end, last + 1)
            piece[:, low - begin : high - begin] = np.round(values[:, low - FIRST : high - FIRST])
            held[:, low - begin : high - begin] = True
            rows = [
                {"series_id": int(one), "month": month, "packed": blocks.pack(piece[row], held[row])}
                for row, one in enumerate(ours.ids)
            ]
            connection.execute(insert(schema.block), rows)
    return ours


def _paired(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Medians of rounds in turn, after one that warms."""
    ours()
    pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(rounds)]
    mine, peer = np.median(pairs, axis=0)
    return float(mine), float(peer)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    found = list(run())
    sys.stdout.write(table(found) + "\n")
    sys.exit(int(any(not bar.held for bar in found)))
