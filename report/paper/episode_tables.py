"""The tables of an episode's sheet: what was in force, and what the rules give."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from config.words import Speaker
from report.answer import Answer
from report.figures.sheet import Cell
from report.paper.beside_tables import listed, numbered
from report.paper.lines import (
    cell,
    clock,
    figure,
    hours,
    joined,
    kind_name,
    mean,
    notes,
    short_day,
    source,
    truth,
)
from report.paper.sheet import Table

T = TypeVar("T")


def in_force(say: Speaker, answer: Answer) -> Table:
    """Each measure with its times, relative to the onset and to the peak of the episode."""
    found = answer["measures"]["measures"]
    numbers = numbered([one["source"] for one in found])
    rows = [_measure(say, answer, one, numbers) for one in found]
    headings = [
        say.word("day"),
        say.word("measure"),
        say.word("region"),
        say.word("announced"),
        say.word("in force"),
        say.message("report.head.from_onset"),
        say.message("report.head.from_peak"),
        say.word("vehicles"),
        say.word("confidence"),
        say.word("source"),
    ]
    title = say.message("report.force.title", region=say.region(answer["question"]["region"]))
    through = [
        say.message(
            "report.force.reach",
            kind=kind_name(say, one["kind"]),
            day=say.date(one["known_through"]),
        )
        for one in answer["measures"]["known_through"]
    ]
    if not rows:
        return Table(
            "in-force", title, headings[:1], [[cell(say.message("report.no_measure_known"))]], [], through
        )
    several = len({one["region"] for one in found}) > 1
    if not several:
        headings, rows = _without(2, headings), [_without(2, row) for row in rows]
    told = [say.message("report.force.signs"), say.message("report.force.star"), *through]
    return Table("in-force", title, headings, rows, listed(numbers), told)


def _without(column: int, row: Sequence[T]) -> list[T]:
    return [one for index, one in enumerate(row) if index != column]


def _measure(say: Speaker, answer: Answer, one: Answer, numbers: dict[str, int]) -> list[Cell]:
    main, peak = answer["main"], answer["peak_hour"]
    at, since = one["announced_at"], one["in_force_from"]
    told = clock(say, at) if one["announced_precision"] == "time" else _by_day(say, at)
    until = one["lifted_at"] or one["in_force_to"]
    force = f"{clock(say, since, one['date'])}–{clock(say, until, one['date'])}" if since and until else "–"
    return [
        cell(short_day(say, one["date"])),
        cell(kind_name(say, one["kind"])),
        cell(say.region(one["region"])),
        cell(told),
        cell(force),
        figure(hours(_between(main and main["start"], at))),
        figure(hours(_between(peak and peak["start"], since))),
        cell(truth(say, one["vehicle_rules"])),
        cell(say.cell("confidence", one["confidence"])),
        cell(f"[{numbers[one['source']]}]"),
    ]


def _by_day(say: Speaker, at: str | None) -> str:
    return "–" if at is None else f"{clock(say, at)} *"


def _between(start: str | None, end: str | None) -> float | None:
    """Hours from one moment to another."""
    if not start or not end:
        return None
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)) / timedelta(hours=1)


def rule_words(say: Speaker, answer: Answer) -> list[str]:
    """What the replay found, in a sentence each."""
    words = []
    for forecast, replay in answer["replay"].items():
        if replay is None:
            continue
        told = replay["agreement"]
        values = {
            key: str(told[key]) for key in ("both", "issued_only", "rule_only", "neither", "undecidable")
        }
        if forecast == "issued":
            words.append(say.message("report.rule.issued", **values))
        else:
            words.append(say.message("report.rule.observed", **values))
            words += _stand_in(say, answer)
    return words


def _stand_in(say: Speaker, answer: Answer) -> list[str]:
    """Which day means stand in for forecasts: the report's own."""
    region, basis = say.region(answer["question"]["region"]), say.word(answer["data"]["basis"], of="basis")
    return [say.message("report.rule.stand_in", region=region, basis=basis)]


def rule_silence(say: Speaker, answer: Answer) -> list[str]:
    """A sentence for each table of the rules that is not shown, and why."""
    told = _heavy(say, answer)
    if answer["replay"] and answer["replay"].get("issued") is None:
        told.append(say.message("report.rule.nothing"))
    if not answer["alerts"]:
        told.append(say.message("report.alerts.nothing"))
    elif not told and not any(one["alerts"] or one["published"] for one in answer["alerts"]):
        told.append(say.message("report.alerts.never"))
    return told


def _heavy(say: Speaker, answer: Answer) -> list[str]:
    """What the rule of China's alerts can decide; it has no table here."""
    return [
        say.message(
            "report.rule.heavy",
            undecidable=str(sum(row["would_issue"] is None for row in one["decisions"])),
            of=str(len(one["decisions"])),
        )
        for one in answer["alerts"]
        if one["question"]["rule"] == "cn-alert"
    ]


def rules(say: Speaker, answer: Answer) -> list[Table]:
    """The decisions by the rule, and the alerts by the rule beside those published."""
    return [one for one in (_decisions(say, answer), _alerts(say, answer)) if one is not None]


def _decisions(say: Speaker, answer: Answer) -> Table | None:
    replay, hindcast = answer["replay"].get("issued"), answer["replay"].get("observed")
    if replay is None:
        return None
    other = {(one["region"], one["for_date"]): one for one in (hindcast or {"decisions": []})["decisions"]}
    several = len({one["region"] for one in replay["decisions"]}) > 1
    rows = []
    for one in replay["decisions"]:
        observed = other.get((one["region"], one["for_date"]))
        rows.append(
            [
                cell(short_day(say, one["for_date"])),
                *([cell(say.region(one["region"]))] if several else []),
                figure(mean(say, one["today"]["mean"])),
                cell(say.word(one["today"]["alert"] or "not known", of="alert")),
                cell(_criteria(one["criteria"])),
                Cell(_verdict(say, one), bold=True),
                cell(_criteria(observed["criteria"]) if observed else None),
                cell(_verdict(say, observed) if observed else None),
                Cell(_issued(say, one["issued"]), bold=True),
            ]
        )
    headings = [
        say.word("for"),
        *([say.word("region")] if several else []),
        say.message("report.head.mean_0_16"),
        say.message("report.head.alert"),
        say.message("report.head.criteria"),
        say.message("report.head.rule"),
        say.message("report.head.criteria_hindcast"),
        say.message("report.head.hindcast"),
        say.word("issued"),
    ]
    title = say.message("report.rule.title", region=say.region(answer["question"]["region"]))
    return Table(
        "rule",
        title,
        headings,
        rows,
        source(say, replay),
        [say.message("report.rule.marks"), *_not_held(say, replay), *notes(say, replay)],
    )


def _not_held(say: Speaker, replay: Answer) -> list[str]:
    """The sido that decide together with the region and of which no hour is held."""
    regions = say.facts.regions
    found = [
        one for one in replay["data"].get("not_held", []) if one in regions and regions[one].kind == "sido"
    ]
    if not found:
        return []
    return [say.message("report.rule.not_held", regions=joined(say, map(say.region, found)))]


def _verdict(say: Speaker, one: Answer) -> str:
    """What the rule says and why, as the replay gives it; a reason that begins with the verdict has both."""
    verdict, reason = truth(say, one["would_issue"]), say.retell(one["reason"])
    return reason if reason.startswith(verdict) else f"{verdict}: {reason}"


def _criteria(given: Answer) -> str:
    marks = {True: "✓", False: "–", None: "?"}
    return "  ".join(f"{name} {marks[met]}" for name, met in given.items())


def _issued(say: Speaker, issued: bool | None) -> str:
    if issued is None:
        return say.message("report.no_measure_known")
    return say.word("yes" if issued else "no")


def _alerts(say: Speaker, answer: Answer) -> Table | None:
    answers = [told for told in answer["alerts"] if "published" in told]
    numbers = numbered(one["source"] for told in answers for one in told["published"])
    rows = [row for told in answers for row in _of_level(say, told, numbers)]
    if not rows:
        return None
    headings = [
        say.word("level"),
        say.word("region"),
        say.message("report.head.published_from"),
        say.message("report.head.published_to"),
        say.message("report.head.rule_from"),
        say.message("report.head.rule_to"),
        say.message("report.head.deciding"),
        say.word("source"),
    ]
    title = say.message("report.alerts.title", region=say.region(answer["question"]["region"]))
    lines = [*source(say, answers[0]), *listed(numbers)]
    return Table("alerts", title, headings, rows, lines, [*_needs(say, answers), *notes(say, *answers)])


def _needs(say: Speaker, answers: Sequence[Answer]) -> list[str]:
    """What the rule asks of the hours that stand in the table."""
    found = {
        say.message(
            "report.alerts.need",
            level=f"{say.cell('level', event['level'])} {_named(say, event)}",
            needs=say.retell(event["needs"]),
        )
        for told in answers
        for one in told["published"]
        for event in one["events"]
        if event["needs"]
    }
    return [say.message("report.alerts.needs", needs=joined(say, sorted(found)))] if found else []


def _of_level(say: Speaker, told: Answer, numbers: dict[str, int]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    seen = set()
    for one in told["published"]:
        events = {event["event"]: event for event in one["events"]}
        issued, lifted = events.get("issued"), events.get("lifted")
        seen.add(issued and issued["replayed_at"])
        rows.append(
            [
                cell(say.cell("level", one["level"])),
                cell(one["zone"] or say.region(one["region"])),
                cell(_with_value(say, one["issued_at"], one["issued_value"])),
                cell(
                    _with_value(say, one["cleared_at"], one["cleared_value"])
                    if one["cleared_at"]
                    else say.word("not known")
                ),
                cell(_given(say, issued)),
                cell(_given(say, lifted)),
                cell(_deciding(say, told, [issued, lifted])),
                cell(f"[{numbers[one['source']]}]"),
            ]
        )
    return [*rows, *(_unpublished(say, one) for one in told["alerts"] if one["issued_at"] not in seen)]


def _given(say: Speaker, event: Answer | None) -> str | None:
    """When the rule gives what was published; that the hours held do not, or that none are held."""
    if event is None:
        return None
    if event["replayed_at"] is not None:
        return clock(say, event["replayed_at"])
    return say.message("report.alerts.not_given") if event["held"] else say.word("not known")


def _named(say: Speaker, event: Answer) -> str:
    return say.word("issued") if event["event"] == "issued" else say.word("lifted")


def _deciding(say: Speaker, told: Answer, events: Sequence[Answer | None]) -> str | None:
    """The means of the hours that decided, of every moment that does not come out as published."""
    differing = [one for one in events if one is not None and one["hours"] != 0 and one["held"]]
    parts = [
        say.message(
            "report.alerts.values",
            what=_named(say, one),
            values=joined(
                say, (f"{clock(say, hour['end'])} {mean(say, hour['value'])}" for hour in one["values"])
            ),
            stations=say.message("report.stations_n", n=told["data"]["stations"]),
        )
        for one in differing
    ]
    return "; ".join(parts) or None


def _unpublished(say: Speaker, one: Answer) -> list[Cell]:
    """An alert by the rule of which no announcement is documented."""
    return [
        cell(say.cell("level", one["level"])),
        cell(say.region(one["region"])),
        cell(say.word("not known")),
        cell(None),
        cell(_with_value(say, one["issued_at"], one["value"])),
        cell(clock(say, one["lifted_at"])),
        cell(None),
        cell(None),
    ]


def _with_value(say: Speaker, at: str | None, value: float | None) -> str:
    return clock(say, at) if value is None else f"{clock(say, at)} ({value:.0f})"
