"""The seasons of an answer in words and figures."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

from config.words import Speaker
from report.answer import SYNTHETIC, Answer
from report.figures import change, daystrips
from report.figures.canvas import ACCENT
from report.figures.grades import grade_of, steps
from report.figures.parts import Key
from report.paper.held import provisional
from report.paper.lines import (
    MICROGRAMS,
    baseline_name,
    cell,
    day_rule,
    figure,
    interval,
    joined,
    mean,
    metric,
    notes,
    signed,
    stations,
    unique,
    vintage,
)
from report.paper.season_tables import COUNTS, label, measures_matrix, season_source, season_table
from report.paper.sheet import Plate, Section, Sheet, Table, Tile
from report.paper.vintages import by_vintage

# Seasons run over the turn of the year: a month before this one belongs to its end.
_SUMMER = 7


def sheet(say: Speaker, answer: Answer) -> Sheet:
    """The sheet of seasons in the speaker's language."""
    regions = list(dict.fromkeys(row["region"] for row in answer["seasons"]))
    names = [label(answer["seasons"][index]["season"]) for index in (0, -1)]
    span = names[0] if names[0] == names[1] else f"{names[0]} – {names[1]}"
    title = say.message("report.season.title", regions=joined(say, map(say.region, regions)), span=span)
    last = _last(answer)
    return Sheet(
        "season",
        say.language,
        title,
        say.message("report.season.kicker"),
        sentence(say, answer, last),
        _tiles(say, answer, last),
        _sections(say, answer),
        unique(
            [*(say.retell(row["change"]["note"] or "") for row in answer["seasons"]), *notes(say, answer)]
        ),
        say.retell(SYNTHETIC) if SYNTHETIC in answer["data"].get("notes", []) else None,
    )


def _last(answer: Answer) -> Answer:
    """The newest season of the first region that has a mean; without one the newest."""
    rows = [one for one in answer["seasons"] if one["region"] == answer["seasons"][0]["region"]]
    held = [one for one in rows if one["mean"] is not None]
    found: Answer = (held or rows)[-1]
    return found


def sentence(say: Speaker, answer: Answer, row: Answer) -> str:
    """The sentence that opens the report."""
    told = answer["data"]
    through = answer["known_through"]
    return say.message(
        "report.season.opening",
        region=say.region(row["region"]),
        season=say.season(row["season"]),
        value=mean(say, row["mean"]),
        unit=say.unit(MICROGRAMS),
        n=str(_valid(answer, row)),
        days=str(row["days"]),
        stations=stations(say, told),
        status=vintage(say, provisional=provisional(say.facts, told["feeds"])),
        rule=day_rule(say, told.get("basis"), answer["method"].get("day_rule")),
        change=_change(say, row),
        published=_published(say, row),
        readings=say.date(through["readings"]) if through["readings"] else say.word("not known"),
        measures=say.date(through["measures"]) if through["measures"] else say.word("not known"),
    )


def _valid(answer: Answer, row: Answer) -> int:
    """How many days of a season have a value."""
    mine = (one["days"] for one in answer["days"] if (one["region"], one["season"]) == _key(row))
    found = next(mine, None)
    return sum(row["value"] is not None for row in found["values"]) if found else 0


def _key(row: Answer) -> tuple[str, str]:
    return row["region"], row["season"]


def _change(say: Speaker, row: Answer) -> str:
    told = row["change"]
    if told["difference"] is None:
        return say.message("report.season.no_change")
    base = ", ".join(label(one.strip()) for one in str(told["baseline"]).split(",") if "-" in one)
    if told["low"] is None:
        return say.message("report.season.change", difference=signed(told["difference"]), base=base or "–")
    off = told["low"] > 0 or told["high"] < 0
    between = interval(told["low"], told["high"])
    values = {"difference": signed(told["difference"]), "interval": between, "base": base or "–"}
    if off:
        return say.message("report.season.change_sure", **values)
    return say.message("report.season.change_unsure", **values)


def _published(say: Speaker, row: Answer) -> str:
    found = [one for one in row["published"] if one["metric"] == "pm25_mean"]
    if not found:
        return say.message("report.season.no_published")
    told = found[-1]
    return say.message(
        "report.season.published", value=f"{told['value']:g}", vintage=told["vintage"], n=len(found)
    )


def _tiles(say: Speaker, answer: Answer, row: Answer) -> list[Tile]:
    unit = say.unit(MICROGRAMS)
    counted = [f"{metric(say, key)} {row[key]}" for key in COUNTS if row.get(key) is not None]
    through = row["known_through"]
    reach = say.message("report.tile.list_through", day=say.date(through)) if through else ""
    return [
        Tile(say.message("report.tile.mean"), f"{mean(say, row['mean'])} {unit}", _change(say, row)),
        Tile(
            say.message("report.tile.days"),
            f"{row['bad_days'] if row['bad_days'] is not None else '–'}",
            " · ".join(counted),
        ),
        Tile(
            say.message("report.tile.measure_days"),
            "–" if row["measure_days"] is None else str(row["measure_days"]),
            reach,
        ),
        Tile(
            say.message("report.tile.sure"),
            say.percent(row["capture"], 1),
            " · ".join([stations(say, answer["data"]), _published(say, row)]),
        ),
    ]


def _sections(say: Speaker, answer: Answer) -> list[Section]:
    matrix = measures_matrix(say, answer["measures"])
    published = by_vintage(say, answer)
    found = [
        Section("seasons", say.message("report.section.seasons"), [], [season_table(say, answer)]),
        Section("days", say.message("report.section.calendar"), [], [day_strips(say, answer)]),
        Section(
            "change",
            say.message("report.section.change"),
            [say.message("report.change.note")],
            [changes(say, answer)],
        ),
        Section(
            "matrix",
            say.message("report.section.matrix"),
            [say.message("report.matrix.note")] if matrix else [],
            [matrix] if matrix else [],
        ),
        Section(
            "published",
            say.message("report.section.published"),
            [say.message("report.published.note")] if published else [],
            [published] if published else [],
        ),
    ]
    return [one for one in found if one.parts]


def day_strips(say: Speaker, answer: Answer) -> Plate:
    """Each season as a strip of days by grade on one calendar, days with an emergency measure marked."""
    whole = _whole(answer)
    begins = min(
        (date.fromisoformat(one["start"]) for one in whole),
        key=lambda day: (day.month < _SUMMER, day.month, day.day),
    )
    found = [_strip(say, answer, one, begins) for one in whole]
    longest = max(one.lead + len(one.grades) for one in found)
    starts = [(n, begins + timedelta(days=n)) for n in range(longest)]
    months = [(n, say.word(f"{day:%B}")) for n, day in starts if n == 0 or day.day == 1]
    keys = [Key(say.message("report.key.ring"), "box", ACCENT)]
    title = say.message("report.daystrips.title")
    told = []
    for row in answer["seasons"]:
        counted = " / ".join(
            "–" if row.get(key) is None else str(row[key]) for key in ("good_days", "bad_days")
        )
        told.append(f"{say.region(row['region'])} {label(row['season'])}: {counted}")
    text = say.message("report.daystrips.text", counts="; ".join(told))
    rows = [
        [
            cell(one.name),
            *(figure(str(sum(grade == n for grade in one.grades))) for n in range(len(found[0].scale))),
            figure(str(sum(one.measures))),
        ]
        for one in found
        if len(one.scale) == len(found[0].scale)
    ]
    headings = [
        say.word("season"),
        *(step.names[say.language] for step in found[0].scale),
        say.word("measures"),
    ]
    return Plate(
        "day-strips",
        title,
        text,
        partial(_draw_strips, found, months, keys, title, text, say.language),
        Table("day-strips-data", title, headings, rows),
        season_source(say, answer),
        [say.message("report.daystrips.note")],
    )


def _draw_strips(
    found: list[daystrips.Season],
    months: list[tuple[int, str]],
    keys: list[Key],
    title: str,
    text: str,
    language: str,
    width: int,
    ident: str,
) -> Any:
    return daystrips.draw(found, months, keys, width, ident, title, text, language)


def _whole(answer: Answer) -> list[Answer]:
    """The days of whole seasons: those of months belong to them already."""
    found: dict[tuple[str, str], Answer] = {}
    for one in answer["days"]:
        found.setdefault((one["region"], one["season"]), one)
    return list(found.values())


def _lead(first: date, begins: date) -> int:
    """How many days after the earliest season of the sheet another begins, by the calendar."""
    year = first.year if (begins.month, begins.day) <= (first.month, first.day) else first.year - 1
    return (first - begins.replace(year=year)).days


def _strip(say: Speaker, answer: Answer, one: Answer, begins: date) -> daystrips.Season:
    first, last = (date.fromisoformat(one[key]) for key in ("start", "end"))
    country = say.facts.regions[one["region"]].country
    scale = steps(say.facts, country, answer["question"]["pollutant"], last)
    values = {row["start"][:10]: row["value"] for row in (one["days"] or {"values": []})["values"]}
    days = [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    several = len({row["region"] for row in answer["seasons"]}) > 1
    name = f"{say.region(one['region'])} {label(one['season'])}" if several else label(one["season"])
    ringed = set(one["measure_days"])
    return daystrips.Season(
        name,
        _lead(first, begins),
        [grade_of(scale, values.get(day)) for day in days],
        [day in ringed for day in days],
        scale,
    )


def changes(say: Speaker, answer: Answer) -> Plate:
    """The difference of each season from its baseline, with its interval."""
    several = len({row["region"] for row in answer["seasons"]}) > 1
    found = []
    for row in answer["seasons"]:
        month = f" {row['month']}" if row.get("month") else ""
        name = (
            f"{say.region(row['region'])} {label(row['season'])}{month}"
            if several
            else label(row["season"]) + month
        )
        told = row["change"]
        found.append(change.Change(name, told["difference"], told["low"], told["high"]))
    title = say.message("report.change.title", baseline=baseline_name(say, answer["question"]["baseline"]))
    off = sum(one.off_zero for one in found)
    text = say.message(
        "report.change.text", off=str(off), of=str(sum(one.difference is not None for one in found))
    )
    unit = say.unit(MICROGRAMS)
    rows = [
        [cell(one.name), figure(signed(one.difference)), figure(interval(one.low, one.high) or "–")]
        for one in found
    ]
    headings = [say.word("season"), say.message("report.head.change"), "95 %"]
    return Plate(
        "change",
        title,
        text,
        lambda width, ident: change.draw(found, unit, min(width, 640), ident, title, text, say.language),
        Table("change-data", title, headings, rows),
        season_source(say, answer),
        [text],
        640,
    )
