"""Published figures beside the computed ones of a season, every vintage, comparable or not and why."""

from __future__ import annotations

from datetime import date

from analysis.capture import Capture, parts_needed
from config.facts import Facts
from config.policy import Published
from report.answer import Answer
from report.published import Computed, comparable, vintage_order
from report.regional import SHARE, PlaceValues

# The published metric and the figure of a season that answers to it.
COMPUTED = {
    "pm25_mean": "mean",
    "good_days": "good_days",
    "bad_days": "bad_days",
    "high_days": "high_days",
    "heavy_days": "heavy_days",
    "heavy_city_days": "heavy_city_days",
    "max_hour": "max_hour",
    "measure_days": "measure_days",
}


def beside(
    facts: Facts, region: str, first: date, last: date, told: Answer, values: PlaceValues | None
) -> list[Answer]:
    """Every figure published of the region for exactly these days, in order of metric and vintage."""
    found = [one for one in facts.published if (one.region, one.start, one.end) == (region, first, last)]
    found.sort(key=lambda one: (one.metric, vintage_order(one)))
    return [_row(facts, one, told, values) for one in found]


def _row(facts: Facts, figure: Published, told: Answer, values: PlaceValues | None) -> Answer:
    ours = told.get(COMPUTED.get(figure.metric, ""))
    fits, why = _comparable(facts, figure, ours, values)
    return {
        "metric": figure.metric,
        "value": figure.value,
        "unit": figure.unit,
        "vintage": figure.vintage,
        "status": figure.status,
        "reference_state": figure.reference_state,
        "dust": figure.dust,
        "source": figure.source,
        "confidence": figure.confidence,
        "computed": ours,
        "comparable": fits,
        "why": why,
        "difference": ours - figure.value if fits and ours is not None else None,
    }


def _comparable(
    facts: Facts, figure: Published, ours: float | None, values: PlaceValues | None
) -> tuple[bool, str | None]:
    if figure.metric == "measure_days":
        return (
            ours is not None,
            None if ours is not None else "the list of measures does not reach these days",
        )
    if figure.metric not in COMPUTED:
        return False, "no figure of a season answers to it"
    if ours is None or values is None:
        return False, "not computed: the data held cannot give it"
    states = frozenset(origin.reference_state for origin in values.origins)
    cities = None if values.parts is None else len(values.panel.rows)
    fits, why = comparable(facts, figure, Computed(states, cities=cities))
    against, reserve = _of_the_data(facts, figure, values)
    return fits and not against, "; ".join([*against, *reserve, *([why] if why else [])]) or None


def _of_the_data(facts: Facts, figure: Published, values: PlaceValues) -> tuple[list[str], list[str]]:
    """What is wanting in the readings behind the computed figure: too much, or to be kept in mind."""
    against = []
    if "urban" not in values.panel.kinds:
        against.append(
            f"computed from {', '.join(sorted(values.panel.kinds))}, not from the official stations"
        )
    days = len(values.value)
    told = [f"computed from {values.valid} of {days} days"] if values.valid < days else []
    if values.valid < _days_needed(facts, figure, days):
        return [*against, *told], []
    return against, told


def _days_needed(facts: Facts, figure: Published, days: int) -> int:
    """How many valid days a figure of so many needs: of a calendar year as its country's rule has it."""
    first, last = figure.start, figure.end
    rule = facts.validity.get(f"{facts.regions[figure.region].country.lower()}-year")
    if (
        rule is None
        or rule.part != "day"
        or (first, last) != (date(first.year, 1, 1), date(first.year, 12, 31))
    ):
        return parts_needed(SHARE, days)
    return Capture.from_fact(rule).parts(days)
