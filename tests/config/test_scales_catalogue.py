"""Standards, grades and indices: the limits on both sides of a date, tables without holes."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.facts import Facts
from config.policy import Standard
from config.scales import Breakpoint, Category, Grade


@pytest.mark.parametrize(
    ("country", "grade", "day", "limits"),
    [
        ("KR", None, "2018-03-26", (50, 25)),
        ("KR", None, "2018-03-27", (35, 15)),
        ("CN", "II", "2026-02-28", (75, 35)),
        ("CN", "II", "2026-03-01", (60, 30)),
        ("CN", "II", "2030-12-31", (60, 30)),
        ("CN", "II", "2031-01-01", (50, 25)),
        ("CN", "I", "2030-12-31", (35, 15)),
        ("CN", "I", "2031-01-01", (25, 10)),
    ],
)
def test_the_standard_of_pm25_on_both_sides_of_each_change(
    facts: Facts, country: str, grade: str | None, day: str, limits: tuple[int, int]
) -> None:
    found: list[Standard] = [
        one
        for one in facts.standards.values()
        if (one.country, one.pollutant, one.grade) == (country, "pm25", grade)
        and one.holds_on(date.fromisoformat(day))
    ]
    assert [(one.day, one.year) for one in found] == [limits]


@pytest.mark.parametrize(
    ("day", "tops"), [("2018-03-26", [15, 50, 100, None]), ("2018-03-27", [15, 35, 75, None])]
)
def test_korean_grades_by_date(facts: Facts, day: str, tops: list[int | None]) -> None:
    grades = [one for one in facts.all("grades", Grade) if one.holds_on(date.fromisoformat(day))]
    assert [one.hi for one in grades] == tops
    assert all(after.lo == (before.hi or 0) + 1 for before, after in pairwise(grades))


def tables(facts: Facts) -> dict[tuple[str, ...], list[Breakpoint]]:
    found = defaultdict(list)
    for one in facts.all("index_breakpoints", Breakpoint):
        found[one.scheme, one.version, one.pollutant, one.averaging].append(one)
    return {key: sorted(rows, key=lambda one: one.c_lo) for key, rows in found.items()}


TABLES = tables(Facts())


@pytest.mark.parametrize("key", TABLES, ids=" ".join)
def test_no_concentration_falls_between_two_segments(key: tuple[str, ...]) -> None:
    rows = TABLES[key]
    scale = 10 ** rows[0].digits
    assert rows[0].c_lo == 0
    assert rows[0].i_lo == 0
    for before, after in pairwise(rows):
        steps = round((after.c_lo - before.c_hi) * scale, 6)
        assert steps in (0, 1)
        assert after.i_lo - before.i_hi == steps  # shared edges share their index


@given(table=st.sampled_from(sorted(TABLES)), shares=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_an_index_never_falls_as_the_concentration_rises(
    table: tuple[str, ...], shares: tuple[float, float]
) -> None:
    rows = TABLES[table]
    low, high = (index(rows, round(share * rows[-1].c_hi, rows[0].digits)) for share in sorted(shares))
    assert 0 <= low <= high <= rows[-1].i_hi


def index(rows: list[Breakpoint], value: float) -> float:
    row = next(one for one in rows if one.c_lo <= value <= one.c_hi)
    return row.i_lo + (row.i_hi - row.i_lo) * (value - row.c_lo) / (row.c_hi - row.c_lo)


@pytest.mark.parametrize(
    ("scheme", "day", "edge"),
    [
        ("kr-cai", "2018-03-26", 50),
        ("kr-cai", "2018-03-27", 35),
        ("cn-aqi", "2026-02-28", 75),
        ("cn-aqi", "2026-03-01", 60),
        ("us-aqi", "2024-05-05", 35.4),
        ("us-aqi", "2024-05-06", 35.4),
    ],
)
def test_where_index_100_of_pm25_lies_by_date(facts: Facts, scheme: str, day: str, edge: float) -> None:
    (row,) = (
        one
        for one in facts.all("index_breakpoints", Breakpoint)
        if (one.scheme, one.pollutant, one.i_hi) == (scheme, "pm25", 100)
        and one.holds_on(date.fromisoformat(day))
    )
    assert row.c_hi == edge


@pytest.mark.parametrize("scheme", ["kr-cai", "cn-aqi", "us-aqi"])
def test_classes_of_an_index_follow_each_other_and_have_colours(facts: Facts, scheme: str) -> None:
    classes = [one for one in facts.all("index_categories", Category) if one.scheme == scheme]
    assert classes[0].lo == 0
    assert all(after.lo == (before.hi or 0) + 1 for before, after in pairwise(classes))
    assert len({one.colour for one in classes}) == len(classes)
