"""`yellowsea claims`: what somebody said, made explicit, and whether published figures bear it out.

A claim has variants: readings that name region, base, end, statistic and reference state. Each is decided
on every vintage of the figures that there are. A claim is *supported* where every variant that can be
decided is, *not supported* where none is, and *depends* where they differ or where a vintage turns one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Literal

from config.facts import Facts
from config.places import Places
from config.policy import Claim, ClaimVariant
from report.answer import Answer
from report.evidence import Evidence, Gathered, gather
from report.published import catalogue_data, lowest, sources, span_text
from report.question import NothingHeldError, QuestionError

Verdict = Literal["supported", "not supported", "depends", "not decidable"]

RULE = {
    "supported": "every variant that can be decided supports the claim",
    "not supported": "no variant that can be decided supports it",
    "depends": "variants or vintages differ; `under` names them",
    "not decidable": "no variant can be decided; each says why",
}
METHOD = {
    "verdicts": RULE,
    "change_percent": "of two published means of one region, metric, reference state and rule of dust, "
    "or as published for this span",
    "vintages": "every vintage of a figure is tried; `value` is from the newest, `values` are all",
    "measure_days": "dates on which the region or a part of it had a listed emergency measure, a least "
    "count where the list is not complete; and the published count, where there is one",
    "years_between": "elapsed years of 365.2425 days; in `calendar years` the difference of the years",
}


def ask(facts: Facts, wanted: Iterable[str] = (), region: str | None = None) -> Answer:
    """The claims asked for, by id (all without one), of those with a variant in a region where one is given.

    Raises
    ------
    QuestionError
        For a claim that there is not, with the nearest ones.
    UnknownPlaceError, AmbiguousPlaceError
        For a region that there is not.
    NothingHeldError
        Where no claim speaks of the region.
    """
    places = Places(facts)
    place = places.region(region).id if region else None
    claims = {one.id: one for one in facts.all("claims", Claim)}
    variants: dict[str, list[ClaimVariant]] = {one: [] for one in claims}
    for variant in facts.all("claim_variants", ClaimVariant):
        variants.setdefault(variant.claim, []).append(variant)
    chosen = [_known(claims, one) for one in wanted] or list(claims.values())
    if place:
        chosen = [one for one in chosen if any(v.region == place for v in variants[one.id])]
        if not chosen:
            spoken_of = sorted({v.region for found in variants.values() for v in found if v.region})
            raise NothingHeldError(f"no claim asked for speaks of {place}", spoken_of)
    rows = [_decided(facts, places, one, variants[one.id]) for one in chosen]
    return {
        "question": {"claims": [one.id for one in chosen], "region": place},
        "method": METHOD,
        "data": catalogue_data(chosen, ["from published figures and the catalogue; no reading is used"]),
        "claims": rows,
    }


def _known(claims: dict[str, Claim], wanted: str) -> Claim:
    if wanted not in claims:
        near = difflib.get_close_matches(wanted, claims, n=3, cutoff=0.3)
        said = f"the nearest are {', '.join(near)}" if near else "`yellowsea claims` lists them"
        raise QuestionError(f"no claim is called {wanted!r}; {said}")
    return claims[wanted]


def _decided(facts: Facts, places: Places, claim: Claim, variants: list[ClaimVariant]) -> Answer:
    rows = [_variant(facts, places, one) for one in variants]
    verdict = together([row["verdict"] for row in rows])
    return {
        "id": claim.id,
        "statement": claim.statement,
        "speaker": claim.speaker,
        "said_on": claim.said_on.isoformat() if claim.said_on else None,
        "verdict": verdict,
        "under": _under(rows),
        "source": claim.source,
        "confidence": lowest([claim.confidence, *(row["confidence"] for row in rows if _decides(row))]),
        "note": claim.note,
        "variants": rows,
    }


def _decides(row: Answer) -> bool:
    return bool(row["verdict"] != "not decidable")


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """One verdict of several: those that cannot be decided do not speak."""
    spoken = {one for one in verdicts if one != "not decidable"}
    if not spoken:
        return "not decidable"
    return spoken.pop() if len(spoken) == 1 else "depends"


def _under(rows: list[Answer]) -> dict[str, list[str]]:
    """Which variants give which verdict."""
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["verdict"], []).append(row["id"])
    return found


def _variant(facts: Facts, places: Places, variant: ClaimVariant) -> Answer:
    gathered = gather(facts, places, variant)
    tried = [_tried(facts, variant, one) for one in gathered.found]
    verdict = together([one["verdict"] for one in tried])
    newest = gathered.found[-1] if gathered.found else None
    behind = newest.figures if newest else ()
    return {
        "id": variant.id,
        "region": variant.region,
        "metric": variant.metric,
        "base": span_text(variant.base_start, variant.base_end) or variant.base_milestone,
        "end": span_text(variant.end_start, variant.end_end) or variant.end_milestone,
        "statistic": variant.statistic,
        "state": newest.state if newest else variant.reference_state,
        "op": variant.op,
        "wanted": variant.wanted,
        "unit": variant.unit,
        "value": newest.low if newest else None,
        "from": newest.origin if newest else None,
        "vintage": newest.vintage if newest else None,
        "verdict": verdict,
        "why": _why(verdict, tried, gathered),
        "values": tried,
        "source": sources(behind) or variant.source,
        "confidence": lowest([variant.confidence, *(one.confidence for one in behind)]),
        "note": variant.note,
    }


def _tried(facts: Facts, variant: ClaimVariant, evidence: Evidence) -> Answer:
    return {**evidence.told(facts), "verdict": compared(evidence.low, evidence.high, variant)}


def _why(verdict: Verdict, tried: list[Answer], gathered: Gathered) -> str | None:
    if verdict == "depends":
        turns = {one["verdict"]: one["vintage"] for one in tried}
        return "what turns it: " + "; ".join(f"{said} with {of}" for said, of in turns.items())
    return gathered.why if verdict == "not decidable" else gathered.note


def compared(low: float, high: float, variant: ClaimVariant) -> Verdict:
    """Whether a value that lies between `low` and `high` is what the variant wants."""
    wanted = variant.wanted
    answers = {
        "<": (high < wanted, low >= wanted),
        "<=": (high <= wanted, low > wanted),
        ">": (low > wanted, high <= wanted),
        ">=": (low >= wanted, high < wanted),
        "=": (low == high == wanted, wanted < low or wanted > high),
    }
    yes, no = answers[variant.op]
    if yes:
        return "supported"
    return "not supported" if no else "not decidable"
