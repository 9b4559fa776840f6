"""Targets, milestones, claims and seasons of the catalogue hold together and say what they rest on."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

from config.facts import Facts
from config.policy import Claim, ClaimVariant, Season, Target


def test_a_derived_base_says_how(facts: Facts) -> None:
    targets = {one.id: one for one in facts.all("targets", Target)}
    assert all(one.method for one in targets.values() if one.base_derived)
    plan = targets["five-year-plan-14-pm25"]
    assert (plan.goal, plan.base_value, plan.base_derived) == (-10, 35.0, True)
    assert (plan.base_start, plan.base_end) == (date(2018, 1, 1), date(2020, 12, 31))


def test_a_slip_has_its_plan_and_its_day(facts: Facts) -> None:
    temm = facts.milestones["temm-22"]
    assert (temm.status, temm.actual, temm.confidence) == ("slipped", date(2021, 12, 7), "medium")
    assert temm.planned is not None
    assert "second half of 2020" in temm.planned
    for one in facts.milestones.values():
        assert one.actual in (None, one.date), one.id
        assert one.status != "slipped" or (one.planned and one.actual), one.id


def test_the_timeline_uses_no_causal_word(facts: Facts) -> None:
    causal = re.compile(
        r"\b(caused?|causes|due to|because|thanks to|led to|proves?|proven|as a result)\b", re.IGNORECASE
    )
    said = [f"{one.title} {one.planned} {one.note}" for one in facts.milestones.values()]
    assert [text for text in said if causal.search(text)] == []


def test_what_lies_ahead_is_planned(facts: Facts) -> None:
    written = date(2026, 11, 22)
    ahead = {one.id for one in facts.milestones.values() if one.date > written}
    assert ahead == {one.id for one in facts.milestones.values() if one.status == "planned"}


def test_every_claim_has_a_reading_that_can_be_computed(facts: Facts) -> None:
    variants = facts.all("claim_variants", ClaimVariant)
    assert {one.claim for one in variants} == {one.id for one in facts.all("claims", Claim)}
    for one in variants:
        if one.statistic == "years_between":
            assert one.base_milestone in facts.milestones, one.id
            assert one.end_milestone in facts.milestones, one.id
        else:
            assert one.region, one.id
            assert one.metric, one.id
            assert one.end_start is not None, one.id
            assert (one.base_start is not None) == one.statistic.startswith("change"), one.id


def test_the_claim_of_forty_percent_has_its_regions(facts: Facts) -> None:
    claim = next(
        one for one in facts.all("claims", Claim) if "40" in one.statement and "2013" in one.statement
    )
    regions = {one.region for one in facts.all("claim_variants", ClaimVariant) if one.claim == claim.id}
    assert regions >= {"cn", "cn-beijing", "cn-jjj-13", "cn-prd-9"}


def names(one: Season) -> list[str]:
    """Every name of a season, each once."""
    return sorted({name for name in one.names if name})


@pytest.mark.parametrize("country", ["KR", "CN"])
def test_a_name_means_one_season_of_a_country(facts: Facts, country: str) -> None:
    used = Counter(name for one in facts.seasons.values() if one.country == country for name in names(one))
    assert [name for name, times in used.items() if times > 1] == []


@pytest.mark.parametrize("scheme", ["kr-seasonal", "cn-autumn-winter"])
def test_seasons_are_the_windows_of_their_scheme_in_order(facts: Facts, scheme: str) -> None:
    system = facts.season_systems[scheme]
    assert system.valid_from is not None
    for one in facts.seasons.values():
        if one.country == system.country:
            year = one.start.year
            assert (one.start, one.end) == system.window(year)
            assert one.number == (
                year - system.valid_from.year + 1 if year >= system.valid_from.year else None
            )


@pytest.mark.parametrize("said", ["6th", "6차", "제6차", "6th season", "2024/25", "2024-25"])
def test_the_sixth_season_is_found_as_people_write_it(facts: Facts, said: str) -> None:
    assert [one.id for one in facts.seasons.values() if one.country == "KR" and said in one.names] == [
        "kr-2024"
    ]


def test_all_kinds_of_milestones_are_known(facts: Facts) -> None:
    kinds = "agreement body standard plan meeting MOU rule research season event institution method covid"
    known = {*kinds.split(), "report", "forecast", "organisation", "law"}
    assert {one.kind for one in facts.milestones.values()} <= known
