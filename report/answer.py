"""What every answer carries: the question as understood, the method, and where the data came from."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import numpy as np

from config.clock import civil
from report.question import Question
from report.regional import SHARE, PlaceValues
from report.stations_held import Desk
from store.batches import worlds
from store.series import FeedRow

Answer = dict[str, Any]

SYNTHETIC = (
    "SYNTHETIC: these values come from the sandbox's synthetic world, not from the air; "
    "do not use them as data"
)


# The `data` of an answer that comes from the catalogue alone.
NO_READINGS: Answer = {
    "networks": [],
    "feeds": [],
    "stations": None,
    "capture": None,
    "attribution": [],
    "notes": [],
}


def local(hour: int, zone: str) -> str:
    """The civil time, with its offset, at which an hour number starts."""
    return datetime.fromtimestamp(int(hour) * 3600, civil(zone)).isoformat()


def number(value: float) -> float | None:
    """A figure for JSON: NaN is null."""
    return None if np.isnan(value) else float(value)


def data_of_place(desk: Desk, values: PlaceValues) -> Answer:
    """Where the figures of a place come from and how complete they are."""
    found: Counter[str] = Counter()
    for origin, given in values.origins.items():
        found[origin.feed] += given
    told = data_of_feeds(desk, [desk.feeds[feed] for feed in sorted(found)])
    told.update(
        {
            "feed_values": dict(sorted(found.items())),
            "stations": values.panel.stations,
            "stations_known": values.panel.known,
            "kinds": sorted(values.panel.kinds),
            "capture": values.capture,
            "basis": values.basis,
            "reference_states": sorted({origin.reference_state for origin in values.origins}),
            "notes": [*told["notes"], *values.notes],
        }
    )
    return told


def data_of_feeds(desk: Desk, feeds: list[FeedRow]) -> Answer:
    """Networks, feeds and attribution, and whether the database holds a synthetic world."""
    other = worlds(desk.connection)
    notes = [SYNTHETIC] if "synthetic" in other else []
    return {
        "networks": sorted({feed.network for feed in feeds}),
        "feeds": [feed.id for feed in feeds],
        "attribution": sorted({f"{feed.attribution} (licence: {feed.licence})" for feed in feeds}),
        "worlds": other or ["real"],
        "notes": notes,
    }


def method_of_place(desk: Desk, question: Question, values: PlaceValues) -> Answer:
    """How the figures of a place were computed."""
    day = desk.facts.validity.get(f"{question.country.lower()}-day")
    rules = {
        "KR": "mean of urban stations' means; a region of several sido needs a station in each",
        "CN": "mean over cities of the mean of their official stations less clean control points; "
        "a group of cities needs 75 % of them",
    }
    return {
        "unit": ", ".join(sorted({origin.unit for origin in values.origins})),
        "pollutant": question.pollutant,
        "regional_rule": rules[question.country] if question.region else "the stations asked for",
        "panel_share": SHARE,
        "day_rule": day and {"id": day.id, "hours_needed": day.needed, "source": day.source},
        "day": "civil day of the place: labels 01..24 are the starts 00..23",
        "starts": f"civil time of {question.zone}, start of the averaging period",
        "feed_choice": "per station and hour the feed of the best rank that holds it",
    }
