"""Episodes of one region and those of another that began shortly before: `yellowsea episodes --precursor`.

An onset elsewhere beforehand is common wherever haze is common. So the share of onsets that had one stands
beside the share that any other day has, in both directions; it is no share of origin.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from analysis.onset_lead import Lead, onset_lead, preceded
from analysis.prewhiten import Floats
from analysis.turning import DAY
from config.clock import civil
from config.facts import Facts
from report.answer import Answer, number
from report.episodes import Episodes, Rule
from report.episodes import ask as ask_episodes
from report.question import Question, QuestionError
from report.transport_asked import spells_of
from store.engine import Store

NOTE = (
    "an association in time, not a share of origin: share is that of the onsets which had one of the other "
    "region in the hours before, base_rate that of all days of the same quarters, p how often turning the "
    "other region's days gives as high a share"
)


@dataclass(frozen=True)
class Within:
    """The shortest and the longest hours by which an onset may go before another."""

    shortest: int = 0
    longest: int = 48
    draws: int = 999

    def __post_init__(self) -> None:
        if not 0 <= self.shortest < self.longest <= 7 * DAY:
            raise QuestionError("--within goes from the shorter to the longer, at most 168: 0-48")


@dataclass(frozen=True)
class _Side:
    """The episodes of one region on an axis of hours that both regions share.

    Attributes
    ----------
    shift : int
        Hours added to UTC: episodes of days are compared by civil days, which begin apart on the two shores.
    """

    found: Episodes
    shift: int

    @property
    def first(self) -> int:
        """The hour at which its values begin."""
        return self.found.place.first + self.shift

    @property
    def hours(self) -> int:
        """How many hours its values cover."""
        return len(self.found.place.value) * self.found.place.step

    def onset(self, episode: Answer) -> int:
        """The hour at which an episode begins."""
        return round(datetime.fromisoformat(episode["start"]).timestamp() / 3600) + self.shift

    @property
    def known(self) -> list[Answer]:
        """Episodes whose onset is known: not those under way when values begin."""
        return [one for one in self.found.answer["episodes"] if one["censored"] in ("no", "right")]

    def marked(self) -> Floats:
        """1 at the hours of onsets, 0 at others, NaN where the value is missing (hour,)."""
        place = self.found.place
        marks = np.where(np.repeat(np.isnan(place.value), place.step), np.nan, 0.0)
        marks[[self.onset(one) - self.first for one in self.known]] = 1.0
        return marks


def ask(
    store: Store,
    facts: Facts,
    question: Question,
    rule: Rule,
    other: Question,
    other_rule: Rule,
    within: Within,
) -> Episodes:
    """The episodes of a place, each with those of the other region that began within the window before it.

    Returns
    -------
    Episodes
        Its answer has `precursors` in each episode (region, start, end, lead_hours) and `linking`: both
        directions with share, base rate and p.

    Raises
    ------
    NothingHeldError, QuestionError
    """
    if not question.whole_days:
        raise QuestionError("precursors are sought in civil days: --from 2019-02-25 --to 2019-03-10")
    by_days = rule.profile.every == other_rule.profile.every == "day"
    here, there, back, alone = (
        _side(store, facts, asked, applied, by_days=by_days)
        for asked, applied in (
            (question, rule),
            (_wider(other, within), other_rule),
            (_wider(question, within), rule),
            (other, other_rule),
        )
    )
    for episode in here.found.answer["episodes"]:
        episode["precursors"] = _precursors(here.onset(episode), there, within)
    here.found.answer["linking"] = {
        "precursor": other.place,
        "profile": there.found.answer["method"]["profile"],
        "within_hours": [within.shortest, within.longest],
        "draws": within.draws,
        "directions": [
            _told(facts, question, there, here, within),
            _told(facts, other, back, alone, within),
        ],
        "data": there.found.answer["data"],
        "note": NOTE,
    }
    return here.found


def _side(store: Store, facts: Facts, question: Question, rule: Rule, *, by_days: bool) -> _Side:
    zone = civil(question.zone)
    ahead = question.first.astimezone(zone).utcoffset() or timedelta(0)
    return _Side(ask_episodes(store, facts, question, *rule), ahead // timedelta(hours=1) if by_days else 0)


def _wider(question: Question, within: Within) -> Question:
    """The question from as many whole days earlier as the window looks back."""
    return replace(question, first=question.first - timedelta(days=-(-within.longest // DAY)))


def _precursors(onset: int, there: _Side, within: Within) -> list[Answer]:
    leads = [(onset - there.onset(one), one) for one in there.known]
    return [
        {key: one[key] for key in ("region", "start", "end", "mean")} | {"lead_hours": lead}
        for lead, one in leads
        if within.shortest <= lead <= within.longest
    ]


def _told(facts: Facts, asked: Question, source: _Side, receptor: _Side, within: Within) -> Answer:
    ahead = preceded(source.marked(), within.shortest, within.longest)
    hours = receptor.first - source.first + np.arange(receptor.hours)
    here = np.where(hours < len(ahead), ahead[np.minimum(hours, len(ahead) - 1)], np.nan)
    onsets = np.array([receptor.onset(one) - receptor.first for one in receptor.known], np.int64)
    found = onset_lead(here, onsets, spells_of(facts, asked, "all"), within.longest, within.draws)
    return {"from": source.found.question.place, "to": receptor.found.question.place, **_figures(found)}


def _figures(found: Lead) -> Answer:
    return {
        "onsets": found.onsets,
        "preceded": found.preceded,
        "unknown": found.unknown,
        "share": number(found.share),
        "base_rate": number(found.base_rate),
        "p": number(found.p),
        "turns": found.shifts,
    }
