"""The decision of 17:00: each test is a sentence of the rule; the laws of three-valued logic last."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.crisis import crisis_steps
from analysis.decisions import Outlook, criterion_met, decide, window_means
from analysis.truth import above, agreement, all_of, any_of, at_least, hours_reached, not_
from config.rules import CrisisStep, Halves, MeasureCriterion, MeasureRule

NAN = np.nan
INF = math.inf
KNOWN = {"source": "README of the policy facts, 2", "confidence": "high"}
SMA = "kr-seoul|kr-incheon|kr-gyeonggi"


def rule(joint, regions=SMA, **columns):
    times = {"decide_at": "17:00", "in_force_from": "06:00", "in_force_to": "21:00"}
    window = {"window_first": 1, "window_last": 16}
    given = {"id": "v", "rule": "kr-emergency", "regions": regions, "joint": joint, **times, **window}
    return MeasureRule(**{**given, **KNOWN, **columns})


def criterion(name, **clauses):
    return MeasureCriterion(version="v", criterion=name, **clauses, **KNOWN)


A = criterion("A", today_mean_gt=50, d1_gt=50)
B = criterion("B", today_alert="advisory", d1_gt=50)
C = criterion("C", d1_gt=75)
P1 = criterion("P1", d1_gt=50, d2_gt=50)
P2 = criterion("P2", d2_gt=75)
GYEONGGI = Halves(region="kr-gyeonggi", parts="kr-gyeonggi-north|kr-gyeonggi-south", joint="all", **KNOWN)
GANGWON = Halves(region="kr-gangwon", parts="kr-gangwon-yeongseo|kr-gangwon-yeongdong", joint="each", **KNOWN)
MET = Outlook(today_mean=60, today_alert="none", d1=60)
NOT_MET = Outlook(today_mean=40, today_alert="none", d1=60)
UNKNOWN = Outlook()


def would(found):
    return {unit: decision.would_issue for unit, decision in found.items()}


@pytest.mark.parametrize(
    ("outlook", "a", "b", "c"),
    [
        (Outlook(50.1, "none", 50.1), True, False, False),
        (Outlook(50, "none", 75.1), False, False, True),  # every threshold is strict
        (Outlook(60, "none", 50), False, False, False),
        (Outlook(40, "advisory", 51), False, True, False),
        (Outlook(40, "warning", 51), False, True, False),
        (Outlook(60, None, None), None, None, None),
        (Outlook(40, "none", None), False, False, None),  # one clause that fails decides
        (Outlook(None, None, 40), False, False, False),
        (Outlook(60, "none", (36, 75)), None, False, False),  # the grade "bad" lies on both sides of 50
        (Outlook(60, "none", (76, INF)), True, False, True),  # "very bad" does not
        (Outlook(NAN, "none", 60), None, False, False),
    ],
)
def test_criteria_of_the_emergency_measure(outlook, a, b, c):
    assert [criterion_met(one, outlook) for one in (A, B, C)] == [a, b, c]


@pytest.mark.parametrize(
    ("outlook", "p1", "p2"),
    [
        (Outlook(d1=51, d2=51), True, False),
        (Outlook(d1=20, d2=76), False, True),
        (Outlook(d1=51), None, None),
    ],
)
def test_criteria_of_the_preliminary_measure_look_at_the_day_after_tomorrow(outlook, p1, p2):
    assert [criterion_met(one, outlook) for one in (P1, P2)] == [p1, p2]


def test_a_criterion_without_a_clause_is_refused_for_it_would_always_be_met():
    with pytest.raises(ValueError, match="X of v has no clause"):
        criterion_met(criterion("X"), MET)
    with pytest.raises(ValueError, match="v has no criteria"):
        decide(rule("each"), [], {})


def test_any_criterion_is_enough_and_the_reason_names_it():
    found = decide(rule("each", "kr-busan"), [A, B, C], {"kr-busan": Outlook(60, None, 80)})["kr-busan"]
    assert found.criteria == {"A": True, "B": None, "C": True}
    assert (found.would_issue, found.reason) == (True, "A, C")
    found = decide(rule("each", "kr-busan"), [A, B, C], {"kr-busan": NOT_MET})["kr-busan"]
    assert (found.would_issue, found.reason) == (False, "no criterion is met")
    found = decide(rule("each", "kr-busan"), [A, B, C], {})["kr-busan"]
    assert (found.would_issue, found.reason) == (None, "not known: A, B, C")


def test_two_of_three_bind_the_third():
    outlooks = {"kr-seoul": MET, "kr-incheon": MET, "kr-gyeonggi": NOT_MET}
    found = decide(rule("two-of"), [A, C], outlooks)
    assert would(found) == dict.fromkeys(outlooks, True)
    assert (found["kr-gyeonggi"].met, found["kr-gyeonggi"].reason) == (False, "two other units meet it")


def test_one_of_three_issues_for_itself():
    outlooks = {"kr-seoul": MET, "kr-incheon": NOT_MET, "kr-gyeonggi": NOT_MET}
    assert would(decide(rule("two-of"), [A], outlooks)) == {
        "kr-seoul": True,
        "kr-incheon": False,
        "kr-gyeonggi": False,
    }


def test_of_three_one_unknown_leaves_open_whether_it_binds_the_rest():
    outlooks = {"kr-seoul": MET, "kr-incheon": NOT_MET, "kr-gyeonggi": UNKNOWN}
    found = decide(rule("two-of"), [A], outlooks)
    assert would(found) == {"kr-seoul": True, "kr-incheon": None, "kr-gyeonggi": None}
    assert found["kr-incheon"].reason == "not known: what the other units meet"
    known = decide(rule("two-of"), [A], {**outlooks, "kr-incheon": MET})
    assert would(known) == dict.fromkeys(outlooks, True)


def test_the_metropolitan_scheme_wanted_all_three():
    outlooks = {"kr-seoul": MET, "kr-incheon": MET, "kr-gyeonggi": NOT_MET}
    found = decide(rule("all"), [A], outlooks)
    assert would(found) == dict.fromkeys(outlooks, False)
    assert found["kr-seoul"].reason == "the other units do not meet it"
    assert set(would(decide(rule("all"), [A], dict.fromkeys(outlooks, MET))).values()) == {True}
    open_ = {**outlooks, "kr-gyeonggi": UNKNOWN}
    assert set(would(decide(rule("all"), [A], open_)).values()) == {None}


def test_both_halves_of_gyeonggi_must_meet_it():
    def gyeonggi(north, south):
        outlooks = {"kr-gyeonggi-north": north, "kr-gyeonggi-south": south}
        return decide(rule("each", "kr-gyeonggi"), [A, C], outlooks, [GYEONGGI, GANGWON])["kr-gyeonggi"]

    assert gyeonggi(MET, MET).would_issue is True
    assert gyeonggi(MET, NOT_MET).would_issue is False
    assert gyeonggi(UNKNOWN, NOT_MET).would_issue is False
    assert gyeonggi(UNKNOWN, MET).would_issue is None
    by_another = gyeonggi(MET, Outlook(today_mean=40, d1=80))
    assert by_another.criteria == {"A": False, "C": False}
    assert (by_another.would_issue, by_another.reason) == (True, "each half by another criterion")


def test_each_half_of_gangwon_decides_for_itself():
    outlooks = {"kr-gangwon-yeongseo": MET, "kr-gangwon-yeongdong": NOT_MET}
    found = decide(rule("each", "kr-gangwon|kr-jeju"), [A], outlooks, [GYEONGGI, GANGWON])
    assert would(found) == {"kr-gangwon-yeongseo": True, "kr-gangwon-yeongdong": False, "kr-jeju": None}


def test_a_rule_of_the_nation_is_asked_of_the_regions_given():
    found = decide(rule("each", "kr"), [A], {"kr-jeju": MET}, regions=["kr-jeju", "kr-ulsan"])
    assert would(found) == {"kr-jeju": True, "kr-ulsan": None}


@pytest.mark.parametrize(
    ("outlook", "free", "expected", "reason"),
    [
        (MET, True, False, "tomorrow is a free day"),
        (MET, False, True, "A"),
        (MET, None, None, "not known: whether tomorrow is a free day"),
        (NOT_MET, None, False, "no criterion is met"),
        (UNKNOWN, True, False, "tomorrow is a free day"),
        (UNKNOWN, None, None, "not known: A"),
    ],
)
def test_the_seoul_type_of_2017_spared_free_days(outlook, free, expected, reason):
    seoul = rule("each", "kr-seoul", free_days=True)
    found = decide(seoul, [A], {"kr-seoul": outlook}, free_day=free)["kr-seoul"]
    assert (found.would_issue, found.reason) == (expected, reason)


def test_other_rules_do_not_ask_for_free_days():
    assert (
        decide(rule("each", "kr-jeju"), [A], {"kr-jeju": MET}, free_day=True)["kr-jeju"].would_issue is True
    )


def test_the_window_of_today_is_labels_1_to_16():
    day = np.arange(1.0, 25.0)  # the value of each hour is its label
    two = np.concatenate([day, day + 100])
    assert window_means(two, 1, 16).tolist() == [8.5, 108.5]
    assert window_means(two, 1, 17).tolist() == [9.0, 109.0]
    holes = np.where(np.arange(48) % 24 < 4, NAN, two)
    assert window_means(holes, 1, 16).tolist() == [10.5, 110.5]
    assert np.isnan(window_means(np.where(np.arange(48) % 24 < 5, NAN, two), 1, 16)).all()
    with pytest.raises(ValueError, match="whole days"):
        window_means(day[:-1], 1, 16)


def step(number, alternative=1, scheme="pm25", **clauses):
    names = {"name_ko": "단계", "name_en": "step", "pollutant": "pm25" if scheme == "pm25" else "pm10"}
    given = {"scheme": scheme, "number": number, "alternative": alternative, **names}
    return CrisisStep(**given, **clauses, **KNOWN)


MANUAL = [
    step(1),
    step(2, 1, hourly_ge=150, hours=2, d1_gt=75),
    step(2, 2, previous=1, days=2),
    step(3, 1, hourly_ge=200, hours=2, d1_gt=150),
    step(3, 2, previous=2, days=2),
    step(4, 1, hourly_ge=400, hours=2, d1_gt=200),
    step(4, 2, previous=3, days=2),
]
CALM = np.full(16, 60.0)


def steps(*, measure=True, hours=CALM, d1=80.0, running=None):
    no = [False, False]
    given = {1: no, 2: no, 3: no} if running is None else running
    return crisis_steps(MANUAL, measure=measure, hours=hours, d1=d1, running=given)


def test_attention_is_the_emergency_measure_itself():
    assert steps() == {1: True, 2: False, 3: False, 4: False}
    assert steps(measure=False)[1] is False
    assert steps(measure=None)[1] is None


def test_caution_by_two_hours_in_a_row_and_the_forecast():
    hours = np.r_[CALM, 150.0, 150.0]
    assert steps(hours=hours)[2] is True
    assert steps(hours=hours, d1=75.0)[2] is False
    assert steps(hours=np.r_[150.0, 60.0, 150.0])[2] is False
    assert steps(hours=np.r_[150.0, NAN, 60.0])[2] is None
    assert steps(hours=np.r_[60.0, NAN, 60.0])[2] is False


def test_a_step_two_days_running_and_once_more_is_the_next():
    assert steps(running={1: [True, True], 2: [False] * 2, 3: [False] * 2}) == {
        1: True,
        2: True,
        3: False,
        4: False,
    }
    assert steps(running={1: [True, True, False], 2: [False] * 2, 3: [False] * 2})[2] is False
    assert steps(measure=False, running={1: [True, True]})[2] is False
    assert steps(running={1: [True]})[2] is None  # the day before is not known
    assert steps(running={1: [True] * 2, 2: [True] * 2, 3: [True] * 2}) == dict.fromkeys((1, 2, 3, 4), True)


def test_dust_has_steps_of_its_own():
    dust = [step(1, scheme="dust", d1_gt=150), step(2, scheme="dust", hourly_ge=300, hours=2)]
    found = crisis_steps(dust, measure=True, hours=np.array([310.0, 300.0]), d1=100, running={})
    assert found == {1: False, 2: True}
    with pytest.raises(ValueError, match="several schemes"):
        crisis_steps([*MANUAL, *dust], measure=True, hours=CALM, d1=100, running={})


def test_agreement_counts_what_can_be_told():
    found = agreement([True, False, True, False, None, True], [True, True, False, False, True, None])
    assert found == (1, 1, 1, 1, 2)
    assert found._fields == ("both", "issued_only", "rule_only", "neither", "undecidable")


def test_every_rule_of_the_catalogue_can_be_decided_and_knows_nothing_of_nothing(facts):
    criteria = facts.all("measure_criteria", MeasureCriterion)
    halves = facts.all("halves", Halves)
    for version in facts.all("measure_rules", MeasureRule):
        found = decide(version, criteria, {}, halves)
        assert {decision.would_issue for decision in found.values()} == {None}, version.id
    rows = facts.all("crisis_steps", CrisisStep)
    for scheme in ("pm25", "dust"):
        found = [row for row in rows if row.scheme == scheme]
        nothing = crisis_steps(found, measure=None, hours=np.full(24, NAN), d1=None, running={})
        assert nothing == dict.fromkeys((1, 2, 3, 4))


TRUTHS = st.lists(st.sampled_from([True, False, None]), max_size=6)


@given(TRUTHS, st.integers(0, 7))
def test_an_answer_is_known_when_every_way_to_fill_the_unknown_gives_it(truths, needed):
    ways = [(True, False) if truth is None else (truth,) for truth in truths]
    answers = {sum(filled) >= needed for filled in product(*ways)}
    assert at_least(needed, truths) is (answers.pop() if len(answers) == 1 else None)


@given(TRUTHS)
def test_de_morgan_and_plain_booleans(truths):
    assert not_(all_of(truths)) is any_of(not_(truth) for truth in truths)
    if None not in truths:
        assert all_of(truths) is all(truths)
        assert any_of(truths) is any(truths)


LEVELS = st.sampled_from([20.0, 50.0, 50.4, 75.0, 90.0])
KNOWN_OUTLOOKS = st.builds(
    Outlook,
    today_mean=LEVELS,
    today_alert=st.sampled_from(["none", "advisory", "warning"]),
    d1=LEVELS,
    d2=LEVELS,
)
UNITS = ("kr-seoul", "kr-incheon", "kr-gyeonggi-north", "kr-gyeonggi-south")
ALL_KNOWN = st.fixed_dictionaries(dict.fromkeys(UNITS, KNOWN_OUTLOOKS))


def blurred(draw, outlook):
    """The same outlook with some of it hidden: not known, or known as a class that holds the value."""
    hidden = {}
    for name in ("today_mean", "d1", "d2"):
        value = getattr(outlook, name)
        hidden[name] = draw(st.sampled_from([value, None, (value - 30, value + 1), (value, INF)]))
    return Outlook(today_alert=draw(st.sampled_from([outlook.today_alert, None])), **hidden)


@given(st.data(), ALL_KNOWN, st.sampled_from(["each", "all", "two-of"]), st.booleans(), st.booleans())
def test_what_becomes_known_never_turns_an_answer(data, full, joint, free_days, free):
    version = rule(joint, free_days=free_days)
    criteria = [A, B, C, P1, P2]
    after = decide(version, criteria, full, [GYEONGGI], free_day=free)
    partly = {unit: blurred(data.draw, outlook) for unit, outlook in full.items()}
    hidden_free = data.draw(st.sampled_from([free, None]))
    before = decide(version, criteria, partly, [GYEONGGI], free_day=hidden_free)
    for unit, known in after.items():
        assert known.would_issue is not None
        assert before[unit].would_issue in (None, known.would_issue)
        assert before[unit].met in (None, known.met)
        for name, truth in before[unit].criteria.items():
            assert truth in (None, known.criteria[name])


@given(ALL_KNOWN)
def test_with_everything_known_it_is_the_rule_as_written(full):
    def meets(unit):
        one = full[unit]
        bad = one.d1 > 50
        return (one.today_mean > 50 and bad) or (one.today_alert != "none" and bad) or one.d1 > 75

    seoul, incheon, north, south = map(meets, UNITS)
    own = {"kr-seoul": seoul, "kr-incheon": incheon, "kr-gyeonggi": north and south}
    found = decide(rule("two-of"), [A, B, C], full, [GYEONGGI])
    expected = dict.fromkeys(own, True) if sum(own.values()) >= 2 else own
    assert would(found) == expected


@given(st.lists(st.sampled_from([60.0, 149.0, 150.0, NAN]), max_size=8), st.integers(1, 3))
def test_hours_reached_is_known_when_every_filling_agrees(values, needed):
    hours = np.array(values)
    low, high = (hours_reached(np.nan_to_num(hours, nan=fill), 150, needed) for fill in (0.0, 999.0))
    assert hours_reached(hours, 150, needed) is (low if low == high else None)


@given(st.floats(0, 200), st.floats(0, 50), st.sampled_from([50.0, 75.0]))
def test_a_class_is_above_when_all_it_holds_is(lo, width, threshold):
    held = np.linspace(lo, lo + width, 7)
    answers = {bool(value > threshold) for value in held}
    assert above((lo, lo + width), threshold) is (answers.pop() if len(answers) == 1 else None)
    assert above(None, threshold) is None
