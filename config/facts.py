"""The catalogue: every kind of fact in one place, read file by file as it is asked.

Each kind is one CSV file in `config/catalogue/`, each row with its source and its confidence. A folder of
the user's own with files of the same names extends and overrides them (`config/fact.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TypeVar, cast

from config import air, effects, notices, phrases, policy, rules, scales, scheduled
from config.fact import Dated, Fact, FactError, Row, overlaid, read_rows
from config.index_places import IndexPlace
from config.residence import ResidenceWeight
from config.shades import Shade

CATALOGUE = Path(__file__).parent / "catalogue"

KINDS: dict[str, type[Fact]] = {
    "networks": air.Network,
    "feeds": air.Feed,
    "pollutants": air.Pollutant,
    "statuses": air.StatusFact,
    "reference_states": air.ReferenceState,
    "validity": air.Validity,
    "profiles": air.ProfileFact,
    "regions": air.Region,
    "region_members": air.Member,
    "region_districts": air.District,
    "stations": air.Station,
    "station_aliases": air.Alias,
    "standards": policy.Standard,
    "season_systems": policy.SeasonSystem,
    "seasons": policy.Season,
    "published": policy.Published,
    "targets": policy.Target,
    "measures": policy.Measure,
    "measure_coverage": policy.Coverage,
    "published_alerts": policy.PublishedAlert,
    "milestones": policy.Milestone,
    "claims": policy.Claim,
    "claim_variants": policy.ClaimVariant,
    "confounders": policy.Confounder,
    "shares": policy.Share,
    "systems": policy.System,
    "agencies": policy.Agency,
    "seed_facts": policy.SeedFact,
    "effect_designs": effects.EffectDesign,
    "measure_rules": rules.MeasureRule,
    "measure_criteria": rules.MeasureCriterion,
    "halves": rules.Halves,
    "crisis_steps": rules.CrisisStep,
    "alert_rules": rules.AlertRule,
    "heavy_alert_rules": rules.HeavyAlertRule,
    "dust_rules": rules.DustRule,
    "quality_rules": rules.QualityRule,
    "residence_weights": ResidenceWeight,
    "index_breakpoints": scales.Breakpoint,
    "index_categories": scales.Category,
    "index_places": IndexPlace,
    "grades": scales.Grade,
    "shades": Shade,
    "words": phrases.Word,
    "messages": phrases.Message,
    "notices": notices.NoticeRule,
    "recipients": notices.Recipient,
    "scheduled_reports": scheduled.ScheduledReport,
}

F = TypeVar("F", bound=Fact)


class Facts:
    """The catalogue.

    Parameters
    ----------
    folder : Path
        Where the catalogue files lie; the shipped ones unless given.
    own : Path, optional
        The user's folder of the same files; it need not exist.

    Raises
    ------
    FactError
        On the first use of a file that does not hold what it must.
    """

    def __init__(self, folder: Path = CATALOGUE, own: Path | None = None) -> None:
        self.folder = folder
        self.own = own
        self._read: dict[str, list[Row]] = {}

    def rows(self, kind: str) -> list[Row]:
        """Every row of a kind with the place where it stands, the user's laid over the shipped."""
        if kind not in self._read:
            model = KINDS[kind]
            shipped = read_rows(self.folder / f"{kind}{model.SUFFIX}", model)
            self._read[kind] = overlaid(shipped, self._own(kind, model))
        return self._read[kind]

    def _own(self, kind: str, model: type[Fact]) -> list[Row]:
        if self.own is None or not (self.own / f"{kind}{model.SUFFIX}").is_file():
            return []
        return read_rows(self.own / f"{kind}{model.SUFFIX}", model)

    def forget(self, kind: str) -> None:
        """Read a kind anew when it is asked next: its file has been written."""
        self._read.pop(kind, None)
        self.__dict__.pop(kind, None)

    def all(self, kind: str, model: type[F]) -> list[F]:
        """The facts of a kind, typed."""
        if KINDS[kind] is not model:
            raise TypeError(f"{kind} are {KINDS[kind].__name__}, not {model.__name__}")
        return cast("list[F]", [row.fact for row in self.rows(kind)])

    def by_id(self, kind: str, model: type[F]) -> dict[str, F]:
        """The facts of a kind by the first column of their key."""
        return {fact.key[0]: fact for fact in self.all(kind, model)}

    # Of readings

    @cached_property
    def networks(self) -> dict[str, air.Network]:
        """By id."""
        return self.by_id("networks", air.Network)

    @cached_property
    def feeds(self) -> dict[str, air.Feed]:
        """By id."""
        return self.by_id("feeds", air.Feed)

    @cached_property
    def pollutants(self) -> dict[str, air.Pollutant]:
        """By id."""
        return self.by_id("pollutants", air.Pollutant)

    @cached_property
    def profiles(self) -> dict[str, air.ProfileFact]:
        """By id."""
        return self.by_id("profiles", air.ProfileFact)

    @cached_property
    def regions(self) -> dict[str, air.Region]:
        """By id."""
        return self.by_id("regions", air.Region)

    @cached_property
    def members(self) -> list[air.Member]:
        """Dated memberships of regions in regions."""
        return self.all("region_members", air.Member)

    @cached_property
    def districts(self) -> dict[str, list[air.District]]:
        """The districts of parts of sido (forecast regions, alert zones), by part."""
        found: dict[str, list[air.District]] = {}
        for one in self.all("region_districts", air.District):
            found.setdefault(one.region, []).append(one)
        return found

    @cached_property
    def stations(self) -> dict[str, list[air.Station]]:
        """Versions by station id, oldest first."""
        versions: dict[str, list[air.Station]] = {}
        for station in self.all("stations", air.Station):
            versions.setdefault(station.id, []).append(station)
        for found in versions.values():
            found.sort(key=lambda s: s.valid_from or date.min)
        return versions

    @cached_property
    def aliases(self) -> list[air.Alias]:
        """Other codes and names of stations."""
        return self.all("station_aliases", air.Alias)

    @cached_property
    def aliases_of(self) -> dict[str, list[air.Alias]]:
        """Other codes and names by station id."""
        found: dict[str, list[air.Alias]] = {}
        for alias in self.aliases:
            found.setdefault(alias.station, []).append(alias)
        return found

    @cached_property
    def validity(self) -> dict[str, air.Validity]:
        """Capture rules by id."""
        return self.by_id("validity", air.Validity)

    @cached_property
    def reference_states(self) -> list[air.ReferenceState]:
        """To which state a network's volumes refer, by date."""
        return self.all("reference_states", air.ReferenceState)

    @cached_property
    def statuses(self) -> dict[str, air.StatusFact]:
        """By id."""
        return self.by_id("statuses", air.StatusFact)

    # Of policy

    @cached_property
    def standards(self) -> dict[str, policy.Standard]:
        """By id."""
        return self.by_id("standards", policy.Standard)

    @cached_property
    def season_systems(self) -> dict[str, policy.SeasonSystem]:
        """By id."""
        return self.by_id("season_systems", policy.SeasonSystem)

    @cached_property
    def seasons(self) -> dict[str, policy.Season]:
        """By id."""
        return self.by_id("seasons", policy.Season)

    @cached_property
    def published(self) -> list[policy.Published]:
        """Every published figure, of every vintage."""
        return self.all("published", policy.Published)

    @cached_property
    def measures(self) -> list[policy.Measure]:
        """In order of day, region and kind; those withdrawn are left out."""
        found = [one for one in self.all("measures", policy.Measure) if one.status != "withdrawn"]
        return sorted(found, key=lambda one: one.key)

    @cached_property
    def measure_coverage(self) -> list[policy.Coverage]:
        """Since when and until when the list of measures was looked after."""
        return self.all("measure_coverage", policy.Coverage)

    @cached_property
    def milestones(self) -> dict[str, policy.Milestone]:
        """By id."""
        return self.by_id("milestones", policy.Milestone)

    @cached_property
    def confounders(self) -> list[policy.Confounder]:
        """What else moved the air."""
        return self.all("confounders", policy.Confounder)

    def check(self) -> None:
        """Read every file and hold the references between them; raises `FactError`."""
        for kind in KINDS:
            self._check_references(kind)
            _one_at_a_time(self.rows(kind))
        for path in sorted(self.own.glob("*.*")) if self.own else ():
            known = {f"{kind}{model.SUFFIX}" for kind, model in KINDS.items()}
            if path.suffix in (".csv", ".toml") and path.name not in known:
                raise FactError(f"{path.name}: there is no such kind of fact; there are {', '.join(KINDS)}")

    def _check_references(self, kind: str) -> None:
        ids = {other: {row.fact.key[0] for row in self.rows(other)} for other in KINDS[kind].REFERS.values()}
        for row in self.rows(kind):
            for column, other in row.fact.REFERS.items():
                known = ids[other]
                for value in str(getattr(row.fact, column) or "").split("|"):
                    if value and value not in known:
                        raise row.problem(column, f"{value!r} is not in the catalogue")


def _one_at_a_time(rows: Iterable[Row]) -> None:
    """Two versions of a fact never hold on one day."""
    before: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        fact = row.fact
        if not isinstance(fact, Dated) or "valid_from" not in fact.KEY:
            continue
        of = tuple(part for part, column in zip(fact.key, fact.KEY, strict=True) if column != "valid_from")
        for other in before.setdefault(of, []):
            if fact.holds_in(*_span(other.fact)):
                raise row.problem("valid_from", f"another version of {' '.join(of)} holds then")
        before[of].append(row)


def _span(fact: Fact) -> tuple[date, date]:
    first, last = getattr(fact, "valid_from", None), getattr(fact, "valid_to", None)
    return first or date.min, last or date.max
