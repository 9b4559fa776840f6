"""A world in which some instruments hang: their value stands still for hours, and nobody corrects it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sandbox.faults import FaultPlan, Hang
from sandbox.labels import hour_of
from sandbox.recent import Recent
from sandbox.world import POLLUTANTS, Block, Network, World, WorldStation, as_values

_KEPT_HOURS = 2400


def hanging(world: World, plan: FaultPlan, start: datetime) -> World:
    """The world with the hanging instruments of a plan, whose hours count from `start`."""
    return HangingWorld(world, plan.hangs(), hour_of(start)) if plan.hangs() else world


class HangingWorld:
    """A world in which what hangs covers what would have been measured, and what would have been missing."""

    def __init__(self, world: World, hangs: list[Hang], start: int) -> None:
        self._world, self._hangs, self._start = world, hangs, start
        self._blocks: Recent[tuple[Network, int], Block] = Recent(self._covered, _KEPT_HOURS)

    @property
    def name(self) -> Literal["synthetic", "replay"]:
        """As the world beneath."""
        return self._world.name

    @property
    def reasons(self) -> tuple[str, ...]:
        """As the world beneath."""
        return self._world.reasons

    def stations(self, network: Network) -> list[WorldStation]:
        """As the world beneath."""
        return self._world.stations(network)

    def block(self, network: Network, hour: int) -> Block:
        """(stations, pollutants), NaN where missing."""
        if not self._of(network, hour):
            return self._world.block(network, hour)
        return self._blocks((network, hour))

    def hour(self, network: Network, hour: int) -> dict[str, dict[str, float | None]]:
        """By code and pollutant, None where missing."""
        rows = zip(self.stations(network), self.block(network, hour), strict=True)
        return {station.code: as_values(row) for station, row in rows}

    def reading(self, network: Network, code: str, hour: int) -> dict[str, float | None]:
        """One station's values of one hour, None where missing."""
        return self.hour(network, hour)[code]

    def _of(self, network: Network, hour: int) -> list[Hang]:
        after = hour - self._start
        return [
            one for one in self._hangs if one.network == network and one.from_hours <= after < one.to_hours
        ]

    def _covered(self, key: tuple[Network, int]) -> Block:
        network, hour = key
        block = self._world.block(network, hour).copy()
        codes = [station.code for station in self._world.stations(network)[: len(block)]]
        for one in self._of(network, hour):
            if one.code in codes:
                block[codes.index(one.code), POLLUTANTS.index(one.pollutant)] = one.value
        return block
