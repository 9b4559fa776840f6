"""The reports of seasons, a measure and a region, and what figures are made of."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.facts import CATALOGUE, Facts
from config.words import LANGUAGES, Speaker
from report import seasons
from report.episodes import profile_of
from report.figures import station_map, strip
from report.figures.canvas import Canvas, folded, text_width
from report.figures.grades import grade_of, steps
from report.figures.scale import Scale, ceiling, ticks
from report.paper import measure, page, pictures, region, reports, season
from report.question import NothingHeldError, QuestionError

WRITTEN = datetime(2024, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def winters(module_air: Any) -> Any:
    """Published day means of two winters of a district of Seoul: 20, then 30 ug/m3, one day of 80."""
    station = module_air.of("kr-seoul")[0]
    module_air.daily(station, "2018-12-01", [20.0] * 121)
    module_air.daily(station, "2019-12-01", [80.0] + [30.0] * 121)
    return module_air


def seoul(air: Any, first: str = "2000-01-01", last: str = "2000-01-01") -> Any:
    return air.asked(region="kr-seoul", since=first, until=last)


@pytest.fixture(scope="module")
def two_seasons(winters: Any) -> Any:
    """The composed answer of both winters."""
    wanted = seasons.Asked((2018, 2019))
    return season.compose(winters.store, winters.facts, [seoul(winters)], wanted)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_season_opens_with_its_mean_its_change_and_what_was_published(
    two_seasons: Any, facts: Facts, language: str
) -> None:
    say = Speaker(facts, language)
    told = reports.of_seasons(say, two_seasons)
    mean = (80 + 121 * 30) / 122
    assert f"{mean:.1f}" in told.sheet.sentence
    assert f"+{mean - 20:.1f}" in told.sheet.sentence
    assert "28" in told.sheet.sentence  # published for Seoul's first season
    text = page.html(say, told.sheet, WRITTEN)
    assert "<script" not in text
    assert {plate.ident for plate in told.sheet.plates} == {"day-strips", "change"}
    assert {table.ident for table in told.sheet.tables} >= {"season-table", "measures-matrix"}
    assert all(plate.text and plate.source for plate in told.sheet.plates)


def test_the_matrix_counts_dates_and_tells_not_known_from_none(two_seasons: Any, facts: Facts) -> None:
    rows = {row["region"]: row["days"] for row in two_seasons["measures"]["rows"]}
    assert rows["kr"]["kr-2018"]["days"] == 12  # dates on which any sido had one
    assert len(rows) == 18  # 17 sido and the nation
    table = reports.of_seasons(Speaker(facts), two_seasons).sheet.tables
    matrix = next(one for one in table if one.ident == "measures-matrix")
    assert any("no measure known" in note for note in matrix.notes)
    cells = [cell.text for row in matrix.rows for cell in row[1:]]
    assert "0" not in cells


def test_a_measure_tells_when_it_was_announced_and_where_else(winters: Any, facts: Facts) -> None:
    day = date(2019, 3, 5)
    asked = seoul(winters)
    found = measure.compose(
        winters.store, winters.facts, measure.Asked(asked, day, profile_of(facts, asked, None), 2)
    )
    told = reports.of_measure(Speaker(facts), found)
    assert told.sheet.title == "Emergency measure in Seoul, Tuesday, 5 March 2019"
    assert "announced 4 March 2019, 17:00" in told.sheet.sentence
    assert "20.0 µg/m³" in told.sheet.sentence
    where = next(one for one in told.sheet.tables if one.ident == "measure-regions")
    assert len(where.rows) > 1


def test_a_day_without_a_known_measure_names_the_nearest(winters: Any, facts: Facts) -> None:
    asked = seoul(winters)
    wanted = measure.Asked(asked, date(2019, 3, 20), profile_of(facts, asked, None))
    with pytest.raises(NothingHeldError, match="no measure of Seoul is known") as raised:
        measure.compose(winters.store, winters.facts, wanted)
    assert "2019-03-07" in str(raised.value.held)


def test_a_region_tells_what_is_held_and_its_newest_day(winters: Any, facts: Facts) -> None:
    found = region.compose(winters.store, winters.facts, seoul(winters))
    told = reports.of_region(Speaker(facts), found)
    assert found["last_day"] == "2020-03-31"
    assert [(one["feed"], one["readings"]) for one in found["held"]] == [("seoul-daily", 243)]
    assert "31 March 2020" in told.sheet.sentence


# Figures


@given(st.floats(min_value=0.1, max_value=2000))
def test_ticks_are_few_even_steps_up_to_the_top(high: float) -> None:
    found = ticks(high)
    assert found[0] == 0
    assert found[-1] <= high * 1.001
    assert 2 <= len(found) <= 6
    assert len({round(b - a, 9) for a, b in pairwise(found)}) == 1


@given(st.lists(st.one_of(st.none(), st.floats(0, 999)), max_size=9))
def test_the_top_lies_above_every_value(values: list[float | None]) -> None:
    assert all(value is None or value <= ceiling(values) for value in values)
    assert Scale(0, ceiling(values), 100, 0)(0) == 100


@given(st.text(alphabet="ab 가나空霾·", max_size=60))
def test_folding_keeps_every_letter_in_order(text: str) -> None:
    assert "".join(folded(text, 11, 60)).replace(" ", "") == text.replace(" ", "")


def test_hangul_and_hanzi_are_as_wide_as_high() -> None:
    assert text_width("서울", 10) == text_width("首尔", 10) == 20


@pytest.mark.parametrize("country", ["KR", "CN"])
def test_each_grade_has_a_shade_of_its_official_colour_and_ink_that_can_be_read(
    facts: Facts, country: str
) -> None:
    scale = steps(facts, country, "pm25", date(2019, 3, 5))
    assert len({one.shade for one in scale}) == len(scale)
    assert all(one.shade != one.official for one in scale)
    assert min(contrast(one.shade, one.ink) for one in scale) >= 4.5  # WCAG 2.1 AA
    assert all(one.names[language] for one in scale for language in LANGUAGES)


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.1, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_mean_is_graded_as_its_country_rounds_it(facts: Facts) -> None:
    korea = steps(facts, "KR", "pm25", date(2019, 3, 5))
    assert [grade_of(korea, value) for value in (15.49, 15.5, 35.5, 75.4, 75.5, None)] == [
        0,
        1,
        2,
        2,
        3,
        None,
    ]
    china = steps(facts, "CN", "pm25", date(2019, 3, 5))
    assert china[1].span() == "36–75"
    assert steps(facts, "CN", "pm25", date(2026, 3, 5))[1].span() == "36–60"


def test_a_drawing_says_what_it_is_and_escapes_what_is_written() -> None:
    canvas = Canvas("x", 100, 50, "<b>&", "a & b")
    canvas.text_at(0, 10, "<script>alert(1)</script>")
    canvas.rect(0, 0, 5, 5, fill=canvas.hatch("#123456"))
    root = ET.fromstring(canvas.inline())
    names = [one.tag.rpartition("}")[2] for one in root]
    assert names[:2] == ["title", "desc"]
    assert "<script" not in canvas.inline()
    assert "url(#x-h0)" in canvas.inline()


def test_the_coast_says_whose_it_is_and_stays_small() -> None:
    path = Path(CATALOGUE) / "coast.geojson"
    text = path.read_text()
    assert "Natural Earth" in text
    assert "public domain" in text
    assert len(text) < 40_000
    lines = station_map.coast(path)
    assert set(lines) == {"land", "coast", "border"}
    points = [point for line in lines["coast"] for point in line]
    assert all(109 <= lon <= 133.5 and 27 <= lat <= 44.5 for lon, lat in points)


def test_a_machine_without_the_letters_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    import vl_convert

    pictures._written.cache_clear()
    monkeypatch.setattr(vl_convert, "svg_to_png", lambda svg, **_: b"the same box")
    try:
        with pytest.raises(QuestionError, match="no font here has Hangul") as raised:
            pictures.png("<svg/>", "ko")
    finally:
        pictures._written.cache_clear()
    assert re.fullmatch(r"[^\n]+", str(raised.value))


def test_an_hour_of_dust_elsewhere_does_not_press_the_place_flat_and_is_written() -> None:
    bars = [strip.Bar(0, 24, 80.0, None)]
    main = strip.Panel("Seoul", "", bars, [(hour, 90.0) for hour in range(24)], [])
    beside = strip.Panel(
        "Beijing", "", bars, [(hour, 680.0 if hour == 5 else 70.0) for hour in range(24)], []
    )
    told = strip.Strip(0, 24, [], "µg/m³", main, [], [beside])
    drawn = strip.draw(told, 920, "s", "title", "text", "en").inline()
    assert "▲ 680" in drawn
    assert ">100<" not in drawn  # the scale ends below it
