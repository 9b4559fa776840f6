"""The synthetic world is a pure function of seed, station and hour, and tells the story the demo needs."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from config.facts import Facts
from sandbox.labels import CST, KST, hour_of
from sandbox.synthetic import DEFAULT_SEED, SyntheticWorld, demo_start
from sandbox.world import POLLUTANTS, Network

ROOT = Path(__file__).resolve().parents[2]
FIRST = hour_of(demo_start)
AREA = {"airkorea": "서울", "cnemc": "北京市"}
OFFSET = {"airkorea": KST, "cnemc": CST}

SCRIPT = """
from hashlib import sha256
from config.facts import Facts
from sandbox.synthetic import SyntheticWorld
world = SyntheticWorld(Facts())
first = {first}
asked = [(n, first + h) for h in (7, 0) for n in ("cnemc", "airkorea")]
print(sha256(b"".join(world.block(*one).tobytes() for one in asked)).hexdigest())
"""


def city_days(world: SyntheticWorld, network: Network, first: date, days: int) -> list[float]:
    """Means of the city's stations over civil days."""
    rows = [i for i, s in enumerate(world.stations(network)) if s.area == AREA[network]]
    began = hour_of(datetime(first.year, first.month, first.day, tzinfo=UTC)) - OFFSET[network]
    hours = np.stack([world.block(network, began + h)[rows, 0] for h in range(24 * days)])
    return [float(np.nanmean(hours[24 * d : 24 * d + 24])) for d in range(days)]


def test_another_process_computes_the_same() -> None:
    def ask(hash_seed: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT.format(first=FIRST)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    world = SyntheticWorld(Facts())
    networks: tuple[Network, ...] = ("cnemc", "airkorea")
    here = sha256(b"".join(world.block(n, FIRST + h).tobytes() for h in (7, 0) for n in networks)).hexdigest()
    assert ask("1") == ask("2") == here


def test_another_seed_is_another_world(facts: Facts, synthetic: SyntheticWorld) -> None:
    other = SyntheticWorld(facts, DEFAULT_SEED + 1)
    assert not np.array_equal(
        other.block("airkorea", FIRST), synthetic.block("airkorea", FIRST), equal_nan=True
    )


def test_the_demo_has_its_story(synthetic: SyntheticWorld) -> None:
    beijing = city_days(synthetic, "cnemc", date(2025, 1, 10), 5)
    seoul = city_days(synthetic, "airkorea", date(2025, 1, 10), 5)
    heavy = next(day for day, mean in enumerate(beijing) if mean > 150)
    assert max(seoul[heavy : heavy + 3]) > 50
    assert min(seoul) < 50, "a demo without a clean day shows no episode"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_five_winter_days_hold_a_polluted_day_and_a_high_day_after_it(facts: Facts, seed: int) -> None:
    world = SyntheticWorld(facts, seed, cities={"cn-beijing"})
    beijing = city_days(world, "cnemc", date(2024, 12, 1), 45)
    seoul = city_days(world, "airkorea", date(2024, 12, 1), 45)
    for first in range(41):
        assert any(
            beijing[day] > 75 and max(seoul[day : first + 5]) > 50 for day in range(first, first + 5)
        ), date(2024, 12, 1) + timedelta(days=first)


def test_haze_crosses_the_sea_within_18_to_36_hours(facts: Facts) -> None:
    world = SyntheticWorld(facts, cities={"cn-beijing"})
    means = {}
    for network in ("cnemc", "airkorea"):
        rows = [i for i, s in enumerate(world.stations(network)) if s.area == AREA[network]]
        means[network] = np.array([np.nanmean(world.block(network, FIRST + h)[rows, 0]) for h in range(720)])
    beijing, seoul = means["cnemc"], means["airkorea"]
    r = [np.corrcoef(beijing[: 720 - lag], seoul[lag:])[0, 1] for lag in range(60)]
    assert 18 <= int(np.argmax(r)) <= 36
    assert max(r) > 0.5


def test_values_are_rounded_as_each_network_does_and_few_are_missing(synthetic: SyntheticWorld) -> None:
    decimals: dict[Network, tuple[int, ...]] = {
        "airkorea": (0, 0, 4, 4, 4, 2),
        "cnemc": (0, 0, 0, 0, 0, 1),
    }
    for network, places in decimals.items():
        hours = np.concatenate([synthetic.block(network, FIRST + h) for h in range(0, 480, 5)])
        assert 0.01 < np.isnan(hours).mean() < 0.03
        assert np.nanmin(hours) >= 0
        for column, place in enumerate(places):
            values = hours[~np.isnan(hours[:, column]), column]
            assert np.array_equal(np.round(values, place), values), POLLUTANTS[column]


def test_a_reading_is_a_cell_of_its_hour(synthetic: SyntheticWorld) -> None:
    hour = synthetic.hour("cnemc", FIRST)
    assert set(hour) == {s.code for s in synthetic.stations("cnemc")}
    assert synthetic.reading("cnemc", "1001A", FIRST) == hour["1001A"]
    block = synthetic.block("cnemc", FIRST)
    missing = sum(value is None for values in hour.values() for value in values.values())
    assert missing == np.isnan(block).sum() > 0


def test_stations_are_the_catalogues_and_korean_names_stand_once(
    facts: Facts, synthetic: SyntheticWorld
) -> None:
    korean = synthetic.stations("airkorea")
    assert len({s.name for s in korean}) == len({s.code for s in korean}) == len(korean) > 500
    sido = "서울 부산 대구 인천 광주 대전 울산 경기 강원 충북 충남 전북 전남 경북 경남 제주 세종"
    assert {s.area for s in korean} == set(sido.split())
    chinese = {s.area for s in synthetic.stations("cnemc")}
    assert {"北京市", "天津市", "上海市"} <= chinese
    assert len(SyntheticWorld(facts, cities=None).stations("cnemc")) > len(synthetic.stations("cnemc"))
    assert {s.area for s in SyntheticWorld(facts, cities={"cn-beijing"}).stations("cnemc")} == {"北京市"}
