"""Values of a place over time, by INTERFACE's rules, on the hourly or the daily basis."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis.averages import composed_mean, daily_means, panel_mean
from config.air import Validity
from config.clock import civil
from report.panel import Panel, choose, region_stations
from report.question import NothingHeldError, Question, QuestionError
from report.stations_held import Desk, Origin, StationHours, candidates, station_hours

Floats = npt.NDArray[np.float64]

Basis = Literal["hourly", "daily"]
BASES: tuple[Basis, Basis] = ("hourly", "daily")

# "A regional value needs 75 % of its panel ... a group of cities 75 % of its cities" (INTERFACE).
SHARE = 0.75


@dataclass
class PlaceValues:
    """Values of a place on a regular axis of hours or civil days.

    Attributes
    ----------
    basis : str
        `hourly` or `daily`: what the values were computed from.
    step : int
        Hours in a column: 1, or 24 for civil days.
    first : int
        Hour number at which the first column starts.
    value : (n,) float64
        NaN where the rules give none.
    stations : (n,) int
        Stations behind each value.
    captured, expected : (n,) float64
        Valid hours (days on the daily basis) of the panel, and how many there could be.
    origins : Counter
        How many values of the panel's stations came from which feed, unit and reference state.
    parts : (n_parts, n) float64 or None
        The means of the cities that a Chinese region consists of; None elsewhere.
    """

    basis: Basis
    step: int
    first: int
    value: Floats
    stations: npt.NDArray[np.int64]
    captured: Floats
    expected: Floats
    panel: Panel
    origins: Counter[Origin]
    notes: list[str] = field(default_factory=list)
    parts: Floats | None = None

    @property
    def valid(self) -> int:
        """How many columns have a value."""
        return int(np.count_nonzero(~np.isnan(self.value)))

    @property
    def capture(self) -> float | None:
        """Share of what was expected of the panel over the whole span that is valid."""
        expected = float(self.expected.sum())
        return float(self.captured.sum()) / expected if expected else None


@dataclass(frozen=True)
class StationDays:
    """Day means (station, day) with valid capture, the parts behind each, and how many a whole day has."""

    read: StationHours
    values: Floats
    captured: Floats
    whole: float


def day_values(desk: Desk, question: Question, above: float | None = None) -> PlaceValues:
    """Day means of a place; with basis `best` from whichever basis gives more valid days (equal: hourly).

    With `above`, the share of stations whose day mean is above it, 0 to 1, by the same rules.

    Raises
    ------
    NothingHeldError
        Where neither basis holds a value for the question.
    QuestionError
        Where days are asked of stations that stand in no country.
    """
    found: list[PlaceValues] = []
    nothing: list[NothingHeldError] = []
    for basis in BASES:
        if question.basis in (basis, "best"):
            try:
                found.append(_days(desk, question, basis, above))
            except NothingHeldError as error:
                nothing.append(error)
    if not found:
        raise max(nothing, key=lambda error: len(str(error)))  # the one that says more
    return found[0] if len(found) == 1 else _better(*found)


def _better(hourly: PlaceValues, daily: PlaceValues) -> PlaceValues:
    """The basis with more valid days (equal: hourly).

    A composite or a mission answers only where nothing better is held, so the better witness comes first.
    """
    hourly_first = (hourly.panel.standing, hourly.valid) >= (daily.panel.standing, daily.valid)
    chosen, other = (hourly, daily) if hourly_first else (daily, hourly)
    if chosen.panel.standing > other.panel.standing:
        said = "monitors of US missions are" if other.panel.kinds == {"mission"} else "a composite is"
        chosen.notes.append(f"basis {chosen.basis}: on the {other.basis} basis only {said} held")
        return chosen
    fewer = chosen.panel.stations < other.panel.stations
    stations = f"; {chosen.panel.stations} stations against {other.panel.stations} there" if fewer else ""
    days = f"{chosen.valid} valid days against {other.valid} on the {other.basis} basis"
    chosen.notes.append(f"basis {chosen.basis}: {days}{stations}")
    return chosen


def hour_values(desk: Desk, question: Question, above: float | None = None) -> PlaceValues:
    """Hour means of a place: the mean of the stations heard, valid with 75 % of the panel.

    With `above`, the share of stations above it, 0 to 1, by the same rules.
    """
    if question.basis == "daily":
        raise QuestionError("hours come from hourly readings: leave --basis daily out, or ask for days")
    read = _read(desk, question, "hourly")
    values = _or_above(read.values.astype(np.float64), above)
    return _place(desk, question, read, values, ~np.isnan(values), 1.0, "hourly", 1)


def _or_above(values: Floats, above: float | None) -> Floats:
    """The values, or 1 where they are above a level and 0 where not: their mean is the share of stations."""
    return values if above is None else np.where(np.isnan(values), np.nan, (values > above).astype(float))


def _read(desk: Desk, question: Question, basis: Basis) -> StationHours:
    period, step = ("PT1H", 1) if basis == "hourly" else ("P1D", 24)
    stations = region_stations(desk, question)
    if question.only is not None:
        stations &= question.only
    series = candidates(desk, question, stations, period)
    read = station_hours(desk, question, series, *question.hours, step)
    if not len(read.stations) or np.isnan(read.values).all():
        raise _nothing(desk, question)
    return read


def _days(desk: Desk, question: Question, basis: Basis, above: float | None) -> PlaceValues:
    days = station_days(desk, question, basis)
    values = _or_above(days.values, above)
    return _place(desk, question, days.read, values, days.captured, days.whole, basis, 24)


def station_days(desk: Desk, question: Question, basis: Basis) -> StationDays:
    """The day means of every station that is held at the place, whatever its kind.

    Raises
    ------
    NothingHeldError
        Where the basis holds no value for the question.
    """
    read = _read(desk, question, basis)
    if basis == "daily":
        values = read.values.astype(np.float64)
        return StationDays(read, values, (~np.isnan(values)).astype(np.float64), 1.0)
    days = daily_means(read.values, day_rule(desk, question).needed or 1)
    return StationDays(read, days.mean, days.n_valid.astype(np.float64), 24.0)


def day_rule(desk: Desk, question: Question) -> Validity:
    """How many hours a station's day needs in the country of the place."""
    if not question.country:
        raise QuestionError(
            f"{question.place} stands in no region of the catalogue, so no country's rule of valid days "
            "holds: ask for hours, or give its area in the mapping"
        )
    return desk.facts.validity[f"{question.country.lower()}-day"]


def _place(
    desk: Desk,
    question: Question,
    read: StationHours,
    values: Floats,
    captured: npt.NDArray[np.floating] | npt.NDArray[np.bool_],
    whole: float,
    basis: Basis,
    step: int,
) -> PlaceValues:
    """From station values (station, time) to values of the place."""
    panel = choose(desk, question, read)
    if not panel.rows:
        raise _nothing(desk, question, read)
    if question.panel == "common":
        _keep_common(panel, values)
    rows = panel.members
    of_cities = len(panel.parts) > 1 and question.country == "CN"
    cities = _cities(panel, values) if of_cities else None
    mean, n = _of_one(values, rows) if len(panel.parts) == 1 else _of_parts(panel, values, cities)
    expected = np.full(values.shape[1], whole * len(rows))
    total = np.asarray(captured, np.float64)[rows].sum(axis=0)
    origins = read.origins(rows)
    notes = list(panel.notes)
    return PlaceValues(basis, step, read.first, mean, n, total, expected, panel, origins, notes, cities)


def _of_one(values: Floats, rows: list[int]) -> tuple[Floats, npt.NDArray[np.int64]]:
    found = panel_mean(values, _mask(values, rows), SHARE)
    return found.mean, found.n


def _of_parts(panel: Panel, values: Floats, cities: Floats | None) -> tuple[Floats, npt.NDArray[np.int64]]:
    if cities is not None:
        return _of_cities(panel, values, cities)
    # Korea: the mean of all its stations, with a station in each sido.
    rows = panel.members
    labels = np.full(len(values), "", dtype=object)
    for part, found in panel.rows.items():
        labels[found] = part
    mean = panel_mean(values, _mask(values, rows), SHARE, each_of=labels.astype(str))
    silent = sorted(set(panel.parts) - set(panel.rows))
    if silent:
        panel.notes.append(
            f"no value: nothing is held of {', '.join(silent)}, and the region needs a station in each"
        )
        return np.full(values.shape[1], np.nan), mean.n
    return mean.mean, mean.n


def _cities(panel: Panel, values: Floats) -> Floats:
    """The mean of each city's stations, in order of the panel's parts."""
    cities = np.full((len(panel.parts), values.shape[1]), np.nan)
    for index, part in enumerate(panel.parts):
        if part in panel.rows:
            cities[index] = panel_mean(values, _mask(values, panel.rows[part]), SHARE).mean
    return cities


def _of_cities(panel: Panel, values: Floats, cities: Floats) -> tuple[Floats, npt.NDArray[np.int64]]:
    """China: over cities, of the mean of their stations; 75 % of the cities."""
    panel.notes.append(f"{len(panel.rows)} of {len(panel.parts)} cities are held; 75 % are needed")
    heard = np.count_nonzero(~np.isnan(values[panel.members]), axis=0).astype(np.int64)
    return composed_mean(cities, SHARE).mean, heard


def _keep_common(panel: Panel, values: Floats) -> None:
    """Like for like: only the stations valid throughout."""
    for part, rows in list(panel.rows.items()):
        panel.rows[part] = [row for row in rows if not np.isnan(values[row]).any()]
        if not panel.rows[part]:
            del panel.rows[part]
    if not panel.rows:
        panel.notes.append("no value: no station is valid throughout the span, as --panel common needs")


def _mask(values: Floats, rows: list[int]) -> npt.NDArray[np.bool_]:
    mask = np.zeros(len(values), bool)
    mask[rows] = True
    return mask


def _nothing(desk: Desk, question: Question, read: StationHours | None = None) -> NothingHeldError:
    why = "" if region_stations(desk, question) else ": the catalogue knows no station there"
    if read is not None:
        kinds = {desk.places.version(one, question.first_day).kind for one in read.stations}
        only = ", ".join(sorted(kinds))
        why = f"; of the kinds that a regional value uses none is held there, only {only}: ask by --station"
    span = f"from {question.first_day} to {question.last_day}"
    told = f"no {question.pollutant} of {question.place} is held {span}{why}"
    return NothingHeldError(told, spans_held(desk, question))


def spans_held(desk: Desk, question: Question) -> list[str]:
    """What is held that could answer for the place in other days: a line a feed, in civil days."""
    stations = region_stations(desk, question)
    spans: dict[str, list[str]] = {}
    for period in ("PT1H", "P1D"):
        for one in candidates(desk, question, stations, period):
            hours = (one.first, one.last)
            days = [_civil_day(hour, question.zone) for hour in hours if hour is not None]
            spans.setdefault(f"{one.key.feed} ({period})", []).extend(days)
    return sorted(f"{feed} from {min(days)} to {max(days)}" for feed, days in spans.items() if days)


def _civil_day(hour: int, zone: str) -> str:
    return datetime.fromtimestamp(hour * 3600, civil(zone)).date().isoformat()
