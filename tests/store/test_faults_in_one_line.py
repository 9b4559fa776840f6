"""A fault of the database is told in one line that says what to do."""

# ruff: noqa: PT012 - a whole transaction is what raises

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from by_hand import NOON, Writer, count, held, make_series
from sqlalchemy.exc import IntegrityError

from config.facts import Facts
from store import migrate
from store.engine import Store, StoreError


def _told(caught: pytest.ExceptionInfo[StoreError]) -> str:
    said = str(caught.value)
    assert "\n" not in said
    assert ";" in said, "what is wrong; what to do"
    return said


@pytest.mark.parametrize("url", ["nonsense", "mysql://root@localhost/x", "://", "sqlite+nothing:///x.db"])
def test_a_url_that_is_none_of_ours(url: str) -> None:
    with pytest.raises(StoreError, match="sqlite") as caught:
        Store(url)
    assert "\n" not in str(caught.value)


def test_a_locked_database(sqlite_store: Store) -> None:
    impatient = Store(sqlite_store.url.render_as_string(), busy_seconds=0.05)
    locked = pytest.raises(StoreError, match="locked by another writer")
    with sqlite_store.write(), locked as caught, impatient.write():
        pytest.fail("two writers at once")
    impatient.close()
    _told(caught)


def test_no_database(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear Sir, this is no database. " * 100)
    store = Store(f"sqlite:///{path}")
    with pytest.raises(StoreError, match="no database of ours") as caught:
        migrate.ensure(store)
    store.close()
    _told(caught)


def test_the_database_of_another_program(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'theirs.db'}")
    with store.write() as connection:
        connection.exec_driver_sql("CREATE TABLE station (id INTEGER)")
    with pytest.raises(StoreError, match="not ours") as caught:
        migrate.ensure(store)
    with store.read() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars()
        assert set(tables) == {"station"}
    store.close()
    _told(caught)


def test_a_full_disk_and_nothing_is_lost(sqlite_store: Store, facts: Facts) -> None:
    (a,) = make_series(sqlite_store, facts)
    writer = Writer(sqlite_store)
    writer.give([(a, NOON, 1.0)])
    with pytest.raises(StoreError, match="disk is full") as caught, sqlite_store.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
        writer.give_on(connection, [(a, NOON + hour, 1 / (hour + 7)) for hour in range(5000)])
    _told(caught)
    with sqlite_store.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert held(sqlite_store, [a]) == {(a, NOON): 1.0}
    assert writer.give([(a, NOON + 1, 1.0)]).new == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to read-only files")
def test_a_read_only_file(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    path.chmod(stat.S_IREAD)
    path.parent.chmod(stat.S_IREAD | stat.S_IEXEC)
    store = Store(sqlite_url)
    try:
        with pytest.raises(StoreError, match=r"read-only|cannot be opened") as caught, store.write():
            pass
    finally:
        path.parent.chmod(stat.S_IRWXU)
        store.close()
    _told(caught)


def test_a_database_opened_read_only(sqlite_store: Store) -> None:
    with sqlite_store.read() as connection:
        connection.exec_driver_sql("SELECT 1")
    path = Path(str(sqlite_store.url.database))
    reader = Store(f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(StoreError, match="read-only") as caught, reader.write() as connection:
        connection.exec_driver_sql("INSERT INTO meta VALUES ('a', 'b')")
    reader.close()
    _told(caught)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made") as caught:
        Store(f"sqlite:///{tmp_path}/file/deeper/x.db")
    _told(caught)


def test_a_path_that_is_a_folder(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}")
    with pytest.raises(StoreError, match="cannot be opened") as caught, store.read():
        pass
    _told(caught)


def test_no_server(postgres_url: str) -> None:
    store = Store("postgresql+psycopg://somebody:secret@127.0.0.1:1/x")
    with pytest.raises(StoreError, match="cannot be used") as caught, store.read():
        pass
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_read_only_server(postgres_store: Store, facts: Facts) -> None:
    (a,) = make_series(postgres_store, facts)
    with pytest.raises(StoreError, match="primary") as caught, postgres_store.write() as connection:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        Writer(postgres_store).give_on(connection, [(a, NOON, 1.0)])
    _told(caught)


def test_a_server_that_hangs_up(postgres_store: Store, facts: Facts) -> None:
    (a,) = make_series(postgres_store, facts)
    writer = Writer(postgres_store)
    with pytest.raises(StoreError, match="cannot be used"), postgres_store.write() as connection:
        me = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with postgres_store.read() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({me})")
        writer.give_on(connection, [(a, NOON, 1.0)])
    assert writer.give([(a, NOON, 1.0)]).new == 1


def test_a_fault_of_ours_keeps_its_trace(store: Store, facts: Facts) -> None:
    with pytest.raises(IntegrityError), store.write() as connection:
        connection.exec_driver_sql("INSERT INTO meta VALUES ('a', 'b')")
        connection.exec_driver_sql("INSERT INTO meta VALUES ('a', 'b')")
    assert count(store, "meta") == 0


def test_the_password_is_never_shown() -> None:
    store = Store("postgresql+psycopg://somebody:secret@127.0.0.1:1/x")
    assert "secret" not in store.where
