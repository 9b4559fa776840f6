"""How estimates are said: as an association, with what limits it; never as a cause."""

from __future__ import annotations

from report.answer import Answer

METHOD: Answer = {
    "outcome": "the log of the regional day mean; estimates are shares of it, in percent",
    "dynamic-regression": "day mean on the measure, the value at the decision, the day means of one and two "
    "days before, steps of the forecast's class, the expected forecast within its bounds, month, free days, "
    "and where it is stored the weather of the day; Newey-West errors of HC3 scores",
    "matched-days": "up to 3 days without a measure of the same forecast class, both free or both not, "
    "within 45 days of the year, value at the decision and expected forecast within a factor of 1.65; "
    "differences corrected by the slopes of days without a measure",
    "value_at_decision": "mean of the rule's hours of the day before (0-16 h); on the daily basis its mean",
    "forecast": "the newest bulletin of each product known at the decision (17:00), as bounds",
    "placebo": "the same estimator on pseudo measure days drawn from days of the same forecast class",
    "q": "false discovery rate over all cases of a method (Benjamini and Hochberg)",
    "trust": "1 first: the fewest assumptions that fail, then the order of the calibration (docs/methods.md)",
    "periods": "parted where another policy begins or ends, such as the seasonal curbs since 2019-12-01",
}

LIMITS = (
    "an association of measure days with the air, given forecast and value; not proof of a cause, and no "
    "statement about other days"
)

_SHOWN = "{estimate:+.1f} % (95 %: {low:+.1f} to {high:+.1f})"


def said(row: Answer) -> str:
    """An estimate in a sentence."""
    if row["estimate"] is None:
        return f"no estimate: only {row['n']} measure days have comparable days beside them"
    figures = _SHOWN.format(**row)
    about = f"{row['n']} days with a measure"
    if row["low"] <= 0 <= row["high"]:
        return f"{about} cannot be told apart from comparable days: {figures}"
    way = "lower" if row["estimate"] < 0 else "higher"
    return f"{about} are associated with {way} PM2.5 than comparable days: {figures}"


def not_identifiable(place: str, measure: str, listed: int, told: int, fewest: int) -> str:
    """Why nothing can be said, and what would be needed."""
    head = f"the effect of {measure} in {place} is not identifiable"
    if not listed:
        return f"{head}: no measure is listed in these days"
    return (
        f"{head} from what is held: measures are decided by the forecast, and of {listed} listed measure "
        f"days {told} have a forecast stored as it was known at the decision; needed are at least {fewest} "
        "in one period, with vehicle rules or without, and days without a measure of the same forecast "
        "class (`yellowsea run` stores bulletins as they are issued, `yellowsea fetch airkorea-forecast` "
        "past ones as far as the portal holds them)"
    )
