"""The figures of an episode's sheet, drawn from its answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from config.clock import civil
from config.facts import Facts
from config.words import Speaker
from report.answer import Answer
from report.figures import calendar, strip, years
from report.figures.canvas import ACCENT
from report.figures.grades import Step, grade_of, steps
from report.figures.parts import Day, Key
from report.measures import free_day
from report.paper import lanes
from report.paper.lines import MICROGRAMS, cell, figure, joined, mean, short_span, source
from report.paper.sheet import Plate, Table
from report.regional import SHARE


def hour_of(text: str) -> int:
    """The hour number of an ISO time."""
    return int(datetime.fromisoformat(text).timestamp()) // 3600


def grades(facts: Facts, answer: Answer, country: str) -> list[Step]:
    """The country's grades of the first day shown."""
    day = date.fromisoformat(answer["question"]["from"][:10])
    return steps(facts, country, answer["question"]["pollutant"], day)


def the_strip(say: Speaker, answer: Answer) -> Plate:
    """The series of the region with what was in force, other places below."""
    asked = answer["question"]
    first, end = hour_of(asked["from"]), hour_of(asked["to"])
    main = _panel(say, answer, answer, say.region(asked["region"]), asked["zone"])
    beside = [
        _panel(say, answer, one, _name(say, one), one["zone"])
        for one in answer["beside"]
        if one["days"] or one["hours"]
    ]
    told = strip.Strip(
        first,
        end,
        _days(say, first, end, asked["zone"]),
        say.unit(MICROGRAMS),
        main,
        lanes.of(say, answer),
        beside,
        [(hour_of(one["start"]), hour_of(one["end"])) for one in answer["episodes"]],
        _peak(say, answer),
        lanes.keys(say, answer),
    )
    title = say.message("report.strip.title", region=say.region(asked["region"]), span=_span(say, answer))
    text = _strip_text(say, answer)
    silent = [_name(say, one) for one in answer["beside"] if not (one["days"] or one["hours"])]
    words = [say.message("report.strip.silent", place=one) for one in silent]
    return Plate(
        "strip",
        title,
        text,
        partial(_draw_strip, told, title, text, say.language),
        _days_table(say, answer, title),
        [*_sources(say, answer)],
        [*words, say.message("report.strip.axis", offset=asked["from"][-6:]), *_rule_note(say, answer)],
    )


def _rule_note(say: Speaker, answer: Answer) -> list[str]:
    """How the lanes of the rule are read, where there are any."""
    return [say.message("report.strip.rule")] if any(answer["replay"].values()) else []


def _draw_strip(told: strip.Strip, title: str, text: str, language: str, width: int, ident: str) -> Any:
    return strip.draw(told, width, ident, title, text, language)


def _panel(say: Speaker, answer: Answer, one: Answer, name: str, zone: str) -> strip.Panel:
    """The days and hours of a place; `one` has `days` and `hours`."""
    country = (
        say.facts.regions[answer["question"]["region"]].country if "country" not in one else one["country"]
    )
    scale = grades(say.facts, answer, country or "KR")
    bars = [
        strip.Bar(hour_of(row["start"]), hour_of(row["end"]), row["value"], grade_of(scale, row["value"]))
        for row in (one["days"] or {"values": []})["values"]
    ]
    line = [(hour_of(row["start"]), row["value"]) for row in (one["hours"] or {"values": []})["values"]]
    about = []
    for key, held in (("days", one["days"]), ("hours", one["hours"])):
        if held:
            n, feeds = held["data"]["stations"], ", ".join(held["data"]["feeds"])
            if key == "days":
                about.append(say.message("report.strip.bars", n=n, feeds=feeds))
            else:
                about.append(say.message("report.strip.line", n=n, feeds=feeds))
    if zone != answer["question"]["zone"]:
        about.append(say.message("report.strip.own_days", zone=f"{datetime.now(civil(zone)):%z}"[:3]))
    return strip.Panel(name, " · ".join(about), bars, line, scale)


def _name(say: Speaker, one: Answer) -> str:
    return say.region(one["region"]) if one["region"] else say.station(one["station"])


def _days(say: Speaker, first: int, end: int, zone: str) -> list[Day]:
    found, at = [], datetime.fromtimestamp(first * 3600, civil(zone))
    korean = zone == "Asia/Seoul"
    while int(at.timestamp()) // 3600 < end:
        day = at.date()
        free = free_day(day) if korean else day.weekday() >= 5
        found.append(Day(int(at.timestamp()) // 3600, str(day.day), say.month(day), free))
        at += timedelta(days=1)
    return found


def _peak(say: Speaker, answer: Answer) -> tuple[float, str] | None:
    peak, day = answer["peak_hour"], answer["opening"]
    if peak is not None:
        value = f"{peak['value']:.0f} {say.unit(MICROGRAMS)}"
        text = say.message("report.strip.peak_hour", value=value, clock=peak["end"][11:16])
        return hour_of(peak["start"]) + 0.5, text
    if day["value"] is None:
        return None
    start = next(one["start"] for one in answer["days"]["values"] if one["start"][:10] == day["day"])
    return hour_of(start) + 12.0, say.message(
        "report.strip.peak_day", value=f"{mean(say, day['value'])} {say.unit(MICROGRAMS)}"
    )


def _span(say: Speaker, answer: Answer) -> str:
    first, last = days_of(answer)
    return short_span(say, first, last)


def days_of(answer: Answer) -> tuple[date, date]:
    """The first and last civil day that are shown."""
    asked = answer["question"]
    end = datetime.fromisoformat(asked["to"]) - timedelta(seconds=1)
    return date.fromisoformat(asked["from"][:10]), end.date()


def _strip_text(say: Speaker, answer: Answer) -> str:
    """What the strip says, for those who do not see it."""
    told = [
        say.message(
            "report.strip.text",
            region=say.region(answer["question"]["region"]),
            span=_span(say, answer),
            value=mean(say, answer["opening"]["value"]),
            unit=say.unit(MICROGRAMS),
            day=say.date(answer["opening"]["day"]) if answer["opening"]["day"] else "–",
        )
    ]
    told += [
        say.message(
            "report.strip.text_beside",
            place=_name(say, one),
            value=mean(
                say,
                max(
                    (row["value"] for row in one["days"]["values"] if row["value"] is not None), default=None
                ),
            ),
            unit=say.unit(MICROGRAMS),
        )
        for one in answer["beside"]
        if one["days"]
    ]
    return " ".join([*told, *lanes.words(say, answer)])


def _days_table(say: Speaker, answer: Answer, title: str) -> Table:
    """Day means of all places of the strip."""
    places = [(say.region(answer["question"]["region"]), answer["days"])]
    places += [(_name(say, one), one["days"]) for one in answer["beside"] if one["days"]]
    by_day: dict[str, list[str]] = {}
    for index, (_, held) in enumerate(places):
        for row in held["values"]:
            by_day.setdefault(row["start"][:10], ["–"] * len(places))[index] = mean(say, row["value"])
    rows = [[cell(say.date(day)), *map(figure, values)] for day, values in sorted(by_day.items())]
    return Table("strip-data", title, [say.word("day"), *(name for name, _ in places)], rows)


def _sources(say: Speaker, answer: Answer) -> list[str]:
    """Where each series of the strip comes from."""
    name = say.region(answer["question"]["region"])
    told: dict[str, list[str]] = {}
    for place, one in ((name, answer), *((_name(say, one), one) for one in answer["beside"])):
        for held in (one["days"], one["hours"]):
            if held:
                for line in source(say, held, provisional=held["provisional"]):
                    told.setdefault(line, [])
                    if place not in told[line]:
                        told[line].append(place)
    return [f"{', '.join(names)} · {line}" for line, names in told.items()]


def the_calendar(say: Speaker, answer: Answer) -> Plate:
    """Days by grade, those with an emergency measure in force ringed."""
    asked, facts = answer["question"], say.facts
    scale = grades(facts, answer, facts.regions[asked["region"]].country)
    ringed = lanes.days_in_force(answer)
    cells = [
        calendar.Cell(
            date.fromisoformat(row["start"][:10]),
            row["value"],
            grade_of(scale, row["value"]),
            row["start"][:10] in ringed,
        )
        for row in answer["days"]["values"]
    ]
    months = {(one.day.year, one.day.month): say.month(one.day) for one in cells}
    keys = [Key(say.message("report.key.ring"), "open", ACCENT)]
    weekdays = say.message("report.weekdays").split()
    title = say.message("report.calendar.title", region=say.region(asked["region"]), span=_span(say, answer))
    counted = [sum(one.grade == n for one in cells) for n in range(len(scale))]
    told = [f"{one.names[say.language]} {n}" for one, n in zip(scale, counted, strict=True)]
    text = say.message("report.calendar.text", counts=", ".join(told), n=len(ringed))
    rows = [
        [
            cell(say.date(one.day, weekday=True)),
            figure(mean(say, one.value)),
            cell("–" if one.grade is None else scale[one.grade].names[say.language]),
            cell(say.word("in force") if one.measure else say.message("report.no_measure_known")),
        ]
        for one in cells
    ]
    headings = [say.word("day"), say.word("mean"), say.word("grade"), say.word("emergency measure")]
    return Plate(
        "calendar",
        title,
        text,
        lambda width, ident: calendar.draw(
            cells, scale, weekdays, months, keys, width, ident, title, text, say.language
        ),
        Table("calendar-data", title, headings, rows),
        source(say, answer["days"], provisional=answer["days"]["provisional"]),
        [say.message("report.calendar.rule")],
    )


def the_years(say: Speaker, answer: Answer) -> Plate | None:
    """The same days of other years."""
    found = answer["other_years"]
    if len(found["years"]) < 2:
        return None
    region = say.region(answer["question"]["region"])
    first, last = (date.fromisoformat(found[key]) for key in ("start", "end"))
    bars = [
        years.Year(str(one["year"]), one["mean"], one["lowest"], one["highest"], one["asked"])
        for one in found["years"]
    ]
    title = say.message("report.years.title", region=region, span=short_span(say, first, last))
    known = [one for one in found["years"] if one["mean"] is not None and not one["asked"]]
    own = next((one["mean"] for one in found["years"] if one["asked"]), None)
    text = say.message(
        "report.years.text",
        value=mean(say, own),
        low=mean(say, min((one["mean"] for one in known), default=None)),
        high=mean(say, max((one["mean"] for one in known), default=None)),
        n=len(known),
        unit=say.unit(MICROGRAMS),
    )
    unit = say.unit(MICROGRAMS)
    rows = [
        [
            cell(one["year"]),
            figure(mean(say, one["mean"])),
            figure(mean(say, one["lowest"])),
            figure(mean(say, one["highest"])),
            figure(f"{one['valid_days']}/{one['days']}"),
            figure(str(one["stations"])),
            cell(joined(say, (say.word(kind, of="kind") for kind in one["kinds"]))),
        ]
        for one in found["years"]
    ]
    headings = [say.word("year"), say.word("mean"), say.word("lowest day"), say.word("highest day")]
    headings += [say.word("valid days"), say.word("stations"), say.word("kind")]
    return Plate(
        "years",
        title,
        text,
        lambda width, ident: years.draw(bars, unit, min(width, 640), ident, title, text, say.language),
        Table("years-data", title, headings, rows),
        source(say, answer["days"]),
        [*_panels(say, found), say.message("report.years.note")],
        640,
    )


def _panels(say: Speaker, found: Answer) -> list[str]:
    """On which basis all years stand, and in which of them other stations than in the year asked for."""
    basis, heard = say.word(found["basis"], of="basis"), [one["stations"] for one in found["years"]]
    low, high = min(heard), max(heard)
    stations = (
        say.message("report.stations_n", n=low)
        if low == high
        else say.message("report.years.stations", low=str(low), high=str(high))
    )
    told = [say.message("report.years.basis", basis=basis, stations=stations)]
    own = next((one for one in found["years"] if one["asked"]), None)
    unlike = [one for one in found["years"] if own and not _alike(one, own)]
    if own and unlike:
        years = joined(say, (_panel_words(say, one) for one in (own, *unlike)))
        told.append(say.message("report.years.unlike", years=years))
    return told


def _alike(one: Answer, own: Answer) -> bool:
    """Whether a year stands on stations of the same kinds, and on about as many."""
    few, many = sorted((one["stations"], own["stations"]))
    return bool(one["kinds"] == own["kinds"] and few >= SHARE * many)


def _panel_words(say: Speaker, one: Answer) -> str:
    stations = say.message("report.stations_n", n=one["stations"])
    kinds = joined(say, (say.word(kind, of="kind") for kind in one["kinds"]))
    return say.message("report.years.panel", year=str(one["year"]), stations=stations, kinds=kinds)
