"""How the estimates of seasons and standards are said: as an association, with what limits it."""

from __future__ import annotations

from report.answer import Answer
from report.effect_subjects import Subject

METHOD: Answer = {
    "outcome": "weekly means of the logarithms of regional day means; estimates are shares, in percent",
    "interrupted-series": "the step at the start beyond that of the same weeks in years before the policy; "
    "Newey-West errors of HC3 scores within the window, which know nothing of how years differ",
    "interrupted-years": "the same step; the error is how much it differs between those years (Student's t)",
    "synthetic-control": "the region beside a mixture of regions that were not under the policy, fitted on "
    "the weeks before; p and interval by the rank of its ratio of errors among theirs",
    "weather-normalised": "the step after a random forest has taken out weather, season and weekday, beside "
    "its steps where nothing began",
    "placebo": "the same estimator where nothing began: in compared years at the start's anniversary and at "
    "shifted starts; of the synthetic control in regions not under the policy",
    "q": "false discovery rate over all regions of a method (Benjamini and Hochberg)",
    "trust": "1 first: the fewest assumptions that fail, then the order of the calibration (docs/methods.md)",
}

LIMITS = (
    "an association of the weeks after a start with the air, not proof of a cause; it speaks of the first "
    "weeks alone, and of what began beyond what the weeks of other years bring anyway"
)

_SHOWN = "{estimate:+.1f} %"
_BOUNDS = " (95 %: {low:+.1f} to {high:+.1f})"


def said(row: Answer, subject: Subject) -> str:
    """An estimate in a sentence."""
    if row["estimate"] is None:
        return f"not decidable: {row['why']}"
    about = f"the weeks after {subject.start} ({subject.id})"
    shown = _SHOWN.format(**row)
    if row["low"] is None:
        return f"{about} stand {shown} apart; no interval can be given with {row['placebo_draws']} placebos"
    shown += _BOUNDS.format(**row)
    if row["low"] <= 0 <= row["high"]:
        return f"{about} cannot be told apart from no change: {shown}"
    way = "lower" if row["estimate"] < 0 else "higher"
    return f"{about} are associated with {way} values than expected: {shown}"


def not_decidable(place: str, title: str) -> str:
    """Where no method gives a number."""
    return (
        f"the effect of {title} in {place} is not identifiable from what is held; each method says what lacks"
    )
