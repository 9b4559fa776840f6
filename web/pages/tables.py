"""Rows that several pages show."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from analysis.episodes import Profile
from report import episodes
from report.answer import Answer
from report.paper.lines import MICROGRAMS, mean
from report.question import NothingHeldError, Question
from web.pages.show import shelf_of
from web.pages.visit import Visit

# Days shown before and after an episode on its own page.
AROUND = 3


def episode_rows(visit: Visit, asked: Question, profile: Profile) -> list[dict[str, Any]]:
    """The episodes of a region, the worst marked, each with the address of its page; newest first."""
    desk = visit.desk

    def work() -> list[Answer]:
        try:
            found: list[Answer] = episodes.ask(desk.store, desk.facts, asked, profile).answer["episodes"]
        except NothingHeldError:
            return []
        return found

    found = shelf_of(visit).get(("episodes", visit.mark, asked, profile), work)
    peak = max((one["peak"] for one in found if one["peak"] is not None), default=None)
    return [_row(visit, one, profile, peak) for one in reversed(found)]


def _row(visit: Visit, one: Answer, profile: Profile, peak: float | None) -> dict[str, Any]:
    say = visit.say
    first, last = days_of(one)
    return {
        "href": visit.link(
            f"/episodes/{one['region']}",
            **{
                "from": first - timedelta(days=AROUND),
                "to": last + timedelta(days=AROUND),
                "profile": profile.id,
            },
        ),
        "days": say.date(first) if first == last else say.span(first, last),
        "length": say.message("report.days", n=(last - first).days + 1),
        "mean": mean(say, one["mean"]),
        "peak": mean(say, one["peak"]),
        "unit": say.unit(MICROGRAMS),
        "worst": peak is not None and one["peak"] == peak,
        "censored": one["censored"] != "no",
    }


def days_of(one: Answer) -> tuple[date, date]:
    """The first and last civil day of an episode."""
    start, end = (datetime.fromisoformat(one[key]) for key in ("start", "end"))
    return start.date(), (end - timedelta(seconds=1)).date()
