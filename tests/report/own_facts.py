"""Hands for tests of policy: rows of the catalogue as a user would write them."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

from config.facts import KINDS, Facts
from config.policy import Published

YEAR = (date(2001, 1, 1), date(2001, 12, 31))
SURE = {"source": "by hand", "confidence": "high"}


def figure(value: float = 20.0, **how: Any) -> Published:
    """A published mean of 2001."""
    given = {
        "region": "cn-beijing",
        "start": YEAR[0],
        "end": YEAR[1],
        "metric": "pm25_mean",
        "unit": "ug/m3",
        "vintage": "release",
        "status": "final",
        "reference_state": "actual",
        **SURE,
        **how,
    }
    return Published(value=value, **given)


def own(folder: Path, **kinds: list[Any]) -> Facts:
    """The shipped catalogue with rows of a user's folder laid over it."""
    for kind, rows in kinds.items():
        facts = [row if not isinstance(row, dict) else KINDS[kind](**{**SURE, **row}) for row in rows]
        with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(KINDS[kind].model_fields))
            writer.writeheader()
            writer.writerows(fact.model_dump(mode="json", exclude_none=True) for fact in facts)
    return Facts(own=folder)
