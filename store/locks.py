"""One daemon per database: a file lock beside SQLite's file, an advisory lock on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout
from sqlalchemy import text

from store.engine import Store

_DAEMON_LOCK = 0x59_53_44_4D  # "YSDM"


class LockedError(RuntimeError):
    """Another daemon works on this database."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"another daemon already works on {where}: stop it first, or give this one another database"
        )


@contextmanager
def only_daemon(store: Store) -> Iterator[None]:
    """Hold the database's daemon lock; it ends with the process, however that ends.

    Raises
    ------
    LockedError
        When another process holds it.
    """
    if store.dialect == "sqlite":
        lock = FileLock(f"{store.url.database}.daemon.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise LockedError(store.where) from None
        try:
            yield
        finally:
            lock.release()
        return
    with store.engine.connect() as connection:
        # A session lock: it must live as long as this connection, outside any transaction.
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        query = text("SELECT pg_try_advisory_lock(:key)")
        if not connection.execute(query, {"key": _DAEMON_LOCK}).scalar():
            raise LockedError(store.where)
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _DAEMON_LOCK})
