"""`yellowsea episodes`: when the air of a place met a profile, for how long and how badly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.episodes import Profile, find
from config.facts import Facts
from config.policy import Standard
from report.answer import Answer, data_of_place, local, method_of_place, number
from report.dust import DustDays, dust_days
from report.question import Question, QuestionError
from report.regional import PlaceValues, day_values, hour_values
from report.stations_held import Desk
from store.engine import Store

if TYPE_CHECKING:
    import pandas as pd

# Without a profile (INTERFACE).
DEFAULT_PROFILE = {"KR": "kr-high-day", "CN": "cn-heavy-day"}


class Rule(NamedTuple):
    """What makes an episode here: `ask` takes these three."""

    profile: Profile
    min_hours: int = 0
    share_above: float | None = None


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


def ask(
    store: Store,
    facts: Facts,
    question: Question,
    profile: Profile,
    min_hours: int = 0,
    share_above: float | None = None,
) -> Episodes:
    """The episodes of a place within the asked span.

    An episode that is under way at an edge of the span, or cut by missing values, is marked censored.
    `min_hours` leaves out those that lasted less, whatever the profile's own rule for an onset. With
    `share_above` the profile is applied to the share of stations above that value, 0 to 1. Percentiles and
    deviations are those of the asked span.

    Raises
    ------
    NothingHeldError
        Where nothing is held for the question.
    """
    if profile.every == "day" and not question.whole_days:
        raise QuestionError("a profile of days needs civil days: --from 2019-03-01 --to 2019-03-31")
    with store.read() as connection:
        desk = Desk(connection, facts)
        values = day_values if profile.every == "day" else hour_values
        place = values(desk, question, share_above)
        applied = profile.on(place.value)
        found = find(place.value, applied)
        dust = dust_days(desk, question, place) if len(found) and share_above is None else None
        rows = [_row(facts, question, place, dust, one) for one in found]
        method = method_of_place(desk, question, place)
        answer = {
            "question": {**question.as_json(), "profile": profile.id},
            "method": {
                **method,
                "unit": method["unit"] if share_above is None else "1",
                "series": "mean" if share_above is None else f"share of stations above {share_above:g}",
                "profile": {**_told(facts, profile, applied), "min_hours": min_hours},
                "dust": dust
                and {"id": dust.rule.id, "rule": dust.rule.title, "confidence": dust.rule.confidence},
            },
            "data": data_of_place(desk, place),
            "episodes": [row for row in rows if row["duration_hours"] >= min_hours],
        }
    return Episodes(question, applied, place, answer)


def _row(facts: Facts, question: Question, place: PlaceValues, dust: DustDays | None, one: Any) -> Answer:
    start, end = int(one["start"]), int(one["end"])
    span = slice(start, end)
    hours = (place.first + start * place.step, place.first + end * place.step)
    expected = float(place.expected[span].sum())
    standard = standard_on(facts, question, question.first_day + timedelta(hours=start * place.step))
    return {
        "region": question.region.id if question.region else ", ".join(question.stations),
        "start": local(hours[0], question.zone),
        "end": local(hours[1], question.zone),
        "duration_hours": (end - start) * place.step,
        "mean": number(one["mean"]),
        "peak": number(one["peak"]),
        "peak_time": local(place.first + int(one["peak_at"]) * place.step, question.zone),
        "hours_above": int(one["n_above"]) * place.step,
        "hours_missing": int(one["n_missing"]) * place.step,
        "cumulative_excess": number(one["cumulative_excess"]),
        "intensity": number(one["cumulative_excess"] / one["n_above"]),
        "growth": number(one["growth"] / place.step),
        "decline": number(one["decline"] / place.step),
        "capture": float(place.captured[span].sum()) / expected if expected else None,
        "stations": int(place.stations[span].max()),
        "censored": str(one["censored"]),
        "dust": dust and dust.within(*hours),
        "pm25_to_pm10": dust and number(dust.ratio_within(*hours)),
        "standard": standard and standard.id,
    }


def standard_on(facts: Facts, question: Question, day: date) -> Standard | None:
    """The limit of day means in force where people live: of a country's classes the one all must meet."""
    limits = [
        one
        for one in facts.standards.values()
        if (one.country, one.pollutant) == (question.country, question.pollutant)
        and one.day is not None
        and one.holds_on(day)
    ]
    return max(limits, key=lambda one: one.day or 0.0, default=None)


def _told(facts: Facts, profile: Profile, applied: Profile) -> Answer:
    fact = facts.profiles.get(profile.id)
    exits = None if applied.exit is None else f"{profile.exit_op or 'past'} {applied.exit:g}"
    return {
        "id": profile.id,
        "title": fact.title if fact else "given on the spot",
        "every": profile.every,
        "enter": f"{profile.op} {applied.enter:g}",
        "level": profile.level if profile.level == "value" else f"{profile.level} {profile.enter:g}",
        "exit": exits,
        "rounded_half_up": profile.rounded,
        "min_count": profile.min_count,
        "max_gap": profile.max_gap,
        "order": profile.order,
        "source": fact.source if fact else None,
        "confidence": fact.confidence if fact else None,
    }
