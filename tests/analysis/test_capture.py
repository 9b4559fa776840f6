"""How many parts a mean needs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.capture import Capture, parts_needed
from config.facts import Facts


@pytest.mark.parametrize(
    ("share", "expected", "needed"),
    [(0.75, 25, 19), (0.75, 4, 3), (0.75, 1, 1), (0.7, 10, 7), (1.0, 3, 3), (0.75, 0, 1), (0.0, 5, 1)],
)
def test_a_share_of_the_parts_is_rounded_up(share, expected, needed):
    assert parts_needed(share, expected) == needed


@given(st.integers(0, 100), st.integers(1, 10_000))
def test_needed_parts_are_the_fewest_that_make_the_share(percent, expected):
    needed = parts_needed(percent / 100, expected)
    assert needed == 1 or (needed - 1) * 100 < percent * expected <= needed * 100


def test_the_rules_of_the_catalogue():
    rules = {id_: Capture.from_fact(fact) for id_, fact in Facts().validity.items()}
    assert rules["kr-day"].parts(24) == 18
    assert rules["cn-day"].parts(24) == 20
    assert rules["kr-month"].parts(720) == 540


def test_a_rule_gives_either_a_number_or_a_share():
    with pytest.raises(ValueError, match="either"):
        Capture("nothing")
    with pytest.raises(ValueError, match="share"):
        parts_needed(75, 10)
