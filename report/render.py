"""An answer as a table for people, as JSON for programs, as CSV for spreadsheets."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from report.answer import Answer


def as_json(answer: Answer, out: TextIO = sys.stdout) -> None:
    """The whole answer; a figure that there is not is null."""
    json.dump(answer, out, ensure_ascii=False, indent=None, allow_nan=False, default=str)
    out.write("\n")


def as_csv(rows: list[Answer], out: TextIO = sys.stdout) -> None:
    """The rows of an answer; lists are joined with blanks."""
    if not rows:
        return
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)


def as_table(
    title: str,
    columns: dict[str, str],
    rows: Iterable[Answer],
    foot: Iterable[str] = (),
    out: TextIO | None = None,
) -> None:
    """A table for people: `columns` gives heading by key, `foot` what a reader has to know beside it."""
    from rich.console import Console
    from rich.table import Table

    console = Console(file=out or sys.stdout, soft_wrap=False)
    if not console.is_terminal:
        console = Console(file=out or sys.stdout, width=160)
    table = Table(title=title, title_justify="left", header_style="bold")
    rows = list(rows)
    for key, heading in columns.items():
        figures = any(isinstance(row.get(key), int | float) for row in rows)
        table.add_column(heading, justify="right" if figures else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_shown(key, row.get(key)) for key in columns))
    console.print(table)
    for line in foot:
        console.print(line, style="dim", highlight=False)


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
        return f"{value:,.2f}"
    if isinstance(value, int):
        return f"{value:,}"
    return _cell(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(
            _cell(item) if not isinstance(item, dict) else item.get("pollutant", "") for item in value
        )
    return str(value)
