"""Targets: progress on each plan's own base and method, from published values, the computed beside them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config.facts import Facts
from report import targets
from report.answer import Answer
from report.question import NothingHeldError
from tests.report.conftest import Air
from tests.report.own_facts import figure, own

DUE = {"start": date(2003, 1, 1), "end": date(2003, 12, 31)}


def target(**how: Any) -> dict[str, Any]:
    """A fall of the mean of Beijing by a tenth from 2001 to 2003."""
    return {
        "id": "less",
        "region": "cn-beijing",
        "plan": "plan",
        "title": "a tenth less",
        "metric": "pm25_mean",
        "form": "change_percent",
        "op": "<=",
        "goal": -10,
        "unit": "percent",
        "base_start": date(2001, 1, 1),
        "base_end": date(2001, 12, 31),
        "due_start": DUE["start"],
        "due_end": DUE["end"],
        "reference_state": "actual",
        **how,
    }


def level(**how: Any) -> dict[str, Any]:
    """A level of Seoul's mean, without a base."""
    bare = {"base_start": None, "base_end": None, "form": "level", "unit": "ug/m3", "region": "kr-seoul"}
    return target(**{**bare, "goal": 25, **how})


def measured(folder: Path, published: list[Any], given: dict[str, Any] | None = None) -> Answer:
    """The answer about one target of the user's own."""
    facts = own(folder, targets=[given or target()], published=published)
    return next(one for one in targets.ask(facts)["targets"] if one["id"] == "less")


def test_progress_is_against_the_plans_own_base(tmp_path: Path) -> None:
    found = measured(tmp_path, [figure(44.0, **DUE)], target(base_value=50.0, base_derived=True))
    assert found["base"] == {"start": "2001-01-01", "end": "2001-12-31", "value": 50.0, "derived": True}
    assert found["progress"]["progress"] == pytest.approx(-12.0)
    assert found["progress"]["from"] == "from published values"
    assert found["met"] is True


def test_without_a_base_value_the_published_base_is_taken(tmp_path: Path) -> None:
    found = measured(tmp_path, [figure(50.0), figure(46.0, **DUE)])
    assert found["progress"]["progress"] == pytest.approx(-8.0)
    assert found["met"] is False


def test_a_base_in_another_state_measures_nothing(tmp_path: Path) -> None:
    found = measured(tmp_path, [figure(50.0, reference_state="standard"), figure(40.0, **DUE)])
    assert (found["met"], found["progress"]) == (None, None)
    assert "base in standard state" in found["why"]


def test_a_figure_in_another_state_than_the_targets_measures_nothing(tmp_path: Path) -> None:
    rows = [figure(40.0, **DUE, reference_state="standard")]
    found = measured(tmp_path, rows, target(base_value=50.0))
    assert found["met"] is None
    assert "published in standard state, the target is in actual state" in found["why"]


def test_vintages_that_disagree_leave_it_open(tmp_path: Path) -> None:
    rows = [figure(44.0, **DUE, status="rounded"), figure(46.0, **DUE, vintage="2005", status="restated")]
    found = measured(tmp_path, rows, target(base_value=50.0))
    assert found["met"] is None
    assert "disagree" in found["why"]
    assert found["progress"]["value"] == 46.0


def test_years_on_the_way_are_progress_and_decide_nothing(tmp_path: Path) -> None:
    rows = [figure(47.0, start=date(2002, 1, 1), end=date(2002, 12, 31))]
    found = measured(tmp_path, rows, target(base_value=50.0))
    assert (found["progress"]["progress"], found["progress"]["final"]) == (pytest.approx(-6.0), False)
    assert found["met"] is None
    assert "2003-01-01..2003-12-31" in found["why"]


def test_a_target_of_several_regions_together_is_not_measured_by_one(tmp_path: Path) -> None:
    found = measured(tmp_path, [figure(40.0, **DUE)], target(region="cn-beijing|cn-tianjin", base_value=50.0))
    assert found["met"] is None
    assert "together" in found["why"]


def test_the_computed_value_stands_beside_the_published_and_not_in_its_place(
    local_air: Air, tmp_path: Path
) -> None:
    span = {"start": date(2019, 3, 1), "end": date(2019, 3, 4)}
    given = level(due_start=span["start"], due_end=span["end"])
    (station,) = local_air.of("kr-seoul")
    local_air.daily(station, "2019-03-01", [20.0, 22.0, 24.0, 26.0])
    facts = own(tmp_path, targets=[given], published=[figure(26.0, region="kr-seoul", **span)])
    (found,) = targets.ask(facts, "kr-seoul", local_air.store)["targets"]
    assert (found["progress"]["value"], found["met"]) == (26.0, False)
    computed = found["computed"]
    assert computed["value"]["mean"] == pytest.approx(23.0)
    assert (computed["value"]["basis"], computed["value"]["capture"]) == ("daily", 1.0)
    assert [one["comparable"] for one in computed["beside"]] == [True]
    assert computed["beside"][0]["difference"] == pytest.approx(-3.0)


def test_what_is_not_held_is_null(local_air: Air, tmp_path: Path) -> None:
    facts = own(tmp_path, targets=[level()], published=[])
    (found,) = targets.ask(facts, "kr-seoul", local_air.store)["targets"]
    assert found["computed"]["value"]["mean"] is None
    assert found["computed"]["why"] == "not held"


def test_the_fourteenth_plan_has_a_derived_base_and_is_met(facts: Facts) -> None:
    found = {one["id"]: one for one in targets.ask(facts, "cn")["targets"]}["five-year-plan-14-pm25"]
    assert (found["base"]["value"], found["base"]["derived"]) == (35.0, True)
    assert found["progress"]["progress"] == pytest.approx(-20.0)
    assert found["met"] is True
    assert "derived" in found["method"]


def test_every_target_says_where_it_comes_from_and_why_it_is_open(facts: Facts) -> None:
    for one in targets.ask(facts)["targets"]:
        assert one["source"]
        assert one["confidence"] in ("low", "medium", "high")
        assert (one["met"] is None) == bool(one["why"])


def test_a_region_without_targets_is_told_which_have_some(facts: Facts) -> None:
    with pytest.raises(NothingHeldError) as refused:
        targets.ask(facts, "Busan")
    assert "cn-beijing" in (refused.value.held or [])
