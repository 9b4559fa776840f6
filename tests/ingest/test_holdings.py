"""What stands in docs/holdings.md is what the import does with every file beside the project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from holdings import PAGE, SHARED, STATIONS, load, opened, stands, tables

from config.facts import Facts
from ingest.archives import FileResult

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason=f"no real data: {SHARED} is not there")


def found_tables(folder: Path, facts: Facts, part: str) -> tuple[dict[str, str], list[FileResult]]:
    store = opened(folder, part)
    results = load(store, facts, part)
    made = tables(store, part, results)
    store.close()
    return made, results


@pytest.fixture(scope="module")
def of_sources(
    tmp_path_factory: pytest.TempPathFactory, facts: Facts
) -> tuple[dict[str, str], list[FileResult]]:
    return found_tables(tmp_path_factory.mktemp("holdings"), facts, "sources")


@pytest.mark.parametrize("name", ["files", "feeds", "without readings"])
def test_the_recordings_are_held_as_the_page_says(
    of_sources: tuple[dict[str, str], list[FileResult]], name: str
) -> None:
    assert stands(PAGE.read_text(encoding="utf-8"), "sources", name) == of_sources[0][name]


def test_every_reading_of_a_recording_is_stored_or_rejected_with_a_reason(
    of_sources: tuple[dict[str, str], list[FileResult]],
) -> None:
    for one in of_sources[1]:
        counts = one.counts
        assert counts.new + counts.changed + counts.same + counts.rejected == counts.rows, one.path
        assert (one.format is None) == (one.problem is not None), one.path


def test_histories_are_of_the_stations_named_here(facts: Facts) -> None:
    folder = SHARED / "sources" / "airkorea" / "json"
    names = ("so2", "co", "o3", "no2", "pm10", "pm25")
    pages = [
        item
        for path in folder.glob("getCtprvnRltmMesureDnsty_*20*-*.json")
        for item in _items(path)
        if "stationName" in item
    ]
    for path, station in STATIONS.items():
        own = {item["dataTime"]: [item[f"{name}Value"] for name in names] for item in _items(SHARED / path)}
        alike = {
            page["stationName"]
            for page in pages
            if own.get(page["dataTime"]) == [page[f"{name}Value"] for name in names]
        }
        assert alike == {facts.stations[station][-1].name}


def _items(path: Path) -> list[dict[str, str]]:
    document = json.loads(path.read_bytes())
    return document["response"]["body"]["items"] if isinstance(document, dict) else document


@pytest.mark.drill
def test_the_archives_are_held_as_the_page_says(tmp_path: Path, facts: Facts) -> None:
    made, results = found_tables(tmp_path, facts, "data")
    page = PAGE.read_text(encoding="utf-8")
    for name, table in made.items():
        assert stands(page, "data", name) == table
    assert sum(one.counts.rows for one in results) > 7_500_000
