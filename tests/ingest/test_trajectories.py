"""HYSPLIT endpoints: every point is kept with its moment; what breaks off is refused in one line."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.clock import Clock
from config.facts import Facts
from ingest.archives import FileResult, import_paths
from ingest.sources.hysplit import EndpointError, is_endpoints, parse
from report import trajectories
from report.question import NothingHeldError, QuestionError
from store.engine import Store

FOLDER = "data/traj_hysplit_eastasia_20260213_14"

TWO = """\
     2     1
    GDAS    19     3     1     0     0
    GDAS    19     3     8     0     0
     2 FORWARD  OMEGA
    19     3     5    23   40.000  116.500   500.0
    19     3     5    23  -35.500 -120.250  1500.0
     2 PRESSURE RAINFALL
     1     1    19     3     5    23     0     0     0.0   40.000  116.500    500.0    950.0      0.0
     2     1    19     3     5    23     0     0     0.0  -35.500 -120.250   1500.0    850.0      0.1
     1     1    19     3     6     0    30     1     1.5   39.500  117.000    480.0    955.0      0.2
"""


@pytest.fixture(scope="module")
def real(request: pytest.FixtureRequest) -> list[Path]:
    shared: Path = request.getfixturevalue("shared")
    return sorted((shared / FOLDER).glob("*.txt"))


def load(store: Store, facts: Facts, *paths: Path) -> list[FileResult]:
    return import_paths(store, facts, Clock.parse(None), list(paths))


def points_held(store: Store) -> tuple[int, int]:
    with store.read() as connection:
        row = connection.exec_driver_sql("SELECT count(*), coalesce(sum(points), 0) FROM trajectory").one()
    return int(row[0]), int(row[1])


# Reading


def test_a_file_holds_as_many_trajectories_as_it_says() -> None:
    first, second = parse(TWO, "x")
    assert (first.number, first.direction, first.hours, first.model) == (1, "forward", 1.5, "GDAS")
    assert (first.start_at, first.lat, first.lon, first.height) == (
        datetime(2019, 3, 5, 23, tzinfo=UTC),
        40.0,
        116.5,
        500.0,
    )
    assert first.diagnostics == ("PRESSURE", "RAINFALL")
    assert [one.further for one in first.points] == [(950.0, 0.0), (955.0, 0.2)]
    assert first.points[1].at == datetime(2019, 3, 6, 0, 30, tzinfo=UTC)
    assert (second.lat, second.lon, len(second.points), second.hours) == (-35.5, -120.25, 1, 0.0)


@pytest.mark.parametrize(("written", "year"), [("48", 1948), ("99", 1999), ("00", 2000), ("26", 2026)])
def test_two_digits_are_a_year_since_the_oldest_meteorology(written: str, year: int) -> None:
    assert parse(TWO.replace("    19 ", f"    {written} "), "x")[0].start_at.year == year


@pytest.mark.parametrize(
    ("was", "is_now", "said"),
    [
        ("FORWARD", "UPWARD", "line 4"),
        ("40.000  116.500   500.0\n", "40.000  116.500\n", "line 5"),
        ("40.000  116.500   500.0\n", "97.000  116.500   500.0\n", "line 5"),
        ("     2 PRESSURE RAINFALL", "     3 PRESSURE RAINFALL", "line 7"),
        ("    955.0      0.2\n", "    955.0\n", "line 10"),
        ("    955.0      0.2\n", "    955.0      0.2      7\n", "line 10"),
        ("     1     1    19     3     6     0", "     3     1    19     3     6     0", "there are 2"),
        ("    19     3     6     0    30", "    19    13     6     0    30", "line 10"),
        (
            "     2     1    19     3     5    23     0",
            "     2     1    19     3     5    22     0",
            "no point",
        ),
    ],
)
def test_what_a_line_must_say_it_says(was: str, is_now: str, said: str) -> None:
    assert TWO.count(was) == 1
    with pytest.raises(EndpointError, match=said):
        parse(TWO.replace(was, is_now), "x")


@given(st.integers(0, len(TWO)))
def test_a_file_that_breaks_off_is_refused_or_ends_with_a_whole_line(size: int) -> None:
    """That a last line is missing altogether cannot be seen; half of one can."""
    ends = [at for at in range(len(TWO) + 1) if TWO[:at].endswith("\n") or TWO[at : at + 1] == "\n"]
    with suppress(EndpointError):
        assert len(parse(TWO[:size], "x")) == 2
        assert size in ends


@given(st.text(st.sampled_from("0123456789 .-\nBACKWRDFO"), max_size=300))
def test_any_text_is_trajectories_or_one_fault(text: str) -> None:
    with suppress(EndpointError):
        parse(text, "x")


@given(st.integers(0, len(TWO) - 1), st.sampled_from("0123456789 .-\nX"))
def test_a_damaged_file_is_read_or_refused(at: int, letter: str) -> None:
    with suppress(EndpointError):
        parse(TWO[:at] + letter * 12 + TWO[at:], "x")


def test_tables_are_no_trajectories() -> None:
    assert is_endpoints(TWO.encode())
    assert is_endpoints(TWO.replace("\n", "\r\n").encode())
    assert not any(map(is_endpoints, (b"", b"1,2\n3,4\n", b"     2     1\n", b"time,pm25\nFORWARD 1\n")))


def test_a_long_file_of_another_kind_is_told_at_once() -> None:
    assert not is_endpoints(b"1 1\n" + b"a 1 2 3 4 5\n\n\n\n" * 1000)
    assert not is_endpoints(b"1 1\n" + b"a 1 2 3 4 5\n" * 1000 + b" " * 1000)


# Keeping


def test_every_real_file_goes_in_once(store: Store, facts: Facts, real: list[Path]) -> None:
    first = load(store, facts, *real)
    assert {one.format for one in first} == {"hysplit-endpoints"}
    assert sorted(one.counts.new for one in first) == [8, 9, 9, 9, 9, 9, 9, 9, 9]
    assert points_held(store) == (9, 80)
    again = load(store, facts, *real)
    assert [(one.counts.new, one.counts.same) for one in again] == [(0, one.counts.rows) for one in first]
    assert points_held(store) == (9, 80)


def test_points_are_no_readings(sqlite_store: Store, facts: Facts, real: list[Path]) -> None:
    load(sqlite_store, facts, *real)
    with sqlite_store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM reading").scalar_one() == 0


def test_a_broken_file_is_refused_whole(sqlite_store: Store, facts: Facts, tmp_path: Path) -> None:
    path = tmp_path / "tdump"
    path.write_text(TWO[:-20])
    (result,) = load(sqlite_store, facts, path)
    assert (result.format, result.counts.rows) == (None, 0)
    assert str(result.problem).startswith(f"{path}: not whole trajectories (it breaks off")
    assert points_held(sqlite_store) == (0, 0)


# Asking


def test_a_region_has_the_trajectories_that_start_there(
    sqlite_store: Store, facts: Facts, real: list[Path]
) -> None:
    load(sqlite_store, facts, *real)
    answer = trajectories.ask(sqlite_store, facts, trajectories.Asked(region="서울"))
    assert [one["start"] for one in answer["trajectories"]] == [
        "2026-02-13T22:00:00+09:00",
        "2026-02-14T17:00:00+09:00",
    ]
    first = answer["trajectories"][0]
    assert (first["direction"], first["hours"], len(first["points"])) == ("backward", 7.0, 8)
    assert first["points"][-1] == {
        "at": "2026-02-13T15:00:00+09:00",
        "age": -7.0,
        "lat": 36.717,
        "lon": 125.433,
        "height_m": 656.9,
        "pressure": 940.0,
    }
    assert answer["data"]["feeds"] == ["hysplit-endpoints"]
    china = trajectories.ask(sqlite_store, facts, trajectories.Asked(region="cn"))
    assert [one["region"] for one in china["trajectories"]] == ["cn-shanghai", "cn-beijing"]


def test_a_place_has_the_trajectories_that_start_near_it(
    sqlite_store: Store, facts: Facts, real: list[Path]
) -> None:
    load(sqlite_store, facts, *real)
    tokyo = trajectories.ask(sqlite_store, facts, trajectories.Asked(near=(35.7, 139.7), within_km=10))
    assert [(one["region"], one["lat"]) for one in tokyo["trajectories"]] == [(None, 35.7)]
    with pytest.raises(NothingHeldError) as nothing:
        trajectories.ask(sqlite_store, facts, trajectories.Asked(near=(0.0, 0.0)))
    assert nothing.value.held == ["9 trajectories that start 2026-02-13 to 2026-02-14"]
    with pytest.raises(QuestionError):
        trajectories.ask(sqlite_store, facts, trajectories.Asked(region="kr", near=(37.5, 127.0)))


def test_days_are_those_of_the_region(sqlite_store: Store, facts: Facts, real: list[Path]) -> None:
    load(sqlite_store, facts, *real)
    asked = trajectories.Asked(region="kr-seoul", since="2026-02-14")
    assert len(trajectories.ask(sqlite_store, facts, asked)["trajectories"]) == 1
    asked = trajectories.Asked(region="kr-seoul", until="2026-02-13")
    assert len(trajectories.ask(sqlite_store, facts, asked)["trajectories"]) == 1
