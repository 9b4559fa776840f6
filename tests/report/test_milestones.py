"""Milestones: the timeline, and two means around what holds from a day on; never a reason for them."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config.facts import Facts
from report import milestones
from report.answer import Answer
from report.milestones import Asked
from report.question import NothingHeldError, QuestionError
from tests.report.conftest import Air
from tests.report.own_facts import own

CAUSAL = re.compile(r"\b(caused?|because of|due to|proves?|thanks to|led to|effect of)\b")


def step(**how: Any) -> dict[str, Any]:
    """A Korean standard in force from 5 March 2019."""
    return {
        "id": "step",
        "date": date(2019, 3, 5),
        "country": "KR",
        "kind": "standard",
        "title": "a limit",
        "status": "in force",
        **how,
    }


def around(air: Air, folder: Path, days: int = 4, region: str = "kr-seoul", **how: Any) -> Answer | None:
    """What stands around the step."""
    facts = own(folder, milestones=[step(**how)])
    answer = milestones.around(air.store, facts, Asked(), region, days)
    return next(one["around"] for one in answer["milestones"] if one["id"] == "step")


@pytest.fixture
def march(local_air: Air) -> Air:
    """Eight days of Seoul, four on each side of 5 March 2019."""
    (station,) = local_air.of("kr-seoul")
    local_air.daily(station, "2019-03-01", [30.0, 32.0, 34.0, 36.0, 20.0, 22.0, 24.0, 26.0])
    return local_air


def test_the_means_of_the_days_before_and_from_the_date_on(march: Air, tmp_path: Path) -> None:
    found = around(march, tmp_path)
    assert found is not None
    before, after = found["before"], found["after"]
    assert (before["mean"], before["start"], before["end"], before["n"]) == (
        33.0,
        "2019-03-01",
        "2019-03-04",
        4,
    )
    assert (after["mean"], after["start"], after["end"], after["capture"]) == (
        23.0,
        "2019-03-05",
        "2019-03-08",
        1.0,
    )
    assert found["why"] is None
    assert any("different seasons" in note for note in found["notes"])


@pytest.mark.parametrize("kind", ["meeting", "MOU", "agreement", "body", "research", "institution", "report"])
def test_around_meetings_and_memoranda_there_are_no_figures(march: Air, tmp_path: Path, kind: str) -> None:
    assert around(march, tmp_path, kind=kind) is None


@pytest.mark.parametrize("kind", ["standard", "rule", "law", "plan", "season"])
def test_around_what_holds_from_a_day_on_there_are(march: Air, tmp_path: Path, kind: str) -> None:
    found = around(march, tmp_path, kind=kind)
    assert found is not None
    assert found["after"]["mean"] == 23.0


def test_too_few_days_give_no_mean(march: Air, tmp_path: Path) -> None:
    found = around(march, tmp_path, days=6)
    assert found is not None
    assert found["before"]["mean"] is None
    assert "only 4 of 6 days are valid" in found["why"]


def test_what_is_not_held_is_null(march: Air, tmp_path: Path) -> None:
    found = around(march, tmp_path, date=date(2012, 3, 5))
    assert found is not None
    assert (found["before"], found["after"], found["why"]) == (None, None, "not held")


def test_another_countrys_step_has_no_figures_here(march: Air, tmp_path: Path) -> None:
    found = around(march, tmp_path, country="CN")
    assert found is not None
    assert (found["before"], found["why"]) == (None, "no step of KR")


def test_a_date_known_to_the_year_has_no_windows(march: Air, tmp_path: Path) -> None:
    found = around(march, tmp_path, date_precision="year")
    assert found is not None
    assert found["before"] is None
    assert "year only" in found["why"]


def test_a_change_of_reference_state_between_the_windows_is_refused(local_air: Air, tmp_path: Path) -> None:
    (station,) = local_air.of("cn-beijing", day="2018-09-01")
    for day in ("2018-08-30", "2018-08-31", "2018-09-01", "2018-09-02"):
        local_air.day(station, day, 40.0, feed="cnemc-archive")
    how = {"country": "CN", "region": "cn-beijing", "days": 2}
    found = around(local_air, tmp_path, date=date(2018, 9, 1), **how)
    assert found is not None
    assert (found["before"], found["after"]) == (None, None)
    assert "refused: cnemc changes from standard to actual state on 2018-09-01" in found["why"]


def test_missions_kept_their_reference_state_and_are_not_refused(local_air: Air, tmp_path: Path) -> None:
    for day in ("2018-08-30", "2018-08-31", "2018-09-01", "2018-09-02"):
        local_air.day("us-mission-beijing", day, 40.0, feed="us-airnow")
    how = {"country": "CN", "region": "cn-beijing", "days": 2}
    found = around(local_air, tmp_path, date=date(2018, 9, 1), **how)
    assert found is not None
    assert found["after"]["mean"] == 40.0


def test_confounders_of_the_region_and_around_it_are_named_with_their_window(
    march: Air, tmp_path: Path
) -> None:
    def beside(name: str, region: str, first: int, last: int) -> dict[str, Any]:
        span = {"start": date(2019, 3, first), "end": date(2019, 3, last)}
        return {"id": name, "region": region, "kind": "event", "title": name, **span}

    rows = [
        beside("nation", "kr", 4, 5),
        beside("itself", "kr-seoul", 8, 9),
        beside("elsewhere", "kr-busan", 1, 9),
        beside("too-late", "kr-seoul", 9, 9),
    ]
    facts = own(tmp_path, milestones=[step()], confounders=rows)
    answer = milestones.around(march.store, facts, Asked(kind="standard"), "Seoul", 4)
    found = next(one["around"] for one in answer["milestones"] if one["id"] == "step")
    windows = {one["id"]: one["in"] for one in found["confounders"]}
    assert windows["nation"] == ["before", "after"]
    assert windows["itself"] == ["after"]
    assert not {"elsewhere", "too-late"} & set(windows)
    assert all(one["source"] and one["confidence"] for one in found["confounders"])


def test_no_word_of_cause_anywhere(march: Air, facts: Facts) -> None:
    whole = milestones.around(march.store, facts, Asked(), "kr-seoul", 4)
    said = json.dumps(whole, default=str, ensure_ascii=False).lower()
    assert CAUSAL.search(said) is None


def test_the_timeline_needs_no_database_and_is_in_order(facts: Facts) -> None:
    rows = milestones.ask(facts, Asked())["milestones"]
    dates = [one["date"] for one in rows]
    assert dates == sorted(dates)
    assert {"2018-06-25", "2019-01-23", "2019-11-04", "2020-03-31", "2021-03-16", "2026-01-05"} <= set(dates)
    slip = next(one for one in rows if one["id"] == "temm-22")
    assert (slip["status"], slip["actual"]) == ("slipped", "2021-12-07")
    assert "2020" in slip["planned"]


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ("held", "held"),
        ("in force", "held"),
        ("planned", "planned"),
        ("not known", "planned"),
        ("slipped", "slipped"),
        ("not held", "slipped"),
    ],
)
def test_a_step_is_planned_held_or_slipped_and_keeps_its_own_word(
    tmp_path: Path, known: str, told: str
) -> None:
    rows = milestones.ask(own(tmp_path, milestones=[step(status=known)]), Asked())["milestones"]
    found = next(one for one in rows if one["id"] == "step")
    assert (found["status"], found["state"]) == (told, known)
    assert {one["status"] for one in rows} <= {"planned", "held", "slipped"}


def test_a_country_is_part_of_those_of_a_milestone(facts: Facts) -> None:
    def countries(asked: str) -> set[str]:
        return {one["country"] for one in milestones.ask(facts, Asked(country=asked))["milestones"]}

    assert countries("KR-CN") == {"KR-CN", "KR-CN-JP"}
    assert "KR-CN" in countries("KR")
    assert "CN" not in countries("KR")
    assert countries("NE-Asia") == {"NE-Asia"}


def test_a_span_takes_what_lies_in_it(facts: Facts) -> None:
    asked = Asked(kind="MOU", since=date(2019, 1, 1), until=date(2019, 12, 31))
    assert [one["id"] for one in milestones.ask(facts, asked)["milestones"]] == ["blue-sky-plan-2019"]
    with pytest.raises(NothingHeldError):
        milestones.ask(facts, Asked(since=date(2090, 1, 1)))
    with pytest.raises(QuestionError, match="there are"):
        milestones.ask(facts, Asked(kind="standrad"))
