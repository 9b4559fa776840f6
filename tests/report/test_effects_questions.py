"""`yellowsea effect`: an association where forecasts of issue time are stored, plainly nothing where not."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from analysis.effects import FEWEST, dynamic_regression
from analysis.matching import matched_days
from analysis.measure_days import Evenings, comparable, complete_days
from analysis.placebo import benjamini_hochberg
from benchmarks.winters import winter
from cli import effects as command
from report import effects
from report.effect_evenings import Known
from report.measures import free_day
from report.question import NothingHeldError, QuestionError
from report.stations_held import Desk
from store.forecasts import Forecast
from tests.report.bulletins import CAPITAL, put
from tests.report.own_facts import own
from tests.report.test_policy_effects import blow

FIRST, LAST = date(2021, 12, 1), date(2022, 3, 31)
DAY = timedelta(days=1)
SPAN = {"since": FIRST.isoformat(), "until": LAST.isoformat()}
ULSAN, JEJU = "kr-ulsan", "kr-jeju"
SEED = 6
# The first 16 hours of a day are a tenth below its mean.
EARLY = 0.9


def days_from(first: date) -> list[date]:
    return [first + n * DAY for n in range((LAST - FIRST).days + 1)]


def measures(made: Evenings, *regions: str, first: date = FIRST) -> list[dict[str, Any]]:
    """The winter's measures as rows of the catalogue."""
    hit = made.measure | made.aside
    found = [day for day, one in zip(days_from(first), hit, strict=True) if one]
    return [{"date": day, "region": region, "kind": "emergency"} for region in regions for day in found]


def breathe(air: Any, region: str, made: Evenings, first: date = FIRST) -> None:
    """The winter's day means as hours of one station, two days before it included."""
    (station,) = air.of(region, day=first.isoformat())
    means = np.concatenate([[30.0, 28.0], made.mean])
    late = (24 - 16 * EARLY) / 8
    hours = np.concatenate([[EARLY * one] * 16 + [late * one] * 8 for one in means])
    air.hours(station, f"{first - 2 * DAY}T00:00+09:00", hours)


def foretell(air: Any, region: str, made: Evenings, at: str = "17:00", first: date = FIRST) -> None:
    """The winter's forecasts, issued on the eve."""
    put(
        air,
        [
            Forecast(
                "grade",
                region,
                "pm25",
                datetime.fromisoformat(f"{day - DAY}T{at}+09:00"),
                day,
                float(above) if np.isfinite(above) else None,
                float(up_to) if np.isfinite(up_to) else None,
            )
            for day, above, up_to in zip(days_from(first), made.above, made.up_to, strict=True)
        ],
    )


@pytest.fixture
def made() -> Evenings:
    """A simulated winter of many measures."""
    return winter(SEED)


@pytest.fixture
def ulsan(local_air: Any, tmp_path: Path, made: Evenings) -> Any:
    """Ulsan in that winter, without forecasts."""
    local_air.facts = own(tmp_path, measures=measures(made, ULSAN))
    breathe(local_air, ULSAN, made)
    return local_air


def ask(air: Any, region: str = ULSAN, draws: int = 99, span: dict[str, str] = SPAN, **how: Any) -> Any:
    pollutant = how.pop("pollutant", "pm25")
    question = air.asked(region=region, pollutant=pollutant, **span)
    return effects.ask(air.store, air.facts, question, draws=draws, **how)


def by_method(answer: Any, vehicle_rules: bool = True) -> dict[str, Any]:
    return {row["method"]: row for row in answer["estimates"] if row["vehicle_rules"] is vehicle_rules}


# With forecasts


def test_the_estimates_are_those_of_what_was_known_at_the_decision(ulsan: Any, made: Evenings) -> None:
    foretell(ulsan, ULSAN, made)
    found = by_method(ask(ulsan))
    mean = np.concatenate([[30.0, 28.0], made.mean])
    days = [FIRST - 2 * DAY, FIRST - DAY, *days_from(FIRST)]
    none = np.full(2, np.nan)
    free = np.array([free_day(day) for day in days])
    hit = np.concatenate([[False, False], made.measure | made.aside])
    by_hand = comparable(
        complete_days(
            Evenings(
                (days[0] - date(1970, 1, 1)).days,
                mean,
                np.concatenate([[np.nan], EARLY * mean[:-1]]),
                np.concatenate([none, made.above]),
                np.concatenate([none, made.up_to]),
                np.zeros((len(days), 0)),
                np.zeros((len(days), 0)),
                hit & ~free,
                hit & free,
                free,
                np.array([day.month for day in days]),
            )
        )
    )
    for method, design in (("dynamic-regression", dynamic_regression), ("matched-days", matched_days)):
        fit = design(by_hand)(by_hand.measure)
        row = found[method]
        assert row["estimate"] == pytest.approx(100 * np.expm1(fit.effect), abs=0.01)
        assert row["p"] == pytest.approx(fit.p, abs=1e-3)
        assert [row["low"], row["high"]] == pytest.approx(100 * np.expm1(fit.interval), abs=0.05)
        assert row["n"] == fit.n >= FEWEST


def test_an_estimate_has_its_placebo_its_assumptions_and_its_trust_beside_it(
    ulsan: Any, made: Evenings
) -> None:
    foretell(ulsan, ULSAN, made)
    answer = ask(ulsan)
    json.dumps(answer, allow_nan=False)
    assert answer["identifiable"] is True
    assert answer["reason"] is None
    rows = by_method(answer)
    assert sorted(row["trust"] for row in rows.values()) == [1, 2]
    for row in rows.values():
        assert {"placebo_mean", "placebo_p", "q", "unit", "period", "words"} <= set(row)
        assert row["placebo_draws"] == 99
        told = {one["assumption"]: one for one in row["assumptions"]}
        assert {"forecast coverage", "overlap", "number of measure days", "list of measures"} <= set(told)
        assert told["forecast coverage"]["held"] is True
        # The list for Ulsan is not known to be complete: neither yes nor no.
        assert told["list of measures"]["held"] is None
        # Ulsan in the winter 2021/22: distancing was that of the capital, and nothing else is listed.
        assert told["nothing else changed"]["held"] is True
    assert "balance after matching" in str(rows["matched-days"]["assumptions"])
    assert "autocorrelation" in str(rows["dynamic-regression"]["assumptions"])


def test_the_words_are_of_association_and_of_chance(ulsan: Any, made: Evenings) -> None:
    foretell(ulsan, ULSAN, made)
    text = json.dumps(ask(ulsan))
    assert "associated with" in text or "cannot be told apart" in text
    for word in ("caused", "thanks to", "proves"):
        assert word not in text


def test_days_with_and_without_vehicle_rules_stand_apart(ulsan: Any, made: Evenings) -> None:
    foretell(ulsan, ULSAN, made)
    answer = ask(ulsan)
    hit = [day for day, one in zip(days_from(FIRST), made.measure | made.aside, strict=True) if one]
    work = sum(not free_day(day) for day in hit)
    for rules, most in ((True, work), (False, len(hit) - work)):
        (coverage,) = {
            one["told"]
            for row in by_method(answer, rules).values()
            for one in row["assumptions"]
            if one["assumption"] == "forecast coverage"
        }
        assert f"stored for {most} of {most} measure days" in coverage
        assert all(row["n"] <= most for row in by_method(answer, rules).values())


def test_several_regions_have_a_rate_of_false_discoveries(ulsan: Any, made: Evenings, tmp_path: Path) -> None:
    ulsan.facts = own(tmp_path, measures=measures(made, ULSAN, JEJU))
    breathe(ulsan, JEJU, winter(SEED, 0.3))
    for region in (ULSAN, JEJU):
        foretell(ulsan, region, made)
    rows = [one for one in ask(ulsan, "kr")["estimates"] if one["method"] == "dynamic-regression"]
    assert {one["region"] for one in rows} == {ULSAN, JEJU}
    assert [one["q"] for one in rows] == pytest.approx(benjamini_hochberg(np.array([o["p"] for o in rows])))


def test_an_upwind_region_is_a_covariate(ulsan: Any, made: Evenings) -> None:
    foretell(ulsan, ULSAN, made)
    breathe(ulsan, JEJU, winter(2))
    without, with_it = ask(ulsan), ask(ulsan, upwind=("제주",))
    assert with_it["question"]["upwind"] == [JEJU]
    before, after = by_method(without), by_method(with_it)
    assert after["dynamic-regression"]["estimate"] != before["dynamic-regression"]["estimate"]


def test_on_the_daily_basis_the_value_is_the_mean_of_the_day_before(
    local_air: Any, made: Evenings, tmp_path: Path
) -> None:
    (station,) = local_air.of("kr-seoul", day=FIRST.isoformat())
    local_air.daily(station, (FIRST - 2 * DAY).isoformat(), [30.0, 28.0, *made.mean])
    for unit in CAPITAL:
        foretell(local_air, unit, made)
    question = local_air.asked(region="kr-seoul", **SPAN)
    with local_air.store.read() as connection:
        known = Known(Desk(connection, local_air.facts), question, "kr-emergency")
        assert known.partners("kr-seoul", FIRST, LAST) == ["kr-gyeonggi", "kr-incheon"]
        assert known.partners(ULSAN, FIRST, LAST) == []
        found = known.evenings("kr-seoul", FIRST, LAST, [], [])
    assert found.value[1:] == pytest.approx(found.mean[:-1])
    # All of the capital were forecast alike, Gyeonggi by its halves.
    below, over = np.log(35.0), np.log(50.0)
    rows = np.flatnonzero((found.above == 35) & (found.up_to == 50))
    assert found.partners[rows, 0] == pytest.approx((below + over) / 2)


# Without


def test_without_forecasts_of_issue_time_nothing_is_estimated(ulsan: Any, made: Evenings) -> None:
    answer = ask(ulsan)
    hit = int((made.measure | made.aside).sum())
    assert answer["identifiable"] is False
    assert answer["estimates"] == []
    assert f"of {hit} listed measure days 0 have a forecast stored" in answer["reason"]
    assert all(one["with_forecast"] == 0 for one in answer["not_identifiable"])


def test_a_forecast_of_after_the_decision_was_not_known(ulsan: Any, made: Evenings) -> None:
    foretell(ulsan, ULSAN, made, at="17:30")
    assert ask(ulsan)["identifiable"] is False


def test_without_measures_there_is_nothing_to_compare(ulsan: Any) -> None:
    answer = ask(ulsan, JEJU)
    assert (answer["identifiable"], answer["not_identifiable"]) == (False, [])
    assert "no measure is listed" in answer["reason"]


def test_measure_days_without_comparable_days_say_nothing(ulsan: Any, made: Evenings) -> None:
    hit = made.measure | made.aside
    alone = np.where(hit, 100.0, made.above)
    foretell(
        ulsan,
        ULSAN,
        Evenings(**{**vars(made), "above": alone, "up_to": np.where(hit, np.inf, made.up_to)}),
    )
    answer = ask(ulsan)
    assert answer["identifiable"] is False
    assert any("same forecast class" in one["reason"] for one in answer["not_identifiable"])


def test_forecasts_without_day_means_are_nothing_held(local_air: Any, made: Evenings, tmp_path: Path) -> None:
    local_air.facts = own(tmp_path, measures=measures(made, ULSAN))
    foretell(local_air, ULSAN, made)
    with pytest.raises(NothingHeldError):
        ask(local_air, span={"since": "2022-01-03", "until": "2022-03-31"})


# Periods


def test_nothing_is_pooled_across_december_2019(local_air: Any, made: Evenings, tmp_path: Path) -> None:
    start = date(2019, 9, 15)
    local_air.facts = own(tmp_path, measures=measures(made, ULSAN, first=start))
    breathe(local_air, ULSAN, made, start)
    foretell(local_air, ULSAN, made, first=start)
    answer = ask(local_air, span={"since": "2019-09-15", "until": "2020-01-13"})
    cases = answer["estimates"] + answer["not_identifiable"]
    spans = {(one["period"]["from"], one["period"]["to"]) for one in cases}
    assert spans == {("2019-09-15", "2019-11-30"), ("2019-12-01", "2020-01-13")}


def test_days_past_the_list_of_measures_are_no_comparison(ulsan: Any) -> None:
    answer = ask(ulsan, "kr-seoul", span={"since": "2025-12-01", "until": "2027-03-31"})
    assert {one["period"]["to"] for one in answer["not_identifiable"]} == {"2026-03-17"}


def test_without_a_span_it_is_that_of_the_list(facts: Any) -> None:
    assert effects.span(facts, "서울") == (date(2017, 2, 15), date(2026, 3, 17))


# Wrong use


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"forecast": "observed"}, "only the forecast as issued"),
        ({"draws": 3}, "99 to"),
        ({"measure": "kr-preliminary"}, "there is kr-emergency"),
        ({"pollutant": "pm10"}, "decided by PM2.5"),
        ({"region": "cn-beijing"}, "another country"),
    ],
)
def test_what_cannot_be_asked_is_refused(ulsan: Any, how: dict[str, Any], words: str) -> None:
    with pytest.raises(QuestionError, match=words):
        ask(ulsan, **how)


# On the command line


@pytest.fixture
def run(ulsan: Any, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The command by itself, on the database of the winter."""
    monkeypatch.setenv("YELLOWSEA_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("YELLOWSEA_CATALOGUE", str(tmp_path))
    monkeypatch.setenv("YELLOWSEA_CONFIG", str(tmp_path / "none.toml"))
    (tmp_path / "none.toml").write_text("")
    app = typer.Typer()
    app.command("effect")(command.show_effect)

    def call(*words: str) -> Any:
        return CliRunner().invoke(app, ["--region", ULSAN, "--draws", "99", *words])

    return call


KNOWN = ("--measure", "kr-emergency")
WITHIN = ("--from", SPAN["since"], "--to", SPAN["until"])


def test_not_identifiable_is_exit_3_with_the_answer_as_json(run: Any) -> None:
    told = run(*KNOWN, "--format", "json")
    assert told.exit_code == 3
    assert json.loads(told.stdout)["identifiable"] is False
    assert "not identifiable" in told.stderr
    plain = run(*KNOWN)
    assert (plain.exit_code, plain.stdout) == (3, "")


def test_estimates_are_exit_0_in_every_shape(run: Any, ulsan: Any, made: Evenings) -> None:
    foretell(ulsan, ULSAN, made)
    table, csv, answer = (run(*KNOWN, *WITHIN, "--format", one) for one in ("table", "csv", "json"))
    assert [table.exit_code, csv.exit_code, answer.exit_code] == [0, 0, 0]
    assert "dynamic-regression" in table.stdout
    assert csv.stdout.splitlines()[0].startswith("region,vehicle_rules,method,estimate,unit,low,high,p,n")
    assert json.loads(answer.stdout)["estimates"]


def test_something_has_to_be_asked(run: Any) -> None:
    told = run()
    assert isinstance(told.exception, QuestionError)
    assert "--list shows them" in str(told.exception)


# Weather


def test_weather_that_is_stored_is_a_covariate_and_said_to_be(ulsan: Any, made: Evenings) -> None:
    foretell(ulsan, ULSAN, made)
    without = by_method(ask(ulsan))["dynamic-regression"]
    blow(ulsan, FIRST - 2 * DAY, LAST, ULSAN)
    found = by_method(ask(ulsan))["dynamic-regression"]
    held = {one["assumption"]: one for one in found["assumptions"]}["weather of the day"]
    assert (held["held"], held["told"]) == (True, "temperature, wind_u, wind_v")
    told = {one["assumption"]: one for one in without["assumptions"]}["weather of the day"]
    assert told["held"] is None
    assert found["estimate"] != without["estimate"]
    assert found["n"] == without["n"]
