"""The exchange sheet as rows of two columns, for a table and for a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable

from report.answer import Answer
from report.exchange_words import LABELS, PUBLISHED

_NONE = "–"
_SAID = {True: "met", False: "not met", None: "not known"}


def sheet(answer: Answer) -> list[Answer]:
    """Rows `{key, ko, zh, en, KR, CN}`; a cell holds a line for each figure, with vintage and confidence."""
    rows = [_row(key, {one["country"]: cell(one) for one in answer["countries"]}) for key, cell in _CELLS]
    common = answer["common"]
    window = f"{common['start']}..{common['end']} ({common['days']} d)"
    cells = {one["country"]: "\n".join([window, *map(_mean, one["computed"])]) for one in common["countries"]}
    return [*rows, _row("common", cells)]


def _row(key: str, cells: dict[str, str]) -> Answer:
    label = LABELS[key]
    return {"key": key, "ko": label.ko, "zh": label.zh, "en": label.en} | {
        country: cell or _NONE for country, cell in cells.items()
    }


def _season(side: Answer) -> str:
    name = side["season"]["name"]
    return "\n".join([name["ko"], name["zh"], name["en"]])


def _ministry(side: Answer) -> str:
    found = side["ministry"]
    return "\n".join([found["ko"], found["zh"], found["en"]]) if found else ""


def _window(side: Answer) -> str:
    one = side["season"]
    return f"{one['start']}..{one['end']} ({one['days']} d)"


def _figures(metric: str) -> Callable[[Answer], str]:
    def cell(side: Answer) -> str:
        return "\n".join(_figure(side, one) for one in side["published"] if one["metric"] == metric)

    return cell


def _other(side: Answer) -> str:
    return "\n".join(
        f"{one['metric']}: {_figure(side, one)}"
        for one in side["published"]
        if one["metric"] not in PUBLISHED
    )


def _figure(side: Answer, one: Answer) -> str:
    season = side["season"]
    whole = (one["start"], one["end"]) == (season["start"], season["end"])
    span = "" if whole else f" {one['start']}..{one['end']}"
    state = "" if one["unit"] != "ug/m3" else f", {one['state']} state"
    status = "" if one["status"] == "unknown" else f", {one['status']}"
    vintage = f"{one['vintage']}{status}{state}{_sure(one)}"
    return f"{one['region']}{span}: {one['value']:g} ({vintage})"


def _sure(row: Answer) -> str:
    return "" if row["confidence"] == "high" else f", confidence {row['confidence']}"


def _targets(side: Answer) -> str:
    return "\n".join(
        f"{one['title']}: {_SAID[one['met']]} ({one['plan']}{_sure(one)})" for one in side["targets"]
    )


def _measure_days(side: Answer) -> str:
    one = side["measure_days"]
    through = one["known_through"] or "never"
    if one["days"] is None:
        return f"{one['kind']}: not known (no list of these days; known through {through})"
    dates = f": {' '.join(one['dates'])}" if one["dates"] else ""
    reach = "complete" if one["complete"] else f"known through {through}"
    return f"{one['kind']}: {one['days']} ({reach}){dates}"


def _computed(side: Answer) -> str:
    return "\n".join(map(_mean, side["computed"]))


def _mean(one: Answer) -> str:
    if one["mean"] is None:
        return f"{one['region']}: {_NONE} ({one['why']})"
    classes = ", ".join(f"{name} {days}" for name, days in one["classes"].items())
    basis = f"{one['basis']}, n {one['n']}/{one['days']}, {', '.join(one['reference_states'])} state"
    return f"{one['region']}: {one['mean']:.1f} ({basis}) {classes}"


def _standards(side: Answer) -> str:
    return "\n".join(
        f"{one['id']}: {one['day']:g} / {one['year']:g} ug/m3 (day / year){_sure(one)}"
        for one in side["standards"]
    )


def _states(side: Answer) -> str:
    return "\n".join(f"{one['network']}: {one['state']}{_sure(one)}" for one in side["reference_states"])


def _beside(side: Answer) -> str:
    return "\n".join(
        f"{one['title']} {one['start']}..{one['end']}{_sure(one)}" for one in side["confounders"]
    )


_CELLS: list[tuple[str, Callable[[Answer], str]]] = [
    ("season", _season),
    ("agency", _ministry),
    ("window", _window),
    *((metric, _figures(metric)) for metric in PUBLISHED),
    ("other", _other),
    ("targets", _targets),
    ("measure_days", _measure_days),
    ("computed", _computed),
    ("standards", _standards),
    ("reference_states", _states),
    ("confounders", _beside),
]
