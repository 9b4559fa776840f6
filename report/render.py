"""An answer as a table for people, as JSON for programs, as CSV for spreadsheets."""

from __future__ import annotations

import csv
import json
import os
import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO

from report.answer import Answer

if TYPE_CHECKING:
    from config.words import Speaker

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
# Where a table is too wide: longer texts are folded, and the first columns, which name a row, lead each part.
_FOLDED = 24
_LEADING = 2


def as_json(answer: Answer, out: TextIO | None = None) -> None:
    """The whole answer; a figure that there is not is null."""
    # Not json.dump: it encodes piece by piece in Python, many times slower for a year of readings.
    text = json.dumps(answer, ensure_ascii=False, allow_nan=False, default=str)
    (out or sys.stdout).write(f"{text}\n")


def as_csv(rows: list[Answer], out: TextIO | None = None) -> None:
    """The rows of an answer, what is nested in them in columns of its own; lists are joined with blanks."""
    told = [flat(row) for row in rows]
    # Null where other rows nest: the columns of these stay empty, and none of its own is needed.
    nested = {key for row in rows for key, value in row.items() if isinstance(value, dict)}
    columns = [one for one in dict.fromkeys(key for row in told for key in row) if one not in nested]
    if not columns:
        return
    writer = csv.DictWriter(out or sys.stdout, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in told)


def flat(row: Answer, prefix: str = "") -> Answer:
    """A row without rows in it, for a spreadsheet: `today_mean`, `d1_above`, ..."""
    found: Answer = {}
    for key, value in row.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{key}_")
        else:
            found[f"{prefix}{key}"] = value
    return found


def as_table(
    title: str,
    columns: dict[str, str],
    rows: Iterable[Answer],
    foot: Iterable[str] = (),
    out: TextIO | None = None,
    speaker: Speaker | None = None,
) -> None:
    """A table for people: `columns` gives heading by key, `foot` what a reader has to know beside it.

    Times are shortened where all share one offset, which is then told once under the table. A `speaker`
    tells everything in a language; without one it stands as answers have it, in English and ids.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=out or sys.stdout, soft_wrap=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console = Console(file=out or sys.stdout, width=_UNFOLDED)
    say = speaker.retell if speaker else str
    rows = [_spoken(speaker, row, columns) for row in rows] if speaker else list(rows)
    columns = {key: say(heading) for key, heading in columns.items()}
    offsets = _offsets(rows, columns)
    shown = {key: _column(key, [row.get(key) for row in rows], short=len(offsets) == 1) for key in columns}
    console.print(Text(say(title), style="bold"))
    for part in _parts(columns, shown, console.width):
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, collapse_padding=True, header_style="bold")
        for key in part:
            figures = any(isinstance(row.get(key), int | float) for row in rows)
            table.add_column(
                columns[key],
                justify="right" if figures else "left",
                overflow="fold",
                min_width=_least(columns[key], shown[key]),
            )
        for cells in zip(*(shown[key] for key in part), strict=True):
            table.add_row(*map(Text, cells))
        console.print(table)
    told = [f"times: UTC{offset}" for offset in offsets] if len(offsets) == 1 else []
    for line in (*told, *foot):
        console.print(Text(say(line), style="dim"), soft_wrap=True)


def _spoken(speaker: Speaker, row: Answer, columns: Iterable[str]) -> Answer:
    return {key: speaker.cell(key, row.get(key)) for key in columns}


def _parts(columns: dict[str, str], shown: dict[str, list[str]], width: int) -> list[list[str]]:
    """The columns of each table, one under the other where one is too narrow, the first two leading each."""
    wide = {key: _least(heading, shown[key]) + 2 for key, heading in columns.items()}
    lead, rest = list(columns)[:_LEADING], list(columns)[_LEADING:]
    parts = [list(lead)]
    for key in rest:
        if len(parts[-1]) > len(lead) and sum(wide[one] for one in (*parts[-1], key)) > width:
            parts.append(list(lead))
        parts[-1].append(key)
    return parts


def _least(heading: str, cells: list[str]) -> int:
    """How narrow a column may become: figures and names stay whole, long texts are folded."""
    from rich.cells import cell_len

    return min(max(map(cell_len, (heading, *cells))), _FOLDED)


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
    if not isinstance(value, list):
        return str(value)
    if any(isinstance(item, dict) and "pollutant" not in item for item in value):
        return json.dumps(value, ensure_ascii=False, default=str)
    told = (item["pollutant"] if isinstance(item, dict) else _cell(item) for item in value)
    return " ".join(dict.fromkeys(told))
