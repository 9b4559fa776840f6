"""The summary of each morning: the day that is over on both shores, what was in force, and what goes on.

It joins questions that exist. What is not held is null: a region without a valid mean, alerts of a sido of
which no hours are held, sources of which no ledger tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from config.clock import civil
from config.facts import Facts
from config.places import Places
from report import measures
from report.alerts_by_rule import LEAD, Alerts
from report.answer import Answer, data_of_feeds, number
from report.figures.grades import grade_of, steps
from report.published_alerts import published
from report.question import NothingHeldError, Question
from report.question import ask as asked
from report.regional import day_values
from report.stations_held import Desk
from report.unit_hours import UnitHours
from store.engine import Store

_DAY = timedelta(days=1)


def ask(
    store: Store,
    facts: Facts,
    regions: Sequence[str],
    day: date,
    at: datetime,
    episodes: Iterable[Answer] = (),
    sources: Sequence[Answer] | None = None,
) -> Answer:
    """The summary of a civil day, as known now.

    Parameters
    ----------
    regions : sequence of str
        A nation stands for its parts; a group is shown on days on which it has members.
    at : datetime
        Aware: when the summary is due.
    episodes : iterable of dict
        Those of the regions that are followed; kept are those that reach the day.
    sources : sequence of dict, optional
        Rows of `status`; None where nothing tells how sources stand.

    Raises
    ------
    NothingHeldError
        Where no region has a valid mean.
    """
    with store.read() as connection:
        desk = Desk(connection, facts)
        shown = _shown(desk.places, facts, regions, day)
        questions = [_question(facts, desk.places, one, day) for one in shown]
        rows = [_row(desk, one) for one in questions]
        if all(row["mean"] is None for row in rows):
            raise NothingHeldError(f"no day mean of {', '.join(regions)} is held for {day}", None)
        alerts = _Alerts(desk, questions, day)
        return {
            "question": {
                "regions": list(regions),
                "day": day.isoformat(),
                "at": at.isoformat(),
                "pollutant": "pm25",
            },
            "method": {
                "unit": "ug/m3",
                "day": "civil day of each place: labels 01..24 are the starts 00..23",
                "alerts": "published where held; alert_by_rule from the hours of zones or sido",
                "words": measures.WORDS,
            },
            "data": _data(desk, rows),
            "countries": {
                country: _data(desk, [row for row in rows if row["country"] == country])
                for country in dict.fromkeys(row["country"] for row in rows)
            },
            "regions": [row | {"alert_by_rule": alerts.by_rule(row["region"])} for row in rows],
            "alerts": alerts.published(),
            **_measures(facts, questions, day),
            "episodes": [one for one in episodes if _reaches(one, day)],
            "sources": None if sources is None else [one for one in sources if one["late"] or one["blocked"]],
        }


def _shown(places: Places, facts: Facts, regions: Iterable[str], day: date) -> list[str]:
    found = []
    for one in regions:
        leaves = places.leaves(one, day, day)
        if facts.regions[one].kind == "nation":
            found += [one, *leaves]
        elif facts.regions[one].kind != "group" or leaves != [one]:
            found.append(one)
    return list(dict.fromkeys(found))


def _question(facts: Facts, places: Places, region: str, day: date) -> Question:
    return asked(facts, places, region=region, since=day.isoformat(), until=day.isoformat())


def _row(desk: Desk, question: Question) -> Answer:
    """The day mean of a region with its grade."""
    region = question.region
    told: Answer = {"region": region.id if region else None, "country": question.country}
    nothing: Answer = {
        "mean": None,
        "grade": None,
        "stations": 0,
        "stations_known": None,
        "capture": None,
        "feeds": [],
    }
    try:
        found = day_values(desk, question)
    except NothingHeldError:
        return told | nothing
    value = number(found.value[0])
    scale = steps(desk.facts, question.country, question.pollutant, question.first_day)
    grade = grade_of(scale, value)
    return told | {
        "mean": value,
        "grade": None if grade is None else scale[grade].names["en"],
        "stations": int(found.stations[0]),
        "stations_known": found.panel.known,
        "capture": found.capture,
        "feeds": sorted({origin.feed for origin in found.origins}),
    }


def _data(desk: Desk, rows: Sequence[Answer]) -> Answer:
    """Where the means come from; a nation's stations are those of its parts."""
    feeds = sorted({feed for row in rows for feed in row["feeds"]})
    parts = [row for row in rows if desk.facts.regions[row["region"]].kind != "nation"] or rows
    return {
        **data_of_feeds(desk, [desk.feeds[one] for one in feeds]),
        "stations": sum(row["stations"] for row in parts),
        "capture": None,
    }


class _Alerts:
    """The statutory alerts of a day in Korea: as published, and by the rule from the hours held."""

    def __init__(self, desk: Desk, questions: Sequence[Question], day: date) -> None:
        self.desk, self.day = desk, day
        self.korean = [one for one in questions if one.country == "KR" and one.region]
        self.sido = [one.region.id for one in self.korean if one.region and one.region.kind == "sido"]
        hours = UnitHours(desk, self.korean[0], day - LEAD, day) if self.korean else None
        self.alerts = Alerts(hours) if hours else None

    def by_rule(self, region: str) -> str | None:
        """The highest level of the day in any zone of a sido; None where its hours do not tell."""
        if self.alerts is None or region not in self.sido:
            return None
        return self.alerts.level(region, self.day, 1, 24)

    def published(self) -> list[Answer]:
        """Those that were in force at any moment of the day; none is known where the list is empty."""
        if not self.korean:
            return []
        zone = civil(self.korean[0].zone)
        since, until = (
            datetime.combine(one, time(), zone).astimezone(UTC) for one in (self.day, self.day + _DAY)
        )
        told = published(self.desk, self.sido, "pm25", since, until - timedelta(seconds=1))
        return [one.as_json(zone) for one in told]


def _measures(facts: Facts, questions: Sequence[Question], day: date) -> Answer:
    """The measures in force on the day or the next one, and how far the lists reach."""
    rows: dict[tuple[str, str, str], Answer] = {}
    through: dict[tuple[str, str], Answer] = {}
    for one in questions:
        if one.region is not None:
            told = measures.ask(facts, one.region.id, day, day + _DAY)
            rows |= {(row["date"], row["region"], row["kind"]): row for row in told["measures"]}
            through |= {(row["region"], row["kind"]): row for row in told["known_through"]}
    known = [one for key, one in through.items() if key[0] in {"kr", *_groups(questions)}]
    return {"measures": [rows[key] for key in sorted(rows)], "known_through": known}


def _groups(questions: Iterable[Question]) -> list[str]:
    return [one.region.id for one in questions if one.region and one.country != "KR"]


def _reaches(one: Answer, day: date) -> bool:
    """Whether an episode goes on at the end of the day, or ended in it."""
    last = (datetime.fromisoformat(one["end"]) - timedelta(seconds=1)).date()
    return last >= day
