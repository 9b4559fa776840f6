"""`yellowsea episodes`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import options
from cli.asking import Asked, asking
from cli.desk import catalogue, opened, show

if TYPE_CHECKING:
    from report.answer import Answer

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
    level: Annotated[
        str | None,
        typer.Option(
            "--level", help="What --enter and --exit are: value (if not given), percentile or deviation."
        ),
    ] = None,
    share_above: Annotated[
        float | None,
        typer.Option(
            "--share-above", help="Of the share of stations above this value, 0 to 1, not of the mean."
        ),
    ] = None,
    precursor: Annotated[
        str | None,
        typer.Option("--precursor", help="A region whose episodes may have begun before; with base rates."),
    ] = None,
    precursor_profile: Annotated[
        str | None, typer.Option("--precursor-profile", help="Its profile, if not its country's own.")
    ] = None,
    within: Annotated[
        str | None, typer.Option("--within", help="Hours before an onset: 0-48, if not given.")
    ] = None,
    chart: Annotated[
        Path | None, typer.Option("--chart", help="Draw it, too: a FILE that ends in .svg, .png or .html.")
    ] = None,
) -> None:
    """When the air of a region or station met a profile, for how long and how badly."""
    from report import episodes, precursors
    from report.given import episode_profile, lead_hours, share_level
    from report.question import QuestionError

    spot = {
        "exit": exit_,
        "op": op,
        "every": every,
        "min-hours": min_hours,
        "max-gap": max_gap,
        "order": order,
        "level": level,
    }
    facts = catalogue()
    with opened(asked.database) as (_, store):
        question = asked.understood(store, facts)
        chosen, least = episode_profile(facts, question, profile, enter, spot)
        rule = episodes.Rule(chosen, least, share_level(facts, profile, share_above))
        if precursor is None:
            if precursor_profile or within:
                raise QuestionError("--precursor-profile and --within belong to --precursor: give it too")
            result = episodes.ask(store, facts, question, *rule)
        else:
            elsewhere = {"station": None, "network": None, "feed": None, "basis": options.Basis.best}
            other = replace(asked, region=precursor, **elsewhere).understood(store, facts)  # type: ignore[arg-type]
            there = episodes.Rule(episodes.profile_of(facts, other, precursor_profile))
            hours = precursors.Within(*lead_hours(within or "0-48", "--within"))
            result = precursors.ask(store, facts, question, rule, other, there, hours)
    answer = result.answer
    if chart is not None:
        from report import charts

        charts.write(result, chart)
    found = len(answer["episodes"])
    told = answer["method"]["profile"]
    series = "" if rule.share_above is None else f"{answer['method']['series']} "
    title = (
        f"{question.place}: {found} episode{'s' * (found != 1)}, "
        f"{asked.pollutant} {series}{told['enter']} by {told['every']} ({told['title']})"
    )
    show(answer, "episodes", asked.shape, title, COLUMNS, _foot(answer) if precursor else None)


def _foot(answer: Answer) -> list[str]:
    """Where the figures come from, and what the linking found in both directions."""
    from report.render import provenance

    linking = answer["linking"]
    shortest, longest = linking["within_hours"]
    lines = [
        f"{one['from']} -> {one['to']}: {one['preceded']} of {one['onsets']} onsets had one "
        f"{shortest}-{longest} h before (base rate {_percent(one['base_rate'])}, p {_figure(one['p'])})"
        for one in linking["directions"]
    ]
    return [*lines, linking["note"], *provenance(answer)]


def _percent(share: float | None) -> str:
    return "not known" if share is None else f"{share:.0%}"


def _figure(value: float | None) -> str:
    return "not known" if value is None else f"{value:.3f}"
