"""Parts, zones and groups of regions, and what else moved the air: each district once, each year whole."""

from __future__ import annotations

from datetime import date

import pytest

from config.air import Region
from config.facts import Facts
from config.places import Places

SPLIT_SIDO = ("kr-gangwon", "kr-gyeonggi", "kr-seoul")


@pytest.mark.parametrize("kind", ["part", "alert-zone"])
@pytest.mark.parametrize("sido", SPLIT_SIDO)
def test_every_district_with_a_station_lies_in_exactly_one_part(facts: Facts, sido: str, kind: str) -> None:
    parts = {
        region: {one.district for one in rows}
        for region, rows in facts.districts.items()
        if facts.regions[region].kind == kind and rows[0].area == sido
    }
    if not parts:
        assert (sido, kind) in {("kr-seoul", "part"), ("kr-gangwon", "alert-zone")}
        return
    known = {v.district for vs in facts.stations.values() for v in vs if v.area == sido and v.district}
    for district in known:
        assert len([one for one, held in parts.items() if district in held]) == 1, district
    assert set().union(*parts.values()) == known


def test_every_region_is_found_by_each_of_its_names(facts: Facts) -> None:
    places = Places(facts)

    def found(region: Region) -> set[str]:
        return {places.region(name).id for name in region.names if name}

    assert all(found(region) == {region.id} for region in facts.regions.values())


@pytest.mark.parametrize(
    ("group", "size"), [("kr-chungcheong", 4), ("kr-gwangju-jeonnam", 2), ("cn-jjj-13", 13), ("cn-prd-9", 9)]
)
def test_groups_have_their_members(facts: Facts, group: str, size: int) -> None:
    day = date(2020, 1, 1)
    assert len(Places(facts).leaves(group, day, day)) == size


# Confounders


def test_both_new_years_and_autumn_holidays_of_each_year_are_known(facts: Facts) -> None:
    ids = {one.id for one in facts.confounders}
    for year in range(2013, 2028):
        assert {f"kr-seollal-{year}", f"kr-chuseok-{year}"} <= ids
        assert {f"cn-spring-festival-{year}", f"cn-national-day-{year}"} <= ids


def test_holidays_last_three_to_ten_days(facts: Facts) -> None:
    days = [(one.end - one.start).days + 1 for one in facts.confounders if one.kind == "holiday"]
    assert min(days) == 3
    assert max(days) == 10  # the Spring Festival of 2020 was extended


def test_confounders_are_ordered_spans_with_ids_in_kebab_case(facts: Facts) -> None:
    for one in facts.confounders:
        assert one.start <= one.end
        assert one.id == one.id.lower().replace(" ", "-").replace("_", "-")
