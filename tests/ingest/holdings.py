"""The tables of docs/holdings.md, made by importing everything beside the project.

`.venv/bin/python tests/ingest/holdings.py` writes them anew; `test_holdings.py` holds the page to them.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config.clock import Clock
from config.facts import Facts
from ingest import mapping
from ingest.archives import FileResult, import_paths
from ingest.hours import moment
from store import migrate
from store.engine import Store

SHARED = Path(__file__).parents[2].parent / "shared"
PAGE = Path(__file__).parents[2] / "docs" / "holdings.md"
PARTS = ("sources", "data")

# Tables that a shipped mapping explains, by its name.
MAPPED = {
    "choryang": "sources/airkorea_archive/*choryang*",
    "incheon26": "data/*/derived/incheon26_pm25_hourly.csv.gz",
    "shandong-mean": "data/*/derived/shandong_mean_pm25_hourly_asprovided.csv.gz",
    "seoul-downtown": "data/*/seoul-air.csv",
}
# Histories that do not say whose they are: one station alone has all six values of an hour that both hold
# (`test_histories_are_of_the_stations_named_here`).
STATIONS = {
    "sources/airkorea/json/getMsrstnAcctoRltmMesureDnsty_DAILY_2024-02-18.json": "airkorea-111123",
    "sources/airkorea/json/getMsrstnAcctoRltmMesureDnsty_DAILY_2024-03-06.json": "airkorea-111121",
}
_MARK = "<!-- {} of shared/{} -->"


def load(store: Store, facts: Facts, part: str) -> list[FileResult]:
    """Import every file of a part, each in the way that it needs, in one order."""
    root = SHARED / part
    files = sorted(path for path in root.rglob("*") if path.is_file() and path.name != "README.md")
    clock, told = Clock.real(), dict[Path, dict[str, Any]]()
    for name, pattern in MAPPED.items():
        told |= {path: {"mapping": mapping.load(name)} for path in SHARED.glob(pattern)}
    told |= {SHARED / path: {"station": station} for path, station in STATIONS.items()}
    found = import_paths(store, facts, clock, [path for path in files if path not in told])
    for path in files:
        if path in told:
            found += import_paths(store, facts, clock, [path], **told[path])
    return sorted(found, key=lambda one: one.path)


def tables(store: Store, part: str, results: list[FileResult]) -> dict[str, str]:
    """The tables of a part, as they stand on the page: by name, markdown."""
    return {
        "files": _files(store, part, results),
        "feeds": _feeds(store),
        "without readings": _without(part, results),
    }


def _files(store: Store, part: str, results: list[FileResult]) -> str:
    reasons = _reasons(store)
    rows = []
    groups: dict[tuple[str, str], list[FileResult]] = {}
    for one in results:
        if one.format:
            groups.setdefault((_folder(part, one), one.format.split(" of ")[0]), []).append(one)
    for (folder, name), members in sorted(groups.items()):
        of = Counter[str]()
        for one in members:
            of += reasons.get(one.path, Counter())
        total = {
            key: sum(getattr(one.counts, key) for one in members) for key in ("rows", "missing", "rejected")
        }
        stored = total["rows"] - total["rejected"]
        feeds = ", ".join(sorted({f"`{one.feed}`" for one in members if one.feed})) or "a bulletin"
        why = "; ".join(f"{reason} ({count:,})" for reason, count in sorted(of.items()))
        rows.append(
            f"| {folder} | {name} | {feeds} | {len(members)} | {total['rows']:,} | {stored:,} | "
            f"{total['missing']:,} | {total['rejected']:,} | {why or '–'} |"
        )
    head = "| folder | format | feed | files | carried | stored | missing | rejected | why |\n"
    return head + "|---|---|---|---|---|---|---|---|---|\n" + "\n".join(rows)


def _feeds(store: Store) -> str:
    query = (
        "SELECT feed.name, feed.period, COUNT(DISTINCT series.station_id), SUM(series.readings), "
        "MIN(series.first_hour), MAX(series.last_hour) FROM series JOIN feed ON feed.id = series.feed_id "
        "WHERE series.readings > 0 GROUP BY feed.name, feed.period ORDER BY feed.name"
    )
    with store.read() as connection:
        held = [tuple(row) for row in connection.exec_driver_sql(query)]
    rows = [
        f"| `{name}` | {period} | {stations:,} | {readings:,} | {_utc(first)} | {_utc(last)} |"
        for name, period, stations, readings, first, last in held
    ]
    head = "| feed | period | stations | readings held | first start (UTC) | last start (UTC) |\n"
    return head + "|---|---|---|---|---|---|\n" + "\n".join(rows)


def _without(part: str, results: list[FileResult]) -> str:
    rows = [f"| {_short(part, one)} | {_plain(one.problem)} |" for one in results if one.problem is not None]
    return "| file | why it carries no readings that are stored |\n|---|---|\n" + "\n".join(rows)


def _reasons(store: Store) -> dict[str, Counter[str]]:
    """Rejected readings by file and reason."""
    query = (
        "SELECT batch.path, reject.reason, SUM(reject.readings) FROM reject "
        "JOIN batch ON batch.id = reject.batch_id GROUP BY batch.path, reject.reason"
    )
    found: dict[str, Counter[str]] = {}
    with store.read() as connection:
        for path, reason, count in connection.exec_driver_sql(query):
            found.setdefault(path, Counter())[_plain(reason)] += count
    return found


def _short(part: str, one: FileResult) -> str:
    return one.path.removeprefix(f"{SHARED / part}/")


def _folder(part: str, one: FileResult) -> str:
    return _short(part, one).rpartition("/")[0]


def _plain(text: str | None) -> str:
    """Text of one cell; the file's name is the row's."""
    said = re.sub(r"^\S.*?: ", "", str(text), count=1) if str(text).startswith(str(SHARED)) else str(text)
    return said.replace("|", "\\|")


def _utc(hour: int) -> str:
    return f"{moment(hour):%Y-%m-%d %H:%M}"


def stands(page: str, part: str, name: str) -> str:
    """A table as the page has it."""
    begins, ends = _MARK.format(name, part), f"<!-- end of {name} of shared/{part} -->"
    return page.partition(begins)[2].partition(ends)[0].strip()


def _replaced(page: str, part: str, name: str, table: str) -> str:
    begins, ends = _MARK.format(name, part), f"<!-- end of {name} of shared/{part} -->"
    head, _, rest = page.partition(begins)
    if not rest:
        raise SystemExit(f"{PAGE}: no line {begins}")
    return f"{head}{begins}\n\n{table}\n\n{ends}{rest.partition(ends)[2]}"


def opened(folder: Path, part: str) -> Store:
    """A new database."""
    store = Store(f"sqlite:///{folder / part}.db")
    migrate.ensure(store)
    return store


def _all() -> Iterator[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        for part in PARTS:
            store = opened(Path(folder), part)
            for name, table in tables(store, part, load(store, Facts(), part)).items():
                yield part, name, table
            store.close()


def main() -> None:
    """Write the page anew."""
    page = PAGE.read_text(encoding="utf-8")
    for part, name, table in _all():
        page = _replaced(page, part, name, table)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
