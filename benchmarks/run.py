"""Every benchmark; `python -m benchmarks.run [--quick]` exits with 1 when a limit is missed.

The limits are ratios within one run. `--quick` takes smaller arrays and fewer hours; bars that need the
full size are then told and not judged.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

from benchmarks import Bar, bench_analysis, bench_import, bench_seasons, bench_store, bench_web, table


def analysis(*, quick: bool) -> Iterator[Bar]:
    """Day means and episodes."""
    rows = bench_analysis.run(200, 2) if quick else bench_analysis.run()
    for row in rows:
        yield Bar(row.name, "s", row.ours, row.peer, most=row.limit)


def main(arguments: list[str]) -> int:
    """Print ours, the peer and the limit side by side, part by part."""
    quick = "--quick" in arguments
    parts: list[tuple[str, Callable[..., Iterator[Bar]]]] = [
        ("store", bench_store.run),
        ("import", bench_import.run),
        ("analysis", analysis),
        ("seasons", bench_seasons.run),
        ("web", bench_web.run),
    ]
    missed: list[Bar] = []
    for name, run in parts:
        started = time.perf_counter()
        bars = list(run(quick=quick))
        print(f"\n{name} ({time.perf_counter() - started:.0f} s)\n{table(bars)}", flush=True)
        missed += [bar for bar in bars if not bar.held]
    print(f"\n{len(missed)} limits missed" if missed else "\nevery limit holds")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
