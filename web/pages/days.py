"""The days of a region and the measures on them: what a region's page and an episode's page begin with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from config.facts import Facts
from config.words import Speaker
from report import measures
from report.answer import Answer
from report.figures.grades import Step, grade_of, steps
from report.paper import episode_figures, lanes
from report.paper.held import known_through, means
from report.paper.lines import MICROGRAMS, day_rule, mean, stations, vintage
from report.paper.sheet import Plate
from report.question import Question
from store.engine import Store


@dataclass(frozen=True)
class Days:
    """The day means of a region with its measures; `answer["days"]` is None where nothing is held."""

    question: Question
    answer: Answer

    @property
    def region(self) -> str:
        """The region's id."""
        return self.question.region.id if self.question.region else ""

    @property
    def values(self) -> list[Answer]:
        """The days, in order."""
        found = self.answer["days"]
        return found["values"] if found else []

    @property
    def worst(self) -> Answer | None:
        """The day with the highest mean; None where none is valid."""
        valid = [one for one in self.values if one["value"] is not None]
        return max(valid, key=lambda one: one["value"], default=None)

    @property
    def newest(self) -> Answer | None:
        """The last day with a mean."""
        return next((one for one in reversed(self.values) if one["value"] is not None), None)


def compose(store: Store, facts: Facts, question: Question) -> Days:
    """The days of the question's span."""
    region = question.region.id if question.region else ""
    last = question.last_day
    days = means(store, facts, question, "day")
    return Days(
        question,
        {
            "question": question.as_json(),
            "days": days,
            "measures": measures.ask(facts, region, question.first_day, last),
            "known_through": days and known_through(store, facts, question, days["data"]),
        },
    )


def grades(facts: Facts, found: Days) -> list[Step]:
    """The grades of the region's country on the first day."""
    return steps(facts, found.question.country, found.question.pollutant, found.question.first_day)


def calendar(say: Speaker, found: Days) -> Plate | None:
    """The days by grade; None where none is held."""
    return episode_figures.the_calendar(say, found.answer) if found.values else None


def told(say: Speaker, found: Days, one: Answer | None) -> dict[str, str]:
    """A day as a page says it: value, unit, grade and the class of its shade."""
    value = one["value"] if one else None
    scale = grades(say.facts, found)
    grade = grade_of(scale, value)
    return {
        "value": mean(say, value),
        "unit": say.unit(MICROGRAMS),
        "day": say.date(one["start"], weekday=True) if one else "–",
        "grade": scale[grade].names[say.language] if grade is not None else "–",
        "shade": scale[grade].shade if grade is not None else "",
    }


def surety(say: Speaker, found: Days) -> list[str]:
    """How sure the days are: stations, capture, provisional or final, what a valid day needs, until when."""
    days = found.answer["days"]
    if days is None:
        return []
    data, through = days["data"], found.answer["known_through"]
    lines = [stations(say, data)]
    if data["capture"] is not None:
        lines.append(say.message("report.capture", share=say.percent(data["capture"], 1)))
    lines.append(vintage(say, provisional=days["provisional"]))
    lines.append(day_rule(say, data["basis"], days["method"]["day_rule"]))
    if through:
        lines.append(say.message("web.known.readings", day=say.date(through)))
    return lines


def measures_told(say: Speaker, found: Days) -> str:
    """How many days had a measure in force, and how far the list reaches."""
    days = lanes.days_in_force(found.answer)
    through = [
        one["known_through"] for one in found.answer["measures"]["known_through"] if one["known_through"]
    ]
    count = say.message("web.days.measures", n=len(days)) if days else say.message("report.no_measure_known")
    reach = (
        say.message("report.tile.list_through", day=say.date(max(through)))
        if through
        else say.message("web.known.no_list")
    )
    return f"{count} · {reach}"


def after(day: date, days: int) -> date:
    """A day so many days later."""
    return day + timedelta(days=days)
