"""Finding places: a region or a station by id, code or name, in English, Korean or Chinese."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property

from config.air import Region, Station
from config.fact import Dated
from config.facts import Facts

_NOTE = re.compile(r"[(（\[][^)）\]]*[)）\]]")
_SPACES = re.compile(r"[\s\-_·.]+")

# Who shares one set of stations: Seoul publishes AirKorea's stations under AirKorea's codes.
_SAME_STATIONS = {"seoul": "airkorea"}


class UnknownPlaceError(LookupError):
    """No place of that name; the message gives the nearest ones."""


class AmbiguousPlaceError(LookupError):
    """A name that means several places; the message lists them."""


def folded(text: str) -> str:
    """A name as it is compared: without case, spaces, hyphens and accents."""
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return _SPACES.sub("", unicodedata.normalize("NFC", bare))


class Places:
    """Regions and stations by name.

    Parameters
    ----------
    facts : Facts
        The catalogue.
    discovered : iterable of Station
        Stations met on the wire that the catalogue does not know.
    """

    def __init__(self, facts: Facts, discovered: Iterable[Station] = ()) -> None:
        self.facts = facts
        self.stations: dict[str, list[Station]] = dict(facts.stations)
        self._outer: dict[str, list[str]] = {}
        for station in discovered:
            self.stations.setdefault(station.id, [station])

    def add(self, station: Station) -> None:
        """Take in a station that has just been met."""
        self.stations[station.id] = [station]
        self.__dict__.pop("_codes", None)
        self.__dict__.pop("_names", None)
        self.__dict__.pop("_standing", None)

    # Regions

    def region(self, text: str) -> Region:
        """The region of an id or a name.

        Raises
        ------
        UnknownPlaceError, AmbiguousPlaceError
        """
        known = self.facts.regions
        if text in known:
            return known[text]
        found = self._region_names.get(folded(text), [])
        if len(found) == 1:
            return known[found[0]]
        if found:
            raise AmbiguousPlaceError(f"{text!r} may mean {', '.join(found)}: give the id")
        if folded(text) in self._names:
            raise UnknownPlaceError(f"{text!r} is a station, not a region: give it with --station")
        near = _nearest(text, self._region_names) or "give a nation, sido, province or city: kr-seoul"
        raise UnknownPlaceError(f"no region is called {text!r}; {near}")

    @cached_property
    def _region_names(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {}
        for region in self.facts.regions.values():
            own = {folded(name) for name in (region.id, *region.names) if name}
            own.add(folded(region.id.partition("-")[2]))
            for name in own - {""}:
                names.setdefault(name, []).append(region.id)
        return names

    def children(self, region: str, first: date, last: date) -> list[str]:
        """The regions that are members of this one on any day of the span, sorted."""
        return sorted(
            {m.member for m in self.facts.members if m.region == region and m.holds_in(first, last)}
        )

    def leaves(self, region: str, first: date, last: date) -> list[str]:
        """The sido or cities that a region consists of in the span, sorted; itself where it has no parts."""
        members = self.children(region, first, last)
        if not members:
            return [region]
        return sorted({leaf for member in members for leaf in self.leaves(member, first, last)})

    def regions_of(self, area: str) -> list[str]:
        """Every region that has held this area at any time, itself first."""
        if area not in self._outer:
            direct = sorted({m.region for m in self.facts.members if m.member == area})
            further = [outer for one in direct for outer in self.regions_of(one)[1:]]
            self._outer[area] = list(dict.fromkeys([area, *direct, *further]))
        return self._outer[area]

    # Stations

    def version(self, station: str, day: date | None = None) -> Station:
        """The version of a station on a day; the newest one without a day or where none holds."""
        versions = self.stations[station]
        holding = [v for v in versions if day is not None and v.holds_on(day)]
        return (holding or versions)[-1]

    def in_areas(self, areas: Iterable[str]) -> list[str]:
        """Ids of all stations whose newest version stands in one of the areas or parts, sorted."""
        return sorted({one for area in areas for one in self._standing.get(area, ())})

    @cached_property
    def _standing(self) -> dict[str, list[str]]:
        """The stations whose newest version stands in an area or part, by its id."""
        found: dict[str, list[str]] = {}
        for one, versions in self.stations.items():
            for area in self.areas_of(versions[-1]):
                found.setdefault(area, []).append(one)
        return found

    def areas_of(self, version: Station) -> list[str]:
        """Where a station stands: its sido or city, then the parts of it that hold its district."""
        return [version.area, *self._parts.get((version.area, version.district or ""), [])]

    @cached_property
    def _parts(self) -> dict[tuple[str, str], list[str]]:
        parts: dict[tuple[str, str], list[str]] = {}
        for part, districts in self.facts.districts.items():
            for one in districts:
                parts.setdefault((one.area, one.district), []).append(part)
        return parts

    def find_station(self, text: str) -> str:
        """The station of an id, a code or a name, as a person gives it.

        Raises
        ------
        UnknownPlaceError, AmbiguousPlaceError
        """
        if text in self.stations:
            return text
        coded = sorted(set(self._codes.get(text, {}).values()))
        if len(coded) == 1:
            return coded[0]
        found = coded or sorted(self._names.get(folded(text), {}))
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(f"{one} ({self.version(one).area})" for one in found[:8])
            raise AmbiguousPlaceError(f"{text!r} may mean {listed}: give the id")
        if folded(text) in self._region_names:
            raise UnknownPlaceError(f"{text!r} is a region, not a station: give it with --region")
        ids = {folded(one): [one] for one in self.stations}
        codes = {code: list(of.values()) for code, of in self._codes.items()}
        near = _nearest(text, {**ids, **self._names, **codes})
        raise UnknownPlaceError(
            f"no station is called {text!r}; {near or '`yellowsea stations` lists what is known'}"
        )

    def match(
        self, *, code: str | None, name: str | None, area: str | None, network: str, day: date
    ) -> str | None:
        """The station that a source means; None for one that is not known.

        A code decides; else the name, within the area where one is given, among the stations of the
        network (of any network for tables of the user), at the day.
        """
        coded = self._codes.get(code or "", {})
        if network == "user" and len(set(coded.values())) == 1:
            return next(iter(coded.values()))
        if code and network != "user":
            return coded.get(_SAME_STATIONS.get(network, network))
        if not name:
            return None
        for found in self._called(name, area, network):
            named = [one for one in found if any(fact.holds_on(day) for fact in found[one])]
            standing = [
                one for one in named or found if any(v.holds_on(day) for v in self.stations[one])
            ] or list(found)
            if len(standing) == 1:
                return standing[0]
        return None

    def meanings(self, name: str, area: str | None, network: str) -> list[str]:
        """The stations that a name of a network may mean, whatever the day."""
        return sorted({one for found in self._called(name, area, network) for one in found})

    def _called(self, name: str, area: str | None, network: str) -> Iterator[dict[str, list[Dated]]]:
        """The stations of a name, then of it without its note in brackets, each with what calls it so."""
        own = _SAME_STATIONS.get(network, network)
        for text in (name, _NOTE.sub("", name)):
            yield {
                one: facts
                for one, facts in self._names.get(folded(text), {}).items()
                if (network == "user" or self.stations[one][-1].network == own)
                and (area is None or self.stations[one][-1].area == area)
            }

    @cached_property
    def _codes(self) -> dict[str, dict[str, str]]:
        """By code, the station of each network that it means: numbers of two networks may be alike."""
        codes: dict[str, dict[str, str]] = {}
        for one, versions in self.stations.items():
            for version in versions:
                if version.code:
                    codes.setdefault(version.code, {})[version.network] = one
        for other in self.facts.aliases:
            if other.what == "code" and other.station in self.stations:
                network = self.stations[other.station][-1].network
                codes.setdefault(other.value, {})[network] = other.station
        return codes

    @cached_property
    def _names(self) -> dict[str, dict[str, list[Dated]]]:
        """By folded name, the stations called so, each with the versions and aliases that say it."""
        names: dict[str, dict[str, list[Dated]]] = {}
        for one, versions in self.stations.items():
            for version in versions:
                for name in filter(None, {version.name, version.name_en}):
                    names.setdefault(folded(name), {}).setdefault(one, []).append(version)
        for other in self.facts.aliases:
            if other.what == "name":
                names.setdefault(folded(other.value), {}).setdefault(other.station, []).append(other)
        return names


def _nearest(text: str, names: Mapping[str, Iterable[str]]) -> str | None:
    near = difflib.get_close_matches(folded(text), names, n=5, cutoff=0.6)
    listed = list(dict.fromkeys(one for name in near for one in names[name]))[:5]
    return f"the nearest are {', '.join(listed)}" if listed else None
