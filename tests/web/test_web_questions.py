"""Over HTTP the same questions have the same answers as on the command line."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import pytest
import typer
from web_desk import Served

from cli import main
from web.api.asked import Asked, kebab
from web.api.router import QUESTIONS

SPAN = "from=2019-03-01&to=2019-03-07"
ASKED = [
    ("stations", "region=kr-seoul&held=true"),
    ("readings", "station=airkorea-111121&from=2019-03-01&to=2019-03-01"),
    ("averages", f"region=kr-seoul&{SPAN}"),
    ("averages", f"station=111121&every=hour&{SPAN}&basis=hourly"),
    ("episodes", f"region=kr-seoul&{SPAN}&profile=kr-high-day"),
    ("episodes", f"region=서울&{SPAN}&enter=60&op=>=&min-hours=3&max-gap=2"),
    ("indices", f"region=kr-seoul&{SPAN}&scheme=kr-cai"),
    ("transport", "from-region=cn-beijing&to-region=kr-seoul&from=2019-02-02&to=2019-03-13&draws=99"),
    ("seasons", "region=kr-seoul&years=2018"),
    ("measures list", "region=kr-seoul&from=2019-03-01&to=2019-03-07"),
    ("measures link", f"region=kr-seoul&{SPAN}"),
    ("measures replay", f"region=kr-seoul&{SPAN}&forecast=observed"),
    ("measures replay", f"region=kr-seoul&{SPAN}&rule=kr-advisory"),
    ("milestones", "country=KR&kind=plan"),
    ("milestones", "country=KR&kind=standard&region=kr-seoul&days=5"),
    ("claims", "region=cn-beijing"),
    ("targets", "region=cn-beijing"),
    ("published", "region=cn-beijing&metric=pm25_mean"),
    ("brief", "at=2019-03-04T17:15%2B09:00"),
    ("exchange", "season=2018"),
    ("effect", "list=true"),
    ("catalogue list", "kind=profiles"),
]


def words(query: str) -> list[str]:
    """The options of a query; a flag of the command line has no value."""
    found = []
    for name, value in parse_qsl(query):
        if name == "kind" and value == "profiles":  # an argument of its command
            found.append(value)
        else:
            found += [f"--{name}"] if value == "true" else [f"--{name}", value]
    return found


@pytest.fixture
def command(web: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """What a command prints, on the database of the server."""
    monkeypatch.setenv("YELLOWSEA_CATALOGUE", str(web.settings.catalogue))

    def call(*given: str) -> str:
        monkeypatch.setattr(sys, "argv", ["yellowsea", *given, *_database(given, web.settings.database_url)])
        with pytest.raises(SystemExit):
            main.run()
        return Printed(*capsys.readouterr())

    return call


class Printed(NamedTuple):
    """What a command wrote."""

    out: str
    err: str


def _database(given: tuple[str, ...], url: str) -> list[str]:
    """Commands that answer from the catalogue alone have no database."""
    alone = given[0] in ("claims", "targets", "catalogue", "effect") or given[:2] == ("measures", "list")
    return [] if alone else ["--database", url]


@pytest.mark.parametrize(("name", "query"), ASKED, ids=[f"{name} {query}" for name, query in ASKED])
def test_json_is_that_of_the_command(web: Served, command: Any, name: str, query: str) -> None:
    path = name.removesuffix(" list").replace(" ", "/")
    got = web.get(f"/v1/{path}?{query}")
    printed = command(*name.split(), *words(query), "--format", "json").out
    assert got.status_code == 200, got.text
    assert got.text == printed


@pytest.mark.parametrize(
    ("status", "name", "query"),
    [
        (404, "averages", f"region=Seul&{SPAN}"),
        (422, "averages", f"station=궁동&{SPAN}"),
        (404, "averages", "region=kr-busan&from=2019-03-01&to=2019-03-07"),
        (422, "averages", "region=kr-seoul&from=2019-03-07&to=2019-03-01"),
        (422, "averages", f"region=kr-seoul&pollutant=dust&{SPAN}"),
        (422, "episodes", f"region=kr-seoul&{SPAN}&enter=60&profile=kr-high-day"),
        (422, "trends", "region=kr-seoul&from=2019-02-25&to=2019-03-10"),
        (422, "transport", f"from-region=cn-beijing&to-region=kr-seoul&{SPAN}&lead=48-12"),
        (404, "seasons", "region=kr-busan&years=2018"),
    ],
)
def test_a_refusal_says_what_the_command_says(
    web: Served, command: Any, status: int, name: str, query: str
) -> None:
    got = web.get(f"/v1/{name}?{query}")
    told, *held = command(name, *words(query)).err.splitlines()
    assert got.status_code == status, got.text
    assert got.headers["content-type"] == "application/problem+json"
    assert got.json()["detail"] == told.removeprefix("yellowsea: ")
    if held and got.json()["held"]:
        assert held == [f"held: {'; '.join(got.json()['held'])}"]


# What stays with the command line: a picture, tables for people, another database.
ALONE = {"database", "lang", "chart", "summary", "help"}
# Of lists: their pages.
PAGES = {"limit", "offset"}


@pytest.mark.parametrize("kind", QUESTIONS, ids=lambda kind: kind.path)
def test_the_parameters_are_the_options_of_the_command(kind: type[Asked]) -> None:
    words = {"measures": "measures list", "catalogue": "catalogue list"}
    name = words.get(kind.path.strip("/"), kind.path.strip("/").replace("/", " "))
    command: Any = typer.main.get_command(main.app)
    for word in name.split():
        command = getattr(command, "commands", {}).get(word)
    if command is None:
        assert kind.path in ("/sources", "/forecasts/issued")
        return
    options = {
        one.opts[0].lstrip("-") for one in command.params if one.param_type_name in ("option", "argument")
    }
    assert {kebab(one) for one in kind.model_fields} - PAGES == options - ALONE


def test_csv_is_that_of_the_command(web: Served, command: Any) -> None:
    query = f"region=kr-seoul&{SPAN}"
    for name in ("averages", "measures/link", "measures/replay"):
        got = web.get(f"/v1/{name}?{query}&format=csv")
        assert got.headers["content-type"] == "text/csv; charset=utf-8"
        assert got.text == command(*name.split("/"), *words(query), "--format", "csv").out


def test_every_question_of_the_command_line_is_one_of_the_api() -> None:
    paths = {kind.path.strip("/") for kind in QUESTIONS}
    wanted = "stations readings averages episodes seasons measures measures/link measures/replay milestones"
    wanted += " claims targets published indices transport trends effect sources status gaps compare-sources"
    assert set(f"{wanted} brief exchange forecasts forecasts/issued catalogue".split()) <= paths


def test_parquet_has_the_rows_with_their_provenance(web: Served) -> None:
    import pyarrow.parquet as pq

    query = f"/v1/episodes?region=kr-seoul&{SPAN}&enter=60&min-hours=3"
    table = pq.read_table(io.BytesIO(web.get(f"{query}&format=parquet").content))
    rows = web.json(query)["episodes"]
    assert rows
    assert table.select(["start", "mean", "censored"]).to_pylist() == [
        {key: row[key] for key in ("start", "mean", "censored")} for row in rows
    ]
    assert json.loads(table.schema.metadata[b"yellowsea"])["data"]["feeds"] == ["airkorea-final"]


@pytest.mark.parametrize("format_", ["netcdf"])
def test_netcdf_of_means_follows_cf(web: Served, tmp_path: Path, format_: str) -> None:
    import xarray as xr

    query = f"/v1/averages?region=kr-seoul&{SPAN}"
    got = web.client.get(query, headers={"Accept": "application/netcdf"})
    assert got.headers["content-type"] == "application/netcdf"
    (tmp_path / "a.nc").write_bytes(got.content)
    rows = web.json(query)["values"]
    with xr.open_dataset(tmp_path / "a.nc", engine="netcdf4") as found:
        assert found.pm25.attrs["units"] == "ug m-3"
        assert found.pm25.values.tolist() == pytest.approx([row["value"] for row in rows])
        assert str(found.time.values[0])[:16] == "2019-02-28T15:00"
        assert "Conventions" in found.attrs


def test_netcdf_of_readings_keeps_why_a_value_is_missing(web: Served, tmp_path: Path) -> None:
    import xarray as xr

    query = "/v1/readings?region=kr-seoul&from=2019-02-01&to=2019-02-02&format=netcdf"
    (tmp_path / "a.nc").write_bytes(web.get(query).content)
    with xr.open_dataset(tmp_path / "a.nc", engine="netcdf4") as found:
        assert sorted(found.station.values) == ["airkorea-111121", "airkorea-111123", "airkorea-111131"]
        first = found.isel(series=list(found.station.values).index("airkorea-111121"))
        # What is held begins at 09:00 here; the sixth hour has no value.
        assert first.pm25.isnull().sum() == 1
        named = found.status.attrs["flag_meanings"].split()
        missing = int(first.status.values[first.pm25.isnull().values][0])
        assert named[missing] not in ("not_held", "valid")


def test_a_spreadsheet_reads_the_csv(web: Served) -> None:
    got = web.get(f"/v1/averages?region=kr-seoul&{SPAN}&format=csv")
    rows = list(csv.DictReader(io.StringIO(got.text)))
    assert [row["start"][:10] for row in rows][:2] == ["2019-03-01", "2019-03-02"]
    assert got.headers["content-disposition"] == 'attachment; filename="averages.csv"'


def test_pages_of_a_list_add_up_to_it(web: Served) -> None:
    query = "/v1/stations?region=kr-seoul&limit=10"
    whole = web.json("/v1/stations?region=kr-seoul")["stations"]
    found, address = [], query
    while address:
        got = web.get(address)
        assert got.json()["page"]["total"] == len(whole) == int(got.headers["x-total-count"])
        found += got.json()["stations"]
        address = got.links.get("next", {}).get("url", "")
    assert found == whole


def test_an_offset_with_a_bare_plus_is_understood(web: Served) -> None:
    span = "from=2019-03-01T00:00+09:00&to=2019-03-01T05:00+09:00"
    rows = web.json(f"/v1/averages?region=kr-seoul&every=hour&{span}")["values"]
    assert len(rows) == 6
