"""Importing files: every reading accounted for, whole files or nothing, one station by code and by name."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from config.clock import Clock
from config.facts import Facts
from ingest import mapping
from ingest.archives import FileResult, import_paths
from ingest.members import FileProblem
from store.engine import Store

AIRKOREA = "loc,mdate,SO2,CO,O3,NO2,PM10,PM25\n"
DAILY = (
    "측정일시,측정소명,이산화질소농도(ppm),오존농도(ppm),일산화탄소농도(ppm),아황산가스농도(ppm),"
    "미세먼지농도(㎍/㎥),초미세먼지농도(㎍/㎥)\n"
)
ROOF = """
feed = "user-roof"
title = "Sensors on roofs"
licence = "CC0"
attribution = "me"
period = "PT1H"
label = "end"
zone = "Asia/Seoul"

[time]
columns = ["time"]

[station]
name = "site"

[columns]
dust = { pollutant = "pm25", unit = "ug/m3" }
"""


def airkorea(*rows: tuple[str, str, str]) -> str:
    """Code, label and PM2.5 in the layout of the finalized tables."""
    return AIRKOREA + "".join(
        f"{code},{label},0.004,0.5,0.02,0.03,30,{value}\n" for code, label, value in rows
    )


def daily(*rows: tuple[str, str, str]) -> str:
    """Day, name and PM2.5 in the layout of Seoul's daily file."""
    return DAILY + "".join(f"{day},{name},0.03,0.01,0.5,0.004,40,{value}\n" for day, name, value in rows)


class Desk:
    """Files to import and a database to look into."""

    def __init__(self, store: Store, facts: Facts, folder: Path) -> None:
        self.store, self.facts, self.folder = store, facts, folder

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def load(self, *paths: Path, how: str | None = None) -> list[FileResult]:
        rules = mapping.load(self.write("how.toml", how)) if how else None
        return import_paths(self.store, self.facts, Clock.real(), paths, rules)

    def one(self, name: str, text: str, how: str | None = None) -> FileResult:
        (result,) = self.load(self.write(name, text), how=how)
        assert result.problem is None, result.problem
        counts = result.counts
        assert counts.new + counts.changed + counts.same + counts.rejected == counts.rows
        return result

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with self.store.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]

    def stations(self) -> list[str]:
        return [row[0] for row in self.query("SELECT name FROM station ORDER BY name")]

    def readings(self) -> int:
        return int(self.query("SELECT count(*) FROM reading")[0][0])

    def rejects(self) -> list[tuple[Any, ...]]:
        return self.query("SELECT reason, text, readings FROM reject ORDER BY id")


@pytest.fixture
def desk(store: Store, facts: Facts, tmp_path: Path) -> Desk:
    return Desk(store, facts, tmp_path)


@pytest.fixture
def local(sqlite_store: Store, facts: Facts, tmp_path: Path) -> Desk:
    return Desk(sqlite_store, facts, tmp_path)


def test_loading_again_changes_nothing(desk: Desk) -> None:
    text = airkorea(("111123", "2019030513", "116"), ("111123", "2019030524", "NA"))
    first = desk.one("a.csv", text)
    assert (first.counts.rows, first.counts.new, first.counts.missing) == (12, 12, 1)
    again = desk.one("a.csv", text)
    assert again.known_already
    assert (again.counts.rows, again.counts.new, again.counts.changed, again.counts.same) == (12, 0, 0, 12)
    same_under_another_name = desk.one("b.csv", text + "\n")
    assert not same_under_another_name.known_already
    assert (same_under_another_name.counts.new, same_under_another_name.counts.same) == (0, 12)
    assert desk.query("SELECT count(*) FROM revision") == [(0,)]


def test_a_value_published_again_otherwise_is_a_revision(desk: Desk) -> None:
    old, new = airkorea(("111123", "2019030513", "116")), airkorea(("111123", "2019030513", "123"))
    desk.one("a.csv", old)
    assert desk.one("b.csv", new).counts.changed == 1
    back = desk.one("a.csv", old)
    assert not back.known_already, "the later batch wins, even with old values"
    assert back.counts.changed == 1


def test_the_same_hour_twice_with_another_value_is_rejected(local: Desk) -> None:
    result = local.one("a.csv", airkorea(("111123", "2019030513", "1"), ("111123", "2019030513", "2")))
    assert (result.counts.new, result.counts.same, result.counts.rejected) == (6, 5, 1)
    ((reason, text, readings),) = local.rejects()
    assert "stands twice" in reason
    assert ("airkorea-111123" in text, readings) == (True, 1)


def test_a_station_by_code_and_by_name_is_one_station(desk: Desk) -> None:
    desk.one("a.csv", airkorea(("111123", "2019030513", "116")))
    desk.one("b.csv", daily(("2019-03-05", "종로구", "133")))
    assert desk.stations() == ["airkorea-111123"]
    feeds = desk.query("SELECT DISTINCT f.name FROM series s JOIN feed f ON f.id = s.feed_id ORDER BY 1")
    assert feeds == [("airkorea-final",), ("seoul-daily",)]


def test_a_name_whose_meaning_changes_with_the_date(desk: Desk) -> None:
    rows = [("2009-12-31", "궁동", "9"), ("2015-06-01", "궁동", "15"), ("2018-11-01", "궁동", "18")]
    result = desk.one("a.csv", daily(*rows))
    assert desk.stations() == ["airkorea-111222", "airkorea-gung-dong"]
    assert (result.counts.new, result.counts.rejected) == (12, 6)
    assert desk.rejects()[0][0] == "the name means several stations: give a code or an area"
    held = desk.query(
        "SELECT st.name, r.value FROM reading r JOIN series s ON s.id = r.series_id "
        "JOIN station st ON st.id = s.station_id WHERE s.pollutant = 'pm25' ORDER BY 1"
    )
    assert held == [("airkorea-111222", 9.0), ("airkorea-gung-dong", 18.0)]


def test_an_unknown_name_is_rejected_with_its_reason(local: Desk) -> None:
    text = daily(("2019-03-05", "없는동", "1"), ("2019-03-05", "종로구", "2"))
    result = local.one("a.csv", text)
    assert (result.counts.new, result.counts.rejected) == (6, 6)
    assert local.rejects() == [
        ("the station is in no list and the row names no code", "없는동 (kr-seoul), 1 rows", 6)
    ]
    assert not local.one(
        "a.csv", daily(("2019-03-05", "없는동", "1"), ("2019-03-05", "종로구", "2"))
    ).known_already


def test_an_unknown_code_makes_a_station_of_unknown_kind(local: Desk) -> None:
    result = local.one("a.csv", airkorea(("999999", "2019030513", "1")))
    assert local.stations() == ["airkorea-999999"]
    assert local.query("SELECT kind FROM station_version") == [("unknown",)]
    assert list(result.notes) == ["station airkorea-999999 is not in the catalogue"]


def test_a_mapped_table_keeps_known_stations_and_others_become_the_user_s(desk: Desk) -> None:
    text = "time,site,dust\n2019-03-05 01,종로구,5\n2019-03-05 01,My Roof (north),7\n"
    result = desk.one("roof.csv", text, ROOF)
    assert (result.format, result.feed, result.counts.new) == ("user-roof", "user-roof", 2)
    assert desk.stations() == ["airkorea-111123", "user-my-roof-north"]
    assert desk.query("SELECT name, network FROM feed") == [("user-roof", "user")]
    again = desk.one("later.csv", text.replace(",7", ",8"), ROOF)
    assert (again.counts.changed, again.counts.same) == (1, 1)


def test_a_mapped_name_of_several_stations_is_rejected(local: Desk) -> None:
    result = local.one("roof.csv", "time,site,dust\n2019-03-05 01,성남동,5\n", ROOF)
    assert result.counts.rejected == 1
    assert local.rejects()[0][0] == "the name means several stations: give a code or an area"


def test_a_mapping_of_a_listed_feed_takes_over_neither_rank_nor_licence(local: Desk) -> None:
    how = ROOF.replace("user-roof", "airkorea-final")
    local.one("roof.csv", "time,site,dust\n2019-03-05 01,종로구,5\n", how)
    assert local.query("SELECT name, network, rank, licence FROM feed") == [
        ("airkorea-final", "airkorea", 10, "KOGL type 1")
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('network = "nasa"', "no network is called 'nasa'"),
        ('[station]\narea = "kr-x"', "region has the id 'kr-x'"),
    ],
)
def test_a_mapping_must_fit_the_catalogue(local: Desk, line: str, said: str) -> None:
    how = f"{line}\n{ROOF}" if "network" in line else ROOF.replace("[station]", line)
    with pytest.raises(FileProblem, match=said):
        local.load(local.write("roof.csv", "time,site,dust\n"), how=how)


def test_a_truncated_file_leaves_nothing_half_written(desk: Desk) -> None:
    rows = [
        ("111123", f"2019{m:02}{d:02}{h:02}", str(h))
        for m in range(1, 13)
        for d in range(1, 29)
        for h in range(1, 25)
    ]
    packed = gzip.compress(airkorea(*rows).encode())
    (result,) = desk.load(desk.write("a.csv.gz", packed[: len(packed) * 9 // 10]))
    assert result.format is None
    assert result.counts.rows == 0
    assert "a.csv.gz" in str(result.problem)
    assert desk.readings() == 0
    assert desk.query("SELECT count(*) FROM batch") == [(0,)]
    (whole,) = desk.load(desk.write("a.csv.gz", packed))
    assert whole.counts.new == len(rows) * 6


def test_in_a_folder_what_is_no_table_is_listed_and_the_rest_is_loaded(local: Desk) -> None:
    (local.folder / "in").mkdir()
    local.write("in/README.md", "# nothing")
    local.write("in/a.csv", airkorea(("111123", "2019030513", "116")))
    listed = local.load(local.folder / "in")
    assert {(Path(r.path).name, r.format, r.named) for r in listed} == {
        ("README.md", None, False),
        ("a.csv", "airkorea-final", False),
    }
    assert all(isinstance(count, int) for r in listed for count in vars(r.counts).values())


def test_us_clock_hours_are_counted_whatever_the_clock_did(local: Desk) -> None:
    """StateAir's files skip an hour on the day a US clock jumped, though China's did not."""
    head = "Site,Parameter,Date (LST),Year,Month,Day,Hour,Value,Unit,Duration,QC Name\n"
    rows = [
        f"Beijing,PM2.5,3/8/2015 {h}:00,2015,3,8,{h},{10 + h},µg/m³,1 Hr,Valid\n" for h in (0, 1, 3, 3, 4)
    ]
    (result,) = local.load(local.write("a.csv", (head + "".join(rows)).encode("latin-1")))
    assert result.counts.rows == result.counts.new + result.counts.same + result.counts.rejected == 5
    assert local.stations() == ["us-mission-beijing"]
