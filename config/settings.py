"""What a user can set: `yellowsea.toml` and environment variables (YELLOWSEA_...), the latter first.

Every field's comment gives the reason for its default; `docs/settings.md` lists them all.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import unquote

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError as EnvSettingsError

from config.clock import Clock, ClockError
from config.hotline import HotlineSettings
from config.notices import Language

APP = "yellowsea"


class SettingsError(ValueError):
    """A setting that cannot be used; one line names it and says what to write."""


class SourceSettings(BaseModel):
    """What can be set for one live source (`YELLOWSEA_<SOURCE>__...`)."""

    model_config = ConfigDict(extra="forbid")

    # The source's public address unless given: tests, the demo and mirrors use another.
    url: str | None = None
    # In the encoded or the decoded form of the portal; decoded here, sent encoded once.
    key: SecretStr | None = None
    # On, so that a new user gets both shores; without its key a source waits and says so.
    enabled: bool = True
    # The source's published limit unless given: an operating account has more.
    daily_calls: int | None = Field(default=None, gt=0)
    calls_per_second: float | None = Field(default=None, gt=0)

    @field_validator("key")
    @classmethod
    def _decoded(cls, key: SecretStr | None) -> SecretStr | None:
        if key is None or not key.get_secret_value().strip():
            return None
        plain = key.get_secret_value().strip()
        # A portal's encoded form holds %2B, %2F or %3D; a decoded key holds no percent sign.
        return SecretStr(unquote(plain) if "%" in plain else plain)


class Settings(BaseSettings):
    """All settings. Secrets are `SecretStr`: they do not print."""

    model_config = SettingsConfigDict(
        env_prefix="YELLOWSEA_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    # A file in the user's data folder: works at once, without a server.
    # Not in the representation: a URL of PostgreSQL may hold a password.
    database_url: str = Field(
        default_factory=lambda: f"sqlite:///{data_folder() / 'yellowsea.db'}", repr=False
    )
    # Where the user's own facts lie, laid over the shipped ones: measures issued since, new seasons, claims.
    catalogue: Path = Field(default_factory=lambda: data_folder() / "catalogue")
    # Real time; `<start ISO>@<unix time>x<speed>` makes data time run otherwise (demo, drills).
    clock: str | None = None
    # A new database begins with yesterday: what every source can still bring.
    backfill_hours: int = Field(default=24, ge=0, le=24 * 90)
    # How often the daemon looks for what is due, in real seconds; unset: 60 over the clock's speed,
    # at least 0.2.
    tick_seconds: float | None = Field(default=None, gt=0)
    # People read lines, log collectors read JSON.
    log_format: Literal["lines", "json"] = "lines"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    # How long payloads are kept, in days of data time: long enough to parse a season again.
    payload_days: int = Field(default=400, ge=1)
    # How much they may take together, in megabytes as packed; the oldest go first. Unset: as much as they do.
    payload_megabytes: float | None = Field(default=None, gt=0)
    # Where SQLite waits for another writer, in seconds: longer than the longest file takes to load.
    busy_seconds: float = Field(default=60.0, gt=0)
    # What one client may ask of `yellowsea serve` a second, with four seconds' worth at once: a page with its
    # map asks some dozen things; a script that asks more can wait. Zero: no limit.
    web_requests_per_second: float = Field(default=50.0, ge=0)
    # Questions worked on at a time: they share the processor, and each may hold a grid in memory.
    web_threads: int = Field(default=8, ge=1, le=12)
    # The longest list in one answer, and the values of the grid that one answer is computed from: a decade of
    # a country's stations by the hour is answered in parts, so that no question takes the memory of all.
    web_most_rows: int = Field(default=250_000, ge=1)
    web_most_readings: int = Field(default=50_000_000, ge=1)
    # Addresses of reverse proxies that may say in X-Forwarded-For who asks: none is believed unless named.
    web_proxies: str | None = None
    # Where scheduled reports are kept. Unset: none is written, for a folder that nobody looks at only grows.
    reports: Path | None = None
    # In which languages, with commas, where a row of the catalogue does not say: readers sit on both shores.
    report_languages: str = "en,ko,zh"
    # How notices leave; whom they reach stands in the catalogue.
    hotline: HotlineSettings = Field(default_factory=HotlineSettings)

    airkorea: SourceSettings = Field(default_factory=SourceSettings)
    cnemc: SourceSettings = Field(default_factory=SourceSettings)
    # Forecasts and alerts: other datasets of AirKorea's portal, so that what is not set is as for airkorea.
    airkorea_forecast: SourceSettings = Field(default_factory=SourceSettings)
    airkorea_week: SourceSettings = Field(default_factory=SourceSettings)
    airkorea_high: SourceSettings = Field(default_factory=SourceSettings)
    airkorea_alerts: SourceSettings = Field(default_factory=SourceSettings)
    # Off until something of it is set: a check of our own means, at a call a station; what is not set is as
    # for airkorea.
    airkorea_stats: SourceSettings = Field(default_factory=lambda: SourceSettings(enabled=False))
    # Off until something of it is set: the stations are AirKorea's, and a key of its own is needed.
    seoul: SourceSettings = Field(default_factory=lambda: SourceSettings(enabled=False))
    # Off until something of it is set: for Korea it repeats AirKorea, a call a location and pollutant.
    openaq: SourceSettings = Field(default_factory=lambda: SourceSettings(enabled=False))
    # Off until something of it is set: modelled values from a third party, free for non-commercial use.
    openmeteo: SourceSettings = Field(default_factory=lambda: SourceSettings(enabled=False))
    openmeteo_weather: SourceSettings = Field(default_factory=lambda: SourceSettings(enabled=False))
    # Off until something of it is set: hints alone, from another portal, which has keys of its own.
    disaster_messages: SourceSettings = Field(default_factory=lambda: SourceSettings(enabled=False))
    # Off until something of it is set: index values, no concentrations, under terms of their own.
    waqi: SourceSettings = Field(default_factory=lambda: SourceSettings(enabled=False))

    @field_validator("clock")
    @classmethod
    def _readable(cls, spec: str | None) -> str | None:
        Clock.parse(spec)
        return spec or None

    @field_validator("report_languages")
    @classmethod
    def _spoken(cls, text: str) -> str:
        found = [one.strip() for one in text.split(",") if one.strip()]
        wrong = [one for one in found if one not in get_args(Language)]
        if wrong or not found:
            raise ValueError(f"languages are {', '.join(get_args(Language))}, with commas between them")
        return ",".join(dict.fromkeys(found))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Given values, then the environment, then the file."""
        return init_settings, env_settings, _File(settings_cls)

    def source(self, name: str) -> SourceSettings:
        """The settings of a live source; what is not set for a dataset of AirKorea's is as for `airkorea`."""
        found = getattr(self, name.replace("-", "_"), None)
        if not isinstance(found, SourceSettings):
            raise SettingsError(f"{name} is no source")
        if not name.startswith("airkorea-"):
            return found
        own = {field: getattr(found, field) for field in found.model_fields_set}
        return self.airkorea.model_copy(update=own)

    @property
    def data_clock(self) -> Clock:
        """The clock of data time."""
        return Clock.parse(self.clock)

    @property
    def tick(self) -> float:
        """Real seconds between ticks."""
        return self.tick_seconds or max(0.2, 60 / self.data_clock.speed)


class _File(PydanticBaseSettingsSource):
    """The settings file, when there is one."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        """Not used: `__call__` gives the whole file."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        path = settings_file()
        if path is None:
            return {}
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingsError(f"{path} cannot be read: {error}") from None


def variable(source: str, setting: str) -> str:
    """The environment variable of a source's setting."""
    return f"YELLOWSEA_{source.replace('-', '_').upper()}__{setting.upper()}"


def settings_file() -> Path | None:
    """The file in force: `YELLOWSEA_CONFIG`, else `yellowsea.toml` here, else the user's."""
    named = os.environ.get("YELLOWSEA_CONFIG")
    if named:
        return Path(named)
    places = [Path("yellowsea.toml"), Path(platformdirs.user_config_dir(APP)) / "yellowsea.toml"]
    return next((path for path in places if path.is_file()), None)


def data_folder() -> Path:
    """The user's data folder."""
    return Path(platformdirs.user_data_dir(APP))


def load(**given: Any) -> Settings:
    """The settings in force; values given here come before environment and file.

    Raises
    ------
    SettingsError
        Naming the first setting that cannot be used. The message never holds its value.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = "YELLOWSEA_" + "__".join(str(part).upper() for part in first["loc"])
        cause = first.get("ctx", {}).get("error")
        said = str(cause) if isinstance(cause, ClockError) else first["msg"]
        raise SettingsError(f"the setting {name} cannot be used: {said}") from None
    except EnvSettingsError as error:
        # Its text names the field and never the value; its cause may hold the value.
        raise SettingsError(
            f"{error}: a source is set by its parts, such as YELLOWSEA_AIRKOREA__KEY"
        ) from None
