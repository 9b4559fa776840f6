"""`yellowsea episodes`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli.asking import Asked, asking
from cli.desk import catalogue, opened, show

if TYPE_CHECKING:
    from analysis.episodes import Profile
    from config.facts import Facts
    from report.question import Question

COLUMNS = {
    "start": "onset",
    "end": "end (excl.)",
    "duration_hours": "hours",
    "mean": "mean",
    "peak": "peak",
    "peak_time": "peak at",
    "hours_above": "above",
    "cumulative_excess": "excess",
    "capture": "capture",
    "censored": "censored",
}


@asking
def show_episodes(
    asked: Asked,
    profile: Annotated[
        str | None, typer.Option("--profile", help="Of the catalogue: kr-high-day, kr-advisory, ...")
    ] = None,
    enter: Annotated[float | None, typer.Option("--enter", help="A profile on the spot: threshold.")] = None,
    exit_: Annotated[float | None, typer.Option("--exit", help="It goes on until past this one.")] = None,
    op: Annotated[
        str | None, typer.Option("--op", help="How --enter is met: > (if not given) or >=, < or <=.")
    ] = None,
    every: Annotated[str | None, typer.Option("--every", help="hour (if not given) or day.")] = None,
    min_hours: Annotated[
        int | None, typer.Option("--min-hours", help="Episodes that last less, onset to end, do not count.")
    ] = None,
    max_gap: Annotated[
        int | None, typer.Option("--max-gap", help="Hours below or missing that are bridged; 0 if not given.")
    ] = None,
    order: Annotated[
        str | None,
        typer.Option(
            "--order",
            help="merge-first (if not given) or filter-first: bridge before or after dropping short ones.",
        ),
    ] = None,
    chart: Annotated[
        Path | None, typer.Option("--chart", help="Draw it, too: a FILE that ends in .svg, .png or .html.")
    ] = None,
) -> None:
    """When the air of a region or station met a profile, for how long and how badly."""
    from report import episodes

    spot = {
        "exit": exit_,
        "op": op,
        "every": every,
        "min-hours": min_hours,
        "max-gap": max_gap,
        "order": order,
    }
    facts = catalogue()
    with opened(asked.database) as (_, store):
        question = asked.understood(store, facts)
        chosen, least = _profile(facts, question, profile, enter, spot)
        result = episodes.ask(store, facts, question, chosen, least)
    answer = result.answer
    if chart is not None:
        from report import charts

        charts.write(result, chart)
    found = len(answer["episodes"])
    told = answer["method"]["profile"]
    title = (
        f"{question.place}: {found} episode{'s' * (found != 1)}, "
        f"{asked.pollutant} {told['enter']} by {told['every']} ({told['title']})"
    )
    show(answer, "episodes", asked.shape, title, COLUMNS)


def _profile(
    facts: Facts, question: Question, name: str | None, enter: float | None, spot: dict[str, Any]
) -> tuple[Profile, int]:
    """The profile asked for, and the least duration in hours where the profile itself cannot say it."""
    from report.episodes import profile_of
    from report.question import QuestionError

    if enter is not None and name is not None:
        raise QuestionError("give either --profile or --enter")
    if enter is not None:
        return _on_the_spot(enter, spot)
    given = [f"--{option}" for option, value in spot.items() if value is not None]
    if given:
        raise QuestionError(f"{given[0]} belongs to a profile given on the spot: give --enter too")
    return profile_of(facts, question, name), 0


def _on_the_spot(enter: float, spot: dict[str, Any]) -> tuple[Profile, int]:
    from analysis.episodes import Profile
    from report.question import QuestionError

    for option, choices in CHOICES.items():
        if spot[option] not in (None, *choices):
            raise QuestionError(f"--{option} is one of {', '.join(choices)}, not {spot[option]}")
    least, gap = spot["min-hours"] or 0, spot["max-gap"] or 0
    if least < 0 or gap < 0:
        raise QuestionError("--min-hours and --max-gap are not negative")
    every: Literal["hour", "day"] = spot["every"] or "hour"
    order: Literal["merge-first", "filter-first"] = spot["order"] or "merge-first"
    step = 24 if every == "day" else 1
    # With an exit, a profile's min_count is about the onset; the duration is looked at afterwards.
    with_exit = spot["exit"] is not None
    if with_exit and order == "filter-first" and least > step and gap >= step:
        raise QuestionError(
            "with --exit, short episodes are dropped after gaps are bridged: leave --order filter-first out"
        )
    profile = Profile(
        id="given",
        every=every,
        op=spot["op"] or ">",
        enter=enter,
        exit=spot["exit"],
        min_count=1 if with_exit else max(1, -(-least // step)),
        max_gap=gap // step,
        order=order,
    )
    return profile, least if with_exit else 0


CHOICES = {
    "op": (">", ">=", "<", "<="),
    "every": ("hour", "day"),
    "order": ("merge-first", "filter-first"),
}
