"""An answer as a table for people, as JSON for programs, as CSV for spreadsheets."""

from __future__ import annotations

import csv
import json
import os
import re
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from report.answer import Answer

_TIME = re.compile(
    r"^(?P<day>\d{4}-\d\d-\d\d)T(?P<clock>\d\d:\d\d)(:\d\d)?(\.\d+)?(?P<offset>[+-]\d\d:\d\d)$"
)
# Decimals for people, where two are too many.
_DECIMALS = {
    **dict.fromkeys(("mean", "median", "p90", "p98", "same_stations", "no_dust", "peak", "max_hour"), 1),
    **dict.fromkeys(("cumulative_excess", "lead_hours", "overlap_hours"), 0),
}
# Into a file or a pipe a table is as wide as it needs.
_UNFOLDED = 1000


def as_json(answer: Answer, out: TextIO | None = None) -> None:
    """The whole answer; a figure that there is not is null."""
    # Not json.dump: it encodes piece by piece in Python, many times slower for a year of readings.
    text = json.dumps(answer, ensure_ascii=False, allow_nan=False, default=str)
    (out or sys.stdout).write(f"{text}\n")


def as_csv(rows: list[Answer], out: TextIO | None = None) -> None:
    """The rows of an answer; lists are joined with blanks."""
    if not rows:
        return
    writer = csv.DictWriter(out or sys.stdout, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)


def as_table(
    title: str,
    columns: dict[str, str],
    rows: Iterable[Answer],
    foot: Iterable[str] = (),
    out: TextIO | None = None,
) -> None:
    """A table for people: `columns` gives heading by key, `foot` what a reader has to know beside it.

    Times are shortened where all share one offset, which is then told once under the table.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=out or sys.stdout, soft_wrap=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console = Console(file=out or sys.stdout, width=_UNFOLDED)
    rows = list(rows)
    offsets = _offsets(rows, columns)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, collapse_padding=True, header_style="bold")
    for key, heading in columns.items():
        figures = any(isinstance(row.get(key), int | float) for row in rows)
        table.add_column(heading, justify="right" if figures else "left", overflow="fold")
    shown = [_column(key, [row.get(key) for row in rows], short=len(offsets) == 1) for key in columns]
    for cells in zip(*shown, strict=True):
        table.add_row(*map(Text, cells))
    console.print(Text(title, style="bold"))
    console.print(table)
    told = [f"times: UTC{offset}" for offset in offsets] if len(offsets) == 1 else []
    for line in (*told, *foot):
        console.print(Text(line, style="dim"), soft_wrap=True)


def _offsets(rows: list[Answer], columns: Iterable[str]) -> list[str]:
    cells = [row[key] for row in rows for key in columns if isinstance(row.get(key), str)]
    return sorted({found["offset"] for found in map(_TIME.match, cells) if found})


def _column(key: str, values: list[Any], *, short: bool) -> list[str]:
    """The cells of a column; of times that all are midnight the days."""
    times = [_TIME.match(value) if isinstance(value, str) else None for value in values]
    if not short or not any(times):
        return [_shown(key, value) for value in values]
    days = all(found is None or found["clock"] == "00:00" for found in times)
    return [
        _shown(key, value) if found is None else found["day"] + ("" if days else f" {found['clock']}")
        for found, value in zip(times, values, strict=True)
    ]


def provenance(answer: Answer) -> list[str]:
    """The lines under a table: where the figures come from, how complete they are, and what to know."""
    data = answer["data"]
    lines = [f"networks {', '.join(data['networks']) or 'none'} · feeds {', '.join(data['feeds']) or 'none'}"]
    if data.get("kinds"):
        known = data.get("stations_known")
        of = f" of {known} known" if known else ""
        lines[0] += f" · {data['stations']}{of} stations ({', '.join(data['kinds'])})"
    if data.get("capture") is not None:
        lines[0] += f" · capture {data['capture']:.1%}"
    lines += [f"note: {note}" for note in data.get("notes", [])]
    lines += [f"source: {line}" for line in data["attribution"]]
    return lines


def _shown(key: str, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key == "capture":
        return f"{value:.1%}"
    if isinstance(value, float):
        return f"{value:,.{_DECIMALS.get(key, 2)}f}"
    if isinstance(value, int):
        return f"{value:,}"
    return _cell(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        told = (item["pollutant"] if isinstance(item, dict) else _cell(item) for item in value)
        return " ".join(dict.fromkeys(told))
    return str(value)
