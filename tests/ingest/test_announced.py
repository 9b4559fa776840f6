"""Measures that a person reports: in the user's folder and in SQL, once, with the hours of the rule."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from config.fact import FactError
from config.facts import Facts
from config.policy import Measure
from ingest import announced
from ingest.announced import AnnouncedError
from store.engine import Store

DAY = date(2026, 12, 1)
SOURCE = "press release of 30 November 2026"


@pytest.fixture
def mine(tmp_path: Path) -> Facts:
    """The shipped catalogue with a folder of the user's own, empty as yet."""
    return Facts(own=tmp_path / "catalogue")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def reported(
    facts: Facts, region: str = "kr-seoul", kind: str = "emergency", day: date = DAY, **more: Any
) -> Measure:
    return announced.measure(facts, region, kind, day, **{"source": SOURCE, "confidence": "medium", **more})


def copies(store: Store, facts: Facts, column: str = "status") -> list[object]:
    """What SQL says of Seoul on the day."""
    with store.read() as connection:
        return list(
            connection.exec_driver_sql(
                f"SELECT {column} FROM measure WHERE date = '{DAY}' AND region = 'kr-seoul'"
            ).scalars()
        )


def test_a_measure_that_is_added_is_listed_and_stands_in_sql(store: Store, mine: Facts) -> None:
    announced.add(store, mine, reported(mine))
    assert announced.listed(mine, "kr-seoul", "emergency", DAY).source == SOURCE
    assert announced.listed(Facts(own=mine.own), "kr-seoul", "emergency", DAY).status == "announced"
    assert copies(store, mine) == ["announced"]
    mine.check()


def test_adding_twice_is_refused_and_says_what_changes_it(sqlite_store: Store, mine: Facts) -> None:
    announced.add(sqlite_store, mine, reported(mine))
    with pytest.raises(AnnouncedError, match=r"listed already: `yellowsea measures confirm` or `lift`"):
        announced.add(sqlite_store, mine, reported(mine, source="another paper"))
    assert announced.listed(mine, "kr-seoul", "emergency", DAY).source == SOURCE


def test_what_is_shipped_cannot_be_added_again(sqlite_store: Store, mine: Facts) -> None:
    with pytest.raises(AnnouncedError, match="listed already"):
        announced.add(sqlite_store, mine, reported(mine, day=date(2019, 3, 5)))


def test_hours_that_are_not_given_are_those_of_the_rule(mine: Facts) -> None:
    one = reported(mine)
    assert one.in_force_from == at("2026-12-01T06:00+09:00")
    assert one.in_force_to == at("2026-12-01T21:00+09:00")
    half = reported(mine, "kr-gangwon-yeongseo")
    assert half.in_force_from == at("2026-12-01T06:00+09:00"), "a half follows the rule of its sido"
    given = reported(mine, in_force_to=at("2026-12-02T06:00+09:00"))
    assert given.in_force_to == at("2026-12-02T06:00+09:00")
    before = reported(mine, "kr-busan", day=date(2019, 1, 20))
    assert before.in_force_from is None, "Busan acted by a rule of its own that is not documented"


def test_the_day_of_announcement_is_a_civil_day_of_the_place(mine: Facts) -> None:
    one = reported(mine, announced_at=at("2026-11-30T15:30+00:00"))
    assert one.announced_on == DAY
    assert one.announced_at is not None
    assert one.announced_at.isoformat() == "2026-12-01T00:30:00+09:00"
    assert reported(mine).announced_on is None, "what was not said is not known"


@pytest.mark.parametrize("region", ["kr-capital", "kr", "cn-jjj-2p26"])
def test_a_region_of_several_units_issues_nothing_itself(mine: Facts, region: str) -> None:
    with pytest.raises(AnnouncedError, match="add one each for"):
        reported(mine, region)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"source": " "}, "source"),
        ({"confidence": "sure"}, "confidence"),
        ({"kind": "emergncy"}, "kind"),
        ({"in_force_from": at("2026-12-01T21:00+09:00")}, "in_force_to is not after in_force_from"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(mine: Facts, more: dict[str, Any], said: str) -> None:
    with pytest.raises(AnnouncedError, match=said) as refused:
        reported(mine, **more)
    assert "\n" not in str(refused.value)


def test_confirming_keeps_both_sources(store: Store, mine: Facts) -> None:
    announced.add(store, mine, reported(mine))
    found = announced.listed(mine, "kr-seoul", "emergency", DAY)
    one = announced.confirm(store, mine, found, "gazette")
    assert (one.status, one.confidence, one.source) == ("confirmed", "high", f"{SOURCE}; gazette")
    again = announced.confirm(store, mine, one, "gazette")
    assert again.source == f"{SOURCE}; gazette"
    assert copies(store, mine) == ["confirmed"]
    with pytest.raises(AnnouncedError, match="--source"):
        announced.confirm(store, mine, one, "")


def test_confirming_a_shipped_measure_writes_only_the_user_s_folder(sqlite_store: Store, mine: Facts) -> None:
    found = announced.listed(mine, "kr-seoul", "emergency", date(2019, 3, 5))
    announced.confirm(sqlite_store, mine, found, "gazette")
    assert mine.own is not None
    assert len((mine.own / "measures.csv").read_text(encoding="utf-8").splitlines()) == 2
    assert announced.listed(mine, "kr-seoul", "emergency", date(2019, 3, 5)).source.endswith("; gazette")
    assert len(mine.measures) == len(Facts().measures)
    assert announced.listed(Facts(), "kr-seoul", "emergency", date(2019, 3, 5)).source == found.source


def test_lifting_says_when(store: Store, mine: Facts) -> None:
    found = announced.add(store, mine, reported(mine))
    noon = at("2026-12-01T12:00+09:00")
    one = announced.lift(store, mine, found, noon, "notice")
    assert (one.status, one.lifted_at) == ("lifted", noon)
    assert copies(store, mine, "lifted_at") == ["2026-12-01T12:00:00+09:00"]


@pytest.mark.parametrize(
    ("clock", "said"), [("05:59", "before it came into force"), ("21:01", "after it ended")]
)
def test_nothing_is_lifted_while_it_is_not_in_force(
    sqlite_store: Store, mine: Facts, clock: str, said: str
) -> None:
    found = announced.add(sqlite_store, mine, reported(mine))
    with pytest.raises(AnnouncedError, match=said):
        announced.lift(sqlite_store, mine, found, at(f"2026-12-01T{clock}+09:00"), "notice")


def test_what_is_not_listed_can_neither_be_confirmed_nor_lifted(mine: Facts) -> None:
    with pytest.raises(AnnouncedError, match="`measures add` lists one"):
        announced.listed(mine, "kr-seoul", "emergency", DAY)


def test_the_list_reaches_further_from_the_day_after(store: Store, mine: Facts) -> None:
    reached = date(2026, 3, 17)
    through = date(2026, 12, 31)
    row = announced.known_through(
        store, mine, "kr", "emergency", through, SOURCE, reached=reached, complete=False
    )
    assert (row.start, row.end) == (date(2026, 3, 18), through)
    assert row in mine.measure_coverage
    with pytest.raises(AnnouncedError, match="known through 2026-12-31 already"):
        announced.known_through(
            store, mine, "kr", "emergency", reached, SOURCE, reached=through, complete=False
        )


def test_a_list_that_was_never_looked_after_begins_on_the_day(sqlite_store: Store, mine: Facts) -> None:
    row = announced.known_through(
        sqlite_store, mine, "cn-shanghai", "heavy-alert", DAY, SOURCE, reached=None, complete=True
    )
    assert (row.start, row.end) == (DAY, DAY)


@pytest.mark.parametrize(("kind", "source"), [("emergncy", SOURCE), ("emergency", "")])
def test_a_reach_that_cannot_be_leaves_the_folder_alone(
    sqlite_store: Store, mine: Facts, kind: str, source: str
) -> None:
    with pytest.raises(AnnouncedError):
        announced.known_through(
            sqlite_store, mine, "kr", kind, DAY, source, reached=date(2026, 3, 17), complete=False
        )
    assert mine.own is not None
    assert not mine.own.exists()


def test_without_a_folder_nothing_can_be_kept(sqlite_store: Store, facts: Facts) -> None:
    with pytest.raises(FactError, match="set YELLOWSEA_CATALOGUE"):
        announced.add(sqlite_store, facts, reported(facts))
