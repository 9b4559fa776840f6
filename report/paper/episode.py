"""`yellowsea report episode`: what the air was, what was in force, and how sure both are.

Everything comes from the questions that exist; nothing is decided here but what stands beside what.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from analysis.episodes import Profile
from config.facts import Facts
from report import episodes, links, measures, published_beside, replay, transport
from report.answer import Answer
from report.given import ONSET_PROFILE
from report.paper.held import means, on_days, other_years, readings_through, stations_at
from report.question import NothingHeldError, Question, QuestionError
from report.season_windows import season
from report.transport_asked import Asked as Lagged
from store.engine import Store

# Between the two shores lies one station that is far from both. A series of the other shore never stands
# alone beside an episode: this one stands with it, and the lag is asked in both directions.
BETWEEN = "airkorea-831492"
# How many years before and after stand beside the same days.
YEARS_AROUND = 6
# Weeks either side in which a lag is looked for where no season holds the episode.
_AROUND = timedelta(days=45)
_ALERTS = {"KR": ("kr-advisory", "kr-warning"), "CN": ("cn-alert",)}


@dataclass(frozen=True)
class Asked:
    """What an episode report is asked to show.

    Attributes
    ----------
    question : the place and the days that are shown.
    profile : the rule that makes the episode.
    beside : questions about other places, shown over the same time.
    """

    question: Question
    profile: Profile
    beside: tuple[Question, ...] = ()


def compose(store: Store, facts: Facts, asked: Asked) -> Answer:
    """All that the report shows, as one answer.

    Raises
    ------
    NothingHeldError
        Where nothing is held of the place in these days.
    QuestionError
        For a span that is not whole days, or a report of stations: measures are those of regions.
    """
    question = asked.question
    if question.region is None or not question.whole_days:
        raise QuestionError("a report of an episode needs a region and civil days: --region --from --to")
    found = episodes.ask(store, facts, question, asked.profile)
    answer = found.answer
    days = means(store, facts, question, "day")
    if days is None:
        raise NothingHeldError(f"no valid day of {question.place} is held in these days", [])
    worst = _worst(days["values"])
    main = _main(answer["episodes"], worst)
    hours = means(store, facts, question, "hour")
    peak = _peak_hour(hours, main)
    first, last = _days_of(main, question)
    linked = _links(store, facts, asked)
    return {
        "question": {**answer["question"], "beside": [_id(one) for one in asked.beside]},
        "method": answer["method"],
        "data": answer["data"],
        "opening": _opening(store, facts, asked, days, worst, linked),
        "episodes": answer["episodes"],
        "main": main,
        "days": days,
        "hours": hours,
        "peak_hour": peak,
        "beside": [_place(store, facts, one) for one in _beside(facts, asked)],
        "directions": _directions(store, facts, asked),
        "measures": measures.ask(
            facts, question.region.id, question.first_day, question.last_day + timedelta(days=1)
        ),
        "links": linked,
        "alerts": _alerts(store, facts, question),
        # The day means that stand in for forecasts are those that are printed.
        "replay": {
            forecast: _replayed(
                store, facts, replace(question, basis=found.place.basis), "kr-emergency", forecast
            )
            for forecast in ("issued", "observed")
            if question.country == "KR"
        },
        "maps": _maps(store, facts, question, peak, worst),
        "other_years": {
            "start": first.isoformat(),
            "end": last.isoformat(),
            "basis": found.place.basis,
            "years": other_years(
                store, facts, replace(question, basis=found.place.basis), first, last, YEARS_AROUND
            ),
        },
        "published": _published(store, facts, question, worst),
    }


def _worst(values: Sequence[Answer]) -> Answer | None:
    """The value that is highest; None where none is valid."""
    return max(
        (one for one in values if one["value"] is not None), key=lambda one: one["value"], default=None
    )


def _peak_hour(hours: Answer | None, main: Answer | None) -> Answer | None:
    """The highest hour of the episode; of the span where there is none."""
    values = hours["values"] if hours else []
    inside = [one for one in values if main is None or main["start"] <= one["start"] < main["end"]]
    return _worst(inside)


def _main(found: Sequence[Answer], worst: Answer | None) -> Answer | None:
    """The episode that holds the worst day; without one, that of the greatest excess."""
    holding = [one for one in found if worst and one["start"] <= worst["start"] < one["end"]]
    return next(iter(holding), max(found, key=lambda one: one["cumulative_excess"] or 0, default=None))


def _days_of(main: Answer | None, question: Question) -> tuple[date, date]:
    """The civil days of the episode; of the span where there is none."""
    if main is None:
        return question.first_day, question.last_day
    start, end = (datetime.fromisoformat(main[key]) for key in ("start", "end"))
    return start.date(), (end - timedelta(seconds=1)).date()


def _opening(
    store: Store, facts: Facts, asked: Asked, days: Answer, worst: Answer | None, linked: Answer | None
) -> Answer:
    """The figures of the first sentence."""
    question, data = asked.question, days["data"]
    return {
        "value": worst and worst["value"],
        "day": worst and worst["start"][:10],
        "unit": days["method"]["unit"],
        "stations": worst and worst["stations"],
        "stations_known": data["stations_known"],
        "kinds": data["kinds"],
        "capture": data["capture"],
        "provisional": days["provisional"],
        "day_rule": days["method"]["day_rule"],
        "basis": data["basis"],
        "published": _published_day(facts, question, worst),
        "known_through": {
            "readings": readings_through(store, facts, question),
            "measures": linked and linked["summary"]["known_through"],
            "measures_complete": linked and linked["summary"]["complete"],
        },
    }


def _published_day(facts: Facts, question: Question, worst: Answer | None) -> Answer | None:
    """What was published of the worst day itself; None where no such figure is listed."""
    if worst is None or question.region is None or question.pollutant != "pm25":
        return None
    day = date.fromisoformat(worst["start"][:10])
    for one in facts.published:
        if (one.region, one.metric, one.start, one.end) == (question.region.id, "pm25_mean", day, day):
            return {"value": one.value, "vintage": one.vintage, "status": one.status, "source": one.source}
    return None


def _id(question: Question) -> str:
    return question.region.id if question.region else ",".join(question.stations)


def _beside(facts: Facts, asked: Asked) -> list[Question]:
    """The places asked for; where one is of the other shore, the station between comes with it."""
    found = list(asked.beside)
    named = {one for question in found for one in question.stations}
    if _other_shore(asked) and BETWEEN in facts.stations and BETWEEN not in named:
        own = next(one for one in (asked.question, *found) if one.country == "KR")
        found.append(replace(own, region=None, stations=(BETWEEN,), network=None, feed=None, basis="best"))
    return found


def _other_shore(asked: Asked) -> list[Question]:
    here = asked.question.country
    return [one for one in asked.beside if one.country != here and "KR" in (one.country, here)]


def _place(store: Store, facts: Facts, question: Question) -> Answer:
    """The air of another place at the same time; what is not held is said to be."""
    return {
        "region": question.region.id if question.region else None,
        "station": question.stations[0] if question.stations else None,
        "country": question.country,
        "zone": question.zone,
        "days": means(store, facts, question, "day"),
        "hours": means(store, facts, question, "hour"),
    }


def _directions(store: Store, facts: Facts, asked: Asked) -> list[Answer]:
    """For each place of the other shore the lag both ways, over the season that holds the episode."""
    question = asked.question
    found: list[Answer] = []
    onset = Profile.from_fact(facts.profiles[ONSET_PROFILE])
    first, last = _season_days(facts, question)
    for one in _other_shore(asked):
        if one.region is None:
            continue
        receptor = replace(on_days(question, first, last), basis="hourly")
        try:
            answer = transport.ask(store, facts, replace(one, basis="hourly"), receptor, Lagged(onset))
        except (NothingHeldError, QuestionError) as error:
            found.append({"from": _id(one), "to": _id(question), "directions": [], "why": str(error)})
            continue
        told = [{key: value for key, value in way.items() if key != "lags"} for way in answer["directions"]]
        pair: Answer = {"from": _id(one), "to": _id(question)}
        found.append(
            {
                **pair,
                "start": first.isoformat(),
                "end": last.isoformat(),
                "directions": told,
                "words": answer["words"],
                "note": answer["note"],
                "data": answer["data"],
                "why": None,
            }
        )
    return found


def _season_days(facts: Facts, question: Question) -> tuple[date, date]:
    """The season that holds the first day; without one the weeks around."""
    day = question.first_day
    for year in (day.year, day.year - 1):
        one = season(facts, question.country, year)
        if one.start <= day <= one.end:
            return one.start, one.end
    return day - _AROUND, question.last_day + _AROUND


def _links(store: Store, facts: Facts, asked: Asked) -> Answer | None:
    """The measures around; a profile of hours gives way to the country's own of days."""
    profile = asked.profile
    if profile.every != "day":
        profile = episodes.profile_of(facts, asked.question, None)
    return links.ask(store, facts, asked.question, profile)


def _alerts(store: Store, facts: Facts, question: Question) -> list[Answer]:
    """The alerts by the country's rules, each beside those published."""
    forecast = "none" if question.country == "CN" else "issued"
    rules = _ALERTS.get(question.country, ())
    told = [_replayed(store, facts, replace(question, basis="best"), rule, forecast) for rule in rules]
    return [one for one in told if one is not None]


def _replayed(store: Store, facts: Facts, question: Question, rule: str, forecast: str) -> Answer | None:
    """What a rule would have done; None where nothing is held that decides."""
    try:
        return replay.ask(store, facts, question, rule, forecast)
    except (NothingHeldError, QuestionError):
        return None


def _maps(
    store: Store, facts: Facts, question: Question, peak: Answer | None, worst: Answer | None
) -> Answer:
    """The stations of the place at the worst hour or day, whichever has more, and those of both shores."""
    found: list[Answer] = []
    for every, step, one in (("hour", 1, peak), ("day", 24, worst)):
        if one is None:
            continue
        hour = int(datetime.fromisoformat(one["start"]).timestamp()) // 3600
        rows = stations_at(store, facts, question, hour, step)
        found.append({"start": one["start"], "every": every, "stations": rows})
    return {
        "near": _near(question, found),
        # Hours of one moment stand beside each other on both shores; civil days do not.
        "shores": next((one for one in found if one["stations"]), None),
    }


def _near(question: Question, found: list[Answer]) -> Answer | None:
    region = question.region.id if question.region else ""
    inside = [
        {**one, "stations": [row for row in one["stations"] if region in row["regions"]]} for one in found
    ]
    return max(inside, key=lambda one: len(one["stations"]), default=None)


def _published(store: Store, facts: Facts, question: Question, worst: Answer | None) -> Answer | None:
    """Every figure published of the region in the season and the calendar year of the worst day."""
    if question.region is None or question.pollutant != "pm25" or worst is None:
        return None
    day = date.fromisoformat(worst["start"][:10])
    first, last = _season_days(facts, question)
    answer = published_beside.ask(
        store,
        facts,
        question.region,
        min(first, date(day.year, 1, 1)),
        max(last, date(day.year, 12, 31)),
    )
    holding = [one for one in answer["figures"] if one["start"] <= day.isoformat() <= one["end"]]
    return {**answer, "figures": holding}
