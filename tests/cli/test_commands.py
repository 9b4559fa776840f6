"""The command line: exit codes with one line each, three shapes of output, and nothing secret."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xarray as xr

from cli import main

AIRKOREA = "loc,mdate,SO2,CO,O3,NO2,PM10,PM25\n"
MARCH = ("--from", "2019-03-01", "--to", "2019-03-07")
LEVELS = (20, 60, 120, 90, 20, 20, 60)


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
def ask(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Ask:
    """The command, on a database of its own."""
    for name in [name for name in os.environ if name.startswith("YELLOWSEA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("YELLOWSEA_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("COLUMNS", "100")
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
    """The command on a week of one station of Seoul."""
    rows = [
        f"111123,201903{day:02}{hour:02},0.004,0.5,0.02,0.03,30,{level}\n"
        for day, level in enumerate(LEVELS, start=1)
        for hour in range(1, 25)
    ]
    (tmp_path / "week.csv").write_text(AIRKOREA + "".join(rows))
    assert ask("import", "week.csv").code == 0
    return ask


# Exit codes


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("averages", "--region", "kr-seol", *MARCH), 2, "the nearest are kr-seoul"),
        (("averages", *MARCH), 2, "either --region or --station"),
        (("averages", "--region", "kr-seoul"), 2, "give --from and --to"),
        (("averages", "--region", "kr-seoul", *MARCH, "--every", "week"), 2, "--every is one of hour, day"),
        (("averages", "--region", "kr-seoul", *MARCH, "--basis", "weekly"), 2, "--basis"),
        (("averages", "--regio", "kr-seoul"), 2, "No such option: --regio"),
        (("avrages",), 2, "No such command"),
        (("import",), 2, "Missing argument"),
        (("stations", "--region", "atlantis"), 2, "no region is called 'atlantis'"),
        (("stations", "--network", "nasa"), 2, "no network is called 'nasa'"),
        (("stations", "--kind", "lunar"), 2, "no kind is called 'lunar'"),
        (("stations", "--kind", "model"), 3, "no station fits"),
        (("episodes", "--region", "kr", *MARCH, "--profile", "kr-x"), 2, "there are kr-high-day"),
        (("episodes", "--region", "kr", *MARCH, "--exit", "35"), 2, "--exit belongs to a profile given"),
        (("episodes", "--region", "kr", *MARCH, "--min-hours", "3"), 2, "--min-hours belongs"),
        (("episodes", "--region", "kr", *MARCH, "--enter", "75", "--op", "~"), 2, "--op is one of >"),
        (("episodes", "--region", "kr", *MARCH, "--enter", "75", "--max-gap", "-1"), 2, "not negative"),
        (("episodes", "--region", "kr", *MARCH, "--enter", "75", "--profile", "who-day"), 2, "either"),
        (("episodes", "--region", "kr", *MARCH, "--enter", "35", "--exit", "75"), 2, "can enter"),
        (("readings", "--station", "백령도", *MARCH), 3, "held: nothing"),
        (("averages", "--region", "kr-seoul", *MARCH), 3, "held: nothing"),
        (("averages", "--region", "kr", *MARCH, "--database", "oracle://x"), 4, "not supported"),
    ],
)
def test_a_fault_is_told_in_a_line_with_its_code(
    ask: Ask, words: tuple[str, ...], code: int, said: str
) -> None:
    told = ask(*words)
    assert (told.code, said in told.err) == (code, True), told
    lines = told.err.splitlines()
    assert lines[0].startswith("yellowsea: ")
    assert len(lines) == (2 if "held" in told.err and code == 3 and "no station" not in told.err else 1)
    assert told.out == ""


def test_nothing_held_says_what_is(held: Ask) -> None:
    told = held("averages", "--region", "kr-seoul", "--from", "1999-01-01", "--to", "1999-01-02")
    assert told.code == 3
    assert "held: airkorea-final (PT1H) from 2019-03-01 to 2019-03-07" in told.err


def test_help_is_no_fault(ask: Ask) -> None:
    for words in (("--help",), ("averages", "--help"), ("episodes", "--help")):
        assert ask(*words).code == 0
    assert "--region" in ask("averages", "--help").out


# Shapes


def test_three_shapes_of_one_answer(held: Ask) -> None:
    words = ("averages", "--region", "Seoul", *MARCH)
    answer = held(*words, "--format", "json").json
    assert [row["value"] for row in answer["values"]] == list(LEVELS)
    rows = list(csv.DictReader(held(*words, "--format", "csv").out.splitlines()))
    assert [float(row["value"]) for row in rows] == list(LEVELS)
    assert list(rows[0]) == list(answer["values"][0]) == ["start", "end", "value", "n", "capture", "stations"]
    table = held(*words).out
    assert "Seoul, pm25 by day, ug/m3 (hourly basis)" in table
    assert "2019-03-03 " in table
    assert "T00:00" not in table
    assert table.count("UTC+09:00") == 1
    assert "source: AirKorea" in table


@pytest.mark.parametrize(
    "words",
    [
        ("averages", "--region", "kr-seoul", *MARCH, "--every", "hour"),
        ("episodes", "--region", "kr-seoul", *MARCH, "--profile", "kr-advisory"),
        ("readings", "--station", "111123", *MARCH),
        ("stations", "--region", "kr-seoul", "--held"),
    ],
)
def test_usual_tables_fit_a_hundred_columns_unfolded(held: Ask, words: tuple[str, ...]) -> None:
    rows = held(*words, "--format", "json").json[{"averages": "values"}.get(words[0], words[0])]
    lines = held(*words).out.splitlines()
    start = next(index for index, line in enumerate(lines) if "──" in line) + 1
    assert len(lines[start : start + len(rows)]) == len(rows)
    assert all(len(line.split()) > 3 for line in lines[start : start + len(rows)]), "a folded line"
    assert lines[start + len(rows)].startswith(("times: ", "networks "))


def test_every_answer_tells_where_it_comes_from(held: Ask) -> None:
    for words in (
        ("import", "week.csv"),
        ("stations", "--region", "kr-seoul"),
        ("readings", "--region", "kr-seoul", *MARCH),
        ("averages", "--region", "kr-seoul", *MARCH),
        ("episodes", "--region", "kr-seoul", *MARCH),
        ("status",),
    ):
        answer = held(*words, "--format", "json").json
        assert {"question", "method", "data"} <= answer.keys(), words
        assert {"networks", "feeds", "stations", "capture", "attribution"} <= answer["data"].keys(), words


def test_readings_and_stations_have_their_keys(held: Ask) -> None:
    reading = held("readings", "--station", "종로구", *MARCH, "--format", "json").json["readings"][0]
    assert (
        reading
        | {
            "station": "airkorea-111123",
            "pollutant": "pm25",
            "period": "PT1H",
            "feed": "airkorea-final",
            "start": "2019-03-01T00:00:00+09:00",
            "value": 20.0,
            "status": "valid",
            "flags": 0,
        }
        == reading
    )
    (station,) = held("stations", "--region", "kr-seoul", "--held", "--format", "json").json["stations"]
    keys = {"id", "name", "name_en", "network", "codes", "kind", "lat", "lon", "regions", "series"}
    assert keys <= station.keys()
    assert station["codes"] == ["111123"]
    assert station["regions"] == ["kr-seoul", "kr", "kr-capital"]
    series = {one["pollutant"]: one for one in station["series"]}
    assert set(series) == {"pm25", "pm10", "o3", "no2", "so2", "co"}
    assert series["pm25"] | {"period": "PT1H", "feed": "airkorea-final", "readings": 168} == series["pm25"]
    assert series["pm25"]["last"] == "2019-03-07T23:00:00+09:00"
    assert held("readings", "--station", "종로구", *MARCH, "--basis", "daily").code == 3


# Profiles on the spot


@pytest.mark.parametrize(
    ("options", "hours"),
    [
        (("--enter", "75"), [48]),
        (("--enter", "59"), [72, 24]),
        (("--enter", "60"), [48]),
        (("--enter", "60", "--op", ">="), [72, 24]),
        (("--enter", "59", "--min-hours", "25"), [72]),
        (("--enter", "59", "--min-hours", "72"), [72]),
        (("--enter", "100", "--exit", "35"), [48]),
        (("--enter", "59", "--exit", "35", "--min-hours", "25"), [72]),
        (("--enter", "100", "--exit", "35", "--min-hours", "48"), [48]),
        (("--enter", "100", "--exit", "35", "--min-hours", "49"), []),
        (("--enter", "59", "--max-gap", "48"), [144]),
        (("--enter", "59", "--max-gap", "47"), [72, 24]),
        (("--enter", "59", "--max-gap", "48", "--min-hours", "25", "--order", "filter-first"), [72]),
        (("--enter", "59", "--every", "day"), [72, 24]),
        (("--enter", "59", "--every", "day", "--min-hours", "48"), [72]),
        (("--enter", "20", "--op", "<="), [24, 48]),
    ],
)
def test_a_profile_on_the_spot(held: Ask, options: tuple[str, ...], hours: list[int]) -> None:
    answer = held("episodes", "--region", "kr-seoul", *MARCH, *options, "--format", "json").json
    assert [row["duration_hours"] for row in answer["episodes"]] == hours
    assert answer["method"]["profile"]["id"] == "given"


def test_short_ones_cannot_be_filtered_first_with_an_exit(held: Ask) -> None:
    told = held(
        "episodes", "--region", "kr-seoul", *MARCH, "--enter", "59", "--exit", "35", "--min-hours", "30",
        "--max-gap", "48", "--order", "filter-first",
    )  # fmt: skip
    assert (told.code, "leave --order filter-first out" in told.err) == (2, True)


# Import


def test_import_counts_every_reading(held: Ask) -> None:
    (again,) = held("import", "week.csv", "--format", "json").json["files"]
    assert again == {
        "path": "week.csv",
        "format": "airkorea-final",
        "rows": 1008,
        "new": 0,
        "changed": 0,
        "same": 1008,
        "rejected": 0,
        "missing": 0,
    }


def test_a_named_file_that_is_refused_is_an_error_and_in_a_folder_it_is_listed(
    ask: Ask, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "noise.csv").write_bytes(bytes(range(256)))
    named = ask("import", "in/noise.csv", "--format", "json")
    assert (named.code, "noise.csv" in named.err) == (2, True)
    folder = ask("import", "in", "--format", "json")
    assert folder.code == 0
    (file,) = folder.json["files"]
    assert (file["format"], file["rows"], file["new"]) == (None, 0, 0)
    assert ask("import", "nowhere.csv").code == 2


def test_a_feed_of_a_mapping_can_be_asked_for(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "roof.csv").write_text("time,site,dust\n2019-03-05 01,My roof,7\n")
    (tmp_path / "roof.toml").write_text(
        'feed = "user-roof"\ntitle = "t"\nlicence = "CC0"\nattribution = "me"\nperiod = "PT1H"\n'
        'label = "end"\nzone = "Asia/Seoul"\n[time]\ncolumns = ["time"]\n[station]\nname = "site"\n'
        '[columns]\ndust = { pollutant = "pm25", unit = "ug/m3" }\n'
    )
    assert ask("import", "roof.csv", "--mapping", "roof.toml").code == 0
    words = ("--from", "2019-03-04T15:00Z", "--to", "2019-03-04T15:00Z", "--format", "json")
    told = ask("readings", "--station", "My roof", "--feed", "user-roof", *words)
    (reading,) = told.json["readings"]
    assert (reading["station"], reading["value"]) == ("user-my-roof", 7.0)
    assert reading["start"] == "2019-03-04T15:00:00+00:00", "its civil time is not known"
    assert (
        ask("averages", "--station", "My roof", "--every", "hour", *words).json["values"][0]["value"] == 7.0
    )
    days = ask("averages", "--station", "My roof", *MARCH)
    assert (days.code, "give its area in the mapping" in days.err) == (2, True)
    assert ask("readings", "--station", "My roof", "--feed", "user-other", *words).code == 2


def test_a_saved_answer_says_of_which_station_it_is_or_is_told(ask: Ask, tmp_path: Path) -> None:
    row = {f"{name}Value": "1" for name in ("o3", "no2", "so2", "co", "pm10")} | {"pm25Value": "116"}
    (tmp_path / "history.json").write_text(json.dumps([{**row, "dataTime": "2019-03-05 24:00"}]))
    refused = ask("import", "history.json")
    assert (refused.code, "give --station ID" in refused.err) == (2, True)
    assert ask("import", "history.json", "--station", "Nowhere-dong").code == 2
    assert ask("import", "history.json", "--station", "111123").code == 0
    words = ("--from", "2019-03-05", "--to", "2019-03-05", "--feed", "airkorea-live", "--format", "json")
    (reading,) = ask("readings", "--station", "airkorea-111123", *words).json["readings"]
    assert (reading["start"], reading["value"]) == ("2019-03-05T23:00:00+09:00", 116.0)


# Settings and catalogue


def test_config_check_masks_every_secret(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YELLOWSEA_AIRKOREA__KEY", "k3y+/with==signs")
    monkeypatch.setenv("YELLOWSEA_AIRKOREA__URL", "https://me:pa55@mirror/?serviceKey=s3cret")
    for url in ("postgresql+psycopg://me:pa55@host/db", "postgresql+psycopg://host/db?user=me&password=pa55"):
        monkeypatch.setenv("YELLOWSEA_DATABASE_URL", url)
        for shape in ("json", "table", "csv"):
            told = ask("config", "check", "--format", shape)
            assert told.code == 0
            for secret in ("k3y", "pa55", "s3cret"):
                assert secret not in told.out + told.err


def test_config_check_says_where_to_get_a_missing_key(ask: Ask) -> None:
    told = ask("config", "check")
    assert told.code == 1
    assert "data.go.kr" in told.out


def test_the_catalogue_is_checked(ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = ask("catalogue", "check")
    assert (told.code, "holds together" in told.err) == (0, True)
    (tmp_path / "feeds.csv").write_text("id\nx\n")
    monkeypatch.setenv("YELLOWSEA_CATALOGUE", str(tmp_path))
    told = ask("catalogue", "check")
    assert (told.code, "feeds.csv, row 2, column " in told.err) == (1, True)


def test_small_questions_leave_heavy_libraries_alone(sqlite_url: str) -> None:
    import subprocess

    words = ("averages", "--region", "kr-seoul", *MARCH)
    script = (
        "import sys; sys.argv = ['yellowsea', *sys.argv[1:]]\nfrom cli.main import run\n"
        "try: run()\nexcept SystemExit: pass\n"
        "heavy = ('pandas', 'numba', 'alembic', 'xarray', 'httpx', 'scipy', 'pyarrow')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        env={**os.environ, "YELLOWSEA_DATABASE_URL": sqlite_url},
        cwd=Path(main.__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


# Files for analysts


@pytest.mark.parametrize("command", ["averages", "readings"])
def test_series_are_written_as_parquet_and_netcdf(held: Ask, tmp_path: Path, command: str) -> None:
    where = (command, "--region", "kr-seoul", *MARCH)
    rows = next(iter(held(*where, "--format", "json").json[{"averages": "values"}.get(command, command)]))
    for kind in ("parquet", "netcdf"):
        code = f"import sys; from cli.main import run; sys.argv[1:] = {[*where, '--format', kind]!r}; run()"
        written = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
        (tmp_path / kind).write_bytes(written)
    assert set(rows) <= set(pd.read_parquet(tmp_path / "parquet").columns)
    with xr.open_dataset(tmp_path / "netcdf") as found:
        assert float(found["pm25"].mean()) == pytest.approx(sum(LEVELS) / 7)


def test_an_export_says_what_it_wrote_and_refuses_what_is_not_its_own(held: Ask, tmp_path: Path) -> None:
    told = held("export", "--region", "kr-seoul", *MARCH, "--out", "week.zarr")
    assert (told.code, "1 of 1 stations" in told.err) == (0, True)
    with xr.open_zarr(tmp_path / "week.zarr") as found:
        assert float(found["pm25"].mean()) == pytest.approx(sum(LEVELS) / 7)
    (tmp_path / "mine.txt").write_text("mine")
    told = held(
        "export", "--region", "kr-seoul", *MARCH, "--out", "mine.txt", "--format", "parquet", "--anew"
    )
    assert (told.code, "no export of ours" in told.err) == (2, True)


def test_forecasts_that_are_not_held_are_told(held: Ask) -> None:
    told = held("forecasts", "--region", "kr-seoul", *MARCH)
    assert (told.code, "no forecast of Seoul is held" in told.err) == (3, True)
