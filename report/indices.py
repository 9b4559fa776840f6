"""`yellowsea indices`: CAI, Chinese and US AQI, NowCast, by the table in force on the civil day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from analysis.indices import SCHEMES, Every, Scheme, composed, least_sure
from config.facts import Facts
from config.scales import Category
from report.answer import Answer, data_of_place, local, method_of_place, number
from report.index_parts import Part, civil_days, part_of, places_of, tables_of
from report.question import Question, QuestionError
from report.regional import PlaceValues
from report.stations_held import Desk, Origin
from store.engine import Store

if TYPE_CHECKING:
    import pandas as pd

AVERAGING = {
    "mean": "the mean of the {every}",
    "nowcast": "NowCast: 12 hours, the newest weigh most when the air changes (needs 2 of the last 3)",
    "c24e": "C24E, the predicted mean of 24 hours: 12 hours (needs 9) and 4 adjusted ones (needs 3)",
}

_OTHER = {"us-aqi": ": hours have --scheme us-nowcast", "us-nowcast": ": days have --scheme us-aqi"}


@dataclass(frozen=True)
class Indices:
    """The answer of `ask`."""

    question: Question
    scheme: Scheme
    answer: Answer

    def to_pandas(self) -> pd.DataFrame:
        """The values as a table indexed by their start, civil time."""
        import pandas as pd

        table = pd.DataFrame(self.answer["values"])
        return table.set_index(pd.to_datetime(table.pop("start")))


def ask(store: Store, facts: Facts, question: Question, scheme: str, every: str | None = None) -> Indices:
    """The index of a place by hour or day; without `every` by the scheme's own step.

    It is that of all pollutants that are held and have a table; what the whole index needs beside them is
    told in each row. Tables change with the civil day of the place.

    Raises
    ------
    NothingHeldError
        Where nothing is held for the question.
    QuestionError
        For a scheme or step that there is not, or one pollutant asked for.
    """
    rule = scheme_of(scheme)
    step = _step(rule, every, question)
    with store.read() as connection:
        desk = Desk(connection, facts)
        tables = tables_of(facts, rule, step)
        places = places_of(desk, question, rule, step, tables)
        parts = {one: part_of(place, tables[one], rule, question) for one, place in places.items()}
        together = _together(parts, rule)
        classes = [one for one in facts.all("index_categories", Category) if one.scheme == rule.table]
        answer = {
            "question": {**question.as_json(), "pollutant": None, "scheme": rule.id, "every": step},
            "method": {
                **method_of_place(desk, question, together),
                "pollutant": ", ".join(parts),
                "index": _told(rule, step, parts, classes),
            },
            "data": data_of_place(desk, together),
            "values": _rows(parts, together, rule, question, classes),
        }
    return Indices(question, rule, answer)


def scheme_of(name: str) -> Scheme:
    """The scheme of an id; `QuestionError` for one that there is not."""
    if name not in SCHEMES:
        raise QuestionError(f"no scheme is called {name!r}; there are {', '.join(SCHEMES)}")
    return SCHEMES[name]


def _step(rule: Scheme, every: str | None, question: Question) -> Every:
    if question.pollutant != "pm25":
        raise QuestionError("an index is that of all pollutants of its scheme: leave --pollutant out")
    steps = list(rule.reads)
    if every is not None and every not in steps:
        raise QuestionError(
            f"{rule.id} is an index by {' or '.join(steps)}, not by {every}{_OTHER.get(rule.id, '')}"
        )
    step = steps[0] if every is None else steps[steps.index(every)]
    if step == "day" and not question.whole_days:
        raise QuestionError("an index by day needs civil days: --from 2019-03-01 --to 2019-03-31")
    return step


def _together(parts: dict[str, Part], rule: Scheme) -> PlaceValues:
    """What an answer tells of its data, of all pollutants together."""
    places = [part.place for part in parts.values()]
    told = replace(
        places[0],
        captured=sum((one.captured for one in places[1:]), places[0].captured),
        expected=sum((one.expected for one in places[1:]), places[0].expected),
        origins=sum((one.origins for one in places), Counter[Origin]()),
        notes=list(dict.fromkeys(note for one in places for note in one.notes)),
    )
    missing = [one for one in rule.needs if one not in parts]
    if missing:
        told.notes.append(
            f"not the whole {rule.id}, which needs {', '.join(rule.needs)}: here it is that of "
            f"{', '.join(parts)}; not held in the tables' unit, or without a table: {', '.join(missing)}"
        )
    if all(np.isnan(part.index).all() for part in parts.values()):
        told.notes.append("no index: no table is in force in the span, or too few hours are valid")
    return told


def _rows(
    parts: dict[str, Part], together: PlaceValues, rule: Scheme, question: Question, classes: list[Category]
) -> list[Answer]:
    bad_from = next((one.lo for one in classes if one.name_ko == "나쁨"), np.inf)
    top = max(table.i_hi[-1] for part in parts.values() for table in part.tables)
    whole = composed(np.array([part.index for part in parts.values()]), rule, bad_from, top)
    rows: list[Answer] = []
    for at, day in enumerate(civil_days(together, question.zone).tolist()):
        expected = together.expected[at]
        behind = [one for one, part in parts.items() if not np.isnan(part.index[at])]
        row: Answer = {
            "start": local(together.first + at * together.step, question.zone),
            "end": local(together.first + (at + 1) * together.step, question.zone),
            "index": _figure(whole.value[at]),
            "category": _category(whole.value[at], day, classes),
            "dominant": list(parts)[whole.dominant[at]] if behind else None,
            "beyond": any(bool(parts[one].beyond[at]) for one in behind),
            "added": _figure(whole.added[at]),
        }
        for one, part in parts.items():
            row |= {one: number(part.concentration[at]), f"{one}_index": _figure(part.index[at])}
        row["missing"] = [one for one in rule.needs if one not in behind]
        row |= _table([part for one, part in parts.items() if one in behind], at)
        row["capture"] = float(together.captured[at] / expected) if expected else None
        row["stations"] = int(max(part.place.stations[at] for part in parts.values()))
        rows.append(row)
    return rows


def _figure(index: float) -> int | None:
    return None if np.isnan(index) else int(index)


def _table(behind: list[Part], at: int) -> Answer:
    """The version of the tables behind a row, and the lowest confidence of them."""
    tables = [part.tables[part.table[at]] for part in behind]
    return {
        "table": tables[0].version if tables else None,
        "confidence": least_sure(one.confidence for one in tables) if tables else None,
    }


def _category(index: float, day: date, classes: list[Category]) -> str | None:
    """The name of the class; past the last one it is the last."""
    reached = [one for one in classes if one.lo <= index and one.holds_on(day)]
    return max(reached, key=lambda one: one.lo).name_en if reached else None


def _read_with(rule: Scheme, step: Every, parts: dict[str, Part]) -> Answer:
    how = {one: rule.reads[step][part.tables[0].averaging] for one, part in parts.items()}
    return {one: AVERAGING[found].format(every=step) for one, found in how.items()}


def _told(rule: Scheme, step: Every, parts: dict[str, Part], classes: list[Category]) -> Answer:
    """The rule of the index, with its tables and their sources."""
    return {
        "scheme": rule.id,
        "read_with": _read_with(rule, step, parts),
        "of_a_region": "the index of the region's value, not the mean of its stations' indices",
        "needs": list(rule.needs),
        "whole_number": {"nearest": "rounded to the nearest", "up": "rounded up"}[rule.whole],
        "beyond_the_table": {"ends": "its highest index", "goes on": "the line of its last segment"}[
            rule.above
        ],
        "added_for_bad_pollutants": {"two": rule.adds[0], "three_or_more": rule.adds[1]},
        "source": rule.source,
        "tables": [
            {
                "version": table.version,
                "pollutant": table.pollutant,
                "averaging": table.averaging,
                "valid_from": table.valid_from and table.valid_from.isoformat(),
                "valid_to": table.valid_to and table.valid_to.isoformat(),
                "unit": table.unit,
                "digits": table.digits,
                "rounding": table.rounding,
                "source": table.source,
                "confidence": table.confidence,
            }
            for part in parts.values()
            for table in part.tables
        ],
        "categories": [
            {"from": one.lo, "name_en": one.name_en, "name_ko": one.name_ko, "name_zh": one.name_zh}
            | {"colour": one.colour, "source": one.source, "confidence": one.confidence}
            for one in classes
        ],
    }
