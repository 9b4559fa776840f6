"""Policy on the command line: what a user adds needs no code, and every fault is one line."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli import main

AIRKOREA = "loc,mdate,SO2,CO,O3,NO2,PM10,PM25\n"
WINTER = date(2012, 12, 1)  # the first day of readings: a winter that the catalogue does not name
SOURCE = ("--source", "press release of 30 November 2026")
ADD = ("measures", "add", "--date", "2026-12-01", "--region", "kr-seoul", *SOURCE)


@dataclass
class Told:
    """What one call gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The answer."""
        return json.loads(self.out)  # type: ignore[no-any-return]


Ask = Callable[..., Told]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The user's folder of the catalogue."""
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


@pytest.fixture
def ask(
    sqlite_url: str,
    own: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Ask:
    """The command, with a database and a folder of its own."""
    for name in [name for name in os.environ if name.startswith("YELLOWSEA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("YELLOWSEA_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("YELLOWSEA_CATALOGUE", str(own))
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> Told:
        monkeypatch.setattr(sys, "argv", ["yellowsea", *words])
        with pytest.raises(SystemExit) as ended:
            main.run()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Told(int(ended.value.code or 0), out, err)

    return call


@pytest.fixture
def held(ask: Ask, tmp_path: Path) -> Ask:
    """The command on the winter 2012/13 of one station of Seoul: 20, 30, 60 in turn."""
    days = [WINTER + timedelta(days=n) for n in range(121)]
    rows = [
        f"111123,{day:%Y%m%d}{hour:02},,,,,,{(20, 30, 60)[n % 3]}\n"
        for n, day in enumerate(days)
        for hour in range(1, 25)
    ]
    (tmp_path / "winter.csv").write_text(AIRKOREA + "".join(rows))
    assert ask("import", "winter.csv").code == 0
    return ask


def add_rows(folder: Path, kind: str, *rows: dict[str, object]) -> None:
    """A file of the user's own, as a person writes it: the columns that are needed."""
    with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(
            file, [*dict.fromkeys(key for row in rows for key in row), "source", "confidence"]
        )
        writer.writeheader()
        writer.writerows({**row, "source": "me", "confidence": "medium"} for row in rows)


def seasons(ask: Ask, *words: str) -> list[dict[str, Any]]:
    told = ask("seasons", "--region", "kr-seoul", *words, "--format", "json")
    assert told.code == 0, told.err
    return told.json["seasons"]  # type: ignore[no-any-return]


# What a user adds needs no code


def test_a_province_renamed(ask: Ask, own: Path) -> None:
    assert ask("measures", "list", "--region", "새전북도").code == 2
    names = {
        "name_en": "New Jeonbuk",
        "name_ko": "새전북도",
        "name_zh": "新全北道",
        "aliases": "전북특별자치도|전라북도",
    }
    add_rows(
        own, "regions", {"id": "kr-jeonbuk", "kind": "sido", "country": "KR", "zone": "Asia/Seoul", **names}
    )
    by_new, by_old = (
        ask("measures", "list", "--region", name, "--format", "json").json
        for name in ("새전북도", "전라북도")
    )
    assert by_new["measures"] == by_old["measures"]
    assert {row["region"] for row in by_new["measures"]} == {"kr-jeonbuk"}
    assert ask("catalogue", "check").code == 0


def test_a_standard_changed(held: Ask, own: Path) -> None:
    before = seasons(held, "--years", "2012")[0]
    assert (before["good_days"], before["bad_days"]) == (0, 40)
    rule = {"country": "KR", "every": "day", "op": ">=", "rounded": "true", "counts_as": "bad_days"}
    add_rows(
        own,
        "profiles",
        {**rule, "id": "kr-bad-day", "enter": 36, "title": "36 or more", "valid_to": "2013-01-31"},
        {**rule, "id": "kr-bad-day-2013", "enter": 26, "title": "26 or more", "valid_from": "2013-02-01"},
    )
    add_rows(own, "standards", {"id": "kr-2013", "country": "KR", "pollutant": "pm25", "day": 25, "year": 10})
    months = {row["month"]: row["bad_days"] for row in seasons(held, "--years", "2012", "--by", "month")}
    assert months == {"2012-12": 10, "2013-01": 10, "2013-02": 19, "2013-03": 20}, "36 until January, then 26"
    assert "kr-2013" in held("catalogue", "show", "standards", "kr-2013").out
    assert held("catalogue", "check").code == 0


def test_a_new_season(held: Ask, own: Path) -> None:
    add_rows(
        own,
        "seasons",
        {
            "id": "kr-2012",
            "country": "KR",
            "number": 77,
            "name_en": "pilot winter",
            "name_ko": "시범 겨울",
            "name_zh": "试点冬季",
            "start": "2012-12-01",
            "end": "2013-02-28",
        },
    )
    for name in ("77th", "제77차", "Pilot Winter", "시범겨울", "2012"):
        (row,) = seasons(held, "--season", name)
        assert (row["season"], row["end"], row["days"]) == ("kr-2012", "2013-02-28", 90)
        assert (row["source"], row["confidence"]) == ("me", "medium")


def test_a_new_measure(held: Ask, own: Path) -> None:
    add_rows(
        own,
        "measures",
        {
            "date": "2012-12-03",
            "region": "kr-seoul",
            "kind": "emergency",
            "announced_on": "2012-12-02",
            "in_force_from": "2012-12-03T06:00+09:00",
            "in_force_to": "2012-12-03T21:00+09:00",
        },
    )
    (row,) = seasons(held, "--years", "2012")
    assert row["measure_days"] == 1
    words = ("--region", "kr-seoul", "--from", "2012-12-01", "--to", "2013-03-31", "--format", "json")
    summary = held("measures", "link", *words).json["summary"]
    assert (summary["high_days"], summary["high_days_covered"], summary["measure_days"]) == (40, 1, 1)


def test_a_new_claim(ask: Ask, own: Path) -> None:
    add_rows(own, "claims", {"id": "my-claim", "statement": "Seoul had a measure on six days of 2018"})
    add_rows(
        own,
        "claim_variants",
        {
            "id": "my-claim-seoul",
            "claim": "my-claim",
            "region": "kr-seoul",
            "statistic": "measure_days",
            "end_start": "2018-01-01",
            "end_end": "2018-12-31",
            "op": "=",
            "wanted": 6,
            "unit": "days",
        },
    )
    (claim,) = ask("claims", "my-claim", "--format", "json").json["claims"]
    assert (claim["statement"], claim["verdict"]) == ("Seoul had a measure on six days of 2018", "supported")
    assert [one["value"] for one in claim["variants"]] == [6]


# add, confirm, lift


def test_a_measure_that_is_added_is_listed_and_in_sql_and_the_catalogue_holds(
    ask: Ask, sqlite_url: str
) -> None:
    assert ask(*ADD, "--announced", "2026-11-30T17:10+09:00").code == 0
    listed = ask("measures", "list", "--region", "서울", "--from", "2026-06-01", "--format", "json").json
    (row,) = listed["measures"]
    assert (row["date"], row["announced_at"], row["in_force_from"]) == (
        "2026-12-01",
        "2026-11-30T17:10:00+09:00",
        "2026-12-01T06:00:00+09:00",
    )
    assert (row["source"], row["status"]) == (SOURCE[1], "announced")
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        found = connection.execute("SELECT region, kind FROM measure WHERE date = '2026-12-01'").fetchall()
    assert found == [("kr-seoul", "emergency")]
    assert ask("catalogue", "check").code == 0
    assert "yours" in ask("catalogue", "show", "measures", "2026-12-01").out


def test_adding_twice_is_refused_in_one_line(ask: Ask) -> None:
    ask(*ADD)
    told = ask(*ADD)
    assert (told.code, told.out, len(told.err.splitlines())) == (2, "", 1)
    assert "`yellowsea measures confirm` or `lift` changes it" in told.err


def test_confirming_and_lifting(ask: Ask) -> None:
    ask(*ADD)
    which = ("--date", "2026-12-01", "--region", "kr-seoul", "--source", "gazette")
    assert ask("measures", "confirm", *which).code == 0
    assert ask("measures", "lift", *which, "--at", "2026-12-01T12:00+09:00").code == 0
    (row,) = ask("measures", "list", "--from", "2026-06-01", "--format", "json").json["measures"]
    assert (row["status"], row["lifted_at"]) == ("lifted", "2026-12-01T12:00:00+09:00")
    assert row["source"] == f"{SOURCE[1]}; gazette"


def known_through(ask: Ask, region: str) -> str:
    answer = ask("measures", "list", "--region", region, "--kind", "emergency", "--format", "json").json
    return answer["known_through"][0]["known_through"]  # type: ignore[no-any-return]


def test_confirm_through_moves_known_through(ask: Ask) -> None:
    assert known_through(ask, "kr-seoul") == "2026-03-17"
    told = ask(
        "measures", "confirm", "--region", "kr-seoul", "--through", "2026-12-31", *SOURCE, "--format", "json"
    )
    (span,) = told.json["known_through"]
    assert (span["start"], span["end"]) == ("2026-03-18", "2026-12-31"), "from where the list of Korea ended"
    assert known_through(ask, "kr-seoul") == "2026-12-31"
    assert known_through(ask, "kr-busan") == "2026-03-17"
    again = ask("measures", "confirm", "--region", "kr-seoul", "--through", "2026-06-30", *SOURCE)
    assert (again.code, "known through 2026-12-31 already" in again.err) == (2, True)


def test_adding_a_measure_does_not_move_known_through(ask: Ask) -> None:
    ask(*ADD)
    assert known_through(ask, "kr-seoul") == "2026-03-17"


# Faults


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("measures", "list", "--kind", "urgent"), "no kind of measure is called 'urgent'"),
        (("measures", "list", "--region", "kr-soul"), "the nearest are kr-seoul"),
        (("measures", "list", "--from", "yesterday"), "'yesterday' is no day"),
        ((*ADD, "--kind", "urgent"), "kind: "),
        ((*ADD, "--confidence", "sure"), "confidence: "),
        ((*ADD, "--announced", "2026-11-30T17:10"), "has no offset"),
        ((*ADD[:-1], " "), "source: "),
        (
            ("measures", "add", "--date", "2026-12-01", "--region", "kr-capital", *SOURCE),
            "add one each for kr-gye",
        ),
        (("measures", "confirm", "--region", "kr", *SOURCE), "either --date of a measure or --through"),
        (
            ("measures", "confirm", "--region", "kr", "--through", "2027-01-01", "--kind", "x", *SOURCE),
            "kind: ",
        ),
        (("measures", "confirm", "--region", "kr", "--through", "2027-01-01", "--source", ""), "source: "),
        (
            ("measures", "confirm", "--region", "kr-seoul", "--date", "2026-12-01", *SOURCE),
            "no emergency measure of kr-seoul on 2026-12-01 is listed",
        ),
        (("seasons", "--region", "kr-seoul"), "give either --years, such as 2018-2024, or --season"),
        (("seasons", "--region", "kr-seoul", "--years", "2018-"), "--years 2018-"),
        (("seasons", "--region", "kr-seoul", "--season", "99th"), "no season of KR is called '99th'"),
        (("catalogue", "list", "mesures"), "no kind of fact called 'mesures'"),
        (("catalogue", "show", "seasons", "kr-1900"), "`yellowsea catalogue list seasons` lists them"),
    ],
)
def test_a_fault_is_one_line_and_leaves_the_folder_alone(
    ask: Ask, own: Path, words: tuple[str, ...], said: str
) -> None:
    told = ask(*words)
    assert (told.code, said in told.err, told.out) == (2, True, ""), told
    assert len(told.err.splitlines()) == 1
    assert list(own.iterdir()) == []


def test_a_faulty_user_file_is_named_by_file_row_and_column(ask: Ask, own: Path) -> None:
    add_rows(own, "measures", {"date": "2026-12-01", "region": "kr-seoul", "kind": "emergency"})
    add_rows(own, "seasons", {"id": "kr-2030", "country": "KR", "number": "tenth"})
    told = ask("catalogue", "check")
    assert (told.code, len(told.err.splitlines())) == (1, 1)
    assert "seasons.csv, row 2, column number: Input should be a valid integer" in told.err
    asked = ask("seasons", "--region", "kr-seoul", "--season", "6th")
    assert (asked.code, "seasons.csv, row 2, column number" in asked.err) == (2, True)


# Tables for people


def test_the_catalogue_counts_what_is_yours(ask: Ask) -> None:
    ask(*ADD, "--confidence", "low")
    kinds = {row["kind"]: row for row in ask("catalogue", "list", "--format", "json").json["rows"]}
    assert (kinds["measures"]["yours"], kinds["seasons"]["yours"]) == (1, 0)
    listed = ask("catalogue", "list", "measures", "--format", "csv").out.splitlines()
    assert listed[0].startswith("date,region,kind,"), "what is said comes first, on whose word last"
    assert listed[0].endswith("source,confidence,note,origin")


def test_sync_copies_what_people_query(ask: Ask, sqlite_url: str) -> None:
    rows = {row["kind"]: row["rows"] for row in ask("catalogue", "sync", "--format", "json").json["rows"]}
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        assert connection.execute("SELECT count(*) FROM measure").fetchone() == (rows["measures"],)
        assert connection.execute("SELECT count(*) FROM published_value").fetchone() == (rows["published"],)


def test_the_season_s_table_tells_what_a_reader_has_to_know(held: Ask) -> None:
    told = held("seasons", "--region", "kr-seoul", "--years", "2012").out
    assert "Seoul: seasons, pm25, ug/m3 (hourly basis)" in told
    assert "known through 2026-03-17" in told
    assert "not known: a season of the comparison is not held" in told
    assert "source: AirKorea" in told


@pytest.mark.parametrize(
    ("words", "columns"),
    [
        (("seasons", "--region", "kr-seoul", "--years", "2012"), {"season", "change_note", "published"}),
        (
            ("measures", "link", "--region", "kr-seoul", "--from", "2012-12-01", "--to", "2012-12-10"),
            {"episode_start", "episode_mean"},
        ),
        (("measures", "list"), {"date", "announced_at", "confidence"}),
    ],
)
def test_what_is_nested_has_columns_of_its_own_in_a_spreadsheet(
    held: Ask, words: tuple[str, ...], columns: set[str]
) -> None:
    told = held(*words, "--format", "csv")
    assert told.code == 0, told.err
    rows = list(csv.DictReader(told.out.splitlines()))
    assert rows
    assert columns <= set(rows[0])
    assert not [cell for row in rows for cell in row.values() if cell and cell.startswith(("{", "[{'"))]


def test_every_measure_is_listed_announced_at_a_known_time_or_not(ask: Ask) -> None:
    told = ask("measures", "list")
    assert told.code == 0, told.err
    assert "cn-beijing" in told.out


def test_a_narrow_table_is_parted_and_keeps_its_figures_whole(
    held: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    told = held("seasons", "--region", "kr-seoul", "--years", "2012").out
    rows = [line for line in told.splitlines() if line.startswith(" kr-seoul  kr-2012 ")]
    assert len(rows) > 1
    assert all(len(line) <= 60 for line in rows)


def test_a_season_that_is_not_held_says_what_is(held: Ask) -> None:
    told = held("seasons", "--region", "kr-seoul", "--years", "2030")
    assert (told.code, "held: airkorea-final (PT1H) from 2012-12-01 to " in told.err) == (3, True), told.err


def test_a_figure_that_nobody_published_is_no_figure(ask: Ask) -> None:
    told = ask("published", "--region", "kr-seoul", "--metric", "smog")
    assert (told.code, "no published figure is called 'smog'" in told.err) == (2, True), told.err


def test_the_words_are_no_measure_known(held: Ask) -> None:
    told = held("measures", "link", "--region", "kr-seoul", "--from", "2012-12-01", "--to", "2012-12-10").out
    assert "no measure known" in told
    assert "known through 2026-03-17, not complete" in told
