"""Synthetic control: equal to pysyncon, and as often wrong without an effect as it says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysyncon import Synth

from analysis.synthetic import in_space, simplex_weights, synthetic_control
from benchmarks.starts import regions

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=15, deadline=None)
BEFORE = np.arange(112) < 104
AFTER = np.arange(112) >= 105


def demeaned(values: np.ndarray) -> np.ndarray:
    return values - values[:, BEFORE].mean(axis=1, keepdims=True)


@pytest.mark.parametrize("seed", range(3))
def test_weights_are_those_of_pysyncon(seed: int) -> None:
    """Every week before counts alike: pysyncon scales each by its spread over regions, which is undone."""
    own = demeaned(regions(seed, donors=12))[:, BEFORE]
    wanted = pd.DataFrame(own[1:].T)
    target = pd.Series(own[0], name="target")
    peer = Synth()
    spread = np.var(own, axis=0, ddof=1)
    peer.fit(X0=wanted, X1=target, Z0=wanted, Z1=target, custom_V=spread / spread.max())
    ours = simplex_weights(own[0], own[1:])
    assert ours == pytest.approx(peer.W, abs=2e-3)
    assert np.sum((own[0] - ours @ own[1:]) ** 2) <= np.sum((own[0] - peer.W @ own[1:]) ** 2) + 1e-9


@given(seed=SEEDS)
@FEW
def test_weights_are_no_less_than_nothing_and_sum_to_one(seed: int) -> None:
    values = demeaned(regions(seed))
    weights = simplex_weights(values[0, BEFORE], values[1:, BEFORE])
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1, abs=1e-12)


@given(seed=SEEDS)
@FEW
def test_no_mixture_of_two_donors_is_nearer(seed: int) -> None:
    values = demeaned(regions(seed, donors=6))
    target, donors = values[0, BEFORE], values[1:, BEFORE]
    best = np.sum((target - simplex_weights(target, donors) @ donors) ** 2)
    for share in np.linspace(0, 1, 11):
        for one in donors:
            for other in donors:
                assert best <= np.sum((target - share * one - (1 - share) * other) ** 2) + 1e-9


def test_a_region_that_is_a_mixture_is_found_to_be_it() -> None:
    values = regions(3, donors=10)
    values[0] = 0.3 * values[2] + 0.7 * values[5] + 1.5  # worse than all of them, and alike
    found = synthetic_control(values[0], values[1:], BEFORE, AFTER)
    assert found.weights[[1, 4]] == pytest.approx([0.3, 0.7], abs=1e-6)
    assert found.effect == pytest.approx(0, abs=1e-6)


@given(seed=SEEDS, planted=st.floats(-0.5, 0.5))
@FEW
def test_what_is_added_after_is_added_to_the_estimate(seed: int, planted: float) -> None:
    one, two = regions(seed), regions(seed)
    two[0, AFTER] += planted
    effects = [synthetic_control(x[0], x[1:], BEFORE, AFTER).effect for x in (one, two)]
    assert effects[1] - effects[0] == pytest.approx(planted, abs=1e-9)


@given(seed=SEEDS)
@FEW
def test_permuted_donors_give_permuted_weights_and_the_same_p(seed: int) -> None:
    values = regions(seed)
    order = np.random.default_rng(seed).permutation(len(values) - 1)
    one, two = (synthetic_control(values[0], d, BEFORE, AFTER) for d in (values[1:], values[1:][order]))
    assert two.weights == pytest.approx(one.weights[order], abs=1e-6)
    spaces = [in_space(x, d, BEFORE, AFTER).p for x, d in ((one, values[1:]), (two, values[1:][order]))]
    assert spaces[0] == spaces[1]


@given(seed=SEEDS)
@FEW
def test_the_interval_holds_what_the_test_does_not_reject(seed: int) -> None:
    values = regions(seed)
    found = synthetic_control(values[0], values[1:], BEFORE, AFTER)
    space = in_space(found, values[1:], BEFORE, AFTER)
    for shift, rejected in ((0.0, space.p <= 0.05), (space.low, None), (space.high, None)):
        if rejected is not None and np.isfinite(space.low):
            assert rejected is not bool(space.low <= shift <= space.high)
    for edge, outward in ((space.low, -1e-6), (space.high, 1e-6)):
        if np.isfinite(edge):
            moved = values.copy()
            moved[0, AFTER] -= edge + outward
            again = synthetic_control(moved[0], moved[1:], BEFORE, AFTER)
            assert in_space(again, moved[1:], BEFORE, AFTER).p <= 0.05


def test_with_few_donors_nothing_can_be_rejected_and_no_interval_is_given() -> None:
    values = regions(0, effect=-2.0, donors=10)
    found = synthetic_control(values[0], values[1:], BEFORE, AFTER)
    space = in_space(found, values[1:], BEFORE, AFTER)
    assert space.p == pytest.approx(1 / 11)
    assert np.isnan([space.low, space.high]).all()


def test_weeks_that_are_missing_are_refused() -> None:
    values = regions(0)
    values[3, 7] = np.nan
    with pytest.raises(ValueError, match="complete weeks"):
        synthetic_control(values[0], values[1:], BEFORE, AFTER)
    with pytest.raises(ValueError, match="a donor"):
        synthetic_control(values[0], values[:0], BEFORE, AFTER)


def test_without_an_effect_it_is_rarely_found_and_a_planted_one_has_no_bias() -> None:
    p, effects, planted = [], [], float(np.log(0.9))
    for seed in range(60):
        values = regions(seed)
        found = synthetic_control(values[0], values[1:], BEFORE, AFTER)
        p.append(in_space(found, values[1:], BEFORE, AFTER).p)
        values[0, AFTER] += planted
        effects.append(synthetic_control(values[0], values[1:], BEFORE, AFTER).effect)
    assert np.mean(np.array(p) <= 0.05) <= 0.12  # 5 % of 60: 0 to 7
    assert np.mean(effects) == pytest.approx(planted, abs=3 * np.std(effects) / np.sqrt(60))
