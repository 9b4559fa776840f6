"""The tables of a season's sheet: figures by season, and measures by sido and season."""

from __future__ import annotations

from config.words import Speaker
from report.answer import Answer
from report.figures.sheet import Cell
from report.paper.held import provisional
from report.paper.lines import MICROGRAMS, cell, figure, interval, mean, metric, signed, source
from report.paper.sheet import Table

_SHADES = ("#ffffff", "#dbe6ef", "#b3cadd", "#7ba2c2", "#3f729c", "#12395b")
COUNTS = ("good_days", "bad_days", "high_days", "heavy_days", "heavy_city_days")


def label(season: str) -> str:
    """A season by its years: kr-2024 is 2024/25."""
    year = int(season.rpartition("-")[2])
    return f"{year}/{(year + 1) % 100:02d}"


def season_table(say: Speaker, answer: Answer) -> Table:
    """The seasons in figures; a figure that the data held cannot give is a dash."""
    several = len({row["region"] for row in answer["seasons"]}) > 1
    keys = [
        key
        for key in ("mean", "median", "p90", "p98", "max_hour", *COUNTS, "longest_run_days", "measure_days")
        if any(row.get(key) is not None for row in answer["seasons"])
    ]
    heads = {
        "mean": say.word("mean"),
        "median": say.word("median"),
        "p90": say.word("p90"),
        "p98": say.word("p98"),
        "max_hour": say.word("max h"),
        "longest_run_days": say.word("run"),
        "measure_days": say.word("measures"),
    }
    rows = [
        [
            *([cell(say.region(row["region"]))] if several else []),
            Cell(label(row["season"]) + (f" · {row['month']}" if row.get("month") else ""), bold=True),
            *(figure(_figure(say, key, row.get(key))) for key in keys),
            figure(signed(row["change"]["difference"])),
            figure(interval(row["change"]["low"], row["change"]["high"]) or "–"),
            figure(mean(say, row["like_for_like"]["mean"])),
            figure(say.percent(row["capture"], 1)),
            figure("–" if row["stations"] is None else str(row["stations"])),
        ]
        for row in answer["seasons"]
    ]
    headings = [
        *([say.word("region")] if several else []),
        say.word("season"),
        *(heads.get(key) or metric(say, key) for key in keys),
        say.message("report.head.change"),
        "95 %",
        say.word("same stations"),
        say.word("capture"),
        say.word("stations"),
    ]
    through = answer["known_through"]["measures"]
    reach = [say.message("report.force.through", day=say.date(through))] if through else []
    title = say.message("report.season.table", unit=say.unit(MICROGRAMS))
    return Table("season-table", title, headings, rows, season_source(say, answer), reach)


def _figure(say: Speaker, key: str, value: float | None) -> str:
    if value is None:
        return "–"
    whole = key.endswith("days") or key in ("max_hour", "measure_days")
    return f"{value:.0f}" if whole else mean(say, value)


def season_source(say: Speaker, answer: Answer) -> list[str]:
    """Where the figures of all seasons come from."""
    return source(say, answer, provisional=provisional(say.facts, answer["data"]["feeds"]))


def measures_matrix(say: Speaker, found: Answer) -> Table | None:
    """Dates with an emergency measure by sido and season; a star where the list is complete."""
    if not found["rows"]:
        return None
    rows = []
    for row in found["rows"]:
        cells = [Cell(say.region(row["region"]), bold=row["region"] == "kr")]
        for season in found["seasons"]:
            told = row["days"][season]
            cells.append(_count(told))
        rows.append(cells)
    headings = [say.word("region"), *map(label, found["seasons"])]
    through = say.date(found["known_through"]) if found["known_through"] else say.word("not known")
    return Table(
        "measures-matrix",
        say.message("report.matrix.title"),
        headings,
        rows,
        [say.message("report.matrix.source", day=through)],
        [say.message("report.matrix.signs")],
    )


def _count(told: Answer) -> Cell:
    n = told["days"]
    if n is None:
        return Cell("?", figure=True)
    shade = _SHADES[min(n, len(_SHADES) - 1)]
    ink = "#ffffff" if n >= 4 else "#1d2733"
    text = (str(n) if n else "·") + ("*" if told["complete"] else "")
    return Cell(text, figure=True, shade=shade if n else None, ink=ink)
