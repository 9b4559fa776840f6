"""`yellowsea transport`."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from cli import options
from cli.asking import Asked, asking
from cli.desk import catalogue, opened, show

if TYPE_CHECKING:
    from report.answer import Answer

COLUMNS = {
    "from": "from",
    "to": "to",
    "hours": "best lag, h",
    "r": "r",
    "low": "low",
    "high": "high",
    "p": "p (search)",
    "onsets": "onsets",
    "share": "preceded",
    "base_rate": "base rate",
    "p_lead": "p (lead)",
    "p_past": "p (past)",
}


class Within(StrEnum):
    """Which days are looked at."""

    all = "all"
    season = "season"


@partial(asking, without=("region", "station", "basis"))
def show_transport(
    asked: Asked,
    from_region: Annotated[str, typer.Option("--from-region", help="The source looked at first.")],
    to_region: Annotated[str, typer.Option("--to-region", help="The receptor; its civil days are asked.")],
    lag: Annotated[int, typer.Option("--lag", help="The longest lag, hours.")] = 72,
    draws: Annotated[int, typer.Option("--draws", help="Draws of the bootstrap and of chance.")] = 1000,
    within: Annotated[
        Within, typer.Option("--within", help="all days, or the season of the receptor's country.")
    ] = Within.all,
    profile: Annotated[
        str | None, typer.Option("--profile", help="Hourly rule of an onset; kr-advisory.")
    ] = None,
    enter: Annotated[
        float | None, typer.Option("--enter", help="Instead of a profile: onsets above this value.")
    ] = None,
    max_gap: Annotated[
        int | None, typer.Option("--max-gap", help="With --enter: hours below that part no onsets; 0.")
    ] = None,
    mean_hours: Annotated[
        int, typer.Option("--mean-hours", help="Hours of the running mean that has onsets.")
    ] = 6,
    lead: Annotated[
        str, typer.Option("--lead", help="Hours before an onset in which the source is looked at.")
    ] = "12-48",
) -> None:
    """Whether one region's air goes before another's, both ways: indicators, not shares of origin."""
    from report import transport
    from report.given import lead_hours, onset_profile
    from report.transport_asked import Asked as How

    with opened(asked.database) as (settings, store):
        facts = catalogue(settings)
        source, receptor = (
            replace(asked, region=one, basis=options.Basis.hourly).understood(store, facts)
            for one in (from_region, to_region)
        )
        how = How(
            onset_profile(facts, asked.pollutant, profile, enter, max_gap),
            mean_hours,
            lag,
            lead_hours(lead),
            within.value,
            draws,
        )
        answer = transport.ask(store, facts, source, receptor, how)
    title = f"{source.place} and {receptor.place}: {asked.pollutant}, indicators of transport"
    if asked.shape is options.Format.csv:
        rows = [
            {"from": one["from"], "to": one["to"], **lag_row}
            for one in answer["directions"]
            for lag_row in one["lags"]
        ]
        answer = {**answer, "directions": rows}
    people = None if asked.shape is options.Format.csv else [_line(one) for one in answer["directions"]]
    show(answer, "directions", asked.shape, title, COLUMNS, _foot(answer), people)


def _line(direction: Answer) -> Answer:
    led = direction["tests"][1]
    return {
        **direction["best"],
        **{key: direction[key] for key in ("from", "to")},
        **{key: led[key] for key in ("onsets", "share", "base_rate")},
        "p": _three(direction["best"]["p"]),
        "p_lead": _three(led["p"]),
        "p_past": _three(direction["tests"][2]["p"]),
    }


def _three(p: float | None) -> str | None:
    return None if p is None else f"{p:.3f}"


def _foot(answer: Answer) -> list[str]:
    from report import render

    winds = dict.fromkeys(one["wind"]["note"] for one in answer["directions"] if "wind" in one)
    shares = answer["published_shares"]
    published = [
        f"published: {one['from']} in {one['to']} {one['share_pct']:g} % of the {one['averaging']} of "
        f"{one['data_year']} ({one['estimate']})"
        for one in shares["rows"]
    ]
    return [
        *answer["words"],
        answer["note"],
        answer["method"]["limits"],
        *winds,
        *published,
        *([shares["note"]] if published else []),
        *render.provenance(answer),
    ]
