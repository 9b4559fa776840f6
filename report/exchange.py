"""`yellowsea exchange`: one sheet with both countries' seasons, as the two ministries share them in April.

Source of the occasion: the first video conference on seasonal management, 28 April 2020 (press release of
the Ministry of Environment of Korea, 24 June 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analysis.episodes import Profile
from analysis.seasons import class_days
from config.air import ReferenceState
from config.facts import Facts
from config.policy import Agency, Published, Season, Standard, Target
from report import targets
from report.answer import Answer
from report.exchange_words import NOTES, STATE_NOTE, Words
from report.measures import WORDS, Ledger
from report.published import comparable, country_of, lowest, sources, told, within
from report.question import QuestionError
from report.season_names import season_of
from report.span_mean import SpanDays, data_of_spans, mean_of, span_days
from report.stations_held import Desk
from store.engine import Store

# The nation first; what each country issues on bad days; which of its agencies speaks.
COUNTRIES = {"KR": ("kr", "emergency"), "CN": ("cn", "heavy-alert")}
MINISTRY = "environment"

METHOD = {
    "published": "every vintage of every figure within the season, its region, state and dust rule beside it",
    "computed": "mean of the regional days held; null, with `why`, where they cannot give one",
    "common": "the days that lie in both seasons",
    "measure_days": WORDS,
    "unit": "ug/m3",
}


@dataclass(frozen=True)
class Side:
    """One country's part of the sheet: its season, its regions, and their days as far as they are held."""

    country: str
    season: Season
    regions: list[str]
    held: dict[str, SpanDays | None]

    @property
    def window(self) -> tuple[date, date]:
        """The first and the last day of the season."""
        return self.season.start, self.season.end


def ask(store: Store, facts: Facts, season: str | None, today: date, also: Sequence[str] = ()) -> Answer:
    """The sheet of a season (the last that ended by `today` unless given), `also` with these regions.

    A number means the Korean season of that number; the Chinese one is that of the same winter.

    Raises
    ------
    QuestionError
        For a season that neither country has.
    UnknownPlaceError, AmbiguousPlaceError
    """
    pair = _pair(facts, season, today)
    with store.read() as connection:
        desk = Desk(connection, facts)
        wanted = [desk.places.region(one) for one in also]
        asked = {country: [one.id for one in wanted if one.country == country] for country in COUNTRIES}
        sides = [_side(desk, country, of, asked[country]) for country, of in pair.items()]
        countries = [_country(desk, one) for one in sides]
        common = _common(facts, sides)
        data = data_of_spans(desk, [days for one in sides for days in one.held.values() if days])
    states = {one["state"] for side in countries for one in side["reference_states"]}
    notes = [*NOTES, *([STATE_NOTE] if len(states) > 1 else [])]
    return {
        "question": {"season": season, "seasons": [one.season.id for one in sides], "also": list(also)},
        "method": METHOD,
        "data": data,
        "countries": countries,
        "common": common,
        "notes": [one._asdict() for one in notes],
    }


def _pair(facts: Facts, text: str | None, today: date) -> dict[str, Season]:
    """Both countries' seasons of one winter."""
    if text is None:
        ended = [one for one in facts.seasons.values() if one.country == "KR" and one.end <= today]
        if not ended:
            raise QuestionError(f"no season ended by {today}: give one with --season 2024")
        first = max(ended, key=lambda one: one.end)
    else:
        first = _of_either(facts, text)
    other = "CN" if first.country == "KR" else "KR"
    second = season_of(facts, other, str(first.start.year))
    return {one.country: one for one in sorted((first, second), key=lambda one: one.country, reverse=True)}


def _of_either(facts: Facts, text: str) -> Season:
    try:
        return season_of(facts, "KR", text)
    except QuestionError as korean:
        try:
            return season_of(facts, "CN", text)
        except QuestionError:
            raise korean from None


def _side(desk: Desk, country: str, season: Season, asked: list[str]) -> Side:
    """The nation, then what was asked for, then every region with a figure published for the season."""
    window = (season.start, season.end)
    named = {
        one.region
        for one in desk.facts.published
        if country_of(desk.facts, one.region) == country and _lies_in(one, season)
    }
    regions = list(dict.fromkeys([COUNTRIES[country][0], *asked, *sorted(named)]))
    held = {one: span_days(desk, one, *window) for one in regions if "|" not in one}
    return Side(country, season, regions, held)


def _lies_in(figure: Published, season: Season) -> bool:
    return season.start <= figure.start and figure.end <= season.end


def _country(desk: Desk, side: Side) -> Answer:
    facts, country, window = desk.facts, side.country, side.window
    due = [one for one in facts.all("targets", Target) if country_of(facts, one.region) == country]
    networks = {one.id for one in facts.networks.values() if one.country == country}
    limits = [one for one in facts.standards.values() if one.country == country]
    states = [one for one in facts.reference_states if one.network in networks]
    beside = [one for one in facts.confounders if country_of(facts, one.region) == country]
    return {
        "country": country,
        "season": _season(side.season),
        "ministry": _ministry(facts, country, side.season.end),
        "published": [
            _published(facts, one, side) for region in side.regions for one in within(facts, region, *window)
        ],
        "targets": [
            targets.row(facts, one) for one in due if one.due_start <= window[1] and one.due_end >= window[0]
        ],
        "measure_days": _measure_days(desk, side),
        "computed": [_computed(facts, side, region, window) for region in side.held],
        "standards": _in_force(limits, window),
        "reference_states": _in_force(states, window),
        "confounders": [
            one.model_dump(mode="json") for one in beside if one.start <= window[1] and one.end >= window[0]
        ],
    }


def _in_force(rows: Sequence[Standard] | Sequence[ReferenceState], window: tuple[date, date]) -> list[Answer]:
    """What holds for PM2.5 on any day of the window."""
    return [one.model_dump(mode="json") for one in rows if one.pollutant == "pm25" and one.holds_in(*window)]


def _season(season: Season) -> Answer:
    return {
        "id": season.id,
        "number": season.number,
        "name": Words(season.name_en, season.name_ko, season.name_zh)._asdict(),
        "start": season.start.isoformat(),
        "end": season.end.isoformat(),
        "days": (season.end - season.start).days + 1,
        "source": season.source,
        "confidence": season.confidence,
    }


def _ministry(facts: Facts, country: str, day: date) -> Answer | None:
    """The ministry under the name that it bore on a day."""
    for one in facts.all("agencies", Agency):
        if one.country == country and one.id.endswith(MINISTRY) and one.holds_on(day):
            return {**Words(one.name_en, one.name_ko, one.name_zh)._asdict(), "source": one.source} | {
                "confidence": one.confidence
            }
    return None


def _published(facts: Facts, figure: Published, side: Side) -> Answer:
    """A figure; where the same mean of the same span is computed, whether the two are comparable."""
    row: Answer = {**told(facts, figure), "comparable": None, "why": "nothing computed stands beside it"}
    days = side.held.get(figure.region)
    if figure.metric == targets.MEAN and days is not None and (figure.start, figure.end) == side.window:
        mean = mean_of(days, *side.window)["mean"]
        if mean is not None:
            fits, why = comparable(facts, figure, days.computed)
            row |= {"comparable": fits, "why": why, "difference": mean - figure.value if fits else None}
    return row


def _measure_days(desk: Desk, side: Side) -> Answer:
    nation, kind = COUNTRIES[side.country]
    ledger = Ledger(desk.facts, desk.places, nation)
    rows = ledger.within(*side.window, [kind])
    through = ledger.known_through(kind)
    known = any(
        one.kind == kind
        and country_of(desk.facts, one.region) == side.country
        and one.start <= side.season.end
        and one.end >= side.season.start
        for one in desk.facts.measure_coverage
    )
    dates = ledger.days(*side.window, kind)
    return {
        "kind": kind,
        "days": len(dates) if known else None,
        "dates": [one.isoformat() for one in dates],
        "known_through": through.isoformat() if through else None,
        "complete": ledger.complete(*side.window, kind),
        "source": sources(rows),
        "confidence": lowest(one.confidence for one in rows) if rows else None,
        "words": WORDS,
    }


def _computed(facts: Facts, side: Side, region: str, window: tuple[date, date]) -> Answer:
    """The mean of a region in a window, and its days of each class; null where the days held give none."""
    days = side.held[region]
    mean = mean_of(days, *window)
    profiles = [one for one in facts.profiles.values() if one.country == side.country and one.every == "day"]
    classes: dict[str, int | None] = {one.id: None for one in profiles}
    if days is not None and mean["mean"] is not None:
        values = days.part(*window)
        classes = {one.id: class_days(values, Profile.from_fact(one)) for one in profiles}
    states = sorted(days.computed.states) if days else []
    return {"region": region, **mean, "classes": classes, "reference_states": states}


def _common(facts: Facts, sides: list[Side]) -> Answer:
    """The days that lie in both seasons, computed alike for both countries."""
    start = max(one.season.start for one in sides)
    end = min(one.season.end for one in sides)
    return {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "days": (end - start).days + 1,
        "countries": [
            {
                "country": side.country,
                "computed": [_computed(facts, side, region, (start, end)) for region in side.held],
            }
            for side in sides
        ],
    }
