"""`yellowsea run | fetch | status | sandbox`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import options
from cli.desk import catalogue, opened, say, show

if TYPE_CHECKING:
    from datetime import datetime

    from sandbox.announced import Announced
    from sandbox.world import World


def run(
    until: Annotated[
        str | None, typer.Option("--until", help="End when data time has reached this and nothing is open.")
    ] = None,
    database: options.Database = None,
) -> None:
    """The daemon: keeps every hour of the live sources closed; SIGTERM ends it cleanly."""
    from scheduler import Daemon, configure_logs

    with opened(database) as (settings, store):
        configure_logs(settings)
        daemon = Daemon(store, catalogue(settings), settings, _moment(until))
        daemon.stop_on_signals()
        daemon.run()


def fetch(
    source: Annotated[
        str, typer.Argument(help="airkorea, cnemc, or a source of bulletins: airkorea-forecast, ...")
    ],
    since: options.Since = None,
    until: options.Until = None,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """One run of a source now, through the ledger; with --from and --to also older hours."""
    from ingest.fetch import fetch_once
    from ingest.registry import BULLETINS, SOURCES
    from report.question import QuestionError, span
    from scheduler import configure_logs

    zones = {name: one.spec.clock.zone for name, one in SOURCES.items()}
    zones |= {name: one.spec.zone for name, one in BULLETINS.items()}
    if source not in zones:
        raise QuestionError(f"no source is called {source!r}; there are {', '.join(zones)}")
    bounds = span(since, until, zones[source])[:2] if since or until else None
    with opened(database) as (settings, store):
        configure_logs(settings, least="error")  # the fault is told once, at the end
        answer, fault = fetch_once(store, catalogue(settings), settings, source, bounds)
    columns = {key: key for key in ("start", "state", "rows", "new", "changed", "same", "rejected", "error")}
    show(answer, "windows", shape, f"{source}: {len(answer['windows'])} windows", columns, [])
    if fault is not None:
        say(f"yellowsea: {fault}")
        sys.exit(4)


def status(database: options.Database = None, shape: options.Shape = options.Format.table) -> None:
    """How new and how settled each live source is; exit 1 when one is late or blocked."""
    from cli.standing import standing

    with opened(database) as (settings, store):
        answer = standing(settings, store)
    columns = {
        "id": "source",
        "newest": "newest hour",
        "settled": "settled hour",
        "open": "open",
        "lost": "lost",
        "late": "late",
        "late_because": "who",
        "calls": "calls",
        "calls_left": "left",
    }
    beat = answer["daemon"]
    foot = [
        f"daemon: last heartbeat {beat['seconds_ago']:.0f} s ago"
        if beat["heartbeat"]
        else "daemon: never ran"
    ]
    foot += [f"{row['id']} is late: {row['late_told']}" for row in answer["sources"] if row["late_told"]]
    foot += [
        f"{row['id']}: {row['error'].removeprefix(row['id'] + ': ')}"
        for row in answer["sources"]
        if row["error"]
    ]
    foot += [f"note: {note}" for note in answer["data"]["notes"]]
    show(
        answer,
        "sources",
        shape,
        f"sources at {answer['question']['at'][:16].replace('T', ' ')} UTC",
        columns,
        foot,
    )
    if any(row["late"] or row["blocked"] for row in answer["sources"]):
        sys.exit(1)


def sandbox(
    port: Annotated[int, typer.Option("--port", help="Loopback port.")] = 8642,
    replay: Annotated[
        str | None, typer.Option("--replay", help="Serve this database's readings as if live.")
    ] = None,
    since: Annotated[str | None, typer.Option("--from", help="Data time at which the replay begins.")] = None,
    clock: Annotated[str | None, typer.Option("--clock", help="<start ISO>@<unix time>x<speed>.")] = None,
    faults: Annotated[
        str | None, typer.Option("--faults", help="A fault plan FILE, or drill, or week.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the synthetic world and of the faults.")] = 1,
    area: Annotated[
        list[str] | None,
        typer.Option(
            "--area", help="Only this sido or Chinese city of the synthetic world; may be repeated."
        ),
    ] = None,
    journal: Annotated[
        Path | None, typer.Option("--journal", help="Note each request in this file, a line each.")
    ] = None,
) -> None:
    """The local upstream alone: AirKorea's and CNEMC's wire formats on loopback."""
    from config import settings
    from config.clock import Clock
    from config.facts import Facts
    from report.question import QuestionError
    from sandbox import server
    from sandbox.faults import FaultError
    from sandbox.journal import Journal

    start = _moment(since)
    time = Clock.parse(clock) if clock else settings.load().data_clock
    world: World | None = None
    announced: Announced | None = None
    if replay is not None:
        from sandbox.held import Held
        from sandbox.replay import ReplayWorld
        from store.announced import IssuedBook
        from store.engine import Store
        from store.hourly import HourValues

        upstream = Store(replay)
        held = HourValues(upstream)
        world = ReplayWorld(held, Facts(), start or time.now(), held.stations())
        announced = Held(IssuedBook(upstream))
    elif area:
        world = _some_of_the_synthetic_world(area, seed, start or time.now())
    try:
        noted = None if journal is None else Journal(journal)
    except OSError as error:
        raise QuestionError(f"{journal} cannot be written: {error.strerror}") from None
    try:
        server.run(
            port,
            world,
            time,
            faults,
            seed,
            start=start,
            announced=announced,
            journal=noted,
            ready=lambda s: say(f"sandbox: {s.url} serves the {s.world.name} world"),
        )
    except FaultError as error:
        raise QuestionError(str(error)) from None
    except OSError as error:
        say(f"yellowsea: port {port} cannot be used ({error.strerror}): give another --port")
        sys.exit(2)


def _some_of_the_synthetic_world(areas: list[str], seed: int, start: datetime) -> World:
    from config.facts import Facts
    from config.places import Places
    from sandbox.synthetic import SyntheticWorld

    facts = Facts()
    asked = [Places(facts).region(area) for area in areas]
    korean, chinese = ([one.id for one in asked if one.country == country] for country in ("KR", "CN"))
    return SyntheticWorld(facts, seed, start.date(), chinese, korean)


def _moment(text: str | None) -> datetime | None:
    from report.question import instant

    return instant(text, "UTC") if text else None
