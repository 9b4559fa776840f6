"""Of which seasons and standards an effect can be asked, where, and from which day; of what none is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from analysis.interrupted import WEEK, Window
from config.effects import EffectDesign
from config.facts import Facts
from config.places import Places
from config.policy import SeasonSystem
from report.answer import NO_READINGS, Answer
from report.effects import MEASURES
from report.milestones import WITH_FIGURES
from report.question import QuestionError
from report.season_names import season_of

# Starts where nothing began lie so many weeks from the anniversaries of the real one.
SHIFTS = (-12, -8, -4, 0, 4, 8, 12)


@dataclass(frozen=True)
class Subject:
    """A policy that began on a day in a region.

    Attributes
    ----------
    kind : `season` or `standard`.
    start : its first civil day.
    began : the day from which the region was under the policy for the first time; years before are compared.
    """

    kind: str
    id: str
    title: str
    pollutant: str
    start: date
    began: date
    design: EffectDesign

    @property
    def window(self) -> Window:
        """The weeks around the start."""
        design = self.design
        return Window(design.before_weeks, design.after_weeks, design.donut_weeks)

    @property
    def last(self) -> date:
        """The last civil day of the window."""
        return self.start + timedelta(days=WEEK * self.design.after_weeks - 1)

    @property
    def years(self) -> list[int]:
        """The years before the policy whose anniversaries of the start are compared, oldest first."""
        last = self.began.year if _anniversary(self.start, self.began.year) < self.began else None
        newest = self.began.year - 1 if last is None else last
        return list(range(newest - self.design.years + 1, newest + 1))

    @property
    def anniversaries(self) -> list[date]:
        """The start in the compared years, and the start itself as the last."""
        return [*(_anniversary(self.start, year) for year in self.years), self.start]

    @property
    def first(self) -> date:
        """The first civil day that any estimate needs."""
        design = self.design
        back = timedelta(weeks=design.before_weeks - min(SHIFTS))
        return min(self.anniversaries[0] - back, self.start - timedelta(weeks=design.history_weeks))


def subject(
    facts: Facts, region: str, season: str | None, standard: str | None, pollutant: str = "pm25"
) -> Subject:
    """What is asked about a region.

    Raises
    ------
    QuestionError
        For what is unknown, concerns another country or region, or of which no effect is estimated.
    """
    for name in (season, standard):
        _refuse_milestone(facts, name)
    place = facts.regions[region]
    if season:
        return _season(facts, region, place.country, season, pollutant)
    return _standard(facts, region, place.country, standard or "")


def _refuse_milestone(facts: Facts, name: str | None) -> None:
    """A meeting or a memorandum acts on no day; said before the name is called unknown."""
    step = facts.milestones.get(name or "")
    if step is not None and step.kind not in WITH_FIGURES:
        raise QuestionError(
            f"{step.id} ({step.title}) is a step of the kind {step.kind}: nothing of it acts on a day, so no "
            "effect is estimated; `yellowsea milestones` shows the timeline"
        )


def _season(facts: Facts, region: str, country: str, text: str, pollutant: str) -> Subject:
    country = text[:2].upper() if text[:3] in ("kr-", "cn-") else country
    season = season_of(facts, country, text)
    if season.country != facts.regions[region].country:
        raise QuestionError(f"{season.id} is a season of another country than {region}")
    if season.number is None:
        raise QuestionError(f"{season.id} lies before the scheme began: there is nothing to have an effect")
    scheme = scheme_of(facts, season.country)
    design, began = _design(facts, scheme.id, region, season.start)
    return Subject("season", season.id, season.name_en, pollutant, season.start, began, design)


def scheme_of(facts: Facts, country: str) -> SeasonSystem:
    """The scheme of seasons of a country."""
    return next(one for one in facts.season_systems.values() if one.country == country)


def _standard(facts: Facts, region: str, country: str, text: str) -> Subject:
    named = {one.casefold(): standard for one, standard in facts.standards.items()}
    standard = named.get(text.casefold())
    if standard is None:
        raise QuestionError(f"no standard is called {text!r}; there are {', '.join(facts.standards)}")
    if standard.country is None or standard.valid_from is None:
        raise QuestionError(
            f"{standard.id} was put in force on no day by a government: no effect is estimated"
        )
    if standard.country != country:
        raise QuestionError(f"{standard.id} is a standard of another country than {region}")
    design, _ = _design(facts, f"standards-{country}", region, standard.valid_from)
    title = f"standard {standard.id} ({standard.pollutant})"
    start = standard.valid_from
    return Subject("standard", standard.id, title, standard.pollutant, start, start, design)


def _design(facts: Facts, name: str, region: str, start: date) -> tuple[EffectDesign, date]:
    """The window of a policy in a region, and the day from which the region was under it."""
    places = Places(facts)
    own = [one for one in facts.all("effect_designs", EffectDesign) if one.subject == name]
    holding = [one for one in own if one.holds_on(start)]
    if not holding:
        raise QuestionError(
            f"no window is written down for {name} on {start}: `effect_designs.csv` holds them"
        )
    rows = [one for one in own if concerns(places, one, region)]
    if holding[0] not in rows:
        raise QuestionError(
            f"{region} was not under {name} on {start}: it concerned {holding[0].scope.replace('|', ', ')}"
        )
    return holding[0], min(one.valid_from or date.min for one in rows)


def concerns(places: Places, design: EffectDesign, region: str) -> bool:
    """Whether a region, or every part of it, is under the policy while the row holds."""
    if places.facts.regions[region].country.lower() in design.regions:  # the whole nation is
        return True
    first, last = design.valid_from or date.min, design.valid_to or date.max
    return set(places.leaves(region, first, last)) <= under(places, design)


def under(places: Places, design: EffectDesign) -> set[str]:
    """The sido or cities under the policy while the row holds, and the regions that they make up."""
    first, last = design.valid_from or date.min, design.valid_to or date.max
    return {leaf for one in design.regions for leaf in places.leaves(one, first, last)} | set(design.regions)


def _anniversary(start: date, year: int) -> date:
    return start.replace(year=year, day=28 if (start.month, start.day) == (2, 29) else start.day)


def listed(facts: Facts, today: date) -> Answer:
    """Everything of which an effect can be asked, with its windows; and of which kinds of steps none is.

    What begins after `today` cannot be asked yet.
    """
    rows: list[Answer] = [
        {"kind": "measure", "id": name, "from": None, "regions": ["kr"], "window": None, "asked": True}
        | {"why": "days with a measure against comparable days; needs forecasts stored as they were issued"}
        for name in MEASURES
    ]
    rows += [
        _row(facts, "season", one.id, one.start, one.country, today, begins=one.number is not None)
        for one in facts.seasons.values()
    ]
    rows += [
        _row(facts, "standard", one.id, one.valid_from, one.country, today, begins=True)
        for one in facts.standards.values()
    ]
    return {
        "question": {"list": True},
        "method": {
            "windows": "weeks around the start, written down in `effect_designs.csv`",
            "no_effect_of": "meetings, memoranda, agreements, bodies and research: none acts on a day",
        },
        "data": NO_READINGS,
        "subjects": rows,
    }


def _row(
    facts: Facts, kind: str, name: str, start: date | None, country: str | None, today: date, *, begins: bool
) -> Answer:
    designs = facts.all("effect_designs", EffectDesign)
    of = scheme_of(facts, country).id if kind == "season" and country else f"standards-{country}"
    found = [one for one in designs if one.subject == of and start and one.holds_on(start)]
    why = _why_not(start, country, today, begins=begins, designed=bool(found))
    asked = why is None
    return {
        "kind": kind,
        "id": name,
        "from": start.isoformat() if start else None,
        "regions": found[0].regions if asked else [],
        "window": _weeks(found[0]) if asked else None,
        "asked": asked,
        "why": why,
    }


def _why_not(
    start: date | None, country: str | None, today: date, *, begins: bool, designed: bool
) -> str | None:
    """Why no effect can be asked of it; None where one can."""
    if start is None or country is None:
        return "of no government or no day"
    if start > today:
        return "not begun"
    if not begins:
        return "before the scheme began"
    return None if designed else "no window is written down for it"


def _weeks(design: EffectDesign) -> str:
    return f"-{design.before_weeks} to +{design.after_weeks} weeks, {design.donut_weeks} left out"
