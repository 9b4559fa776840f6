"""How much a database takes, and how much it may still grow."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import Connection, func, select

from store import schema
from store.engine import Store


def database_bytes(connection: Connection) -> int:
    """Bytes of the whole database."""
    if connection.dialect.name == "postgresql":
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar() or 0)
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar() or 0
    return int(pages) * int(connection.exec_driver_sql("PRAGMA page_size").scalar() or 0)


def archive_bytes(connection: Connection) -> int:
    """Bytes of the payload archive, packed."""
    packed = func.sum(func.length(schema.payload.c.packed))
    return int(connection.execute(select(packed)).scalar() or 0)


def blocks(connection: Connection) -> int:
    """Packed months."""
    return int(connection.execute(select(func.count()).select_from(schema.block)).scalar_one())


def free_bytes(store: Store) -> int | None:
    """Bytes free where a database of SQLite lies; None where that cannot be told."""
    file = store.url.database
    if store.dialect != "sqlite" or not file or file == ":memory:":
        return None
    return shutil.disk_usage(Path(file).resolve().parent).free
