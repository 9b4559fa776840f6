"""What a notice says, as facts: the value with its feeds and completeness, and what is announced or in force.

Words are made of them when a notice is sent (`hotline/wording.py`); here stands what was known.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from config.clock import civil
from config.notices import NoticeRule
from config.places import Places
from hotline.rules import Sighting
from hotline.scene import Scene
from report.answer import Answer
from report.measures import UNKNOWN, Ledger, told

_DAY = timedelta(days=1)
AS_KNOWN, HINDCAST = "as known then", "hindcast"


def facts_of(
    rule: NoticeRule, subject: str, seen: Sighting, scene: Scene, at: datetime, began_at: datetime
) -> Answer:
    """Everything that a notice has to say, as JSON.

    Parameters
    ----------
    seen : Sighting
        What raised it; empty for an all-clear.
    began_at : datetime
        When its occasion began.
    """
    silent = rule.about == "silence"
    zone = civil("UTC" if silent else scene.region(subject).zone)
    return {
        "about": rule.about,
        "pollutant": rule.pollutant,
        "at": at.astimezone(zone).isoformat(),
        "since": began_at.astimezone(zone).isoformat(),
        "knowledge": AS_KNOWN,
        "why": seen.why,
        "air": None if silent else air(subject, rule.pollutant, scene, at),
        "measures": None if silent else measures(subject, scene, at),
    }


def air(region: str, pollutant: str, scene: Scene, at: datetime) -> Answer | None:
    """The last hour held of a region's last day, and what is behind it; None where none is held."""
    unit = scene.unit(region, pollutant)
    place, end = unit.place(region), scene.hours(region, pollutant, at).stop
    values = unit.values(region)[max(0, end - 24) : end]
    valid = np.flatnonzero(~np.isnan(values))
    if place is None or not len(valid):
        return None
    last = end - len(values) + int(valid[-1])
    desk = scene.desk
    feeds = sorted({origin.feed for origin in place.origins})
    return {
        "value": round(float(values[valid[-1]]), 1),
        "unit": ", ".join(sorted({origin.unit for origin in place.origins})),
        "hour_ended": unit.end_of(last + 1).isoformat(),
        "mean_24h": round(float(np.nanmean(values)), 1),
        "hours_24h": len(valid),
        "stations": int(place.stations[last]),
        "stations_known": place.panel.known,
        "feeds": feeds,
        "attribution": sorted({desk.feeds[one].attribution for one in feeds}),
    }


def measures(region: str, scene: Scene, at: datetime) -> Answer:
    """What is in force on the day and announced for the next, as far as the list reaches."""
    facts = scene.desk.facts
    ledger = Ledger(facts, Places(facts), region)
    today = scene.today(region, at)
    rows = [told(facts, one) for one in ledger.within(today, today + _DAY)]
    known = [one for one in rows if _announced(one, at)]
    reach = ledger.known_through()
    return {
        "listed": [
            {key: one[key] for key in ("date", "region", "kind", "step", "announced_at", "in_force_from")}
            for one in known
        ],
        "word": None if known else UNKNOWN,
        "known_through": reach and reach.isoformat(),
    }


def _announced(row: Answer, at: datetime) -> bool:
    """Whether a measure had been announced at a moment; where that is not known, whether it was in force."""
    moment = row["announced_at"] or row["in_force_from"]
    return moment is not None and datetime.fromisoformat(moment) <= at
