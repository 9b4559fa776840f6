"""The worked example of docs/adding-a-source.md runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from store.engine import Store

PAGE = Path(__file__).parents[2] / "docs/adding-a-source.md"


def blocks(language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(
        rf"^```{language}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )


@pytest.fixture
def example(tmp_path: Path) -> dict[str, Any]:
    """The names of the page's code, and its catalogue row in a folder of one's own."""
    (tmp_path / "feeds.csv").write_text("".join(blocks("csv")), encoding="utf-8")
    names: dict[str, Any] = {"own": tmp_path}
    for code in blocks("python"):
        exec(code, names)
    return names


def test_a_source_of_one_file_is_collected_like_any_other(store: Store, example: dict[str, Any]) -> None:
    counts, readings = example["collected"](store, example["own"])
    assert (counts.new, counts.rejected) == (2, 1)
    assert sorted(readings.values()) == [1, 1]
    with store.read() as connection:
        told = connection.exec_driver_sql("SELECT text FROM reject").scalar()
        missing = connection.exec_driver_sql("SELECT count(*) FROM reading WHERE value IS NULL").scalar()
    assert "East mole" in str(told)
    assert missing == 1


def test_an_answer_in_another_shape_is_kept_and_not_parsed(store: Store, example: dict[str, Any]) -> None:
    example["ANSWER"].clear()
    counts, readings = example["collected"](store, example["own"])
    assert (counts.new, readings) == (0, {})
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM payload").scalar() == 1
