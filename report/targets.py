"""`yellowsea targets`: what plans set themselves, and how far published values have come, by their method.

A target is measured by the figures that an authority published for its region and metric, in its own
reference state. Where readings are held their figure stands beside the published one, never in its place.
"""

from __future__ import annotations

import operator
from datetime import date

from config.facts import Facts
from config.places import Places
from config.policy import Published, Target
from report.answer import Answer
from report.progress import Step, against, steps
from report.published import catalogue_data, comparable, figures, lowest, told, vintage_order
from report.question import NothingHeldError
from report.span_mean import SpanDays, data_of_spans, mean_of, span_days, state_change
from report.stations_held import Desk
from store.engine import Store

FROM = "from published values"
MEAN = "pm25_mean"
_MEETS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}

METHOD = {
    "progress": "by the target's own form: the level, the change or the change in percent against its base",
    "met": f"{FROM} of the span in which the target is due; null where they cannot tell, with `why`",
    "base_derived": "the base follows from other figures and was not published as such",
    "computed": "from the readings held, beside the published values, never in their place",
}


def ask(facts: Facts, region: str | None = None, store: Store | None = None) -> Answer:
    """Every target, or those of a region (alone or with others); with a `store` also from the readings held.

    Raises
    ------
    UnknownPlaceError, AmbiguousPlaceError
    NothingHeldError
        Where the region has no target.
    """
    place = Places(facts).region(region).id if region else None
    known = facts.all("targets", Target)
    chosen = [one for one in known if place is None or place in one.region.split("|")]
    if not chosen:
        held = sorted({part for one in known for part in one.region.split("|")})
        raise NothingHeldError(f"no target of {place} is in the catalogue", held)
    rows = [row(facts, one) for one in chosen]
    data = catalogue_data(chosen, [FROM])
    if store is not None:
        data = _beside(store, facts, chosen, rows)
    return {"question": {"region": place}, "method": METHOD, "data": data, "targets": rows}


def row(facts: Facts, target: Target) -> Answer:
    """A target with the published values that measure it."""
    found = steps(facts, target)
    due = [one for one in found if _is_due(target, one.figure)]
    met, why = _met(target, due)
    best = _newest([one for one in due if one.progress is not None])
    latest = best or _latest([one for one in found if one.progress is not None])
    return {
        "id": target.id,
        "plan": target.plan,
        "title": target.title,
        "region": target.region,
        "metric": target.metric,
        "form": target.form,
        "op": target.op,
        "goal": target.goal,
        "unit": target.unit,
        "base": _base(target),
        "due": {"start": target.due_start.isoformat(), "end": target.due_end.isoformat()},
        "state": target.reference_state,
        "method": target.method,
        "published": [_step(facts, one) for one in found],
        "progress": {**_step(facts, latest), "final": latest is best, "from": FROM} if latest else None,
        "met": met,
        "why": why,
        "computed": None,
        "source": target.source,
        "confidence": lowest([target.confidence, *([latest.figure.confidence] if latest else [])]),
        "note": target.note,
    }


def _base(target: Target) -> Answer | None:
    if target.base_start is None and target.base_value is None:
        return None
    return {
        "start": target.base_start.isoformat() if target.base_start else None,
        "end": target.base_end.isoformat() if target.base_end else None,
        "value": target.base_value,
        "derived": target.base_derived,
    }


def _step(facts: Facts, step: Step) -> Answer:
    return {**told(facts, step.figure), "progress": step.progress, "why": step.why}


def _is_due(target: Target, figure: Published) -> bool:
    return figure.end == target.due_end


def _newest(steps: list[Step]) -> Step | None:
    return max(steps, key=lambda one: vintage_order(one.figure), default=None)


def _latest(steps: list[Step]) -> Step | None:
    return max(steps, key=lambda one: (one.figure.end, vintage_order(one.figure)), default=None)


def _met(target: Target, due: list[Step]) -> tuple[bool | None, str | None]:
    """Whether the figures of the due span meet the goal; None where none tells or where they disagree."""
    telling = [one for one in due if one.progress is not None]
    if telling:
        verdicts = {_MEETS[target.op](round(one.progress or 0.0, 9), target.goal) for one in telling}
        if len(verdicts) == 1:
            return verdicts.pop(), None
        said = ", ".join(f"{one.progress:.1f} ({one.figure.vintage})" for one in telling)
        return None, f"published values disagree: {said}"
    if due:
        return None, "; ".join(dict.fromkeys(one.why for one in due if one.why))
    span = f"{target.due_start}..{target.due_end}"
    if "|" in target.region:
        return None, f"set for {target.region.replace('|', ' and ')} together; no figure of both is held"
    return None, f"no published {target.metric} of {target.region} is held for {span}"


def _beside(store: Store, facts: Facts, targets: list[Target], rows: list[Answer]) -> Answer:
    """Put the figures computed from the readings held beside the published ones; their `data`."""
    read: list[SpanDays] = []
    with store.read() as connection:
        desk = Desk(connection, facts)
        for target, one in zip(targets, rows, strict=True):
            one["computed"] = _computed(desk, target, one, read)
        return data_of_spans(desk, read)


def _computed(desk: Desk, target: Target, told_row: Answer, read: list[SpanDays]) -> Answer | None:
    """The mean of the due span and of the base span; None for other metrics and for several regions."""
    if target.metric != MEAN or "|" in target.region:
        return None
    days = span_days(desk, target.region, target.due_start, target.due_end)
    due = mean_of(days, target.due_start, target.due_end)
    answer: Answer = {"value": due, "base": None, "progress": None, "why": due["why"], "beside": []}
    if days is None:
        return answer
    read.append(days)
    if due["mean"] is not None:
        answer["beside"] = _compared(desk.facts, told_row, days, due)
    if target.form == "level":
        answer["progress"] = due["mean"]
    elif target.base_start and target.base_end:
        base_days = span_days(desk, target.region, target.base_start, target.base_end)
        answer["base"] = base = mean_of(base_days, target.base_start, target.base_end)
        change = state_change(desk, days, target.base_start, target.due_end)
        answer["why"] = due["why"] or base["why"] or (f"refused: {change}" if change else None)
        if answer["why"] is None:
            answer["progress"] = against(target, base["mean"], due["mean"])
    return answer


def _compared(facts: Facts, told_row: Answer, days: SpanDays, due: Answer) -> list[Answer]:
    """The published levels of the due span, each marked comparable with the computed mean or not, and why."""
    start, end = due["start"], due["end"]
    region, metric = told_row["region"], told_row["metric"]
    found = []
    for one in figures(facts, region, metric, date.fromisoformat(start), date.fromisoformat(end)):
        fits, why = comparable(facts, one, days.computed)
        difference = due["mean"] - one.value if fits else None
        found.append(
            {"value": one.value, "vintage": one.vintage, "comparable": fits, "why": why}
            | {"difference": difference, "source": one.source, "confidence": one.confidence}
        )
    return found
