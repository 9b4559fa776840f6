"""`yellowsea milestones`: the timeline, and the air before and after limits, rules, plans and seasons.

Around meetings, memoranda, agreements, bodies and research there are never figures: nothing of them acts
on a day. Before and after are two means and say nothing of why they differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from config.facts import Facts
from config.places import Places
from config.policy import Confounder, Milestone
from report.answer import Answer
from report.published import catalogue_data
from report.question import NothingHeldError, QuestionError
from report.span_mean import ENOUGH, SpanDays, data_of_spans, mean_of, span_days, state_change
from report.stations_held import Desk
from store.engine import Store

# Steps that hold from a day on. Issue of the catalogue, "Questions" 4: figures around limits, plans and
# seasons, none around meetings and memoranda.
WITH_FIGURES = ("standard", "rule", "law", "plan", "season")
YEAR = 365

_LAST = ("source", "confidence", "note")

_STATUS = {
    "status": "held took place or came into force; planned lies ahead, or nothing after its plan is known; "
    "slipped came later than planned, or did not take place by then",
    "state": "the catalogue's own word: planned, held, slipped, in force, not held, not known",
}

METHOD = {
    **_STATUS,
    "figures": f"around kinds {', '.join(WITH_FIGURES)} of the region's own country; none around others",
    "before": "mean of the regional days in the days before the date",
    "after": "the same number of days from the date on",
    "enough": f"a mean needs {ENOUGH:.0%} of its days",
    "unit": "ug/m3",
    "words": "two means side by side; weather, season and everything else that changed is in them",
}


@dataclass(frozen=True)
class Asked:
    """Which milestones: `country` is part of theirs, `since` and `until` bound their date (inclusive)."""

    country: str | None = None
    kind: str | None = None
    since: date | None = None
    until: date | None = None


def ask(facts: Facts, asked: Asked) -> Answer:
    """The timeline without figures; no database is needed.

    Raises
    ------
    QuestionError
        For a kind or a country that no milestone has.
    NothingHeldError
        Where no milestone is in the span.
    """
    chosen = _chosen(facts, asked)
    return {
        "question": _question(asked),
        "method": _STATUS,
        "data": catalogue_data(chosen),
        "milestones": [_row(one) for one in chosen],
    }


def around(store: Store, facts: Facts, asked: Asked, region: str, days: int = YEAR) -> Answer:
    """The timeline with the mean of a region in the days before and after each step that holds from a day.

    Raises
    ------
    QuestionError, UnknownPlaceError, AmbiguousPlaceError
    """
    if days < 1:
        raise QuestionError("--days is at least 1")
    chosen = _chosen(facts, asked)
    with store.read() as connection:
        desk = Desk(connection, facts)
        place = desk.places.region(region)
        read: list[SpanDays] = []
        rows = [{**_row(one), "around": _figures(desk, one, place.id, days, read)} for one in chosen]
        data = data_of_spans(desk, read)
    return {
        "question": {**_question(asked), "region": place.id, "days": days},
        "method": METHOD,
        "data": data,
        "milestones": rows,
    }


def _chosen(facts: Facts, asked: Asked) -> list[Milestone]:
    known = sorted(facts.milestones.values(), key=lambda one: (one.date, one.id))
    _one_of("kind", asked.kind, {one.kind for one in known})
    parts = {part for one in known for part in (one.country, *one.country.split("-"))}
    _one_of("country", asked.country, parts)
    chosen = [one for one in known if _fits(one, asked)]
    if not chosen:
        held = f"{len(known)} milestones from {known[0].date} to {known[-1].date}" if known else "none"
        raise NothingHeldError("no milestone is as asked", [held])
    return chosen


def _one_of(what: str, value: str | None, known: set[str]) -> None:
    if value is not None and value not in known:
        raise QuestionError(f"no milestone has the {what} {value!r}; there are {', '.join(sorted(known))}")


def _fits(milestone: Milestone, asked: Asked) -> bool:
    whose = asked.country is None or milestone.country == asked.country
    whose = whose or set((asked.country or "").split("-")) <= set(milestone.country.split("-"))
    return (
        whose
        and asked.kind in (None, milestone.kind)
        and (asked.since is None or (milestone.end_date or milestone.date) >= asked.since)
        and (asked.until is None or milestone.date <= asked.until)
    )


def _row(milestone: Milestone) -> Answer:
    told = milestone.model_dump(mode="json") | {"status": milestone.came, "state": milestone.status}
    return {key: told[key] for key in sorted(told, key=lambda one: one in _LAST)}


def _question(asked: Asked) -> Answer:
    since, until = (day.isoformat() if day else None for day in (asked.since, asked.until))
    return {"country": asked.country, "kind": asked.kind, "from": since, "to": until}


def _figures(desk: Desk, milestone: Milestone, region: str, days: int, read: list[SpanDays]) -> Answer | None:
    """Both means; null, with `why`, where they cannot stand beside each other. None for kinds without."""
    if milestone.kind not in WITH_FIGURES:
        return None
    why = _out_of_question(desk.facts, milestone, region)
    if why:
        return {"before": None, "after": None, "why": why}
    day = milestone.actual or milestone.date
    first, last = day - timedelta(days=days), day + timedelta(days=days - 1)
    told: Answer = {
        "before": None,
        "after": None,
        "confounders": _confounders(desk.facts, desk.places, region, first, day, last),
        "notes": _notes(milestone, days),
    }
    found = span_days(desk, region, first, last)
    if found is None:
        return {**told, "why": "not held"}
    read.append(found)
    change = state_change(desk, found, first, last)
    if change:
        return {**told, "why": f"refused: {change}"}
    before, after = mean_of(found, first, day - timedelta(days=1)), mean_of(found, day, last)
    lacking = [f"{name}: {one['why']}" for name, one in (("before", before), ("after", after)) if one["why"]]
    return {**told, "before": before, "after": after, "why": "; ".join(lacking) or None}


def _out_of_question(facts: Facts, milestone: Milestone, region: str) -> str | None:
    country = facts.regions[region].country
    if country not in milestone.country.split("-"):
        return f"no step of {country}"
    if milestone.date_precision not in ("day", "month"):
        return f"its date is known to the {milestone.date_precision} only"
    return None


def _notes(milestone: Milestone, days: int) -> list[str]:
    notes = ["the weather of the two windows differs"]
    if days < YEAR:
        notes.append("the windows lie in different seasons: air differs by season alone")
    if milestone.date_precision == "month":
        notes.append("the date is known to the month only and taken as its first day")
    if milestone.confidence == "low":
        notes.append("the milestone is of low confidence")
    return notes


def _confounders(
    facts: Facts, places: Places, region: str, first: date, day: date, last: date
) -> list[Answer]:
    """What else moved the air in either window, of the region, a region around it or a part of it."""
    return [
        {
            "id": one.id,
            "title": one.title,
            "kind": one.kind,
            "start": one.start.isoformat(),
            "end": one.end.isoformat(),
            "in": [
                name
                for name, begins, ends in (("before", first, day - timedelta(days=1)), ("after", day, last))
                if one.start <= ends and one.end >= begins
            ],
            "source": one.source,
            "confidence": one.confidence,
        }
        for one in facts.confounders
        if one.start <= last and one.end >= first and _touches(places, one, region)
    ]


def _touches(places: Places, confounder: Confounder, region: str) -> bool:
    near = set(places.regions_of(region))
    return any(one in near or region in places.regions_of(one) for one in confounder.region.split("|"))
