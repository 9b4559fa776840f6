"""What `yellowsea transport` answers: both directions, base rates, and what it does not say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.episodes import Profile
from config.air import Station
from config.clock import Clock
from config.facts import Facts
from ingest import mapping
from ingest.archives import import_paths
from ingest.source import Quantity
from report import transport
from report.question import NothingHeldError, QuestionError
from report.transport_asked import Asked
from store import migrate
from store.engine import Store
from tests.report.conftest import Air, hour

FIRST, LAST, DAYS = "2018-12-01", "2019-02-28", 90
# The zone of the answers is the receptor's: its first midnight, and the same moment in China.
KOREA, CHINA = f"{FIRST}T00:00+09:00", "2018-11-30T23:00+08:00"
ABOVE_75 = Profile("given", "hour", ">", 75.0)


def weather(seed: int, hours: int = DAYS * 24) -> np.ndarray[Any, Any]:
    """Logarithms of the hours of a place whose air changes over days."""
    noise = np.random.default_rng(seed).standard_normal(hours + 300) * 0.2
    for t in range(1, len(noise)):
        noise[t] += 0.97 * noise[t - 1]
    return noise[300:]


def shores(air: Air, behind: int = 20) -> Air:
    """Beijing, and Seoul that follows it by so many hours, with something of its own."""
    beijing = weather(1, DAYS * 24 + behind)
    seoul = 0.8 * beijing[: DAYS * 24] + 0.5 * weather(2)
    (there,), (here,) = air.of("cn-beijing", day=FIRST), air.of("kr-seoul", day=FIRST)
    air.hours(there, CHINA, np.exp(3.7 + beijing[behind:]).tolist(), "cnemc-archive")
    air.hours(here, KOREA, np.exp(3.5 + seoul).tolist())
    return air


def asked(air: Air, one: str = "cn-beijing", other: str = "kr-seoul", **how: Any) -> dict[str, Any]:
    span = {"since": how.pop("since", FIRST), "until": how.pop("until", LAST), "basis": "hourly"}
    source, receptor = (air.asked(region=region, **span) for region in (one, other))
    how = {"profile": ABOVE_75, "draws": 199} | how
    return transport.ask(air.store, air.facts, source, receptor, Asked(**how))


def test_both_directions_are_answered_and_the_asked_one_stands_on_top(local_air: Air) -> None:
    answer = asked(shores(local_air))
    there, back = answer["directions"]
    assert (there["from"], there["to"], back["from"], back["to"]) == (
        "cn-beijing",
        "kr-seoul",
        "kr-seoul",
        "cn-beijing",
    )
    for key in ("lags", "best", "tests"):
        assert answer[key] == there[key]
    assert [row["hours"] for row in answer["lags"]] == list(range(73))
    assert set(answer["lags"][0]) >= {"hours", "r", "low", "high"}


def test_a_receptor_that_follows_has_its_lag_and_the_way_back_has_none(local_air: Air) -> None:
    there, back = asked(shores(local_air))["directions"]
    assert there["best"]["hours"] == 20
    assert there["best"]["low"] > 0
    assert there["tests"][0]["p"] == 0.005
    assert back["tests"][0]["p"] > 0.05


def test_hours_are_joined_on_utc(local_air: Air) -> None:
    """The same moment is 09:00 in Seoul and 08:00 in Beijing: no lag between two that swing as one."""
    assert asked(shores(local_air, behind=0))["best"]["hours"] == 0


def test_the_base_rate_stands_beside_the_share_of_onsets(local_air: Air) -> None:
    answer = asked(shores(local_air))
    test = answer["tests"][1]
    assert test["test"] == "onset-lead"
    assert test["onsets"] > 5
    assert test["share"] > test["base_rate"] > 0
    assert f"before {test['base_rate']:.0%} of the days alike" in answer["words"][0]


def test_it_is_called_an_association_and_no_share(local_air: Air) -> None:
    answer = asked(shores(local_air))
    assert answer["note"] == "association in time; not a share of origin; no episode share is estimated"
    assert answer["published_shares"]["rows"] == []
    assert "a year and longer only" in answer["published_shares"]["note"]


def test_published_shares_are_those_of_annual_means(local_air: Air) -> None:
    air = shores(local_air)
    rows = asked(air, since="2018-03-01", until=LAST)["published_shares"]["rows"]
    assert {one["averaging"] for one in rows} == {"annual mean PM2.5"}
    assert {(one["from"], one["to"], one["share_pct"]) for one in rows} >= {
        ("CN", "kr-seoul", 39.0),
        ("CN", "kr-seoul", 23.0),
        ("KR", "cn: mean of 6 cities", 2.0),
    }
    assert 70.0 not in {one["share_pct"] for one in rows}  # an episode's


def test_without_wind_it_says_so(local_air: Air) -> None:
    there, back = asked(shores(local_air))["directions"]
    assert there["wind"] == back["wind"] == {"held": False, "note": "wind not held"}


def test_without_weather_the_test_of_the_past_says_so(local_air: Air) -> None:
    answer = asked(shores(local_air))
    there, back = (one["tests"][2] for one in answer["directions"])
    assert there["test"] == back["test"] == "granger"
    assert there["weather"] == back["weather"] == {"held": False, "note": "weather not held"}
    assert there["trust"] == 2
    assert "beyond kr-seoul's own past, weather not held: " in answer["words"][0]


def test_the_past_of_a_source_tells_more_than_the_own_past_and_the_way_back_does_not(local_air: Air) -> None:
    there, back = (one["tests"][2] for one in asked(shores(local_air))["directions"])
    assert there["p"] == 0.005
    assert back["p"] > 0.05
    assert (there["reach_hours"], there["step_hours"], there["order"]) == (72, 6, 1)
    assert 0 < back["partial_r2"] < there["partial_r2"] < 1
    assert there["n"] == DAYS * 24 - 72


def model_weather(air: Air, weather: dict[str, np.ndarray[Any, Any]]) -> None:
    """Hours of a model at Seoul."""
    air.stations.append(
        Station(
            id="open-meteo-seoul",
            network="open-meteo",
            code="seoul",
            name="Seoul",
            kind="model",
            area="kr-seoul",
            lat=37.57,
            lon=126.98,
            source="test",
            confidence="high",
        )
    )
    units = {"wind_u": "m/s", "wind_v": "m/s", "temperature": "degC", "boundary_layer": "m"}
    start = hour(KOREA)
    for name, values in weather.items():
        air.write(
            "open-meteo-seoul",
            np.arange(start, start + len(values)),
            values.tolist(),
            "open-meteo-era5",
            "PT1H",
            quantity=Quantity(name, units[name], "instant"),
        )


def test_with_weather_at_the_receptor_the_test_of_the_past_is_conditioned_on_it(local_air: Air) -> None:
    air = shores(local_air)
    wind = {name: weather(3 + i)[: DAYS * 24] for i, name in enumerate(("wind_u", "wind_v"))}
    layer = 500 * np.exp(weather(5)[: DAYS * 24])
    half_known = np.where(np.arange(DAYS * 24) % 2, layer, np.nan)
    model_weather(air, {**wind, "temperature": weather(6)[: DAYS * 24], "boundary_layer": half_known})
    answer = asked(air)
    there, back = (one["tests"][2] for one in answer["directions"])
    assert there["weather"]["held"] is True
    # Half of the layer's hours are not known: it would take half of all hours with it.
    assert there["weather"]["variables"] == ["wind_u", "wind_v", "temperature", "wind_speed"]
    assert there["weather"]["network"] == "open-meteo"
    assert (there["trust"], back["trust"]) == (1, 2)  # none is held of Beijing
    assert there["p"] == 0.005
    assert "beyond kr-seoul's own past and weather: " in answer["words"][0]


def test_with_wind_its_hours_are_looked_at_apart(local_air: Air) -> None:
    air = shores(local_air)
    west = np.repeat(np.where(np.arange(DAYS) % 20 < 10, 5.0, -5.0), 24)
    model_weather(air, {"wind_u": west, "wind_v": np.zeros(len(west))})
    there, back = asked(air)["directions"]
    assert there["tests"][2]["weather"]["held"] is False  # wind alone is no weather
    assert there["wind"]["held"] is True
    assert there["wind"]["network"] == "open-meteo"
    assert there["wind"]["from_source"]["n"] + there["wind"]["from_elsewhere"]["n"] <= there["lags"][20]["n"]
    assert there["wind"]["from_source"]["r"] == pytest.approx(there["best"]["r"], abs=0.1)
    assert back["wind"]["held"] is False  # none is held of Beijing


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"other": "cn-beijing"}, "two regions that differ"),
        ({"until": "2018-12-20"}, "at least 28 days"),
        ({"since": "2018-12-01T00:00Z", "until": "2019-02-01T00:00Z"}, "civil days"),
        ({"profile": Profile("x", "day", ">", 50.0)}, "profile of days"),
        ({"lead": (48, 12)}, "from the shorter"),
        ({"lag": 0}, "--lag"),
        ({"draws": 10}, "--draws"),
    ],
)
def test_what_cannot_be_asked_is_refused(local_air: Air, how: dict[str, Any], said: str) -> None:
    with pytest.raises(QuestionError, match=said):
        asked(shores(local_air), **how)


def test_a_shore_of_which_nothing_is_held_is_said(local_air: Air) -> None:
    with pytest.raises(NothingHeldError, match="Shanghai"):
        asked(shores(local_air), "cn-shanghai")


def test_seasons_are_those_of_the_receptor(local_air: Air) -> None:
    air = shores(local_air)
    of_korea = asked(air, within="season")
    assert of_korea["lags"][0]["n"] <= DAYS * 24
    with pytest.raises(QuestionError, match="at least 28 days"):
        asked(air, within="season", since="2018-10-20", until="2018-12-10")
    assert asked(air, "kr-seoul", "cn-beijing", within="season", since="2018-11-20")["best"]["r"] is not None


# --- Beijing and Seoul, as held


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory, facts: Facts, shared: Path) -> Iterator[Air]:
    """Downtown Seoul and the US mission in Beijing, 2018 to 2021."""
    data = shared / "data"
    seoul = data / "kr_seoul_downtown_hourly_2018_2022/seoul-air.csv"
    folder = data / "cn_us_posts_hourly_2013_2021_airnow"
    beijing = [folder / f"Beijing_PM2.5_{year}_YTD.csv.gz" for year in range(2017, 2022)]
    if not all(one.exists() for one in (seoul, *beijing)):
        pytest.skip(f"no real data in {data}")
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('shores') / 'real.db'}")
    migrate.ensure(store)
    import_paths(store, facts, Clock.real(), [seoul], mapping.load("seoul-downtown"))
    import_paths(store, facts, Clock.real(), beijing)
    yield Air(store, facts)
    store.close()


@pytest.mark.drill
def test_beijing_goes_before_seoul_in_winter_and_seoul_not_before_beijing(held: Air) -> None:
    """The card's anchor: 74 % of 27 onsets, 44 % of all winter days; like figures from what is held."""
    profile = replace(ABOVE_75, max_gap=6)
    span = {"since": "2018-01-01", "until": "2021-12-31"}
    there, back = asked(held, within="season", profile=profile, **span)["directions"]
    test = there["tests"][1]
    assert (test["onsets"], test["preceded"], test["unknown"]) == (26, 22, 0)
    assert test["base_rate"] == pytest.approx(0.51, abs=0.005)
    assert test["base_rate_hours"] == pytest.approx(0.48, abs=0.005)
    assert test["p"] < 0.01
    assert there["best"]["hours"] == 23
    assert there["best"]["r"] == pytest.approx(0.06, abs=0.005)
    assert there["tests"][0]["p"] < 0.01
    assert [one["p"] > 0.3 for one in back["tests"][:2]] == [True, True]
    beyond = there["tests"][2]
    assert beyond["p"] < 0.01
    assert beyond["partial_r2"] == pytest.approx(0.010, abs=0.001)
    assert back["tests"][2]["partial_r2"] == pytest.approx(0.002, abs=0.001)
    assert back["tests"][2]["p"] > 0.05
