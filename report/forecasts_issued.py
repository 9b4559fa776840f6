"""The forecasts that are held, bulletin by bulletin, as they were issued and never changed since."""

from __future__ import annotations

from datetime import date

from config.clock import civil
from config.facts import Facts
from report.answer import NO_READINGS, Answer
from report.forecasts import expected, grade
from report.question import NothingHeldError, QuestionError
from report.stations_held import Desk
from store.engine import Store
from store.forecasts import Forecast
from store.forecasts_issued import issued_for, products

# More at once is no list that anybody reads: a year of all sido is some 60,000.
MOST = 100_000
METHOD = {
    "bounds": "what the bulletin says of the day mean: above `above`, not above `up_to`; null is no bound",
    "unit": "ug/m3",
    "issued_at": "civil time of the region; the lead is from the issue to midnight at which the day begins",
}


def ask(
    store: Store,
    facts: Facts,
    *,
    first: date,
    last: date,
    region: str | None = None,
    pollutant: str | None = None,
    product: str | None = None,
) -> Answer:
    """Every forecast held for the civil days from `first` to `last`, both included.

    `region` brings its parts along: forecasts are issued for sido and their halves.

    Raises
    ------
    UnknownPlaceError, AmbiguousPlaceError
    QuestionError
        For a pollutant that there is not, days in the wrong order, or more than a list holds.
    NothingHeldError
        Where none is held; `held` names the products of which something is.
    """
    if last < first:
        raise QuestionError(f"--to {last} is before --from {first}")
    if pollutant is not None and pollutant not in facts.pollutants:
        raise QuestionError(f"no pollutant is called {pollutant!r}; there are {', '.join(facts.pollutants)}")
    with store.read() as connection:
        desk = Desk(connection, facts)
        place = desk.places.region(region).id if region else None
        inside = None
        if place is not None:
            inside = [one for one in facts.regions if place == one or place in desk.places.regions_of(one)]
        found = issued_for(
            connection, first, last, regions=inside, pollutant=pollutant, product=product, most=MOST
        )
        held = products(connection)
    if not found:
        raise NothingHeldError(f"no forecast for {first} to {last} is held", held)
    if len(found) > MOST:
        raise QuestionError(f"more than {MOST:,} forecasts: ask for fewer days or one region")
    return {
        "question": {
            "region": place,
            "from": first.isoformat(),
            "to": last.isoformat(),
            "pollutant": pollutant,
            "product": product,
        },
        "method": METHOD,
        "data": NO_READINGS,
        "forecasts": [_row(facts, one) for one in found],
    }


def _row(facts: Facts, one: Forecast) -> Answer:
    region = facts.regions.get(one.region)
    zone = civil(region.zone if region else "UTC")
    issued = one.issued_at.astimezone(zone)
    bounds = expected([one])
    named = None
    if bounds is not None and region is not None:
        named = grade(facts, region.country, one.pollutant, issued.date(), bounds)
    return {
        "for_date": one.for_date.isoformat(),
        "region": one.region,
        "product": one.product,
        "pollutant": one.pollutant,
        "issued_at": issued.isoformat(),
        "lead_days": (one.for_date - issued.date()).days,
        "above": one.above,
        "up_to": one.up_to,
        "grade": named,
        "text": one.text,
    }
