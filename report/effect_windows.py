"""The weeks around the start of a policy: of a region, of its donors, and the weather of its days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from analysis.interrupted import WEEK, Window, usable, week_means
from analysis.measure_days import Bools
from analysis.prewhiten import Floats
from config.air import Region
from report.effect_subjects import SHIFTS, Subject, under
from report.effect_weather import Weather, weather_of
from report.question import NothingHeldError, Question, QuestionError
from report.regional import PlaceValues, day_values
from report.span_mean import SpanDays, state_change
from report.stations_held import Desk

# Of the weeks of a synthetic control that have to be known.
KNOWN = 0.9


@dataclass(frozen=True)
class Held:
    """The day means of a region from `Subject.first` to `Subject.last`."""

    region: str
    place: PlaceValues
    start: date

    def weeks(self, start: date, window: Window) -> Floats:
        """Weekly logarithms around a day."""
        return week_means(self.place.value, (start - self.start).days, window)


@dataclass
class Reader:
    """Reads what the estimates of one subject need, each region once.

    Attributes
    ----------
    template : Question
        Pollutant, feeds, basis; its region and span are not looked at.
    read : what answered, in order.
    """

    desk: Desk
    template: Question
    subject: Subject
    read: list[PlaceValues] = field(default_factory=list)

    def days(self, region: str) -> Held:
        """The day means of a region.

        Raises
        ------
        NothingHeldError
            Where none is held.
        QuestionError
            Where the reference state of the values changes in the span.
        """
        asked = self._question(region, self.template.pollutant)
        place = day_values(self.desk, asked)
        changed = self._changed(region, place)
        if changed:
            raise QuestionError(
                f"no effect over a change of reference state: {changed}, and the weeks that are compared run "
                f"from {self.subject.first} to {self.subject.last}; monitors of another network "
                "(--network us-mission) keep theirs"
            )
        self.read.append(place)
        return Held(region, place, self.subject.first)

    def _changed(self, region: str, place: PlaceValues) -> str | None:
        """Why values of the first and the last week may not be subtracted."""
        networks = frozenset(self.desk.feeds[one.feed].network for one in place.origins)
        days = SpanDays(region, self.subject.first, place, networks)
        first, last = self.subject.first, self.subject.last
        changed = state_change(self.desk, days, first, last, self.template.pollutant)
        states = {one.reference_state for one in place.origins} - {"unknown"}
        return changed or (
            f"the feeds held are in {' and '.join(sorted(states))} state" if len(states) > 1 else None
        )

    def table(self, held: Held, shift: int = 0) -> Floats:
        """Weekly logarithms (year, week) of the compared years and, as the last, the year of the start."""
        weeks = timedelta(weeks=shift)
        rows = [held.weeks(one + weeks, self.subject.window) for one in self.subject.anniversaries]
        return np.array(rows)

    def tables(self, held: Held) -> dict[int, Floats]:
        """The same for starts shifted by weeks, where nothing began."""
        return {shift: self.table(held, shift) for shift in SHIFTS}

    def donors(self, region: str) -> Iterator[Held]:
        """Regions of the same kind in the country that are not under the policy, as far as they are held."""
        for one in self._free(region):
            try:
                place = day_values(self.desk, self._question(one.id, self.template.pollutant))
            except NothingHeldError:
                continue
            if self._changed(one.id, place) is None:
                yield Held(one.id, place, self.subject.first)

    def _free(self, region: str) -> list[Region]:
        """Regions of which anything is held and that no row of the policy concerns at the start."""
        desk, subject = self.desk, self.subject
        leaves = desk.places.leaves(region, subject.start, subject.last)
        kind, country = desk.facts.regions[leaves[0]].kind, desk.facts.regions[region].country
        scope = under(desk.places, subject.design)
        if country.lower() in scope:
            return []
        begin = int(datetime.combine(subject.start, time(), UTC).timestamp()) // 3600
        areas = {
            desk.places.version(one.key.station).area
            for one in desk.series(self.template.pollutant)
            if one.first is not None and one.last is not None and one.first < begin < one.last
        }
        found = [
            desk.facts.regions[one]
            for one in sorted(areas - scope - set(leaves))
            if one in desk.facts.regions
        ]
        return [one for one in found if (one.kind, one.country) == (kind, country)]

    def weather(self, region: str) -> Weather | None:
        """The weather of the days; None where too little of the weeks around the start is held."""
        design = self.subject.design
        weeks = slice(-WEEK * (design.before_weeks + design.after_weeks), None)
        found = weather_of(self.desk, self._question(region, self.template.pollutant), weeks)
        if found is not None:
            self.read += found.read
        return found

    def _question(self, region: str, pollutant: str) -> Question:
        found = self.desk.facts.regions[region]
        return replace(self.template.over(found, self.subject.first, self.subject.last), pollutant=pollutant)


@dataclass(frozen=True)
class Pool:
    """What a synthetic control is made from: complete weeks of a region and its donors.

    Attributes
    ----------
    target : (week,) logarithms.
    donors : (donor, week)
    names : of the donors.
    before, after : which of the weeks.
    week : (week,) weeks from the start.
    """

    target: Floats
    donors: Floats
    names: list[str]
    before: Bools
    after: Bools
    week: Floats


def pool(reader: Reader, held: Held, donors: list[Held], back: int = 0) -> Pool | None:
    """The weeks of a region and of its donors, `back` weeks before the start as if it had begun then.

    None where the region itself has too few weeks. A donor of which less than 90 % of the weeks are known
    is left out, then every week that any of them lacks.
    """
    subject = reader.subject
    window = subject.window
    long = Window(subject.design.history_weeks - back, window.after, window.donut)
    start = subject.start - timedelta(weeks=back)
    target = held.weeks(start, long)
    if not usable(target, long):
        return None
    rows = [(one.region, one.weeks(start, long)) for one in donors]
    rows = [(name, row) for name, row in rows if np.mean(~np.isnan(row)) >= KNOWN]
    values = np.array([row for _, row in rows]).reshape(len(rows), len(target))
    whole = ~np.isnan(target) & ~np.isnan(values).any(axis=0) & long.counted
    later = long.later[whole]
    if later.sum() < KNOWN * long.later.sum() or not (~later).any():
        return None
    return Pool(
        target[whole],
        values[:, whole],
        [name for name, _ in rows],
        ~later,
        later,
        long.weeks[whole].astype(float),
    )


def compared(table: Floats, window: Window) -> Bools:
    """Which years of a table have enough weeks on both sides of the start."""
    return np.array([usable(row, window) for row in table], bool)
