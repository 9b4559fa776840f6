"""One door to the database: engine, transactions, schema, and errors in one line.

SQLite is embedded by default (WAL; the writer begins IMMEDIATE so that two writers queue and never
deadlock); PostgreSQL by changing one URL. On PostgreSQL the writer takes an advisory lock for the same
reason: comparing with what is held and writing must be one step.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

_WRITER_LOCK = 0x59_53_57_52  # one writer at a time: "YSWR"
_BUSY_SECONDS = 30


class StoreError(Exception):
    """A fault of the database, told in one line with what to do."""


class BusyError(StoreError):
    """Another writer holds the database; it passes by itself."""


class Store:
    """An opened database.

    Parameters
    ----------
    url : str
        A SQLAlchemy URL of SQLite or PostgreSQL.

    Raises
    ------
    StoreError
        For a URL that names neither, or a database that cannot be reached.
    """

    def __init__(self, url: str, *, busy_seconds: float = _BUSY_SECONDS) -> None:
        self.url = _parsed(url)
        self.engine = _engine(self.url, busy_seconds)
        self._busy_seconds = busy_seconds
        self._turn = threading.Lock()
        # A transaction of SQLite sees one state by itself.
        self._reader = (
            self.engine
            if self.dialect == "sqlite"
            else self.engine.execution_options(isolation_level="REPEATABLE READ")
        )

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @property
    def where(self) -> str:
        """The database as people may see it: without a password."""
        return self.url.render_as_string(hide_password=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one consistent state, whatever a writer does meanwhile."""
        with _told_in_one_line(self), self._reader.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The only way to change anything: one transaction, one writer at a time, all or nothing."""
        with (
            self._my_turn(),
            _told_in_one_line(self),
            self.engine.connect().execution_options(yellowsea_writer=True) as connection,
            connection.begin(),
        ):
            if self.dialect == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER_LOCK})
            yield connection

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        """Threads of one process wait for each other here: SQLite would let them sleep and ask again."""
        if self.dialect == "postgresql":
            yield
            return
        if not self._turn.acquire(timeout=self._busy_seconds):
            raise BusyError(f"the database {self.where} {_ADVICE['database is locked']}")
        try:
            yield
        finally:
            self._turn.release()

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except ArgumentError:
        raise StoreError(
            "the database URL cannot be read; give sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
        ) from None
    if backend not in ("sqlite", "postgresql"):
        raise StoreError(f"{backend} is not supported; give a sqlite or postgresql URL")
    return parsed


def _engine(url: URL, busy_seconds: float) -> Engine:
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite and url.database and url.database != ":memory:":
        _make_folder(Path(url.database.removeprefix("file:")))
    try:
        if not sqlite:
            return create_engine(url, pool_pre_ping=True)
        engine = create_engine(url, connect_args={"timeout": busy_seconds})
    except (NoSuchModuleError, ImportError) as error:
        said = str(error).splitlines()[0]
        raise StoreError(f"the driver of a {url.drivername} URL is not installed: {said}") from None
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the folder of {file} cannot be made ({error.strerror}); give another place"
        ) from None


def _sqlite_connect(connection: sqlite3.Connection, _record: Any) -> None:
    # Autocommit at the driver: it would begin late and DEFERRED; `_sqlite_begin` says when and how.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-32768",  # KiB; bounds what one large import holds in memory
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    writer = connection.get_execution_options().get("yellowsea_writer", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")


_ADVICE = {
    "database is locked": "is locked by another writer; wait until it ends, or stop it, and try again",
    "disk is full": "cannot grow: the disk is full; free some space and try again",
    "no space left": "cannot grow: the disk is full; free some space and try again",
    "disk i/o error": "cannot be written (disk I/O error); check the disk and its free space",
    "not a database": "is no database of ours; give another file or move this one away",
    "disk image is malformed": "is damaged; restore a copy, or import the archives again into a new file",
    "readonly database": "is read-only; make the file and its folder writable",
    "read-only transaction": "is read-only; give the URL of its primary server",
    "unable to open": "cannot be opened; check that its folder exists and is writable",
    "already exists": "holds tables that are not ours; give another database",
    "no such table": "has not our tables; give another database",
}


@contextmanager
def _told_in_one_line(store: Store) -> Iterator[None]:
    try:
        yield
    # The bulk paths speak to the driver itself, so its errors come bare as well as wrapped.
    except (DBAPIError, store.engine.dialect.loaded_dbapi.Error) as error:
        said = error.orig if isinstance(error, DBAPIError) else error
        told = _advice(said, store)
        if told is None:
            raise
        busy = "database is locked" in str(said).lower()
        raise (BusyError if busy else StoreError)(told) from error


def _advice(error: BaseException | None, store: Store) -> str | None:
    """The one line for a fault of the database; None for a fault of ours, whose trace is wanted."""
    said = (str(error).strip().splitlines() or [type(error).__name__])[0]
    for sign, advice in _ADVICE.items():
        if sign in said.lower():
            return f"the database {store.where} {advice}"
    if isinstance(error, store.engine.dialect.loaded_dbapi.OperationalError):
        return f"the database {store.where} cannot be used: {said}"
    return None
