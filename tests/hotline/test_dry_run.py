"""A dry run tells who would have been told, from what, and how long before the measure; it sends nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.clock import Clock
from config.facts import Facts
from hotline import dry_run
from ingest.archives import import_paths
from report.question import NothingHeldError, QuestionError
from store import migrate
from store.engine import Store
from store.notices import notices
from tests.hotline.conftest import _Row, person
from tests.report.bulletins import bulletin, put
from tests.report.conftest import Air

FILES = (
    "kr_airkorea_3stations_hourly_2015_2019/ds.2018.csv",
    "kr_airkorea_3stations_hourly_2015_2019/ds.2019.csv",
    "cn_us_posts_hourly_2013_2021_airnow/Beijing_PM2.5_2018_YTD.csv.gz",
    "cn_us_posts_hourly_2013_2021_airnow/Beijing_PM2.5_2019_YTD.csv.gz",
)


def at(text: str) -> datetime:
    """A moment of Korea."""
    return datetime.fromisoformat(f"{text}+09:00")


@pytest.fixture(scope="module")
def march(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[Store]:
    """Seoul and Beijing in the winter of March 2019, from the archives."""
    paths = [shared / "data" / name for name in FILES]
    absent = [path.name for path in paths if not path.exists()]
    if absent:
        pytest.skip(f"no real data: {', '.join(absent)}")
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('march') / 'march.db'}")
    migrate.ensure(store)
    import_paths(store, Facts(), Clock.real(), paths)
    yield store
    store.close()


@pytest.fixture(scope="module")
def answer(march: Store) -> dict[str, Any]:
    """The dry run of the documentation, Seoul's part."""
    facts = Facts()
    kim = person("log", quiet_from="22:00", quiet_to="07:00")
    facts._read["recipients"] = [_Row(kim)]  # type: ignore[list-item]
    first, end = at("2019-02-20T00:00:00"), at("2019-03-11T00:00:00")
    return dry_run.ask(march, facts, first, end, region="kr-seoul", mode="observed")


def of(answer: dict[str, Any], rule: str, stage: str = "first") -> dict[str, tuple[float, float]]:
    """The lead of each notice of a rule by when it would have been raised."""
    return {
        one["at"][:16]: (one["lead"]["lead_announced_hours"], one["lead"]["lead_in_force_hours"])
        for one in answer["notices"]
        if one["rule"] == rule and one["stage"] == stage
    }


def test_march_2019_is_as_documented(answer: dict[str, Any]) -> None:
    assert of(answer, "kr-forecast") == {
        "2019-02-20T17:00": (24, 37),
        "2019-02-24T17:00": (None, None),
        "2019-02-27T17:00": (24, 37),
    }
    assert of(answer, "kr-upwind")["2019-02-28T01:00"] == (16, 29)
    assert of(answer, "kr-alert") == {
        "2019-02-22T11:00": (-18, -5),
        "2019-02-25T04:00": (None, None),
        "2019-02-28T16:00": (1, 14),
    }
    assert of(answer, "kr-alert", "escalated") == {"2019-03-05T01:00": (-8, 5)}
    assert of(answer, "kr-episode")["2019-03-01T00:00"] == (-7, 6)


def test_what_came_later_is_called_a_hindcast_and_no_measure_is_one_not_known(answer: dict[str, Any]) -> None:
    assert {one["knowledge"] for one in answer["notices"]} == {"hindcast"}
    [lone] = [one for one in answer["notices"] if one["at"].startswith("2019-02-25T04:00")]
    assert lone["lead"]["word"] == "no measure known within 72 h"
    silent = next(one for one in answer["rules"] if one["rule"] == "source-silent")
    assert (silent["judged"], silent["why_not"]) == (False, "how sources stood in the past is not held")


def test_the_upwind_part_alone_fires_far_more_often_than_the_rule(answer: dict[str, Any]) -> None:
    [row] = [one for one in answer["base_rates"] if one["rule"] == "kr-upwind"]
    assert row["fires"]["days"] < row["upwind_alone"]["days"]
    assert row["fires"]["days"] <= row["forecast_alone"]["days"]
    assert 0.2 < row["upwind_alone"]["share"] < 0.6
    assert row["fires"]["known_days"] > 100


def test_a_recipient_in_quiet_hours_would_have_heard_in_the_morning(answer: dict[str, Any]) -> None:
    due = {one["at"][:16]: one["recipients"][0]["due_at"][:16] for one in answer["notices"]}
    assert due["2019-02-25T04:00"] == "2019-02-25T07:00"
    assert due["2019-02-28T16:00"] == "2019-02-28T16:00"
    [urgent] = [one for one in answer["notices"] if one["stage"] == "escalated" and one["rule"] == "kr-alert"]
    assert urgent["recipients"][0]["due_at"] == urgent["at"] == "2019-03-05T01:00:00+09:00"


def test_nothing_is_filed_and_without_bulletins_forecasts_are_not_judged(march: Store) -> None:
    facts = Facts()
    first, end = at("2019-03-01T00:00:00"), at("2019-03-03T00:00:00")
    told = dry_run.ask(march, facts, first, end, only="kr-forecast", region="kr-seoul")
    assert told["notices"] == []
    assert told["rules"][0]["why_not"] == "no bulletin of the span is held"
    with march.read() as connection:
        assert notices(connection) == []


def test_what_was_collected_then_counts_as_it_was_known_then(sqlite_store: Store, own_facts: Facts) -> None:
    air = Air(sqlite_store, own_facts)
    [station] = air.of("kr-seoul")

    def arrives(moment: str, start: str, *values: float) -> None:
        air.at = at(moment) - timedelta(hours=1)  # a batch is received an hour after the last
        air.hours(station, f"{start}+09:00", values)

    arrives("2020-04-13T12:10:00", "2020-04-13T11:00", 20)
    arrives("2020-04-14T02:10:00", "2020-04-14T00:00", 20, 80)
    arrives("2020-04-14T03:10:00", "2020-04-14T02:00", 20)
    arrives("2020-04-14T04:40:00", "2020-04-14T02:00", 80)
    span = at("2020-04-14T00:00:00"), at("2020-04-14T09:00:00")
    told = dry_run.ask(sqlite_store, own_facts, *span, only="kr-alert")
    raised = [(one["at"][11:16], one["stage"], one["knowledge"]) for one in told["notices"]]
    assert raised == [("05:00", "first", "as known then")], (
        "03:00 is hindsight: the hour was corrected at 04:40"
    )


def test_forecasts_count_from_their_issue(sqlite_store: Store, own_facts: Facts) -> None:
    air = Air(sqlite_store, own_facts)
    put(air, [bulletin("kr-seoul", day, 75) for day in ("2020-04-15", "2020-04-16")])
    first = at("2020-04-14T00:00:00")
    told = dry_run.ask(sqlite_store, own_facts, first, first + timedelta(days=2), only="kr-forecast")
    [one] = told["notices"]
    assert (one["at"], one["level"], one["stage"]) == ("2020-04-14T17:00:00+09:00", 2, "first")


def test_a_rule_that_there_is_not_and_a_past_of_which_nothing_is_held(
    sqlite_store: Store, own_facts: Facts
) -> None:
    span = (at("2010-01-01T00:00:00"), at("2010-01-02T00:00:00"))
    with pytest.raises(QuestionError, match="no rule of notices is called 'x'; there are kr-forecast"):
        dry_run.ask(sqlite_store, own_facts, *span, only="x")
    with pytest.raises(NothingHeldError):
        dry_run.ask(sqlite_store, own_facts, *span)
