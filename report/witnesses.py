"""The witnesses of one place: each feed's own series, by the rule of the region or of the station."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from report.panel import region_stations
from report.question import NothingHeldError, Question, QuestionError
from report.regional import PlaceValues, day_values, hour_values
from report.stations_held import Desk, candidates
from store.series import FeedRow, Series

Every = Literal["hour", "day"]

_PERIODS: dict[str, tuple[str, ...]] = {"hour": ("PT1H",), "day": ("PT1H", "P1D")}


@dataclass
class Witness:
    """One series of the place.

    Attributes
    ----------
    name : str
        The feed's id, or the network's where it stands for all feeds of it; with the station's id before
        it where several stations are asked for.
    feeds : tuple of str
        The feeds that answer in it.
    whole : bool
        Whether it stands for a network, merged by rank.
    value : (n,) float64
        On the steps of the question.
    states : set of str
        Reference states of its values.
    units : set of str
    """

    name: str
    station: str | None
    network: str
    feeds: tuple[str, ...]
    whole: bool
    value: npt.NDArray[np.float64]
    stations: int
    kinds: list[str]
    states: set[str]
    units: set[str]
    notes: list[str]


def witnesses(desk: Desk, question: Question, every: Every) -> list[Witness]:
    """Every feed that holds a value there, then every network of which several feeds do.

    Raises
    ------
    QuestionError
        For an `every` that there is not, or civil days asked with times.
    NothingHeldError
        Where nothing is held.
    """
    if every not in get_args(Every):
        raise QuestionError(f"--every is one of {', '.join(get_args(Every))}")
    if every == "day" and not question.whole_days:
        raise QuestionError("day means need civil days: --from 2019-03-01 --to 2019-03-31")
    places = [replace(question, stations=(one,)) for one in question.stations] or [question]
    found = [one for place in places for one in _of_place(desk, place, every, len(places) > 1)]
    if not found:
        hour_values(desk, question)  # tells what is held instead
        raise NothingHeldError(f"no two series of {question.place} are held then", None)
    return found


def _of_place(desk: Desk, question: Question, every: Every, named: bool) -> Iterator[Witness]:
    low, high = question.hours
    stations = region_stations(desk, question)
    series = [
        one
        for period in _PERIODS[every]
        for one in candidates(desk, question, stations, period)
        if (one.first or 0) < high and low <= (one.last or 0)
    ]
    rows = {one.key.feed: desk.feeds[one.key.feed] for one in series}
    feeds = sorted(rows.values(), key=lambda row: (row.network, row.rank, row.id))
    answering = []
    for row in feeds:
        asked = replace(question, feed=row.id, network=None, basis=_basis(row))
        place = _values(desk, asked, every, [one for one in series if one.key.feed == row.id])
        if place is not None:
            answering.append(row)
            yield _witness(question, row.id, row.network, place, named, whole=False)
    for network in sorted({row.network for row in answering}):
        own = [row for row in answering if row.network == network and row.period == "PT1H"]
        if len(own) > 1 and question.feed is None:
            asked = replace(question, network=network, basis="hourly")
            place = _values(desk, asked, every, [])
            if place is not None and len({origin.feed for origin in place.origins}) > 1:
                yield _witness(question, network, network, place, named, whole=True)


def _basis(row: FeedRow) -> Literal["hourly", "daily"]:
    return "hourly" if row.period == "PT1H" else "daily"


def _values(desk: Desk, question: Question, every: Every, series: list[Series]) -> PlaceValues | None:
    """The values of a feed at the place; None where it holds none in the span.

    A feed without the kinds of station that a regional value uses (a model's points, sensors of unknown
    kind) speaks by the mean of all its stations in the region.
    """
    ask = hour_values if every == "hour" else day_values
    try:
        return ask(desk, question)
    except NothingHeldError:
        stations = tuple(sorted({one.key.station for one in series}))
        if question.region is None or not stations:
            return None
    try:
        place = ask(desk, replace(question, region=None, stations=stations))
    except (NothingHeldError, QuestionError):
        return None
    place.notes.append(
        f"{question.feed}: no station of the kinds that a regional value uses; the mean of all its stations"
    )
    return place


def _witness(
    question: Question, name: str, network: str, place: PlaceValues, named: bool, *, whole: bool
) -> Witness:
    station = question.stations[0] if question.region is None else None
    return Witness(
        f"{station} {name}" if named else name,
        station,
        network,
        tuple(sorted({origin.feed for origin in place.origins})),
        whole,
        place.value,
        place.panel.stations,
        sorted(place.panel.kinds),
        {origin.reference_state for origin in place.origins},
        {origin.unit for origin in place.origins},
        place.notes,
    )
