"""`yellowsea report region`: what is held of a region, how its air was lately, its seasons and measures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from config.facts import Facts
from report import measures, seasons, stations
from report.answer import Answer
from report.paper import season
from report.paper.held import last_day, means, on_days
from report.question import NothingHeldError, Question, QuestionError
from report.season_windows import scheme
from store.engine import Store

RECENT_DAYS = 35
SEASONS = 6


def compose(store: Store, facts: Facts, question: Question) -> Answer:
    """What there is of a region; its span is not looked at.

    Raises
    ------
    NothingHeldError
        Where nothing is held of the region.
    QuestionError
        For stations.
    """
    if question.region is None:
        raise QuestionError("a report of a region needs --region")
    region = question.region.id
    held = stations.ask(store, facts, region=region, only_held=True)
    last = last_day(store, facts, question)
    if last is None:
        raise NothingHeldError(f"no {question.pollutant} of {question.place} is held", None)
    recent = means(store, facts, on_days(question, last - timedelta(days=RECENT_DAYS - 1), last), "day")
    return {
        **_seasons(store, facts, question, last),
        "region": region,
        "held": _feeds(held, question.pollutant),
        "recent": recent,
        "last_day": last.isoformat(),
        "listed": measures.ask(facts, region, None, None),
    }


def _seasons(store: Store, facts: Facts, question: Question, last: date) -> Answer:
    """The newest seasons that are held, oldest first."""
    system = scheme(facts, question.country)
    first, _ = system.window(last.year)
    newest = last.year if last >= first else last.year - 1
    years = tuple(range(newest - SEASONS + 1, newest + 1))
    asked = replace(question, region=question.region)
    return season.compose(store, facts, [asked], seasons.Asked(years))


def _feeds(held: Answer, pollutant: str) -> list[Answer]:
    """What is held by feed and period: stations by kind, first and last, readings."""
    found: dict[tuple[str, str], Answer] = {}
    for station in held["stations"]:
        for one in station["series"]:
            if one["pollutant"] != pollutant:
                continue
            row = found.setdefault(
                (one["feed"], one["period"]),
                {
                    "feed": one["feed"],
                    "period": one["period"],
                    "stations": 0,
                    "kinds": {},
                    "first": one["first"],
                    "last": one["last"],
                    "readings": 0,
                },
            )
            row["stations"] += 1
            row["kinds"][station["kind"]] = row["kinds"].get(station["kind"], 0) + 1
            row["first"] = min(row["first"], one["first"])
            row["last"] = max(row["last"], one["last"])
            row["readings"] += one["readings"]
    return [found[key] for key in sorted(found)]
