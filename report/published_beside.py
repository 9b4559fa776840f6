"""`yellowsea published`: every figure that authorities published of a region, by vintage, beside what the
readings held give for the same days."""

from __future__ import annotations

from datetime import date

from analysis.seasons import describe
from config.air import Region
from config.facts import Facts
from report.answer import Answer, number
from report.measures import Ledger
from report.published import within
from report.question import QuestionError
from report.regional import SHARE
from report.season_figures import COUNTS, city_days, classed
from report.season_published import beside
from report.span_mean import SpanDays, data_of_spans, span_days
from report.stations_held import Desk
from store.engine import Store


def ask(
    store: Store,
    facts: Facts,
    region: Region,
    first: date | None,
    last: date | None,
    metric: str | None = None,
) -> Answer:
    """The published figures of a region whose days lie in a span, each beside the computed one.

    Where nothing is held of the days of a figure, it says so and stands alone.

    Raises
    ------
    QuestionError
        For a metric that no published figure of the catalogue bears.
    """
    metrics = sorted({one.metric for one in facts.published})
    if metric is not None and metric not in metrics:
        raise QuestionError(f"no published figure is called {metric!r}; there are {', '.join(metrics)}")
    found = within(facts, region.id, first or date.min, last or date.max)
    found = [one for one in found if metric in (None, one.metric)]
    spans = sorted({(one.start, one.end) for one in found})
    rows, read = [], []
    with store.read() as connection:
        desk = Desk(connection, facts)
        for start, end in spans:
            held = span_days(desk, region.id, start, end)
            if held is not None:
                read.append(held)
            told = _computed(desk, region, start, end, held)
            place = held.place if held else None
            rows += [
                {"region": region.id, "start": start.isoformat(), "end": end.isoformat(), **row}
                for row in beside(facts, region.id, start, end, told, place)
                if metric in (None, row["metric"])
            ]
        data = data_of_spans(desk, read)
    return {
        "question": {
            "region": region.id,
            "from": first.isoformat() if first else None,
            "to": last.isoformat() if last else None,
            "metric": metric,
        },
        "method": {
            "computed": f"from the readings held of the same days; compared where {SHARE:.0%} of them are "
            "valid, of a year as many as the country's rule needs (catalogue: validity)",
            "difference": "computed minus published, where the two may be compared",
        },
        "data": data,
        "figures": rows,
    }


def _computed(desk: Desk, region: Region, start: date, end: date, held: SpanDays | None) -> Answer:
    """The figures of the same days; null where nothing is held."""
    ledger = Ledger(desk.facts, desk.places, region.id)
    through = ledger.known_through()
    reached = region.country == "KR" and through is not None and start <= through
    told: Answer = {"measure_days": len(ledger.days(start, end)) if reached else None}
    if held is None:
        return told
    place = held.place
    told["mean"] = number(describe(place.value).mean)
    for counts_as in COUNTS:
        told[counts_as] = classed(desk.facts, region.country, counts_as, place.value, start)
    told["heavy_city_days"] = city_days(desk.facts, region.country, place, start)
    return told
