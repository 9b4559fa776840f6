"""Published figures by vintage: what was published of the same days, when, and how it differs."""

from __future__ import annotations

from config.words import Speaker
from report.answer import Answer
from report.paper.beside_tables import figure_headings, figure_row, listed, numbered
from report.paper.held import provisional
from report.paper.lines import source
from report.paper.season_tables import label
from report.paper.sheet import Table


def by_vintage(say: Speaker, answer: Answer) -> Table | None:
    """The figures published of each season, every vintage beside the computed one."""
    used = [one for row in answer["seasons"] for one in row["published"]]
    if not used:
        return None
    numbers = numbered(one["source"] for one in used)
    rows = [
        figure_row(say, f"{say.region(row['region'])} {label(row['season'])}", one, numbers)
        for row in answer["seasons"]
        for one in row["published"]
    ]
    headings = figure_headings(say, "season")
    lines = [
        *source(say, answer, provisional=provisional(say.facts, answer["data"]["feeds"])),
        *listed(numbers),
    ]
    return Table("published-by-vintage", say.message("report.vintage.title"), headings, rows, lines)
