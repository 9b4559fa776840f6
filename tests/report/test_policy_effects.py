"""`yellowsea effect --season | --standard`: estimates of one form, and plainly none where none can be had."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from analysis.weather_normal import normalise
from benchmarks.starts import wander
from cli import effects as command
from config.air import Station
from config.fact import FactError
from config.facts import Facts
from config.places import UnknownPlaceError
from ingest.source import Quantity
from report import effect_policy, effect_subjects
from report.effect_policy import Asked
from report.question import NothingHeldError, QuestionError
from tests.report.conftest import Air, hour

KEYS = {"method", "estimate", "unit", "low", "high", "p", "n", "placebo_mean", "placebo_p", "assumptions"}
SEOUL, BEIJING = "kr-seoul", "cn-beijing"
BEGAN = date(2019, 12, 1)
FIRST, LAST = date(2014, 1, 1), date(2020, 2, 29)
# Cities that were not under the first campaign.
FREE = ["cn-chengdu", "cn-shanghai", "cn-guangzhou", "cn-wuhan", "cn-nanjing", "cn-hangzhou", "cn-shenyang"]
FREE += ["cn-dalian", "cn-kunming", "cn-chongqing", "cn-fuzhou", "cn-xiamen", "cn-hefei", "cn-nanning"]
FREE += ["cn-changsha", "cn-nanchang", "cn-guiyang", "cn-lanzhou", "cn-xining", "cn-yinchuan", "cn-wulumuqi"]


def days_of(seed: int, first: date = FIRST, last: date = LAST, common: Any = 0.0) -> np.ndarray:
    """Day means of a place: a cycle, and weather that wanders."""
    n = (last - first).days + 1
    cycle = 0.25 * np.cos(2 * np.pi * np.arange(n) / 365.25)
    return np.exp(3.3 + cycle + common + 0.2 * wander(n, 0.5, np.random.default_rng(seed)))


def of_seoul(air: Air, effect: float, seed: int = 1) -> Air:
    """Seoul's days, with an effect from the first day of the first season on."""
    values = days_of(seed)
    values[(BEGAN - FIRST).days :] *= np.exp(effect)
    (station,) = air.of(SEOUL, day="2019-03-05")
    air.daily(station, FIRST.isoformat(), values.tolist())
    return air


def ask(air: Air, region: str, season: str | None = None, standard: str | None = None, **how: Any) -> Any:
    """The answer about a season or standard."""
    asked = Asked(season, standard, how.pop("each", False))
    about = effect_policy.span(air.facts, region, asked)
    span = {"since": about.first.isoformat(), "until": about.last.isoformat(), "pollutant": about.pollutant}
    return effect_policy.ask(air.store, air.facts, air.asked(region=region, **span, **how), asked)


def by_method(answer: Any) -> dict[str, Any]:
    return {row["method"]: row for row in answer["estimates"]}


def assumption(row: Any, name: str) -> Any:
    return next(one for one in row["assumptions"] if one["assumption"] == name)


# Interrupted series


def test_a_planted_effect_of_a_season_is_found_in_one_form(local_air: Air) -> None:
    answer = ask(of_seoul(local_air, np.log(0.6)), SEOUL, "kr-2019")
    assert answer["identifiable"] is True
    assert all(set(row) >= KEYS for row in answer["estimates"])
    assert sorted(row["trust"] for row in answer["estimates"]) == [1, 2, 3, 4]
    for method in ("interrupted-years", "interrupted-series"):
        row = by_method(answer)[method]
        assert row["estimate"] == pytest.approx(-40, abs=12)
        assert row["low"] < row["estimate"] < row["high"] < 0
        assert (row["unit"], row["n"]) == ("%", 7)
        assert row["p"] < 0.05
        assert row["placebo_draws"] == 7 * 5  # five years and seven shifts, but where the first year begins
        assert "associated with lower values" in row["words"]


def test_no_effect_is_an_answer(local_air: Air) -> None:
    answer = ask(of_seoul(local_air, 0.0), SEOUL, "kr-2019")
    row = by_method(answer)["interrupted-years"]
    assert row["low"] < 0 < row["high"]
    assert "cannot be told apart from no change" in row["words"]


def test_what_else_happened_in_the_window_is_named_and_fails(local_air: Air) -> None:
    row = by_method(ask(of_seoul(local_air, 0.0), SEOUL, "kr-2019"))["interrupted-years"]
    found = assumption(row, "nothing else changed")
    assert found["held"] is False
    assert "Lunar New Year (Seollal) 2020" in found["told"]
    assert "first wave of COVID-19 (across the sea)" in found["told"]
    assert "Seasonal curbs" not in found["told"]  # what is asked about


def test_a_later_season_is_set_against_years_before_the_scheme(local_air: Air) -> None:
    about = effect_policy.span(local_air.facts, SEOUL, Asked("6th"))
    assert (about.id, about.years) == ("kr-2024", [2014, 2015, 2016, 2017, 2018])


def test_too_few_years_give_no_number(local_air: Air) -> None:
    (station,) = local_air.of(SEOUL, day="2019-03-05")
    first = date(2017, 1, 1)
    local_air.daily(station, first.isoformat(), days_of(1, first).tolist())
    answer = ask(local_air, SEOUL, "kr-2019")
    assert answer["identifiable"] is False
    row = by_method(answer)["interrupted-series"]
    assert (row["estimate"], row["low"], row["p"]) == (None, None, None)
    assert "the same weeks of 2 years before the policy are held; 3 are needed" in row["words"]


def test_a_step_before_the_start_fails_the_assumption(local_air: Air) -> None:
    values = days_of(1)
    values[(BEGAN - FIRST).days - 56 :] *= 3
    (station,) = local_air.of(SEOUL, day="2019-03-05")
    local_air.daily(station, FIRST.isoformat(), values.tolist())
    row = by_method(ask(local_air, SEOUL, "kr-2019"))["interrupted-years"]
    assert assumption(row, "no step before the start")["held"] is False


def test_each_part_is_asked_apart_and_together_they_have_a_rate_of_false_discoveries(local_air: Air) -> None:
    air = of_seoul(local_air, np.log(0.6))
    hours = np.repeat(days_of(2), 24).tolist()
    for region in ("kr-incheon", "kr-gyeonggi"):
        (station,) = air.of(region, day="2019-03-05")
        air.hours(station, f"{FIRST}T00:00+09:00", hours)
    rows = ask(air, "kr-capital", "kr-2019", each=True)["estimates"]
    own = [row for row in rows if row["method"] == "interrupted-years"]
    assert sorted(row["region"] for row in own) == ["kr-gyeonggi", "kr-incheon", "kr-seoul"]
    assert all(row["q"] >= row["p"] for row in own)
    assert max(row["q"] for row in own) == pytest.approx(max(row["p"] for row in own))


# Synthetic control


def of_china(air: Air, cities: list[str], effect: float = 0.0) -> Air:
    """Beijing and other cities, that share most of their weather."""
    first, last = date(2015, 8, 1), date(2017, 12, 31)
    n = (last - first).days + 1
    common = 0.3 * wander(n, 0.7, np.random.default_rng(0))
    for seed, city in enumerate([BEIJING, *cities]):
        values = days_of(seed + 10, first, last, common)
        if city == BEIJING:
            values[(date(2017, 10, 1) - first).days :] *= np.exp(effect)
        (station,) = air.of(city, kind="composite", day="2017-01-05")
        air.daily(station, first.isoformat(), values.tolist(), feed="aqistudy-daily")
    return air


def test_a_synthetic_control_is_made_of_cities_not_under_the_campaign(local_air: Air) -> None:
    air = of_china(local_air, [*FREE, "cn-tianjin", "cn-shijiazhuang"], np.log(0.6))
    answer = ask(air, BEIJING, "cn-2017")
    row = by_method(answer)["synthetic-control"]
    assert row["detail"]["donors"] == len(FREE)  # Tianjin and Shijiazhuang are of the 2+26
    assert row["estimate"] == pytest.approx(-40, abs=6)
    assert row["placebo_p"] == row["p"] == pytest.approx(1 / (len(FREE) + 1))
    assert row["low"] < row["estimate"] < row["high"] < 0
    assert abs(row["placebo_mean"]) < 10
    assert [one["weeks_before"] for one in row["placebo_in_time"]] == [16, 32, 48]
    assert all(abs(one["estimate"]) < 15 for one in row["placebo_in_time"])
    assert row["trust"] == 1


def test_with_too_few_donors_it_is_not_decidable_and_has_no_number(local_air: Air) -> None:
    row = by_method(ask(of_china(local_air, FREE[:9]), BEIJING, "cn-2017"))["synthetic-control"]
    assert (row["estimate"], row["placebo_p"], row["assumptions"]) == (None, None, [])
    assert row["words"] == (
        "not decidable: 9 regions that are not under the policy are held throughout; 10 are needed"
    )


def test_a_season_of_a_whole_country_leaves_no_donor(local_air: Air) -> None:
    row = by_method(ask(of_seoul(local_air, 0.0), SEOUL, "kr-2019"))["synthetic-control"]
    assert "0 regions that are not under the policy" in row["why"]


# Weather


def blow(air: Air, first: date, last: date, region: str = SEOUL) -> None:
    """Weather of a model at a point of the region."""
    name = f"open-meteo-{region}"
    how = {
        "id": name,
        "network": "open-meteo",
        "code": region,
        "name": region,
        "kind": "model",
        "area": region,
    }
    air.stations.append(Station(**how, lat=37.5, lon=127.0, source="test", confidence="high"))
    start, n = hour(f"{first}T00:00+09:00"), 24 * ((last - first).days + 1)
    rng = np.random.default_rng(5)
    for number, (what, unit) in enumerate((("temperature", "degC"), ("wind_u", "m/s"), ("wind_v", "m/s"))):
        values = np.repeat(10 * number + 4 * wander(n // 24, 0.5, rng), 24)
        quantity = Quantity(what, unit, "instant")
        air.write(
            name, np.arange(start, start + n), values.tolist(), "open-meteo-era5", "PT1H", quantity=quantity
        )


def test_with_weather_stored_a_forest_takes_it_out(local_air: Air, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(normalise.__kwdefaults__, "trees", 25)
    monkeypatch.setitem(normalise.__kwdefaults__, "draws", 5)
    air = of_seoul(local_air, np.log(0.6))
    about = effect_policy.span(air.facts, SEOUL, Asked("kr-2019"))
    blow(air, date(2018, 1, 1), about.last)
    row = by_method(ask(air, SEOUL, "kr-2019"))["weather-normalised"]
    assert row["estimate"] == pytest.approx(-40, abs=15)
    assert row["detail"]["weather"] == ("temperature", "wind_u", "wind_v")
    assert row["detail"]["network"] == "open-meteo"
    fit = assumption(row, "fit out of bag")
    assert fit["held"] is (row["detail"]["explained"] >= 0.5)
    again = by_method(ask(air, SEOUL, "kr-2019"))["weather-normalised"]
    assert again == row  # seeded


def test_without_weather_there_is_no_such_estimate_and_it_says_so(local_air: Air) -> None:
    row = by_method(ask(of_seoul(local_air, 0.0), SEOUL, "kr-2019"))["weather-normalised"]
    assert row["estimate"] is None
    assert "no weather of these days is stored" in row["words"]


# What is refused


def test_china_is_refused_over_its_change_of_reference_state(local_air: Air) -> None:
    (station,) = local_air.of(BEIJING, day="2018-01-01")
    first, last = date(2016, 1, 1), date(2019, 1, 31)
    hours = np.repeat(days_of(3, first, last), 24).tolist()
    local_air.hours(station, f"{first}T00:00+08:00", hours, "cnemc-archive")
    with pytest.raises(QuestionError, match="from standard to actual state on 2018-09-01"):
        ask(local_air, BEIJING, "cn-2018")


@pytest.mark.parametrize(
    ("region", "asked", "said"),
    [
        (SEOUL, {"season": "env-mou-2014"}, "kind MOU: nothing of it acts on a day"),
        (SEOUL, {"standard": "joint-committee-22"}, "kind meeting: nothing of it acts on a day"),
        (SEOUL, {"season": "kr-2018"}, "before the scheme began"),
        (SEOUL, {"season": "cn-2017"}, "season of another country"),
        (SEOUL, {"standard": "CN-2012-II"}, "standard of another country"),
        (SEOUL, {"standard": "WHO-2021"}, "no day by a government"),
        (SEOUL, {"standard": "KR-1"}, "no standard is called 'KR-1'"),
        (
            "cn-shanghai",
            {"season": "cn-2017"},
            "not under cn-autumn-winter on 2017-10-01: it concerned cn-jjj-2p26",
        ),
        (SEOUL, {"standard": "KR-PM10"}, "no window is written down"),
    ],
)
def test_what_cannot_be_asked_is_refused(facts: Facts, region: str, asked: dict[str, str], said: str) -> None:
    with pytest.raises(QuestionError, match=said):
        effect_policy.span(facts, region, Asked(**asked))


def test_one_policy_is_asked_at_a_time() -> None:
    for given in ({}, {"season": "kr-2019", "standard": "KR-2018"}):
        with pytest.raises(QuestionError, match="give one of"):
            Asked(**given)


def test_nothing_held_is_said(local_air: Air) -> None:
    with pytest.raises(NothingHeldError):
        ask(local_air, "kr-busan", "kr-2019")
    with pytest.raises(UnknownPlaceError):
        ask(local_air, "Atlantis", "kr-2019")


# The windows


def test_a_standard_has_half_a_year_on_either_side_and_its_own_pollutant(facts: Facts) -> None:
    about = effect_policy.span(facts, SEOUL, Asked(None, "kr-2018"))
    assert (about.id, about.pollutant, about.start) == ("KR-2018", "pm25", date(2018, 3, 27))
    assert about.window == (26, 26, 2)
    assert about.last == date(2018, 3, 27) + timedelta(weeks=26) - timedelta(days=1)


def test_every_compared_year_ends_before_the_policy_begins(facts: Facts) -> None:
    for region, asked in (
        (SEOUL, Asked("kr-2023")),
        (BEIJING, Asked("cn-2019")),
        (SEOUL, Asked(None, "KR-2018")),
    ):
        about = effect_policy.span(facts, region, asked)
        reach = timedelta(weeks=about.design.after_weeks + max(effect_subjects.SHIFTS))
        assert len(about.anniversaries) == 6
        assert all(one + reach <= about.began for one in about.anniversaries[:-1])


def test_the_windows_of_the_catalogue_are_of_schemes_and_countries_that_there_are(facts: Facts) -> None:
    subjects = {row.fact.key[0] for row in facts.rows("effect_designs")}
    assert subjects <= {*facts.season_systems, "standards-KR", "standards-CN"}


# The command line


@pytest.fixture
def run(local_air: Air) -> Any:
    """The command by itself, on a database of its own."""
    app = typer.Typer()
    app.command()(command.show_effect)

    def call(*words: str) -> Any:
        return CliRunner().invoke(app, ["--database", local_air.store.url, *words])

    return call


def test_estimates_are_exit_0_in_every_shape(run: Any, local_air: Air) -> None:
    of_seoul(local_air, 0.0)
    words = ("--season", "kr-2019", "--region", SEOUL, "--format")
    table, csv, answer = (run(*words, one) for one in ("table", "csv", "json"))
    assert [table.exit_code, csv.exit_code, answer.exit_code] == [0, 0, 0]
    assert "interrupted-years" in table.stdout
    assert "synthetic-control: not decidable" in " ".join(table.stdout.split())
    assert csv.stdout.splitlines()[0].startswith("region,subject,method,estimate,unit,low,high,p,n")
    assert len(json.loads(answer.stdout)["estimates"]) == 4


def test_nothing_identifiable_is_exit_3_with_the_reasons(run: Any, local_air: Air) -> None:
    of_china(local_air, FREE[:2])
    told = run("--season", "cn-2017", "--region", BEIJING, "--format", "json")
    assert told.exit_code == 3
    answer = json.loads(told.stdout)
    assert (answer["identifiable"], len(answer["estimates"])) == (False, 4)
    assert all(row["words"].startswith("not decidable") for row in answer["estimates"])
    assert "not identifiable" in told.stderr


def test_the_window_cannot_be_chosen(run: Any) -> None:
    for extra in (("--from", "2019-01-01"), ("--upwind", "cn-shandong"), ("--measure", "kr-emergency")):
        told = run("--season", "kr-2019", "--region", SEOUL, *extra)
        assert isinstance(told.exception, QuestionError)
    assert isinstance(run("--season", "kr-2019").exception, QuestionError)
    assert isinstance(run("--measure", "kr-emergency", "--each", "--region", SEOUL).exception, QuestionError)


def test_the_list_needs_neither_region_nor_readings(run: Any) -> None:
    answer = json.loads(run("--list", "--format", "json").stdout)
    rows = {row["id"]: row for row in answer["subjects"]}
    assert rows["kr-2019"]["asked"] is True
    assert rows["kr-2019"]["window"] == "-8 to +8 weeks, 1 left out"
    assert (rows["kr-2018"]["asked"], rows["kr-2018"]["why"]) == (False, "before the scheme began")
    assert rows["WHO-2021"]["asked"] is False
    assert rows["kr-emergency"]["kind"] == "measure"
    assert "meetings" in answer["method"]["no_effect_of"]
    assert run("--list").exit_code == run("--list", "--format", "csv").exit_code == 0


def test_heavy_libraries_are_loaded_by_the_estimate_that_needs_them_alone() -> None:
    code = (
        "import sys, cli.main, cli.effects, report.effect_policy, report.seasons, report.trends;"
        "print([one for one in ('sklearn', 'statsmodels', 'scipy.optimize') if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_catalogue_whose_window_names_no_region_is_refused(tmp_path: Any) -> None:
    head = "subject,scope,before_weeks,after_weeks,donut_weeks,years,fewest_years,history_weeks,fewest_donors"
    row = "kr-seasonal,kr-nowhere,8,8,1,5,3,104,10,test,high"
    (tmp_path / "effect_designs.csv").write_text(f"{head},source,confidence\n{row}\n", encoding="utf-8")
    with pytest.raises(FactError, match="kr-nowhere"):
        Facts(own=tmp_path).check()
