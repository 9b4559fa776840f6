"""Questions about what is known: the catalogue, the sources, how they stand."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from report import catalogue, exceedances, forecasts_issued, skill
from report.answer import Answer
from web.api.asked import Asked, BasisChoice, Name, OfPollutant, Spanned, Text
from web.desk import Desk
from web.standing import standing


class Catalogue(Asked):
    """The kinds of facts, or every row of one, each with its source and how sure it is."""

    path = "/catalogue"
    rows = "rows"
    example = "kind=profiles"

    kind: Text | None = Field(None, description="A kind of fact; without one, the kinds.")

    def answer(self, desk: Desk) -> Answer:
        return catalogue.list_kind(desk.facts, self.kind) if self.kind else catalogue.kinds(desk.facts)


class Sources(Asked):
    """Where readings can come from: every feed with its network, licence, attribution, cadence and rank."""

    path = "/sources"
    rows = "rows"

    def answer(self, desk: Desk) -> Answer:
        return catalogue.list_kind(desk.facts, "feeds")


class Forecasts(Spanned, OfPollutant):
    """How well stored forecasts came true: hit rate, false alarms, CSI by lead and grade."""

    path = "/forecasts"
    rows = "skill"
    example = "region=kr-seoul&from=2019-03-01&to=2019-03-07"

    region: Name | None = None
    basis: BasisChoice = "best"

    def answer(self, desk: Desk) -> Answer:
        return skill.ask(desk.store, desk.facts, self.understood(desk))


class Exceedances(Spanned, OfPollutant):
    """Days above the limits in force on their dates, and whether years meet them in the form they state."""

    path = "/exceedances"
    rows = "exceedances"
    example = "region=kr-seoul&from=2019-01-01&to=2019-12-31"

    region: Name | None = None
    basis: BasisChoice = "best"
    every: Literal["month", "year"] = "year"

    def answer(self, desk: Desk) -> Answer:
        return exceedances.ask(desk.store, desk.facts, self.understood(desk), self.every)


class Issued(Asked):
    """The forecasts that are held for days, bulletin by bulletin, as they were issued."""

    path = "/forecasts/issued"
    rows = "forecasts"
    example = "region=kr-seoul&from=2019-03-01&to=2019-03-07"

    since: date = Field(description="First day that was forecast.")
    until: date = Field(description="Last day (inclusive).")
    region: Name | None = None
    pollutant: Text | None = Field(None, description="Only of this pollutant.")
    product: Text | None = Field(None, description="Only bulletins of this product.")

    def answer(self, desk: Desk) -> Answer:
        return forecasts_issued.ask(
            desk.store,
            desk.facts,
            first=self.since,
            last=self.until,
            region=self.region,
            pollutant=self.pollutant,
            product=self.product,
        )


class Status(Asked):
    """How new and how settled each live source is, and why one is late."""

    path = "/status"
    rows = "sources"

    def answer(self, desk: Desk) -> Answer:
        return standing(desk.settings, desk.store, desk.facts)

    def depends_on(self, desk: Desk) -> str | None:  # noqa: ARG002
        """On the moment."""
        return None


QUESTIONS: tuple[type[Asked], ...] = (Catalogue, Sources, Exceedances, Forecasts, Issued, Status)
