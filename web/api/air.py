"""Questions about the air: means, episodes, indices, trends, transport."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from report import (
    averages,
    episodes,
    indices,
    network_indices,
    precursors,
    transport,
    trends,
)
from report.answer import Answer
from report.given import episode_profile, lead_hours, onset_profile, share_level
from report.question import Question, QuestionError
from report.transport_asked import Asked as Transported
from report.transport_asked import Within
from web.api.asked import (
    EXAMPLE_WEEK,
    SERIES,
    AboutPlace,
    Amount,
    Asked,
    Draws,
    Hours,
    HourSpan,
    Name,
    OfPollutant,
    Spanned,
    Text,
    within,
)
from web.desk import Desk


class Averages(AboutPlace):
    """Means of a region or station by hour, day, month, season or year, with their capture."""

    path = "/averages"
    rows = "values"
    shapes = SERIES
    example = EXAMPLE_WEEK

    every: averages.Every = "day"

    def answer(self, desk: Desk) -> Answer:
        question = self.understood(desk)
        if self.every == "hour":
            within_hours(question, desk)
        return averages.ask(desk.store, desk.facts, question, self.every).answer


def within_hours(question: Question, desk: Desk) -> None:
    """Refuse a list of more hours than one answer has rows."""
    first, end = question.hours
    within(end - first, desk.settings.web_most_rows, "hours")


class Episodes(AboutPlace):
    """When the air of a region or station met a profile, for how long and how badly."""

    path = "/episodes"
    rows = "episodes"
    example = f"{EXAMPLE_WEEK}&profile=kr-high-day"

    profile: Text | None = Field(None, description="Of the catalogue.", examples=["kr-high-day"])
    enter: Amount | None = Field(None, description="A profile on the spot: threshold.")
    exit_: Amount | None = Field(None, description="It goes on until past this one.")
    op: Literal[">", ">=", "<", "<="] | None = Field(None, description="How `enter` is met; > unless given.")
    every: Literal["hour", "day"] | None = Field(None, description="hour unless given.")
    min_hours: Hours | None = Field(None, description="Episodes that last less do not count.")
    max_gap: Hours | None = Field(None, description="Hours below or missing that are bridged.")
    order: Literal["merge-first", "filter-first"] | None = Field(
        None, description="Bridge before or after dropping short ones."
    )
    level: Literal["value", "percentile", "deviation"] | None = Field(
        None, description="What `enter` and `exit` are; value unless given."
    )
    share_above: Amount | None = Field(
        None, description="Of the share of stations above this value, 0 to 1, not of the mean."
    )
    precursor: Name | None = Field(
        None, description="A region whose episodes may have begun before; with base rates."
    )
    precursor_profile: Text | None = Field(None, description="Its profile, if not its country's own.")
    within: HourSpan | None = Field(None, description="Hours before an onset: 0-48 unless given.")

    def answer(self, desk: Desk) -> Answer:
        spot = {
            "exit": self.exit_,
            "op": self.op,
            "every": self.every,
            "min-hours": self.min_hours,
            "max-gap": self.max_gap,
            "order": self.order,
            "level": self.level,
        }
        question = self.understood(desk)
        chosen, least = episode_profile(desk.facts, question, self.profile, self.enter, spot)
        rule = episodes.Rule(chosen, least, share_level(desk.facts, self.profile, self.share_above))
        if self.precursor is None:
            if self.precursor_profile or self.within:
                raise QuestionError("--precursor-profile and --within belong to --precursor: give it too")
            return episodes.ask(desk.store, desk.facts, question, *rule).answer
        other = self.understood(
            desk, region=self.precursor, stations=(), network=None, feed=None, basis="best"
        )
        there = episodes.Rule(episodes.profile_of(desk.facts, other, self.precursor_profile))
        hours = precursors.Within(*lead_hours(self.within or "0-48", "--within"))
        return precursors.ask(desk.store, desk.facts, question, rule, other, there, hours).answer


class Indices(AboutPlace):
    """Air quality indices of a place, by the table in force on the day, or as a network shows them."""

    path = "/indices"
    rows = "values"
    example = f"{EXAMPLE_WEEK}&scheme=kr-cai"

    scheme: Literal["kr-cai", "cn-aqi", "us-aqi", "us-nowcast"]
    every: Literal["hour", "day"] | None = Field(None, description="The scheme's own unless given.")

    def answer(self, desk: Desk) -> Answer:
        question = self.understood(desk)
        if self.every == "hour":
            within_hours(question, desk)
        shown = network_indices.feed_of(desk.facts, question)
        if shown is not None:
            return network_indices.ask(desk.store, desk.facts, question, shown, self.scheme, self.every)
        return indices.ask(desk.store, desk.facts, question, self.scheme, self.every).answer


class Trends(AboutPlace):
    """How the values of a region or station changed over the years, and how surely: slopes and tests."""

    path = "/trends"
    rows = "trends"
    example = "region=cn-beijing&from=2014-01-01&to=2016-12-31"

    every: Literal["month", "season", "year"] = "month"
    deseasonalise: bool | None = Field(None, description="Which months the tests look at.")
    draws: Draws = 1000

    def answer(self, desk: Desk) -> Answer:
        asked = trends.Asked(self.every, self.deseasonalise, self.draws)
        return trends.ask(desk.store, desk.facts, self.understood(desk), asked)


class Transport(Spanned, OfPollutant):
    """Whether one region's air goes before another's, both ways: indicators, not shares of origin."""

    path = "/transport"
    rows = "directions"
    example = "from-region=cn-beijing&to-region=kr-seoul&from=2015-01-01&to=2015-02-28&draws=199"

    from_region: Name = Field(description="The source looked at first.")
    to_region: Name = Field(description="The receptor; its civil days are asked.")
    lag: int = Field(72, ge=1, le=168, description="The longest lag, hours.")
    draws: Draws = 1000
    within: Within = Field("all", description="All days, or the season of the receptor's country.")
    profile: Text | None = Field(None, description="Hourly rule of an onset; kr-advisory unless given.")
    enter: Amount | None = Field(None, description="Instead of a profile: onsets above this value.")
    max_gap: Hours | None = Field(None, description="With `enter`: hours below that part no onsets.")
    mean_hours: int = Field(6, ge=1, le=24, description="Hours of the running mean that has onsets.")
    lead: HourSpan = Field("12-48", description="Hours before an onset in which the source is looked at.")

    def answer(self, desk: Desk) -> Answer:
        source, receptor = (
            self.understood(desk, region=one, basis="hourly") for one in (self.from_region, self.to_region)
        )
        how = Transported(
            onset_profile(desk.facts, self.pollutant, self.profile, self.enter, self.max_gap),
            self.mean_hours,
            self.lag,
            lead_hours(self.lead),
            self.within,
            self.draws,
        )
        return transport.ask(desk.store, desk.facts, source, receptor, how)

    def lines(self, answer: Answer) -> list[Answer]:
        """A row a direction and lag."""
        return [
            {"from": one["from"], "to": one["to"], **lag}
            for one in answer["directions"]
            for lag in one["lags"]
        ]


QUESTIONS: tuple[type[Asked], ...] = (Averages, Episodes, Indices, Trends, Transport)
