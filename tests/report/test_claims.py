"""Claims: each reading decided on every vintage; what cannot be decided says why."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.facts import Facts
from config.policy import ClaimVariant
from report import claims
from report.answer import Answer
from report.claims import compared, together
from report.question import NothingHeldError, QuestionError
from tests.report.own_facts import figure, own

CLAIM = {"id": "fell", "statement": "the mean fell by a fifth"}
SPANS = {
    "base_start": date(2001, 1, 1),
    "base_end": date(2001, 12, 31),
    "end_start": date(2003, 1, 1),
    "end_end": date(2003, 12, 31),
}
END = {"start": SPANS["end_start"], "end": SPANS["end_end"]}


def variant(**how: Any) -> dict[str, Any]:
    """That the mean of Beijing fell by a fifth or more from 2001 to 2003."""
    return {
        "id": "fell-beijing",
        "claim": "fell",
        "region": "cn-beijing",
        "metric": "pm25_mean",
        "statistic": "change_percent",
        "op": "<=",
        "wanted": -20,
        "unit": "percent",
        **SPANS,
        **how,
    }


def decided(folder: Path, published: list[Any], *variants: dict[str, Any], **kinds: list[Any]) -> Answer:
    """The answer about one claim of the user's own."""
    given = list(variants) or [variant()]
    facts = own(folder, claims=[CLAIM], claim_variants=given, published=published, **kinds)
    (found,) = claims.ask(facts, ["fell"])["claims"]
    return found


def test_a_claim_of_the_users_own_is_decided_without_code(tmp_path: Path) -> None:
    found = decided(tmp_path, [figure(50.0), figure(40.0, **END)])
    assert found["verdict"] == "supported"
    (one,) = found["variants"]
    assert (one["value"], one["state"], one["from"]) == (-20.0, "actual", "two published figures")
    assert (one["base"], one["end"]) == ("2001-01-01..2001-12-31", "2003-01-01..2003-12-31")
    assert one["source"] == "by hand"


def test_nothing_supports_it(tmp_path: Path) -> None:
    assert decided(tmp_path, [figure(50.0), figure(41.0, **END)])["verdict"] == "not supported"


def test_it_depends_where_regions_differ_and_the_answer_names_them(tmp_path: Path) -> None:
    rows = [figure(50.0), figure(40.0, **END), figure(50.0, region="kr"), figure(49.0, region="kr", **END)]
    found = decided(tmp_path, rows, variant(), variant(id="fell-korea", region="kr"))
    assert found["verdict"] == "depends"
    assert found["under"] == {"supported": ["fell-beijing"], "not supported": ["fell-korea"]}


def test_a_vintage_that_turns_the_verdict_makes_it_depend(tmp_path: Path) -> None:
    rows = [
        figure(50.0),
        figure(40.0, **END, vintage="2004-01", status="rounded"),
        figure(41.0, **END, vintage="2005-01", status="restated"),
    ]
    (one,) = decided(tmp_path, rows)["variants"]
    assert one["verdict"] == "depends"
    assert one["value"] == pytest.approx(-18.0)
    assert [tried["verdict"] for tried in one["values"]] == ["supported", "not supported"]
    assert "2004-01" in one["why"]
    assert "2005-01" in one["why"]


def test_a_change_is_never_taken_across_reference_states(tmp_path: Path) -> None:
    found = decided(tmp_path, [figure(50.0, reference_state="standard"), figure(36.0, **END)])
    assert found["verdict"] == "not decidable"
    (one,) = found["variants"]
    assert one["value"] is None
    assert "base in standard state, end in actual state" in one["why"]


def test_a_variant_that_names_a_state_takes_no_other(tmp_path: Path) -> None:
    rows = [figure(50.0, reference_state="standard"), figure(36.0, **END)]
    (one,) = decided(tmp_path, rows, variant(reference_state="actual"))["variants"]
    assert one["verdict"] == "not decidable"
    assert "2001-01-01..2001-12-31 is published in standard state only" in one["why"]


def test_a_change_published_as_such_is_taken(tmp_path: Path) -> None:
    published = figure(-21.0, end=END["end"], metric="pm25_mean_change_pct", unit="percent")
    (one,) = decided(tmp_path, [published])["variants"]
    assert (one["value"], one["verdict"], one["from"]) == (-21.0, "supported", "published")


def test_a_value_of_low_confidence_is_marked(tmp_path: Path) -> None:
    found = decided(tmp_path, [figure(50.0, confidence="low"), figure(40.0, **END)])
    assert found["variants"][0]["confidence"] == "low"
    assert found["confidence"] == "low"


def test_listed_days_are_a_least_count_where_the_list_is_not_complete(tmp_path: Path) -> None:
    span = {"end_start": date(2022, 3, 1), "end_end": date(2022, 3, 10)}
    counted = variant(statistic="measure_days", region="kr-jeju", unit="days", **span)
    issued = [{"date": date(2022, 3, day), "region": "kr-jeju", "kind": "emergency"} for day in (1, 2)]
    preliminary = {"date": date(2022, 3, 3), "region": "kr-jeju", "kind": "preliminary"}
    rows = [
        {**counted, "id": "two", "op": "=", "wanted": 2},
        {**counted, "id": "at-least-two", "op": ">=", "wanted": 2},
        {**counted, "id": "eleven", "op": ">=", "wanted": 11},
    ]
    found = decided(tmp_path, [], *rows, measures=[*issued, preliminary])
    assert [one["verdict"] for one in found["variants"]] == ["not decidable", "supported", "not supported"]
    assert "no measure known" in found["variants"][0]["why"]
    assert found["variants"][0]["values"][0]["at_least"]


def test_a_complete_list_decides(tmp_path: Path) -> None:
    span = {"end_start": date(2022, 3, 1), "end_end": date(2022, 3, 10)}
    counted = variant(statistic="measure_days", region="kr-jeju", op="=", wanted=0, unit="days", **span)
    whole = {"region": "kr-jeju", "kind": "emergency", "complete": True} | {
        "start": date(2022, 3, 1),
        "end": date(2022, 3, 31),
    }
    assert decided(tmp_path, [], counted, measure_coverage=[whole])["verdict"] == "supported"


def test_years_are_elapsed_or_of_the_calendar_as_the_unit_says(tmp_path: Path) -> None:
    between = {
        "statistic": "years_between",
        "base_milestone": "env-mou-2014",
        "end_milestone": "env-mou-2026",
    }
    years = [
        variant(id="elapsed", op=">=", wanted=12, unit="years", **between),
        variant(id="calendar", op=">=", wanted=12, unit="calendar years", **between),
    ]
    found = decided(tmp_path, [], *years)
    assert [one["verdict"] for one in found["variants"]] == ["not supported", "supported"]
    assert found["variants"][0]["value"] == pytest.approx(11.51, abs=0.01)


def test_a_milestone_that_may_not_have_been_held_decides_nothing(tmp_path: Path) -> None:
    milestone = {"id": "talks", "date": date(2020, 1, 1), "country": "KR-CN", "kind": "meeting"}
    milestone |= {"title": "talks", "status": "not known"}
    between = {"statistic": "years_between", "base_milestone": "env-mou-2014", "end_milestone": "talks"}
    (one,) = decided(tmp_path, [], variant(**between), milestones=[milestone])["variants"]
    assert (one["verdict"], one["value"]) == ("not decidable", None)


@given(
    st.sampled_from(["<", "<=", ">", ">=", "="]), st.integers(-3, 3), st.integers(0, 3), st.integers(-4, 4)
)
def test_bounds_decide_what_every_value_between_them_decides(
    op: Any, low: int, width: int, wanted: int
) -> None:
    asked = ClaimVariant(
        **{**variant(op=op, wanted=wanted), "source": "by hand", "confidence": "high"}  # type: ignore[arg-type]
    )
    each = {compared(value, value, asked) for value in range(low, low + width + 1)}
    assert compared(low, low + width, asked) == (each.pop() if len(each) == 1 else "not decidable")


def test_what_cannot_be_decided_does_not_speak() -> None:
    assert together(["supported", "not decidable"]) == "supported"
    assert together(["not decidable"]) == "not decidable"
    assert together(["supported", "not supported"]) == "depends"


def test_forty_percent_since_2013_depends_on_region_end_and_memory(facts: Facts) -> None:
    (found,) = claims.ask(facts, ["improved-40-percent-since-2013"])["claims"]
    assert found["verdict"] == "depends"
    by = {one["id"].rpartition("2013-")[2]: one for one in found["variants"]}
    assert (by["jjj"]["value"], by["jjj"]["verdict"]) == (-39.6, "not supported")
    assert (by["74-cities"]["verdict"], by["74-cities"]["confidence"]) == ("supported", "low")


def test_the_two_days_of_march_2021_are_listed(facts: Facts) -> None:
    (found,) = claims.ask(facts, ["two-consecutive-days-march-2021"])["claims"]
    assert found["verdict"] == "supported"


def test_an_unknown_claim_is_answered_with_the_nearest(facts: Facts) -> None:
    with pytest.raises(QuestionError, match="improved-40-percent-since-2013"):
        claims.ask(facts, ["improved-40-percent"])


def test_claims_of_a_region_keep_all_their_variants(facts: Facts) -> None:
    whole = {one["id"]: one for one in claims.ask(facts)["claims"]}
    for one in claims.ask(facts, region="Beijing")["claims"]:
        assert any(row["region"] == "cn-beijing" for row in one["variants"])
        assert one["verdict"] == whole[one["id"]]["verdict"]
    with pytest.raises(NothingHeldError):
        claims.ask(facts, region="kr-busan")


def test_every_row_says_where_it_comes_from_and_how_sure_it_is(facts: Facts) -> None:
    for one in claims.ask(facts)["claims"]:
        for row in (one, *one["variants"]):
            assert row["source"]
            assert row["confidence"] in ("low", "medium", "high")
