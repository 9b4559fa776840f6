"""`yellowsea seasons`."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from cli.asking import Asked, asking
from cli.desk import catalogue, opened, show

if TYPE_CHECKING:
    from config.facts import Facts
    from report.answer import Answer
    from report.question import Question
    from store.engine import Store


class Dates(StrEnum):
    """Which days a season is compared over."""

    own = "own"
    common = "common"


class By(StrEnum):
    """Into what a region or a season is parted."""

    sido = "sido"
    month = "month"


COLUMNS = {
    "region": "region",
    "season": "season",
    "month": "month",
    "mean": "mean",
    "median": "median",
    "p90": "p90",
    "p98": "p98",
    "max_hour": "max h",
    "good_days": "good",
    "bad_days": "bad",
    "high_days": "high",
    "heavy_days": "heavy",
    "heavy_city_days": "city-days",
    "longest_run_days": "run",
    "measure_days": "measures",
    "change": "change (95 %)",
    "same_stations": "same stations",
    "no_dust": "no dust",
    "published": "published",
    "capture": "capture",
    "stations": "stations",
}


@partial(asking, without=("region", "station", "since", "until"))
def show_seasons(
    asked: Asked,
    region: Annotated[
        list[str], typer.Option("--region", help="Id or name; repeat it to set regions side by side.")
    ],
    years: Annotated[
        str | None, typer.Option("--years", help="Years in which the seasons begin: 2018-2024.")
    ] = None,
    season: Annotated[
        list[str] | None, typer.Option("--season", help="A season as people name it: 6th, 제6차, 2024/25.")
    ] = None,
    dates: Annotated[
        Dates, typer.Option("--dates", help="Each country's own window, or the common one.")
    ] = Dates.own,
    through: Annotated[
        str | None, typer.Option("--through", help="MM-DD: every season only until this day.")
    ] = None,
    by: Annotated[By | None, typer.Option("--by", help="sido: the parts of the region; month.")] = None,
    baseline: Annotated[
        str,
        typer.Option("--baseline", help="previous (unless given), mean3 of the three before, or a season."),
    ] = "previous",
) -> None:
    """Seasons in figures, against a baseline and beside what was published, by vintage."""
    from report import seasons
    from report.given import season_years

    with opened(asked.database) as (settings, store):
        facts = catalogue(settings)
        questions = [_question(asked, store, facts, one) for one in region]
        wanted = seasons.Asked(
            season_years(facts, questions[0].country, years, season or ()),
            dates.value,
            through,
            by.value if by else None,
            baseline,
        )
        answer = seasons.ask(store, facts, questions, wanted)
    people = [_line(row) for row in answer["seasons"]]
    columns = {key: head for key, head in COLUMNS.items() if any(row.get(key) is not None for row in people)}
    places = ", ".join(one.place for one in questions)
    title = (
        f"{places}: seasons, {asked.pollutant}, {answer['method']['unit']} ({answer['data']['basis']} basis)"
    )
    show(answer, "seasons", asked.shape, title, columns, _foot(answer), people)


def _question(asked: Asked, store: Store, facts: Facts, region: str) -> Question:
    """A question about the region; the span is set season by season."""
    day = "2000-01-01"
    return replace(asked, region=region, since=day, until=day).understood(store, facts)


def _line(row: Answer) -> Answer:
    """A row as a table shows it."""
    change = row["change"]
    told = None
    if change["difference"] is not None:
        told = f"{change['difference']:+.1f}"
        if change["low"] is not None:
            told += f" ({change['low']:+.1f}..{change['high']:+.1f})"
    means = [one for one in row["published"] if one["metric"] == "pm25_mean"]
    shown = " ".join(f"{one['value']:g}{'' if one['comparable'] else '*'}" for one in means) or None
    dustless = row["without_dust"] or {}
    return {
        **row,
        "change": told,
        "published": shown,
        "same_stations": row["like_for_like"]["mean"],
        "no_dust": dustless.get("mean"),
    }


def _foot(answer: Answer) -> list[str]:
    from report import render

    rows = answer["seasons"]
    notes = list(dict.fromkeys(row["change"]["note"] for row in rows if row["change"]["note"]))
    reach = sorted({row["known_through"] for row in rows if row["known_through"]})
    why = dict.fromkeys(
        f"* published {one['value']:g} ({one['vintage']}): {one['why']}"
        for row in rows
        for one in row["published"]
        if one["metric"] == "pm25_mean" and not one["comparable"]
    )
    tally = [
        f"{one['season']}: {one['better']} better, {one['worse']} worse than the baseline, "
        f"{one['off_zero']} of them with an interval off zero; {one['not_known']} not known"
        for one in answer["summary"]
    ]
    measures = [f"measures: dates with an emergency measure, known through {day}" for day in reach]
    return [*tally, *measures, *why, *[f"note: {one}" for one in notes], *render.provenance(answer)]
