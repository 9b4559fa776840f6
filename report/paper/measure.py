"""`yellowsea report measure`: one measure of a region, with the days around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from analysis.episodes import Profile
from config.facts import Facts
from report import measures
from report.answer import Answer
from report.paper import episode
from report.paper.held import on_days
from report.question import NothingHeldError, Question, QuestionError
from store.engine import Store

_NATIONS = {"KR": "kr", "CN": "cn"}
# How many of the nearest days with a measure are named where the day asked for has none.
_NEAREST = 3


@dataclass(frozen=True)
class Asked:
    """One day of a region, and how many days before and after are shown."""

    question: Question
    day: date
    profile: Profile
    around: int = 4
    beside: tuple[Question, ...] = ()


def compose(store: Store, facts: Facts, asked: Asked) -> Answer:
    """The measures in force on the day, in the region and elsewhere, with the air of the days around.

    Raises
    ------
    NothingHeldError
        Where no measure of the region is known on the day, or no reading is held around it.
    QuestionError
        For stations: measures are those of regions.
    """
    question = asked.question
    if question.region is None:
        raise QuestionError("measures are issued for regions: ask with --region")
    found = measures.ask(facts, question.region.id, asked.day, asked.day)
    if not found["measures"]:
        raise _none(facts, question, asked.day)
    reach = timedelta(days=asked.around)
    around = on_days(question, asked.day - reach, asked.day + reach)
    beside = tuple(on_days(one, asked.day - reach, asked.day + reach) for one in asked.beside)
    answer = episode.compose(store, facts, episode.Asked(around, asked.profile, beside))
    return {
        **answer,
        "question": {**answer["question"], "date": asked.day.isoformat()},
        "measure": found["measures"],
        "elsewhere": measures.ask(facts, _NATIONS[question.country], asked.day, asked.day)["measures"],
    }


def _none(facts: Facts, question: Question, day: date) -> NothingHeldError:
    region = question.region.id if question.region else ""
    known = measures.ask(facts, region, None, None)["measures"]
    near = sorted({one["date"] for one in known}, key=lambda one: abs(date.fromisoformat(one) - day))
    said = f"no measure of {question.place} is known on {day}"
    return NothingHeldError(
        said, [f"the nearest are on {', '.join(sorted(near[:_NEAREST]))}"] if near else []
    )
