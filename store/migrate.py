"""Bring a database to the schema of this version, and tell whether it is there."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect

from store.engine import Store, StoreError

# The newest step; a test holds it to the files, so that a command need not import alembic to compare.
HEAD = "0003"

_ALEMBIC = threading.Lock()  # its context is one for the whole process


def current(connection: Connection) -> str | None:
    """The step at which a database stands; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)


def ensure(store: Store) -> None:
    """Give a new database its schema; refuse one that another version of ours has made.

    Raises
    ------
    StoreError
        When the database stands at another step: `yellowsea db upgrade` is a decision of the user's.
    """
    with store.read() as connection:
        at = current(connection)
    if at is None:
        upgrade(store)
    elif at != HEAD:
        raise StoreError(
            f"the database {store.where} stands at schema {at}, this version needs {HEAD}: "
            "run `yellowsea db upgrade` (or install the newer version, if the database is ahead)"
        )


def upgrade(store: Store) -> str:
    """Bring the schema to HEAD in one transaction; returns HEAD."""
    from alembic import command
    from alembic.config import Config

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with _ALEMBIC, store.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return HEAD


def differences(store: Store) -> list[str]:
    """What the database has otherwise than the schema, each as a line; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from store import notices, policy_tables, station_indices, tokens, trajectories  # noqa: F401 - their tables join the metadata
    from store.schema import metadata

    with store.read() as connection:
        options = {"compare_type": True, "include_object": is_of(store.dialect)}
        context = MigrationContext.configure(connection, opts=options)
        return [_said(one) for one in compare_metadata(context, metadata)]


def _said(found: Any) -> str:
    """A difference in words: what the schema has and the database lacks, or the other way round."""
    if isinstance(found, list):  # changes of one column
        return "; ".join(_said(one) for one in found)
    what, *of = found
    names = [one if isinstance(one, str) else getattr(one, "name", None) for one in of]
    verb, _, kind = str(what).partition("_")
    told = " ".join(str(one) for one in names if one)
    return f"{ {'add': 'lacks', 'remove': 'has besides'}.get(verb, verb) } {kind} {told}"


def is_of(dialect: str) -> Callable[..., bool]:
    """Whether an object of the schema exists on an engine: SQLite's reading table is its own index."""

    def included(_object: object, name: str | None, kind: str, _reflected: bool, _compare: object) -> bool:
        return dialect != "sqlite" or (kind, name) != ("index", "ix_reading_series_id_day_hour")

    return included
