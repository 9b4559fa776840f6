"""A client that holds an answer is told so; any change of data, flags or catalogue makes it another."""

from __future__ import annotations

import concurrent.futures
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from web_desk import FIRST, Served, write

from config.facts import Facts
from ingest.announced import add, measure
from store.engine import Store
from store.flags import set_flags

SEOUL = "/v1/averages?region=kr-seoul&from=2019-03-01&to=2019-03-07"


def test_an_answer_that_a_client_holds_is_not_sent_again(web: Served) -> None:
    first = web.get(SEOUL)
    again = web.get(SEOUL, **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert web.get(SEOUL, **{"If-None-Match": f'"other", W/{first.headers["etag"]}'}).status_code == 304
    assert web.get(SEOUL, **{"If-None-Match": '"other"'}).content == first.content


def test_each_question_and_each_shape_has_a_tag_of_its_own(web: Served) -> None:
    asked = [
        SEOUL,
        f"{SEOUL}&every=hour",
        f"{SEOUL}&format=csv",
        f"{SEOUL}&limit=2",
        SEOUL.replace("07", "06"),
    ]
    assert len({web.get(one).headers["etag"] for one in asked}) == len(asked)
    by_header = web.client.get(SEOUL, headers={"Accept": "text/csv"})
    assert by_header.headers["etag"] == web.get(f"{SEOUL}&format=csv").headers["etag"] or by_header.content


def test_last_modified_is_when_the_newest_batch_came(web: Served) -> None:
    first = web.get(SEOUL)
    assert parsedate_to_datetime(first.headers["last-modified"]) == datetime(2024, 1, 1, tzinfo=UTC)
    later = format_datetime(datetime(2024, 1, 2, tzinfo=UTC), usegmt=True)
    earlier = format_datetime(datetime(2023, 12, 31, tzinfo=UTC), usegmt=True)
    assert web.get(SEOUL, **{"If-Modified-Since": later}).status_code == 304
    assert web.get(SEOUL, **{"If-Modified-Since": earlier}).status_code == 200
    # The tag decides where there is one.
    both = {"If-Modified-Since": later, "If-None-Match": '"other"'}
    assert web.get(SEOUL, **both).status_code == 200


def new_values(folder: Path) -> None:
    """A batch with other values for the same hours."""
    store = Store(f"sqlite:///{folder / 'small.db'}")
    write(store, "airkorea-final", ["111121", "111123", "111131"], level=80.0)
    store.close()


def flags(folder: Path) -> None:
    """A judgement, which brings no batch."""
    store = Store(f"sqlite:///{folder / 'small.db'}")
    with store.write() as connection:
        first = int(FIRST.timestamp()) // 3600
        assert set_flags(connection, [1], first, np.ones((1, 48), np.int64))
    store.close()


def a_measure(folder: Path) -> None:
    """A row in the keeper's folder."""
    store = Store(f"sqlite:///{folder / 'small.db'}")
    facts = Facts(own=folder / "catalogue")
    day = datetime(2026, 12, 1, tzinfo=UTC).date()
    add(store, facts, measure(facts, "kr-seoul", "emergency", day, source="a test", confidence="low"))
    store.close()


@pytest.mark.parametrize("change", [new_values, flags, a_measure])
def test_whatever_changes_an_answer_changes_its_tag(
    own: Path, serve: Callable[..., Any], change: Callable[[Path], None]
) -> None:
    with serve(own) as web:
        before = web.get(SEOUL)
        change(own)
        after = web.get(SEOUL, **{"If-None-Match": before.headers["etag"]})
        assert after.status_code == 200
        assert after.headers["etag"] != before.headers["etag"]


def test_new_values_are_in_the_next_answer(own: Path, serve: Callable[..., Any]) -> None:
    with serve(own) as web:
        before = web.json(SEOUL)["values"][0]["value"]
        new_values(own)
        assert web.json(SEOUL)["values"][0]["value"] == pytest.approx(before + 40, abs=1)


@pytest.mark.parametrize(
    "path", ["/v1/status", "/v1/gaps?region=kr-seoul&from=2019-03-01&to=2019-03-02", "/v1/brief"]
)
def test_what_depends_on_the_moment_is_not_kept(web: Served, path: str) -> None:
    got = web.get(path)
    assert got.status_code in (200, 404)
    assert got.headers["cache-control"] == "no-store"
    assert "etag" not in got.headers


def test_readers_do_not_wait_for_a_writer(own: Path, serve: Callable[..., Any]) -> None:
    with serve(own) as web:
        writer = sqlite3.connect(own / "small.db", isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM reading")
        try:
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                asked = [f"{SEOUL}&limit={n}" for n in range(1, 9)]
                found = list(pool.map(web.get, asked))
        finally:
            writer.execute("ROLLBACK")
            writer.close()
        assert [one.status_code for one in found] == [200] * 8
        assert all(one.json()["values"][0]["value"] is not None for one in found)
