"""An episode ready to be written: its answer, its sheet, its tables and its series."""

from __future__ import annotations

from config.words import Speaker
from report.answer import Answer
from report.paper import episode_sheet
from report.paper.out import Report
from report.paper.series import dataset


def report(say: Speaker, answer: Answer) -> Report:
    """The report of an episode's answer in the speaker's language."""
    asked = answer["question"]
    name = f"episode-{asked['region']}-{asked['from'][:10]}-{answer['days']['values'][-1]['start'][:10]}"
    places = [(asked["region"], answer["days"], answer["hours"])]
    places += [(one["region"] or one["station"], one["days"], one["hours"]) for one in answer["beside"]]
    title = f"{asked['pollutant']} of {asked['region']} and what stands beside it, {name[-21:]}"
    return Report(
        name,
        answer,
        episode_sheet.sheet(say, answer),
        _rows(answer),
        lambda: dataset(title, asked["pollutant"], places),
    )


def _rows(answer: Answer) -> dict[str, list[Answer]]:
    """The tables of an episode, for spreadsheets."""
    issued = answer["replay"].get("issued")
    published = answer["published"]
    return {
        "days": _of_places(answer, "days"),
        "hours": _of_places(answer, "hours"),
        "episodes": answer["episodes"],
        "measures": answer["measures"]["measures"],
        "decisions": issued["decisions"] if issued else [],
        "alerts": [row for one in answer["alerts"] for row in one.get("alerts", [])],
        "published-alerts": [
            {key: value for key, value in row.items() if key != "events"}
            for one in answer["alerts"]
            for row in one.get("published", [])
        ],
        "other-years": answer["other_years"]["years"],
        "published": published["figures"] if published else [],
        "stations": [
            {key: value for key, value in row.items() if key != "attribution"}
            for row in (answer["maps"]["shores"] or {"stations": []})["stations"]
        ],
    }


def _of_places(answer: Answer, key: str) -> list[Answer]:
    """The values of all places, one row a place and time."""
    own = [(answer["question"]["region"], answer[key])]
    beside = [(one["region"] or one["station"], one[key]) for one in answer["beside"]]
    return [
        {"place": place, **row}
        for place, found in (*own, *beside)
        if found is not None
        for row in found["values"]
    ]
