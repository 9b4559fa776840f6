"""What every room's tests share: the catalogue, an empty database on each engine, the card's real data."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from config.facts import Facts
from store import migrate
from store.engine import Store

# A law holds or it does not; how long an example takes on a busy machine is no part of it.
settings.register_profile("yellowsea", deadline=None)
settings.load_profile("yellowsea")

POSTGRES = os.environ.get("YELLOWSEA_TEST_POSTGRES", "postgresql+psycopg://root@127.0.0.1:5432/test")
REQUIRED = os.environ.get("YELLOWSEA_REQUIRE_POSTGRES") == "1"


@pytest.fixture(autouse=True)
def _logs_go_where_they_went() -> Iterator[None]:
    """A command that sets up logs writes to the standard error of its test, which is closed afterwards."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def facts() -> Facts:
    """The shipped catalogue."""
    return Facts()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project."""
    folder = Path(__file__).parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip(f"no real data: {folder} is not there")
    return folder


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new database, made once and copied for each test."""
    path = tmp_path_factory.mktemp("template") / "new.db"
    store = Store(f"sqlite:///{path}")
    migrate.ensure(store)
    store.close()
    return path


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """The name of a new PostgreSQL database, made once and copied for each test."""
    name = f"yellowsea_test_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    try:
        _on_server(f"CREATE DATABASE {name}")
    except SQLAlchemyError as error:
        reason = f"no PostgreSQL at {make_url(POSTGRES).render_as_string()}: {str(error).splitlines()[0]}"
        if REQUIRED:
            pytest.fail(reason)
        pytest.skip(f"{reason} (YELLOWSEA_TEST_POSTGRES names another)")
    store = Store(_url(name))
    migrate.ensure(store)
    store.close()
    yield name
    _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a new SQLite file with our schema."""
    path = tmp_path / "yellowsea.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_template: str) -> Iterator[str]:
    """The URL of a new PostgreSQL database with our schema, dropped afterwards."""
    name = f"{postgres_template}_{uuid.uuid4().hex[:8]}"
    _on_server(f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield _url(name)
    _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The URL of a new database with our schema, on each engine in turn."""
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(fixture))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A new database with our schema, on each engine in turn."""
    opened = Store(store_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """A new SQLite database with our schema."""
    opened = Store(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def postgres_store(postgres_url: str) -> Iterator[Store]:
    """A new PostgreSQL database with our schema."""
    opened = Store(postgres_url)
    yield opened
    opened.close()


def _url(name: str) -> str:
    url: URL = make_url(POSTGRES).set(database=name)
    return url.render_as_string(hide_password=False)


def _on_server(statement: str) -> None:
    engine = create_engine(POSTGRES, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
