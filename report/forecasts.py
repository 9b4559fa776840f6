"""Forecasts of day means as bounds, as they were known at a moment; what is not held stays not known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from config.facts import Facts
from config.scales import Grade
from report.answer import Answer
from report.stations_held import Desk
from report.unit_hours import sido_of
from store.forecasts import Forecast, known

NOT_HELD = "not held"


@dataclass(frozen=True)
class Expected:
    """What the bulletins say of one day mean together: above `above`, not above `up_to`, ug/m3.

    Attributes
    ----------
    issued_at : of the newest bulletin behind it.
    texts : as the bulletins say it.
    against : texts of older bulletins that the newer ones contradict.
    """

    above: float | None
    up_to: float | None
    issued_at: datetime
    texts: tuple[str, ...]
    against: tuple[str, ...] = ()

    @property
    def amount(self) -> tuple[float, float]:
        """The bounds as `analysis.truth` compares them, inclusive at both ends."""
        low = -math.inf if self.above is None else math.nextafter(self.above, math.inf)
        return low, math.inf if self.up_to is None else self.up_to


def expected(bulletins: Iterable[Forecast]) -> Expected | None:
    """The bounds of one region's bulletins for one day; None where none says anything.

    The newest counts first; one that contradicts what newer ones say is left out.
    """
    told: list[Forecast] = []
    against: list[str] = []
    low, high = -math.inf, math.inf
    for one in sorted(bulletins, key=lambda b: (b.issued_at, b.product), reverse=True):
        above = -math.inf if one.above is None else one.above
        up_to = math.inf if one.up_to is None else one.up_to
        if max(low, above) >= min(high, up_to):
            against.append(_said(one))
            continue
        low, high = max(low, above), min(high, up_to)
        told.append(one)
    if not told or (low == -math.inf and high == math.inf):
        return None
    texts = tuple(_said(one) for one in told)
    return Expected(_finite(low), _finite(high), told[0].issued_at, texts, tuple(against))


def _said(one: Forecast) -> str:
    bounds = [f"above {one.above:g}" if one.above is not None else ""]
    bounds.append(f"up to {one.up_to:g}" if one.up_to is not None else "")
    return f"{one.product}: {one.text or ', '.join(filter(None, bounds))}"


def _finite(bound: float) -> float | None:
    return bound if math.isfinite(bound) else None


def forecasts(
    desk: Desk, regions: Iterable[str], pollutant: str, day: date, at: datetime
) -> dict[str, Expected]:
    """The forecast of each region for a day as known at a moment (inclusive), where one is held.

    A half takes what is said of it, and what is said of its sido by a bulletin that does not speak of halves.
    """
    facts, wanted = desk.facts, list(regions)
    asked = sorted({*wanted, *(sido_of(facts, one) for one in wanted)})
    by_region: dict[str, dict[str, Forecast]] = {}
    for one in known(desk.connection, asked, pollutant, day, at):
        by_region.setdefault(one.region, {})[one.product] = one
    found = {}
    for region in wanted:
        told: Mapping[str, Forecast] = {
            **by_region.get(sido_of(facts, region), {}),
            **by_region.get(region, {}),
        }
        said = expected(told.values())
        if said is not None:
            found[region] = said
    return found


def hull(parts: Iterable[Expected | None]) -> Expected | None:
    """What holds of the whole where each part has its forecast: its mean lies between theirs."""
    given = list(parts)
    told = [one for one in given if one is not None]
    if not told or len(told) < len(given):
        return None
    lows, highs = [one.above for one in told], [one.up_to for one in told]
    return Expected(
        None if None in lows else min(low for low in lows if low is not None),
        None if None in highs else max(high for high in highs if high is not None),
        min(one.issued_at for one in told),
        tuple(dict.fromkeys(text for one in told for text in one.texts)),
        tuple(dict.fromkeys(text for one in told for text in one.against)),
    )


def grade(facts: Facts, country: str, pollutant: str, day: date, bounds: Expected) -> str | None:
    """The grade in use on a day that holds the bounds; None where none holds both."""
    for one in facts.all("grades", Grade):
        if (one.country, one.pollutant) != (country, pollutant) or not one.holds_on(day):
            continue
        # Grades are of whole numbers: 36 to 75 is above 35.
        below = one.lo - 1
        above_fits = one.lo == 0 or (bounds.above is not None and bounds.above >= below)
        if above_fits and (one.hi is None or (bounds.up_to is not None and bounds.up_to <= one.hi)):
            return one.name_en
    return None


def as_json(
    facts: Facts, told: Expected | None, pollutant: str, day: date, zone: tzinfo | None
) -> Answer | None:
    """A forecast as answers show it; None where none is held."""
    if told is None:
        return None
    return {
        "for_date": day.isoformat(),
        "above": told.above,
        "up_to": told.up_to,
        "grade": grade(facts, "KR", pollutant, told.issued_at.astimezone(zone).date(), told),
        "issued_at": told.issued_at.astimezone(zone).isoformat(),
        "texts": list(told.texts),
        "contradicted": list(told.against),
    }


def shown(told: Answer | None) -> str:
    """A forecast in a cell of a table."""
    if told is None:
        return NOT_HELD
    low, high = told["above"], told["up_to"]
    bounds = f"> {low:g}" if low is not None else ""
    bounds += f"{' ' if bounds else ''}<= {high:g}" if high is not None else ""
    return f"{told['grade']} ({bounds})" if told["grade"] else bounds
