"""`yellowsea seasons`: seasons in figures, against a baseline, beside what was published.

Seasons of Korea and China stand side by side, over their own windows or the common one; by sido or month.
A figure that the held data cannot give is null; one basis serves a whole comparison.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Literal

from analysis.seasons import describe
from config.facts import Facts
from report.answer import Answer, data_of_feeds, data_of_place, method_of_place, number
from report.episodes import DEFAULT_PROFILE
from report.question import NothingHeldError, Question, QuestionError
from report.regional import PlaceValues, spans_held
from report.season_figures import Base, change, figures, without_dust
from report.season_names import season_of
from report.season_published import beside
from report.season_values import STEADY, Reader
from report.season_weather import adjusted
from report.season_windows import Window, months, window
from report.stations_held import Desk
from store.engine import Store


@dataclass(frozen=True)
class Asked:
    """What is asked about the seasons of the regions.

    Attributes
    ----------
    years : years in which the seasons begin.
    dates : each country's own window, or the common one.
    through : MM-DD at which every season is cut, for the season to date.
    by : None, `sido` (the parts of the region) or `month`.
    baseline : `previous`, `mean3` or a season as people name it.
    """

    years: tuple[int, ...]
    dates: Literal["own", "common"] = "own"
    through: str | None = None
    by: Literal["sido", "month"] | None = None
    baseline: str = "previous"


def ask(store: Store, facts: Facts, questions: list[Question], asked: Asked) -> Answer:
    """The seasons of one or several regions.

    Raises
    ------
    NothingHeldError
        Where nothing is held of any of the seasons, and nothing was published of them.
    QuestionError
        For what cannot be asked of seasons.
    """
    with store.read() as connection:
        desk = Desk(connection, facts)
        regions = [part for one in questions for part in _parts(desk, one, asked)]
        blocks = [_Block(desk, one, asked) for one in regions]
        rows = [row for block in blocks for row in block.rows()]
        held = [value for block in blocks for value in block.held]
        if not held and not any(row["published"] for row in rows):
            raise _nothing(desk, questions, asked)
        first = questions[0]
        computed = method_of_place(desk, first, held[0]) if held else {"unit": "ug/m3"}
        return {
            "question": _told(questions, asked),
            "method": {**computed, **_method(facts, questions)},
            "data": _data(desk, blocks) if held else _only_published(desk),
            "seasons": rows,
            "summary": _tally(rows) if asked.by == "sido" else [],
        }


def _parts(desk: Desk, question: Question, asked: Asked) -> list[Question]:
    """The question itself, or one for each part of its region."""
    if question.region is None:
        raise QuestionError("seasons are those of regions: ask with --region")
    if asked.by != "sido":
        return [question]
    seasons = [window(desk.facts, question.country, year) for year in asked.years]
    parts = desk.places.children(
        question.region.id, min(w.first for w in seasons), max(w.last for w in seasons)
    )
    if not parts:
        raise QuestionError(f"{question.region.id} has no parts in the catalogue: leave --by sido out")
    return [replace(question, region=desk.facts.regions[part]) for part in parts]


class _Block:
    """The seasons of one region."""

    def __init__(self, desk: Desk, question: Question, asked: Asked) -> None:
        self.desk, self.question, self.asked = desk, question, asked
        self.facts = desk.facts
        self.windows = [self._window(year) for year in asked.years]
        self.bases = {one: self._base_windows(one) for one in self.windows}
        self.reader = Reader(desk, question)
        every = {one: None for own in self.windows for one in (own, *self.bases[own])}
        self.reader.choose_basis(every)
        self.steady = self.reader.steady(every)
        self.only = self.steady if question.panel == "common" else None
        self.held: list[PlaceValues] = []

    def _window(self, year: int) -> Window:
        return window(self.facts, self.question.country, year, self.asked.dates, self.asked.through)

    def _base_windows(self, one: Window) -> list[Window]:
        year = one.season.start.year
        if self.asked.baseline == "mean3":
            return [self._window(year - back) for back in (3, 2, 1)]
        if self.asked.baseline == "previous":
            return [self._window(year - 1)]
        named = season_of(self.facts, self.question.country, self.asked.baseline)
        return [self._window(named.start.year)]

    def rows(self) -> list[Answer]:
        """One row a season, or a season's month."""
        if self.asked.by == "month":
            return [self._row(*pair) for one in self.windows for pair in self._by_month(one)]
        return [self._row(one, self.bases[one]) for one in self.windows]

    def _by_month(self, one: Window) -> list[tuple[Window, list[Window]]]:
        bases = [{w.first.month: w for w in months(base)} for base in self.bases[one]]
        return [(w, [base[w.first.month] for base in bases if w.first.month in base]) for w in months(one)]

    def _row(self, one: Window, bases: list[Window]) -> Answer:
        values = self._values(one)
        if values is not None:
            self.held.append(values)
        region = self.question.region.id if self.question.region else ""
        told = figures(self.desk, self.reader, one, values, self.only)
        name = self.asked.baseline
        named = ", ".join(dict.fromkeys(base.season.id for base in bases)) or name
        return {
            "region": region,
            **told,
            "panel": self.question.panel,
            "basis": self.reader.basis,
            "reference_states": sorted({origin.reference_state for origin in values.origins})
            if values
            else [],
            "like_for_like": self._like_for_like(one, bases, named),
            "without_dust": without_dust(self.facts, self.reader, one, values),
            "published": beside(self.facts, region, one.first, one.last, told, values),
            "change": change(values, Base(named, [self._values(base) for base in bases])),
            "weather_adjusted": None if self.asked.by else adjusted(self.desk, self.reader, one, bases),
            "source": one.season.source,
            "confidence": one.season.confidence,
        }

    def _values(self, one: Window) -> PlaceValues | None:
        if self.only is not None and not self.only:
            return None
        return self.reader.days(one, self.only)

    def _like_for_like(self, one: Window, bases: list[Window], named: str) -> Answer:
        """The same seasons on the stations that all of them share."""
        if not self.steady:
            return {"stations": 0, "mean": None, "change": None}
        values = self.reader.days(one, self.steady)
        mean = None if values is None else number(describe(values.value).mean)
        base = Base(named, [self.reader.days(base, self.steady) for base in bases])
        return {"stations": len(self.steady), "mean": mean, "change": change(values, base)}


def _tally(rows: list[Answer]) -> list[Answer]:
    """By season how many parts got better and how many worse than the baseline, by sign."""
    tallies: dict[str, Counter[str]] = {}
    for row in rows:
        difference = row["change"]["difference"]
        tallies.setdefault(row["season"], Counter())[_word(difference)] += 1
        low, high = row["change"]["low"], row["change"]["high"]
        if low is not None and (high < 0 or low > 0):
            tallies[row["season"]]["interval off zero"] += 1
    keys = {
        "better": "better",
        "worse": "worse",
        "unchanged": "unchanged",
        "not_known": "not known",
        "off_zero": "interval off zero",
    }
    return [
        {"season": season, **{key: tally[word] for key, word in keys.items()}}
        for season, tally in tallies.items()
    ]


def _word(difference: float | None) -> str:
    if difference is None:
        return "not known"
    return "better" if difference < 0 else "worse" if difference > 0 else "unchanged"


def _told(questions: list[Question], asked: Asked) -> Answer:
    return {
        **{k: v for k, v in questions[0].as_json().items() if k not in ("region", "from", "to", "to_is")},
        "regions": [one.region.id for one in questions if one.region],
        "years": list(asked.years),
        "dates": asked.dates,
        "through": asked.through,
        "by": asked.by,
        "baseline": asked.baseline,
    }


def _method(facts: Facts, questions: list[Question]) -> Answer:
    countries = list(dict.fromkeys(one.country for one in questions))
    return {
        "quantiles": "of valid regional days, linear between order statistics",
        "classes": {country: _classes(facts, country) for country in countries},
        "longest_run_and_episodes": {country: DEFAULT_PROFILE[country] for country in countries},
        "interval": "95 %, block bootstrap of days in blocks of a week",
        "like_for_like": f"stations valid on {STEADY:.0%} of the days of every season, and not moved",
        "weather_adjusted": "change with the weather taken out; null where no weather of all days is stored",
        "measure_days": "dates on which the region or a part of it had an emergency measure",
    }


def _classes(facts: Facts, country: str) -> dict[str, list[Answer]]:
    """The limits by which a country's days are counted, each with the days on which it holds."""
    found: dict[str, list[Answer]] = {}
    for one in facts.profiles.values():
        if one.counts_as and one.country == country:
            span = {"from": one.valid_from, "to": one.valid_to}
            told = {key: day.isoformat() for key, day in span.items() if day}
            found.setdefault(one.counts_as, []).append({"title": one.title, **told})
    return found


def _only_published(desk: Desk) -> Answer:
    """Where nothing is held and only what was published can be shown."""
    told = data_of_feeds(desk, [])
    note = "no readings of these seasons are held: only what was published is shown"
    return {**told, "stations": 0, "capture": None, "basis": None, "notes": [*told["notes"], note]}


def _data(desk: Desk, blocks: list[_Block]) -> Answer:
    """Where all seasons together come from."""
    told = [data_of_place(desk, value) for block in blocks for value in block.held]
    merged = {
        key: sorted({x for one in told for x in one[key]}) for key in ("networks", "feeds", "attribution")
    }
    expected = sum(float(v.expected.sum()) for b in blocks for v in b.held)
    captured = sum(float(v.captured.sum()) for b in blocks for v in b.held)
    bases = sorted({block.reader.basis for block in blocks if block.held})
    return {
        **merged,
        "stations": max(one["stations"] for one in told),
        "stations_known": max(one["stations_known"] for one in told),
        "kinds": sorted({kind for one in told for kind in one["kinds"]}),
        "capture": captured / expected if expected else None,
        "basis": " and ".join(bases),
        "worlds": told[0]["worlds"],
        "notes": list(dict.fromkeys(note for one in told for note in one["notes"])),
    }


def _nothing(desk: Desk, questions: list[Question], asked: Asked) -> NothingHeldError:
    places = ", ".join(one.place for one in questions)
    years = " to ".join(dict.fromkeys(map(str, (asked.years[0], asked.years[-1]))))
    held = dict.fromkeys(line for one in questions for line in spans_held(desk, one))
    return NothingHeldError(f"nothing is held of {places} in the seasons that begin in {years}", list(held))
