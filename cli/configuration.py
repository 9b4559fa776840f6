"""`yellowsea config check`."""

from __future__ import annotations

import re
import sys

import typer

from cli import options
from cli.desk import show

app = typer.Typer(help="The settings in force.", no_args_is_help=True, rich_markup_mode=None)


@app.command("check")
def check_settings(shape: options.Shape = options.Format.table) -> None:
    """What is set, secrets masked, and where to get a key that is missing; exit 1 where one is."""
    from config import settings
    from ingest.registry import BULLETINS, SOURCES

    found = settings.load()
    rows = [
        {"setting": f"YELLOWSEA_{name.upper()}", "value": value, "note": ""} for name, value in _plain(found)
    ]
    missing = False
    specs = [source.spec for source in SOURCES.values()] + [source.spec for source in BULLETINS.values()]
    for spec in specs:
        own = found.source(spec.id)
        lacking = own.enabled and spec.needs_key and own.key is None
        missing = missing or lacking
        told = {
            "enabled": str(own.enabled).lower(),
            "url": _masked(own.url or spec.base_url),
            "key": "not needed" if not spec.needs_key else ("missing" if own.key is None else "set (masked)"),
            "daily_calls": str(own.daily_calls or spec.daily_calls or "no limit"),
            "calls_per_second": str(own.calls_per_second or spec.calls_per_second),
        }
        rows += [
            {
                "setting": settings.variable(spec.id, name),
                "value": value,
                "note": spec.where_to_get_a_key if name == "key" and lacking else "",
            }
            for name, value in told.items()
        ]
    answer = {"question": {"file": str(settings.settings_file() or "none")}, "settings": rows}
    columns = {"setting": "setting", "value": "value", "note": "note"}
    show(answer, "settings", shape, f"settings file: {answer['question']['file']}", columns, [])  # type: ignore[index]
    if missing:
        sys.exit(1)


def _masked(url: str) -> str:
    """A URL without its password, wherever that stands."""
    url = re.sub(r"(?<=://)([^/@:]*):[^/]*@", r"\1:***@", url)
    return re.sub(r"(?i)([?&][^=&]*(?:password|key|token|secret)[^=&]*=)[^&]*", r"\1***", url)


def _plain(found: object) -> list[tuple[str, str]]:
    from config.settings import Settings, SourceSettings

    shown = []
    for name in Settings.model_fields:
        value = getattr(found, name)
        if name == "database_url":
            value = _masked(value)
        if not isinstance(value, SourceSettings):
            shown.append((name, "not set" if value is None else str(value)))
    return shown
