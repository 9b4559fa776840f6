"""Short texts that all sheets share: where values come from, times, and numbers as the field writes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from config.words import Speaker
from report.answer import SYNTHETIC, Answer
from report.figures.sheet import Cell

MICROGRAMS = "ug/m3"


def mean(say: Speaker, value: float | None) -> str:
    """A mean with one decimal."""
    return say.number(value, 1)


def cell(text: object) -> Cell:
    """A cell of words."""
    return Cell("–" if text is None else str(text))


def figure(text: str) -> Cell:
    """A cell of a number."""
    return Cell(text, figure=True)


def source(say: Speaker, found: Answer, *, provisional: bool | None = None) -> list[str]:
    """Source, stations, capture, vintage, method and licence of an answer, as one line."""
    data, question = found["data"], found["question"]
    parts = [
        say.message("report.source", who="; ".join(say.retell(one) for one in data["attribution"]) or "–")
    ]
    if data.get("stations") is not None:
        parts.append(stations(say, data))
    if data.get("capture") is not None:
        parts.append(say.message("report.capture", share=say.percent(data["capture"], 1)))
    if provisional is not None:
        parts.append(vintage(say, provisional=provisional))
    as_of = question.get("as_of")
    if as_of:
        parts.append(say.message("report.as_of", at=say.moment(as_of, offset=True)))
    rule = found.get("method", {}).get("regional_rule")
    if rule:
        parts.append(say.message("report.method", rule=say.retell(rule)))
    lines = [" · ".join(parts)]
    worlds = [one for one in data.get("worlds", []) if one != "real"]
    return [say.retell(SYNTHETIC), *lines] if worlds and SYNTHETIC in data.get("notes", []) else lines


def vintage(say: Speaker, *, provisional: bool) -> str:
    """Whether values may still change."""
    return say.message("report.provisional") if provisional else say.message("report.final")


def day_rule(say: Speaker, basis: str | None, rule: Answer | None) -> str:
    """What a valid day needs; day means of a daily feed are taken as published."""
    if rule is None or "hourly" not in (basis or ""):
        return say.message("report.day_rule.published")
    return say.message("report.day_rule", n=rule["hours_needed"])


def stations(say: Speaker, data: Answer) -> str:
    """How many stations of how many, and of which kinds."""
    kinds = ", ".join(say.word(one, of="kind") for one in data.get("kinds", []))
    n, known = data["stations"], data.get("stations_known")
    if not kinds:
        return say.message("report.stations_n", n=n)
    if known:
        return say.message("report.stations_of", n=n, known=known, kinds=kinds)
    return say.message("report.stations", n=n, kinds=kinds)


def notes(say: Speaker, *answers: Answer | None) -> list[str]:
    """The notes of several answers, each once."""
    told = dict.fromkeys(
        note
        for one in answers
        if one is not None
        for note in one["data"].get("notes", [])
        if note != SYNTHETIC
    )
    return [say.retell(one) for one in told]


def short_span(say: Speaker, first: date, last: date) -> str:
    """Two days as a heading, one day as itself."""
    return say.date(first) if first == last else say.span(first, last)


def clock(say: Speaker, at: str | None, day: str | None = None) -> str:
    """A moment; only its hour where the day stands beside it."""
    if at is None:
        return "–"
    moment = datetime.fromisoformat(at)
    if day is not None and moment.date().isoformat() == day:
        return f"{moment:%H:%M}"
    return say.message("report.day_clock", day=short_day(say, moment.date()), clock=f"{moment:%H:%M}")


def short_day(say: Speaker, day: date | str) -> str:
    """A day without its year."""
    found = date.fromisoformat(day[:10]) if isinstance(day, str) else day
    month = f"{found:%b}" if say.language == "en" else f"{found.month}"
    return say.message("report.short_day", month=month, day=f"{found.day}")


def hours(value: float | None) -> str:
    """A number of hours with its sign."""
    return "–" if value is None else signed(value, 0)


def kind_name(say: Speaker, kind: str) -> str:
    """The name of a kind of measure."""
    names = {
        "emergency": say.message("report.lane.emergency"),
        "preliminary": say.message("report.lane.preliminary"),
        "heavy-alert": say.message("report.lane.heavy"),
    }
    return names.get(kind, kind)


def baseline_name(say: Speaker, name: str) -> str:
    """What seasons are compared with."""
    names = {
        "previous": say.message("report.baseline.previous"),
        "mean3": say.message("report.baseline.mean3"),
    }
    return names.get(name, name)


def metric(say: Speaker, name: str) -> str:
    """A published figure's name; in English the catalogue's own, spelled out."""
    if say.language != "en":
        return str(say.cell("metric", name))
    return name.replace("pm25", "PM2.5").replace("_pct", " (%)").replace("_", " ")


def rule_title(say: Speaker, title: str) -> str:
    """The title of a profile with its unit as the field writes it."""
    return say.retell(title).replace(MICROGRAMS, say.unit(MICROGRAMS))


def signed(value: float | None, digits: int = 1) -> str:
    """A difference, with a minus as long as a plus."""
    return "–" if value is None else f"{value:+.{digits}f}".replace("-", "−")


def interval(low: float | None, high: float | None, digits: int = 1) -> str:
    """The ends of an interval; nothing where they are not known."""
    return "" if low is None or high is None else f"{signed(low, digits)} … {signed(high, digits)}"


def truth(say: Speaker, value: bool | None) -> str:
    """Yes, no, or not known: three values."""
    return say.word("not known") if value is None else say.word("yes" if value else "no")


def joined(say: Speaker, words: Iterable[str]) -> str:
    """A list in a sentence."""
    return ("、" if say.language == "zh" else ", ").join(words)


def few(say: Speaker, words: Iterable[str], most: int = 6) -> str:
    """The names of regions, each once; more than a reader takes in are counted."""
    found = list(dict.fromkeys(words))
    return joined(say, found) if len(found) <= most else say.message("report.brief.regions", n=len(found))


def unique(lines: Iterable[str]) -> list[str]:
    """Each line once, in order."""
    return list(dict.fromkeys(line for line in lines if line))
