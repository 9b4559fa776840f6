"""`yellowsea compare-sources`: series of one place side by side. Is the published figure the measured one?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from analysis.compare import LEAST_PAIRS, Agreement, compare
from config.facts import Facts
from report.answer import Answer, data_of_feeds, number
from report.question import NothingHeldError, Question
from report.regional import SHARE
from report.stations_held import Desk
from report.witnesses import Every, Witness, witnesses
from store.engine import Store

# The lag of best agreement is looked for so far to either side; days are not shifted.
MAX_LAG_HOURS = 6
# In words: nearly all values are the same; a shift is told when it raises the correlation by so much.
_NEARLY_ALL = 0.98
_GAIN = 0.02
# Correlations from which on two series are said to move together, and below which not to.
_TOGETHER, _LOOSELY = 0.9, 0.6


def ask(store: Store, facts: Facts, question: Question, every: Every = "hour") -> Answer:
    """Each pair of feeds (and of networks) of a place, with their agreement and a note in plain words.

    Raises
    ------
    NothingHeldError
        Where fewer than two series are held.
    QuestionError
        For what the question cannot mean.
    """
    with store.read() as connection:
        desk = Desk(connection, facts)
        found = witnesses(desk, question, every)
        if len(found) < 2:
            raise NothingHeldError(
                f"only {found[0].name} is held of {question.place} then: nothing to compare it with",
                [found[0].name],
            )
        rows = [_row(a, b, every) for a, b in _pairs(found)]
        held = [desk.feeds[feed] for feed in sorted({feed for one in found for feed in one.feeds})]
        data = data_of_feeds(desk, held)
        notes = list(dict.fromkeys(note for one in found for note in one.notes))
        return {
            "question": {**question.as_json(), "every": every},
            "method": _method(question, found, every),
            "data": {
                **data,
                "stations": max(one.stations for one in found),
                "capture": max(_capture(one) for one in found),
                "notes": [*data["notes"], *notes],
            },
            "pairs": rows,
            "series": [_told(one) for one in found],
        }


def _pairs(found: list[Witness]) -> Iterator[tuple[Witness, Witness]]:
    """Feeds with feeds; networks with networks, and with the feeds of networks that have only one.

    Series of different pollutant units cannot be set side by side.
    """
    merged = {(one.station, one.network) for one in found if one.whole}
    for a, b in combinations(found, 2):
        own = a.network == b.network and a.station == b.station
        if a.whole == b.whole:
            fits = True
        else:
            single = b if a.whole else a
            fits = not own and (single.station, single.network) not in merged
        if fits and a.units & b.units:
            yield a, b


def _row(a: Witness, b: Witness, every: Every) -> Answer:
    found = compare(a.value, b.value, MAX_LAG_HOURS if every == "hour" else 0)
    return {
        "a": a.name,
        "b": b.name,
        "n": found.n,
        "bias": number(found.bias),
        "ratio": number(found.ratio),
        "rmse": number(found.rmse),
        "r": number(found.r),
        "spearman": number(found.spearman),
        "lag_hours": found.lag,
        "r_at_lag": number(found.r_at_lag),
        "equal": found.equal / found.n if found.n else None,
        "capture_a": number(found.capture_a),
        "capture_b": number(found.capture_b),
        "note": "; ".join(_words(a, b, found, every)),
    }


def _words(a: Witness, b: Witness, found: Agreement, every: Every) -> Iterator[str]:
    """What a reader is told of a pair, in plain words."""
    steps = f"{every}s"
    if not found.n:
        yield f"no common {every}: nothing can be said"
        return
    share = found.equal / found.n
    yield f"equal in {found.equal:,} of {found.n:,} common {steps}"
    shifted = _shift(found)
    if share >= _NEARLY_ALL:
        yield "the same figures" if share == 1 else "the same figures but for a few"
    elif found.lag and found.equal_at_lag >= _NEARLY_ALL * found.n_at_lag:
        yield f"the same figures, shifted: {shifted}"
    elif found.lag and found.r_at_lag - found.r >= _GAIN:
        yield f"agrees best when shifted: {shifted} (r {found.r:.2f} becomes {found.r_at_lag:.2f})"
    if share < _NEARLY_ALL:
        yield from _distance(b, found)
    if share < 1 and a.states != b.states and {"actual", "standard"} <= a.states | b.states:
        yield (
            f"volumes refer to different states ({a.name}: {'/'.join(sorted(a.states))}, "
            f"{b.name}: {'/'.join(sorted(b.states))})"
        )
    if found.n < LEAST_PAIRS:
        yield f"fewer than {LEAST_PAIRS} common {steps}: too few to judge"


def _shift(found: Agreement) -> str:
    lag = found.lag or 0
    return f"the second series runs {abs(lag)} h {'behind' if lag > 0 else 'ahead'}"


def _distance(b: Witness, found: Agreement) -> Iterator[str]:
    if np.isnan(found.r):
        return
    words = ((_TOGETHER, "moves with it"), (_LOOSELY, "moves loosely with it"))
    moves = next((said for least, said in words if found.r >= least), "does not move with it")
    unit = "/".join(sorted(b.units)).replace("ug/m3", "µg/m³")
    higher = f"{abs(found.bias):.1f} {unit} {'higher' if found.bias > 0 else 'lower'}"
    yield f"{b.name} {moves} and is on average {'the same' if abs(found.bias) < 0.05 else higher}"


def _told(one: Witness) -> Answer:
    return {
        "name": one.name,
        "network": one.network,
        "feeds": list(one.feeds),
        "stations": one.stations,
        "kinds": one.kinds,
        "unit": ", ".join(sorted(one.units)),
        "reference_states": sorted(one.states),
        "mean": number(float(np.nanmean(one.value))) if _capture(one) else None,
        "capture": _capture(one),
    }


def _capture(one: Witness) -> float:
    return float(np.count_nonzero(~np.isnan(one.value)) / one.value.size) if one.value.size else 0.0


def _method(question: Question, found: list[Witness], every: Every) -> Answer:
    return {
        "unit": ", ".join(sorted({unit for one in found for unit in one.units})),
        "pollutant": question.pollutant,
        "series": "each feed alone, by the region's own rule (at a station: its own values); a network of "
        "several feeds once more, merged by rank",
        "panel_share": SHARE,
        "bias": "mean of b - a over common steps; ratio: mean of b over mean of a; rmse: of b - a",
        "lag": f"hours by which b comes later than a where Pearson's r is highest, of -{MAX_LAG_HOURS} to "
        f"+{MAX_LAG_HOURS}; null for days, and of fewer than {LEAST_PAIRS} common hours"
        if every == "hour"
        else "days are not shifted",
        "equal": "share of the common steps with the same value (within 0.0001)",
        "capture": "share of the steps of the span that have a value",
    }
