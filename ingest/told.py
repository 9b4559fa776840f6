"""Which hours of which series have been spoken of: the last word of answers that are read from the newest."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from store.columns import Bools, Ints


class Told:
    """Marks of series and hours; a day of a series takes 24 bytes."""

    def __init__(self) -> None:
        self._rows: dict[Hashable, int] = {}
        self._days: dict[int, Bools] = {}

    def first_word(self, series: Sequence[Hashable], hours: Ints) -> Bools:
        """Which of these readings nobody has spoken of before; marks them all.

        Parameters
        ----------
        series : n keys of series, which stay the same from one transaction to the next
        hours : (n,) hour numbers

        Returns
        -------
        (n,) bool array
            Two readings of one call at one place are both first.
        """
        rows = np.array([self._rows.setdefault(one, len(self._rows)) for one in series], np.int64)
        first = np.zeros(len(rows), bool)
        days, hour = np.divmod(hours, 24)
        for day in np.unique(days).tolist():
            at = np.flatnonzero(days == day)
            marks = self._marks(day, int(rows[at].max()))
            first[at] = ~marks[rows[at], hour[at]]
            marks[rows[at], hour[at]] = True
        return first

    def _marks(self, day: int, row: int) -> Bools:
        marks = self._days.get(day)
        if marks is None or len(marks) <= row:
            grown = np.zeros((max(row + 1, len(self._rows)), 24), bool)
            if marks is not None:
                grown[: len(marks)] = marks
            self._days[day] = marks = grown
        return marks
