"""`yellowsea episodes`: when the air of a place met a profile, for how long and how badly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.episodes import Profile, find
from config.facts import Facts
from report.answer import Answer, data_of_place, local, method_of_place, number
from report.question import Question, QuestionError
from report.regional import PlaceValues, day_values, hour_values
from report.stations_held import Desk
from store.engine import Store

if TYPE_CHECKING:
    import pandas as pd

# Without a profile (INTERFACE).
DEFAULT_PROFILE = {"KR": "kr-high-day", "CN": "cn-heavy-day"}


@dataclass(frozen=True)
class Episodes:
    """The answer of `ask`."""

    question: Question
    profile: Profile
    place: PlaceValues
    answer: Answer

    def to_pandas(self) -> pd.DataFrame:
        """One row an episode."""
        import pandas as pd

        return pd.DataFrame(self.answer["episodes"])


def profile_of(facts: Facts, question: Question, name: str | None) -> Profile:
    """The profile of the catalogue, by name or the country's own.

    Raises
    ------
    QuestionError
        For a name that there is not.
    """
    name = name or DEFAULT_PROFILE.get(question.country)
    if name is None:
        raise QuestionError("give a --profile: these stations stand in no country that has one of its own")
    if name not in facts.profiles:
        raise QuestionError(f"no profile is called {name!r}; there are {', '.join(facts.profiles)}")
    return Profile.from_fact(facts.profiles[name])


def ask(store: Store, facts: Facts, question: Question, profile: Profile, min_hours: int = 0) -> Episodes:
    """The episodes of a place within the asked span.

    An episode that is under way at an edge of the span, or cut by missing values, is marked censored.
    `min_hours` leaves out those that lasted less, whatever the profile's own rule for an onset.

    Raises
    ------
    NothingHeldError
        Where nothing is held for the question.
    """
    if profile.every == "day" and not question.whole_days:
        raise QuestionError("a profile of days needs civil days: --from 2019-03-01 --to 2019-03-31")
    with store.read() as connection:
        desk = Desk(connection, facts)
        place = day_values(desk, question) if profile.every == "day" else hour_values(desk, question)
        found = [_row(question, place, one) for one in find(place.value, profile)]
        rows = [row for row in found if row["duration_hours"] >= min_hours]
        told = {**_told(facts, profile), "min_hours": min_hours}
        answer = {
            "question": {**question.as_json(), "profile": profile.id},
            "method": {**method_of_place(desk, question, place), "profile": told},
            "data": data_of_place(desk, place),
            "episodes": rows,
        }
    return Episodes(question, profile, place, answer)


def _row(question: Question, place: PlaceValues, one: Any) -> Answer:
    start, end = int(one["start"]), int(one["end"])
    span = slice(start, end)
    expected = float(place.expected[span].sum())
    return {
        "region": question.region.id if question.region else ", ".join(question.stations),
        "start": local(place.first + start * place.step, question.zone),
        "end": local(place.first + end * place.step, question.zone),
        "duration_hours": (end - start) * place.step,
        "mean": number(one["mean"]),
        "peak": number(one["peak"]),
        "peak_time": local(place.first + int(one["peak_at"]) * place.step, question.zone),
        "hours_above": int(one["n_above"]) * place.step,
        "hours_missing": int(one["n_missing"]) * place.step,
        "cumulative_excess": number(one["cumulative_excess"]),
        "capture": float(place.captured[span].sum()) / expected if expected else None,
        "stations": int(place.stations[span].max()),
        "censored": str(one["censored"]),
        # Telling dust needs PM10 and its rule; what is not looked at is not known.
        "dust": None,
    }


def _told(facts: Facts, profile: Profile) -> Answer:
    fact = facts.profiles.get(profile.id)
    exits = None if profile.exit is None else f"{profile.exit_op or 'past'} {profile.exit:g}"
    return {
        "id": profile.id,
        "title": fact.title if fact else "given on the spot",
        "every": profile.every,
        "enter": f"{profile.op} {profile.enter:g}",
        "exit": exits,
        "rounded_half_up": profile.rounded,
        "min_count": profile.min_count,
        "max_gap": profile.max_gap,
        "order": profile.order,
        "source": fact.source if fact else None,
        "confidence": fact.confidence if fact else None,
    }
