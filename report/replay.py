"""`yellowsea measures replay`: which rule answers, and how its answer reads as a table."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from config.facts import Facts
from report import render, replay_alerts, replay_heavy, replay_measures
from report.answer import Answer
from report.forecasts import shown
from report.outlooks import Window
from report.question import Question, QuestionError
from report.stations_held import Desk
from store.engine import Store

RULES = ("kr-emergency", "kr-advisory", "kr-warning", "cn-alert")
FORECASTS = ("issued", "observed", "none")

_WINDOW = re.compile(r"^(\d{1,2})-(\d{1,2})$")
_LISTED = 10
_MARKS = {True: "yes", False: "no", None: "?"}


def ask(
    store: Store,
    facts: Facts,
    question: Question,
    rule: str,
    forecast: str = "issued",
    window: str | None = None,
) -> Answer:
    """Measures or alerts decided anew by the rule of the date, beside what was issued.

    Raises
    ------
    NothingHeldError
        Where nothing is held that decides.
    QuestionError
        For a rule, a forecast or a window that there is not, or a place for which the rule does not hold.
    """
    if rule not in RULES:
        raise QuestionError(f"no rule is called {rule!r}; there are {', '.join(RULES)}")
    if forecast not in FORECASTS:
        raise QuestionError(f"no forecast is called {forecast!r}; there are {', '.join(FORECASTS)}")
    if window is not None and rule != "kr-emergency":
        raise QuestionError(f"--window belongs to kr-emergency; {rule} looks at every hour")
    if not question.whole_days:
        raise QuestionError("a replay needs civil days: --from 2019-03-01 --to 2019-03-31")
    if question.country != rule[:2].upper():
        raise QuestionError(f"{rule} is a rule of another country than {question.place}")
    if rule == "cn-alert":
        return replay_heavy.ask(store, facts, question, forecast)
    with store.read() as connection:
        desk = Desk(connection, facts)
        if rule == "kr-emergency":
            return replay_measures.ask(desk, question, forecast, window_of(window))  # type: ignore[arg-type]
        return replay_alerts.ask(desk, question, rule)


def window_of(text: str | None) -> Window | None:
    """The labels (hour-ending) of a window such as 1-16."""
    if text is None:
        return None
    match = _WINDOW.match(text)
    first, last = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= first <= last <= 24:
        raise QuestionError(
            f"{text!r} is no window of hours: write 1-16, labels of the ends of hours, 1 to 24"
        )
    return first, last


# For people


def title(answer: Answer, place: str) -> str:
    """The line over the table; a hindcast says so."""
    asked, method = answer["question"], answer["method"]
    last = (datetime.fromisoformat(asked["to"]) - timedelta(seconds=1)).date()
    span = f"{asked['from'][:10]} to {last}"
    label = method["forecast"] if method["hindcast"] else method.get("forecast", method.get("needs"))
    return f"{place}: {asked['rule']} replayed, {span}\n{label}"


def line(row: Answer) -> Answer:
    """A decision as a row of the table."""
    today, d1 = row["today"], row["d1"]
    steps = [name for name, truth in row["crisis_steps"].items() if truth]
    return {
        "for_date": row["for_date"],
        "region": row["region"],
        "mean": today["mean"],
        "hours": today["hours"],
        "alert": today["alert"]
        and today["alert"] + (f" ({today['alert_origin']})" if today["alert_origin"] else ""),
        "tomorrow": f"{d1['observed']:.1f} observed" if d1 and "observed" in d1 else shown(d1),
        "met": criteria(row["criteria"]),
        "would_issue": {True: "issue", False: "no", None: "?"}[row["would_issue"]],
        "issued_words": row["issued_words"],
        "step": steps[-1] if steps else None,
        "reason": row["reason"],
    }


def criteria(given: Answer) -> str:
    """The state of A, B and C in a cell."""
    return " ".join(f"{name} {_MARKS[truth]}" for name, truth in given.items())


def foot(answer: Answer) -> list[str]:
    """What a reader has to know beside the table."""
    lines = [f"rule and announcement: {_counted(answer['agreement'])}"]
    if "preliminary" in answer:
        lines += _of_measures(answer)
    lines += [_difference(one) for one in answer.get("differences", [])]
    compared = [event for one in answer.get("published", []) for event in one["events"]]
    if compared:
        same = sum(event["hours"] == 0 for event in compared)
        lines.insert(
            1, f"published: {same} of {len(compared)} documented hours come out exactly; the rest below"
        )
    versions = ", ".join(one["id"] for one in answer["method"]["versions"])
    lines += [f"by {versions or 'no documented rule'}", answer["method"]["words"]]
    return [*lines, *render.provenance(answer)]


def _counted(agreement: Answer) -> str:
    names = {
        "both": "both",
        "issued_only": "issued only",
        "rule_only": "rule only",
        "neither": "neither",
        "undecidable": "undecidable",
    }
    return ", ".join(f"{words} {agreement[key]}" for key, words in names.items())


def _of_measures(answer: Answer) -> list[str]:
    preliminary, other = answer["preliminary"], answer["other_window"]
    met = [f"{one['for_date']} {one['region']}" for one in preliminary["decisions"] if one["would_issue"]]
    by_rule = ", ".join(met[:_LISTED]) or "none"
    if len(met) > _LISTED:
        by_rule += f" and {len(met) - _LISTED} more"
    turned = [f"{one['for_date']} {one['region']}" for one in other["cases"]]
    return [
        f"preliminary measures: {_counted(preliminary['agreement'])}; by the rule: {by_rule}",
        f"preliminary measures: {preliminary['note']}",
        f"hours {other['window']} instead would have decided {other['decided_otherwise']} of "
        f"{other['decisions']} otherwise" + (f": {', '.join(turned)}" if turned else ""),
    ]


def _difference(event: Answer) -> str:
    def at(text: str | None) -> str:
        return f"{text[:10]} {text[11:16]}" if text else "not given"

    values = ", ".join(
        f"{at(one['end'])} {'–' if one['value'] is None else format(one['value'], '.1f')}"
        for one in event["values"]
    )
    value = "" if event["published_value"] is None else f" at {event['published_value']:g}"
    what = f"{event['zone'] or event['region']} {event['level']} {event['event']}"
    return (
        f"difference: {what} {at(event['published_at'])}{value} as published, "
        f"{at(event['replayed_at'])} by our series (needs {event['needs']}; hours ending: {values})"
    )
