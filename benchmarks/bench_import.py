"""Import of CSV archives, end to end in a process of its own: readings a second, and memory by file size."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from benchmarks import Bar
from config.clock import Clock
from config.facts import Facts
from ingest.archives import import_paths
from store import migrate
from store.engine import Store

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"
REAL = {
    "12 stations of Beijing, 4 years (.csv.gz)": SHARED / "cn_beijing12_hourly_2013_2017_uci",
    "Korea in February 2020 (.csv.gz)": SHARED / "kr_airkorea_national_hourly_202002" / "derived",
    "37 files of US posts (.csv.gz)": SHARED / "cn_us_posts_hourly_2013_2021_airnow",
}
STATIONS = 300


def run(*, quick: bool = False) -> Iterator[Bar]:
    """Speed on generated and real archives, and the peak of memory for a file five times as large."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        days = 4 if quick else 24
        small = _archive(folder / "small.csv", days)
        large = _archive(folder / "large.csv", days * 5)
        one, five = _imported(folder, small), _imported(folder, large)
        yield Bar("import of a generated CSV", "readings/s", five["rows"] / five["seconds"], least=200_000)
        yield Bar("peak memory, a file 5 x as large", "MB", five["peak"], one["peak"], most=1.25)
        for what, path in REAL.items():
            if path.is_dir() and not quick:
                found = _imported(folder, path)
                least = 200_000 if "37 files" not in what else None
                yield Bar(f"import of {what}", "readings/s", found["rows"] / found["seconds"], least=least)


def _archive(path: Path, days: int) -> Path:
    """A file as AirKorea finalizes it, of stations of the catalogue, hour by hour of each."""
    codes = [v[-1].code for v in Facts().stations.values() if v[-1].network == "airkorea" and v[-1].code]
    rng = np.random.default_rng(0)
    days_of = [date(2020, 1, 1) + timedelta(days=day) for day in range(days)]
    labels = [f"{day:%Y%m%d}{hour:02}" for day in days_of for hour in range(1, 25)]
    with path.open("w", encoding="cp949") as file:
        file.write("지역,망,측정소코드,측정소명,측정일시,SO2,CO,O3,NO2,PM10,PM25,주소\n")
        for code in codes[:STATIONS]:
            particles = np.exp(3 + np.cumsum(rng.normal(0, 0.1, len(labels))).clip(-2, 2)).round().astype(int)
            for label, pm25 in zip(labels, particles.tolist(), strict=True):
                gases = f"0.00{pm25 % 9},0.{pm25 % 7},0.0{pm25 % 60:02},0.0{pm25 % 47:02}"
                row = (
                    "서울 중구",
                    "도시대기",
                    code,
                    "중구",
                    label,
                    gases,
                    str(pm25 * 2),
                    str(pm25),
                    "중구 덕수궁길",
                )
                file.write(",".join(row) + "\n")
    return path


def _imported(folder: Path, path: Path) -> dict[str, float]:
    """Rows, seconds and peak MB of an import into a new database, in a process of its own."""
    database = folder / f"{path.name}.db"
    command = [sys.executable, "-m", "benchmarks.bench_import", str(path), str(database)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    database.unlink()
    return found


def _import(path: Path, database: Path) -> dict[str, float]:
    store = Store(f"sqlite:///{database}")
    migrate.ensure(store)
    started = time.perf_counter()
    results = import_paths(store, Facts(), Clock.real(), [path])
    seconds = time.perf_counter() - started
    stored = sum(one.counts.new for one in results)
    if not stored:
        raise SystemExit(f"nothing was imported from {path}: {results}")
    return {
        "rows": sum(one.counts.rows for one in results),
        "stored": stored,
        "seconds": seconds,
        "peak": _peak(),
    }


def _peak() -> float:
    """Peak MB of this process; not ru_maxrss, which begins at what the parent had when it forked."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(_import(Path(sys.argv[1]), Path(sys.argv[2]))))
    else:
        from benchmarks import table

        print(table(list(run())))
