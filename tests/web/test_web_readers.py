"""Two hundred readers at once, for some seconds, meet no error; `benchmarks/bench_web.py` has latencies."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest
from web_desk import Served

from benchmarks.bench_web import READERS, readers


@pytest.mark.drill
def test_two_hundred_readers_at_once_meet_no_error(web: Served) -> None:
    place = "region=kr-seoul&from=2019-02-10"
    asked = [f"/v1/averages?{place}&to=2019-03-{day:02}" for day in range(1, 13)]
    asked += [f"/v1/readings?station=111121&from=2019-03-01&to=2019-03-{day:02}" for day in range(1, 13)]
    asked += [f"/v1/episodes?{place}&to=2019-03-12&enter={level}" for level in range(40, 90, 5)]
    found = asyncio.run(readers(urlsplit(web.url).port or 0, asked, READERS, seconds=5))
    assert found.errors == []
    assert len(found.seconds) > READERS
