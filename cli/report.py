"""`yellowsea report`: an episode, seasons, a measure or a region on one sheet, in three languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import options
from cli.asking import Asked, asking
from cli.desk import catalogue, opened

if TYPE_CHECKING:
    from config.facts import Facts
    from config.words import Speaker
    from report.answer import Answer
    from report.paper.out import Report
    from report.question import Question
    from store.engine import Store

app = typer.Typer(
    help="Reports to read, print and paste: one HTML file, or figures and tables in a folder.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Out = Annotated[
    Path | None,
    typer.Option(
        "--out", help="A FILE that ends in .html, .json or .nc, or a folder; this one unless given."
    ),
]
Forms = Annotated[
    list[str] | None,
    typer.Option("--format", help="html (unless given) json csv netcdf svg png, or all; may be repeated."),
]
Beside = Annotated[
    list[str] | None,
    typer.Option("--beside", help="Another region at the same time; may be repeated."),
]

Composed = Callable[["Store", "Facts"], "Answer"]
Told = Callable[["Speaker", "Answer"], "Report"]


@app.command("episode")
@partial(asking, without=("station", "shape"))
def report_episode(
    asked: Asked,
    profile: Annotated[
        str | None, typer.Option("--profile", help="The rule of an episode; the country's own unless given.")
    ] = None,
    beside: Beside = None,
    out: Out = None,
    forms: Forms = None,
    lang: options.Lang = options.Language.en,
) -> None:
    """An episode: the air, what was in force, what the rules would have given, and how sure it all is."""
    from report.paper import episode, episode_report

    def compose(store: Store, facts: Facts) -> Answer:
        from report.episodes import profile_of

        question = asked.understood(store, facts)
        others = tuple(_beside(asked, store, facts, one) for one in beside or ())
        return episode.compose(
            store, facts, episode.Asked(question, profile_of(facts, question, profile), others)
        )

    _write(asked.database, lang, out, forms, compose, episode_report.report)


@app.command("season")
@partial(asking, without=("region", "station", "since", "until", "shape"))
def report_season(
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
    through: Annotated[
        str | None, typer.Option("--through", help="MM-DD: every season only until this day.")
    ] = None,
    baseline: Annotated[
        str,
        typer.Option("--baseline", help="previous (unless given), mean3 of the three before, or a season."),
    ] = "previous",
    out: Out = None,
    forms: Forms = None,
    lang: options.Lang = options.Language.en,
) -> None:
    """Seasons: figures, days by grade, change with interval, measures by sido, published by vintage."""
    from report.paper import reports
    from report.paper import season as seasons

    def compose(store: Store, facts: Facts) -> Answer:
        from report.given import season_years
        from report.seasons import Asked as Wanted

        questions = [_any_day(asked, store, facts, one) for one in region]
        chosen = season_years(facts, questions[0].country, years, season or ())
        wanted = Wanted(chosen, "own", through, None, baseline)
        return seasons.compose(store, facts, questions, wanted)

    _write(asked.database, lang, out, forms, compose, reports.of_seasons)


@app.command("measure")
@partial(asking, without=("station", "since", "until", "shape"))
def report_measure(
    asked: Asked,
    date: Annotated[str, typer.Option("--date", help="The civil day on which it was in force.")],
    days: Annotated[int, typer.Option("--days", help="Days shown before and after.", min=1, max=31)] = 4,
    profile: Annotated[
        str | None, typer.Option("--profile", help="The rule of an episode; the country's own unless given.")
    ] = None,
    beside: Beside = None,
    out: Out = None,
    forms: Forms = None,
    lang: options.Lang = options.Language.en,
) -> None:
    """One measure: announced, in force, the criteria met, the rule anew, and the air around it."""
    from report.paper import measure, reports

    day = options.required_day(date)

    def compose(store: Store, facts: Facts) -> Answer:
        from report.episodes import profile_of

        question = _any_day(asked, store, facts, asked.region)
        others = tuple(
            _beside(replace(asked, since=date, until=date), store, facts, one) for one in beside or ()
        )
        rule = profile_of(facts, question, profile)
        return measure.compose(store, facts, measure.Asked(question, day, rule, days, others))

    _write(asked.database, lang, out, forms, compose, reports.of_measure)


@app.command("region")
@partial(asking, without=("station", "since", "until", "shape"))
def report_region(
    asked: Asked,
    out: Out = None,
    forms: Forms = None,
    lang: options.Lang = options.Language.en,
) -> None:
    """A region: what is held of it, its newest days, its seasons, its measures."""
    from report.paper import region, reports

    def compose(store: Store, facts: Facts) -> Answer:
        return region.compose(store, facts, _any_day(asked, store, facts, asked.region))

    _write(asked.database, lang, out, forms, compose, reports.of_region)


def _any_day(asked: Asked, store: Store, facts: Facts, region: str | None) -> Question:
    """A question about a region of which the span is set later."""
    day = "2000-01-01"
    return replace(asked, region=region, since=day, until=day).understood(store, facts)


def _beside(asked: Asked, store: Store, facts: Facts, region: str) -> Question:
    """The same days of another place, from whatever feeds hold it."""
    other = replace(asked, region=region, station=None, network=None, feed=None, basis=options.Basis.best)
    return other.understood(store, facts)


def _write(
    database: str | None,
    lang: options.Language,
    out: Path | None,
    forms: list[str] | None,
    compose: Composed,
    tell: Told,
) -> None:
    """Compose a report, write it, and name its files on standard output."""
    from config.words import Speaker
    from report.paper import out as files

    formats = files.formats_of(out, forms or ())
    with opened(database) as (settings, store):
        facts = catalogue(settings)
        answer = compose(store, facts)
        at = settings.data_clock.now()
    say = Speaker(facts, lang.value)
    for path in files.write(tell(say, answer), say, out, formats, at):
        typer.echo(path)
