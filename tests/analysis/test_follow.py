"""Episodes as hours arrive are those of the whole series, however the hours come."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from test_episode_properties import NAN, profiles, series

from analysis.episodes import Profile, find
from analysis.follow import Follower

long_series = st.lists(series, max_size=4).map(lambda parts: np.concatenate([np.empty(0), *parts]))
thorough = settings(max_examples=300, deadline=None)


def same(found, expected):
    assert repr(found.tolist()) == repr(expected.tolist())  # NaN is alike here


def followed(values, profile, cuts):
    follower = Follower(profile)
    for begin, end in pairwise(sorted({0, len(values), *(c % (len(values) + 1) for c in cuts)})):
        follower.append(values[begin:end])
    return follower


@given(long_series, profiles, st.lists(st.integers(0, 200), max_size=8))
@thorough
def test_any_chunks_give_the_episodes_of_the_whole(values, profile, cuts):
    same(followed(values, profile, cuts).episodes, find(values, profile))


@given(series.filter(len), profiles)
@thorough
def test_after_every_single_hour_the_episodes_are_those_until_then(values, profile):
    follower = Follower(profile)
    for n, value in enumerate(values, start=1):
        follower.append(np.array([value]))
        same(follower.episodes, find(values[:n], profile))


@given(long_series.filter(len), profiles, st.integers(0, 200), series)
@thorough
def test_a_revised_hour_that_is_kept_gives_the_episodes_of_the_revised_whole(values, profile, at, new):
    first = at % len(values)
    new = new[: len(values) - first]
    follower = followed(values, profile, ())
    revised = values.copy()
    revised[first : first + len(new)] = new
    if follower.revise(first, new):
        same(follower.episodes, find(revised, profile))
    else:
        assert first <= follower.begin


def test_hours_that_are_settled_are_not_kept():
    follower = Follower(Profile("p", "hour", ">", 50, max_gap=2))
    follower.append(np.array([60.0, 10, 10, 10, 10, 60, NAN]))
    assert (follower.begin, follower.arrived) == (4, 7)
    assert not follower.revise(0, np.array([10.0]))
    assert not follower.revise(6, np.array([10.0, 10.0]))
    assert follower.revise(6, np.array([70.0]))
    assert [int(e["end"]) for e in follower.episodes] == [1, 7]


def test_thresholds_are_compared_at_the_precision_of_the_values():
    values = np.array([35.4, 10.0], np.float32)
    follower = Follower(Profile("p", "hour", ">", 35.4), np.float32)
    follower.append(values)
    assert not len(follower.episodes)
