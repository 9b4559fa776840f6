"""Whether a rule holds at a moment, by what is known then: a level, 0 for known not to, None for not known.

Nothing here sends, writes or looks at a clock: the daemon and the dry run ask the same functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

import numpy as np

from analysis.episodes import Profile, find
from analysis.truth import Truth, above, any_of
from config.air import ProfileFact
from config.clock import civil
from config.notices import NoticeRule, parted
from hotline.scene import Ahead, Scene
from report.answer import Answer, local, number
from report.published_alerts import Published
from report.regional import Floats
from report.unit_hours import UnitHours

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Sighting:
    """What a rule says of a subject at a moment; `why` is what JSON can say."""

    level: int | None
    why: Answer


NOT_KNOWN = Sighting(None, {})
OVER = Sighting(0, {})


def sight(rule: NoticeRule, subject: str, scene: Scene, at: datetime) -> Sighting:
    """The level of a rule for a subject at a moment."""
    asked = {
        "forecast": forecast,
        "alert": alert,
        "episode": episode,
        "upwind": upwind,
        "silence": silence,
    }
    return asked[rule.about](rule, subject, scene, at)


def forecast(rule: NoticeRule, subject: str, scene: Scene, at: datetime) -> Sighting:
    """A day mean forecast above a threshold, today or in the days ahead."""
    today = scene.today(subject, at)
    days = [scene.ahead(subject, rule.pollutant, today + one * _DAY, at) for one in _horizon(rule)]
    levels = [_level_of(one, rule.thresholds) for one in days]
    highest = _highest(levels)
    if not highest:
        return Sighting(highest, {})
    day = days[levels.index(highest)]
    return Sighting(highest, _forecast_told(day, rule.thresholds[highest - 1], scene, subject))


def _horizon(rule: NoticeRule) -> range:
    return range(rule.horizon_days + 1)


def _level_of(day: Ahead, thresholds: Sequence[float]) -> int | None:
    """How many thresholds the day surely exceeds; None where it might and is not known to."""
    if not day.amounts:
        return None
    return _rung([any_of(above(one, limit) for one in day.amounts) for limit in thresholds])


def _rung(truths: Sequence[Truth]) -> int | None:
    """The highest level that holds; 0 where the lowest is known not to, None where that is not known."""
    met = [level for level, truth in enumerate(truths, start=1) if truth]
    if met:
        return max(met)
    return 0 if truths[0] is False else None


def _highest(levels: Iterable[int | None]) -> int | None:
    """The highest of several: one that holds decides, else one that is not known."""
    given = list(levels)
    known = [one for one in given if one is not None]
    best = max(known, default=0)
    return best if best or len(known) == len(given) else None


def _forecast_told(day: Ahead, limit: float, scene: Scene, subject: str) -> Answer:
    issued = max((one.issued_at for one in day.told), default=None)
    zone = civil(scene.region(subject).zone)
    came = [one for one in day.amounts if isinstance(one, float)]
    return {
        "forecast": {
            "for_date": day.day.isoformat(),
            "limit": limit,
            "texts": [text for one in day.told for text in one.texts],
            "issued_at": issued and issued.astimezone(zone).isoformat(),
            # The day mean that came, where it stands in for a forecast that is not held.
            "came": came[0] if came else None,
        }
    }


def alert(rule: NoticeRule, subject: str, scene: Scene, at: datetime) -> Sighting:
    """An advisory or warning in force: as published, or by the rule from the hours held."""
    names = parted(rule.alerts)
    told = [
        (one, one.in_force(at, at))
        for one in scene.published(subject, rule.pollutant)
        if one.level in names and one.issued_at <= at
    ]
    zone = civil(scene.region(subject).zone)
    found = [(names.index(one.level) + 1, one.issued_at, _published(one, zone)) for one, held in told if held]
    by_rule, clear = _by_rule(names, subject, scene, rule.pollutant, at)
    found += by_rule
    if found:
        level, _, why = max(found, key=lambda one: one[:2])
        return Sighting(level, {"alert": why})
    lifted = any(one.origin == "stored" and held is False for one, held in told)
    open_end = any(held is None for _, held in told)
    return OVER if not open_end and (clear or lifted) else NOT_KNOWN


def _published(one: Published, zone: tzinfo) -> Answer:
    return {key: value for key, value in one.as_json(zone).items() if key not in ("note", "pollutant")}


def _by_rule(
    names: list[str], subject: str, scene: Scene, pollutant: str, at: datetime
) -> tuple[list[tuple[int, datetime, Answer]], bool]:
    """The alerts in force by the rule in any witness of a region, and whether none is, as far as is known.

    An alert by the rule looks back alone, so the replay of the whole span serves every moment in it.
    """
    alerts, unit = scene.alerts(subject, pollutant), scene.unit(subject, pollutant)
    ended = scene.hours(subject, pollutant, at).stop
    found, clear = [], ended > 0
    for witness in alerts.witnesses(subject):
        for one in alerts.of(witness):
            if one.level in names and one.issued <= ended and (one.lifted is None or one.lifted > ended):
                issued = unit.end_of(one.issued)
                told = {
                    "region": subject,
                    "zone": witness if witness != subject else None,
                    "level": one.level,
                    "issued_at": issued.isoformat(),
                    "issued_value": one.value,
                    "origin": "replayed",
                    "source": one.rule,
                }
                found.append((names.index(one.level) + 1, issued, told))
        values = unit.values(witness)
        clear = clear and ended <= len(values) and not np.isnan(values[ended - 1])
    return found, clear


def episode(rule: NoticeRule, subject: str, scene: Scene, at: datetime) -> Sighting:
    """An episode of a profile under way."""
    profiles = [scene.desk.facts.profiles[one] for one in parted(rule.profiles)]
    states = [under_way(one, subject, rule.pollutant, scene, at) for one in profiles]
    level = _rung([state for state, _ in states])
    return Sighting(level, {"episode": states[level - 1][1]} if level else {})


def under_way(
    fact: ProfileFact, region: str, pollutant: str, scene: Scene, at: datetime, reach: timedelta = timedelta()
) -> tuple[Truth, Answer | None]:
    """Whether an episode goes on at a moment, or ended `reach` before it at most; and the episode.

    Of a profile of days, what the days that are over say.
    """
    unit = scene.unit(region, pollutant)
    if fact.every == "day":
        first, values = scene.days(region, pollutant, at)
        start = int((first - date(1970, 1, 1)) / _DAY) * 24 - _offset_hours(unit, at)
    else:
        span = scene.hours(region, pollutant, at)
        values, start = unit.values(region)[span], unit.first_hour + span.start
    key = (fact.id, region, pollutant, start, len(values), reach)
    if key not in scene.states:
        scene.states[key] = _state(fact, region, values, start, unit, int(reach / _step(fact)))
    return scene.states[key]


def _state(
    fact: ProfileFact, region: str, values: Floats, start: int, unit: UnitHours, steps: int
) -> tuple[Truth, Answer | None]:
    """Whether the last episode reaches the last `steps` periods; `start` is the hour number of the first."""
    if not len(values):
        return None, None
    found = find(values, Profile.from_fact(fact))
    if len(found) and int(found[-1]["end"]) >= len(values) - steps:
        return True, _episode_told(found[-1], fact, region, start, unit)
    recent = values[len(values) - 1 - steps :]
    return (None if np.isnan(recent).any() else False), None


def _step(fact: ProfileFact) -> timedelta:
    """How long a period of a profile is."""
    return _DAY if fact.every == "day" else _HOUR


def _offset_hours(unit: UnitHours, at: datetime) -> int:
    offset = at.astimezone(civil(unit.template.zone)).utcoffset()
    return int((offset or timedelta()) / _HOUR)


def _episode_told(one: Any, fact: ProfileFact, region: str, start: int, unit: UnitHours) -> Answer:
    step, zone = int(_step(fact) / _HOUR), unit.template.zone
    return {
        "region": region,
        "profile": fact.id,
        "title": fact.title,
        "began": local(start + int(one["start"]) * step, zone),
        "through": local(start + int(one["end"]) * step, zone),
        "hours": (int(one["end"]) - int(one["start"])) * step,
        "mean": number(one["mean"]),
        "peak": number(one["peak"]),
        "peak_time": local(start + int(one["peak_at"]) * step, zone),
        "censored": str(one["censored"]),
    }


def upwind(rule: NoticeRule, subject: str, scene: Scene, at: datetime) -> Sighting:
    """A high forecast together with an episode upwind; either alone says nothing."""
    ahead = forecast(rule, subject, scene, at)
    if ahead.level == 0:
        return OVER
    truth, told = upwind_part(rule, scene, at)
    if truth is False:
        return OVER
    if ahead.level is None or truth is None:
        return NOT_KNOWN
    return Sighting(ahead.level, {**ahead.why, "upwind": told})


def upwind_part(rule: NoticeRule, scene: Scene, at: datetime) -> tuple[Truth, list[Answer]]:
    """Whether any of the rule's upwind regions has an episode under way, or had one lately."""
    reach = timedelta(hours=rule.upwind_hours)
    truths, told = [], []
    for region in parted(rule.upwind):
        day = scene.today(region, at)
        held = [scene.desk.facts.profiles[one] for one in parted(rule.upwind_profile)]
        for fact in (one for one in held if one.holds_on(day)):
            truth, found = under_way(fact, region, rule.pollutant, scene, at, reach)
            truths.append(truth)
            told += [found] if found else []
    return any_of(truths) if truths else None, told


def silence(rule: NoticeRule, subject: str, scene: Scene, at: datetime) -> Sighting:
    """A source that is late or blocked, by how long; None where its state is not known (of the past)."""
    row = next((one for one in scene.silence or () if one["id"] == subject), None)
    if row is None:
        return NOT_KNOWN
    if not row["late"] and not row["blocked"]:
        return OVER
    if row["newest"] is None and not row["blocked"]:
        return NOT_KNOWN  # nothing ever came of it: `status` and `doctor` tell why
    since = row.get("late_since")
    hours = (at - datetime.fromisoformat(since)) / _HOUR if since else None
    # How long a source of bulletins has been late, or one that refuses us, is not told: the first level.
    level = 1 if hours is None else sum(hours >= limit for limit in rule.thresholds)
    if not level and not row["blocked"]:
        return OVER
    told = {key: row.get(key) for key in ("id", "feed", "newest", "late_since", "late_because", "late_told")}
    return Sighting(max(1, level), {"silence": told | {"hours": None if hours is None else round(hours, 1)}})
