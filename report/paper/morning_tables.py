"""The parts of a morning's summary: day means, alerts, measures, episodes, sources that are late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from config.words import Speaker
from report.answer import Answer
from report.figures.grades import Step, grade_of, steps
from report.figures.sheet import Cell
from report.paper.beside_tables import listed, numbered
from report.paper.lines import cell, clock, figure, joined, kind_name, mean, rule_title, source
from report.paper.sheet import Section, Table


def scale_of(say: Speaker, answer: Answer, country: str) -> list[Step]:
    """The grades of a country on the day."""
    day = date.fromisoformat(answer["question"]["day"])
    return steps(say.facts, country, answer["question"]["pollutant"], day)


def shaded(say: Speaker, scale: Sequence[Step], value: float | None) -> tuple[Cell, Cell]:
    """A mean and its grade."""
    grade = grade_of(scale, value)
    if grade is None:
        return figure(mean(say, value)), cell(say.word("not known"))
    step = scale[grade]
    return Cell(mean(say, value), figure=True, shade=step.shade, ink=step.ink), cell(step.names[say.language])


def goes_on(one: Answer) -> bool:
    """Whether no value has shown that an episode is over."""
    return one["censored"] in ("right", "both")


def air(say: Speaker, answer: Answer) -> Section:
    """The day means, a table a country."""
    tables = [_means(say, answer, country) for country in answer["countries"]]
    return Section("air", say.message("report.morning.air"), [], tables)


def _means(say: Speaker, answer: Answer, country: str) -> Table:
    scale, korean = scale_of(say, answer, country), country == "KR"
    rows = [
        [
            cell(say.region(one["region"])),
            *shaded(say, scale, one["mean"]),
            figure(f"{one['stations']} / {one['stations_known'] or '–'}" if one["stations"] else "–"),
            figure(say.percent(one["capture"])),
            *([cell(_level(say, one["alert_by_rule"]))] if korean else []),
        ]
        for one in answer["regions"]
        if one["country"] == country
    ]
    headings = [
        say.word("region"),
        say.word("mean"),
        say.word("grade"),
        say.word("stations"),
        say.word("capture"),
        *([say.message("report.lane.alerts_rule")] if korean else []),
    ]
    told = source(say, {**answer, "data": answer["countries"][country]})
    return Table(f"means-{country.lower()}", say.region(country.lower()), headings, rows, told)


def _level(say: Speaker, level: str | None) -> str:
    """The highest alert of the day; None where hours do not tell."""
    if level is None:
        return say.word("not known")
    return say.word("none", of="alert") if level == "none" else say.word(level, of="level")


def alerts(say: Speaker, answer: Answer) -> Section:
    """The alerts of the day as they were published."""
    title, day = say.message("report.morning.alerts"), answer["question"]["day"]
    if not answer["alerts"]:
        return Section("alerts", title, [say.message("report.morning.no_alert")])
    numbers = numbered(one["source"] for one in answer["alerts"])
    rows = [
        [
            cell(say.region(one["region"])),
            cell(one["zone"]),
            cell(_level(say, one["level"])),
            cell(clock(say, one["issued_at"], day)),
            cell(clock(say, one["cleared_at"], day)),
            cell(f"[{numbers[one['source']]}]"),
        ]
        for one in answer["alerts"]
    ]
    headings = [
        say.word("region"),
        say.word("zone"),
        say.word("level"),
        say.message("report.head.published_from"),
        say.message("report.head.published_to"),
        say.word("source"),
    ]
    table = Table("alerts", say.message("report.lane.alerts"), headings, rows, listed(numbers))
    return Section("alerts", title, [], [table])


def measures(say: Speaker, answer: Answer) -> Section:
    """The measures of the day and the next one, those of a source together, and how far the lists reach."""
    title, found = say.message("report.section.measures"), answer["measures"]
    reach = [
        f"{say.region(one['region'])}: "
        + say.message(
            "report.force.reach", kind=kind_name(say, one["kind"]), day=say.date(one["known_through"])
        )
        for one in answer["known_through"]
    ]
    if not found:
        return Section("measures", title, [say.message("report.no_measure_known"), *reach])
    numbers = numbered(one["source"] for one in found)
    together: dict[tuple[str, ...], list[str]] = {}
    for one in found:
        key = (one["date"], one["kind"], one["confidence"], one["source"])
        together.setdefault(key, []).append(say.region(one["region"]))
    rows = [
        [
            cell(say.date(day)),
            cell(kind_name(say, kind)),
            cell(joined(say, regions)),
            cell(say.cell("confidence", confidence)),
            cell(f"[{numbers[source_]}]"),
        ]
        for (day, kind, confidence, source_), regions in together.items()
    ]
    headings = [
        say.word("day"),
        say.word("measure"),
        say.word("region"),
        say.word("confidence"),
        say.word("source"),
    ]
    days = sorted({one["date"] for one in found})
    span = say.message("report.morning.measures", span=say.span(days[0], days[-1]))
    return Section("measures", title, [], [Table("measures", span, headings, rows, listed(numbers), reach)])


def episodes(say: Speaker, answer: Answer) -> Section:
    """The episodes that are under way, or ended in the day."""
    title = say.message("report.morning.episodes")
    if not answer["episodes"]:
        return Section("episodes", title, [say.message("report.morning.no_episode")])
    rows = [
        [
            cell(say.region(one["region"])),
            cell(rule_title(say, say.facts.profiles[one["profile"]].title)),
            cell(clock(say, one["start"])),
            cell(say.message("report.morning.goes_on") if goes_on(one) else clock(say, one["end"])),
            figure(mean(say, one["mean"])),
            figure(mean(say, one["peak"])),
        ]
        for one in answer["episodes"]
    ]
    headings = [
        say.word("region"),
        say.word("profile"),
        say.word("start"),
        say.word("end"),
        say.word("mean"),
        say.word("peak"),
    ]
    table = Table("episodes", say.message("report.morning.followed"), headings, rows)
    return Section("episodes", title, [], [table])


def sources(say: Speaker, answer: Answer) -> Section:
    """The sources that are late, and why."""
    title, late = say.message("report.morning.sources"), answer["sources"]
    if not late:
        told = say.word("not known") if late is None else say.message("report.morning.none_late")
        return Section("sources", title, [told])
    rows = [
        [
            cell(one["id"]),
            cell(_newest(say, one["newest"])),
            cell(say.cell("late_because", one.get("late_because"))),
            cell(say.retell(one["late_told"]) if one.get("late_told") else one.get("error")),
        ]
        for one in late
    ]
    headings = [say.word("source"), say.word("newest hour"), say.word("who"), say.word("why")]
    table = Table("sources", say.message("report.morning.late_n", n=str(len(late))), headings, rows)
    return Section("sources", title, [], [table])


def _newest(say: Speaker, newest: str | None) -> str:
    return (
        say.word("not known") if newest is None else say.moment(datetime.fromisoformat(newest), offset=True)
    )
