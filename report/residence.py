"""`yellowsea residence`: where the air of a region had been, or went, and what the region measured then."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from analysis.prewhiten import Floats
from analysis.residence import Cells, Ints, percentile, residence
from config.facts import Facts
from config.residence import ResidenceWeight
from report.answer import Answer, data_of_feeds, data_of_place, local, method_of_place, number
from report.question import NothingHeldError, Question, QuestionError
from report.regional import PlaceValues, hour_values
from report.stations_held import Desk
from report.trajectories import NEAR_KM, Homes
from store.engine import Store
from store.trajectories import Held, Trajectory, starting

Direction = Literal["backward", "forward"]

NOTE = (
    "where air had been, as a model computed it; association; not a share of origin; "
    "with few trajectories the map is the paths themselves"
)
FORWARD_NOTE = (
    "where air went, as a model computed it; association; not a share of what arrives; "
    "with few trajectories the map is the paths themselves"
)
# A way crosses some ten to fifty cells: with a hundred of them cells near the place are crossed by dozens.
FEWEST = 100
SMALLEST, LARGEST = 0.1, 10.0

METHOD: Answer = {
    "pscf": "m / n: of the endpoints in a cell the share that belongs to trajectories whose value at the "
    "place was above the criterion (Ashbaugh et al. 1985)",
    "cwt": "mean of the values at the place, weighted by the hours that trajectories stayed in the cell "
    "(Seibert et al. 1994, Hsu et al. 2003)",
    "weight": "W(n), by the number of endpoints in the cell; `weighted_pscf` is weight times pscf",
    "value": "the regional mean of the hour in which a trajectory starts",
    "place": f"a start belongs to the region of the nearest station of the catalogue, up to {NEAR_KM:g} km",
    "cells": "`lat`, `lon` are the middle of a cell, degrees; endpoints of every height count alike",
}


@dataclass(frozen=True)
class Asked:
    """How residence is asked.

    Attributes
    ----------
    above : a value, or a percentile of the values at arrivals: `50`, `p75`.
    cell : degrees.
    direction : backward: where air had been; forward: where it went.
    """

    above: str
    cell: float = 1.0
    direction: Direction = "backward"

    def __post_init__(self) -> None:
        if not SMALLEST <= self.cell <= LARGEST:
            raise QuestionError(f"--cell is {SMALLEST:g} to {LARGEST:g} degrees")
        self.level  # noqa: B018 - refuses what cannot be read

    @property
    def level(self) -> tuple[Literal["value", "percentile"], float]:
        """What is high: above a value, or above a percentile, 0 to 100."""
        share = self.above.lower().startswith("p")
        try:
            level = float(self.above[1:] if share else self.above)
        except ValueError:
            raise QuestionError(f"--above {self.above} is no value and no percentile: 50 or p75") from None
        if not np.isfinite(level) or (share and not 0 < level < 100):
            raise QuestionError(f"--above {self.above}: a percentile lies between p0 and p100")
        return ("percentile", level) if share else ("value", level)


@dataclass(frozen=True)
class _Ways:
    """Trajectories of the region with the region's value at their start (trajectory,), NaN where not held."""

    held: list[Held]
    start: Ints
    value: Floats


def ask(store: Store, facts: Facts, question: Question, asked: Asked) -> Answer:
    """The cells that trajectories of the region crossed, the most suspect first.

    Raises
    ------
    NothingHeldError
        Where no such trajectory is held, or no value of the region.
    QuestionError
        For stations in place of a region.
    """
    if question.region is None:
        raise QuestionError("residence is asked of a region: --region")
    with store.read() as connection:
        desk = Desk(connection, facts)
        held = _trajectories(desk, question, asked.direction)
        place = hour_values(desk, question)
        ways = _valued(held, place)
        criterion = _criterion(ways, asked)
        steps = facts.all("residence_weights", ResidenceWeight)
        cells = _cells(ways, criterion, asked.cell, {one.above: one.weight for one in steps})
        used = int(np.count_nonzero(~np.isnan(ways.value)))
        return {
            "warning": _warning(used),
            "question": {**question.as_json(), "above": asked.above, "cell": asked.cell}
            | {"direction": asked.direction},
            "method": {**method_of_place(desk, question, place), **METHOD, "weights": _steps(steps)},
            "data": _data(desk, place, held),
            "criterion": number(criterion),
            "trajectories": _counted(ways, question, criterion, used),
            "cells": _told(cells),
            "note": NOTE if asked.direction == "backward" else FORWARD_NOTE,
        }


def _trajectories(desk: Desk, question: Question, direction: Direction) -> list[Held]:
    """Those of the direction that start in the region within the question's span."""
    region = question.region.id if question.region else ""
    homes = Homes(desk.facts)

    @cache  # thousands of trajectories start in one place
    def inside(lat: float, lon: float) -> bool:
        return region in desk.places.regions_of(homes.of(lat, lon) or "")

    held = starting(desk.connection, question.first, question.end)
    there = [one for one in held if inside(one.trajectory.lat, one.trajectory.lon)]
    found = [one for one in there if one.trajectory.direction == direction]
    if not found:
        other = Counter(one.trajectory.direction for one in there)
        raise NothingHeldError(
            f"no {direction} trajectory that starts in {question.place} is held "
            f"from {question.first_day} to {question.last_day}",
            [f"{count} {name} trajectories of {question.place}" for name, count in sorted(other.items())],
        )
    return found


def _valued(held: list[Held], place: PlaceValues) -> _Ways:
    """Each trajectory with the mean of the hour in which it starts."""
    start = np.array([int(one.trajectory.start_at.timestamp()) // 3600 for one in held], np.int64)
    return _Ways(held, start, place.value[start - place.first])


def _criterion(ways: _Ways, asked: Asked) -> float:
    kind, level = asked.level
    return level if kind == "value" else percentile(ways.value, ways.start, level / 100)


def _cells(ways: _Ways, criterion: float, cell: float, steps: dict[int, float]) -> Cells:
    points = [one.trajectory.points for one in ways.held]
    counts = [len(one) for one in points]
    return residence(
        np.array([point.lat for one in points for point in one]),
        np.array([point.lon for one in points for point in one]),
        np.repeat([_step(one.trajectory) for one in ways.held], counts),
        np.repeat(np.arange(len(points)), counts),
        ways.value,
        criterion=criterion,
        cell=cell,
        steps=steps,
    )


def _step(trajectory: Trajectory) -> float:
    """The hours between its endpoints; 1 for a lone one."""
    steps = len(trajectory.points) - 1
    return trajectory.hours / steps if steps and trajectory.hours else 1.0


def _warning(used: int) -> str | None:
    if used >= FEWEST:
        return None
    paths = f"only {used} trajectories with a value: the map is their paths"
    return f"{paths}; {FEWEST} and more are needed to read it"


def _counted(ways: _Ways, question: Question, criterion: float, used: int) -> Answer:
    known = ~np.isnan(ways.value)
    hours = ways.start[known]
    return {
        "used": used,
        "without_value": len(ways.held) - used,
        "above": int(np.count_nonzero(ways.value[known] > criterion)),
        "arrivals": len(np.unique(hours)),
        "endpoints": sum(
            len(one.trajectory.points) for one, has in zip(ways.held, known, strict=True) if has
        ),
        "first": local(int(hours.min()), question.zone) if used else None,
        "last": local(int(hours.max()), question.zone) if used else None,
        "fewest": FEWEST,
        "heights_m": sorted({one.trajectory.height for one in ways.held}),
        "models": sorted({one.trajectory.model for one in ways.held}),
    }


def _steps(steps: list[ResidenceWeight]) -> list[Answer]:
    return [{"above": one.above, "weight": one.weight, "source": one.source} for one in steps]


def _told(cells: Cells) -> list[Answer]:
    """Rows, the highest weighted PSCF first, then the higher value; cells alike from south to north."""
    weighted = cells.weight * cells.pscf
    order = np.lexsort((cells.lon, cells.lat, -cells.cwt, -weighted))
    return [
        {
            "lat": round(float(cells.lat[at]), 4),
            "lon": round(float(cells.lon[at]), 4),
            "n": int(cells.n[at]),
            "m": int(cells.m[at]),
            "trajectories": int(cells.trajectories[at]),
            "pscf": float(cells.pscf[at]),
            "weight": float(cells.weight[at]),
            "weighted_pscf": float(weighted[at]),
            "cwt": float(cells.cwt[at]),
        }
        for at in order.tolist()
    ]


def _data(desk: Desk, place: PlaceValues, held: list[Held]) -> Answer:
    """Where the values and the trajectories come from."""
    values = data_of_place(desk, place)
    ways = data_of_feeds(desk, [desk.feeds[feed] for feed in sorted({one.feed for one in held})])
    merged = {key: sorted({*values[key], *ways[key]}) for key in ("networks", "feeds", "attribution")}
    return {**values, **merged}
