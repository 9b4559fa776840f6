"""`yellowsea measures`."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from cli import measures_kept, options
from cli.asking import Asked, asking
from cli.desk import catalogue, opened, show

if TYPE_CHECKING:
    from report.answer import Answer

app = typer.Typer(
    help="Emergency measures and alerts: listed, linked with episodes, decided anew.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

app.command("add")(measures_kept.add_measure)
app.command("confirm")(measures_kept.confirm_measures)
app.command("lift")(measures_kept.lift_measure)

LISTED = {
    "date": "day",
    "region": "region",
    "kind": "kind",
    "step": "step",
    "announced_at": "announced",
    "in_force_from": "in force from",
    "in_force_to": "to",
    "vehicle_rules": "vehicles",
    "status": "status",
    "confidence": "confidence",
    "source": "source",
}
COUNTS = {
    "high_days": "high days",
    "high_days_covered": "… with an emergency measure in force",
    "first_days": "first days of a run",
    "first_days_covered": "… with an emergency measure in force",
    "later_days": "later days of a run",
    "later_days_covered": "… with an emergency measure in force",
    "announced_same_day": "high days without one, on which one was announced for the next day",
    "measure_days": "days with an emergency measure",
    "measure_days_high": "… that were high",
    "measure_days_at_or_below": "… that stayed at or below the threshold",
    "measure_days_without_value": "… of which no value is held",
    "measure_days_with_vehicle_rules": "… with vehicle rules",
}


@app.command("list")
def list_measures(
    region: options.Region = None,
    since: options.Since = None,
    until: options.Until = None,
    kind: Annotated[str | None, typer.Option("--kind", help="emergency, preliminary or heavy-alert.")] = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """The measures that are listed, each with its source, and how far each list reaches."""
    from report import measures

    answer = measures.ask(catalogue(), region, options.day(since), options.day(until), kind)
    found = answer["measures"]
    people = [_dated(row) for row in found]
    show(answer, "measures", shape, f"{len(found)} listed measures", LISTED, _reach(answer), people)


def _dated(row: Answer) -> Answer:
    """A measure as a table shows it: of an announcement of which the hour is not known, the day."""
    at = row["announced_at"]
    return {**row, "announced_at": at[:10]} if at and row["announced_precision"] == "day" else row


def _reach(answer: Answer) -> list[str]:
    lines = [
        f"{one['region']}, {one['kind']}: known through {one['known_through']}"
        + (", complete in this span" if one["complete"] else "")
        for one in answer["known_through"]
    ]
    return [*lines, answer["method"]["words"]]


@app.command("link")
@asking
def link_measures(
    asked: Asked,
    profile: Annotated[
        str | None, typer.Option("--profile", help="Of days: kr-high-day unless given, kr-bad-day, ...")
    ] = None,
) -> None:
    """Episodes with the measures around them: announced, in force, covered or not."""
    from report import links
    from report.episodes import profile_of

    with opened(asked.database) as (settings, store):
        facts = catalogue(settings)
        question = asked.understood(store, facts)
        answer = links.ask(store, facts, question, profile_of(facts, question, profile))
    people = [row for one in answer["links"] for row in _lines(one)]
    if asked.shape is options.Format.csv:
        answer = {**answer, "links": [row for one in answer["links"] for row in _pairs(one)]}
    columns = {
        "episode": "episode",
        "mean": "mean",
        "date": "measure",
        "region": "region",
        "kind": "kind",
        "relation": "relation",
        "lead_hours": "lead h",
        "overlap_hours": "overlap h",
        "nth_of_run": "nth day",
        "vehicle_rules": "vehicles",
        "confidence": "confidence",
    }
    named, found = answer["question"]["profile"], len(answer["links"])
    title = f"{question.place}: {found} episode{'s' * (found != 1)} of {named} and the measures around"
    show(
        answer, "links", shape=asked.shape, title=title, columns=columns, people=people, foot=_counts(answer)
    )


def _lines(link: Answer) -> list[Answer]:
    episode = link["episode"]
    head = {
        "episode": f"{episode['start'][:10]} +{episode['duration_hours'] // 24} d",
        "mean": episode["mean"],
    }
    rows = link["measures"] or [{"kind": "no measure known"}]
    return [{**(head if index == 0 else {}), **row} for index, row in enumerate(rows)]


def _pairs(link: Answer) -> list[Answer]:
    """An episode with each of its measures, for a spreadsheet; one row without, where none is known."""
    return [{"episode": link["episode"], "measure": one} for one in link["measures"] or [None]]


def _counts(answer: Answer) -> list[str]:
    from report import render

    summary = answer["summary"]
    lines = [f"{summary[key]:>5} {words}" for key, words in COUNTS.items()]
    reach = "complete" if summary["complete"] else f"known through {summary['known_through']}, not complete"
    return [*lines, f"the list of measures is {reach}", answer["method"]["words"], *render.provenance(answer)]


class Rule(StrEnum):
    """Which rule is replayed."""

    emergency = "kr-emergency"
    advisory = "kr-advisory"
    warning = "kr-warning"
    heavy = "cn-alert"


class Forecast(StrEnum):
    """What stands for the forecast."""

    issued = "issued"
    observed = "observed"
    none = "none"


DECIDED = {
    "for_date": "for",
    "region": "region",
    "mean": "mean",
    "hours": "hours",
    "alert": "alert",
    "tomorrow": "tomorrow",
    "met": "criteria",
    "would_issue": "rule",
    "issued_words": "issued",
    "step": "step",
    "reason": "why",
}
REPLAYED = {
    "region": "region",
    "level": "level",
    "issued_at": "issued",
    "lifted_at": "lifted",
    "value": "value",
    "peak": "peak",
    "censored": "censored",
    "rule": "rule",
}
HEAVY = {
    "for_date": "for",
    "region": "region",
    "aqi": "AQI",
    "level": "rule",
    "issued_words": "issued",
    "issued_level": "level",
    "reason": "why",
}


@app.command("replay")
@partial(asking, without=("station",))
def replay_measures(
    asked: Asked,
    rule: Annotated[
        Rule, typer.Option("--rule", help="kr-emergency, kr-advisory, kr-warning or cn-alert.")
    ] = Rule.emergency,
    forecast: Annotated[
        Forecast,
        typer.Option(
            "--forecast", help="As issued then; hindcasts: the observed day means instead, or none."
        ),
    ] = Forecast.issued,
    window: Annotated[
        str | None,
        typer.Option("--window", help="Hours of today's mean, hour-ending labels: 1-16 is the law's 0-16 h."),
    ] = None,
) -> None:
    """Decide measures and alerts anew by the rule of the date, beside what was issued."""
    from report import replay

    with opened(asked.database) as (settings, store):
        facts = catalogue(settings)
        question = asked.understood(store, facts)
        answer = replay.ask(store, facts, question, rule.value, forecast.value, window)
    title = replay.title(answer, question.place)
    people = [replay.line(row) for row in answer["decisions"]] if rule is Rule.emergency else None
    if rule is Rule.heavy:
        show(answer, "decisions", asked.shape, title, HEAVY, replay.foot(answer))
    elif rule is Rule.emergency:
        show(answer, "decisions", asked.shape, title, DECIDED, replay.foot(answer), people)
    else:
        show(answer, "alerts", asked.shape, title, REPLAYED, replay.foot(answer))
