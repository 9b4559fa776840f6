"""What governments decided, published and announced: standards, seasons, measures, milestones, claims.

One class a file of `config/catalogue/`; a row is an instance. Days are civil days of the place. What is
not known is an empty cell, never a zero. The rules by which measures and alerts are issued stand in
`config/rules.py`, the tables of indices in `config/scales.py`.
"""

from __future__ import annotations

import calendar
import datetime as dt
from typing import ClassVar, Literal

from pydantic import model_validator

from config.fact import Country, Dated, Fact

State = Literal["actual", "standard", "unknown"]


class Standard(Dated):
    """A limit of a mean, in ug/m3; `day_form` says which statistic of the day means is compared."""

    REFERS: ClassVar = {"pollutant": "pollutants"}

    id: str
    country: Country | None = None
    pollutant: str
    grade: str | None = None
    day: float | None = None
    year: float | None = None
    day_form: str | None = None


class SeasonSystem(Dated):
    """A seasonal management scheme: the months and days between which its seasons run, MM-DD, inclusive."""

    id: str
    country: Country
    name_en: str
    name_ko: str
    name_zh: str
    starts: str
    ends: str

    def window(self, year: int) -> tuple[dt.date, dt.date]:
        """The first and last day of the season that begins in a year."""
        first = _month_day(year, self.starts)
        last = _month_day(year, self.ends)
        return first, last if last >= first else _month_day(year + 1, self.ends)


def _month_day(year: int, text: str) -> dt.date:
    month, day = map(int, text.split("-"))
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))


class Season(Fact):
    """A season of a scheme. Without a `number` it lies before the scheme began."""

    id: str
    country: Country
    number: int | None = None
    name_en: str
    name_ko: str
    name_zh: str
    aliases: str | None = None
    start: dt.date
    end: dt.date

    @property
    def names(self) -> list[str]:
        """Every name that means this season."""
        return [self.id, self.name_en, self.name_ko, self.name_zh, *(self.aliases or "").split("|")]


class Published(Fact):
    """A figure that an authority published for a region and a span of days, of one vintage.

    Attributes
    ----------
    metric : of the catalogue: `pm25_mean`, `good_days`, `bad_days`, `high_days`, `max_hour`,
        `measure_days`, `heavy_city_days`, ...; one that ends in `_change_pct` is against another span.
    vintage : which release it comes from.
    reference_state, dust, cities : on what it is computed, where that is known.
    status : `final`, `provisional`, `rounded`, `restated` or `derived` from other figures.
    """

    KEY: ClassVar = ("region", "metric", "start", "end", "vintage", "value")
    REFERS: ClassVar = {"region": "regions"}

    region: str
    start: dt.date
    end: dt.date
    metric: str
    value: float
    unit: str
    vintage: str
    reference_state: State = "unknown"
    dust: Literal["included", "deducted", "unknown"] = "unknown"
    cities: int | None = None
    status: Literal["final", "provisional", "rounded", "restated", "derived", "unknown"]


class Target(Fact):
    """What a plan set itself: a level, a change against a base, or a number of days.

    `goal` is compared with `op`: a change of -18 percent is `<=` -18. `base_derived` says that the base
    value follows from other figures.
    """

    REFERS: ClassVar = {"region": "regions"}

    id: str
    region: str
    plan: str
    title: str
    metric: str
    form: Literal["level", "change_percent", "change"]
    op: Literal["<", "<=", ">", ">="]
    goal: float
    unit: str
    base_start: dt.date | None = None
    base_end: dt.date | None = None
    base_value: float | None = None
    base_derived: bool = False
    due_start: dt.date
    due_end: dt.date
    reference_state: State = "unknown"
    method: str | None = None


class Measure(Fact):
    """A measure in one region on one day: announced, in force, lifted. Times are civil, with offset.

    Attributes
    ----------
    kind : `emergency` and `preliminary` of Korea, `heavy-alert` of China.
    step : crisis step (관심 ...) or alert level (yellow, orange, red).
    announced_on : the day; `announced_at` the time, where it is known.
    vehicle_rules : whether vehicles were restricted; empty: by the rule, not on weekends and holidays.
    """

    KEY: ClassVar = ("date", "region", "kind")
    REFERS: ClassVar = {"region": "regions"}

    date: dt.date
    region: str
    kind: Literal["emergency", "preliminary", "heavy-alert"]
    step: str | None = None
    announced_on: dt.date | None = None
    announced_at: dt.datetime | None = None
    in_force_from: dt.datetime | None = None
    in_force_to: dt.datetime | None = None
    lifted_at: dt.datetime | None = None
    criterion: str | None = None
    vehicle_rules: bool | None = None
    status: Literal["announced", "confirmed", "lifted", "withdrawn"] = "confirmed"

    @model_validator(mode="after")
    def _with_offsets(self) -> Measure:
        for name in ("announced_at", "in_force_from", "in_force_to", "lifted_at"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise ValueError(f"{name} has no offset: write {moment.isoformat()}+09:00")
        return self

    @model_validator(mode="after")
    def _ordered(self) -> Measure:
        if self.in_force_from and self.in_force_to and self.in_force_to <= self.in_force_from:
            raise ValueError("in_force_to is not after in_force_from")
        return self


class Coverage(Fact):
    """That the list of measures of a kind in a region (and its parts) was looked after from `start` to `end`.

    `complete` where it is known that none is missing; elsewhere a day without a row is a day without
    a *known* measure.
    """

    KEY: ClassVar = ("region", "kind", "start")
    REFERS: ClassVar = {"region": "regions"}

    region: str
    kind: Literal["emergency", "preliminary", "heavy-alert"]
    start: dt.date
    end: dt.date
    complete: bool


class PublishedAlert(Fact):
    """A statutory alert as it was published, of those that are documented: the list is far from complete.

    Attributes
    ----------
    region, zone : the sido, and its alert zone as the source names it; empty: the whole sido.
    issued_at : the end of the hour that decided; `issued_value` is that hour's mean in the zone, ug/m3.
    cleared_at : when it was lifted, a warning when it stepped down to an advisory; empty: not documented.
    """

    KEY: ClassVar = ("region", "zone", "pollutant", "level", "issued_at")
    REFERS: ClassVar = {"region": "regions", "pollutant": "pollutants"}

    region: str
    zone: str | None = None
    pollutant: str
    level: Literal["advisory", "warning"]
    issued_at: dt.datetime
    issued_value: float | None = None
    cleared_at: dt.datetime | None = None
    cleared_value: float | None = None

    @model_validator(mode="after")
    def _with_offsets(self) -> PublishedAlert:
        for name in ("issued_at", "cleared_at"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise ValueError(f"{name} has no offset: write {moment.isoformat()}+09:00")
        return self


class Milestone(Fact):
    """A dated step of policy. `planned` is what had been announced, as text; `date` when it took place.

    `kind` decides what may be shown around it: figures before and after for limits, rules, plans and
    seasons; none for meetings, agreements and bodies.
    """

    id: str
    date: dt.date
    end_date: dt.date | None = None
    date_precision: Literal["day", "month", "half-year", "year"] = "day"
    country: str
    kind: str
    title: str
    planned: str | None = None
    actual: dt.date | None = None
    status: Literal["planned", "held", "slipped", "in force", "not held", "not known"]
    use: str | None = None

    @property
    def came(self) -> Literal["planned", "held", "slipped"]:
        """What became of the plan, in the three words of the timeline.

        Held took place or came into force. Planned lies ahead, or nothing after its plan is known. Slipped
        came later than planned, or did not take place by then.
        """
        return _CAME[self.status]


_CAME: dict[str, Literal["planned", "held", "slipped"]] = {
    "planned": "planned",
    "not known": "planned",
    "held": "held",
    "in force": "held",
    "slipped": "slipped",
    "not held": "slipped",
}


class Claim(Fact):
    """A checkable statement, as somebody made it."""

    id: str
    statement: str
    speaker: str | None = None
    said_on: dt.date | None = None
    seed: str | None = None


class ClaimVariant(Fact):
    """One explicit reading of a claim: region, base and end, statistic, state, and what would support it.

    `statistic` is `change_percent` or `change` of a metric from base to end, `level` of a metric at the
    end, `measure_days` within the end span, or `years_between` two milestones.
    """

    KEY: ClassVar = ("id",)
    REFERS: ClassVar = {"claim": "claims", "region": "regions"}

    id: str
    claim: str
    region: str | None = None
    metric: str | None = None
    statistic: Literal["change_percent", "change", "level", "measure_days", "years_between"]
    base_start: dt.date | None = None
    base_end: dt.date | None = None
    end_start: dt.date | None = None
    end_end: dt.date | None = None
    base_milestone: str | None = None
    end_milestone: str | None = None
    reference_state: State | None = None
    op: Literal["<", "<=", ">", ">=", "="]
    wanted: float
    unit: str


class Confounder(Fact):
    """What else moved the air in a span: epidemic, holiday, a change of method, another policy.

    `region` holds one region or several between bars.
    """

    KEY: ClassVar = ("id",)
    REFERS: ClassVar = {"region": "regions"}

    id: str
    region: str
    start: dt.date
    end: dt.date
    kind: Literal["covid", "holiday", "event", "method", "policy"]
    title: str

    @property
    def regions(self) -> list[str]:
        """The regions that it concerns."""
        return self.region.split("|")


class Share(Fact):
    """A published share of one country's emissions in another's annual mean (LTP), in percent."""

    KEY: ClassVar = ("data_year", "source_country", "receptor", "estimate")

    data_year: int
    averaging: str
    source_country: str
    receptor_country: str
    receptor: str
    estimate: str
    share_pct: float


class System(Dated):
    """A scheme, body, agreement or programme that the two countries' policies speak of.

    `announced` and `named` count its parts where a number was announced: 9 announced, 4 named.
    `shows` is the command in which it appears; `measurable` says what of it is a number here.
    """

    id: str
    kind: Literal["scheme", "plan", "agreement", "body", "research", "exchange", "meeting", "network"]
    countries: str
    name_en: str
    name_ko: str
    name_zh: str
    announced: int | None = None
    named: int | None = None
    parts: str | None = None
    measurable: str | None = None
    shows: str | None = None


class Agency(Dated):
    """A ministry or authority under the name that it bore."""

    KEY: ClassVar = ("id", "valid_from")

    id: str
    country: Country
    name_en: str
    name_ko: str
    name_zh: str


class SeedFact(Fact):
    """A date, number or claim of the documents from which this work began, and where it lives here.

    `lives_in` names rows as `kind:id`, several between bars; `shows` is the command; without either,
    `resolved` says plainly that nothing measurable exists.
    """

    id: str
    seed: str
    text: str
    date: str | None = None
    resolved: str | None = None
    evidence: str | None = None
    lives_in: str | None = None
    shows: str | None = None
