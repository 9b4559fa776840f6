"""What `yellowsea residence` answers: from trajectories and hours, with its counts and its warning."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from cli.main import app
from config.clock import Clock
from config.facts import Facts
from ingest.archives import import_paths
from report import residence
from report.question import NothingHeldError, QuestionError
from report.residence import FEWEST, Asked
from store.batches import begin_batch
from store.engine import Store
from store.series import SeriesBook
from store.trajectories import Point, Trajectory, put
from tests.report.conftest import Air

FOLDER = "data/traj_hysplit_eastasia_20260213_14"
REAL_DAYS = {"since": "2026-02-13", "until": "2026-02-14"}
FIRST, LAST, DAYS = "2019-03-01", "2019-03-30", 30
MIDNIGHT = datetime(2019, 2, 28, 15, tzinfo=UTC)
SOURCE = (38, 121)


def way(
    number: int, start: datetime, steps: list[tuple[float, float]], direction: str = "backward"
) -> Trajectory:
    """A trajectory over places an hour apart, the first where it starts."""
    sign = -1 if direction == "backward" else 1
    points = tuple(
        Point(start + timedelta(hours=sign * age), float(sign * age), lat, lon, 500.0)
        for age, (lat, lon) in enumerate(steps)
    )
    lat, lon = steps[0]
    return Trajectory(
        "a" * 64, number, start, lat, lon, 500.0, direction, len(steps) - 1.0, "GDAS", "OMEGA", (), points
    )


def keep(air: Air, found: list[Trajectory]) -> None:
    with air.store.write() as connection:
        feed = air.facts.feeds["hysplit-endpoints"]
        feed_id = SeriesBook(connection).ensure_feed(feed, air.facts.networks[feed.network])
        batch = begin_batch(
            connection, source="import", feed_id=feed_id, parser_version=1, received_at=air.at, path="tdump"
        )
        put(connection, found, batch)


def two_sides(air: Air, direction: str = "backward") -> Air:
    """Seoul for thirty days: ways from the west cross the source and bring 90, those from the east 20."""
    (seoul,) = air.of("kr-seoul", day=FIRST)
    rng = np.random.default_rng(1)
    ways, value = [], np.full(DAYS * 24, np.nan)
    for number, hour in enumerate(range(2, DAYS * 24, 6)):
        west = bool(rng.random() < 0.4)
        value[hour] = 90.0 if west else 20.0
        target = (
            (SOURCE[0] + rng.uniform(0.1, 0.9), SOURCE[1] + rng.uniform(0.1, 0.9)) if west else (37.2, 133.0)
        )
        share = np.linspace(0, 1, 25)
        lat, lon = 37.55 + share * (target[0] - 37.55), 126.99 + share * (target[1] - 126.99)
        start = MIDNIGHT + timedelta(hours=hour)
        ways.append(way(number + 1, start, list(zip(lat.tolist(), lon.tolist(), strict=True)), direction))
    air.hours(seoul, f"{FIRST}T00:00+09:00", value.tolist())
    keep(air, ways)
    return air


@pytest.fixture(scope="module")
def sides(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, facts: Facts) -> Iterator[Air]:
    """Seoul with its backward ways, for tests that only read."""
    path = tmp_path_factory.mktemp("sides") / "sides.db"
    shutil.copy(sqlite_template, path)
    store = Store(f"sqlite:///{path}")
    yield two_sides(Air(store, facts))
    store.close()


def asked(
    air: Air, region: str = "kr-seoul", span: dict[str, str] | None = None, **how: Any
) -> dict[str, Any]:
    span = span or {"since": FIRST, "until": LAST}
    question = air.asked(region=region, basis="hourly", **span)
    return residence.ask(air.store, air.facts, question, Asked(**({"above": "50"} | how)))


def cell_at(answer: dict[str, Any], lat: float, lon: float) -> dict[str, Any]:
    (found,) = [one for one in answer["cells"] if (one["lat"], one["lon"]) == (lat, lon)]
    return found


def test_the_source_s_cell_is_on_top(sides: Air) -> None:
    answer = asked(sides)
    top = answer["cells"][0]
    assert (top["pscf"], top["cwt"], top["weight"]) == (1, 90, 1)
    assert top["weighted_pscf"] == top["pscf"] * top["weight"]
    source = cell_at(answer, SOURCE[0] + 0.5, SOURCE[1] + 0.5)
    assert source["weighted_pscf"] == top["weighted_pscf"]
    east = [one for one in answer["cells"] if one["lon"] > 128]
    assert east
    assert {one["pscf"] for one in east} == {0}
    assert {one["cwt"] for one in east} == {20}


def test_the_cell_of_the_place_has_the_share_of_high_arrivals(sides: Air) -> None:
    answer = asked(sides)
    counts = answer["trajectories"]
    assert (counts["used"], counts["without_value"], counts["arrivals"]) == (120, 0, 120)
    assert sum(one["n"] for one in answer["cells"]) == counts["endpoints"] == 120 * 25
    home = cell_at(answer, 37.5, 126.5)
    assert home["trajectories"] == 120
    assert 0 < home["pscf"] < 1
    assert answer["warning"] is None
    assert answer["note"] == (
        "where air had been, as a model computed it; association; not a share of origin; with few "
        "trajectories the map is the paths themselves"
    )


def test_a_percentile_is_a_criterion(sides: Air) -> None:
    answer = asked(sides, above="p50")
    assert answer["criterion"] == 20
    assert answer["cells"] == asked(sides, above="20")["cells"]


def test_bigger_cells_are_fewer(sides: Air) -> None:
    counts = [len(asked(sides, cell=cell)["cells"]) for cell in (0.5, 1.0, 5.0)]
    assert counts == sorted(counts, reverse=True)
    assert len(set(counts)) == 3


def test_few_trajectories_are_said_in_front(sides: Air) -> None:
    answer = asked(sides, span={"since": FIRST, "until": "2019-03-05"})
    used = answer["trajectories"]["used"]
    assert 0 < used < FEWEST
    assert next(iter(answer)) == "warning"
    assert answer["warning"].startswith(f"only {used} trajectories with a value: the map is their paths")


def test_an_arrival_without_a_value_counts_nowhere_and_is_counted(local_air: Air) -> None:
    air = two_sides(local_air)
    keep(
        air,
        [replace(way(1, MIDNIGHT + timedelta(hours=3), [(37.55, 126.99), (30.5, 150.5)]), sha256="b" * 64)],
    )
    answer = asked(air)
    assert (answer["trajectories"]["used"], answer["trajectories"]["without_value"]) == (120, 1)
    assert not [one for one in answer["cells"] if one["lon"] == 150.5]


def test_forward_trajectories_answer_the_mirror_question_where_they_are_held(sides: Air) -> None:
    with pytest.raises(NothingHeldError, match="no forward trajectory that starts in Seoul") as nothing:
        asked(sides, direction="forward")
    assert nothing.value.held == ["120 backward trajectories of Seoul"]


def test_where_air_went_is_said_as_such(local_air: Air) -> None:
    answer = asked(two_sides(local_air, "forward"), direction="forward")
    assert answer["note"].startswith("where air went")
    assert cell_at(answer, SOURCE[0] + 0.5, SOURCE[1] + 0.5)["cwt"] == 90


def test_trajectories_of_other_places_are_not_asked(sides: Air) -> None:
    with pytest.raises(NothingHeldError, match="Busan"):
        asked(sides, "kr-busan")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"above": "high"}, "no value and no percentile"),
        ({"above": "p100"}, "between p0 and p100"),
        ({"above": "nan"}, "--above nan"),
        ({"cell": 0.01}, "--cell"),
        ({"cell": 30.0}, "--cell"),
    ],
)
def test_what_cannot_be_asked_is_refused(how: dict[str, Any], said: str) -> None:
    with pytest.raises(QuestionError, match=said):
        Asked(**({"above": "50"} | how))


# --- Real files, on both engines


@pytest.fixture
def real(air: Air, shared: Path) -> Air:
    """The nine real trajectories, and made-up hours of Seoul for the days that they are of."""
    files = sorted((shared / FOLDER).glob("*.txt"))
    if not files:
        pytest.skip(f"no real trajectories in {shared / FOLDER}")
    import_paths(air.store, air.facts, Clock.parse(None), files)
    (seoul,) = air.of("kr-seoul", day="2026-02-13")
    air.hours(seoul, "2026-02-13T00:00+09:00", [*([30.0] * 24), *([80.0] * 24)])
    return air


def test_the_real_trajectories_of_seoul_and_their_cells(real: Air) -> None:
    answer = asked(real, span=REAL_DAYS)
    counts = answer["trajectories"]
    assert (counts["used"], counts["above"], counts["endpoints"]) == (2, 1, 17)
    assert answer["warning"].startswith("only 2 trajectories")
    assert sum(one["n"] for one in answer["cells"]) == 17
    assert {one["weight"] for one in answer["cells"]} == {0.05}
    assert {"airkorea-final", "hysplit-endpoints"} <= set(answer["data"]["feeds"])
    # The one that came in the high hours has nine endpoints; seven hours before, the other was over the sea.
    assert sum(one["m"] for one in answer["cells"]) == 9
    shared_cell = cell_at(answer, 36.5, 125.5)
    assert (shared_cell["trajectories"], 0 < shared_cell["m"] < shared_cell["n"]) == (2, True)


def test_trajectories_without_hours_of_the_region_are_nothing_held(
    sqlite_store: Store, facts: Facts, shared: Path
) -> None:
    files = sorted((shared / FOLDER).glob("*.txt"))
    import_paths(sqlite_store, facts, Clock.parse(None), files)
    with pytest.raises(NothingHeldError, match="no pm25 of Seoul is held"):
        asked(Air(sqlite_store, facts), span=REAL_DAYS)


# --- On the command line


@pytest.fixture
def typed(sides: Air) -> Callable[..., str]:
    url = sides.store.url.render_as_string(hide_password=False)

    def run(*more: str) -> str:
        words = ["residence", "--region", "seoul", "--from", FIRST, "--database", url]
        done = CliRunner().invoke(app, [*words, *more], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def test_the_table_begins_with_the_warning_and_ends_with_what_it_is_not(typed: Callable[..., str]) -> None:
    lines = typed("--above", "50", "--to", "2019-03-02").splitlines()
    assert lines[0].startswith("only 8 trajectories with a value")
    assert any("not a share of origin" in line for line in lines)
    assert typed("--to", LAST).startswith("Seoul: pm25 and backward trajectories")


def test_the_table_is_told_in_korean(typed: Callable[..., str]) -> None:
    told = typed("--above", "50", "--to", "2019-03-02", "--lang", "ko")
    assert "유적선" in told.splitlines()[0]
    assert "기여율이 아님" in told
