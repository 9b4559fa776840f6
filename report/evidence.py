"""What speaks for or against one reading of a claim: published figures, dates, listed measures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from config.fact import Fact
from config.facts import Facts
from config.places import Places
from config.policy import ClaimVariant, Milestone, Published
from report.answer import Answer
from report.measures import UNKNOWN, Ledger
from report.published import (
    apart,
    changes,
    figures,
    lowest,
    sources,
    span_text,
    state_of,
    vintage_order,
)

DAYS_OF_A_YEAR = 365.2425  # mean Gregorian year


@dataclass(frozen=True)
class Evidence:
    """One value of the statistic, between `low` and `high` (equal where it is exact), and its facts."""

    low: float
    high: float
    origin: str
    figures: tuple[Fact, ...] = ()
    state: str | None = None
    vintage: str | None = None

    def told(self, facts: Facts) -> Answer:
        """As answers show it; `at_least` where only the lower bound is known."""
        published = [one for one in self.figures if isinstance(one, Published)]
        return {
            "value": self.low,
            "at_least": self.high > self.low,
            "from": self.origin,
            "state": self.state,
            "vintage": self.vintage,
            "figures": [
                {"value": one.value, "span": span_text(one.start, one.end), "vintage": one.vintage}
                | {"status": one.status, "state": state_of(facts, one), "confidence": one.confidence}
                for one in published
            ],
            "source": sources(self.figures),
            "confidence": lowest(one.confidence for one in self.figures) if self.figures else None,
        }


@dataclass
class Gathered:
    """All evidence of a variant, the newest last; where there is none, why."""

    found: list[Evidence] = field(default_factory=list)
    why: str | None = None
    note: str | None = None


def gather(facts: Facts, places: Places, variant: ClaimVariant) -> Gathered:
    """What the catalogue holds for a variant; never a value where it holds none."""
    return _STATISTICS[variant.statistic](facts, places, variant)


def _change(facts: Facts, places: Places, variant: ClaimVariant) -> Gathered:  # noqa: ARG001
    """From two published figures that may be compared, and as published for this very span."""
    base, end = _span(variant, "base"), _span(variant, "end")
    if not (variant.region and variant.metric and base and end):
        return Gathered(why="the variant names no region, metric, base or end")
    of = (facts, variant.region, variant.metric)
    bases = _in_state(facts, figures(*of, *base), variant)
    ends = _in_state(facts, figures(*of, *end), variant)
    pairs = [(one, other) for one in bases for other in ends]
    barred = [said for one, other in pairs if (said := apart(facts, one, other))]
    percent = variant.statistic == "change_percent"
    found = [
        _of_pair(facts, one, other, percent=percent) for one, other in pairs if not apart(facts, one, other)
    ]
    if percent:
        found += [_of_one(facts, one) for one in _in_state(facts, changes(*of, base, end), variant)]
    found.sort(key=_age)
    if found:
        return Gathered(found)
    if barred:
        return Gathered(why=f"not comparable: {'; '.join(dict.fromkeys(barred))}")
    missing = [span for span, held in ((base, bases), (end, ends)) if not held]
    return Gathered(why=_nothing(facts, variant, missing))


def _level(facts: Facts, places: Places, variant: ClaimVariant) -> Gathered:  # noqa: ARG001
    end = _span(variant, "end")
    if not (variant.region and variant.metric and end):
        return Gathered(why="the variant names no region, metric or end")
    held = _in_state(facts, figures(facts, variant.region, variant.metric, *end), variant)
    if not held:
        return Gathered(why=_nothing(facts, variant, [end]))
    return Gathered([_of_one(facts, one) for one in held])


def _measure_days(facts: Facts, places: Places, variant: ClaimVariant) -> Gathered:
    end = _span(variant, "end")
    if not (variant.region and end):
        return Gathered(why="the variant names no region or no end")
    ledger = Ledger(facts, places, variant.region)
    days = ledger.days(*end)
    rows = tuple(one for one in ledger.within(*end, ["emergency"]))
    open_days = 0 if ledger.complete(*end) else (end[1] - end[0]).days + 1 - len(days)
    through = ledger.known_through()
    reach = f"known through {through}" if through else "the list of measures does not speak of it"
    said = None if not open_days else f"listed days; other days: {UNKNOWN} ({reach})"
    counted = Evidence(len(days), len(days) + open_days, "list of measures", rows)
    published = [_of_one(facts, one) for one in figures(facts, variant.region, "measure_days", *end)]
    return Gathered([counted, *published], why=said, note=said)


def _years(facts: Facts, places: Places, variant: ClaimVariant) -> Gathered:  # noqa: ARG001
    ends = [facts.milestones.get(one or "") for one in (variant.base_milestone, variant.end_milestone)]
    found = [one for one in ends if one]
    if len(found) < 2:
        return Gathered(why="a milestone of the variant is not in the catalogue")
    unsure = [one.id for one in found if one.status in ("planned", "not held", "not known")]
    if unsure:
        return Gathered(why=f"whether it took place is not known: {', '.join(unsure)}")
    first, last = (_took_place(one) for one in found)
    if variant.unit == "calendar years":
        years = float(last.year - first.year)
    else:
        years = (last - first).days / DAYS_OF_A_YEAR
    return Gathered([Evidence(years, years, "milestones", tuple(found))])


_STATISTICS: dict[str, Callable[[Facts, Places, ClaimVariant], Gathered]] = {
    "change_percent": _change,
    "change": _change,
    "level": _level,
    "measure_days": _measure_days,
    "years_between": _years,
}


def _took_place(milestone: Milestone) -> date:
    return milestone.actual or milestone.date


def _span(variant: ClaimVariant, which: str) -> tuple[date, date] | None:
    start, end = getattr(variant, f"{which}_start"), getattr(variant, f"{which}_end")
    return (start, end) if start and end else None


def _in_state(facts: Facts, found: list[Published], variant: ClaimVariant) -> list[Published]:
    """Those in the state that the variant asks for; all where it asks for none."""
    wanted = variant.reference_state
    return [one for one in found if wanted in (None, "unknown") or state_of(facts, one) == wanted]


def _of_pair(facts: Facts, base: Published, end: Published, *, percent: bool) -> Evidence:
    value = 100 * (end.value / base.value - 1) if percent else end.value - base.value
    # Figures have at most a few decimals: what floating point adds must not decide a comparison.
    value = round(value, 9)
    vintage = f"{_named(base)} → {_named(end)}"
    return Evidence(value, value, "two published figures", (base, end), state_of(facts, end), vintage)


def _of_one(facts: Facts, figure: Published) -> Evidence:
    vintage = _named(figure) if figure.dust == "unknown" else f"{_named(figure)[:-1]}, dust {figure.dust})"
    return Evidence(figure.value, figure.value, "published", (figure,), state_of(facts, figure), vintage)


def _named(figure: Published) -> str:
    return f"{figure.value:g} ({figure.vintage})"


def _age(evidence: Evidence) -> tuple[tuple[int, str], ...]:
    return tuple(vintage_order(one) for one in reversed(evidence.figures) if isinstance(one, Published))


def _nothing(facts: Facts, variant: ClaimVariant, missing: Sequence[tuple[date, date]]) -> str:
    """Why there is no figure: none is held of the span, or only in another reference state."""
    parts = []
    for span in missing:
        held = figures(facts, variant.region or "", variant.metric or "", *span)
        states = ", ".join(sorted({state_of(facts, one) for one in held}))
        said = f"published in {states} state only" if held else "not held as published"
        parts.append(f"{variant.metric} of {variant.region} for {span_text(*span)} is {said}")
    return "; ".join(parts)
