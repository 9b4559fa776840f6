"""The catalogue: rows are typed, dated and sourced; what does not fit is named by file, row, column."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from config.fact import FactError
from config.facts import CATALOGUE, Facts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the catalogue, to be spoilt."""
    return Path(shutil.copytree(CATALOGUE, tmp_path / "catalogue"))


def spoil(folder: Path, file: str, row: int, old: str, new: str) -> None:
    lines = (folder / file).read_text(encoding="utf-8").splitlines(keepends=True)
    assert old in lines[row - 1], lines[row - 1]
    lines[row - 1] = lines[row - 1].replace(old, new, 1)
    (folder / file).write_text("".join(lines), encoding="utf-8")


def test_the_shipped_catalogue_holds_together(facts: Facts) -> None:
    facts.check()


def test_every_row_has_a_source(facts: Facts) -> None:
    for versions in facts.stations.values():
        assert all(version.source and version.confidence for version in versions)


@pytest.mark.parametrize(
    ("file", "row", "old", "new", "said"),
    [
        ("feeds.csv", 2, "PT1H", "hourly", "feeds.csv, row 2, column period"),
        ("feeds.csv", 2, ",10,", ",first,", "feeds.csv, row 2, column rank"),
        ("feeds.csv", 3, "seoul,", "soul,", "feeds.csv, row 3, column network: 'soul'"),
        ("regions.csv", 3, "kr-capital", "kr", "regions.csv, row 3, column id: kr stands twice"),
        ("region_members.csv", 2, "kr-seoul", "kr-x", "region_members.csv, row 2, column member: 'kr-x'"),
        ("stations.csv", 2, "kr-seoul", "kr-x", "stations.csv, row 2, column area: 'kr-x'"),
        ("stations.csv", 2, "urban", "town", "stations.csv, row 2, column kind"),
        ("stations.csv", 4, "2003-01-31", "2003-02-31", "stations.csv, row 4, column valid_to"),
        ("stations.csv", 5, "2003-02-01", "2003-01-01", "stations.csv, row 5, column valid_from: another"),
        ("station_aliases.csv", 2, "2002-12-31", "", ""),
        (
            "station_aliases.csv",
            2,
            "airkorea-111121",
            "airkorea-x",
            "station_aliases.csv, row 2, column station",
        ),
        ("pollutants.csv", 2, "true,", "true,true,", "pollutants.csv, row 2"),
    ],
)
def test_what_does_not_fit_is_named(folder: Path, file: str, row: int, old: str, new: str, said: str) -> None:
    spoil(folder, file, row, old, new)
    if not said:
        Facts(folder).check()
        return
    with pytest.raises(FactError) as refused:
        Facts(folder).check()
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_version_that_ends_before_it_begins(folder: Path) -> None:
    spoil(folder, "stations.csv", 5, "2003-02-01,", "2003-02-01,2001-01-01")
    with pytest.raises(FactError, match="valid_to is before valid_from"):
        Facts(folder).check()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00id", None])
def test_a_file_that_cannot_be_read(folder: Path, content: bytes | None) -> None:
    path = folder / "pollutants.csv"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(FactError, match=r"^pollutants\.csv: "):
        Facts(folder).check()
