"""Published figures by vintage: what was published of the same days, when, and how it differs."""

from __future__ import annotations

from config.words import Speaker
from report.answer import Answer
from report.figures.sheet import Cell
from report.paper.beside_tables import computed, listed, numbered
from report.paper.held import provisional
from report.paper.lines import cell, figure, metric, signed, source
from report.paper.season_tables import label
from report.paper.sheet import Table


def by_vintage(say: Speaker, answer: Answer) -> Table | None:
    """The figures published of each season, every vintage beside the computed one."""
    used = [one for row in answer["seasons"] for one in row["published"]]
    if not used:
        return None
    numbers = numbered(one["source"] for one in used)
    rows = [_row(say, row, one, numbers) for row in answer["seasons"] for one in row["published"]]
    headings = [
        say.word("season"),
        say.word("metric"),
        say.word("published"),
        say.word("vintage"),
        say.word("status"),
        say.word("computed"),
        say.word("difference"),
        say.message("report.head.reserve"),
        say.word("source"),
    ]
    lines = [
        *source(say, answer, provisional=provisional(say.facts, answer["data"]["feeds"])),
        *listed(numbers),
    ]
    return Table("published-by-vintage", say.message("report.vintage.title"), headings, rows, lines)


def _row(say: Speaker, season: Answer, one: Answer, numbers: dict[str, int]) -> list[Cell]:
    return [
        cell(f"{say.region(season['region'])} {label(season['season'])}"),
        cell(metric(say, one["metric"])),
        figure(f"{one['value']:g} {say.unit(one['unit'])}"),
        cell(one["vintage"]),
        cell(say.word(one["status"], of="status")),
        figure(computed(say, one)),
        figure(signed(one["difference"])),
        cell(say.retell(one["why"]) if one["why"] else None),
        cell(f"[{numbers[one['source']]}]"),
    ]
