"""Settings: given values, then the environment, then the file; secrets do not print."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from config import settings
from config.settings import SettingsError

KEY = "k3y+/with==signs"
ENCODED = "k3y%2B%2Fwith%3D%3Dsigns"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine's."""
    for name in [name for name in os.environ if name.startswith("YELLOWSEA_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def test_without_any_it_works_at_once() -> None:
    found = settings.load()
    assert found.database_url.startswith("sqlite:///")
    assert found.backfill_hours == 24
    assert found.tick == 60


def test_given_before_environment_before_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "yellowsea.toml").write_text('database_url = "sqlite:///file.db"\nbackfill_hours = 3\n')
    assert settings.load().database_url == "sqlite:///file.db"
    monkeypatch.setenv("YELLOWSEA_DATABASE_URL", "sqlite:///env.db")
    assert settings.load().database_url == "sqlite:///env.db"
    assert settings.load(database_url="sqlite:///given.db").database_url == "sqlite:///given.db"
    assert settings.load().backfill_hours == 3


def test_a_source_is_set_in_parts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "yellowsea.toml").write_text('[airkorea]\nurl = "http://mirror"\ndaily_calls = 900\n')
    monkeypatch.setenv("YELLOWSEA_AIRKOREA__KEY", KEY)
    monkeypatch.setenv("YELLOWSEA_AIRKOREA__DAILY_CALLS", "20000")
    monkeypatch.setenv("YELLOWSEA_CNEMC__ENABLED", "false")
    found = settings.load()
    assert (found.airkorea.url, found.airkorea.daily_calls) == ("http://mirror", 20000)
    assert not found.cnemc.enabled


@pytest.mark.parametrize("written", [KEY, ENCODED, f"  {ENCODED}\n"])
def test_a_key_may_be_encoded_or_decoded(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("YELLOWSEA_AIRKOREA__KEY", written)
    key = settings.load().airkorea.key
    assert key is not None
    assert key.get_secret_value() == KEY


def test_an_empty_key_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YELLOWSEA_AIRKOREA__KEY", " ")
    assert settings.load().airkorea.key is None


def test_secrets_do_not_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YELLOWSEA_AIRKOREA__KEY", KEY)
    found = settings.load(database_url="postgresql+psycopg://me:pa55@host/db")
    for shown in (repr(found), str(found), repr(found.airkorea), str(found.model_dump()["airkorea"])):
        assert KEY not in shown
        assert "pa55" not in shown


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("YELLOWSEA_CLOCK", "noon", "YELLOWSEA_CLOCK cannot be used: the clock 'noon'"),
        ("YELLOWSEA_BACKFILL_HOURS", "many", "YELLOWSEA_BACKFILL_HOURS"),
        ("YELLOWSEA_TICK_SECONDS", "0", "YELLOWSEA_TICK_SECONDS"),
        ("YELLOWSEA_AIRKOREA__DAILY_CALLS", "s3cret", "YELLOWSEA_AIRKOREA__DAILY_CALLS"),
        ("YELLOWSEA_AIRKOREA__KEYS", "s3cret", "YELLOWSEA_AIRKOREA__KEYS"),
        ("YELLOWSEA_AIRKOREA", "s3cret", "YELLOWSEA_AIRKOREA__KEY"),
    ],
)
def test_one_line_names_the_setting_and_never_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        settings.load()
    assert said in str(refused.value)
    assert "s3cret" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_no_toml(tmp_path: Path) -> None:
    (tmp_path / "yellowsea.toml").write_text("database_url = \n")
    with pytest.raises(SettingsError, match=r"yellowsea\.toml cannot be read"):
        settings.load()


def test_an_unknown_name_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "yellowsea.toml").write_text('databse_url = "x"\n')
    with pytest.raises(SettingsError, match="YELLOWSEA_DATABSE_URL"):
        settings.load()


def test_a_fast_clock_ticks_faster() -> None:
    assert settings.load(clock="2020-02-14T00:00+09:00@1700000000x100").tick == 0.6
    assert settings.load(clock="2020-02-14T00:00+09:00@1700000000x1200").tick == 0.2
