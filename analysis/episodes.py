"""Episodes: runs of hours or days that meet a profile, and their statistics.

Rules
-----
* A period *enters* when its value meets `op enter`, and *ends* when it meets `exit_op exit`; without an exit
  every valid period that does not enter ends. In between, an episode that has begun goes on (hysteresis).
* Without an exit, `min_count` is the shortest duration, from onset to exclusive end. With an exit, it is the
  number of consecutive entering periods that an onset needs; the onset is the first of them.
* A *gap* is what lies between two runs: periods that end, are missing, or belong to runs dropped. Runs
  are joined when the gap has at most `max_gap` periods. "merge-first" joins before short runs are dropped,
  "filter-first" after.
* A missing period neither begins an episode nor proves its end: it is a gap. With an exit and "merge-first",
  a gap of missing periods alone is closed by any value that does not end; other gaps need a new onset.
* Beyond `max_gap` an episode ends before the missing periods and is censored at its "right", as it is where
  the data end while it goes on. It is censored at its "left" when, since the last missing period (or
  the beginning of the data), no value has shown that it was not yet going on. A run too short because
  of missing data is dropped like any other.

The profile itself stands in `analysis.profile`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.averages import FloatArray, IntArray, compiled, round_half_up
from analysis.profile import Bounds, Operator, Profile, ProfileError

__all__ = ["EPISODE", "Operator", "Profile", "ProfileError", "find", "find_many"]

Kernel = Callable[..., Any]
Found = tuple[IntArray, NDArray[np.float64]]

# plain Python needs less time for so many values than importing numba takes
PLAIN_UP_TO = 1_000_000

EPISODE = np.dtype(
    [
        ("series", np.int64),
        ("start", np.int64),
        ("end", np.int64),
        ("n_above", np.int64),
        ("n_missing", np.int64),
        ("mean", np.float64),
        ("peak", np.float64),
        ("peak_at", np.int64),
        ("cumulative_excess", np.float64),
        ("growth", np.float64),
        ("decline", np.float64),
        ("censored", "U5"),
    ]
)
"""One episode. `series`, `start`, `end` (exclusive) and `peak_at` are indices; `n_above` periods enter;
`mean` is that of the valid periods from onset to end, gaps included; `peak` is the first highest of them
(lowest for a "<" profile); `cumulative_excess` sums what entering periods, as the profile compares them, have
beyond `enter` (unit x period): the severity of run theory (Yevjevich 1967), and over `n_above` its intensity;
`growth` and `decline` are the rise from the onset to the peak and the fall from there to the last period, a
period (NaN where the peak is the one or the other); `censored` is "no", "left", "right" or "both"."""


def find(values: FloatArray, profile: Profile) -> NDArray[np.void]:
    """The episodes of one series.

    Parameters
    ----------
    values : array (time,)
        On a regular axis of the profile's periods, NaN where missing.
    profile : Profile
        Its thresholds in the unit of the values.

    Returns
    -------
    structured array (episode,)
        Of dtype `EPISODE`, in order of onset; `pandas.DataFrame(...)` takes it as it is.

    Raises
    ------
    ValueError
        If `values` has not one axis.
    """
    return find_many(np.asarray(values)[np.newaxis], profile)


def find_many(values: FloatArray, profile: Profile) -> NDArray[np.void]:
    """The episodes of many series on one axis.

    Parameters
    ----------
    values : array (series, time)
        On a regular axis of the profile's periods, NaN where missing.
    profile : Profile
        Its thresholds in the unit of the values.

    Returns
    -------
    structured array (episode,)
        Of dtype `EPISODE`, in order of series and onset.

    Raises
    ------
    ValueError
        If `values` has not two axes.
    """
    if values.ndim != 2:
        raise ValueError(f"episodes are sought in (series, time), not in {values.shape}")
    if values.dtype not in (np.float32, np.float64):
        values = values.astype(np.float64)
    bounds = profile.bounds(np.dtype(np.float64) if profile.rounded else values.dtype)
    plain = values.size <= PLAIN_UP_TO
    kernels = (_runs, _describe) if plain else (compiled(_runs), compiled(_describe))
    return _table([_search(row, profile, bounds, *kernels) for row in values])


def _search(row: FloatArray, profile: Profile, bounds: Bounds, runs: Kernel, describe: Kernel) -> Found:
    """One series, read from memory once: the kernels find it in the processor's cache."""
    measured = np.ascontiguousarray(row)
    seen = round_half_up(measured) if profile.rounded else measured
    seen = seen if bounds.sign > 0 else -seen
    entering = np.flatnonzero(seen >= bounds.enter)
    spans = np.empty((3, len(entering)), np.int64)  # starts, exclusive ends, whether censored at the left
    series: tuple[Any, ...] = (measured, seen, entering)
    if runs is _runs:  # plain Python walks lists, not arrays
        series = (measured.tolist(), seen.tolist(), entering.tolist())
    onset, shortest, reach = _counts(profile)
    n = runs(*series[1:], bounds.stay, onset, reach, profile.max_gap, *spans)
    spans = spans[:, :n][:, spans[1, :n] - spans[0, :n] >= shortest]
    spans[2] += 2 * ((spans[1] == len(row)) | np.isnan(measured[np.minimum(spans[1], len(row) - 1)]))
    counts = np.empty((3, spans.shape[1]), np.int64)
    figures = np.empty((3, spans.shape[1]), np.float64)
    describe(*series[:2], *bounds[:3], *spans[:2], counts, figures)
    return np.concatenate([spans, counts]), np.concatenate([figures, _rates(measured, spans, counts[2])])


def _rates(measured: FloatArray, spans: IntArray, peak_at: IntArray) -> NDArray[np.float64]:
    """Growth and decline (2, episode), unit a period; an episode begins and ends with a valid period."""
    edges = np.stack([spans[0], spans[1] - 1])
    heights = measured[peak_at].astype(np.float64) - measured[edges]
    steps = np.abs(peak_at - edges)
    rates = np.full(heights.shape, np.nan)
    np.divide(heights, steps, out=rates, where=steps > 0)
    return rates


def _counts(profile: Profile) -> tuple[int, int, int]:
    """Entering periods an onset needs, shortest duration, and missing periods after which it goes on."""
    merge_first = profile.order == "merge-first"
    if profile.exit is None and merge_first:
        return 1, profile.min_count, profile.max_gap
    return profile.min_count, 1, profile.max_gap if merge_first else 0


def _table(found: list[Found]) -> NDArray[np.void]:
    words = np.array(["no", "left", "right", "both"], EPISODE["censored"])
    episodes = np.empty(sum(counts.shape[1] for counts, _ in found), EPISODE)
    first = 0
    for series, (counts, figures) in enumerate(found):  # series by series, to stay in the cache
        rows = episodes[first : first + counts.shape[1]]
        rows["series"] = series
        rows["start"], rows["end"], rows["n_above"], rows["n_missing"], rows["peak_at"] = counts[
            [0, 1, 3, 4, 5]
        ]
        rows["mean"], rows["peak"], rows["cumulative_excess"], rows["growth"], rows["decline"] = figures
        rows["censored"] = words[counts[2]]
        first += len(rows)
    return episodes


def _runs(
    seen: Sequence[float] | FloatArray,
    entering: Sequence[int] | IntArray,
    stay: float,
    onset: int,
    reach: int,
    max_gap: int,
    starts: IntArray,
    ends: IntArray,
    lefts: IntArray,
) -> int:
    n = len(seen)
    found = 0
    end = 0
    streak = 0
    last = -1
    for entered in entering:
        if entered < end:
            continue
        streak = streak + 1 if entered == last + 1 else 1
        last = entered
        if streak < onset:
            continue
        start = entered - onset + 1
        if found == 0 or start - end > max_gap:
            before = start - 1
            while before >= 0 and seen[before] >= stay:
                before -= 1
            starts[found] = start
            lefts[found] = before < 0 or math.isnan(seen[before])
            found += 1
        t = end = entered + 1
        while t < n and t - end <= reach:
            if seen[t] >= stay:
                end = t + 1
            elif not math.isnan(seen[t]):
                break
            t += 1
        ends[found - 1] = end
    return found


def _describe(
    measured: Sequence[float] | FloatArray,
    seen: Sequence[float] | FloatArray,
    sign: float,
    threshold: float,
    enter: float,
    starts: IntArray,
    ends: IntArray,
    counts: IntArray,
    figures: NDArray[np.float64],
) -> None:
    for episode in range(len(starts)):
        start, end = starts[episode], ends[episode]
        peak_at = start
        peak = sign * measured[start]
        above = valid = 0
        total = excess = 0.0
        for t in range(start, end):  # selects, not branches: what is next is hard to foretell
            value = measured[t]
            known = value == value
            valid += known
            total += value if known else 0.0
            enters = seen[t] >= enter
            above += enters
            excess += seen[t] - threshold if enters else 0.0
            higher = sign * value > peak
            peak = sign * value if higher else peak
            peak_at = t if higher else peak_at
        counts[0, episode] = above
        counts[1, episode] = end - start - valid
        counts[2, episode] = peak_at
        figures[0, episode] = total / valid
        figures[1, episode] = sign * peak
        figures[2, episode] = excess
