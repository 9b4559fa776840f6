"""Which regions hold anything, for menus and lists; and questions about them within the server's limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from config.air import Region
from config.clock import civil
from config.facts import Facts
from config.places import Places
from report.question import Question
from report.season_windows import season
from report.stations_held import Desk
from store.engine import Store
from web.api.air import Averages
from web.pages.show import shelf_of
from web.pages.visit import Visit

POLLUTANT = "pm25"
SHORES = ("KR", "CN")
# Models cover every place: they say nothing of where is measured.
_NOT_MEASURED = ("model",)
# From wide to narrow, as lists show them.
KINDS = ("nation", "capital-area", "group", "sido", "province", "part", "city")


@dataclass(frozen=True)
class HeldRegion:
    """A region of which PM2.5 is held."""

    id: str
    country: str
    kind: str
    zone: str
    stations: int
    readings: int
    first: date
    last: date


def regions(visit: Visit) -> list[HeldRegion]:
    """The regions that hold measured PM2.5, wide ones first, then by id."""
    desk = visit.desk
    return shelf_of(visit).get(("regions", visit.mark), lambda: _regions(desk.store, desk.facts))


def _regions(store: Store, facts: Facts) -> list[HeldRegion]:
    spans: dict[str, list[tuple[str, int, int, int]]] = {}
    with store.read() as connection:
        desk = Desk(connection, facts)
        for one in desk.series(POLLUTANT):
            version = desk.places.version(one.key.station)
            if one.first is None or one.last is None or version.kind in _NOT_MEASURED:
                continue
            for region in desk.places.regions_of(version.area):
                spans.setdefault(region, []).append((one.key.station, one.first, one.last, one.readings))
    found = [_held(facts, region, rows) for region, rows in spans.items() if region in facts.regions]
    return sorted(found, key=lambda one: (KINDS.index(one.kind) if one.kind in KINDS else len(KINDS), one.id))


def _held(facts: Facts, region: str, rows: list[tuple[str, int, int, int]]) -> HeldRegion:
    fact = facts.regions[region]

    def day(hour: int) -> date:
        return datetime.fromtimestamp(hour * 3600, UTC).astimezone(civil(fact.zone)).date()

    return HeldRegion(
        region,
        fact.country,
        fact.kind,
        fact.zone,
        len({station for station, *_ in rows}),
        sum(readings for *_, readings in rows),
        day(min(first for _, first, _, _ in rows)),
        day(max(last for _, _, last, _ in rows)),
    )


def most_held(visit: Visit, country: str, kinds: tuple[str, ...] = ("sido", "city")) -> HeldRegion | None:
    """The sido or city of a country of which most is held: where a page begins that was asked for none."""
    found = [one for one in regions(visit) if one.country == country and one.kind in kinds]
    return max(found, key=lambda one: (one.readings, one.id), default=None)


def region(visit: Visit, text: str) -> Region:
    """The region of an id or a name.

    Raises
    ------
    UnknownPlaceError, AmbiguousPlaceError
    """
    return Places(visit.desk.facts).region(text)


def last_day(visit: Visit, region: str) -> date | None:
    """The last civil day of which measured PM2.5 of a region is held; None where none is."""
    return next((one.last for one in regions(visit) if one.id == region), None)


def season_year(visit: Visit, region: Region) -> int:
    """The year in which the newest season begins of which a region has days."""
    last = last_day(visit, region.id) or visit.desk.now.date()
    return last.year if season(visit.desk.facts, region.country, last.year).start <= last else last.year - 1


def question(visit: Visit, region: str, first: date | str, last: date | str) -> Question:
    """A question about a region, within what one answer may take.

    Raises
    ------
    UnknownPlaceError, AmbiguousPlaceError, QuestionError, Problem
    """

    def work() -> Question:
        asked = Averages.model_validate({"region": region, "from": str(first), "to": str(last)})
        return asked.understood(visit.desk)

    return shelf_of(visit).get(("question", visit.mark, region, str(first), str(last)), work)


def of_each_shore(visit: Visit) -> list[str]:
    """The region of each shore of which most is held: neither stands first by rank."""
    found = (most_held(visit, shore) for shore in SHORES)
    return [one.id for one in found if one is not None]


def choices(visit: Visit, chosen: list[str]) -> list[dict[str, object]]:
    """The regions that hold something, for a menu: each shore's own group."""
    say = visit.say
    return [
        {
            "shore": say.message(f"web.shore.{country.lower()}"),
            "regions": [
                {"id": one.id, "name": say.region(one.id), "chosen": one.id in chosen}
                for one in regions(visit)
                if one.country == country
            ],
        }
        for country in SHORES
    ]
