"""`yellowsea forecasts`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cli.asking import Asked, asking
from cli.desk import catalogue, opened, show

if TYPE_CHECKING:
    from report.answer import Answer

COLUMNS = {
    "region": "region",
    "product": "product",
    "lead": "lead",
    "event": "event",
    "n": "days",
    "hits": "hits",
    "misses": "misses",
    "false_alarms": "false alarms",
    "hit_rate": "hit rate",
    "false_alarm_ratio": "false alarm ratio",
    "critical_success_index": "CSI",
    "lasting": "CSI of persistence",
    "first": "first days hit",
    "not_decided": "not decided",
}


@partial(asking, without=("station",))
def show_forecasts(asked: Asked) -> None:
    """How well stored forecasts came true: hit rate, false alarms, CSI by lead and grade."""
    from report import skill

    with opened(asked.database) as (settings, store):
        facts = catalogue(settings)
        question = asked.understood(store, facts)
        answer = skill.ask(store, facts, question)
    span = f"{question.first_day} to {question.last_day}"
    title = f"{question.place}: skill of forecasts of {asked.pollutant}, {span}"
    people = [_line(row) for row in answer["skill"]]
    show(answer, "skill", asked.shape, title, COLUMNS, None, people)


def _line(row: Answer) -> Answer:
    lasting = row["persistence"]
    return {
        **row,
        "lead": "model" if row["lead_days"] is None else f"D+{row['lead_days']}, {row['issue_hour']:02d}:00",
        "lasting": lasting and lasting["critical_success_index"],
        "first": f"{row['first_days_hit']} of {row['first_days']}",
    }
