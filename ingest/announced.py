"""Measures that a person reports: the list ages from the day it ships, so it is kept in the user's folder.

Each change is one row in the user's `measures.csv` or `measure_coverage.csv`, and its copy in SQL.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, cast

from pydantic import ValidationError

from config import own
from config.clock import civil
from config.fact import Confidence, FactError
from config.facts import Facts
from config.places import Places
from config.policy import Coverage, Measure
from config.rules import MeasureRule
from store.catalogue import sync
from store.engine import Store

Kind = Literal["emergency", "preliminary", "heavy-alert"]
KINDS = ("emergency", "preliminary", "heavy-alert")


class AnnouncedError(ValueError):
    """A report of a measure that contradicts what is listed; one line says what to do."""


def add(store: Store, facts: Facts, measure: Measure) -> Measure:
    """List a measure that was not listed.

    Raises
    ------
    AnnouncedError
        Where one of that day, region and kind is listed already.
    """
    if any(one.key == measure.key for one in facts.measures):
        raise AnnouncedError(
            f"a {measure.kind} measure of {measure.region} on {measure.date} is listed already: "
            "`yellowsea measures confirm` or `lift` changes it"
        )
    return _keep(store, facts, measure)


def confirm(store: Store, facts: Facts, listed: Measure, source: str) -> Measure:
    """Say that a listed measure was seen in another source."""
    return _keep(store, facts, _changed(listed, {"status": "confirmed", "confidence": "high"}, source))


def lift(store: Store, facts: Facts, listed: Measure, at: dt.datetime, source: str) -> Measure:
    """Say when a listed measure was lifted before its hour."""
    begins, ends = listed.in_force_from, listed.in_force_to
    if begins and at < begins:
        raise AnnouncedError(f"{at.isoformat()} is before it came into force, {begins.isoformat()}")
    if ends and at > ends:
        raise AnnouncedError(f"{at.isoformat()} is after it ended, {ends.isoformat()}")
    return _keep(store, facts, _changed(listed, {"status": "lifted", "lifted_at": at}, source))


def known_through(
    store: Store,
    facts: Facts,
    region: str,
    kind: str,
    through: dt.date,
    source: str,
    *,
    reached: dt.date | None,
    complete: bool,
) -> Coverage:
    """Say that the list of a region and kind was looked after until a day.

    The new span begins on the day after `reached`, to which the list was looked after so far (None: never),
    so that each keeps its own source.

    Raises
    ------
    AnnouncedError
        Where the list reaches further already, and for a kind that there is not.
    """
    if reached is not None and reached >= through:
        raise AnnouncedError(f"{kind} measures of {region} are known through {reached} already")
    try:
        row = Coverage(
            region=region,
            kind=cast("Kind", kind),
            start=reached + dt.timedelta(days=1) if reached else through,
            end=through,
            complete=complete,
            source=source,
            confidence="high",
        )
    except ValidationError as error:
        raise _unfit(error) from None
    _put(store, facts, "measure_coverage", row)
    return row


def listed(facts: Facts, region: str, kind: str, day: dt.date) -> Measure:
    """The listed measure of a region, kind and day.

    Raises
    ------
    AnnouncedError
        Where none is.
    """
    for one in facts.measures:
        if (one.region, one.kind, one.date) == (region, kind, day):
            return one
    raise AnnouncedError(
        f"no {kind} measure of {region} on {day} is listed: `yellowsea measures list --region {region}` "
        "shows those that are, `measures add` lists one"
    )


def measure(
    facts: Facts,
    region: str,
    kind: str,
    day: dt.date,
    *,
    source: str,
    confidence: Confidence,
    announced_at: dt.datetime | None = None,
    **more: Any,
) -> Measure:
    """A measure as a person reports it; hours that are not given are those of the rule in force.

    Raises
    ------
    UnknownPlaceError, AmbiguousPlaceError
        For a region that there is not.
    AnnouncedError
        For a region of several units, which issue each for itself, and anything else that cannot be.
    """
    places = Places(facts)
    place = places.region(region)
    units = places.leaves(place.id, dt.date.min, dt.date.max)
    if units != [place.id]:
        raise AnnouncedError(
            f"measures are listed by the units that issue them: add one each for {', '.join(units)}"
        )
    hours = {name: value for name, value in more.items() if value is not None}
    for name, value in _hours_of_the_rule(facts, place.id, place.zone, kind, day).items():
        hours.setdefault(name, value)
    zone = civil(place.zone)
    announced_on = announced_at.astimezone(zone).date() if announced_at else None
    try:
        return Measure(
            date=day,
            region=place.id,
            kind=cast("Kind", kind),
            announced_at=announced_at.astimezone(zone) if announced_at else None,
            announced_on=announced_on,
            status="announced",
            source=source,
            confidence=confidence,
            **hours,
        )
    except ValidationError as error:
        raise _unfit(error) from None


def _unfit(error: ValidationError) -> AnnouncedError:
    """The first thing that does not fit, in one line."""
    first = error.errors()[0]
    return AnnouncedError(f"{'.'.join(map(str, first['loc'])) or 'measure'}: {first['msg']}")


def _hours_of_the_rule(
    facts: Facts, region: str, zone: str, kind: str, day: dt.date
) -> dict[str, dt.datetime]:
    """From when until when a measure of that day is in force, unless announced otherwise."""
    for rule in facts.all("measure_rules", MeasureRule):
        units = rule.regions.split("|")
        inside = region in units or any(region.startswith(f"{unit}-") for unit in units)
        if rule.rule == f"kr-{kind}" and inside and rule.holds_on(day):
            clocks = {"in_force_from": rule.in_force_from, "in_force_to": rule.in_force_to}
            return {
                name: dt.datetime.combine(day, dt.time.fromisoformat(text), civil(zone))
                for name, text in clocks.items()
            }
    return {}


def _changed(listed: Measure, changes: dict[str, object], source: str) -> Measure:
    if not source.strip():
        raise AnnouncedError("say with --source where it was read")
    sources = "; ".join(dict.fromkeys([*listed.source.split("; "), source.strip()]))
    return listed.model_copy(update={**changes, "source": sources})


def _keep(store: Store, facts: Facts, measure: Measure) -> Measure:
    _put(store, facts, "measures", measure)
    return measure


def _put(store: Store, facts: Facts, kind: str, row: Measure | Coverage) -> None:
    if facts.own is None:
        raise FactError("no folder of your own is set: set YELLOWSEA_CATALOGUE")
    # The database's single writer keeps two reports from overwriting each other's file.
    with store.write() as connection:
        own.put(facts.own, kind, row)
        facts.forget(kind)
        sync(connection, facts, [kind])
