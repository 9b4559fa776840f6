"""One measure in words and figures."""

from __future__ import annotations

from config.words import Speaker
from report.answer import SYNTHETIC, Answer
from report.figures.grades import grade_of
from report.figures.sheet import Cell
from report.paper import beside_tables
from report.paper import episode_figures as figures
from report.paper import episode_tables as tables
from report.paper.beside_tables import listed, numbered
from report.paper.lines import (
    MICROGRAMS,
    cell,
    clock,
    day_rule,
    joined,
    kind_name,
    mean,
    notes,
    stations,
    truth,
    unique,
    vintage,
)
from report.paper.sheet import Section, Sheet, Table, Tile


def sheet(say: Speaker, answer: Answer) -> Sheet:
    """The sheet of a measure in the speaker's language."""
    asked = answer["question"]
    region, day = say.region(asked["region"]), say.date(asked["date"], weekday=True)
    return Sheet(
        "measure",
        say.language,
        say.message("report.measure.title", kind=_kinds(say, answer), region=region, day=day),
        say.message("report.measure.kicker"),
        sentence(say, answer),
        _tiles(say, answer),
        _sections(say, answer),
        unique(notes(say, answer["days"], answer["hours"], answer["replay"].get("issued"))),
        say.retell(SYNTHETIC) if SYNTHETIC in answer["data"].get("notes", []) else None,
    )


def _kinds(say: Speaker, answer: Answer) -> str:
    kinds = dict.fromkeys(one["kind"] for one in answer["measure"])
    return joined(say, (kind_name(say, one) for one in kinds))


def _own(answer: Answer) -> Answer:
    """The measure of the region itself; of a wider region the first."""
    region = answer["question"]["region"]
    found: Answer = next((one for one in answer["measure"] if one["region"] == region), answer["measure"][0])
    return found


def _value(answer: Answer, day: str) -> float | None:
    found = (one["value"] for one in answer["days"]["values"] if one["start"][:10] == day)
    value: float | None = next(found, None)
    return value


def sentence(say: Speaker, answer: Answer) -> str:
    """The sentence that opens the report."""
    own, told = _own(answer), answer["opening"]
    through = told["known_through"]["measures"]
    return say.message(
        "report.measure.opening",
        kind=_kinds(say, answer),
        region=say.region(answer["question"]["region"]),
        day=say.date(answer["question"]["date"], weekday=True),
        announced=_announced(say, own),
        force=_force(say, own),
        value=mean(say, _value(answer, answer["question"]["date"])),
        unit=say.unit(MICROGRAMS),
        stations=stations(say, told),
        status=vintage(say, provisional=told["provisional"]),
        rule=day_rule(say, told["basis"], told["day_rule"]),
        measures=say.date(through) if through else say.word("not known"),
    )


def _announced(say: Speaker, own: Answer) -> str:
    if own["announced_at"] is None:
        return say.word("not known")
    if own["announced_precision"] == "time":
        return say.moment(own["announced_at"])
    return say.message("report.measure.by_rule", at=say.moment(own["announced_at"]))


def _force(say: Speaker, own: Answer) -> str:
    since, until = own["in_force_from"], own["lifted_at"] or own["in_force_to"]
    if not since or not until:
        return say.word("not known")
    return f"{clock(say, since, own['date'])}–{clock(say, until, own['date'])}"


def _tiles(say: Speaker, answer: Answer) -> list[Tile]:
    own, day = _own(answer), answer["question"]["date"]
    country = say.facts.regions[answer["question"]["region"]].country
    scale = figures.grades(say.facts, answer, country)
    value = _value(answer, day)
    grade = grade_of(scale, value)
    elsewhere = {one["region"] for one in answer["elsewhere"] if one["kind"] == own["kind"]}
    decided = [one for one in _decisions(answer, "issued") if one["for_date"] == day]
    hindcast = [one for one in _decisions(answer, "observed") if one["for_date"] == day]
    by_rule = truth(say, decided[0]["would_issue"]) if decided else say.word("not known")
    observed = truth(say, hindcast[0]["would_issue"]) if hindcast else say.word("not known")
    return [
        Tile(
            say.message("report.tile.that_day"),
            f"{mean(say, value)} {say.unit(MICROGRAMS)}",
            scale[grade].names[say.language] if grade is not None else "",
            scale[grade].shade if grade is not None else None,
        ),
        Tile(say.word("announced"), _announced(say, own), own["criterion"] or ""),
        Tile(
            say.word("in force"),
            _force(say, own),
            say.message("report.tile.regions", n=len(elsewhere)),
        ),
        Tile(say.message("report.tile.rule"), by_rule, say.message("report.tile.hindcast", told=observed)),
    ]


def _decisions(answer: Answer, forecast: str) -> list[Answer]:
    found = answer["replay"].get(forecast)
    return found["decisions"] if found else []


def _sections(say: Speaker, answer: Answer) -> list[Section]:
    rules = tables.rules(say, answer)
    directions = beside_tables.directions(say, answer)
    found = [
        Section("air", say.message("report.section.air"), [], [figures.the_strip(say, answer)]),
        Section("where", say.message("report.section.map"), [], [_regions(say, answer)]),
        Section("force", say.message("report.section.force"), [], [tables.in_force(say, answer)]),
        Section(
            "rule",
            say.message("report.section.rule"),
            [*tables.rule_words(say, answer), *tables.rule_silence(say, answer)],
            rules,
        ),
        Section(
            "directions",
            say.message("report.section.directions"),
            beside_tables.direction_words(say, answer)
            if directions
            else beside_tables.direction_silence(say, answer),
            directions,
        ),
    ]
    return [one for one in found if one.parts or one.words]


def _regions(say: Speaker, answer: Answer) -> Table:
    """Every region with a measure on the day."""
    found = answer["elsewhere"]
    numbers = numbered(one["source"] for one in found)
    rows = [
        [
            Cell(say.region(one["region"]), bold=one["region"] == answer["question"]["region"]),
            cell(kind_name(say, one["kind"])),
            cell(one["step"] and say.cell("step", one["step"])),
            cell(clock(say, one["announced_at"]) + ("" if one["announced_precision"] == "time" else " *")),
            cell(_force(say, one)),
            cell(one["criterion"]),
            cell(truth(say, one["vehicle_rules"])),
            cell(say.cell("confidence", one["confidence"])),
            cell(f"[{numbers[one['source']]}]"),
        ]
        for one in found
    ]
    headings = [
        say.word("region"),
        say.word("measure"),
        say.word("step"),
        say.word("announced"),
        say.word("in force"),
        say.word("criteria"),
        say.word("vehicles"),
        say.word("confidence"),
        say.word("source"),
    ]
    title = say.message("report.measure.regions", day=say.date(answer["question"]["date"]))
    return Table(
        "measure-regions", title, headings, rows, listed(numbers), [say.message("report.force.star")]
    )
