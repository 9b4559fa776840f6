"""Episodes as values arrive: the same as those of the whole series, at the cost of its newest part."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike, NDArray

from analysis.averages import FloatArray, round_half_up
from analysis.episodes import EPISODE, Profile, find


class Follower:
    """Follows one series; `episodes` are at any time those that `find` gives for all that has arrived.

    What lies before a *cut* cannot change what comes after it: a period that ends, at the end of more than
    `max_gap` such periods in a row. Episodes before the newest cut are settled; only what follows is kept.

    Parameters
    ----------
    profile : Profile
        With thresholds in the unit of the values.
    dtype : float32 or float64
        The precision of the values, at which thresholds are compared.

    Attributes
    ----------
    begin : int
        Index of the first value that is kept.
    """

    def __init__(self, profile: Profile, dtype: DTypeLike = np.float64) -> None:
        self.profile = profile
        self.begin = 0
        self._tail: FloatArray = np.empty(0, dtype)
        self._settled: list[NDArray[np.void]] = []
        self._fresh = np.empty(0, EPISODE)

    @property
    def arrived(self) -> int:
        """How many values have arrived."""
        return self.begin + len(self._tail)

    @property
    def episodes(self) -> NDArray[np.void]:
        """The episodes so far, of dtype `EPISODE`; the last may still go on (censored "right")."""
        return np.concatenate([*self._settled, self._fresh])

    def append(self, values: FloatArray) -> None:
        """Take the next values (time,), NaN where missing."""
        self._tail = np.concatenate([self._tail, np.asarray(values, self._tail.dtype)])
        self._seek()

    def revise(self, first: int, values: FloatArray) -> bool:
        """Put values (time,) in the place of those from index `first` on.

        False where these are settled (the newest cut among them), or have not arrived: then the series is to
        be followed anew.
        """
        at = first - self.begin
        kept = at > 0 or (at == 0 and self.begin == 0)
        if not kept or at + len(values) > len(self._tail):
            return False
        self._tail[at : at + len(values)] = values
        self._seek()
        return True

    def _seek(self) -> None:
        found = find(self._tail, self.profile)
        for name in ("start", "end", "peak_at"):
            found[name] += self.begin
        cut = self._newest_cut()
        settled = found["end"] <= self.begin + cut
        if settled.any():
            self._settled.append(found[settled])
        self._fresh = found[~settled]
        self.begin, self._tail = self.begin + cut, self._tail[cut:].copy()

    def _newest_cut(self) -> int:
        """Offset of the newest cut in what is kept; 0 where there is none."""
        bounds = self.profile.bounds(np.dtype(np.float64) if self.profile.rounded else self._tail.dtype)
        seen = round_half_up(self._tail) if self.profile.rounded else self._tail
        ends = bounds.sign * seen < bounds.stay  # a missing value proves no end
        # Periods since the last that does not end; the first one counts itself as such.
        index = np.arange(len(ends))
        since = index - np.maximum.accumulate(np.where(ends, -1, index)) if len(ends) else index
        found = np.flatnonzero(ends & (since > self.profile.max_gap))
        return int(found[-1]) if len(found) else 0
