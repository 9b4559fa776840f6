"""`--lang` for every command that prints a table: written once, given to all of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

import typer

from cli import options
from cli.desk import LANGUAGE

_KEYWORD = inspect.Parameter.KEYWORD_ONLY


def in_languages(app: typer.Typer) -> None:
    """Give `--lang` to each command of the app and of its groups that has `--format` and no `--lang` yet."""
    for command in app.registered_commands:
        if command.callback is not None:
            command.callback = _speaking(command.callback)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            in_languages(group.typer_instance)


def _speaking(command: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(command, eval_str=True)
    if "shape" not in signature.parameters or "lang" in signature.parameters:
        return command

    @wraps(command)
    def typed(**given: Any) -> Any:
        before = LANGUAGE.set(given.pop("lang").value)
        try:
            return command(**given)
        finally:
            LANGUAGE.reset(before)

    lang = inspect.Parameter("lang", _KEYWORD, default=options.Language.en, annotation=options.Lang)
    own = [one.replace(kind=_KEYWORD) for one in signature.parameters.values()]
    typed.__annotations__ = {one.name: one.annotation for one in (*own, lang)}
    typed.__signature__ = signature.replace(parameters=[*own, lang])  # type: ignore[attr-defined]  # as in asking
    return typed
