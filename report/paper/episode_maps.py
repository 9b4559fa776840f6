"""The stations of an episode's sheet at its peak, near by and on both shores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from config.facts import CATALOGUE
from config.words import Speaker
from report.answer import Answer
from report.figures import station_map
from report.figures.grades import Step, grade_of
from report.paper.episode_figures import grades
from report.paper.held import NOT_ON_MAPS
from report.paper.lines import MICROGRAMS, cell, figure, joined
from report.paper.sheet import Plate, Table

# The countries of both shores.
_SHORES = ("KR", "CN")
COAST = Path(CATALOGUE) / "coast.geojson"


def the_maps(say: Speaker, answer: Answer) -> list[Plate]:
    """The stations at the peak: those of the region that its value stands on, and all of both shores."""
    region, plates = say.region(answer["question"]["region"]), []
    near, shores = answer["maps"]["near"], answer["maps"]["shores"]
    kinds = answer["opening"]["kinds"]
    dots = _dots(say, answer, near, kinds)
    if len(dots) > 1:
        title = say.message("report.map.near", region=region, at=_at(say, near))
        plates.append(_map(say, "map-near", title, near, dots, station_map.Frame.around(dots)))
    if shores is not None:
        dots = _dots(say, answer, shores)
        title, lacking = _title(say, shores), _lacking(say, shores)
        plates.append(_map(say, "map-shores", title, shores, dots, station_map.BOTH_SHORES, lacking))
    return plates


def _kinds(rows: Iterable[tuple[str | None, str]]) -> dict[str, Counter[str]]:
    """How many stations of each kind stand on each shore."""
    found: dict[str, Counter[str]] = {one: Counter() for one in _SHORES}
    for country, kind in rows:
        if country in found:
            found[country][kind] += 1
    return found


def _shown(found: Answer) -> dict[str, Counter[str]]:
    """Those on the map of both shores; some are held from beyond it."""
    frame = station_map.BOTH_SHORES
    return _kinds(
        (one["country"], one["kind"])
        for one in found["stations"]
        if frame.west <= one["lon"] <= frame.east and frame.south <= one["lat"] <= frame.north
    )


def _title(say: Speaker, found: Answer) -> str:
    """Both shores only where a station of each is held."""
    held = [one for one, kinds in _shown(found).items() if kinds]
    if len(held) == 1:
        country = say.region(held[0].lower())
        return say.message("report.map.shore_one", country=country, at=_at(say, found))
    return say.message("report.map.shores_held", at=_at(say, found))


def _lacking(say: Speaker, found: Answer) -> list[str]:
    """Which kinds of stations are shown of each shore, and of which none is held then."""
    shown, areas = _shown(found), say.facts.regions
    known = _kinds(
        (areas[one.area].country, one.kind)
        for versions in say.facts.stations.values()
        for one in versions[-1:]
        if one.area in areas and one.kind not in NOT_ON_MAPS
    )
    parts, lacking = [], []
    for country in _SHORES:
        name = say.region(country.lower())
        counts = [
            say.message("report.map.count", n=str(n), kind=say.word(kind, of="kind"))
            for kind, n in sorted(shown[country].items())
        ]
        none = [say.word(kind, of="kind") for kind in sorted(known[country]) if kind not in shown[country]]
        if counts:
            parts.append(say.message("report.map.counts", country=name, counts=joined(say, counts)))
        if none:
            lacking.append(say.message("report.map.counts", country=name, counts=joined(say, none)))
    told = [say.message("report.map.shown", counts="; ".join(parts) or "–")]
    if lacking:
        words = "; ".join(lacking)
        hourly = found["every"] == "hour"
        told.append(
            say.message("report.map.lacking", lacking=words)
            if hourly
            else say.message("report.map.lacking_day", lacking=words)
        )
    return told


def _at(say: Speaker, found: Answer) -> str:
    if found["every"] == "day":
        return say.date(found["start"])
    return say.message("report.hour_from", at=say.moment(found["start"], offset=True))


def _dots(
    say: Speaker, answer: Answer, found: Answer | None, kinds: list[str] | None = None
) -> list[station_map.Dot]:
    """The stations of some kinds (all without) with a value then."""
    scales = {one: grades(say.facts, answer, one) for one in ("KR", "CN")}
    rows = [] if found is None else found["stations"]
    return [
        _dot(say, row, scales, place=kinds is None) for row in rows if kinds is None or row["kind"] in kinds
    ]


def _dot(say: Speaker, row: Answer, scales: dict[str, list[Step]], *, place: bool) -> station_map.Dot:
    scale = scales.get(row["country"] or "", [])
    name = say.station(row["station"], place=place)
    return station_map.Dot(name, row["lat"], row["lon"], row["value"], grade_of(scale, row["value"]), scale)


def _map(
    say: Speaker,
    ident: str,
    title: str,
    found: Answer,
    dots: list[station_map.Dot],
    frame: station_map.Frame,
    kinds: Sequence[str] = (),
) -> Plate:
    shown = frame.inside(dots)
    used = list({id(one.scale): one.scale for one in shown if one.scale}.values())
    top = sorted(shown, key=lambda one: -(one.value or 0))
    names = ", ".join(f"{one.name} {one.value:.0f}" for one in top[:3])
    low = f"{top[-1].name} {top[-1].value:.0f}" if top else "–"
    text = say.message("report.map.text", n=len(shown), names=names, low=low, unit=say.unit(MICROGRAMS))
    coast = station_map.coast(COAST)
    rows = [[cell(one.name), figure(f"{one.value:.0f}")] for one in top]
    feeds = sorted({line for one in found["stations"] for line in one["attribution"]})
    who = "; ".join(say.retell(one) for one in feeds)
    return Plate(
        ident,
        title,
        text,
        lambda width, name: station_map.draw(
            dots, frame, coast, used, min(width, 640), name, title, text, say.language
        ),
        Table(f"{ident}-data", title, [say.word("station"), say.unit(MICROGRAMS)], rows),
        [
            say.message("report.map.source", who=who, n=len(shown)),
            say.message("report.map.coast"),
        ],
        [*kinds, say.message("report.map.rule")],
        640,
    )
