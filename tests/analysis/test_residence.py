"""Maps of residence: closed forms, an independent count, and a source that was planted.

Tolerance: 1e-12 against sums by hand.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.residence import Cells, Ints, percentile, residence, weights
from config.facts import Facts
from config.residence import ResidenceWeight

STEPS = {0: 0.05, 10: 0.42, 20: 0.7, 80: 1.0}
NAN = np.nan


def mapped(lat: Any, lon: Any, trajectory: Any, value: Any, **how: Any) -> Cells:
    lat, lon = np.array(lat, float), np.array(lon, float)
    hours = np.array(how.pop("hours", np.ones(len(lat))), float)
    how = {"criterion": 50.0, "cell": 1.0, "steps": STEPS} | how
    return residence(lat, lon, hours, np.array(trajectory, int), np.array(value, float), **how)


def ways(seed: int, count: int = 60, points: int = 25) -> tuple[Any, Any, Ints, Any]:
    """Random walks from Seoul, and values of which some are missing."""
    rng = np.random.default_rng(seed)
    walk = rng.normal(0, 0.5, (2, count, points)).cumsum(axis=2)
    lat, lon = 37.5 + walk[0], 127.0 + walk[1]
    value = np.where(rng.random(count) < 0.1, NAN, rng.gamma(2.0, 20.0, count))
    return lat.ravel(), lon.ravel(), np.repeat(np.arange(count), points), value


# --- Closed forms


def test_two_ways_that_share_a_cell() -> None:
    """One high (80), one low (20): they meet in the cell of the place, and part."""
    found = mapped([37.5, 37.5, 37.5, 36.5], [126.5, 125.5, 126.4, 126.5], [0, 0, 1, 1], [80, 20])
    assert list(zip(found.lat, found.lon, strict=True)) == [(36.5, 126.5), (37.5, 125.5), (37.5, 126.5)]
    assert found.n.tolist() == [1, 1, 2]
    assert found.m.tolist() == [0, 1, 1]
    assert found.trajectories.tolist() == [1, 1, 2]
    assert found.pscf.tolist() == [0, 1, 0.5]
    assert found.cwt.tolist() == [20, 80, 50]
    assert found.weight.tolist() == [0.05, 0.05, 0.05]


def test_cwt_weighs_by_the_hours_of_residence() -> None:
    """Three hours of 80 and one of 20 are 65; an endpoint every three hours stands for three."""
    by_hour = mapped([1.5] * 4, [1.5] * 4, [0, 0, 0, 1], [80, 20])
    by_three = mapped([1.5] * 2, [1.5] * 2, [0, 1], [80, 20], hours=[3, 1])
    assert by_hour.cwt.tolist() == by_three.cwt.tolist() == [65]
    assert by_hour.n.tolist() == [4]
    assert by_three.n.tolist() == [2]


def test_a_value_at_the_criterion_is_not_above_it() -> None:
    assert mapped([1.5], [1.5], [0], [50]).m.tolist() == [0]


def test_what_is_not_known_counts_nowhere() -> None:
    found = mapped([1.5, 1.5, 9.5], [1.5, 1.5, 9.5], [0, 1, 1], [80, NAN])
    assert (found.n.tolist(), found.pscf.tolist(), found.cwt.tolist()) == ([1], [1], [80])
    assert len(mapped([1.5], [1.5], [0], [NAN]).n) == 0


def test_a_longitude_is_the_same_after_a_turn() -> None:
    west, turned = (mapped([1.5, 1.5], one, [0, 0], [80]) for one in ([-179.5, 179.5], [180.5, -180.5]))
    assert west.lon.tolist() == turned.lon.tolist() == [-179.5, 179.5]


@pytest.mark.parametrize(
    ("n", "weight"), [(1, 0.05), (10, 0.05), (11, 0.42), (20, 0.42), (21, 0.7), (80, 0.7), (81, 1.0)]
)
def test_the_weight_has_the_published_steps(facts: Facts, n: int, weight: float) -> None:
    shipped = {one.above: one.weight for one in facts.all("residence_weights", ResidenceWeight)}
    assert shipped == STEPS
    assert weights(np.array([n]), shipped)[0] == weight


def test_below_the_first_step_nothing_has_weight() -> None:
    assert weights(np.array([1, 5, 6]), {5: 0.5}).tolist() == [0, 0, 0.5]


def test_a_percentile_is_that_of_arrivals() -> None:
    """Three heights of one hour are one arrival."""
    value, arrival = np.array([100.0, 100, 100, 10, 20, NAN]), np.array([1, 1, 1, 2, 3, 4])
    assert percentile(value, arrival, 0.5) == 20
    assert np.isnan(percentile(np.array([NAN]), np.array([1]), 0.5))


# --- Laws


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.25, 0.5, 1.0, 2.5, 7.0]))
@settings(max_examples=25, deadline=None)
def test_every_endpoint_with_a_value_is_in_one_cell(seed: int, cell: float) -> None:
    lat, lon, which, value = ways(seed)
    found = mapped(lat, lon, which, value, cell=cell)
    known = ~np.isnan(value[which])
    assert found.n.sum() == known.sum()
    assert found.m.sum() == (value[which][known] > 50).sum()
    assert ((found.m <= found.n) & (found.trajectories <= found.n)).all()
    assert ((found.pscf >= 0) & (found.pscf <= 1)).all()
    assert found.cwt.min() >= np.nanmin(value) - 1e-9
    assert found.cwt.max() <= np.nanmax(value) + 1e-9
    # What stayed everywhere measured, on average, what was measured.
    assert (found.n @ found.cwt) / found.n.sum() == pytest.approx(value[which][known].mean(), rel=1e-12)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_the_order_of_trajectories_and_endpoints_changes_nothing(seed: int) -> None:
    lat, lon, which, value = ways(seed)
    rng = np.random.default_rng(seed)
    points, names = rng.permutation(len(lat)), rng.permutation(len(value))
    turned = np.empty_like(value)
    turned[names] = value
    found = mapped(lat, lon, which, value)
    other = mapped(lat[points], lon[points], names[which][points], turned)
    for one, same in zip(found, other, strict=True):
        np.testing.assert_allclose(one, same, rtol=1e-12)


@given(st.floats(1, 100), st.floats(1, 100))
@settings(max_examples=15, deadline=None)
def test_a_higher_criterion_never_raises_a_cell(one: float, other: float) -> None:
    lower, higher = sorted((one, other))
    low, high = (mapped(*ways(5), criterion=level) for level in (lower, higher))
    assert (high.pscf <= low.pscf).all()
    np.testing.assert_array_equal(high.cwt, low.cwt)


def test_it_is_what_a_group_by_of_pandas_finds() -> None:
    lat, lon, which, value = ways(7)
    found = mapped(lat, lon, which, value, cell=0.5)
    table = pd.DataFrame({"way": which, "value": value[which], "y": lat // 0.5, "x": lon // 0.5}).dropna()
    cells = table.groupby(["y", "x"]).agg(
        n=("value", "size"),
        m=("value", lambda v: (v > 50).sum()),
        cwt=("value", "mean"),
        ways=("way", "nunique"),
    )
    np.testing.assert_allclose(found.cwt, cells["cwt"], rtol=1e-12)
    for ours, theirs in ((found.n, "n"), (found.m, "m"), (found.trajectories, "ways")):
        np.testing.assert_array_equal(ours, cells[theirs])


# --- A source that was planted


def test_a_planted_source_comes_out_on_top_of_both_maps() -> None:
    """Straight ways of 48 h to Seoul from all sides; air that crossed one cell brings what is in it."""
    rng = np.random.default_rng(9)
    count, back = 800, np.arange(49)
    side, speed = rng.uniform(0, 2 * np.pi, count), rng.uniform(0.1, 0.3, count)
    lat = 37.5 + (speed * np.sin(side))[:, None] * back
    lon = 127.0 + (speed * np.cos(side))[:, None] * back
    source = (39, 117)
    inside = (np.floor(lat) == source[0]) & (np.floor(lon) == source[1])
    value = 20 + rng.gamma(2.0, 3.0, count) + 80 * inside.any(axis=1)
    assert 5 < inside.any(axis=1).sum() < 80
    found = mapped(lat.ravel(), lon.ravel(), np.repeat(np.arange(count), len(back)), value, criterion=75.0)
    at = {
        (int(np.floor(y)), int(np.floor(x))): i
        for i, (y, x) in enumerate(zip(found.lat, found.lon, strict=True))
    }
    planted = at[source]
    assert found.pscf[planted] == 1
    assert found.pscf[planted] == found.pscf.max()
    assert found.cwt[planted] > 0.95 * found.cwt.max()
    weighted = found.pscf * found.weight
    # Beyond the source lies its shadow, on the same few ways: what comes nearer than it is diluted.
    rivals = [key for key, i in at.items() if weighted[i] > weighted[planted]]
    assert all(key[1] <= source[1] for key in rivals), rivals
    nearer = [i for key, i in at.items() if key[1] > source[1] + 1]
    assert weighted[nearer].max() < weighted[planted]
    # With the sides taken apart every map has ups and downs; the ones away from the source stay low.
    away: defaultdict[bool, list[float]] = defaultdict(list)
    for key, i in at.items():
        away[key[1] > 127].append(float(found.pscf[i]))
    assert max(away[True]) < 0.2


def test_endpoints_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="not the same endpoints"):
        mapped([1.5, 2.5], [1.5], [0], [80])
    with pytest.raises(ValueError, match="no cell"):
        mapped([1.5], [1.5], [0], [80], cell=0.0)
