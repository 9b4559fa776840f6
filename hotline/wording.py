"""What a notice says in words, in the language of who reads it: title and text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from config.facts import Facts
from config.words import Speaker
from report.answer import Answer
from store.notices import Notice


@dataclass(frozen=True)
class Text:
    """A notice in one language; `lines` are paragraphs."""

    title: str
    lines: tuple[str, ...]

    @property
    def body(self) -> str:
        """The paragraphs as plain text."""
        return "\n\n".join(self.lines) + "\n"


def text_of(facts: Facts, notice: Notice, language: str) -> Text:
    """The words of a notice."""
    say = Speaker(facts, language)
    return Text(_title(say, notice), tuple(_lines(say, notice)))


def _title(say: Speaker, notice: Notice) -> str:
    place = say.region(notice.subject)
    what = _what(say, notice)
    if notice.stage == "all-clear":
        return say.message("hotline.title.all-clear", place=place, what=what)
    if notice.stage == "escalated":
        return say.message("hotline.title.escalated", place=place, what=what)
    return say.message("hotline.title.first", place=place, what=what)


def _what(say: Speaker, notice: Notice) -> str:
    """The subject of the title: what is seen, at which level."""
    about, why = notice.facts["about"], notice.facts["why"]
    if about == "silence":
        return say.message("hotline.what.silence")
    if not why:  # an all-clear: what it was about
        return say.message(f"hotline.over.{about}")
    if about == "alert":
        return _level(say, why["alert"], notice.facts["pollutant"])
    if about == "episode":
        return say.message("hotline.what.episode", title=say.retell(why["episode"]["title"]))
    limit = say.number(why["forecast"]["limit"], 0)
    return say.message(f"hotline.what.{about}", limit=limit, unit=say.unit("ug/m3"))


def _lines(say: Speaker, notice: Notice) -> Iterator[str]:
    told = notice.facts
    yield from _why(say, told["why"], told["pollutant"])
    if notice.stage != "first":
        yield say.message("hotline.since", at=_moment(say, told["since"]))
    if told["air"]:
        yield _air(say, told["air"], notice.subject)
    elif told["about"] != "silence":
        yield say.message("hotline.no-air")
    if told["measures"]:
        yield from _measures(say, told["measures"])
    if told["about"] != "silence":
        yield say.message("hotline.no-cause")
    yield say.message("hotline.number", id=str(notice.id), rule=notice.rule, at=_moment(say, told["at"]))
    if told["knowledge"] != "as known then":
        yield say.message("hotline.hindcast")
    if notice.id:
        yield say.message("hotline.acknowledge", command=f"yellowsea hotline acknowledge {notice.id}")


def _level(say: Speaker, told: Answer, pollutant: str) -> str:
    return say.message(f"hotline.what.{told['level']}", pollutant=say.pollutant(pollutant))


def _why(say: Speaker, why: Answer, pollutant: str) -> Iterator[str]:
    if "forecast" in why:
        yield _forecast(say, why["forecast"])
    if "upwind" in why:
        for one in why["upwind"]:
            yield _episode(say, one)
        yield say.message("hotline.upwind")
    if "alert" in why:
        yield _alert(say, why["alert"], pollutant)
    if "episode" in why:
        yield _episode(say, why["episode"])
    if "silence" in why:
        yield _silence(say, why["silence"])


def _forecast(say: Speaker, told: Answer) -> str:
    day, limit = date.fromisoformat(told["for_date"]), say.number(told["limit"], 0)
    unit = say.unit("ug/m3")
    if told["came"] is not None:
        value = say.number(told["came"], 1)
        return say.message("hotline.came", day=day, value=value, limit=limit, unit=unit)
    texts = "; ".join(told["texts"])
    at = _moment(say, told["issued_at"])
    return say.message("hotline.forecast", day=day, limit=limit, unit=unit, texts=texts, at=at)


def _alert(say: Speaker, told: Answer, pollutant: str) -> str:
    how = "by-rule" if told["origin"] == "replayed" else "published"
    return say.message(
        f"hotline.alert.{how}",
        place=_zone(say, told),
        level=_level(say, told, pollutant),
        at=_moment(say, told["issued_at"]),
        value=say.number(told["issued_value"], 0),
        unit=say.unit("ug/m3"),
    )


def _zone(say: Speaker, told: Answer) -> str:
    """The alert zone with its sido; zones that the catalogue knows bear both in their name."""
    region, zone = say.region(told["region"]), told["zone"]
    if not zone:
        return region
    return say.region(zone) if zone in say.facts.regions else f"{region} {zone}"


def _episode(say: Speaker, told: Answer) -> str:
    return say.message(
        "hotline.episode",
        place=say.region(told["region"]),
        title=say.retell(told["title"]),
        began=_moment(say, told["began"]),
        hours=told["hours"],
        mean=say.number(told["mean"], 0),
        peak=say.number(told["peak"], 0),
        unit=say.unit("ug/m3"),
    )


def _silence(say: Speaker, told: Answer) -> str:
    who = {"us": "hotline.late.us", "them": "hotline.late.them", "both": "hotline.late.both"}
    blame = say.message(who.get(told["late_because"], "hotline.late.unknown"))
    newest = _moment(say, told["newest"]) if told["newest"] else say.word("not known")
    if told["hours"] is None:
        return say.message("hotline.silence.open", source=told["id"], newest=newest, blame=blame)
    return say.message("hotline.silence", source=told["id"], hours=told["hours"], newest=newest, blame=blame)


def _air(say: Speaker, told: Answer, subject: str) -> str:
    return say.message(
        "hotline.air",
        place=say.region(subject),
        value=say.number(told["value"], 0),
        unit=say.unit(told["unit"]),
        at=_moment(say, told["hour_ended"]),
        mean=say.number(told["mean_24h"], 0),
        hours=told["hours_24h"],
        n=told["stations"],
        feeds=", ".join(told["feeds"]),
    )


def _measures(say: Speaker, told: Answer) -> Iterator[str]:
    if told["word"]:
        yield say.message("hotline.no-measure", word=say.word(told["word"]))
    for one in told["listed"]:
        kind = say.cell("kind", one["kind"])
        day = date.fromisoformat(one["date"])
        announced = _moment(say, one["announced_at"]) if one["announced_at"] else say.word("not known")
        yield say.message(
            "hotline.measure", place=say.region(one["region"]), kind=kind, day=day, at=announced
        )


def _moment(say: Speaker, text: str) -> str:
    return say.moment(datetime.fromisoformat(text), offset=True)
