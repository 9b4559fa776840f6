"""`yellowsea`: the commands, and how faults become one line and an exit code.

0 answered; 1 answered, and the answer is bad news; 2 wrong use; 3 nothing held for the question;
4 source or database fault.
"""

from __future__ import annotations

import sys

import typer
from typer._click.exceptions import ClickException, NoArgsIsHelpError

from cli import (
    archives,
    averages,
    backfill,
    brief,
    catalogue,
    claims,
    compare_sources,
    configuration,
    daemon,
    database,
    demo,
    doctor,
    effects,
    episodes,
    exceedances,
    exchange,
    export,
    flag,
    forecasts,
    gaps,
    hotline,
    indices,
    measures,
    metrics,
    milestones,
    published,
    readings,
    reparse,
    report,
    report_due,
    residence,
    seasons,
    serve,
    stations,
    targets,
    token,
    trajectories,
    transport,
    trends,
)
from cli.desk import say
from cli.speaking import in_languages

app = typer.Typer(
    name="yellowsea",
    help="Hourly PM2.5 of both shores of the Yellow Sea, and what governments did about the bad days.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("run")(daemon.run)
app.command("fetch")(daemon.fetch)
app.command("import")(archives.load)
app.command("status")(daemon.status)
app.command("stations")(stations.show_stations)
app.command("readings")(readings.show_readings)
app.command("averages")(averages.show_averages)
app.command("episodes")(episodes.show_episodes)
app.command("published")(published.show_published)
app.command("indices")(indices.show_indices)
app.command("backfill")(backfill.backfill)
app.command("reparse")(reparse.reparse_source)
app.command("doctor")(doctor.doctor)
app.command("metrics")(metrics.show_metrics)
app.command("seasons")(seasons.show_seasons)
app.command("brief")(brief.show_brief)
app.command("effect")(effects.show_effect)
app.command("milestones")(milestones.show_milestones)
app.command("claims")(claims.show_claims)
app.command("targets")(targets.show_targets)
app.command("gaps")(gaps.show_gaps)
app.command("compare-sources")(compare_sources.show_compare_sources)
app.command("flag")(flag.flag_readings)
app.command("transport")(transport.show_transport)
app.command("trends")(trends.show_trends)
app.command("trajectories")(trajectories.show_trajectories)
app.command("residence")(residence.show_residence)
app.command("exchange")(exchange.show_exchange)
app.command("serve")(serve.serve)
app.command("exceedances")(exceedances.show_exceedances)
app.command("forecasts")(forecasts.show_forecasts)
app.command("export")(export.export_values)
app.command("sandbox")(daemon.sandbox)
app.command("demo")(demo.demo)
app.add_typer(database.app, name="db")
app.add_typer(configuration.app, name="config")
app.add_typer(catalogue.app, name="catalogue")
app.add_typer(measures.app, name="measures")
report.app.command("due")(report_due.report_due)
report.app.command("list")(report_due.list_reports)
app.add_typer(report.app, name="report")
app.add_typer(hotline.app, name="hotline")
app.add_typer(token.app, name="token")
in_languages(app)


def run() -> None:
    """The entry point: run a command; a known fault is one line on standard error and its exit code."""
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except (KeyboardInterrupt, typer.Abort):
        say("yellowsea: stopped")
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except ClickException as error:
        say(f"yellowsea: {error.format_message().rstrip('.')} ({_help(error)})")
        sys.exit(2)
    except Exception as error:
        code = exit_code(error)
        if code is None:
            raise
        for line in told(error):
            say(line)
        sys.exit(code)


def _help(error: ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f"{context.command_path if context else 'yellowsea'} --help tells what there is"


def run_daemon() -> None:
    """`python scheduler.py`: the same as `yellowsea run`."""
    sys.argv.insert(1, "run")
    run()


def exit_code(error: Exception) -> int | None:
    """The exit code of a fault that is told in words; None for one that is a mistake of ours."""
    from config.clock import ClockError
    from config.fact import FactError
    from config.places import AmbiguousPlaceError, UnknownPlaceError
    from config.settings import SettingsError

    if isinstance(error, ClockError | FactError | AmbiguousPlaceError | UnknownPlaceError | SettingsError):
        return 2
    known = {
        "report.question.QuestionError": 2,
        "report.question.NothingHeldError": 3,
        "analysis.profile.ProfileError": 2,
        "ingest.members.FileProblem": 2,
        "ingest.mapping.MappingError": 2,
        "ingest.announced.AnnouncedError": 2,
        "ingest.source.SourceError": 4,
        "store.engine.StoreError": 4,
        "store.locks.LockedError": 4,
    }
    names = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__]
    return next((known[name] for name in names if name in known), None)


def told(error: Exception) -> list[str]:
    """The lines that tell a fault; the last says what is held, where that is known."""
    held = getattr(error, "held", None)
    lines = [f"yellowsea: {error}"]
    if held is not None:
        nothing = "nothing of it; `yellowsea stations --held` tells what is, `yellowsea import` loads more"
        lines.append(f"held: {'; '.join(held) or nothing}")
    return lines


if __name__ == "__main__":
    run()
