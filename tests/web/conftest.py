"""A server on a small database, and databases to change."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from web_desk import STATIONS, Served, serving, settings_of, write

from store.engine import Store


@pytest.fixture(scope="module")
def held(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database of six weeks of three stations of Seoul and two of Beijing."""
    folder = tmp_path_factory.mktemp("web")
    shutil.copy(sqlite_template, folder / "small.db")
    store = Store(f"sqlite:///{folder / 'small.db'}")
    for feed, codes in STATIONS.items():
        write(store, feed, codes)
    store.close()
    return folder


@pytest.fixture(scope="module")
def web(held: Path) -> Iterator[Served]:
    """The server on the small database; nobody changes it."""
    with serving(settings_of(held)) as found:
        yield found


@pytest.fixture
def own(held: Path, tmp_path: Path) -> Path:
    """A copy of the small database to change."""
    shutil.copy(held / "small.db", tmp_path / "small.db")
    return tmp_path


@pytest.fixture
def serve() -> Callable[..., Any]:
    """A server on a folder: `with serve(own, web_most_rows=10) as web`."""
    return lambda folder, **given: serving(settings_of(folder, **given))
