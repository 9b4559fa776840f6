"""`yellowsea report season`: seasons in figures, day by day, with measures and every published vintage."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from config.facts import Facts
from config.places import Places
from report import seasons
from report.answer import Answer
from report.measures import Ledger
from report.paper.held import means, on_days, readings_through
from report.question import Question
from store.engine import Store


def compose(store: Store, facts: Facts, questions: list[Question], asked: seasons.Asked) -> Answer:
    """The seasons of one or several regions, the first being the one that the sentence tells of.

    Raises
    ------
    NothingHeldError, QuestionError
        As `report.seasons.ask`.
    """
    answer = seasons.ask(store, facts, questions, asked)
    rows = answer["seasons"]
    first = next(one for one in questions if one.region)
    own = [row for row in rows if first.region and row["region"] == first.region.id] or rows
    return {
        **answer,
        "days": [_days(store, facts, questions, row) for row in rows],
        "measures": _matrix(facts, first, own),
        "known_through": {
            "readings": readings_through(store, facts, first),
            "measures": own[-1]["known_through"],
        },
    }


def _days(store: Store, facts: Facts, questions: list[Question], row: Answer) -> Answer:
    """The day means of a season and the days with an emergency measure, for its strip."""
    question = next(
        (one for one in questions if one.region and one.region.id == row["region"]),
        replace(questions[0], region=facts.regions[row["region"]]),
    )
    start, end = (date.fromisoformat(row[key][:10]) for key in ("start", "end"))
    asked = replace(on_days(question, start, end), basis=row["basis"] or "best")
    found = means(store, facts, asked, "day")
    ledger = Ledger(facts, Places(facts), row["region"])
    return {
        "region": row["region"],
        "season": row["season"],
        "start": start.isoformat(),
        "end": end.isoformat(),
        "days": found,
        "measure_days": [day.isoformat() for day in ledger.days(start, end)],
    }


def _matrix(facts: Facts, question: Question, rows: list[Answer]) -> Answer:
    """Dates with an emergency measure by sido and season; null where the list does not reach."""
    places = Places(facts)
    spans = {
        row["season"]: (date.fromisoformat(row["start"][:10]), date.fromisoformat(row["end"][:10]))
        for row in rows
    }
    units = [one.id for one in facts.regions.values() if one.country == "KR" and one.kind == "sido"]
    if question.country != "KR":
        return {"seasons": [], "rows": [], "known_through": None}
    ledgers = {unit: Ledger(facts, places, unit) for unit in [*units, "kr"]}
    through = ledgers["kr"].known_through()
    return {
        "seasons": list(spans),
        "rows": [
            {
                "region": unit,
                "days": {name: _counted(ledger, first, last) for name, (first, last) in spans.items()},
            }
            for unit, ledger in ledgers.items()
        ],
        "known_through": through.isoformat() if through else None,
    }


def _counted(ledger: Ledger, first: date, last: date) -> Answer:
    through = ledger.known_through()
    reached = through is not None and first <= through
    return {
        "days": len(ledger.days(first, last)) if reached else None,
        "complete": ledger.complete(first, last),
    }
