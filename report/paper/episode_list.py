"""The episodes of a sheet one by one, and whether yellow dust came with them by our rule."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.words import Speaker
from report.answer import Answer
from report.paper.lines import cell, figure, mean, rule_title, short_day, source, truth
from report.paper.sheet import Table


def the_episodes(say: Speaker, answer: Answer) -> Table | None:
    """Every episode of the days shown, with its dust days; None where there is none."""
    if not answer["episodes"]:
        return None
    rule = answer["method"]["dust"]
    rows = [
        [
            cell(days_of(say, one)),
            figure(length(say, one)),
            figure(mean(say, one["mean"])),
            figure(mean(say, one["peak"])),
            cell(_dust(say, one["dust"], held=rule is not None)),
            figure(say.number(one["pm25_to_pm10"], 2)),
        ]
        for one in answer["episodes"]
    ]
    headings = [
        say.word("episode"),
        say.word("duration"),
        say.word("mean"),
        say.word("peak"),
        say.message("report.head.dust"),
        "PM2.5/PM10",
    ]
    title = say.message("report.episodes.title", region=say.region(answer["question"]["region"]))
    notes = [rule_title(say, answer["method"]["profile"]["title"])]
    if rule is not None:
        told = say.message(
            "report.episodes.dust",
            rule=rule_title(say, rule["rule"]),
            confidence=say.cell("confidence", rule["confidence"]),
        )
        notes.append(told)
    return Table("episodes", title, headings, rows, source(say, answer), notes)


def days_of(say: Speaker, episode: Answer) -> str:
    """The first and last civil day of an episode."""
    start, end = (datetime.fromisoformat(episode[key]) for key in ("start", "end"))
    last = (end - timedelta(seconds=1)).date()
    return f"{short_day(say, start.date())} – {short_day(say, last)}"


def length(say: Speaker, episode: Answer) -> str:
    """How long an episode lasted: whole days, else hours."""
    days, over = divmod(episode["duration_hours"], 24)
    if days and not over:
        return say.message("report.days", n=int(days))
    return say.message("report.hours", n=episode["duration_hours"])


def _dust(say: Speaker, dusty: bool | None, *, held: bool) -> str:
    if dusty is not None:
        return truth(say, dusty)
    return say.message("report.dust.partly") if held else say.message("report.dust.no_pm10")


def dust_note(say: Speaker, answer: Answer, episode: Answer) -> str | None:
    """What the tile of an episode says of dust; nothing where the rule says that there was none."""
    rule = answer["method"]["dust"]
    if episode["dust"] is None:
        return say.message("report.dust.partly_tile") if rule else say.message("report.dust.unknown")
    if not episode["dust"]:
        return None
    return say.message("report.dust.yes", confidence=say.cell("confidence", rule["confidence"]))
