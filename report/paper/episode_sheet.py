"""An episode's answer in words: the sentence, the tiles, and the sections in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from config.words import Speaker
from report.answer import SYNTHETIC, Answer
from report.figures.grades import grade_of
from report.paper import beside_tables, episode_list, episode_maps, lanes
from report.paper import episode_figures as figures
from report.paper import episode_tables as tables
from report.paper.lines import (
    MICROGRAMS,
    day_rule,
    mean,
    notes,
    rule_title,
    short_day,
    short_span,
    stations,
    unique,
    vintage,
)
from report.paper.sheet import Plate, Section, Sheet, Table, Tile


def sheet(say: Speaker, answer: Answer) -> Sheet:
    """The sheet of an episode in the speaker's language."""
    region = say.region(answer["question"]["region"])
    synthetic = SYNTHETIC in answer["data"].get("notes", [])
    first, last = figures.days_of(answer)
    return Sheet(
        "episode",
        say.language,
        say.message("report.episode.title", region=region, span=short_span(say, first, last)),
        say.message("report.episode.kicker"),
        sentence(say, answer),
        _tiles(say, answer),
        _sections(say, answer),
        unique(notes(say, answer["days"], answer["hours"], answer["links"], answer["replay"].get("issued"))),
        say.retell(SYNTHETIC) if synthetic else None,
    )


def sentence(say: Speaker, answer: Answer) -> str:
    """The sentence that opens the report."""
    told = answer["opening"]
    if told["value"] is None:
        return say.message("report.episode.nothing", region=say.region(answer["question"]["region"]))
    return say.message(
        "report.episode.opening",
        region=say.region(answer["question"]["region"]),
        day=say.date(told["day"], weekday=True),
        value=mean(say, told["value"]),
        unit=say.unit(MICROGRAMS),
        stations=stations(say, told),
        status=vintage(say, provisional=told["provisional"]),
        rule=day_rule(say, told["basis"], told["day_rule"]),
        published=_published(say, told),
        known=_known(say, told),
    )


def _published(say: Speaker, told: Answer) -> str:
    found = told["published"]
    if found is None:
        return say.message("report.published.none")
    return say.message("report.published.day", value=mean(say, found["value"]), vintage=found["vintage"])


def _known(say: Speaker, told: Answer) -> str:
    through = told["known_through"]
    readings = say.date(through["readings"]) if through["readings"] else say.word("not known")
    if not through["measures"]:
        return say.message("report.known_readings", readings=readings)
    return say.message("report.known_through", readings=readings, measures=say.date(through["measures"]))


def _tiles(say: Speaker, answer: Answer) -> list[Tile]:
    return [_worst(say, answer), _episode(say, answer), _force(say, answer), _sure(say, answer)]


def _worst(say: Speaker, answer: Answer) -> Tile:
    told, label = answer["opening"], say.message("report.tile.worst")
    if told["value"] is None:
        return Tile(label, "–", "")
    country = say.facts.regions[answer["question"]["region"]].country
    scale = figures.grades(say.facts, answer, country)
    grade = grade_of(scale, told["value"])
    named = scale[grade].names[say.language] if grade is not None else ""
    note = " · ".join(filter(None, [say.date(told["day"], weekday=True), named]))
    shade = scale[grade].shade if grade is not None else None
    return Tile(label, f"{mean(say, told['value'])} {say.unit(MICROGRAMS)}", note, shade)


def _episode(say: Speaker, answer: Answer) -> Tile:
    main, label = answer["main"], say.message("report.tile.episode")
    profile = rule_title(say, answer["method"]["profile"]["title"])
    if main is None:
        return Tile(label, "–", say.message("report.tile.no_episode", rule=profile))
    span = episode_list.days_of(say, main)
    note = [say.message("report.tile.episode_note", span=span, value=mean(say, main["mean"]), rule=profile)]
    note += filter(None, [episode_list.dust_note(say, answer, main)])
    others = len(answer["episodes"]) - 1
    if others:
        note.append(say.message("report.tile.other_episodes", n=others))
    return Tile(label, episode_list.length(say, main), " · ".join(note))


def _force(say: Speaker, answer: Answer) -> Tile:
    label = say.message("report.tile.in_force")
    days = sorted(lanes.days_in_force(answer))
    if not days:
        through = answer["opening"]["known_through"]["measures"]
        note = say.message("report.tile.list_through", day=say.date(through) if through else "–")
        return Tile(label, say.message("report.no_measure_known"), note)
    value = say.message("report.days", n=len(days))
    return Tile(label, value, _force_note(say, answer, days))


def _force_note(say: Speaker, answer: Answer, days: list[str]) -> str:
    main = answer["main"]
    span = (
        f"{short_day(say, days[0])} – {short_day(say, days[-1])}"
        if len(days) > 1
        else short_day(say, days[0])
    )
    if main is None:
        return span
    first = date.fromisoformat(main["start"][:10])
    n = main["duration_hours"] // 24 or 1
    inside = [(first + timedelta(days=index)).isoformat() for index in range(n)]
    covered = sum(day in days for day in inside)
    told = say.message("report.tile.covered", span=span, covered=covered, days=n)
    if inside[0] not in days:
        told += _first_day(say, answer, inside[0])
    return told


def _first_day(say: Speaker, answer: Answer, day: str) -> str:
    """What was in force on the first day of an episode, where it was no emergency measure."""
    if day in lanes.days_in_force(answer, "preliminary"):
        return say.message("report.tile.first_preliminary", day=short_day(say, day))
    return say.message("report.tile.first_uncovered", day=short_day(say, day))


def _sure(say: Speaker, answer: Answer) -> Tile:
    told = answer["opening"]
    value = say.message(
        "report.tile.sure_value", n=str(told["stations"] or 0), known=str(told["stations_known"] or "–")
    )
    note = [vintage(say, provisional=told["provisional"])]
    if told["capture"] is not None:
        note.append(say.message("report.capture", share=say.percent(told["capture"], 1)))
    replay = answer["replay"].get("issued")
    if replay is not None:
        open_ = sum(one["would_issue"] is None for one in replay["decisions"])
        note.append(say.message("report.tile.undecided", n=str(open_), of=str(len(replay["decisions"]))))
    return Tile(say.message("report.tile.sure"), value, " · ".join(note))


def _sections(say: Speaker, answer: Answer) -> list[Section]:
    years = figures.the_years(say, answer)
    strip, episodes = figures.the_strip(say, answer), episode_list.the_episodes(say, answer)
    found: list[Section] = [
        Section("air", say.message("report.section.air"), [], [strip, *([episodes] if episodes else [])]),
        Section(
            "force",
            say.message("report.section.force"),
            _force_words(say, answer),
            [tables.in_force(say, answer)],
        ),
        Section("calendar", say.message("report.section.calendar"), [], [figures.the_calendar(say, answer)]),
        _section(
            "map",
            say.message("report.section.map"),
            [],
            episode_maps.the_maps(say, answer),
            [say.message("report.map.nothing")],
        ),
        _section(
            "rule",
            say.message("report.section.rule"),
            [*tables.rule_words(say, answer), *tables.rule_silence(say, answer)],
            tables.rules(say, answer),
            tables.rule_silence(say, answer),
        ),
        _section(
            "years",
            say.message("report.section.years"),
            [],
            [years] if years else [],
            [say.message("report.years.nothing")],
        ),
        _section(
            "published",
            say.message("report.section.published"),
            [say.message("report.published.note")],
            beside_tables.published(say, answer["published"]),
            [say.message("report.published.nothing")],
        ),
        _section(
            "directions",
            say.message("report.section.directions"),
            beside_tables.direction_words(say, answer),
            beside_tables.directions(say, answer),
            beside_tables.direction_silence(say, answer),
        ),
    ]
    return [one for one in found if one.parts or one.words]


def _section(
    ident: str,
    title: str,
    words: list[str],
    parts: Sequence[Plate | Table],
    silence: list[str],
) -> Section:
    """A section; one that has nothing to show says why."""
    return Section(ident, title, words if parts else silence, parts)


def _force_words(say: Speaker, answer: Answer) -> list[str]:
    linked = answer["links"]
    if linked is None:
        return []
    told = linked["summary"]
    words = [
        say.message(
            "report.force.counted",
            high=say.message("report.high_days", n=told["high_days"]),
            covered=str(told["high_days_covered"]),
            first=say.message("report.first_days", n=told["first_days"]),
            first_covered=str(told["first_days_covered"]),
            later=say.message("report.later_days", n=told["later_days"]),
            later_covered=str(told["later_days_covered"]),
            rule=rule_title(say, linked["method"]["profile"]["title"]),
        )
    ]
    words.append(say.message("report.force.why"))
    if not told["complete"]:
        through = say.date(told["known_through"]) if told["known_through"] else say.word("not known")
        words.append(say.message("report.force.through", day=through))
    return words
