"""Episodes by example: each test is a sentence of the rule."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import episodes
from analysis.episodes import EPISODE, Profile, ProfileError, find, find_many
from config.facts import Facts

NAN = np.nan
HIGH = Profile("high", "day", ">", 50)
ADVISORY = Profile("advisory", "hour", ">=", 75, 35, "<", min_count=2)
LONG = Profile("long", "hour", ">", 75, min_count=4, max_gap=1)


def spans(values, profile):
    found = find(np.array(values, float), profile)
    return [(int(e["start"]), int(e["end"]), str(e["censored"])) for e in found]


def test_high_days_in_a_row_are_one_episode_with_an_exclusive_end():
    assert spans([20, 60, 70, 50, 51, 20], HIGH) == [(1, 3, "no"), (4, 5, "no")]


def test_an_episode_tells_its_statistics():
    (episode,) = find(
        np.array([10.0, 60.0, NAN, 30.0, 90.0, 90.0, 10.0]), Profile("p", "day", ">", 50, max_gap=2)
    )
    assert (episode["start"], episode["end"]) == (1, 6)
    assert (episode["n_above"], episode["n_missing"]) == (3, 1)
    assert episode["mean"] == pytest.approx((60 + 30 + 90 + 90) / 4)
    assert (episode["peak"], episode["peak_at"]) == (90, 4)
    assert episode["cumulative_excess"] == pytest.approx(10 + 40 + 40)
    assert episode["censored"] == "no"
    assert (episode["growth"], np.isnan(episode["decline"])) == ((90 - 60) / 3, False)
    assert episode["decline"] == 0


def test_growth_and_decline_are_not_defined_where_the_peak_is_the_onset_or_the_end():
    (episode,) = find(np.array([10.0, 60, 80, 70, 55, 10]), HIGH)
    assert (episode["growth"], episode["decline"]) == (20, (80 - 55) / 2)
    (alone,) = find(np.array([10.0, 60, 10]), HIGH)
    assert np.isnan([alone["growth"], alone["decline"]]).all()


def test_percentiles_and_deviations_are_taken_of_the_valid_values():
    values = np.append(np.arange(101.0), NAN)
    top = Profile("top", "hour", ">", 95, level="percentile").on(values)
    assert (top.enter, top.exit, top.level) == (95, None, "value")
    far = Profile("far", "hour", ">", 2, 1, level="deviation").on(values)
    assert (far.enter, far.exit) == pytest.approx((50 + 2 * values[:-1].std(), 50 + values[:-1].std()))
    with pytest.raises(ProfileError, match="percentile is 0 to 100"):
        Profile("over", "hour", ">", 101, level="percentile")
    with pytest.raises(ProfileError, match="apply `on` first"):
        find(values, Profile("top", "hour", ">", 95, level="percentile"))
    with pytest.raises(ProfileError, match="no value is held"):
        Profile("top", "hour", ">", 95, level="percentile").on(np.array([NAN]))


def test_an_advisory_needs_two_hours_and_is_lifted_below_35():
    assert spans([20, 80, 40, 75, 76, 40, 35, 34.9, 80, 20], ADVISORY) == [(3, 7, "no")]


def test_a_lifted_advisory_needs_two_hours_again():
    assert spans([20, 80, 80, 20, 60, 80, 20, 75, 75, 20], ADVISORY) == [(1, 3, "no"), (7, 9, "no")]


def test_at_the_beginning_a_value_between_exit_and_enter_may_belong_to_an_earlier_advisory():
    assert spans([60, 80, 80, 20], ADVISORY) == [(1, 3, "left")]
    assert spans([20, 60, 80, 80, 20], ADVISORY) == [(2, 4, "no")]


def test_missing_hours_neither_begin_nor_lift_an_advisory():
    assert spans([20, 80, 80, NAN, 60, 60, 20], ADVISORY) == [(1, 3, "right")]
    assert spans([20, 80, NAN, 80, 20], ADVISORY) == []
    patient = Profile("patient", "hour", ">=", 75, 35, min_count=2, max_gap=2)
    assert spans([20, 80, 80, NAN, NAN, 60, 20], patient) == [(1, 6, "no")]
    assert spans([20, 80, 80, NAN, NAN, NAN, 60, 20], patient) == [(1, 3, "right")]
    assert spans([20, 80, 80, NAN, 20, 60, 20], patient) == [(1, 3, "right")]
    assert spans([20, 80, 80, NAN, 20, 80, 80, 20], patient) == [(1, 7, "no")]


def test_filter_first_wants_an_onset_after_missing_hours_too():
    strict = Profile("strict", "hour", ">=", 75, 35, min_count=2, max_gap=2, order="filter-first")
    assert spans([20, 80, 80, NAN, 60, 60, 20], strict) == [(1, 3, "right")]
    assert spans([20, 80, 80, NAN, 80, 80, 20], strict) == [(1, 6, "no")]


def test_merge_first_joins_short_runs_that_filter_first_drops():
    values = [20, 80, 80, 20, 80, 80, 20]
    assert spans(values, LONG) == [(1, 6, "no")]
    assert spans(values, Profile("f", "hour", ">", 75, min_count=4, max_gap=1, order="filter-first")) == []


def test_a_gap_of_max_gap_is_bridged_and_one_more_is_not():
    two = Profile("two", "hour", ">", 75, max_gap=2)
    assert spans([80, 1, NAN, 80, 1], two) == [(0, 4, "left")]
    assert spans([80, 1, NAN, 1, 80, 1], two) == [(0, 1, "left"), (4, 5, "no")]


def test_censoring_at_the_ends_of_the_data_and_at_missing_hours():
    assert spans([60, 60], HIGH) == [(0, 2, "both")]
    assert spans([60, 20], HIGH) == [(0, 1, "left")]
    assert spans([20, 60], HIGH) == [(1, 2, "right")]
    assert spans([20, NAN, 60, NAN, 20], HIGH) == [(2, 3, "both")]
    assert spans([20, 60, 20], HIGH) == [(1, 2, "no")]


def test_nothing_missing_or_low_makes_an_episode():
    assert spans([], HIGH) == []
    assert spans([NAN, NAN], HIGH) == []
    assert spans([50, 50], HIGH) == []
    assert find_many(np.empty((0, 5)), HIGH).dtype == EPISODE


def test_the_classes_of_korea_round_half_up():
    profiles = {id_: Profile.from_fact(fact) for id_, fact in Facts().profiles.items()}
    days = [15.4, 15.5, 35.4, 35.5, 20]
    assert spans(days, profiles["kr-good-day"]) == [(0, 1, "left")]
    assert spans(days, profiles["kr-bad-day"]) == [(3, 4, "no")]
    (bad,) = find(np.array(days), profiles["kr-bad-day"])
    assert (bad["mean"], bad["peak"], bad["cumulative_excess"]) == (35.5, 35.5, 0)


def test_every_profile_of_the_catalogue_is_sound():
    profiles = {fact.id: Profile.from_fact(fact) for fact in Facts().profiles.values()}
    assert (profiles["kr-advisory"].every, profiles["kr-high-day"].every) == ("hour", "day")


def test_clean_air_has_a_peak_at_its_lowest_value_and_a_deficit():
    clean = Profile("clean", "day", "<=", 15, 20, ">", min_count=2)
    (episode,) = find(np.array([30.0, 15.0, 10.0, 20.0, 21.0]), clean)
    assert (episode["start"], episode["end"], episode["n_above"]) == (1, 4, 2)
    assert (episode["peak"], episode["peak_at"], episode["cumulative_excess"]) == (10, 2, 5)


@pytest.mark.parametrize(
    ("op", "exit_op", "entering", "ending"),
    [(">", None, 75.1, 35), (">=", None, 75, 34.9), (">", "<", 75.1, 34.9), (">=", "<=", 75, 35)],
)
def test_an_exit_is_the_complement_of_op_unless_it_is_said(op, exit_op, entering, ending):
    profile = Profile("x", "hour", op, 75, 35, exit_op)
    assert spans([20, entering, ending + 0.1, ending], profile) == [(1, 3, "no")]
    assert spans([20, entering - 0.1, 20], profile) == []


@pytest.mark.parametrize("op", [">", ">=", "<", "<="])
def test_thresholds_are_compared_at_the_precision_of_the_values(op):
    at_rest = np.array([35.4], np.float32)  # 35.40000153 in binary
    assert len(find(at_rest, Profile("us", "day", op, 35.4))) == ("=" in op)


def test_whole_numbers_are_readings_as_well():
    assert len(find(np.array([20, 60, 20]), HIGH)) == 1


def test_episodes_become_a_table_as_they_are():
    frame = pd.DataFrame(find_many(np.array([[20.0, 60.0, 20.0], [60.0, 20.0, 60.0]]), HIGH))
    assert frame["series"].tolist() == [0, 1, 1]
    assert frame["censored"].tolist() == ["no", "left", "right"]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"min_count": 0}, "min_count"),
        ({"max_gap": -1}, "max_gap"),
        ({"exit_op": "<"}, "without exit"),
        ({"exit": 35, "exit_op": ">"}, "same way"),
        ({"exit": 80}, "can enter at 75"),
        ({"exit": 75, "exit_op": "<="}, "can enter at 75"),
        ({"enter": NAN}, "not a number"),
        ({"exit": np.inf}, "not a number"),
    ],
)
def test_a_profile_that_contradicts_itself_is_refused(columns, message):
    with pytest.raises(ProfileError, match=message):
        Profile(**{"id": "x", "every": "hour", "op": ">=", "enter": 75, **columns})


def test_an_array_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="series, time"):
        find_many(np.zeros(3), HIGH)


@pytest.mark.parametrize("profile", [ADVISORY, LONG, Profile("clean", "hour", "<=", 15, rounded=True)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_plain_and_compiled_kernels_find_the_same(monkeypatch, profile, dtype):
    rng = np.random.default_rng(5)
    values = np.abs(60 + np.cumsum(rng.normal(0, 12, (5, 2000)), axis=1)).astype(dtype)
    values[rng.random(values.shape) < 0.05] = NAN
    plain = find_many(values[:, 3:], profile)
    monkeypatch.setattr(episodes, "PLAIN_UP_TO", 0)
    assert len(plain) > 20
    pd.testing.assert_frame_equal(pd.DataFrame(plain), pd.DataFrame(find_many(values[:, 3:], profile)))
