"""What was announced and in force, as lanes under a series: measures, alerts, forecasts, the rule anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from analysis.truth import any_of
from config.words import Speaker
from report.answer import Answer
from report.figures.canvas import ACCENT
from report.figures.parts import Key
from report.figures.strip import Lane, Stretch
from report.measures import KINDS
from report.paper.lines import kind_name

ADVISORY, WARNING, HINDCAST = "#9a6b12", "#7d1712", "#4d6f8f"
_SHADES = {"emergency": ACCENT, "preliminary": HINDCAST, "heavy-alert": WARNING}
_STYLES = {"emergency": "solid", "preliminary": "hatch", "heavy-alert": "solid"}
# Of an alert whose end is not documented a short open bar is drawn, which says so.
_OPEN_HOURS = 8.0
# The hours in which the law lets a measure be in force (06 to 21), for what the rule gives.
_FROM, _TO = 6, 21


def of(say: Speaker, answer: Answer) -> list[Lane]:
    """All lanes of an episode's answer, those of the country."""
    found = [_measures(say, answer, kind) for kind in KINDS]
    korean = say.facts.regions[answer["question"]["region"]].country == "KR"
    lanes = [one for one in found if one.stretches]
    if not any(one.stretches for one in found):
        lanes.append(Lane(say.message("report.lane.measures"), [], say.message("report.no_measure_known")))
    if korean:
        lanes += [_published(say, answer), _by_rule(say, answer), _forecasts(say, answer)]
        lanes += [_replayed(say, answer, "issued"), _replayed(say, answer, "observed")]
    return lanes


def keys(say: Speaker, answer: Answer) -> list[Key]:
    """The legend of the lanes."""
    korean = say.facts.regions[answer["question"]["region"]].country == "KR"
    found = [
        Key(say.message("report.key.episode"), "box", "#f4ead9"),
        Key(say.message("report.key.hours"), "line", "#1d2733"),
        Key(say.message("report.key.announced"), "mark", ACCENT),
        Key(say.message("report.key.in_force"), "box", ACCENT),
    ]
    if korean:
        found += [
            Key(say.message("report.key.advisory"), "box", ADVISORY),
            Key(say.message("report.key.warning"), "box", WARNING),
            Key(say.message("report.key.replayed"), "hatch", HINDCAST),
            Key(say.message("report.key.open"), "open", ADVISORY),
        ]
    return found


def words(say: Speaker, answer: Answer) -> list[str]:
    """What the lanes say, for those who do not see them."""
    days = sorted(days_in_force(answer))
    if not days:
        return [say.message("report.lane.none")]
    return [say.message("report.lane.days", n=len(days), first=say.date(days[0]), last=say.date(days[-1]))]


def days_in_force(answer: Answer, kind: str = "emergency") -> set[str]:
    """The civil days of the span with a measure of a kind in force."""
    first, end = answer["question"]["from"][:10], answer["question"]["to"][:10]
    found = answer["measures"]["measures"]
    kinds = (kind, "heavy-alert")
    return {one["date"] for one in found if one["kind"] in kinds and first <= one["date"] < end}


def _measures(say: Speaker, answer: Answer, kind: str) -> Lane:
    rows = [one for one in answer["measures"]["measures"] if one["kind"] == kind]
    by_time: dict[tuple[str, str | None, str | None], list[Answer]] = {}
    for one in rows:
        by_time.setdefault(
            (one["date"], one["in_force_from"], one["lifted_at"] or one["in_force_to"]), []
        ).append(one)
    return Lane(kind_name(say, kind), [_measure(key, told, kind, answer) for key, told in by_time.items()])


def _measure(
    key: tuple[str, str | None, str | None], told: Sequence[Answer], kind: str, answer: Answer
) -> Stretch:
    day, since, until = key
    offset = answer["question"]["from"][-6:]
    midnight = f"{day}T00:00:00{offset}"
    start = _hour(since or midnight)
    end = _hour(until) if until else _hour(midnight) + 24
    announced = min((one["announced_at"] for one in told if one["announced_at"]), default=None)
    places = {one["region"] for one in told}
    text = str(len(places)) if len(places) > 1 else ""
    style = _STYLES[kind] if since and until else "dashed"
    return Stretch(start, end, style, text, _hour(announced) if announced else None, _SHADES[kind])


def _published(say: Speaker, answer: Answer) -> Lane:
    found = []
    for told in answer["alerts"]:
        for one in told["published"]:
            start = _hour(one["issued_at"])
            end = _hour(one["cleared_at"]) if one["cleared_at"] else start + _OPEN_HOURS
            style = "solid" if one["cleared_at"] else "dashed"
            text = "" if one["cleared_at"] else "?"
            found.append(Stretch(start, end, style, text, colour=_level(one["level"])))
    label = say.message("report.lane.alerts")
    return Lane(label, found, say.message("report.lane.no_alert"))


def _by_rule(say: Speaker, answer: Answer) -> Lane:
    asked = answer["question"]
    found = []
    for told in answer["alerts"]:
        for one in told["alerts"]:
            end = _hour(one["lifted_at"]) if one["lifted_at"] else _hour(asked["to"])
            found.append(Stretch(_hour(one["issued_at"]), end, "hatch", colour=_level(one["level"])))
    empty = say.message("report.lane.never") if answer["alerts"] else say.message("report.lane.no_hours")
    return Lane(say.message("report.lane.alerts_rule"), found, empty)


def _level(level: str) -> str:
    return WARNING if level == "warning" else ADVISORY


def _forecasts(say: Speaker, answer: Answer) -> Lane:
    replay = answer["replay"].get("issued")
    found = []
    for one in replay["decisions"] if replay else []:
        if one["d1"] is None:
            continue
        low, high = one["d1"]["above"], one["d1"]["up_to"]
        text = f">{low:g}" if low is not None else f"≤{high:g}"
        start = _hour(f"{one['for_date']}T00:00:00{answer['question']['from'][-6:]}")
        found.append(Stretch(start + 1, start + 23, "open", text, _hour(one["d1"]["issued_at"]), HINDCAST))
    return Lane(say.message("report.lane.forecast"), found, say.message("report.lane.no_forecast"))


def _replayed(say: Speaker, answer: Answer, forecast: str) -> Lane:
    replay = answer["replay"].get(forecast)
    label = {
        "issued": say.message("report.lane.rule_issued"),
        "observed": say.message("report.lane.rule_observed"),
    }[forecast]
    if replay is None:
        return Lane(label, [], say.message("report.lane.no_hours"))
    by_day: dict[str, list[bool | None]] = {}
    for one in replay["decisions"]:
        by_day.setdefault(one["for_date"], []).append(one["would_issue"])
    offset = answer["question"]["from"][-6:]
    found = []
    for day, truths in by_day.items():
        start = _hour(f"{day}T00:00:00{offset}")
        met = any_of(truths)
        style = "hatch" if met else "open"
        text = "?" if met is None else ""
        colour = HINDCAST if met is not False else "#c3ccd5"
        found.append(Stretch(start + _FROM, start + _TO, style, text, colour=colour))
    return Lane(label, found)


def _hour(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() / 3600
