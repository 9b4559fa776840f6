"""Seasons, a measure and a region ready to be written: sheet, tables and series of each answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from config.words import Speaker
from report.answer import Answer
from report.paper import episode_report, measure_sheet, region_sheet, season_sheet
from report.paper.out import Report
from report.paper.series import dataset

if TYPE_CHECKING:
    import xarray as xr


def of_seasons(say: Speaker, answer: Answer) -> Report:
    """The report of seasons."""
    regions = list(dict.fromkeys(row["region"] for row in answer["seasons"]))
    years = answer["question"]["years"]
    name = f"season-{'-'.join(regions[:3])}-{years[0]}-{years[-1]}"
    return Report(name, answer, season_sheet.sheet(say, answer), _season_rows(answer), _series(answer, name))


def of_measure(say: Speaker, answer: Answer) -> Report:
    """The report of a measure."""
    told = episode_report.report(say, answer)
    name = f"measure-{answer['question']['region']}-{answer['question']['date']}"
    rows = {**told.rows, "measure": answer["measure"], "elsewhere": answer["elsewhere"]}
    return Report(name, answer, measure_sheet.sheet(say, answer), rows, told.dataset)


def of_region(say: Speaker, answer: Answer) -> Report:
    """The report of a region."""
    name = f"region-{answer['region']}-{answer['last_day']}"
    rows = {**_season_rows(answer), "held": answer["held"], "listed": answer["listed"]["measures"]}
    return Report(name, answer, region_sheet.sheet(say, answer), rows, _series(answer, name))


def _season_rows(answer: Answer) -> dict[str, list[Answer]]:
    matrix = answer["measures"]
    return {
        "seasons": [
            {key: value for key, value in row.items() if key != "published"} for row in answer["seasons"]
        ],
        "published": [
            {"region": row["region"], "season": row["season"], **one}
            for row in answer["seasons"]
            for one in row["published"]
        ],
        "days": [
            {"region": one["region"], "season": one["season"], **row}
            for one in answer["days"]
            if one["days"]
            for row in one["days"]["values"]
        ],
        "measure-days": [
            {"region": row["region"], **{season: told["days"] for season, told in row["days"].items()}}
            for row in matrix["rows"]
        ],
    }


def _series(answer: Answer, name: str) -> Callable[[], xr.Dataset] | None:
    """The day means of all seasons; None where none is held."""
    regions: dict[str, Answer] = {}
    for one in answer["days"]:
        if one["days"] is None:
            continue
        found = regions.setdefault(one["region"], {**one["days"], "values": []})
        found["values"] = [*found["values"], *one["days"]["values"]]
    if not regions:
        return None
    places = [(region, found, None) for region, found in regions.items()]
    return lambda: dataset(name, answer["question"]["pollutant"], places)
