"""Which steps of the crisis manual (위기경보) tomorrow meets, in three-valued logic.

The steps are rows of `catalogue/crisis_steps.csv`: the manual of October 2019 for PM2.5, another for dust.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.averages import FloatArray
from analysis.truth import Amount, Truth, above, all_of, any_of, hours_reached
from config.rules import CrisisStep


def crisis_steps(
    steps: Sequence[CrisisStep],
    *,
    measure: Truth,
    hours: FloatArray,
    d1: Amount,
    running: Mapping[int, Sequence[Truth]],
) -> dict[int, Truth]:
    """Which steps of the crisis manual tomorrow meets.

    A step holds by any of its alternatives: hours in a row at or above a level and a forecast; or the step
    before on so many days running, today the last, and expected once more, which is when tomorrow meets it.
    A row without a clause is the criteria of the emergency measure (Attention, 관심).

    Parameters
    ----------
    steps : sequence of CrisisStep
        Of one scheme, in force on the day.
    measure : bool or None
        Whether the emergency measure would be issued for tomorrow.
    hours : array (hour,)
        Today's hourly means up to the decision, ug/m3, NaN where missing.
    d1 : Amount
        The day mean forecast for tomorrow.
    running : mapping
        By step, whether it was in force on each day up to today, oldest first; days not given are not known.

    Returns
    -------
    dict
        A truth by number of the step.

    Raises
    ------
    ValueError
        If the steps belong to more than one scheme: PM2.5 and dust are never mixed.
    """
    if len({step.scheme for step in steps}) > 1:
        raise ValueError("the steps belong to several schemes: give those of one")
    met: dict[int, Truth] = {}
    for step in sorted(steps, key=lambda one: (one.number, one.alternative)):
        clauses: list[Truth] = []
        if step.hourly_ge is not None:
            clauses.append(hours_reached(hours, step.hourly_ge, step.hours or 1))
        if step.d1_gt is not None:
            clauses.append(above(d1, step.d1_gt))
        if step.previous is not None:
            days = step.days or 1
            clauses += [*[None] * days, *running.get(step.previous, ())][-days:]
            clauses.append(met.get(step.previous))
        met[step.number] = any_of([met.get(step.number, False), all_of(clauses) if clauses else measure])
    return met
