"""Names of places in three languages, ids, codes, and what is said of a name that means none or several."""

from __future__ import annotations

from datetime import date

import pytest

from config.air import Station
from config.facts import Facts
from config.places import AmbiguousPlaceError, Places, UnknownPlaceError


@pytest.fixture(scope="module")
def places(facts: Facts) -> Places:
    return Places(facts)


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("kr-seoul", "kr-seoul"),
        ("Seoul", "kr-seoul"),
        ("서울특별시", "kr-seoul"),
        ("首尔", "kr-seoul"),
        ("  sEoUl ", "kr-seoul"),
        ("수도권", "kr-capital"),
        ("대한민국", "kr"),
        ("China", "cn"),
        ("山东省", "cn-shandong"),
        ("베이징", "cn-beijing"),
        ("北京", "cn-beijing"),
    ],
)
def test_a_region_has_names_in_three_languages(places: Places, text: str, region: str) -> None:
    assert places.region(text).id == region


def test_every_region_is_found_by_its_id_and_every_id_is_kebab_case(places: Places) -> None:
    for region in places.facts.regions.values():
        assert places.region(region.id) is region
        assert region.id == region.id.lower()
        assert " " not in region.id


def test_an_unknown_region_names_the_nearest(places: Places) -> None:
    with pytest.raises(UnknownPlaceError, match="kr-seoul"):
        places.region("kr-seol")


def test_a_station_asked_as_a_region_is_told_apart(places: Places) -> None:
    with pytest.raises(UnknownPlaceError, match="--station"):
        places.region("백령도")
    with pytest.raises(UnknownPlaceError, match="--region"):
        places.find_station("서울")


@pytest.mark.parametrize("text", ["airkorea-111123", "111123", "종로구", "Jongno-gu", "jongno gu"])
def test_a_station_is_found_by_id_code_and_name(places: Places, text: str) -> None:
    assert places.find_station(text) == "airkorea-111123"


def test_an_unknown_station_names_the_nearest(places: Places) -> None:
    with pytest.raises(UnknownPlaceError, match=r"the nearest are .*airkorea-bukhansan"):
        places.find_station("airkorea-bukhan")


def test_a_name_of_several_stations_lists_them(places: Places) -> None:
    with pytest.raises(AmbiguousPlaceError, match=r"airkorea-\d+ \(kr-.*give the id"):
        places.find_station("신흥동")


def test_a_name_of_several_regions_lists_them(places: Places) -> None:
    several = [name for name, ids in places._region_names.items() if len(ids) > 1]
    for name in several:
        with pytest.raises(AmbiguousPlaceError, match="give the id"):
            places.region(name)


@pytest.mark.parametrize(
    ("day", "station"),
    [("2009-12-31", "airkorea-111222"), ("2018-11-01", "airkorea-gung-dong"), ("2015-01-01", None)],
)
def test_a_name_whose_meaning_changes_with_the_date(places: Places, day: str, station: str | None) -> None:
    found = places.match(
        code=None, name="궁동", area="kr-seoul", network="seoul", day=date.fromisoformat(day)
    )
    assert found == station


def test_a_code_decides_before_any_name(places: Places) -> None:
    how = {"area": "kr-seoul", "network": "airkorea", "day": date(2020, 1, 1)}
    assert places.match(code="111123", name="중구", **how) == "airkorea-111123"  # type: ignore[arg-type]
    assert places.match(code="999999", name="중구", **how) is None  # type: ignore[arg-type]


def test_a_split_of_a_province_follows_the_date(places: Places) -> None:
    before = places.leaves("cn-shandong", date(2018, 1, 1), date(2018, 12, 31))
    after = places.leaves("cn-shandong", date(2019, 1, 1), date(2019, 12, 31))
    assert set(before) - set(after) == {"cn-laiwu"}


def test_a_code_means_the_station_of_its_own_network(facts: Facts) -> None:
    day = date(2022, 11, 1)
    sensor = Station(
        id="openaq-111123", network="openaq", code="111123", name="a sensor", area="cn-beijing",
        kind="unknown", source="a test", confidence="high",
    )  # fmt: skip
    places = Places(facts, [sensor])
    asked = {"code": "111123", "name": None, "area": None, "day": day}
    assert places.match(network="airkorea", **asked) == "airkorea-111123"
    assert places.match(network="seoul", **asked) == "airkorea-111123"
    assert places.match(network="openaq", **asked) == "openaq-111123"
    assert places.match(network="cnemc", **asked) is None
    with pytest.raises(AmbiguousPlaceError, match="openaq-111123"):
        places.find_station("111123")
