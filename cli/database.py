"""`yellowsea db`."""

from __future__ import annotations

import sys

import typer

from cli import options
from cli.desk import say

app = typer.Typer(help="The database's schema.", no_args_is_help=True, rich_markup_mode=None)


@app.command("upgrade")
def upgrade(database: options.Database = None) -> None:
    """Bring the schema to this version's."""
    from config import settings
    from store.engine import Store
    from store.migrate import upgrade as bring

    store = Store(settings.load(database_url=database).database_url)
    say(f"{store.where} stands at schema {bring(store)}")


@app.command("check")
def check(database: options.Database = None) -> None:
    """Tell whether the schema is this version's; exit 1 where it is not."""
    from config import settings
    from store.engine import Store
    from store.migrate import HEAD, current, differences

    store = Store(settings.load(database_url=database).database_url)
    with store.read() as connection:
        at = current(connection)
    if at != HEAD:
        behind = f"{store.where} stands at schema {at or 'none'}, this version needs {HEAD}"
        say(f"{behind}: run `yellowsea db upgrade`")
        sys.exit(1)
    found = differences(store)
    for line in found:
        say(f"differs: {line}")
    if found:
        sys.exit(1)
    say(f"{store.where} stands at schema {HEAD}, as this version needs")
