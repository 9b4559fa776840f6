"""The sheet of 17:15 on paper: today's air, alerts, forecasts, and what the rule says of tomorrow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from analysis.decisions import LEVELS
from config.words import Speaker
from report.answer import SYNTHETIC, Answer
from report.figures.grades import grade_of, steps
from report.figures.sheet import Cell
from report.forecasts import NOT_HELD, shown
from report.paper.held import provisional
from report.paper.lines import (
    MICROGRAMS,
    cell,
    few,
    figure,
    joined,
    mean,
    notes,
    source,
    truth,
    unique,
    vintage,
)
from report.paper.out import Report
from report.paper.sheet import Section, Sheet, Table, Tile

_MARKS = {True: "✓", False: "–", None: "?"}


def report(say: Speaker, answer: Answer) -> Report:
    """The sheet of a brief's answer in the speaker's language."""
    name = f"brief-{answer['question']['region']}-{answer['question']['from'][:10]}"
    return Report(name, answer, sheet(say, answer), {"regions": answer["regions"]})


def sheet(say: Speaker, answer: Answer) -> Sheet:
    """The sheet in words and one table."""
    rows = answer["regions"]
    return Sheet(
        "brief",
        say.language,
        say.message("report.brief.title", day=say.date(rows[0]["for_date"], weekday=True)),
        say.message("report.brief.kicker"),
        sentence(say, answer),
        _tiles(say, answer),
        [Section("rule", say.message("report.brief.section"), [], [_table(say, answer)])],
        unique(notes(say, answer)),
        say.retell(SYNTHETIC) if SYNTHETIC in answer["data"].get("notes", []) else None,
    )


def sentence(say: Speaker, answer: Answer) -> str:
    """The sentence that opens the sheet."""
    rows = answer["regions"]
    worst, through = _worst(rows), _through(rows)
    return say.message(
        "report.brief.opening",
        at=say.moment(answer["question"]["at"], offset=True),
        issue=_named(say, _where(rows, "would_issue", True)) or say.message("report.brief.nowhere"),
        open=str(len(_where(rows, "would_issue", None))),
        of=str(len(rows)),
        issued=_named(say, _where(rows, "issued", True)) or say.message("report.no_measure_known"),
        region=say.region(worst["region"]) if worst else "–",
        value=mean(say, worst["mean_0_16h"] if worst else None),
        unit=say.unit(MICROGRAMS),
        stations=str(answer["data"]["stations"] or 0),
        status=_status(say, answer),
        measures=say.date(through) if through else say.word("not known"),
    )


def _status(say: Speaker, answer: Answer) -> str:
    return vintage(say, provisional=provisional(say.facts, answer["data"]["feeds"]))


def _where(rows: Sequence[Answer], key: str, value: bool | None) -> list[str]:
    return [one["region"] for one in rows if one[key] is value]


def _named(say: Speaker, regions: Sequence[str]) -> str:
    return few(say, (say.region(one) for one in regions))


def _worst(rows: Sequence[Answer]) -> Answer | None:
    held = [one for one in rows if one["mean_0_16h"] is not None]
    return max(held, key=lambda one: one["mean_0_16h"], default=None)


def _through(rows: Sequence[Answer]) -> str | None:
    """How far the list of measures is looked after: the region least so."""
    return min((one["known_through"] for one in rows if one["known_through"]), default=None)


def _tiles(say: Speaker, answer: Answer) -> list[Tile]:
    rows = answer["regions"]
    worst, through = _worst(rows), _through(rows)
    issue, undecided = _where(rows, "would_issue", True), _where(rows, "would_issue", None)
    issued = _where(rows, "issued", True)
    shade = _shaded(say, answer, worst["mean_0_16h"]).shade if worst else None
    return [
        Tile(
            say.message("report.brief.worst"),
            f"{mean(say, worst['mean_0_16h'] if worst else None)} {say.unit(MICROGRAMS)}",
            say.region(worst["region"]) if worst else say.word("not known"),
            shade,
        ),
        Tile(
            say.message("report.brief.by_rule"),
            say.message("report.brief.regions", n=len(issue))
            if issue
            else say.message("report.brief.nowhere"),
            say.message("report.brief.undecided", n=str(len(undecided)), of=str(len(rows))),
        ),
        Tile(
            say.message("report.brief.announced"),
            say.message("report.brief.regions", n=len(issued))
            if issued
            else say.message("report.no_measure_known"),
            say.message("report.tile.list_through", day=say.date(through) if through else "–"),
        ),
        Tile(
            say.message("report.tile.sure"),
            say.message(
                "report.tile.sure_value",
                n=str(answer["data"]["stations"] or 0),
                known=str(answer["data"]["stations_known"] or "–"),
            ),
            _status(say, answer),
        ),
    ]


def _shaded(say: Speaker, answer: Answer, value: float | None) -> Cell:
    """A mean with the shade of the class that it would have as a day mean."""
    country, day = "KR", date.fromisoformat(answer["question"]["from"][:10])
    scale = steps(say.facts, country, answer["question"]["pollutant"], day)
    grade = grade_of(scale, value)
    if grade is None:
        return figure(mean(say, value))
    return Cell(mean(say, value), figure=True, shade=scale[grade].shade, ink=scale[grade].ink)


def _table(say: Speaker, answer: Answer) -> Table:
    rows = [
        [
            cell(say.region(one["region"])),
            _shaded(say, answer, one["mean_0_16h"]),
            cell(_alerts(say, one["alerts"])),
            cell(_forecast(say, one["forecast"]["d1"])),
            cell(_forecast(say, one["forecast"]["d2"])),
            cell("  ".join(f"{name} {_MARKS[met]}" for name, met in one["criteria"].items())),
            Cell(truth(say, one["would_issue"]), bold=one["would_issue"] is True),
            Cell(_issued(say, one["issued"]), bold=one["issued"] is True),
            figure("–" if one["season_measure_days"] is None else str(one["season_measure_days"])),
        ]
        for one in answer["regions"]
    ]
    headings = [
        say.word("region"),
        say.word("0-16 h"),
        say.word("alerts in force"),
        say.word("tomorrow"),
        say.word("day after"),
        say.word("criteria"),
        say.word("rule"),
        say.word("issued for tomorrow"),
        say.word("season's days"),
    ]
    versions = ", ".join(one["id"] for one in answer["method"]["versions"])
    title = say.message("report.brief.table", day=say.date(answer["question"]["from"]))
    told = [
        say.message("report.rule.marks"),
        say.message("report.brief.versions", versions=versions or say.word("not known")),
    ]
    return Table("brief", title, headings, rows, source(say, answer), told)


def _alerts(say: Speaker, told: list[Answer] | None) -> str:
    """The highest level in force by where it is known from; none where hours say so, else not known."""
    if told is None:
        return say.word("not known")
    if not told:
        return say.word("none", of="alert")
    highest = {one["origin"]: "none" for one in told}
    for one in told:
        highest[one["origin"]] = max(highest[one["origin"]], one["level"], key=LEVELS.index)
    return joined(
        say,
        (
            f"{say.word(level, of='level')} ({say.word(origin, of='origin')})"
            for origin, level in highest.items()
        ),
    )


def _forecast(say: Speaker, told: Answer | None) -> str:
    text = shown(told)
    return say.word("not held", of="tomorrow") if text == NOT_HELD else str(say.cell("tomorrow", text))


def _issued(say: Speaker, issued: bool | None) -> str:
    if issued is None:
        return say.message("report.no_measure_known")
    return say.word("yes" if issued else "no")
