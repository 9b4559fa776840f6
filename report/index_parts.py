"""What an index is made of: the tables in force and, pollutant by pollutant, what they are read with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from analysis.indices import SIX, Every, How, Scheme, Table, sub_index
from analysis.running import C24E_LEVEL, c24e, nowcast
from config.clock import civil
from config.facts import Facts
from config.scales import Breakpoint
from report.question import NothingHeldError, Question, QuestionError
from report.regional import PlaceValues, day_values, hour_values
from report.stations_held import Desk

# Hours before the span that its first running mean looks back to.
LEAD: dict[How, int] = {"mean": 0, "nowcast": 11, "c24e": 11}

_HOUR = timedelta(hours=1)


@dataclass
class Part:
    """One pollutant (time,): what its tables are read with and give; `table` is -1 where none is in force."""

    place: PlaceValues
    tables: list[Table]
    table: NDArray[np.int64]
    concentration: NDArray[np.float64]
    index: NDArray[np.float64]
    beyond: NDArray[np.bool_]


def tables_of(facts: Facts, rule: Scheme, step: Every) -> dict[str, list[Table]]:
    """The scheme's tables for a step by pollutant, oldest first, each pollutant's of one averaging."""
    rows: dict[tuple[str, str], dict[str, list[Breakpoint]]] = {}
    for row in facts.all("index_breakpoints", Breakpoint):
        if row.scheme == rule.table:
            rows.setdefault((row.pollutant, row.averaging), {}).setdefault(row.version, []).append(row)
    tables = {}
    for pollutant in SIX:
        found = next((rows[pollutant, one] for one in rule.reads[step] if (pollutant, one) in rows), {})
        if found:
            versions = [Table.of(segments) for segments in found.values()]
            tables[pollutant] = sorted(versions, key=lambda one: one.valid_from or date.min)
    return tables


def places_of(
    desk: Desk, question: Question, rule: Scheme, step: Every, tables: dict[str, list[Table]]
) -> dict[str, PlaceValues]:
    """What the tables are read with, by pollutant; all of them on the basis of the first.

    Raises
    ------
    NothingHeldError
        Where nothing is held of any pollutant that has a table.
    QuestionError
        Where what is held is in other units than the tables.
    """
    found: dict[str, PlaceValues] = {}
    nothing: list[NothingHeldError] = []
    unfit: list[str] = []
    for pollutant, several in tables.items():
        asked = replace(question, pollutant=pollutant)
        if found:
            asked = replace(asked, basis=next(iter(found.values())).basis)
        try:
            how = rule.reads[step][several[0].averaging]
            place = day_values(desk, asked) if step == "day" else _hours(desk, asked, how)
        except NothingHeldError as error:
            nothing.append(error)
            continue
        units = {origin.unit for origin in place.origins}
        if units <= {one.unit for one in several}:
            found[pollutant] = place
        else:
            unfit.append(f"{pollutant} in {', '.join(sorted(units))}")
    if unfit and not found:
        raise QuestionError(f"no table of {rule.id} is for {'; '.join(unfit)}, and nothing else is held")
    if not found:
        raise nothing[0]
    return found


def _hours(desk: Desk, question: Question, how: How) -> PlaceValues:
    """Hours of a place, or running means up to each of them, for which earlier hours are read, too."""
    lead = LEAD[how]
    place = hour_values(desk, replace(question, first=question.first - lead * _HOUR))
    return replace(
        place,
        first=place.first + lead,
        value=_running(place.value, how, question.pollutant)[lead:],
        stations=place.stations[lead:],
        captured=place.captured[lead:],
        expected=place.expected[lead:],
    )


def _running(values: NDArray[np.float64], how: How, pollutant: str) -> NDArray[np.float64]:
    if how == "nowcast":
        return nowcast(values)
    return c24e(values, C24E_LEVEL[pollutant]) if how == "c24e" else values


def part_of(place: PlaceValues, tables: list[Table], rule: Scheme, question: Question) -> Part:
    """What each table gives on the civil days on which it is in force."""
    n = len(place.value)
    nothing = (np.full(n, -1), np.full(n, np.nan), np.full(n, np.nan), np.zeros(n, bool))
    part = Part(place, tables, *nothing)
    days = civil_days(place, question.zone)
    for version, table in enumerate(tables):
        on = table.holds_on(days)
        part.table[on] = version
        part.index[on], part.concentration[on], part.beyond[on] = sub_index(place.value[on], table, rule)
    return part


def civil_days(place: PlaceValues, zone: str) -> NDArray[np.datetime64]:
    """The civil day (time,) in which each value of a place begins."""
    offset = civil(zone).utcoffset(None) // _HOUR
    hours = place.first + np.arange(len(place.value)) * place.step + offset
    return (hours // 24).astype("datetime64[D]")
