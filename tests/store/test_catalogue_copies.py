"""Copies of the catalogue in SQL: what the files say, on both engines; and the step that brings them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from by_hand import NOON, Writer, count, held, make_series, revisions

from config import own
from config.facts import Facts
from config.policy import Coverage, Measure
from store import migrate
from store.catalogue import sync
from store.engine import Store, StoreError
from store.policy_tables import COPIES


def copied(store: Store, facts: Facts, kinds: list[str] | None = None) -> dict[str, int]:
    with store.write() as connection:
        return sync(connection, facts, kinds)


def rows(store: Store, table: str, where: str) -> list[dict[str, object]]:
    with store.read() as connection:
        found = connection.exec_driver_sql(f"SELECT * FROM {table} WHERE {where}")
        return [dict(row) for row in found.mappings()]


# What the copies hold


def test_every_row_of_the_files_is_copied(store: Store, facts: Facts) -> None:
    written = copied(store, facts)
    assert written.keys() == COPIES.keys()
    for kind, table in COPIES.items():
        assert written[kind] == len(facts.rows(kind)) == count(store, table.name) > 0


def test_a_copy_says_what_the_file_says(store: Store, facts: Facts) -> None:
    copied(store, facts)
    (row,) = rows(store, "measure", "region = 'kr-seoul' AND date = '2018-03-26'")
    assert str(row["date"]) == "2018-03-26"
    assert row["announced_at"] == "2018-03-25T17:15:00+09:00", "times are ISO text with offset"
    assert row["lifted_at"] is None, "what is not known is NULL"
    assert row["confidence"] == "high"
    (season,) = rows(store, "season", "id = 'kr-2018'")
    assert (season["number"], season["country"]) == (None, "KR")


def test_bi_tools_can_count_measure_days_by_season(store: Store, facts: Facts) -> None:
    copied(store, facts)
    with store.read() as connection:
        (days,) = connection.exec_driver_sql(
            'SELECT count(DISTINCT m.date) FROM season s JOIN measure m ON m.date BETWEEN s.start AND s."end"'
            " WHERE s.id = 'kr-2018' AND m.region = 'kr-seoul' AND m.kind = 'emergency'"
        ).one()
    assert days == 12


def test_a_copy_is_replaced_and_not_added_to(store: Store, facts: Facts, tmp_path: Path) -> None:
    copied(store, facts)
    own.put(
        tmp_path,
        "measures",
        Measure(date=date(2026, 12, 1), region="kr-seoul", kind="emergency", source="x", confidence="low"),
    )
    mine = Facts(own=tmp_path)
    assert copied(store, mine, ["measures"]) == {"measures": len(facts.rows("measures")) + 1}
    assert len(rows(store, "measure", "source = 'x'")) == 1
    assert copied(store, facts)["measures"] == count(store, "measure") == len(facts.rows("measures"))


def test_a_truth_value_is_one_in_sql_too(store: Store, facts: Facts, tmp_path: Path) -> None:
    coverage = Coverage(
        region="kr-jeju", kind="emergency", start=date(2026, 4, 1), end=date(2026, 5, 1), complete=True,
        source="x", confidence="high",
    )  # fmt: skip
    own.put(tmp_path, "measure_coverage", coverage)
    copied(store, Facts(own=tmp_path), ["measure_coverage"])
    (row,) = rows(store, "measure_coverage", "region = 'kr-jeju'")
    assert bool(row["complete"]) is True
    assert {bool(one["complete"]) for one in rows(store, "measure_coverage", "source <> 'x'")} == {
        True,
        False,
    }


# The step from schema 0001


@pytest.fixture
def before(store: Store) -> Store:
    """A database as the version before this one made it."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    with store.write() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    return store


def test_a_database_of_the_version_before_is_refused_until_it_is_upgraded(before: Store) -> None:
    with pytest.raises(StoreError, match=r"stands at schema 0001, .* run `yellowsea db upgrade`"):
        migrate.ensure(before)
    assert migrate.upgrade(before) == migrate.HEAD
    migrate.ensure(before)
    assert migrate.differences(before) == []


def test_the_step_keeps_readings_and_revisions(before: Store, facts: Facts) -> None:
    a, b = make_series(before, facts, 2)
    writer = Writer(before)
    writer.give([(a, NOON, 35.0), (a, NOON + 1, None), (b, NOON, -0.4)])
    writer.give([(a, NOON, 36.5)])
    kept, replaced = held(before, [a, b]), revisions(before)
    migrate.upgrade(before)
    assert held(before, [a, b]) == kept == {(a, NOON): 36.5, (a, NOON + 1): None, (b, NOON): -0.4}
    assert revisions(before) == replaced
    assert len(replaced) == 1
    assert copied(before, facts)["measures"] > 0
    writer.give([(b, NOON + 1, 12.0)])
    assert held(before, [b])[(b, NOON + 1)] == 12.0
