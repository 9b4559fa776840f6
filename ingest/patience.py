"""When a source is left alone: after faults in a row for a while, after a refused key until the next day."""

from __future__ import annotations

from datetime import date

# So many questions in a row in vain, each tried several times, are no chance any more.
IN_A_ROW = 3
# Hours of data time: a minute, doubled up to a quarter of an hour, so that each hour is still looked at.
FIRST_REST = 1 / 60
LONGEST_REST = 0.25


class Patience:
    """What has become of the questions to one source lately."""

    def __init__(self) -> None:
        self._in_vain = 0
        self._rests = 0
        self._until = 0.0
        self._refused_on: date | None = None

    def may_ask(self, now: float, day: date) -> bool:
        """Whether to ask at a data time, on a day of the source."""
        return now >= self._until and self._refused_on != day

    def answered(self) -> None:
        """The source answers: what was before is over."""
        self._in_vain = self._rests = 0
        self._refused_on = None

    def in_vain(self, now: float, retry_after: float | None = None) -> bool:
        """A question was in vain; true where the source should rest now.

        Parameters
        ----------
        retry_after : float, optional
            Seconds for which the source itself asks to be left alone.
        """
        self._in_vain += 1
        asked_for = (retry_after or 0.0) / 3600
        if self._in_vain < IN_A_ROW and asked_for < FIRST_REST:
            return False
        rest = min(FIRST_REST * 2**self._rests, LONGEST_REST)
        self._rests += 1
        self._until = now + max(rest, min(asked_for, 24.0))
        return True

    def refused(self, day: date) -> None:
        """The source refuses the key: a person has to act, or the next day may be another."""
        self._refused_on = day
