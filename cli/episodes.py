"""`yellowsea episodes`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import options
from cli.desk import opened, show, understood

if TYPE_CHECKING:
    from analysis.episodes import Profile
    from config.facts import Facts
    from report.question import Question

COLUMNS = {
    "start": "onset",
    "end": "end",
    "duration_hours": "hours",
    "mean": "mean",
    "peak": "peak",
    "peak_time": "peak at",
    "hours_above": "hours above",
    "cumulative_excess": "excess",
    "capture": "capture",
    "stations": "stations",
    "censored": "censored",
}


def show_episodes(
    region: options.Region = None,
    station: options.Stations = None,
    since: options.Since = None,
    until: options.Until = None,
    profile: Annotated[
        str | None, typer.Option("--profile", help="Of the catalogue: kr-high-day, kr-advisory, ...")
    ] = None,
    enter: Annotated[float | None, typer.Option("--enter", help="A profile on the spot: threshold.")] = None,
    exit_: Annotated[float | None, typer.Option("--exit", help="It goes on until past this one.")] = None,
    op: Annotated[str, typer.Option("--op", help="How --enter is met: > or >=, or < or <=.")] = ">",
    every: Annotated[str, typer.Option("--every", help="hour or day.")] = "hour",
    min_hours: Annotated[int, typer.Option("--min-hours", help="Shorter ones do not count.")] = 1,
    max_gap: Annotated[int, typer.Option("--max-gap", help="Hours below or missing that are bridged.")] = 0,
    order: Annotated[
        str, typer.Option("--order", help="merge-first or filter-first: bridge before or after dropping.")
    ] = "merge-first",
    pollutant: options.Pollutant = "pm25",
    network: options.Network = None,
    feed: options.Feed = None,
    basis: options.BasisOption = options.Basis.best,
    panel: options.PanelOption = options.Panel.all,
    as_of: options.AsOf = None,
    flags: options.FlagsOption = options.Flags.keep,
    chart: Annotated[
        Path | None, typer.Option("--chart", help="Draw it, too: a FILE that ends in .svg, .png or .html.")
    ] = None,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """When the air of a region or station met a profile, for how long and how badly."""
    from config.facts import Facts
    from report import episodes

    facts = Facts()
    with opened(database) as (_, store):
        question = understood(
            store,
            facts=facts,
            region=region,
            stations=tuple(station or ()),
            since=since,
            until=until,
            pollutant=pollutant,
            network=network,
            feed=feed,
            basis=basis.value,
            panel=panel.value,
            as_of=as_of,
            drop_flagged=flags is options.Flags.drop,
        )
        spot = {
            "op": op,
            "exit": exit_,
            "every": every,
            "min_hours": min_hours,
            "max_gap": max_gap,
            "order": order,
        }
        chosen = _profile(facts, question, profile, enter, spot)
        result = episodes.ask(store, facts, question, chosen)
    answer = result.answer
    if chart is not None:
        from report import charts

        charts.write(result, chart)
    found = len(answer["episodes"])
    told = answer["method"]["profile"]
    title = f"{question.place}: {found} episode{'s' * (found != 1)}, {pollutant} {told['enter']} by {told['every']}"
    show(answer, "episodes", shape, f"{title} ({told['title']})", COLUMNS)


def _profile(
    facts: Facts, question: Question, name: str | None, enter: float | None, spot: dict[str, Any]
) -> Profile:
    from analysis.episodes import Profile
    from report.episodes import profile_of
    from report.question import QuestionError

    if enter is None:
        if spot["exit"] is not None:
            raise QuestionError("--exit belongs to a profile given on the spot: give --enter too")
        return profile_of(facts, question, name)
    if name is not None:
        raise QuestionError("give either --profile or --enter")
    if spot["op"] not in (">", ">=", "<", "<=") or spot["every"] not in ("hour", "day"):
        raise QuestionError("--op is one of > >= < <=, --every is hour or day")
    if spot["order"] not in ("merge-first", "filter-first"):
        raise QuestionError("--order is merge-first or filter-first")
    step = 24 if spot["every"] == "day" else 1
    return Profile(
        id="given",
        every=spot["every"],
        op=spot["op"],
        enter=enter,
        exit=spot["exit"],
        min_count=max(1, -(-spot["min_hours"] // step)),
        max_gap=spot["max_gap"] // step,
        order=spot["order"],
    )
