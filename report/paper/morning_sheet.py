"""The summary of each morning on paper: one sentence, four figures, and what stood behind the day."""

from __future__ import annotations

from config.words import Speaker
from report.answer import SYNTHETIC, Answer
from report.paper import morning_tables as tables
from report.paper.held import provisional
from report.paper.lines import MICROGRAMS, few, joined, mean, notes, unique, vintage
from report.paper.out import Report
from report.paper.sheet import Sheet, Tile


def report(say: Speaker, answer: Answer) -> Report:
    """The summary in the speaker's language."""
    rows = {key: answer[key] or [] for key in ("regions", "alerts", "measures", "episodes", "sources")}
    return Report(f"morning-{answer['question']['day']}", answer, sheet(say, answer), rows)


def sheet(say: Speaker, answer: Answer) -> Sheet:
    """The sheet in words and tables."""
    day = answer["question"]["day"]
    parts = (tables.air, tables.alerts, tables.measures, tables.episodes, tables.sources)
    return Sheet(
        "morning",
        say.language,
        say.message("report.morning.title", day=say.date(day, weekday=True)),
        say.message("report.morning.kicker"),
        sentence(say, answer),
        _tiles(say, answer),
        [part(say, answer) for part in parts],
        unique(notes(say, answer)),
        say.retell(SYNTHETIC) if SYNTHETIC in answer["data"].get("notes", []) else None,
    )


def sentence(say: Speaker, answer: Answer) -> str:
    """The sentence that opens the summary."""
    highest = [text for country in answer["countries"] if (text := _highest(say, answer, country))]
    status = vintage(say, provisional=provisional(say.facts, answer["data"]["feeds"]))
    return say.message(
        "report.morning.opening",
        day=say.date(answer["question"]["day"], weekday=True),
        highest=joined(say, highest),
        held=str(sum(one["mean"] is not None for one in answer["regions"])),
        of=str(len(answer["regions"])),
        stations=str(answer["data"]["stations"]),
        status=status,
        measures=_in_force(say, answer) or say.message("report.no_measure_known"),
        at=say.moment(answer["question"]["at"], offset=True),
    )


def _worst(answer: Answer, country: str) -> Answer | None:
    held = [one for one in answer["regions"] if one["country"] == country and one["mean"] is not None]
    return max(held, key=lambda one: one["mean"], default=None)


def _highest(say: Speaker, answer: Answer, country: str) -> str:
    worst = _worst(answer, country)
    if worst is None:
        return ""
    value = f"{mean(say, worst['mean'])} {say.unit(MICROGRAMS)}"
    return say.message("report.morning.highest", region=say.region(worst["region"]), value=value)


def _in_force(say: Speaker, answer: Answer) -> str:
    """The regions with an emergency measure or a heavy pollution alert on the day; many are counted."""
    rows = [
        one
        for one in answer["measures"]
        if one["date"] == answer["question"]["day"] and one["kind"] != "preliminary"
    ]
    return few(say, (say.region(one["region"]) for one in rows))


def _tiles(say: Speaker, answer: Answer) -> list[Tile]:
    return [
        *(_shore(say, answer, country) for country in answer["countries"]),
        _measures(say, answer),
        _episodes(say, answer),
    ]


def _shore(say: Speaker, answer: Answer, country: str) -> Tile:
    """The highest mean of a country."""
    labels = {"KR": say.message("report.morning.korea"), "CN": say.message("report.morning.china")}
    worst = _worst(answer, country)
    if worst is None:
        return Tile(labels[country], "–", say.word("not known"))
    shown, grade = tables.shaded(say, tables.scale_of(say, answer, country), worst["mean"])
    value = f"{shown.text} {say.unit(MICROGRAMS)}"
    return Tile(labels[country], value, f"{say.region(worst['region'])} · {grade.text}", shown.shade)


def _measures(say: Speaker, answer: Answer) -> Tile:
    told = [one["known_through"] for one in answer["known_through"] if one["kind"] == "emergency"]
    through = say.date(min(told)) if told else say.word("not known")
    return Tile(
        say.message("report.tile.in_force"),
        _in_force(say, answer) or say.message("report.no_measure_known"),
        say.message("report.tile.list_through", day=through),
    )


def _episodes(say: Speaker, answer: Answer) -> Tile:
    going = [one for one in answer["episodes"] if tables.goes_on(one)]
    late = answer["sources"]
    where = few(say, (say.region(one["region"]) for one in going))
    n = say.word("not known") if late is None else str(len(late))
    note = [where, say.message("report.morning.late_n", n=n)]
    return Tile(say.message("report.morning.going"), str(len(going)), " · ".join(filter(None, note)))
