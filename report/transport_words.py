"""How indicators of transport are said: what they are, what they are not, and what others published."""

from __future__ import annotations

from analysis.episodes import Profile
from config.facts import Facts
from config.policy import Share
from report.answer import Answer
from report.question import Question

NOTE = "association in time; not a share of origin; no episode share is estimated"

METHOD: Answer = {
    "axis": "UTC hour starts; the days are civil days of the receptor, both regions over the same hours",
    "lags": "receptor so many hours after source, Pearson's r, prewhitened; particles as ln(1 + value)",
    "prewhitening": "less the mean of each hour of the day in each spell, then both through the "
    "autoregression of the source (Yule-Walker, order by BIC up to 30 h)",
    "band": "95 %, pointwise: circular block bootstrap of days in blocks of a week",
    "lag-search": "the highest r of all lags against the highest after turning the receptor by whole days "
    "within each spell; one-sided p",
    "onset-lead": "onsets after a running mean of the source above its level in the lead hours; base rate: "
    "the same on every day of the same spell at the hours of the onsets; one-sided p by turning the source "
    "by whole days; onsets that begin behind missing hours are left out",
    "granger": "the receptor's hour on its own last hours (order by BIC), its weather, and means of 6 h of "
    "the source up to the longest lag; p one-sided by turning the source by whole days within each spell; "
    "p_f: independent errors, p_hac: Newey-West; trust 1 with the receptor's weather, 2 where none is held",
    "spells": "pieces of about a quarter of a year, or the seasons of the receptor's country",
    "limits": "one weather moves both places: what comes first need not have been carried; both directions "
    "are shown for that reason",
}

SHARES_NOTE = "shares of annual means by models (LTP 2019); never to be set against hours, days or episodes"

# The shares are those of a year's mean: beside a shorter span they would be read as its share.
YEAR_DAYS = 365


def published_shares(facts: Facts, source: Question, receptor: Question) -> Answer:
    """What LTP published between the two countries, for annual means; nothing beside a shorter span."""
    days = (receptor.last_day - receptor.first_day).days + 1
    if days < YEAR_DAYS:
        return {"rows": [], "note": f"{SHARES_NOTE}; shown for spans of a year and longer only"}
    pairs = {(source.country, receptor.country), (receptor.country, source.country)}
    places = {one.region.id for one in (source, receptor) if one.region}
    rows = [
        {
            "data_year": one.data_year,
            "averaging": one.averaging,
            "from": one.source_country,
            "to": one.receptor,
            "estimate": one.estimate,
            "share_pct": one.share_pct,
            "source": one.source,
            "confidence": one.confidence,
        }
        for one in facts.all("shares", Share)
        if (one.source_country, one.receptor_country) in pairs
        and one.averaging.startswith("annual mean")
        and (one.receptor in places or ":" in one.receptor)
    ]
    return {"rows": rows, "note": SHARES_NOTE}


def told_profile(facts: Facts, profile: Profile) -> Answer:
    """The rule of an onset, as an answer tells it."""
    fact = facts.profiles.get(profile.id)
    return {
        "id": profile.id,
        "title": fact.title if fact else "given on the spot",
        "enter": f"{profile.op} {profile.enter:g}",
        "exit": None if profile.exit is None else f"{profile.exit_op or 'past'} {profile.exit:g}",
        "min_count": profile.min_count,
        "max_gap": profile.max_gap,
        "of": "running means",
        "source": fact.source if fact else None,
    }


def said(direction: Answer) -> str:
    """A direction in a sentence or two, with its base rate."""
    line = f"{direction['from']} before {direction['to']}: {_lagged(direction)}"
    return "; ".join([line, _led(direction["tests"][1]), _beyond(direction)])


def _lagged(direction: Answer) -> str:
    best = direction["best"]
    if best["r"] is None:
        return "no correlation, for too few hours are held of both"
    return f"highest correlation {best['r']:+.2f} at {best['hours']} h (p {best['p']:.3f} for the search)"


def _led(test: Answer) -> str:
    if not test["onsets"]:
        return "no onset can be judged"
    first, last = test["lead_hours"]
    return (
        f"high {first} to {last} h before {test['share']:.0%} of {test['onsets']} onsets, and before "
        f"{test['base_rate']:.0%} of the days alike (p {test['p']:.3f})"
    )


def _beyond(direction: Answer) -> str:
    test = direction["tests"][2]
    if test["p"] is None:
        return "too few hours are known for the test of its past"
    weather = "own past and weather" if test["weather"]["held"] else "own past, weather not held"
    return (
        f"beyond {direction['to']}'s {weather}: {test['partial_r2']:.1%} of what these leave goes with "
        f"{direction['from']}'s past (p {test['p']:.3f})"
    )
