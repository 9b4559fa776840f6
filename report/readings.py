"""`yellowsea readings`: what is held, value by value, with status and feed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from config.facts import Facts
from report.answer import Answer, data_of_feeds, local
from report.panel import region_stations
from report.question import NothingHeldError, Question
from report.stations_held import Desk
from store.asof import held_between
from store.engine import Store
from store.readings import Held, nullable
from store.series import Series, select_series

if TYPE_CHECKING:
    import pandas as pd

# A long span is read in stretches of about this many hours times series.
_AT_ONCE = 500_000


@dataclass(frozen=True)
class Readings:
    """The answer of `ask`."""

    question: Question
    answer: Answer

    def to_pandas(self) -> pd.DataFrame:
        """One row a reading."""
        import pandas as pd

        return pd.DataFrame(self.answer["readings"])


# What `--basis` means where nothing is averaged; `best` is both.
_PERIOD = {"hourly": "PT1H", "daily": "P1D"}


def ask(store: Store, facts: Facts, question: Question) -> Readings:
    """Every reading held for the question, of all feeds or the one asked for.

    The basis picks the averaging period: `hourly` or `daily`; `best` gives both.

    Raises
    ------
    NothingHeldError
        Where there is none.
    """
    with store.read() as connection:
        desk = Desk(connection, facts)
        series = _asked(desk, question)
        rows = [
            row for held in _stretches(desk, question, series) for row in _rows(held, series, facts, question)
        ]
        if not rows:
            raise NothingHeldError(
                f"no reading of {question.place} is held from {question.first_day} to {question.last_day}",
                sorted({f"{one.key.feed} {one.key.pollutant}" for one in series}),
            )
        rows.sort(key=lambda row: (row["station"], row["feed"], row["start"]))
        present = sorted({row["feed"] for row in rows})
        data = data_of_feeds(desk, [desk.feeds[feed] for feed in present])
        valid = sum(row["value"] is not None for row in rows)
        data |= {"stations": len({row["station"] for row in rows}), "capture": valid / len(rows)}
        answer = {
            "question": question.as_json(),
            "method": {
                "units": {f"{one.key.feed} {one.key.pollutant}": one.key.unit for one in series},
                "statuses": {str(s.code): s.meaning for s in facts.statuses.values()},
                "starts": f"civil time of {question.zone}, start of the averaging period",
                "capture": "share of the rows held that have a value; hours without a row do not count here",
            },
            "data": data,
            "readings": rows,
        }
    return Readings(question, answer)


def _asked(desk: Desk, question: Question) -> list[Series]:
    stations = region_stations(desk, question)
    period = _PERIOD.get(question.basis)
    return [
        one
        for one in select_series(desk.connection, pollutant=question.pollutant)
        if one.key.station in stations
        and (period is None or one.key.period == period)
        and (question.feed is None or one.key.feed == question.feed)
        and (question.network is None or desk.feeds[one.key.feed].network == question.network)
    ]


class Size(NamedTuple):
    """How much a question asks for at most: `rows` that are held, `values` of a grid over its whole span."""

    rows: int
    values: int


def size(desk: Desk, question: Question) -> Size:
    """The size of a question, told from the ends of the series held."""
    first, end = question.hours
    rows = values = 0
    for one in _asked(desk, question):
        if one.first is None or one.last is None or one.first >= end or one.last < first:
            continue
        a_value = 24 if one.key.period == "P1D" else 1
        rows += min(one.readings, (min(end, one.last + 1) - max(first, one.first)) // a_value + 1)
        values += (end - first) // a_value + 1
    return Size(rows, values)


def _stretches(desk: Desk, question: Question, series: list[Series]) -> Iterator[Held]:
    first, end = question.hours
    live = [one for one in series if one.first is not None and one.last is not None]
    step = max(24, _AT_ONCE // max(1, len(live)))
    for low in range(first, end, step):
        high = min(low + step, end)
        ids = [one.id for one in live if (one.first or 0) < high and low <= (one.last or 0)]
        if ids:
            yield held_between(
                desk.connection, ids, low, high, as_of=question.as_of, drop_flagged=question.drop_flagged
            )


def _rows(held: Held, series: list[Series], facts: Facts, question: Question) -> Iterator[Answer]:
    by_id = {one.id: one.key for one in series}
    status = {s.code: s.id for s in facts.statuses.values()}
    starts = {hour: local(hour, question.zone) for hour in np.unique(held.columns.hour).tolist()}
    for one, hour, value, code, flags in zip(
        held.columns.series.tolist(),
        held.columns.hour.tolist(),
        nullable(held.columns.value),
        held.columns.status.tolist(),
        held.flags.tolist(),
        strict=True,
    ):
        key = by_id[one]
        yield {
            "station": key.station,
            "pollutant": key.pollutant,
            "statistic": key.statistic,
            "period": key.period,
            "feed": key.feed,
            "start": starts[hour],
            "value": value,
            "status": status.get(code, str(code)),
            "flags": flags,
        }
