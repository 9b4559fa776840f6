"""`yellowsea averages`: means of a place by hour, day, month, season or year, each with its capture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from analysis.averages import period_means
from config.facts import Facts
from config.policy import SeasonSystem
from report.answer import Answer, data_of_place, local, method_of_place, number
from report.question import Question, QuestionError
from report.regional import PlaceValues, day_values, hour_values
from report.season_windows import scheme
from report.stations_held import Desk
from store.engine import Store

Every = Literal["hour", "day", "month", "season", "year"]


@dataclass(frozen=True)
class Averages:
    """The answer of `ask`."""

    question: Question
    every: Every
    place: PlaceValues
    answer: Answer

    def to_pandas(self) -> object:
        """The values as a table indexed by their start, civil time."""
        import pandas as pd

        table = pd.DataFrame(self.answer["values"])
        return table.set_index(pd.to_datetime(table.pop("start")))


def ask(store: Store, facts: Facts, question: Question, every: Every = "day") -> Averages:
    """Means of a place.

    Raises
    ------
    NothingHeldError
        Where nothing is held for the question.
    QuestionError
        For an `every` that there is not, or civil days asked with times.
    """
    if every not in get_args(Every):
        raise QuestionError(f"--every is one of {', '.join(get_args(Every))}")
    system = scheme(facts, question.country) if every == "season" else None
    if every != "hour" and not question.whole_days:
        raise QuestionError("means by day and longer need civil days: --from 2019-03-01 --to 2019-03-31")
    with store.read() as connection:
        desk = Desk(connection, facts)
        place = hour_values(desk, question) if every == "hour" else day_values(desk, question)
        in_steps = every in ("hour", "day")
        rows = _rows(place, question) if in_steps else _periods(place, question, every, system)
        answer = {
            "question": {**question.as_json(), "every": every},
            "method": method_of_place(desk, question, place),
            "data": data_of_place(desk, place),
            "values": rows,
        }
    return Averages(question, every, place, answer)


def _rows(place: PlaceValues, question: Question) -> list[Answer]:
    return [
        {
            "start": local(place.first + index * place.step, question.zone),
            "end": local(place.first + (index + 1) * place.step, question.zone),
            "value": number(value),
            "n": int(captured),
            "capture": captured / expected if expected else None,
            "stations": stations,
        }
        for index, (value, captured, expected, stations) in enumerate(
            zip(
                place.value.tolist(),
                place.captured.tolist(),
                place.expected.tolist(),
                place.stations.tolist(),
                strict=True,
            )
        )
    ]


def _periods(
    place: PlaceValues, question: Question, every: Every, system: SeasonSystem | None
) -> list[Answer]:
    """Months, seasons and years are means of valid regional days."""
    days = np.datetime64(question.first_day, "D") + np.arange(len(place.value))
    labels = _in_seasons(days, system) if system else _by_calendar(days, every)
    asked = labels != _NONE
    if system and not asked.any():
        raise QuestionError(f"no day of the span lies in a season ({system.starts} to {system.ends})")
    means = period_means(place.value[asked], labels[asked])
    rows = []
    for label, mean, n, expected in zip(
        means.labels, means.mean, means.n_valid, means.n_expected, strict=True
    ):
        member = np.flatnonzero(labels == label)
        rows.append(
            {
                "start": local(place.first + int(member[0]) * place.step, question.zone),
                "end": local(place.first + (int(member[-1]) + 1) * place.step, question.zone),
                "label": str(label),
                "value": number(mean),
                "n": int(n),
                "capture": float(n / expected),
                "stations": int(place.stations[member].max()),
            }
        )
    return rows


_NONE = ""


def _by_calendar(days: npt.NDArray[np.datetime64], every: Every) -> npt.NDArray[np.str_]:
    """The month or year of each civil day."""
    return np.datetime_as_string(days.astype(f"datetime64[{every[0].upper()}]"))


def _in_seasons(days: npt.NDArray[np.datetime64], system: SeasonSystem) -> npt.NDArray[np.str_]:
    """The season of each civil day, which bears its first year; empty for a day in none."""
    labels = np.full(days.shape, _NONE, "U16")
    years = days[[0, -1]].astype("datetime64[Y]").astype(int) + 1970
    for year in range(int(years[0]) - 1, int(years[1]) + 1):
        first, last = system.window(year)
        inside = (days >= np.datetime64(first)) & (days <= np.datetime64(last))
        labels[inside] = f"{system.country.lower()}-{year}"
    return labels
