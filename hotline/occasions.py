"""Occasions: how hourly levels become a first notice, escalations and an all-clear. Pure.

* A level of 1 or more begins an occasion: the first notice.
* A level higher than any before it escalates; a lower one says nothing.
* Once it has been *known* to be over for the rule's hours, the all-clear ends it. What is not known neither
  raises nor ends anything; after a week of it the occasion lapses without a word, for nothing can be said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from store.notices import Occasion, Stage

# Sources that were gone for so long have lost what would tell the end.
LAPSE = timedelta(days=7)


@dataclass(frozen=True)
class Step:
    """What has to be told of an occasion now."""

    stage: Stage
    level: int


def advance(
    held: Occasion | None,
    rule: str,
    subject: str,
    level: int | None,
    at: datetime,
    clear_after: timedelta = timedelta(),
) -> tuple[Occasion | None, Step | None]:
    """The occasion of a rule and subject at a moment later than any before, and what is to be told of it.

    Parameters
    ----------
    held : Occasion or None
        The open one.
    level : int or None
        0: known to be over; None: not known.
    clear_after : timedelta
        How long it has to be known to be over.

    Returns
    -------
    tuple
        The occasion as it stands now, ended where `ended_at` says so; None where there is none.
    """
    if held is None:
        if not level:
            return None, None
        return Occasion(rule, subject, at, level), Step("first", level)
    if level is None:
        return _unknown(held, at), None
    if level == 0:
        return _over(held, at, clear_after)
    going_on = replace(held, level=max(level, held.level), clear_since=None, unknown_since=None)
    return going_on, Step("escalated", level) if level > held.level else None


def _unknown(held: Occasion, at: datetime) -> Occasion:
    since = held.unknown_since or at
    lapsed = at - since >= LAPSE
    return replace(held, clear_since=None, unknown_since=since, ended_at=at if lapsed else None)


def _over(held: Occasion, at: datetime, clear_after: timedelta) -> tuple[Occasion, Step | None]:
    since = held.clear_since or at
    if at - since < clear_after:
        return replace(held, clear_since=since, unknown_since=None), None
    ended = replace(held, clear_since=since, unknown_since=None, ended_at=at)
    return ended, Step("all-clear", held.level)
