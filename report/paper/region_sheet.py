"""A region in words and figures."""

from __future__ import annotations

from datetime import date

from config.words import Speaker
from report.answer import SYNTHETIC, Answer
from report.figures import calendar
from report.figures.grades import grade_of, steps
from report.figures.sheet import Cell
from report.paper import season_sheet, season_tables
from report.paper.beside_tables import listed, numbered
from report.paper.lines import (
    MICROGRAMS,
    cell,
    clock,
    day_rule,
    figure,
    kind_name,
    mean,
    notes,
    short_span,
    source,
    stations,
    unique,
    vintage,
)
from report.paper.sheet import Plate, Section, Sheet, Table, Tile
from report.paper.vintages import by_vintage

# How many measures stand on the page; all of them are in the CSV and JSON.
_NEWEST = 15


def sheet(say: Speaker, answer: Answer) -> Sheet:
    """The sheet of a region in the speaker's language."""
    return Sheet(
        "region",
        say.language,
        say.region(answer["region"]),
        say.message("report.region.kicker"),
        sentence(say, answer),
        _tiles(say, answer),
        _sections(say, answer),
        unique(notes(say, answer["recent"], answer)),
        say.retell(SYNTHETIC) if SYNTHETIC in answer["data"].get("notes", []) else None,
    )


def sentence(say: Speaker, answer: Answer) -> str:
    """The sentence that opens the report."""
    recent, through = answer["recent"], answer["known_through"]["measures"]
    newest = _newest(answer)
    if recent is None or newest is None:
        return say.message(
            "report.region.nothing", region=say.region(answer["region"]), day=say.date(answer["last_day"])
        )
    return say.message(
        "report.region.opening",
        region=say.region(answer["region"]),
        day=say.date(newest["start"]),
        value=mean(say, newest["value"]),
        unit=say.unit(MICROGRAMS),
        stations=stations(say, recent["data"]),
        status=vintage(say, provisional=recent["provisional"]),
        rule=day_rule(say, recent["data"]["basis"], recent["method"]["day_rule"]),
        published=_published(say, answer),
        measures=say.date(through) if through else say.word("not known"),
    )


def _published(say: Speaker, answer: Answer) -> str:
    """The newest published season mean beside the computed one."""
    for row in reversed(answer["seasons"]):
        found = [one for one in row["published"] if one["metric"] == "pm25_mean"]
        if found:
            return say.message(
                "report.region.published",
                season=season_tables.label(row["season"]),
                value=f"{found[-1]['value']:g}",
                computed=mean(say, row["mean"]),
            )
    return say.message("report.season.no_published")


def _newest(answer: Answer) -> Answer | None:
    values = answer["recent"]["values"] if answer["recent"] else []
    return next((one for one in reversed(values) if one["value"] is not None), None)


def _tiles(say: Speaker, answer: Answer) -> list[Tile]:
    newest, last = _newest(answer), answer["seasons"][-1]
    country = say.facts.regions[answer["region"]].country
    day = date.fromisoformat(answer["last_day"])
    scale = steps(say.facts, country, answer["question"]["pollutant"], day)
    grade = grade_of(scale, newest["value"]) if newest else None
    emergency = [one for one in answer["listed"]["measures"] if one["kind"] == "emergency"]
    dates = sorted({one["date"] for one in emergency})
    return [
        Tile(
            say.message("report.tile.newest_day"),
            f"{mean(say, newest['value'] if newest else None)} {say.unit(MICROGRAMS)}",
            say.date(newest["start"]) if newest else "",
            scale[grade].shade if grade is not None else None,
        ),
        Tile(
            say.message("report.tile.newest_season", season=season_tables.label(last["season"])),
            f"{mean(say, last['mean'])} {say.unit(MICROGRAMS)}",
            say.message("report.tile.of_days", share=say.percent(last["capture"], 1)),
        ),
        Tile(
            say.message("report.tile.measure_days"),
            str(len(dates)) if dates else say.message("report.no_measure_known"),
            say.span(dates[0], dates[-1]) if dates else "",
        ),
        Tile(
            say.message("report.section.recent"),
            say.message("report.tile.feeds", n=len(answer["held"])),
            ", ".join(dict.fromkeys(one["feed"] for one in answer["held"])),
        ),
    ]


def _sections(say: Speaker, answer: Answer) -> list[Section]:
    recent, matrix, published = _recent(say, answer), _matrix(say, answer), by_vintage(say, answer)
    found = [
        Section("recent", say.message("report.section.calendar"), [], [recent] if recent else []),
        Section("held", say.message("report.section.recent"), [], [_held(say, answer)]),
        Section(
            "seasons", say.message("report.section.seasons"), [], [season_tables.season_table(say, answer)]
        ),
        Section("days", say.message("report.section.seasons"), [], [season_sheet.day_strips(say, answer)]),
        Section("measures", say.message("report.section.measures"), [], [*matrix, _measures(say, answer)]),
        Section("published", say.message("report.section.published"), [], [published] if published else []),
    ]
    return [one for one in found if one.parts]


def _matrix(say: Speaker, answer: Answer) -> list[Table]:
    """The row of the region alone."""
    rows = [one for one in answer["measures"]["rows"] if one["region"] == answer["region"]]
    told = season_tables.measures_matrix(say, {**answer["measures"], "rows": rows}) if rows else None
    return [told] if told else []


def _recent(say: Speaker, answer: Answer) -> Plate | None:
    found = answer["recent"]
    if found is None:
        return None
    country = say.facts.regions[answer["region"]].country
    last = date.fromisoformat(answer["last_day"])
    scale = steps(say.facts, country, answer["question"]["pollutant"], last)
    held = {one["date"] for one in answer["listed"]["measures"] if one["kind"] != "preliminary"}
    cells = [
        calendar.Cell(
            date.fromisoformat(row["start"][:10]),
            row["value"],
            grade_of(scale, row["value"]),
            row["start"][:10] in held,
        )
        for row in found["values"]
    ]
    months = {(one.day.year, one.day.month): say.month(one.day) for one in cells}
    weekdays = say.message("report.weekdays").split()
    span = short_span(say, cells[0].day, cells[-1].day)
    title = say.message("report.calendar.title", region=say.region(answer["region"]), span=span)
    counted = [
        f"{step.names[say.language]} {sum(one.grade == n for one in cells)}" for n, step in enumerate(scale)
    ]
    ringed = sum(one.measure for one in cells)
    text = say.message("report.calendar.text", counts=", ".join(counted), n=ringed)
    rows = [[cell(say.date(one.day)), figure(mean(say, one.value))] for one in cells]
    return Plate(
        "recent",
        title,
        text,
        lambda width, ident: calendar.draw(
            cells, scale, weekdays, months, [], width, ident, title, text, say.language
        ),
        Table("recent-data", title, [say.word("day"), say.word("mean")], rows),
        source(say, found, provisional=found["provisional"]),
        [say.message("report.calendar.rule")],
    )


def _held(say: Speaker, answer: Answer) -> Table:
    rows = [
        [
            cell(one["feed"]),
            cell(say.word("hours") if one["period"] == "PT1H" else say.word("days")),
            figure(str(one["stations"])),
            cell(", ".join(f"{say.word(kind, of='kind')} {n}" for kind, n in sorted(one["kinds"].items()))),
            cell(say.date(one["first"])),
            cell(say.date(one["last"])),
            figure(say.number(one["readings"])),
        ]
        for one in answer["held"]
    ]
    headings = [
        say.word("feed"),
        say.word("period"),
        say.word("stations"),
        say.word("kind"),
        say.word("from"),
        say.word("to"),
        say.word("readings"),
    ]
    title = say.message("report.held.title", region=say.region(answer["region"]))
    return Table("held", title, headings, rows)


def _measures(say: Speaker, answer: Answer) -> Table:
    listed_all = answer["listed"]["measures"]
    found = list(reversed(listed_all))[:_NEWEST]
    title = say.message("report.listed.title", region=say.region(answer["region"]))
    reach = [
        say.message(
            "report.force.reach", kind=kind_name(say, one["kind"]), day=say.date(one["known_through"])
        )
        for one in answer["listed"]["known_through"]
    ]
    if not found:
        said = say.message("report.no_measure_known")
        return Table("listed", title, [say.word("day")], [[cell(said)]], [], reach)
    numbers = numbered(one["source"] for one in found)
    rows = [
        [
            cell(say.date(one["date"])),
            cell(kind_name(say, one["kind"])),
            cell(say.region(one["region"])),
            cell(_force(say, one)),
            Cell(say.cell("confidence", one["confidence"])),
            cell(f"[{numbers[one['source']]}]"),
        ]
        for one in found
    ]
    headings = [
        say.word("day"),
        say.word("measure"),
        say.word("region"),
        say.word("in force"),
        say.word("confidence"),
        say.word("source"),
    ]
    if len(listed_all) > len(found):
        reach.append(say.message("report.listed.more", n=len(found), of=str(len(listed_all))))
    return Table("listed", title, headings, rows, listed(numbers), reach)


def _force(say: Speaker, one: Answer) -> str:
    since, until = one["in_force_from"], one["lifted_at"] or one["in_force_to"]
    if not since or not until:
        return "–"
    return f"{clock(say, since, one['date'])}–{clock(say, until, one['date'])}"
