"""The measures page: what was issued, what the rules would have given, and how far both agree."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from report import measures as listed_measures
from report import replay
from report.answer import Answer
from report.figures.sheet import Cell
from report.paper import episode_tables
from report.paper.beside_tables import listed, numbered
from report.paper.lines import cell, clock, figure, kind_name, source, unique
from report.paper.sheet import Section, Table
from report.question import NothingHeldError, Question, QuestionError
from report.season_windows import season
from web.api.asked import Name
from web.pages import places
from web.pages.parts import Key, Told, part, part_of
from web.pages.route import PageRoute
from web.pages.show import page, unchanged
from web.pages.visit import AtVisit, Visit

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Year = Annotated[int | None, Query(ge=1990, le=2100)]
# Which rules are decided anew, with what stands for the forecast.
RULES = {
    "KR": (
        ("kr-emergency", "issued"),
        ("kr-emergency", "observed"),
        ("kr-advisory", "issued"),
        ("kr-warning", "issued"),
    ),
    "CN": (("cn-alert", "observed"), ("cn-alert", "none")),
}
COUNTED = ("both", "issued_only", "rule_only", "neither", "undecidable")
FIRST_YEAR = 2013


@router.get("/measures")
def measures_page(visit: AtVisit, region: Name | None = None, year: Year = None) -> Response:
    """The measures of a season: of a region, or of the region of each shore of which most is held."""
    kept = unchanged(visit)
    if kept is not None:
        return kept
    wanted = [region] if region else places.of_each_shore(visit)
    return page(
        visit,
        "measures.html",
        tag=visit.tag(),
        lists=[_list(visit, one, year) for one in wanted],
        choices=places.choices(visit, [wanted[0]] if region else []),
        years=range(visit.desk.now.year, FIRST_YEAR - 1, -1),
        year=year,
    )


def _list(visit: Visit, region: str, year: int | None) -> dict[str, Any]:
    asked = _question(visit, region, year)
    name = asked.region.id if asked.region else region
    first, last = asked.first_day, asked.last_day
    found = listed_measures.ask(visit.desk.facts, name, first, last)
    given = {"region": name, "_from": first, "to": last}
    rule = "kr-emergency" if asked.country == "KR" else "cn-alert"
    began = first.year
    return {
        "id": name,
        "name": visit.say.region(name),
        "first": first,
        "last": last,
        "days": len({one["date"] for one in found["measures"] if one["kind"] != "preliminary"}),
        "reach": [_reach(visit, one) for one in found["known_through"]],
        "table": _issued(visit, name, found["measures"]),
        "csv": visit.data("measures", **given, format="csv"),
        "replay_csv": visit.data("measures/replay", **given, rule=rule, format="csv"),
        "part": part(visit, _key(visit, name, first, last), f"/measures/{name}/replay", year=began),
    }


def _question(visit: Visit, region: str, year: int | None) -> Question:
    """The season that begins in a year; else the last of which anything of the region is held."""
    place = places.region(visit, region)
    begins = places.season_year(visit, place) if year is None else year
    one = season(visit.desk.facts, place.country, begins)
    return places.question(visit, place.id, one.start, one.end)


def _reach(visit: Visit, one: Answer) -> str:
    """How far a list was looked after."""
    say, through = visit.say, one["known_through"]
    day = say.date(through) if through else say.word("not known")
    return say.message("report.force.reach", kind=kind_name(say, one["kind"]), day=day)


def _issued(visit: Visit, region: str, rows: list[Answer]) -> Table:
    say = visit.say
    title = say.message("web.measures.issued", region=say.region(region))
    if not rows:
        said = say.message("report.no_measure_known")
        return Table("issued", title, [say.word("day")], [[cell(said)]])
    numbers = numbered(one["source"] for one in rows)
    headings = [
        say.word(one) for one in ("day", "measure", "region", "announced", "in force", "confidence", "source")
    ]
    told = [
        [
            cell(say.date(one["date"], weekday=True)),
            cell(kind_name(say, one["kind"])),
            cell(say.region(one["region"])),
            cell(clock(say, one["announced_at"])),
            cell(_force(visit, one)),
            cell(say.cell("confidence", one["confidence"])),
            cell(f"[{numbers[one['source']]}]"),
        ]
        for one in rows
    ]
    return Table("issued", title, headings, told, listed(numbers))


def _force(visit: Visit, one: Answer) -> str:
    since, until = one["in_force_from"], one["lifted_at"] or one["in_force_to"]
    if not since and not until:
        return visit.say.word("not known")
    told = [clock(visit.say, at, one["date"]) if at else "?" for at in (since, until)]
    return "–".join(told)


@router.get("/measures/{region}/replay")
def replayed(visit: AtVisit, region: str, year: Year = None, bare: bool = False) -> Response:
    """The rules decided anew over a season, which takes a moment to work out."""
    kept = unchanged(visit)
    if kept is not None:
        return kept
    asked = _question(visit, region, year)
    name = asked.region.id if asked.region else region
    key = _key(visit, name, asked.first_day, asked.last_day)
    return part_of(visit, key, lambda: _told(visit, name, asked), visit.say.region(name), bare=bare)


def _told(visit: Visit, region: str, asked: Question) -> Told:
    say = visit.say
    found: dict[tuple[str, str], Answer | str] = {
        one: _answer(visit, asked, *one) for one in RULES[asked.country]
    }
    answers = {key: one for key, one in found.items() if not isinstance(one, str)}
    tables = [_agreement(visit, region, found)]
    if asked.country == "KR":
        tables += episode_tables.rules(
            say,
            {
                "question": {**asked.as_json(), "region": region},
                "replay": _that_matter(answers),
                "alerts": [one for (rule, _), one in answers.items() if rule != "kr-emergency"],
            },
        )
    words = [
        say.message("web.measures.how"),
        say.message("web.measures.words"),
        say.message("web.measures.shown"),
    ]
    foot = unique(say.retell(note) for one in answers.values() for note in one["data"].get("notes", []))
    return Told([Section(f"replay-{region}", say.message("web.measures.replayed"), words, tables)], foot=foot)


def _that_matter(answers: dict[tuple[str, str], Answer]) -> dict[str, Answer | None]:
    """The decisions of days on which a measure was issued, or either kind of forecast would give one."""
    found = {forecast: answers.get(("kr-emergency", forecast)) for forecast in ("issued", "observed")}
    days = {
        (row["region"], row["for_date"])
        for one in found.values()
        if one is not None
        for row in one["decisions"]
        if row["issued"] or row["would_issue"]
    }
    return {
        forecast: one
        and {
            **one,
            "decisions": [row for row in one["decisions"] if (row["region"], row["for_date"]) in days],
        }
        for forecast, one in found.items()
    }


def _answer(visit: Visit, asked: Question, rule: str, forecast: str) -> Answer | str:
    """The rule decided anew, or why it cannot be."""
    try:
        return replay.ask(visit.desk.store, visit.desk.facts, asked, rule, forecast)
    except (NothingHeldError, QuestionError) as error:
        return str(error)


def _agreement(visit: Visit, region: str, found: dict[tuple[str, str], Answer | str]) -> Table:
    say = visit.say
    headings = [
        say.word("rule"),
        say.word("forecast"),
        say.message("web.agree.both"),
        say.message("web.agree.issued_only"),
        say.message("web.agree.rule_only"),
        say.message("web.agree.neither"),
        say.message("web.agree.undecidable"),
    ]
    rows: list[list[Cell]] = []
    notes, sources = [], []
    for (rule, forecast), one in found.items():
        named = [cell(_rule(visit, rule)), cell(_forecast(visit, rule, forecast))]
        if isinstance(one, str):
            rows.append([*named, *(figure("–") for _ in COUNTED)])
            notes.append(f"{_rule(visit, rule)}: {say.retell(one)}")
            continue
        told = one["agreement"] or {}
        rows.append([*named, *(figure(say.number(told.get(key))) for key in COUNTED)])
        sources += source(say, one)
    title = say.message("web.measures.agreement", region=say.region(region))
    return Table(f"agreement-{region}", title, headings, rows, unique(sources), unique(notes))


def _rule(visit: Visit, rule: str) -> str:
    names = {
        "kr-emergency": visit.say.message("web.rule.emergency"),
        "kr-advisory": visit.say.message("web.rule.advisory"),
        "kr-warning": visit.say.message("web.rule.warning"),
        "cn-alert": visit.say.message("web.rule.heavy"),
    }
    return names[rule]


def _forecast(visit: Visit, rule: str, forecast: str) -> str:
    if rule in ("kr-advisory", "kr-warning"):
        return visit.say.message("web.forecast.needs_none")
    names = {
        "issued": visit.say.message("web.forecast.issued"),
        "observed": visit.say.message("web.forecast.observed"),
        "none": visit.say.message("web.forecast.none"),
    }
    return names[forecast]


def _key(visit: Visit, region: str, first: date, last: date) -> Key:
    return ("replay", visit.mark, visit.language, region, first, last)
