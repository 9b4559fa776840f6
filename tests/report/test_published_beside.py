"""Published figures beside computed ones, every vintage, on each figure's own days."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from conftest import Air

from config.facts import Facts
from config.places import Places
from report import published_beside

HEAD = "region,start,end,metric,value,unit,vintage,reference_state,dust,cities,status,source,confidence\n"


def own(tmp_path: Path, *rows: str) -> Facts:
    (tmp_path / "published.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return Facts(own=tmp_path)


def asked(air: Air, facts: Facts, metric: str | None = None) -> list[dict[str, object]]:
    region = Places(facts).region("kr-sejong")
    days = date(2019, 3, 1), date(2019, 3, 4)
    return published_beside.ask(air.store, facts, region, *days, metric)["figures"]


def test_each_vintage_stands_beside_the_same_computed_figure(local_air: Air, tmp_path: Path) -> None:
    facts = own(
        tmp_path,
        "kr-sejong,2019-03-01,2019-03-02,pm25_mean,20,ug/m3,first,actual,unknown,,provisional,a list,high",
        "kr-sejong,2019-03-01,2019-03-02,pm25_mean,22,ug/m3,second,actual,unknown,,final,a list,high",
    )
    (station,) = local_air.of("kr-sejong")
    for day, value in (("2019-03-01", 10), ("2019-03-02", 40)):
        local_air.day(station, day, value)
    first, second = asked(local_air, facts)
    assert (first["computed"], first["comparable"], first["difference"]) == (25.0, False, None)
    assert "provisional" in str(first["why"])
    assert (second["computed"], second["comparable"], second["difference"]) == (25.0, True, 3.0)


def test_a_chinese_year_needs_324_days_and_fewer_than_all_are_told(local_air: Air, tmp_path: Path) -> None:
    """GB 3095-2012: of a year 324 day means; a year without its worst months is not the year."""
    line = "cn-beijing,{0}-01-01,{0}-12-31,pm25_mean,90,ug/m3,first,standard,unknown,,final,a list,high"
    facts = own(tmp_path, line.format(2014), line.format(2015))
    station = local_air.of("cn-beijing")[0]
    for year, days in ((2014, 323), (2015, 324)):
        for day in range(days):
            local_air.day(station, str(date(year, 1, 1) + timedelta(days=day)), 80, feed="uci-beijing")
    region, span = Places(facts).region("cn-beijing"), (date(2014, 1, 1), date(2015, 12, 31))
    told = published_beside.ask(local_air.store, facts, region, *span, "pm25_mean")["figures"]
    short, whole = (one for one in told if one["vintage"] == "first")
    assert (short["comparable"], short["why"]) == (False, "computed from 323 of 365 days")
    assert (whole["comparable"], whole["why"]) == (True, "computed from 324 of 365 days")
    assert (short["difference"], whole["difference"]) == (None, -10.0)


def test_where_nothing_is_held_the_figure_stands_alone_and_says_so(local_air: Air, tmp_path: Path) -> None:
    facts = own(
        tmp_path,
        "kr-sejong,2019-03-01,2019-03-02,pm25_mean,20,ug/m3,first,actual,unknown,,final,a list,high",
    )
    (row,) = asked(local_air, facts)
    assert (row["value"], row["computed"], row["comparable"]) == (20.0, None, False)
    assert "not computed" in str(row["why"])


def test_days_are_classed_and_measures_counted_on_the_figures_own_days(
    local_air: Air, tmp_path: Path
) -> None:
    facts = own(
        tmp_path,
        "kr-sejong,2019-03-01,2019-03-02,bad_days,1,days,first,unknown,unknown,,final,a list,high",
        "kr-sejong,2019-03-01,2019-03-02,measure_days,2,days,first,unknown,unknown,,final,a list,high",
    )
    (station,) = local_air.of("kr-sejong")
    for day, value in (("2019-03-01", 10), ("2019-03-02", 40)):
        local_air.day(station, day, value)
    bad, measures = asked(local_air, facts)
    assert (bad["metric"], bad["computed"], bad["difference"]) == ("bad_days", 1, 0)
    assert (measures["metric"], measures["computed"]) == ("measure_days", 2)


@pytest.mark.parametrize(("metric", "found"), [("bad_days", 1), ("good_days", 0)])
def test_a_metric_picks_figures(local_air: Air, tmp_path: Path, metric: str, found: int) -> None:
    facts = own(
        tmp_path,
        "kr-sejong,2019-03-01,2019-03-02,bad_days,1,days,first,unknown,unknown,,final,a list,high",
    )
    assert len(asked(local_air, facts, metric)) == found
