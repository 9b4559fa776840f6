"""The day means behind seasons: one basis for a whole comparison, all stations or the like-for-like ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from report.panel import choose
from report.question import NothingHeldError, Question
from report.regional import BASES, Basis, PlaceValues, day_values, hour_values, station_days
from report.season_windows import Window
from report.stations_held import Desk

# A station stands in a like-for-like panel with as many valid days of each season as a month or a year needs
# of its hours in Korea (75 %, yearbook of air quality).
STEADY = 0.75


@dataclass
class Reader:
    """Reads the windows of one region on one basis, each once.

    Attributes
    ----------
    template : Question
        Region, pollutant, feeds, panel; its span is not looked at.
    basis : str
        Set by `choose_basis`, for all windows.
    """

    desk: Desk
    template: Question
    basis: Basis = "hourly"
    _days: dict[tuple[object, ...], PlaceValues | None] = field(default_factory=dict)

    def days(self, window: Window, only: frozenset[str] | None = None) -> PlaceValues | None:
        """The regional day means of a window; None where nothing is held."""
        return self._read(window, self.basis, only)

    def _read(
        self, window: Window, basis: Basis, only: frozenset[str] | None = None, pollutant: str | None = None
    ) -> PlaceValues | None:
        key = (window.first, window.last, basis, only, pollutant)
        if key not in self._days:
            asked = replace(window.question(self.template), basis=basis, only=only, panel="all")
            asked = replace(asked, pollutant=pollutant or asked.pollutant)
            try:
                self._days[key] = day_values(self.desk, asked)
            except NothingHeldError:
                self._days[key] = None
        return self._days[key]

    def other(self, window: Window, pollutant: str) -> PlaceValues | None:
        """The day means of another pollutant in the same window, on the same basis."""
        return self._read(window, self.basis, None, pollutant)

    def hours(self, window: Window, only: frozenset[str] | None = None) -> PlaceValues | None:
        """The regional hour means of a window; None on the daily basis, which holds none."""
        if self.basis == "daily":
            return None
        asked = replace(window.question(self.template), basis="hourly", only=only, panel="all")
        try:
            return hour_values(self.desk, asked)
        except NothingHeldError:
            return None

    def choose_basis(self, windows: Iterable[Window]) -> None:
        """Take one basis for all windows: the better witness first, then more valid days (equal: hourly)."""
        asked = list(windows)
        if self.template.basis != "best":
            self.basis = self.template.basis
            return
        self.basis = max(BASES, key=lambda basis: self._worth(asked, basis))

    def _worth(self, windows: list[Window], basis: Basis) -> tuple[int, int]:
        held = [values for one in windows if (values := self._read(one, basis)) is not None]
        return max((one.panel.standing for one in held), default=-1), sum(one.valid for one in held)

    def steady(self, windows: Iterable[Window]) -> frozenset[str]:
        """The stations of the panel that stood still and were valid on 75 % of the days of every window."""
        held = {one: found for one in windows if (found := self._steady_in(one)) is not None}
        if not held:
            return frozenset()
        days = [day for one in held for day in (one.first, one.last)]
        return frozenset(one for one in frozenset.intersection(*held.values()) if self._stood(one, days))

    def _steady_in(self, window: Window) -> frozenset[str] | None:
        """None where no station is: such a season takes part in no comparison."""
        asked = replace(window.question(self.template), basis=self.basis, panel="all")
        try:
            days = station_days(self.desk, asked, self.basis)
        except NothingHeldError:
            return None
        valid = np.count_nonzero(~np.isnan(days.values), axis=1)
        rows = choose(self.desk, asked, days.read).members
        steady = frozenset(days.read.stations[row] for row in rows if valid[row] >= STEADY * window.days)
        return steady or None

    def _stood(self, station: str, days: Iterable[date]) -> bool:
        """Whether one version of the station holds on all the days: a move breaks like for like."""
        return len({self.desk.places.version(station, day) for day in days}) == 1
