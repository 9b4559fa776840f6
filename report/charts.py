"""A chart of episodes: the values of a place, its threshold and its episodes, as SVG, PNG or one HTML file.

Labels are Latin on purpose: a machine without Korean or Chinese fonts draws boxes. Nothing is
fetched: neither when a chart is drawn nor when it is looked at.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from report.answer import SYNTHETIC
from report.episodes import Episodes
from report.question import QuestionError

if TYPE_CHECKING:
    import altair as alt

ENDINGS = (".svg", ".png", ".html")

WIDTH, HEIGHT = 760, 300
# Beyond so many values bars are hairs, and a line reads better.
MOST_BARS = 200
# How many episodes bear the figure of their peak, the highest first.
MOST_PEAKS = 6
AIR, BAD, SHADE, LIMIT = "#9db4c8", "#35597a", "#f6d7b0", "#b5471b"
# The last letter of Latin Extended-B; beyond it fonts differ from machine to machine.
_LAST_LATIN = 0x24F
_SIGNS = frozenset("–—·≥≤³×…’“”")


def write(found: Episodes, path: Path) -> None:
    """Draw the answer of `report.episodes.ask` into a file.

    Raises
    ------
    QuestionError
        For an ending that there is not, and a file that cannot be written.
    """
    check(path)
    drawing = chart(found)
    try:
        if path.suffix.lower() == ".html":
            drawing.save(str(path), format="html", inline=True)
        elif path.suffix.lower() == ".png":
            drawing.save(str(path), format="png", scale_factor=2)
        else:
            drawing.save(str(path), format="svg")
    except OSError as error:
        raise QuestionError(f"{path} cannot be written: {error.strerror}") from None


def check(path: Path) -> None:
    """Refuse a file name that does not say what to draw."""
    if path.suffix.lower() not in ENDINGS:
        raise QuestionError(f"{path}: a chart's file ends in {', '.join(ENDINGS)}")


def chart(found: Episodes) -> alt.LayerChart:
    """The drawing: bars of day means (a line of hour means, or of many days), shaded where an episode was."""
    import altair as alt

    values, episodes = _values(found), _episodes(found)
    bars = found.place.step > 1 and len(values) <= MOST_BARS
    axis = alt.Axis(
        title=_caption(found, missing=any(row["value"] is None for row in values)),
        format="%-d %b" if len(values) * found.place.step < 24 * 200 else "%b %Y",
        labelFlush=False,
        labelOverlap=True,
        labelSeparation=8,
        # The name of a day stands below its bar, not where the day begins.
        labelOffset=WIDTH / len(values) / 2 if bars else 0,
        ticks=not bars,
        grid=False,
        titleAnchor="start",
        titleAlign="left",
        titleFontWeight="normal",
        titleFontSize=10,
        titleColor="#555",
        titleLineHeight=14,
        titlePadding=14,
    )
    # Civil times are drawn as if they were UTC, so that no viewer's own clock moves them.
    x = alt.X("start:T", scale=alt.Scale(type="utc", nice=False), axis=axis)
    unit = found.answer["method"]["unit"].replace("ug/m3", "µg/m³")
    top = max([row["value"] for row in values if row["value"] is not None] + [found.profile.enter])
    y = alt.Y(
        "value:Q", title=f"{_pollutant(found)}, {unit}", scale=alt.Scale(zero=True, domainMax=top * 1.1)
    )
    layers = [
        alt.Chart(_rows(episodes)).mark_rect(color=SHADE, opacity=0.6).encode(x=x, x2="end:T"),
        (_bars if bars else _line)(values, x, y),
        *_thresholds(found),
        _peaks(episodes, x, y),
    ]
    gone = [row for row in values if row["value"] is None and found.place.step > 1]
    if gone:
        crosses = alt.Chart(_rows(gone)).mark_text(text="×", dy=-6, fontSize=12, color="#777")
        layers.append(crosses.encode(x=alt.X("middle:T", axis=axis), y=alt.datum(0)))
    drawing = alt.layer(*layers).properties(width=WIDTH, height=HEIGHT, title=_title(found, unit))
    drawn: alt.LayerChart = drawing.configure_view(stroke=None).configure_axisY(
        grid=True, gridColor="#e8e8e8"
    )
    return drawn


def _bars(values: list[dict[str, Any]], x: alt.X, y: alt.Y) -> alt.Chart:
    import altair as alt

    shown = [row for row in values if row["value"] is not None]
    colour = alt.condition(alt.datum.inside, alt.value(BAD), alt.value(AIR))
    bars = alt.Chart(_rows(shown)).mark_bar()
    drawn: alt.Chart = bars.encode(x=x, x2="end:T", y=y, y2=alt.datum(0), color=colour)
    return drawn


def _line(values: list[dict[str, Any]], x: alt.X, y: alt.Y) -> alt.Chart:
    import altair as alt

    line = alt.Chart(_rows(values)).mark_line(color=BAD, strokeWidth=1.2, interpolate="step-after")
    drawn: alt.Chart = line.encode(x=x, y=y)
    return drawn


def _thresholds(found: Episodes) -> list[alt.Chart]:
    """The line that an episode enters by, with its name, and the one it ends by where that is another."""
    import altair as alt

    profile, told = found.profile, found.answer["method"]["profile"]
    lines = [(profile.enter, [f"{told['enter']}", _latin(profile.id, "given")], [1, 0])]
    if profile.exit is not None:
        lines.append((profile.exit, [f"ends {told['exit']}"], [4, 3]))
    drawn = []
    for at, words, dash in lines:
        base = alt.Chart(_rows([{}])).encode(y=alt.datum(at))
        label = base.mark_text(align="left", baseline="middle", color=LIMIT, fontSize=10, text=words)
        drawn += [
            base.mark_rule(color=LIMIT, strokeWidth=1, strokeDash=dash),
            label.encode(x=alt.value(WIDTH + 6)),
        ]
    return drawn


def _peaks(episodes: list[dict[str, Any]], x: alt.X, y: alt.Y) -> alt.Chart:
    import altair as alt

    highest = sorted(episodes, key=lambda row: -row["peak"])[:MOST_PEAKS]
    text = alt.Chart(_rows(highest)).mark_text(dy=-7, fontSize=11, color="#333")
    at, height = x.copy(), y.copy()
    at.shorthand, height.shorthand = "peak_at:T", "peak:Q"
    drawn: alt.Chart = text.encode(x=at, y=height, text=alt.Text("peak:Q", format=".1f"))
    return drawn


def _rows(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Data that travel with the drawing."""
    return {"values": rows}


def _values(found: Episodes) -> list[dict[str, Any]]:
    place = found.place
    zone, hours = found.question.zone, place.step
    spans = [(one["start"][:19], one["end"][:19]) for one in found.answer["episodes"]]
    rows = []
    for index, value in enumerate(place.value.tolist()):
        start = _civil(place.first + index * hours, zone)
        rows.append(
            {
                "start": _stamp(start),
                "middle": _stamp(start + timedelta(hours=hours / 2)),
                # A sliver between bars.
                "end": _stamp(start + timedelta(hours=hours * 0.9)),
                "value": None if value != value else value,
                "inside": any(low <= start.isoformat()[:19] < high for low, high in spans),
            }
        )
    return rows


def _episodes(found: Episodes) -> list[dict[str, Any]]:
    half = timedelta(hours=found.place.step / 2 if found.place.step > 1 else 0)
    return [
        {
            "start": one["start"][:19] + "Z",
            "end": one["end"][:19] + "Z",
            "peak": one["peak"],
            "peak_at": _stamp(datetime.fromisoformat(one["peak_time"]).replace(tzinfo=UTC) + half),
        }
        for one in found.answer["episodes"]
    ]


def _civil(hour: int, zone: str) -> datetime:
    return datetime.fromtimestamp(int(hour) * 3600, ZoneInfo(zone)).replace(tzinfo=UTC)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _title(found: Episodes, unit: str) -> alt.TitleParams:
    import altair as alt

    told, n = found.answer["method"]["profile"], len(found.answer["episodes"])
    what = "day means" if found.place.step > 1 else "hour means"
    rule = told["title"].replace("ug/m3", "µg/m³") if told["source"] else f"{told['enter']} {unit}"
    text = f"{_place(found)}: {what} of {_pollutant(found)}, {_span(found)}"
    counted = f"{n} episode{'s' * (n != 1)} (shaded)" if n else "no episode"
    shaded = f"{counted}: {_latin(rule, told['enter'])}"
    synthetic = SYNTHETIC in found.answer["data"]["notes"]
    return alt.TitleParams(
        text=text,
        subtitle=["SYNTHETIC: invented by the sandbox, not measured", shaded] if synthetic else shaded,
        anchor="start",
        fontSize=14,
        subtitleFontSize=11,
        subtitleColor=LIMIT if synthetic else "#444",
        offset=14,
    )


def _caption(found: Episodes, *, missing: bool) -> list[str]:
    """What a reader has to know beside a picture: who measured, how much of it, on which clock."""
    data = found.answer["data"]
    known = f" of {data['stations_known']} known" if data["stations_known"] else ""
    capture = "" if data["capture"] is None else f" · capture {data['capture']:.1%}"
    counted = f"{data['stations']}{known} stations ({', '.join(data['kinds'])}){capture}"
    first = f"feeds {', '.join(data['feeds'])} · {data['basis']} basis · {counted}"
    first += f" · civil time of {found.question.zone}"
    if missing:
        first += " · × no valid value" if found.place.step > 1 else " · breaks: no valid value"
    lines = [first, *(f"source: {_latin(line, 'see the feed')}" for line in data["attribution"])]
    worlds = [world for world in data["worlds"] if world != "real"]
    return [*lines, f"world: {', '.join(worlds)}"] if worlds else lines


def _place(found: Episodes) -> str:
    return _latin(found.question.place, found.question.region.id if found.question.region else "place")


def _pollutant(found: Episodes) -> str:
    return {"pm25": "PM2.5", "pm10": "PM10"}.get(found.question.pollutant, found.question.pollutant.upper())


def _span(found: Episodes) -> str:
    first, last = found.question.first_day, found.question.last_day
    shown = f"{first.day} {first:%b %Y}" if first.year != last.year else f"{first.day} {first:%b}"
    return f"{shown} – {last.day} {last:%b %Y}"


def _latin(text: str, instead: str) -> str:
    """The text where every machine has its letters, else something that stands for it."""
    return text if all(ord(letter) <= _LAST_LATIN or letter in _SIGNS for letter in text) else instead
