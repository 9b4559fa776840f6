"""`yellowsea catalogue`: what the program knows before any reading, each row with source and confidence."""

from __future__ import annotations

from config.facts import KINDS, Facts
from report.answer import NO_READINGS, Answer
from report.question import QuestionError

_METHOD = {"rows": "the shipped files with the user's own laid over them, row by row"}


def list_kind(facts: Facts, kind: str) -> Answer:
    """Every row of a kind, and whether it is shipped or the user's own.

    Raises
    ------
    QuestionError
        For a kind that there is not.
    """
    if kind not in KINDS:
        raise QuestionError(f"there is no kind of fact called {kind!r}; there are {', '.join(KINDS)}")
    columns = KINDS[kind].columns()
    rows = []
    for row in facts.rows(kind):
        told = row.fact.model_dump(mode="json")
        origin = "yours" if row.path.parent == facts.own else "shipped"
        rows.append({**{column: told[column] for column in columns}, "origin": origin})
    return {
        "question": {"kind": kind},
        "method": _METHOD,
        "data": NO_READINGS,
        "columns": columns,
        "rows": rows,
    }


def kinds(facts: Facts) -> Answer:
    """The kinds that there are, how many rows each holds, how many of them are the user's own or unsure."""
    rows = [
        {
            "kind": kind,
            "rows": len(held := facts.rows(kind)),
            "yours": sum(row.path.parent == facts.own for row in held),
            "low_confidence": sum(row.fact.confidence == "low" for row in held),
            "what": (model.__doc__ or "").split("\n")[0],
        }
        for kind, model in KINDS.items()
    ]
    return {"question": {"kind": None}, "method": _METHOD, "data": NO_READINGS, "rows": rows}


def find(facts: Facts, kind: str, wanted: str) -> Answer:
    """The rows of a kind whose key begins with, or any of whose cells is, the text asked for.

    Raises
    ------
    QuestionError
        For a kind that there is not, or where no row fits.
    """
    listed = list_kind(facts, kind)
    keyed = [row for row, at in zip(listed["rows"], facts.rows(kind), strict=True) if wanted in at.fact.key]
    rows = keyed or [row for row in listed["rows"] if wanted in map(str, row.values())]
    if not rows:
        raise QuestionError(
            f"no row of {kind} is called {wanted!r}: `yellowsea catalogue list {kind}` lists them"
        )
    return {**listed, "question": {"kind": kind, "id": wanted}, "rows": rows}
