"""Questions about effects: of measures, of seasons, of standards."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from report import effect_policy, effect_subjects, effects
from report.answer import Answer
from report.question import QuestionError
from web.api.asked import Asked, BasisChoice, Draws, Name, OfReadings, Spanned, Text
from web.desk import Desk

NO_SUBJECT = "give a --measure (kr-emergency), a --season or a --standard; --list shows them"


class Effect(Spanned, OfReadings):
    """The air under a measure, season or standard against what is comparable: an association."""

    path = "/effect"
    rows = "estimates"
    example = "region=kr-seoul&measure=kr-emergency&draws=199"

    region: Name | None = None
    basis: BasisChoice = "best"
    measure: Text | None = Field(None, description="kr-emergency.")
    season: Text | None = Field(None, description="A season: kr-2019, cn-2017.")
    standard: Text | None = Field(None, description="A standard: KR-2018.")
    each: bool = Field(False, description="Of a season or standard: every sido or city of the region apart.")
    list_: bool = Field(False, description="What an effect can be asked of.")
    forecast: Literal["issued"] = Field("issued", description="As stored when was decided.")
    draws: Draws = 1000
    upwind: list[Text] = Field(
        [], max_length=10, description="A region whose mean of the day before counts too; may be repeated."
    )

    @classmethod
    def row_keys(cls) -> tuple[str, ...]:
        """Estimates, or what they can be asked of."""
        return ("estimates", "subjects")

    def rows_of(self) -> str:
        """What an effect can be asked of is a list of its own."""
        return "subjects" if self.list_ else "estimates"

    def answer(self, desk: Desk) -> Answer:
        if self.list_:
            return effect_subjects.listed(desk.facts, desk.now.date())
        if self.season or self.standard:
            return self._of_policy(desk)
        return self._of_measure(desk)

    def _of_measure(self, desk: Desk) -> Answer:
        if self.each:
            raise QuestionError("--each is of seasons and standards: measures are asked sido by sido anyway")
        if not self.measure:
            raise QuestionError(
                "give a --measure (kr-emergency), a --season or a --standard; --list shows them"
            )
        if self.region is None:
            raise QuestionError("measures are issued for regions: ask with --region")
        first, last = effects.span(desk.facts, self.region, self.measure)
        question = self.understood(
            desk, since=self.since or first.isoformat(), until=self.until or last.isoformat()
        )
        upwind = tuple(self.upwind)
        return effects.ask(desk.store, desk.facts, question, self.measure, self.forecast, self.draws, upwind)

    def _of_policy(self, desk: Desk) -> Answer:
        if self.measure or self.upwind or self.since or self.until:
            raise QuestionError(
                "a season or standard is asked for alone: its window is written down in the catalogue, so "
                "leave --measure, --upwind, --from and --to out"
            )
        if self.region is None:
            raise QuestionError("an effect is asked of a region: ask with --region")
        policy = effect_policy.Asked(self.season, self.standard, self.each)
        about = effect_policy.span(desk.facts, self.region, policy)
        question = self.understood(
            desk, since=about.first.isoformat(), until=about.last.isoformat(), pollutant=about.pollutant
        )
        return effect_policy.ask(desk.store, desk.facts, question, policy)


QUESTIONS: tuple[type[Asked], ...] = (Effect,)
