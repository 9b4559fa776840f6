"""`yellowsea token`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from cli import options
from cli.desk import opened, say, show

app = typer.Typer(
    help="Tokens with which something can be changed over HTTP.", no_args_is_help=True, rich_markup_mode=None
)

Name = Annotated[str, typer.Argument(help="Whose it is, or what for: a name of its own for each.")]


@app.command("add")
def add_token(name: Name, database: options.Database = None) -> None:
    """Give a token and print it, this once: only its hash is kept."""
    from report.question import QuestionError
    from store import tokens

    if not name.strip() or len(name) > 100:
        raise QuestionError("give a name of 1 to 100 characters")
    with opened(database) as (_, store), store.write() as connection:
        secret = tokens.give(connection, name.strip(), datetime.now(UTC))
    if secret is None:
        raise QuestionError(f"{name!r} has been given a token: take another name, or a number behind it")
    say(f"the token of {name}, shown this once; send it as Authorization: Bearer TOKEN")
    sys.stdout.write(f"{secret}\n")


@app.command("list")
def list_tokens(database: options.Database = None, shape: options.Shape = options.Format.table) -> None:
    """Who was given a token, when it was last used, and which hold no longer."""
    from store import tokens

    with opened(database) as (_, store), store.read() as connection:
        found = tokens.given(connection)
    rows = [
        {
            "name": one.name,
            "created_at": one.created_at.isoformat(),
            "used_at": one.used_at and one.used_at.isoformat(),
            "revoked_at": one.revoked_at and one.revoked_at.isoformat(),
        }
        for one in found
    ]
    answer = {"question": {}, "tokens": rows}
    columns = {"name": "name", "created_at": "given", "used_at": "last used", "revoked_at": "revoked"}
    show(answer, "tokens", shape, f"{len(rows)} token{'s' * (len(rows) != 1)}", columns, [])


@app.command("revoke")
def revoke_token(name: Name, database: options.Database = None) -> None:
    """Let a token hold no longer, from the next request on."""
    from report.question import QuestionError
    from store import tokens

    with opened(database) as (_, store), store.write() as connection:
        done = tokens.revoke(connection, name.strip(), datetime.now(UTC))
    if not done:
        raise QuestionError(f"no token of {name!r} holds: `yellowsea token list` shows those that do")
    say(f"the token of {name} holds no longer")
