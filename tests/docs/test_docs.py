"""The documentation and the program say the same."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import typer

from cli.main import app
from config.clock import Clock
from config.facts import KINDS, Facts
from config.settings import Settings, SourceSettings
from ingest.archives import import_paths
from ingest.mapping import SHIPPED, load
from store.engine import Store

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.glob("*.md")])
GROUP = typer.main.get_command(app)
SOURCES = [name for name, field in Settings.model_fields.items() if field.annotation is SourceSettings]


def page(name: str) -> str:
    """The text of a page."""
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def commands(group: object = GROUP, path: tuple[str, ...] = ()) -> Iterator[tuple[str, object]]:
    """Every command with its full name; groups are not commands."""
    for name, command in sorted(getattr(group, "commands", {}).items()):
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def options(command: object) -> set[str]:
    """The long options of a command, without --help."""
    params = getattr(command, "params", [])
    return {name for one in params for name in one.opts if name.startswith("--")} - {"--help"}


def sections() -> dict[str, str]:
    """The sections of docs/commands.md by command."""
    parts = re.split(r"^## yellowsea ", page("docs/commands.md"), flags=re.MULTILINE)[1:]
    return {re.sub(r"\s+[A-Z.]+$", "", part.partition("\n")[0]): part for part in parts}


def test_there_are_commands_to_look_at() -> None:
    assert {"import", "averages", "episodes", "db check"} <= {name for name, _ in commands()}


def test_docs_describe_the_commands_that_there_are_and_no_others() -> None:
    assert set(sections()) == {name for name, _ in commands()}


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_option_of_a_command_is_described_and_no_other(name: str) -> None:
    described = set(re.findall(r"`(--[a-z][a-z-]*)", sections()[name]))
    assert described == options(dict(commands())[name])


def test_every_exit_code_is_described() -> None:
    table = page("docs/commands.md").partition("## Exit codes")[2].partition("\n## ")[0]
    assert re.findall(r"^\| (\d) \|", table, re.MULTILINE) == ["0", "1", "2", "3", "4"]


def test_every_setting_is_described() -> None:
    text = page("docs/settings.md")
    general = [name for name in Settings.model_fields if name not in SOURCES]
    assert [name for name in general if f"`YELLOWSEA_{name.upper()}` | `{name}` |" not in text] == []
    assert [n for n in SourceSettings.model_fields if f"`YELLOWSEA_<SOURCE>__{n.upper()}`" not in text] == []
    assert [name for name in SOURCES if f"`[{name}]`" not in text] == []


def test_no_setting_is_described_that_there_is_not() -> None:
    known = {f"YELLOWSEA_{name.upper()}" for name in Settings.model_fields}
    known |= {"YELLOWSEA_CONFIG", "YELLOWSEA_TEST_POSTGRES", "YELLOWSEA_REQUIRE_POSTGRES"}
    for path in PAGES:
        named = set(re.findall(r"YELLOWSEA_[A-Z]+(?:_[A-Z]+)*", path.read_text(encoding="utf-8")))
        assert named <= known, path.name


def test_defaults_are_the_ones_described(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YELLOWSEA_CONFIG", str(tmp_path / "none.toml"))
    (tmp_path / "none.toml").write_text("")
    text = page("docs/settings.md")
    for name in ("backfill_hours", "payload_days", "busy_seconds", "log_level", "log_format"):
        default = Settings.model_fields[name].default
        shown = f"{default:g}" if isinstance(default, int | float) else f"`{default}`"
        assert f"| `{name}` | {shown} |" in text


def test_every_feed_and_shipped_mapping_is_described() -> None:
    text = page("docs/sources.md") + page("docs/mappings.md")
    shipped = [path.stem for path in SHIPPED.glob("*.toml")]
    assert [name for name in [*Facts().feeds, *shipped] if f"`{name}`" not in text] == []


def test_every_profile_is_described() -> None:
    assert [name for name in Facts().profiles if f"`{name}`" not in page("docs/commands.md")] == []


def test_the_changelog_has_this_version() -> None:
    version = tomllib.loads(page("pyproject.toml"))["project"]["version"]
    assert re.search(rf"^## {re.escape(version)} — ", page("CHANGELOG.md"), re.MULTILINE)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (path.parent / target.partition("#")[0]).is_file(), target


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_use_only_commands_and_options_that_there_are(path: Path) -> None:
    known = dict(commands())
    text = path.read_text(encoding="utf-8")
    used = re.findall(r"^\$ yellowsea (.*)$", "\n".join(blocks(text, "console")), re.MULTILINE)
    used += re.findall(r"`yellowsea ([a-z].*?)`", text)
    for line in used:
        words = line.split()
        name = next((n for n in (" ".join(words[:2]), words[0]) if n in known), None)
        assert name is not None, f"yellowsea {line}"
        assert set(re.findall(r"--[a-z-]+", line)) <= options(known[name]) | {"--help"}, line


def test_pages_name_only_make_targets_that_there_are() -> None:
    targets = set(re.findall(r"^([a-z]+):", page("Makefile"), re.MULTILINE))
    for path in PAGES:
        assert set(re.findall(r"`make ([a-z]+)", path.read_text(encoding="utf-8"))) <= targets, path.name


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.svg")), ids=lambda path: path.name)
def test_pictures_are_small_and_fetch_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text) < 150_000
    assert "href" not in text.replace("http://www.w3.org/1999/xlink", "")
    assert "url(http" not in text


def test_the_worked_mapping_reads_its_table(tmp_path: Path, sqlite_store: Store) -> None:
    text = page("docs/mappings.md")
    (tmp_path / "school.csv").write_text(blocks(text, "csv")[0], encoding="utf-8")
    (tmp_path / "school.toml").write_text(blocks(text, "toml")[0], encoding="utf-8")
    mapping = load(tmp_path / "school.toml")
    [result] = import_paths(sqlite_store, Facts(), Clock.real(), [tmp_path / "school.csv"], mapping)
    assert (result.counts.new, result.counts.missing, result.counts.rejected) == (3, 1, 0)
    assert result.notes == {}
    with sqlite_store.read() as connection:
        rows = connection.exec_driver_sql("SELECT start_utc, value FROM reading_utc ORDER BY 1").all()
    assert [tuple(row) for row in rows] == [
        ("2024-01-04T15:00:00Z", 31.2),
        ("2024-01-04T16:00:00Z", None),
        ("2024-01-05T14:00:00Z", 28.0),
    ]


def seoul_days(path: Path) -> None:
    """Three stations of Seoul from 15 February to 15 March 2019, with the bad week in it."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["측정일시", "측정소명", "미세먼지농도(㎍/㎥)", "초미세먼지농도(㎍/㎥)"])
        for number in range(29):
            day = date(2019, 2, 15) + timedelta(days=number)
            bad = date(2019, 2, 28) <= day <= date(2019, 3, 6)
            for offset, station in enumerate(("중구", "종로구", "용산구")):
                writer.writerow([f"{day:%Y%m%d}", station, 90, (80 if bad else 20) + offset])


AIRNOW = [
    *(
        "Site",
        "Parameter",
        "Date (LT)",
        "Year",
        "Month",
        "Day",
        "Hour",
        "NowCast Conc.",
        "AQI",
        "AQI Category",
    ),
    *("Raw Conc.", "Conc. Unit", "Duration", "QC Name"),
]


def beijing_hours(path: Path) -> None:
    """The mission of Beijing in the first ten days of March 2019; two days are heavy."""
    lines = [",".join(AIRNOW)]
    for number in range(240):
        label = datetime(2019, 3, 1, 1) + timedelta(hours=number)  # noqa: DTZ001 - a label, as the file has it
        value = 200 if 24 <= number < 72 else 30
        parts = f"{label.year},{label.month},{label.day},{label.hour}"
        shown = label.strftime("%Y-%m-%d %I:%M %p")
        lines.append(f"Beijing,PM2.5 - Principal,{shown},{parts},{value},1,Good,{value},UG/M3,1 Hr,Valid")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_the_examples_for_python_run(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seoul_days(tmp_path / "seoul.csv")
    beijing_hours(tmp_path / "Beijing_PM2.5_2019_YTD.csv")
    store = Store(sqlite_url)
    results = import_paths(
        store, Facts(), Clock.real(), [tmp_path / "seoul.csv", tmp_path / "Beijing_PM2.5_2019_YTD.csv"]
    )
    store.close()
    assert [(one.format, one.problem) for one in results] == [("seoul-daily", None), ("us-airnow", None)]
    monkeypatch.chdir(tmp_path)
    notebook: dict[str, object] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for block in blocks(page("docs/python.md"), "python"):
            exec(block, notebook)
    assert re.search(r"2019-03-05 00:00:00\+09:00 +81\.0 +3 +1\.0 +3\n", printed.getvalue())
    assert "only the monitors of US missions" in printed.getvalue()
    assert (tmp_path / "seoul.svg").read_text(encoding="utf-8").count("<svg") == 1


def test_help_needs_no_heavy_library() -> None:
    heavy = ("altair", "numba", "numpy", "pandas", "pyarrow", "sqlalchemy")
    code = f"import sys; from cli.main import app; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_every_kind_of_fact_is_described() -> None:
    text = page("docs/catalogue.md")
    assert [kind for kind in KINDS if f"| `{kind}` |" not in text] == []
