"""Tables of what stands beside a report: published figures, and the lag of two shores both ways."""

from __future__ import annotations

from collections.abc import Iterable

from config.words import Speaker
from report.answer import Answer
from report.figures.sheet import Cell
from report.paper.lines import cell, figure, interval, mean, metric, notes, signed, source
from report.paper.sheet import Table


def numbered(sources: Iterable[str]) -> dict[str, int]:
    """Sources by the number under which a table lists them below it."""
    return {one: n for n, one in enumerate(dict.fromkeys(sources), start=1)}


def listed(numbers: dict[str, int]) -> list[str]:
    """The sources of a table, numbered, for the lines under it."""
    return [f"[{n}] {one}" for one, n in numbers.items()]


def figure_headings(say: Speaker, of: str) -> list[str]:
    """The headings of published figures; `of` is what a row is of: a period, a season."""
    words = (of, "metric", "published", "vintage", "status", "computed", "difference")
    return [*(say.word(one) for one in words), say.message("report.head.reserve"), say.word("source")]


def figure_row(say: Speaker, of: str, one: Answer, numbers: dict[str, int]) -> list[Cell]:
    """A published figure with its vintage, beside the computed one."""
    return [
        cell(of),
        cell(metric(say, one["metric"])),
        figure(f"{one['value']:g} {say.unit(one['unit'])}"),
        cell(one["vintage"]),
        cell(say.word(one["status"], of="status")),
        figure(computed(say, one)),
        figure(signed(one["difference"])),
        cell(say.retell(one["why"]) if one["why"] else None),
        cell(f"[{numbers[one['source']]}]"),
    ]


def published(say: Speaker, found: Answer | None) -> list[Table]:
    """Published figures by vintage, beside what the readings held give."""
    if found is None or not found["figures"]:
        return []
    numbers = numbered(one["source"] for one in found["figures"])
    rows = [figure_row(say, say.span(one["start"], one["end"]), one, numbers) for one in found["figures"]]
    headings = figure_headings(say, "period")
    return [
        Table(
            "published",
            say.message("report.published.title"),
            headings,
            rows,
            [*source(say, found), *listed(numbers)],
            notes(say, found),
        )
    ]


def computed(say: Speaker, one: Answer) -> str:
    """A computed figure as its metric is written: counts whole, means with a decimal."""
    value = one["computed"]
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else mean(say, value)


def direction_words(say: Speaker, answer: Answer) -> list[str]:
    """Why both directions stand here, and what a lag does not say."""
    if not answer["directions"]:
        return []
    told = [say.message("report.directions.note")]
    told += [say.retell(one["why"]) for one in answer["directions"] if one["why"]]
    return told


def direction_silence(say: Speaker, answer: Answer) -> list[str]:
    """Why no lag is shown although a place of the other shore was asked for; empty where none was."""
    if not answer["directions"]:
        return []
    why = [say.retell(one["why"]) for one in answer["directions"] if one["why"]]
    return [say.message("report.directions.nothing"), *dict.fromkeys(why)]


def directions(say: Speaker, answer: Answer) -> list[Table]:
    """The lag of highest correlation and the lead before onsets, both ways, with base rates."""
    rows = []
    for pair in answer["directions"]:
        for way in pair["directions"]:
            best, lead = way["best"], way["tests"][1]
            rows.append(
                [
                    cell(joined_way(say, way["from"], way["to"])),
                    figure(str(best["hours"])),
                    figure(f"{signed(best['r'], 2)} ({interval(best['low'], best['high'], 2)})"),
                    figure("–" if best["p"] is None else f"{best['p']:.3f}"),
                    figure(str(lead["onsets"])),
                    figure(say.percent(lead["share"])),
                    figure(say.percent(lead["base_rate"])),
                ]
            )
    if not rows:
        return []
    told = next(one for one in answer["directions"] if one["directions"])
    headings = [
        say.message("report.head.way"),
        say.word("best lag, h"),
        "r",
        "p",
        say.word("onsets"),
        say.word("preceded"),
        say.word("base rate"),
    ]
    span = say.span(told["start"], told["end"])
    title = say.message("report.directions.title", span=span)
    line = source(say, {"data": told["data"], "question": answer["question"]})
    return [Table("directions", title, headings, rows, line, [say.retell(told["note"])])]


def joined_way(say: Speaker, source_: str, receptor: str) -> str:
    """From one region before another."""
    return say.message("report.way", one=say.region(source_), other=say.region(receptor))
