"""What nobody who asks can do: change, fetch, read files, see traces, or take more than a share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from web_desk import Served

from store.engine import Store
from web.rate import BURST_SECONDS, MOST_CLIENTS, Buckets

SEOUL = "/v1/averages?region=kr-seoul&from=2019-03-01&to=2019-03-07"


def problem(got: httpx.Response, status: int) -> dict[str, Any]:
    """A refusal as RFC 9457 has it."""
    assert got.status_code == status, got.text
    assert got.headers["content-type"] == "application/problem+json"
    told = got.json()
    assert told["status"] == status
    assert told["type"].startswith("urn:yellowsea:problem:")
    assert "\n" not in told["detail"]
    assert "Traceback" not in got.text
    return told  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "path", ["/healthz", SEOUL, "/v1/nothing", "/v1/averages", "/openapi.json", "/static/x"]
)
def test_every_answer_tells_browsers_to_be_careful(web: Served, path: str) -> None:
    headers = web.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


@pytest.mark.parametrize(
    ("status", "path"),
    [
        (404, "/v1/nothing"),
        (405, "/v1/stations"),
        (422, f"{SEOUL}&colour=red"),
        (422, f"{SEOUL}&limit=0"),
        (422, f"{SEOUL}&basis=monthly"),
        (422, "/v1/episodes?region=kr-seoul&from=2019-03-01&to=2019-03-02&enter=inf"),
        (406, f"{SEOUL}&every=day&format=netcdf".replace("averages", "episodes").replace("&every=day", "")),
        (414, f"{SEOUL}&station={'x' * 5000}"),
    ],
)
def test_refusals_are_problems(web: Served, status: int, path: str) -> None:
    got = web.client.post(path) if status == 405 else web.get(path)
    problem(got, status)


def test_a_shape_nobody_offers_is_refused_and_the_best_liked_is_taken(web: Served) -> None:
    problem(web.client.get(SEOUL, headers={"Accept": "image/png"}), 406)
    for accept, media in {
        "*/*": "application/json",
        "text/html, */*;q=0.1": "application/json",
        "text/csv;q=0.5, application/vnd.apache.parquet": "application/vnd.apache.parquet",
        "text/*": "text/csv",
        "application/json;q=0, text/csv": "text/csv",
    }.items():
        got = web.client.get(SEOUL, headers={"Accept": accept})
        assert got.headers["content-type"].startswith(media), accept


def test_head_is_get_without_the_body(web: Served) -> None:
    head, get = web.client.head(SEOUL), web.get(SEOUL)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == get.headers["etag"]
    assert head.headers["content-length"] == str(len(get.content))


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd"]
)
def test_no_path_leads_out_of_the_static_folder(web: Served, path: str) -> None:
    with httpx.Client() as plain:
        assert plain.get(httpx.URL(f"{web.url}{path}")).status_code == 404


def test_names_are_names_and_never_sql_addresses_or_files(web: Served) -> None:
    for name in ("kr-seoul'; DROP TABLE reading; --", "http://127.0.0.1:1/", "../../etc/passwd", "{{7*7}}"):
        for key in ("region", "station"):
            got = web.client.get("/v1/averages", params={key: name, "from": "2019-03-01", "to": "2019-03-01"})
            assert "49" not in problem(got, 404)["detail"]
        got = web.client.get("/v1/catalogue", params={"kind": name})
        problem(got, 422)
    assert web.get(SEOUL).status_code == 200


def test_too_large_a_question_says_what_to_narrow(own: Path, serve: Callable[..., Any]) -> None:
    with serve(own, web_most_rows=100, web_most_readings=20000) as web:
        told = problem(web.get("/v1/readings?region=kr-seoul&from=2019-03-01&to=2019-03-05"), 422)
        assert told["detail"].startswith("up to 363 readings in one list are asked")
        assert "fewer days" in told["detail"]
        assert len(web.json("/v1/readings?station=111121&from=2019-03-01&to=2019-03-04")["readings"]) == 96
        told = problem(web.get("/v1/averages?region=kr-seoul&from=2019-01-01&to=2019-12-31"), 422)
        assert told["asked"] == 3 * (365 * 24 + 1)
        told = problem(web.get("/v1/averages?station=111121&every=hour&from=2019-03-01&to=2019-03-07"), 422)
        assert told["detail"].startswith("up to 168 hours are asked")
        assert web.get(SEOUL).status_code == 200


def test_a_body_has_a_limit_also_without_its_length(web: Served) -> None:
    problem(web.client.post("/v1/measures", content=b"x" * 70_000), 413)

    def pieces() -> Any:
        for _ in range(70):
            yield b"x" * 1000

    headers = {"Authorization": "Bearer none", "Content-Type": "application/json"}
    problem(web.client.post("/v1/measures", content=pieces(), headers=headers), 413)


def test_who_asks_too_often_is_told_when_again(own: Path, serve: Callable[..., Any]) -> None:
    with serve(own, web_requests_per_second=0.5) as web:
        got = [web.get("/v1/sources?limit=1") for _ in range(3)]
        assert [one.status_code for one in got[:2]] == [200, 200]
        problem(got[2], 429)
        assert 1 <= int(got[2].headers["retry-after"]) <= 2
        assert web.get("/healthz").status_code == 200


def test_a_bucket_fills_at_its_pace_and_belongs_to_one_client() -> None:
    now = 0.0
    buckets = Buckets(2.0, clock=lambda: now)
    full = int(2 * BURST_SECONDS)
    assert [buckets.take("10.0.0.1") for _ in range(full + 1)] == [None] * full + [1]
    assert buckets.take("10.0.0.2") is None
    now += 1.0
    assert [buckets.take("10.0.0.1") for _ in range(3)] == [None, None, 1]


def test_an_ipv6_network_is_one_client_and_the_memory_is_bounded() -> None:
    buckets = Buckets(0.25, clock=lambda: 0.0)
    assert buckets.take("2001:db8::1") is None
    assert buckets.take("2001:db8::ffff") == 4
    assert buckets.take("::ffff:10.0.0.1") is None
    assert buckets.take("10.0.0.1") == 4
    for number in range(MOST_CLIENTS + 10):
        buckets.take(str(number))
    assert len(buckets._held) == MOST_CLIENTS


def test_a_fault_of_the_database_is_503_without_its_place(tmp_path: Path, serve: Callable[..., Any]) -> None:
    (tmp_path / "small.db").write_bytes(b"no database at all" * 100)
    with serve(tmp_path) as web:
        told = problem(web.get(SEOUL), 503)
        assert str(tmp_path) not in told["detail"]
        assert told["detail"].startswith("the database is no database of ours")
        problem(web.get("/readyz"), 503)
        assert web.json("/healthz") == {"status": "alive"}


def test_ready_means_that_the_schema_is_right(own: Path, serve: Callable[..., Any]) -> None:
    with serve(own) as web:
        assert web.json("/readyz")["status"] == "ready"
        store = Store(f"sqlite:///{own / 'small.db'}")
        with store.write() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
        store.close()
        assert "0001" in problem(web.get("/readyz"), 503)["detail"]


def test_metrics_are_those_of_the_command(web: Served) -> None:
    got = web.get("/metrics")
    assert got.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'yellowsea_readings{feed="airkorea-final"} 3024' in got.text


def test_a_mistake_of_ours_is_told_to_the_log_alone(
    own: Path, serve: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret thing at 0xdeadbeef")

    monkeypatch.setattr("report.catalogue.kinds", broken)
    with serve(own, log_level="error") as web:
        got = web.get("/v1/catalogue")
        assert "secret" not in problem(got, 500)["detail"]
        assert got.headers["x-content-type-options"] == "nosniff"
