"""Published figures: finding them by region, metric, span and vintage, and whether two may be compared.

Authorities publish one mean several times: rounded in the first weeks, provisional, final, restated. All
vintages are kept and none is silently preferred; where one must stand for all it is the `newest`.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from config.fact import Fact
from config.facts import Facts
from config.policy import Published
from report.answer import Answer

CHANGE = "_change_pct"

# A later release carries a higher status: what is restated was final before.
_STATUS = {"provisional": 0, "rounded": 1, "derived": 2, "unknown": 2, "final": 3, "restated": 4}
_DATED = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_CONFIDENCE = ("low", "medium", "high")

# China classes days and city-days by the AQI of six pollutants (HJ 633), not by PM2.5 alone.
_BY_INDEX = ("good_days_pct", "heavy_days", "heavy_days_pct", "heavy_city_days")


@dataclass(frozen=True)
class Computed:
    """What a computed figure stands on, as far as a published one may differ from it.

    Attributes
    ----------
    states : set of str
        Reference states of the readings behind it.
    dust : str
        Whether days of dust are in it.
    cities : int or None
        How many cities it is a mean over; None where it is not one over cities.
    """

    states: frozenset[str]
    dust: Literal["included", "deducted"] = "included"
    cities: int | None = None


def figures(facts: Facts, region: str, metric: str, start: date, end: date) -> list[Published]:
    """Every vintage of a figure for exactly this span, the newest last."""
    found = [
        one
        for one in facts.published
        if (one.region, one.metric, one.start, one.end) == (region, metric, start, end)
    ]
    return sorted(found, key=vintage_order)


def changes(
    facts: Facts, region: str, metric: str, base: tuple[date, date], end: tuple[date, date]
) -> list[Published]:
    """Every vintage of the published change of a metric from one span to another, in percent.

    Such a figure spans both, or only the later one where the earlier is the same days a year before.
    """
    found = figures(facts, region, metric + CHANGE, base[0], end[1])
    if base == year_before(*end):
        found += figures(facts, region, metric + CHANGE, *end)
    return sorted(found, key=vintage_order)


def within(facts: Facts, region: str, start: date, end: date) -> list[Published]:
    """Every figure of a region whose span lies within this one, by metric and span, the newest last."""
    found = [one for one in facts.published if one.region == region and start <= one.start and one.end <= end]
    return sorted(found, key=lambda one: (one.metric, one.start, one.end, vintage_order(one)))


def newest(found: Iterable[Published]) -> Published | None:
    """The figure that stands for its vintages: the restated before the final, then by the release's date."""
    return max(found, key=vintage_order, default=None)


def vintage_order(figure: Published) -> tuple[int, str]:
    """By what vintages are sorted: what the release calls its figure, then the last date in its name."""
    return _STATUS[figure.status], max(_DATED.findall(figure.vintage), default="")


def year_before(start: date, end: date) -> tuple[date, date]:
    """The same span a year earlier; a span to the end of February stays one."""
    return _a_year_earlier(start), _a_year_earlier(end)


def _a_year_earlier(day: date) -> date:
    last = calendar.monthrange(day.year - 1, day.month)[1]
    ends_month = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(day.year - 1, day.month, last if ends_month else min(day.day, last))


def state_of(facts: Facts, figure: Published) -> str:
    """The reference state of a figure; where it is not stated, the country's, if that never changed."""
    if figure.reference_state != "unknown":
        return figure.reference_state
    states = country_states(facts, figure.region)
    return states.pop() if len(states) == 1 else "unknown"


def country_states(facts: Facts, region: str) -> set[str]:
    """Every reference state in which networks of the region's country have reported particles."""
    country = country_of(facts, region)
    return {one.state for one in facts.reference_states if facts.networks[one.network].country == country}


def country_of(facts: Facts, region: str) -> str:
    """The country of a region, or of several regions of one country between bars."""
    return facts.regions[region.partition("|")[0]].country


def apart(facts: Facts, base: Published, end: Published) -> str | None:
    """Why two figures may not be compared with each other: another reference state, another rule of dust."""
    one, other = state_of(facts, base), state_of(facts, end)
    if one != other:
        return f"base in {one} state, end in {other} state"
    if one == "unknown" and end.unit == "ug/m3":
        return "the reference state of both is not stated"
    if "unknown" not in (base.dust, end.dust) and base.dust != end.dust:
        return f"base with dust {base.dust}, end with dust {end.dust}"
    return None


def comparable(facts: Facts, figure: Published, computed: Computed) -> tuple[bool, str | None]:
    """Whether a published figure may stand beside a computed one, and why not or with what reserve."""
    against = [*_state_differs(facts, figure, computed)]
    if figure.dust != "unknown" and figure.dust != computed.dust:
        against.append(f"dust {figure.dust} in the published figure, {computed.dust} in the computed one")
    if figure.cities is not None and computed.cities is not None and figure.cities != computed.cities:
        against.append(f"published over {figure.cities} cities, computed over {computed.cities}")
    if figure.metric in _BY_INDEX and country_of(facts, figure.region) == "CN":
        against.append("published by the AQI of six pollutants, computed from one")
    if figure.status == "provisional":
        against.append("provisional: published before the readings were final")
    reserve = {"rounded": "rounded", "derived": "derived from other figures"}.get(figure.status)
    return not against, "; ".join([*against, *([reserve] if reserve else [])]) or None


def _state_differs(facts: Facts, figure: Published, computed: Computed) -> list[str]:
    state = state_of(facts, figure)
    held = ", ".join(sorted(computed.states)) or "unknown"
    if state == "unknown" and figure.unit == "ug/m3":
        return ["the reference state of the published figure is not stated"]
    if state != "unknown" and computed.states != {state}:
        return [f"published in {state} state, computed in {held} state"]
    return []


def lowest(confidences: Iterable[str]) -> str:
    """The confidence of what rests on several facts: that of the least sure."""
    return min(confidences, key=_CONFIDENCE.index, default="low")


def sources(facts: Iterable[Fact]) -> str:
    """Where several facts come from, each source once."""
    return "; ".join(dict.fromkeys(one.source for one in facts))


def span_text(start: date | None, end: date | None) -> str | None:
    """A span as text: first and last day, both included."""
    return f"{start}..{end}" if start and end else None


def told(facts: Facts, figure: Published) -> Answer:
    """A published figure as answers show it."""
    return {
        "region": figure.region,
        "metric": figure.metric,
        "start": figure.start.isoformat(),
        "end": figure.end.isoformat(),
        "value": figure.value,
        "unit": figure.unit,
        "vintage": figure.vintage,
        "status": figure.status,
        "state": state_of(facts, figure),
        "dust": figure.dust,
        "cities": figure.cities,
        "source": figure.source,
        "confidence": figure.confidence,
        "note": figure.note,
    }


def catalogue_data(used: Iterable[Fact], notes: Iterable[str] = ()) -> Answer:
    """The `data` of an answer that rests on the catalogue alone: no readings, its sources as attribution."""
    return {
        "networks": [],
        "feeds": [],
        "stations": None,
        "capture": None,
        "attribution": sorted({one.source for one in used}),
        "worlds": [],
        "notes": list(notes),
    }
