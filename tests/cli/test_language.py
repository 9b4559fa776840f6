"""Tables speak the language asked for: headings and names of regions."""

from __future__ import annotations

from types import ModuleType

import pytest

from cli import episodes, seasons
from cli.desk import LANGUAGE, show
from cli.options import Format
from config.facts import Facts
from config.scales import Word

ROW = {"region": "kr-seoul", "mean": 12.5, "verdict": "kept"}
COLUMNS = {"region": "region", "mean": "mean", "verdict": "no such word"}


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["region", "mean", "kr-seoul"]),
        ("ko", ["지역", "평균", "서울"]),
        ("zh", ["地区", "平均", "首尔"]),
    ],
)
def test_headings_and_regions_are_in_the_language(
    language: str, told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = LANGUAGE.set(language)
    try:
        show({"rows": [ROW]}, "rows", Format.table, "a table", COLUMNS, [])
    finally:
        LANGUAGE.reset(before)
    printed = capsys.readouterr().out
    assert [word for word in told if word not in printed] == []
    assert "no such word" in printed  # without a translation a heading stays


def test_programs_read_the_same_in_every_language(capsys: pytest.CaptureFixture[str]) -> None:
    before = LANGUAGE.set("ko")
    try:
        show({"rows": [ROW]}, "rows", Format.json, "a table", COLUMNS, [])
    finally:
        LANGUAGE.reset(before)
    assert '"region": "kr-seoul"' in capsys.readouterr().out


@pytest.mark.parametrize("command", [seasons, episodes], ids=lambda module: module.__name__)
def test_every_heading_has_its_words(command: ModuleType, facts: Facts) -> None:
    words = {word.en for word in facts.all("words", Word)}
    assert [heading for heading in command.COLUMNS.values() if heading not in words] == []
