"""Episodes against a slow reference in which the rule can be read: regular expressions on letters.

Each period is one letter: `A` enters, `h` neither enters nor ends, `e` ends, `m` is missing.
"""

from __future__ import annotations

import operator
import re
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.episodes import Operator, Profile, find, find_many

NAN = np.nan
COMPARE = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
COMPLEMENT = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}
MIRROR: dict[Operator, Operator] = {">": "<", ">=": "<=", "<": ">", "<=": ">="}

series = st.lists(st.sampled_from([NAN, 10.0, 35.0, 40.0, 75.0, 76.0, 90.0]), max_size=40).map(np.array)
plain_profiles = st.builds(
    Profile,
    id=st.just("p"),
    every=st.just("hour"),
    op=st.sampled_from([">", ">="]),
    enter=st.sampled_from([40.0, 75.0]),
    min_count=st.integers(1, 4),
    max_gap=st.integers(0, 4),
    order=st.sampled_from(["merge-first", "filter-first"]),
)
hysteresis = st.builds(
    replace,
    plain_profiles,
    enter=st.just(75.0),
    exit=st.just(35.0),
    exit_op=st.sampled_from([None, "<", "<="]),
)
profiles = plain_profiles | hysteresis
quick = settings(max_examples=300, deadline=None)


def letters(values, profile) -> str:
    if profile.exit is None:
        ends, level = COMPARE[COMPLEMENT[profile.op]], profile.enter
    else:
        ends, level = COMPARE[profile.exit_op or COMPLEMENT[profile.op]], profile.exit
    enters = COMPARE[profile.op]
    return "".join(
        "m" if np.isnan(v) else "A" if enters(v, profile.enter) else "e" if ends(v, level) else "h"
        for v in values
    )


def reference(text: str, profile: Profile) -> list[tuple[int, int, str]]:
    filter_first = profile.order == "filter-first"
    if profile.exit is None:
        run = f"A{{{profile.min_count},}}" if filter_first else "A+"
    else:
        run = f"A{{{profile.min_count}}}[Ah]*"
        if profile.max_gap and not filter_first:
            run += f"(?:m{{1,{profile.max_gap}}}[Ah]+)*"
    joined: list[tuple[int, int]] = []
    for match in re.finditer(run, text):
        if joined and match.start() - joined[-1][1] <= profile.max_gap:
            joined[-1] = (joined[-1][0], match.end())
        else:
            joined.append(match.span())
    if profile.exit is None and not filter_first:
        joined = [(start, end) for start, end in joined if end - start >= profile.min_count]
    return [(start, end, censored(text, start, end)) for start, end in joined]


def censored(text: str, start: int, end: int) -> str:
    left = re.search(r"(^|m)[Ah]*$", text[:start]) is not None
    right = re.match(r"m|$", text[end:]) is not None
    return {(False, False): "no", (True, False): "left", (False, True): "right", (True, True): "both"}[
        left, right
    ]


def spans(found) -> list[tuple[int, int, str]]:
    return [(int(e["start"]), int(e["end"]), str(e["censored"])) for e in found]


@given(series, profiles)
@quick
def test_episodes_are_those_of_the_reference(values, profile):
    assert spans(find(values, profile)) == reference(letters(values, profile), profile)


@given(series, profiles)
@quick
def test_statistics_are_those_of_the_slice(values, profile):
    for episode in find(values, profile):
        inside = values[episode["start"] : episode["end"]]
        above = inside[COMPARE[profile.op](inside, profile.enter)]
        assert episode["n_above"] == len(above)
        assert episode["n_missing"] == np.isnan(inside).sum()
        np.testing.assert_allclose(episode["mean"], np.nanmean(inside))
        assert episode["peak"] == np.nanmax(inside)
        assert episode["peak_at"] == episode["start"] + np.nanargmax(inside)
        np.testing.assert_allclose(episode["cumulative_excess"], (above - profile.enter).sum())


@given(series, series, profiles)
@quick
def test_series_a_long_clean_stretch_apart_do_not_touch(first, second, profile):
    clean = np.full(profile.max_gap + 1, 10.0)
    whole = np.concatenate([clean, first, clean, second, clean])
    offset = 2 * len(clean) + len(first)
    apart = [find(np.concatenate([clean, part, clean]), profile) for part in (first, second)]
    moved = [(s + offset - len(clean), e + offset - len(clean), c) for s, e, c in spans(apart[1])]
    assert spans(find(whole, profile)) == spans(apart[0]) + moved


@given(st.lists(series.filter(len), min_size=1, max_size=4), profiles)
@quick
def test_each_of_many_series_stands_alone(rows, profile):
    width = max(map(len, rows))
    values = np.stack([np.pad(row, (0, width - len(row)), constant_values=NAN) for row in rows])
    found = find_many(values, profile)
    for number, row in enumerate(values):
        assert spans(found[found["series"] == number]) == spans(find(row, profile))


@given(series, profiles, st.sampled_from([-200.0, -40.0, 8.0, 1000.0]))
@quick
def test_values_and_thresholds_shifted_together_change_nothing(values, profile, by):
    there = replace(
        profile, enter=profile.enter + by, exit=None if profile.exit is None else profile.exit + by
    )
    here, shifted = find(values, profile), find(values + by, there)
    assert spans(here) == spans(shifted)
    np.testing.assert_array_equal(here["cumulative_excess"], shifted["cumulative_excess"])
    np.testing.assert_allclose(here["mean"] + by, shifted["mean"])


@given(series, profiles)
@quick
def test_values_turned_over_are_found_by_the_operator_turned_over(values, profile):
    down = replace(
        profile,
        op=MIRROR[profile.op],
        enter=-profile.enter,
        exit=None if profile.exit is None else -profile.exit,
        exit_op=None if profile.exit_op is None else MIRROR[profile.exit_op],
    )
    up, low = find(values, profile), find(-values, down)
    assert spans(up) == spans(low)
    np.testing.assert_array_equal(up["peak"], -low["peak"])
    np.testing.assert_array_equal(up["cumulative_excess"], low["cumulative_excess"])


@given(series, plain_profiles)
@quick
def test_without_an_exit_time_may_run_backwards(values, profile):
    turned = {"no": "no", "left": "right", "right": "left", "both": "both"}
    backwards = [
        (len(values) - e, len(values) - s, turned[c]) for s, e, c in spans(find(values[::-1], profile))
    ]
    assert spans(find(values, profile)) == backwards[::-1]


@given(series, profiles)
@quick
def test_float32_at_rest_finds_the_same(values, profile):
    assert spans(find(values.astype(np.float32), profile)) == spans(find(values, profile))


@given(series, profiles)
@quick
def test_episodes_begin_above_and_lie_more_than_a_gap_apart(values, profile):
    found = find(values, profile)
    assert (found["end"] - found["start"] >= profile.min_count).all()
    assert (found["start"][1:] - found["end"][:-1] > profile.max_gap).all() or profile.exit is None
    assert all(COMPARE[profile.op](values[start], profile.enter) for start in found["start"])
    assert not np.isnan(values[found["end"] - 1]).any()


@given(series, profiles)
@quick
def test_without_gaps_to_bridge_the_order_does_not_matter(values, profile):
    first, then = (replace(profile, max_gap=0, order=order) for order in ("merge-first", "filter-first"))
    assert spans(find(values, first)) == spans(find(values, then))


@given(series, profiles, st.sampled_from([1.0, 16.0, 100.0]))
@quick
def test_a_higher_entry_never_adds_hours_above(values, profile, by):
    higher = replace(profile, enter=profile.enter + by, min_count=1)
    assert (
        find(values, higher)["n_above"].sum() <= find(values, replace(profile, min_count=1))["n_above"].sum()
    )


@given(series.filter(len), profiles, st.data())
@quick
def test_a_value_gone_missing_never_extends_an_episode(values, profile, data):
    # An episode may break in two there, so hours are compared: each that is in one now was in one before.
    lost = values.copy()
    lost[data.draw(st.integers(0, len(values) - 1))] = NAN
    plain = replace(profile, max_gap=0, min_count=1)
    before, after = (
        {t for start, end, _ in spans(find(one, plain)) for t in range(start, end)} for one in (values, lost)
    )
    assert after <= before


@given(st.lists(series.filter(len), min_size=2, max_size=4), profiles, st.randoms(use_true_random=False))
@quick
def test_stations_permuted_give_the_same_episodes_permuted(rows, profile, random):
    width = max(map(len, rows))
    values = np.stack([np.pad(row, (0, width - len(row)), constant_values=NAN) for row in rows])
    order = list(range(len(rows)))
    random.shuffle(order)
    found, there = find_many(values, profile), find_many(values[order], profile)
    for now, was in enumerate(order):
        assert spans(there[there["series"] == now]) == spans(found[found["series"] == was])
