"""Tables speak the language asked for, with every command that prints one; programs read one thing."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli.desk import LANGUAGE, show
from cli.main import app
from cli.options import Format
from config.facts import Facts
from config.phrases import Word
from config.words import Speaker
from report import render

CLI = Path(__file__).parents[2] / "cli"
ROW = {"region": "kr-seoul", "mean": 12.5, "verdict": "supported"}
COLUMNS = {"region": "region", "mean": "mean", "verdict": "no such word"}
# Questions that the catalogue or an empty database answers.
ASKED = [
    ["milestones"],
    ["milestones", "--region", "Seoul", "--kind", "standard"],
    ["claims", "improved-40-percent-since-2013"],
    ["targets", "--region", "China"],
    ["exchange", "--season", "kr-2019"],
    ["published", "--region", "kr", "--from", "2023-12-01"],
    ["measures", "list", "--from", "2019-01-01", "--to", "2019-03-31"],
    ["brief", "--at", "2019-03-05T17:15+09:00"],
    ["stations", "--region", "Seoul"],
    ["status"],
    ["catalogue", "list"],
]


@pytest.fixture
def languages() -> Iterator[None]:
    """Whatever language a test sets is English again after it."""
    before = LANGUAGE.set("en")
    yield
    LANGUAGE.reset(before)


@pytest.mark.usefixtures("languages")
@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["region", "mean", "kr-seoul", "supported"]),
        ("ko", ["지역", "평균", "서울", "뒷받침됨"]),
        ("zh", ["地区", "平均", "首尔", "得到支持"]),
    ],
)
def test_headings_regions_and_classes_are_in_the_language(
    language: str, told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    LANGUAGE.set(language)
    show({"rows": [ROW]}, "rows", Format.table, "a table", COLUMNS, [])
    printed = capsys.readouterr().out
    assert [word for word in told if word not in printed] == []
    assert "no such word" in printed  # without a translation a heading stays


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, set[str]]]:
    """Every command with its options, and `table` where it prints one."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (
                " ".join((*path, name)),
                {text for one in command.params for text in one.opts} | _tables(command),
            )


def _tables(command: Any) -> set[str]:
    """Whether it prints a table for people unless asked otherwise."""
    return {"table"} if any(one.default == Format.table for one in command.params) else set()


def test_every_command_with_a_table_has_its_languages() -> None:
    found = dict(commands(typer.main.get_command(app)))
    tables = {name for name, given in found.items() if "table" in given}
    assert {"brief", "milestones", "claims", "measures list", "seasons", "status"} <= tables
    assert [name for name, given in found.items() if "table" in given and "--lang" not in given] == []


def headings(path: Path) -> set[str]:
    """The headings of the tables that a module shows, read from its source."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    given = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _name(node.func) == "show"]
    asked = [
        part
        for call in given
        for part in (*call.args[4:5], *(k.value for k in call.keywords if k.arg == "columns"))
    ]
    wanted, found = {_name(node) for part in asked for node in ast.walk(part)} - {""}, set()
    named = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and _targets(node) & wanted]
    more = {_name(node) for assign in named for node in ast.walk(assign.value)} - {""}
    named += [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and _targets(node) & more]
    for node in (*asked, *(assign.value for assign in named)):
        for one in ast.walk(node):
            if isinstance(one, ast.Dict):
                found |= {
                    v.value for v in one.values if isinstance(v, ast.Constant) and isinstance(v.value, str)
                }
    return found - {""}


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _targets(node: ast.Assign) -> set[str]:
    return {_name(one) for target in node.targets for one in ast.walk(target)} - {""}


def test_every_heading_of_a_table_has_its_words(facts: Facts) -> None:
    words = {word.en for word in facts.all("words", Word) if word.of is None}
    found = {path.name: headings(path) for path in sorted(CLI.glob("*.py"))}
    assert {"region", "mean", "season"} <= found["seasons.py"]
    assert {"claim", "verdict", "why"} <= found["claims.py"]
    own = re.compile(r"[가-힣]")  # the exchange sheet heads its columns in three languages at once
    lacking = {
        name: sorted(one for one in heads - words if not own.search(one)) for name, heads in found.items()
    }
    assert {name: heads for name, heads in lacking.items() if heads} == {}


@pytest.mark.parametrize("typed", ASKED, ids=" ".join)
def test_titles_and_notes_are_told_and_nothing_else_changes(
    typed: list[str], sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YELLOWSEA_DATABASE_URL", sqlite_url)
    tables: list[tuple[str, list[str], Speaker]] = []

    def kept(title: str, _: object, rows: object, foot: list[str], *, speaker: Speaker) -> None:
        tables.append((title, list(foot), speaker))

    monkeypatch.setattr(render, "as_table", kept)
    done = CliRunner().invoke(app, [*typed, "--lang", "ko"])
    assert done.exit_code in (0, 1), done.output
    ((title, foot, korean),) = tables
    assert korean.language == "ko"
    for speaker in (korean, Speaker(korean.facts, "zh")):
        english = [line for line in (title, *foot) if speaker.retell(line) == line and _is_english(line)]
        assert english == []


def _is_english(line: str) -> bool:
    """Whether a line is a sentence of ours in English: not ids, not the three languages of the sheet."""
    return re.search(r"[a-z]{2,} [a-z]{2,}", line) is not None and line not in _sheet()


def _sheet() -> set[str]:
    from report.exchange_words import NOTES, STATE_NOTE

    return {note.en for note in (*NOTES, STATE_NOTE)}


@pytest.mark.parametrize("shape", ["json", "csv"])
@pytest.mark.parametrize("typed", ASKED[1:3], ids=" ".join)
def test_programs_read_the_same_in_every_language(
    typed: list[str], shape: str, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YELLOWSEA_DATABASE_URL", sqlite_url)
    told = [
        CliRunner().invoke(app, [*typed, "--format", shape, "--lang", one]).stdout
        for one in ("en", "ko", "zh")
    ]
    assert told[0] == told[1] == told[2]
    assert shape == "csv" or json.loads(told[0])["question"] is not None
