"""How far published figures have come towards a target, each by the target's own method."""

from __future__ import annotations

from dataclasses import dataclass

from config.facts import Facts
from config.policy import Published, Target
from report.published import apart, changes, country_states, figures, newest, state_of


@dataclass(frozen=True)
class Step:
    """A published figure on the way to a target, with the progress it stands for."""

    figure: Published
    progress: float | None
    why: str | None = None


def steps(facts: Facts, target: Target) -> list[Step]:
    """The figures on the way, by span: those of the due span, and of the same days of earlier years.

    Earlier years count since the base; of a target without one only the last, where the due span has none.
    """
    due = (target.due_start, target.due_end)
    earlier = sorted({(one.start, one.end) for one in facts.published if _on_the_way(one, target)})
    spans = [*earlier, due]
    if target.base_end is None:
        spans = [due] if figures(facts, target.region, target.metric, *due) else earlier[-1:]
    found = [
        measured(facts, target, one)
        for span in spans
        for one in figures(facts, target.region, target.metric, *span)
    ]
    if target.form == "change_percent" and target.base_start and target.base_end:
        base = (target.base_start, target.base_end)
        published = changes(facts, target.region, target.metric, base, due)
        found += [_in_its_state(facts, target, one, one.value) for one in published]
    return found


def _on_the_way(figure: Published, target: Target) -> bool:
    """Whether a figure is one of the target's, of the days of its due span in an earlier year."""
    since = target.base_end
    return (
        (figure.region, figure.metric) == (target.region, target.metric)
        and (since is None or since < figure.start)
        and figure.end < target.due_start
        and _same_days(figure, target)
    )


def _same_days(figure: Published, target: Target) -> bool:
    """Whether a figure spans the same months and days as the due span, in another year."""
    years = figure.end.year - figure.start.year
    return years == target.due_end.year - target.due_start.year and all(
        (one.month, one.day) == (other.month, other.day)
        for one, other in ((figure.start, target.due_start), (figure.end, target.due_end))
    )


def measured(facts: Facts, target: Target, figure: Published) -> Step:
    """What a figure says of the target: its level, or its change against the base."""
    if target.form == "level":
        return _in_its_state(facts, target, figure, figure.value)
    base, why = _base_value(facts, target, figure)
    if base is None:
        return Step(figure, None, why)
    return _in_its_state(facts, target, figure, against(target, base, figure.value))


def against(target: Target, base: float, value: float) -> float:
    """Progress against the base, in the target's own form."""
    if target.form == "level":
        return value
    return value - base if target.form == "change" else 100 * (value / base - 1)


def _in_its_state(facts: Facts, target: Target, figure: Published, progress: float) -> Step:
    """A figure in another reference state than the target's does not measure it."""
    wanted, state = target.reference_state, state_of(facts, figure)
    if target.unit not in ("ug/m3", "percent") or not target.metric.startswith("pm"):
        return Step(figure, progress)
    if wanted == "unknown" and len(country_states(facts, figure.region)) > 1:
        return Step(figure, None, "the reference state of the target is not stated")
    if wanted not in ("unknown", state):
        return Step(figure, None, f"published in {state} state, the target is in {wanted} state")
    return Step(figure, progress)


def _base_value(facts: Facts, target: Target, end: Published) -> tuple[float | None, str | None]:
    """The base of the target, else the newest published figure of its span that may be compared."""
    if target.base_value is not None:
        return target.base_value, None
    if target.base_start is None or target.base_end is None:
        return None, "the target names no base"
    held = figures(facts, target.region, target.metric, target.base_start, target.base_end)
    barred = {one: apart(facts, one, end) for one in held}
    base = newest(one for one in held if barred[one] is None)
    if base is not None:
        return base.value, None
    said = "; ".join(dict.fromkeys(filter(None, barred.values())))
    return None, said or f"no published base is held for {target.base_start}..{target.base_end}"
