"""`yellowsea report due` and `yellowsea report list`: the reports that are written by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import options
from cli.desk import catalogue, opened, say, show

if TYPE_CHECKING:
    from report.scheduled import Task


def report_due(
    at: Annotated[
        str | None, typer.Option("--at", help="The moment, an ISO time with offset; now unless given.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Name what would be written, and write nothing.")
    ] = False,
    database: options.Database = None,
) -> None:
    """Write the scheduled reports that are due: for those who use cron in the place of the daemon."""
    from report.question import QuestionError
    from web.jobs import press_of

    with opened(database) as (settings, store):
        press = press_of(store, catalogue(settings), settings)
        if press is None:
            raise QuestionError("no folder of reports is set: YELLOWSEA_REPORTS names it")
        moment = options.moment(at) or settings.data_clock.now()
        if dry_run:
            press.follow(moment)
            for task in press.tasks(moment):
                typer.echo(_named(task))
            return
        done = press.due(moment)
    for path in done.written:
        typer.echo(path)
    for path in done.deleted:
        say(f"deleted {path}: kept as long as its row says")
    for name, told in done.nothing.items():
        say(f"no {name}: {told}")
    if not done.written and not done.nothing:
        say("nothing is due")


def _named(task: Task) -> str:
    version = f" (version {task.version})" if task.version > 1 else ""
    return f"{task.due.name}.{task.language}.html{version}"


def list_reports(
    kind: Annotated[
        str | None, typer.Option("--kind", help="brief, morning, episode or season; all unless given.")
    ] = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """The scheduled reports that are in the folder, the newest first."""
    from config import settings
    from report.kept import listed

    answer = listed(settings.load().reports, kind)
    columns = {
        "file": "file",
        "kind": "kind",
        "regions": "region",
        "first_day": "from",
        "last_day": "to",
        "language": "language",
        "version": "version",
        "written_at": "written",
    }
    show(answer, "reports", shape, "Scheduled reports", columns, [])
