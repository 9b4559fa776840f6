"""The stations of an episode's sheet at its peak, near by and on both shores."""

from __future__ import annotations

from pathlib import Path

from config.facts import CATALOGUE
from config.words import Speaker
from report.answer import Answer
from report.figures import station_map
from report.figures.grades import Step, grade_of
from report.paper.episode_figures import grades
from report.paper.lines import MICROGRAMS, cell, figure
from report.paper.sheet import Plate, Table

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
        title = say.message("report.map.shores", at=_at(say, shores))
        dots = _dots(say, answer, shores)
        plates.append(_map(say, "map-shores", title, shores, dots, station_map.BOTH_SHORES))
    return plates


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
        [say.message("report.map.rule")],
        640,
    )
