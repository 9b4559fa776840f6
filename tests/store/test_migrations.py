"""The schema: its history ends where the tables stand, on both engines, and people can query it by hand."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from by_hand import NOON, Writer, make_series, series_of

from config.facts import Facts
from store import migrate, schema
from store.engine import Store, StoreError


def test_head_is_the_newest_file() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.HEAD]


def test_the_history_leads_to_the_tables(store: Store) -> None:
    assert migrate.differences(store) == []
    with store.read() as connection:
        assert migrate.current(connection) == migrate.HEAD


def test_a_table_made_by_hand_is_a_difference(store: Store) -> None:
    with store.write() as connection:
        connection.exec_driver_sql("ALTER TABLE station ADD COLUMN height INTEGER")
    assert "height" in "".join(migrate.differences(store))


def test_ensure_leaves_a_schema_alone_and_refuses_another_one(store: Store) -> None:
    migrate.ensure(store)
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(StoreError, match="yellowsea db upgrade"):
        migrate.ensure(store)


def test_two_processes_may_make_the_schema_at_once(tmp_path: Path) -> None:
    faults: list[Exception] = []

    def make() -> None:
        store = Store(f"sqlite:///{tmp_path / 'deep' / 'new.db'}")
        try:
            migrate.ensure(store)
        except StoreError as error:
            faults.append(error)
        finally:
            store.close()

    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not faults


def test_the_reading_table_is_its_own_index(sqlite_store: Store) -> None:
    with sqlite_store.read() as connection:
        made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'reading'").scalar_one()
    assert "WITHOUT ROWID" in made


def test_the_view_shows_names_units_and_utc(store: Store, facts: Facts) -> None:
    (a,) = make_series(store, facts)
    Writer(store, datetime(2020, 1, 1, 12, tzinfo=UTC)).give([(a, NOON, 35.0)])
    key = series_of(store, [a])[a].key
    with store.read() as connection:
        (row,) = connection.exec_driver_sql("SELECT * FROM reading_utc").mappings()
    shown = {
        name: value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value
        for name, value in row.items()
    }
    assert shown == {
        "station": key.station,
        "network": "airkorea",
        "feed": "airkorea-live",
        "pollutant": "pm25",
        "statistic": "mean",
        "period": "PT1H",
        "start_utc": "2020-01-01T12:00:00Z",
        "value": 35.0,
        "unit": "ug/m3",
        "reference_state": "actual",
        "status": 0,
        "flags": 0,
        "received_utc": "2020-01-01T13:00:00Z",
    }


def test_moments_are_kept_to_the_microsecond(store: Store) -> None:
    at = datetime(2026, 3, 4, 5, 6, 7, 891011, tzinfo=UTC)
    with store.write() as connection:
        connection.execute(
            schema.payload.insert().values(
                sha256="x", source="s", url="u", content_type="c", received_at=at, size=0, packed=b""
            )
        )
    with store.read() as connection:
        assert connection.execute(schema.payload.select()).one().received_at == at
