"""The hard week, run once for all of its rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from week_held import CLOSED_AFTER, HOURS, Ran
from week_oracle import Served, Week
from week_run import run_week

from store.engine import Store

SERVED = Served(
    datetime.fromisoformat("2025-01-13T00:00+09:00"),
    "week",
    1,
    ("kr-seoul", "kr-sejong", "cn-dalian", "cn-weihai"),
)
# Once amid outages of CNEMC and of the models, and once when all is well.
RESTARTS = (62.0, 112.0)


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """What a week of the daemon's own jobs leaves behind, and the truth beside it."""
    folder = tmp_path_factory.mktemp("week")
    end = HOURS + CLOSED_AFTER
    run_week(folder, SERVED, end, RESTARTS)
    store = Store(f"sqlite:///{folder}/week.db")
    yield Ran(folder, store, Week(SERVED, end))
    store.close()
