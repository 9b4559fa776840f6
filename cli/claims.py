"""`yellowsea claims`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import options
from cli.desk import catalogue, show

if TYPE_CHECKING:
    from report.answer import Answer

COLUMNS = {
    "claim": "claim",
    "verdict": "verdict",
    "region": "region",
    "base": "base",
    "end": "end",
    "statistic": "statistic",
    "state": "state",
    "value": "value",
    "wanted": "wanted",
    "from": "from",
    "confidence": "confidence",
    "why": "why",
}


def show_claims(
    claim: Annotated[list[str] | None, typer.Argument(help="Ids of claims; without any, all.")] = None,
    region: options.Region = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """Checkable statements, each reading decided: supported, not supported, depends, not decidable."""
    from report import claims

    answer = claims.ask(catalogue(), claim or [], region)
    found = answer["claims"]
    foot = _foot(answer)
    people = [line for one in found for line in _lines(one)]
    if shape is options.Format.csv:
        answer["claims"] = [_flat(one, variant) for one in found for variant in one["variants"]]
    show(answer, "claims", shape, f"{len(found)} claims", COLUMNS, foot, people)


def _lines(claim: Answer) -> list[Answer]:
    """The claim with its verdict, then a line for each of its variants."""
    head = {"claim": claim["id"], "verdict": claim["verdict"].upper(), "confidence": claim["confidence"]}
    return [head, *map(_line, claim["variants"])]


def _flat(claim: Answer, variant: Answer) -> Answer:
    """A line of a spreadsheet: a variant with its claim."""
    said = {"claim": claim["id"], "statement": claim["statement"], "claim_verdict": claim["verdict"]}
    return said | {key: value for key, value in variant.items() if key != "values"}


def _line(variant: Answer) -> Answer:
    return {
        **variant,
        "claim": "",
        "wanted": f"{variant['op']} {variant['wanted']:g} {variant['unit']}",
    }


def _foot(answer: Answer) -> list[str]:
    said = [
        f"{one['id']}: “{one['statement']}” ({one['source']}; confidence {one['confidence']})"
        for one in answer["claims"]
    ]
    rules = [f"{verdict}: {meaning}" for verdict, meaning in answer["method"]["verdicts"].items()]
    return [*said, *rules, *answer["data"]["notes"]]
