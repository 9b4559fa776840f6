"""Which stations are behind a regional number, by INTERFACE's rules for station kinds."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from config.air import Station
from report.question import Question, QuestionError
from report.stations_held import Desk, StationHours

# Korea: urban stations (도시대기). China: a city's official stations less its clean control points (对照点).
OFFICIAL = ("urban",)


@dataclass
class Panel:
    """The stations behind a regional number.

    Attributes
    ----------
    parts : list of str
        The sido or cities that the region consists of, in order of id.
    rows : dict of part to list of int
        Rows of the `StationHours` that stand for each part; no entry where nothing stands for it.
    kinds : set of str
        The kinds of station that answer.
    known : int
        How many stations of these kinds the catalogue knows in the region.
    notes : list of str
        What a reader has to know about the choice.
    """

    parts: list[str]
    rows: dict[str, list[int]] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)
    known: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def stations(self) -> int:
        """How many stations are in the panel."""
        return len(self.members)

    @property
    def members(self) -> list[int]:
        """The rows of all parts, in order of station id."""
        return sorted(row for rows in self.rows.values() for row in rows)

    @property
    def standing(self) -> int:
        """How good a witness the panel is: official stations, else a composite, else only missions."""
        if set(OFFICIAL) & self.kinds:
            return 2
        return 0 if self.kinds == {"mission"} else 1


def region_parts(desk: Desk, question: Question) -> list[str]:
    """The sido or cities of the asked region in the asked span; itself where it has no parts."""
    if question.region is None:
        return []
    return desk.places.leaves(question.region.id, question.first_day, question.last_day)


def region_stations(desk: Desk, question: Question) -> set[str]:
    """Every station that stands in the region or in one of its parts."""
    if question.region is None:
        return set(question.stations)
    return set(desk.places.in_areas([question.region.id, *region_parts(desk, question)]))


def choose(desk: Desk, question: Question, hours: StationHours) -> Panel:
    """The panel among the stations that were read: those with at least one valid value in the span."""
    heard: npt.NDArray[np.bool_] = np.logical_not(np.isnan(hours.values).all(axis=1))
    if question.region is None:
        return _of_stations(desk, question, hours, heard)
    panel = Panel(region_parts(desk, question))
    by_part: dict[str, dict[str, list[int]]] = {}
    for row, station in enumerate(hours.stations):
        version = desk.places.version(station, question.first_day)
        if heard[row]:
            part = _part_of(desk, question.region.id, version)
            by_part.setdefault(part, {}).setdefault(version.kind, []).append(row)
    wanted = asked_kind(desk, question)
    if wanted is None:
        for part in panel.parts:
            _stand_for(panel, part, by_part.get(part, {}))
        if question.country == "KR":
            _stations_alone(panel, hours, desk, question)
        if not panel.rows:
            _whole_region(panel, question.region.id, by_part)
    if not panel.rows:
        _of_kind(panel, by_part, wanted or "mission", asked=wanted is not None)
    panel.known = _known(desk, question, panel)
    return panel


def _part_of(desk: Desk, region: str, version: Station) -> str:
    """The part of the region that a station stands for: its sido or city, or the asked part of its sido."""
    return region if region in desk.facts.districts else version.area


def asked_kind(desk: Desk, question: Question) -> str | None:
    """The kind of station that the question asks for by a network or feed; None: the rule's."""
    feed = desk.feeds.get(question.feed or "")
    network = desk.facts.networks.get(question.network or (feed.network if feed else ""))
    return network.answers_by if network else None


def _of_stations(desk: Desk, question: Question, hours: StationHours, heard: npt.NDArray[np.bool_]) -> Panel:
    rows = [row for row in range(len(hours.stations)) if heard[row]]
    versions = [desk.places.version(hours.stations[row], question.first_day) for row in rows]
    panel = Panel(["stations"], {"stations": rows} if rows else {}, {v.kind for v in versions})
    if "composite" in panel.kinds and len(rows) > 1:
        raise QuestionError(
            "a composite is itself a mean of stations and is not averaged with others: ask for it alone"
        )
    panel.known = len(question.stations)
    return panel


def _stand_for(panel: Panel, part: str, kinds: dict[str, list[int]]) -> None:
    """A part is its official stations; one that holds only a composite uses it and says so."""
    official = [row for kind in OFFICIAL for row in kinds.get(kind, [])]
    if official:
        panel.rows[part] = official
        panel.kinds.update(kind for kind in OFFICIAL if kind in kinds)
    elif "composite" in kinds:
        panel.rows[part] = kinds["composite"][:1]
        panel.kinds.add("composite")
        panel.notes.append(f"{part}: only a composite is held (a published mean of several stations)")


def _stations_alone(panel: Panel, hours: StationHours, desk: Desk, question: Question) -> None:
    """Korea's mean is one over stations, in which no composite may stand beside them."""
    if len(panel.kinds) < 2:
        return
    for part, rows in list(panel.rows.items()):
        if desk.places.version(hours.stations[rows[0]], question.first_day).kind == "composite":
            del panel.rows[part]
            panel.notes.append(f"{part}: its composite is left out, for it is not averaged with stations")
    panel.kinds.discard("composite")


def _whole_region(panel: Panel, region: str, by_part: dict[str, dict[str, list[int]]]) -> None:
    """A composite published for the region as a whole, where none of its parts holds anything."""
    composite = by_part.get(region, {}).get("composite", [])
    if composite:
        panel.parts = [region]
        panel.rows[region] = composite[:1]
        panel.kinds.add("composite")
        panel.notes.append(f"{region}: only a composite is held (a published mean of several stations)")


def _of_kind(panel: Panel, by_part: dict[str, dict[str, list[int]]], kind: str, *, asked: bool) -> None:
    """Stations of a kind that no official mean uses: missions, models, others' sensors."""
    for part in panel.parts:
        rows = by_part.get(part, {}).get(kind, [])
        if rows:
            panel.rows[part] = rows
            panel.kinds.add(kind)
    if panel.rows and not asked:
        panel.notes.append("only the monitors of US missions are held for this place and span: one a city")


def _known(desk: Desk, question: Question, panel: Panel) -> int:
    stations = region_stations(desk, question)
    versions = [desk.places.version(one, question.first_day) for one in stations]
    return sum(v.kind in panel.kinds and v.holds_in(question.first_day, question.last_day) for v in versions)
