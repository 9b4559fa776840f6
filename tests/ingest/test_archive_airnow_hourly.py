"""AirNow's hourly files of the whole world: no header, UTC, and kept are the rows of missions in China."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from archive_desk import Desk, Parsed, mangled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.facts import Facts
from ingest.source import Quantity, StationRef
from store.engine import Store

PM25 = Quantity("pm25", "ug/m3")
SENTINEL = -1002
ELSEWHERE = [
    "07/24/25|09:00|000020401|SOUTHAMPTON|-4|PM2.5|UG/M3|5.3|Canada-Prince Edward Island1",
    "10/07/26|14:00|171670012|SPFD_IB|-6|OZONE|PPB|-999|Illinois EPA",
    "01/01/20|16:00|000060070|Québec-Vieux|-5|PM2.5|UG/M3|9.1|Canada-Québec1",
    "01/01/20|16:00|840360001|Beijing Road|-5|PM2.5|UG/M3|9.1|A town in another country",
    "01/01/20|16:00|156010009|Ulaanbaatar|8|PM2.5|UG/M3|210|U.S. Department of State Mongolia",
]


def mission(
    label: str = "01/01/20|16:00",
    value: str = "34.0",
    name: str = "Beijing",
    what: str = "PM2.5|UG/M3",
    agency: str = "U.S. Department of State",
) -> str:
    return f"{label}|000010101|{name}|8|{what}|{value}|{agency}"


def hourly(folder: Path, *lines: str) -> Path:
    path = folder / "HourlyData_2020010116.dat"
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode("latin-1"))
    return path


@pytest.fixture
def desk(sqlite_store: Store, facts: Facts) -> Desk:
    return Desk(sqlite_store, facts)


def test_the_lines_that_were_found_are_of_other_places(desk: Desk, shared: Path) -> None:
    result = desk.load(shared / "sources" / "us_embassy" / "airnow_HourlyData_lines.dat")
    assert (result.format, result.counts.rows) == ("us-airnow-hourly", 0)
    assert result.notes == {"left out: row of another place": 2}


def test_the_rows_of_missions_are_kept_and_all_others_counted(desk: Desk, tmp_path: Path) -> None:
    lines = [mission(name=city) for city in ("Beijing", "Shanghai", "Guangzhou", "Chengdu", "Shenyang")]
    result = desk.load(hourly(tmp_path, *ELSEWHERE, *lines, *ELSEWHERE * 10))
    assert (result.counts.rows, result.counts.new, result.counts.rejected) == (5, 5, 0)
    assert result.notes == {"left out: row of another place": 55}
    held = desk.query("select s.name from station s join series r on r.station_id = s.id order by 1")
    assert [name for (name,) in held] == [
        f"us-mission-{city}" for city in ("beijing", "chengdu", "guangzhou", "shanghai", "shenyang")
    ]
    assert desk.query("select name from feed") == [("us-airnow-hourly",)]


@pytest.mark.parametrize(
    ("name", "agency"),
    [("US Consulate SHANGHAI", "DOS"), ("US Consulate", "U.S. Department of State - Shanghai")],
)
def test_a_mission_is_known_by_its_city_in_name_or_agency(tmp_path: Path, name: str, agency: str) -> None:
    found = Parsed(hourly(tmp_path, mission(name=name, agency=agency)))
    assert found.batches[0].stations == [StationRef(name="Shanghai", area="cn-shanghai")]


def test_labels_name_the_start_in_utc(tmp_path: Path) -> None:
    found = Parsed(hourly(tmp_path, mission("12/31/19|23:00", "1"), mission("01/02/20|00:00", "2")))
    assert found.cells(PM25) == {("Beijing", "2019-12-31T23"): 1, ("Beijing", "2020-01-02T00"): 2}


def test_999_below_zero_is_missing_and_small_negatives_are_noise(tmp_path: Path) -> None:
    found = Parsed(hourly(tmp_path, mission(value="-999"), mission("01/01/20|17:00", "-5")))
    assert list(found.cells(PM25).values()) == [SENTINEL, -5]


def test_what_a_mission_cannot_have_said_is_rejected(tmp_path: Path) -> None:
    lines = [
        mission("13/01/20|16:00"),
        mission("01/01/20|16:30"),
        mission(what="OZONE|PPB"),
        mission(what="PM2.5|PPM"),
        mission(value="much"),
        mission() + "|a cell too many",
    ]
    found = Parsed(hourly(tmp_path, mission(), *lines))
    assert found.reasons == {
        "the time label cannot be placed": 2,
        "what the row holds is not known": 2,
        "not a number": 1,
        "the wrong number of cells, or an open quote": 1,
    }
    assert found.rows == 7


def test_two_imports_change_nothing(desk: Desk, tmp_path: Path) -> None:
    assert desk.counts(hourly(tmp_path, mission()))[1:4] == (1, 1, 0)
    again = desk.load(hourly(tmp_path, mission(), *ELSEWHERE))
    assert (again.counts.new, again.counts.changed, again.counts.same) == (0, 0, 1)


def test_lines_with_other_marks_are_no_such_file(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "HourlyData_2020010116.dat"
    path.write_text("2020-01-01|16:00|1|Beijing|8|PM2.5|UG/M3|1|DOS\n")
    assert desk.load(path).format is None


@pytest.fixture(scope="module")
def busy(sqlite_template: Path, facts: Facts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One database for many mangled files."""
    path = tmp_path_factory.mktemp("busy") / "yellowsea.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{path}")
    yield Desk(store, facts)
    store.close()


@given(seed=st.integers(0, 2**32))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mangled_file_is_refused_or_accounted_for(busy: Desk, tmp_path: Path, seed: int) -> None:
    lines = [*ELSEWHERE, *(mission(f"01/{day:02}/20|16:00", f"{day}") for day in range(1, 29))]
    path = hourly(tmp_path, *lines)
    path.write_bytes(mangled(path.read_bytes(), seed, b"|"))
    busy.load(path)
