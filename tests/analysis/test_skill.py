"""Scores of yes-or-no forecasts: closed forms, laws, and independent implementations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, jaccard_score, recall_score
from statsmodels.stats.proportion import proportion_confint

from analysis.skill import onsets, table, wilson

NAN = math.nan
states = st.lists(st.tuples(st.sampled_from([0.0, 1.0, NAN]), st.sampled_from([0.0, 1.0, NAN])), max_size=60)


def test_finley_s_tornadoes():
    # Finley 1884, as every textbook has them: 28 hits, 23 misses, 72 false alarms, 2680 quiet days.
    told = np.repeat([1.0, 0, 1, 0], [28, 23, 72, 2680])
    came = np.repeat([1.0, 1, 0, 0], [28, 23, 72, 2680])
    found = table(told, came)
    assert (found.hit_rate, found.false_alarm_ratio) == (28 / 51, 72 / 100)
    assert found.critical_success_index == 28 / 123
    assert found.accuracy == pytest.approx(0.966, abs=5e-4)
    assert found.peirce == pytest.approx(0.523, abs=5e-4)
    assert found.bias == pytest.approx(1.96, abs=5e-3)


@given(states)
def test_every_day_is_in_the_table_or_told_why_not(pairs):
    told, came = (np.array([pair[side] for pair in pairs]) for side in (0, 1))
    found = table(told, came)
    assert found.n + found.not_decided + found.not_observed == len(pairs)


@given(states.filter(lambda pairs: any(a == b == 1 for a, b in pairs)))
def test_scores_are_those_of_scikit_learn(pairs):
    known = [(a, b) for a, b in pairs if not (math.isnan(a) or math.isnan(b))]
    told, came = (np.array([pair[side] for pair in known]) for side in (0, 1))
    found = table(told, came)
    quiet, false_alarms, misses, hits = confusion_matrix(came, told, labels=[0, 1]).ravel()
    assert (found.correct_negatives, found.false_alarms, found.misses, found.hits) == (
        quiet,
        false_alarms,
        misses,
        hits,
    )
    assert found.hit_rate == pytest.approx(recall_score(came, told))
    assert found.critical_success_index == pytest.approx(jaccard_score(came, told))


@given(st.integers(0, 50), st.integers(1, 50))
def test_intervals_are_those_of_statsmodels(part, more):
    whole = part + more
    assert wilson(part, whole) == pytest.approx(proportion_confint(part, whole, method="wilson"), abs=1e-12)


def test_nothing_has_no_score():
    found = table(np.zeros(3), np.zeros(3))
    assert math.isnan(found.hit_rate)
    assert math.isnan(found.critical_success_index)
    assert found.accuracy == 1
    assert all(math.isnan(one) for one in wilson(0, 0))


def test_an_onset_needs_a_known_day_before_without_event():
    assert onsets(np.array([1.0, 0, 1, 1, NAN, 1, 0, 1])).tolist() == [False, False, True] + [False] * 4 + [
        True
    ]


def test_forecasts_and_observations_are_of_the_same_days():
    with pytest.raises(ValueError, match="not of the same days"):
        table(np.zeros(2), np.zeros(3))
