"""Who may change something: the bearer of a token, which is shown once and kept as its hash."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from web_desk import token_of

from cli import main
from store import tokens
from store.engine import Store

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NEW = {
    "date": "2026-12-01",
    "region": "kr-seoul",
    "source": "a release",
    "announced": "2026-11-30T17:15+09:00",
}


def bearer(secret: str) -> dict[str, str]:
    """The header that a keeper sends."""
    return {"Authorization": f"Bearer {secret}"}


def test_a_token_is_given_once_holds_and_is_revoked(store: Store) -> None:
    with store.write() as connection:
        secret = tokens.give(connection, "keeper", NOW)
        assert tokens.give(connection, "keeper", NOW) is None
    assert secret is not None
    with store.write() as connection:
        assert tokens.holder(connection, secret) == "keeper"
        assert tokens.holder(connection, secret[:-1]) is None
        tokens.used(connection, "keeper", NOW)
        assert tokens.revoke(connection, "keeper", NOW)
        assert not tokens.revoke(connection, "keeper", NOW)
        assert tokens.holder(connection, secret) is None
        assert tokens.given(connection) == [tokens.Token("keeper", NOW, NOW, NOW)]
        # A name that was used is not given again.
        assert tokens.give(connection, "keeper", NOW) is None


def test_the_secret_itself_is_held_nowhere(store: Store) -> None:
    with store.write() as connection:
        secret = tokens.give(connection, "keeper", NOW)
        row = connection.execute(select(tokens.token)).one()
    assert secret is not None
    assert secret.startswith(tokens.PREFIX)
    assert not any(secret[len(tokens.PREFIX) :] in str(cell) for cell in row)


@pytest.mark.parametrize(("path", "body"), [("", NEW), ("/confirm", NEW), ("/lift", NEW)])
def test_without_a_token_nothing_is_changed(
    own: Path, serve: Callable[..., Any], path: str, body: dict[str, str]
) -> None:
    with serve(own) as web:
        for headers in ({}, bearer("yellowsea_none"), {"Authorization": "Basic eDp5"}):
            got = web.client.post(f"/v1/measures{path}", json=body, headers=headers)
            assert got.status_code == 401
            assert got.headers["www-authenticate"].startswith("Bearer")
    assert not (own / "catalogue").exists()


def test_a_measure_is_listed_confirmed_and_lifted(own: Path, serve: Callable[..., Any]) -> None:
    secret = token_of(own)
    listed = "/v1/measures?region=kr-seoul&from=2026-12-01&to=2026-12-01"
    with serve(own) as web:
        before = web.get(listed)

        def post(path: str, **body: Any) -> Any:
            return web.client.post(f"/v1/measures{path}", json=body, headers=bearer(secret))

        assert post("", **NEW).status_code == 201
        assert post("", **NEW).status_code == 422
        seen = web.get(listed, **{"If-None-Match": before.headers["etag"]}).json()["measures"]
        assert [(one["date"], one["status"]) for one in seen] == [("2026-12-01", "announced")]
        told = {"date": "2026-12-01", "region": "서울", "source": "another release"}
        assert post("/confirm", **told).json()["measures"][0]["status"] == "confirmed"
        assert post("/confirm", region="kr-seoul", source="x").status_code == 422
        through = post("/confirm", region="kr-seoul", source="x", through="2026-12-05")
        assert through.json()["known_through"][0]["end"] == "2026-12-05"
        early = post("/lift", **told, at="2026-12-01T15:00+09:00")
        assert early.json()["measures"][0]["status"] == "lifted"
        assert post("/lift", **told, at="2026-12-01T15:00").status_code == 422
        assert web.json(listed)["measures"][0]["status"] == "lifted"


def test_a_token_revoked_holds_for_no_further_request(own: Path, serve: Callable[..., Any]) -> None:
    secret = token_of(own)
    with serve(own) as web:
        body = {"region": "kr-seoul", "source": "x", "through": "2026-12-05"}
        assert web.client.post("/v1/measures/confirm", json=body, headers=bearer(secret)).status_code == 200
        store = Store(f"sqlite:///{own / 'small.db'}")
        with store.write() as connection:
            tokens.revoke(connection, "keeper", NOW)
        store.close()
        assert web.client.post("/v1/measures/confirm", json=body, headers=bearer(secret)).status_code == 401


def test_the_command_prints_a_token_once(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def call(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["yellowsea", "token", *words, "--database", sqlite_url])
        with pytest.raises(SystemExit) as ended:
            main.run()
        return int(ended.value.code or 0), capsys.readouterr().out

    code, secret = call("add", "keeper")
    assert code == 0
    assert secret.startswith(tokens.PREFIX)
    assert call("add", "keeper")[0] == 2
    code, listed = call("list", "--format", "json")
    (row,) = json.loads(listed)["tokens"]
    assert (row["name"], row["used_at"], row["revoked_at"]) == ("keeper", None, None)
    assert secret.strip() not in listed
    assert call("revoke", "keeper")[0] == 0
    assert call("revoke", "keeper")[0] == 2
    store = Store(sqlite_url)
    with store.read() as connection:
        assert tokens.holder(connection, secret.strip()) is None
    store.close()
