"""`yellowsea catalogue`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cli import options
from cli.desk import catalogue, opened, say, show

app = typer.Typer(
    help="The facts known before any reading: shipped, and your own.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Kind = Annotated[str, typer.Argument(help="A kind of fact: measures, seasons, standards, claims, ...")]


@app.command("check")
def check_catalogue() -> None:
    """Read every catalogue file, yours too, and hold the references; exit 1 where they do not hold."""
    from analysis.episodes import Profile, ProfileError
    from config.fact import FactError

    facts = catalogue()
    try:
        facts.check()
        for profile in facts.profiles.values():
            Profile.from_fact(profile)
    except (FactError, ProfileError) as error:
        say(f"the catalogue does not hold together: {error}")
        sys.exit(1)
    versions = sum(map(len, facts.stations.values()))
    held = f"{len(facts.stations)} stations in {versions} versions, {len(facts.regions)} regions"
    say(f"the catalogue holds together: {held}, {len(facts.measures)} measures; your folder: {facts.own}")


@app.command("list")
def list_facts(
    kind: Annotated[str | None, typer.Argument(help="A kind of fact; without one, the kinds.")] = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """The kinds of facts, or every row of one, each with its source and how sure it is."""
    from report import catalogue as known

    facts = catalogue()
    answer = known.list_kind(facts, kind) if kind else known.kinds(facts)
    columns = answer.get("columns") or ["kind", "rows", "yours", "low_confidence", "what"]
    foot = [f"your own files are looked for in {facts.own}"]
    show(answer, "rows", shape, kind or "kinds of facts", _filled(columns, answer["rows"]), foot)


@app.command("show")
def show_fact(
    kind: Kind,
    name: Annotated[str, typer.Argument(help="Its id, or the text of one of its columns.")],
    shape: options.Shape = options.Format.table,
) -> None:
    """One fact, column by column."""
    from report import catalogue as known

    answer = known.find(catalogue(), kind, name)
    people: list[dict[str, object]] = []
    for row in answer["rows"]:
        people += [{"column": "", "value": ""}] if people else []
        people += [
            {"column": name, "value": _text(value)} for name, value in row.items() if value is not None
        ]
    show(answer, "rows", shape, f"{kind}: {name}", {"column": "column", "value": "value"}, [], people)


@app.command("sync")
def sync_catalogue(database: options.Database = None, shape: options.Shape = options.Format.table) -> None:
    """Copy the facts of policy into the database, for people and BI tools; the files stay the truth."""
    from store.catalogue import sync

    with opened(database) as (settings, store):
        facts = catalogue(settings)
        facts.check()
        with store.write() as connection:
            written = sync(connection, facts)
    answer = {
        "question": {"catalogue": str(facts.own)},
        "rows": [{"kind": kind, "rows": rows} for kind, rows in written.items()],
    }
    show(answer, "rows", shape, "copied into the database", {"kind": "kind", "rows": "rows"}, [])


def _text(value: object) -> str:
    """A cell of a column of mixed kinds, which reads from the left."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _filled(columns: list[str], rows: list[dict[str, object]]) -> dict[str, str]:
    """The columns in which any row says something."""
    return {one: one for one in columns if any(row.get(one) not in (None, "") for row in rows)}
