"""The options that every question about a place shares: written once, understood once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from functools import wraps
from typing import TYPE_CHECKING, Any, get_type_hints

from cli import options

if TYPE_CHECKING:
    from config.facts import Facts
    from report.question import Question
    from store.engine import Store


@dataclass(frozen=True)
class Asked:
    """A question as it was typed; each field is an option of the command line."""

    region: options.Region = None
    station: options.Stations = None
    since: options.Since = None
    until: options.Until = None
    pollutant: options.Pollutant = "pm25"
    network: options.Network = None
    feed: options.Feed = None
    basis: options.BasisOption = options.Basis.best
    panel: options.PanelOption = options.Panel.all
    as_of: options.AsOf = None
    flags: options.FlagsOption = options.Flags.keep
    database: options.Database = None
    shape: options.Shape = options.Format.table

    def understood(self, store: Store, facts: Facts) -> Question:
        """The question of these options, names resolved first.

        Raises
        ------
        UnknownPlaceError, AmbiguousPlaceError, QuestionError
        """
        from report.question import ask
        from report.stations_held import Desk

        with store.read() as connection:
            desk = Desk(connection, facts)
            return ask(
                facts,
                desk.places,
                region=self.region,
                stations=tuple(self.station or ()),
                since=self.since,
                until=self.until,
                pollutant=self.pollutant,
                network=self.network,
                feed=self.feed,
                basis=self.basis.value,
                panel=self.panel.value,
                as_of=self.as_of,
                drop_flagged=self.flags is options.Flags.drop,
                own_feeds=desk.feeds if self.feed else (),
            )


def asking(command: Callable[..., None], without: Collection[str] = ()) -> Callable[..., None]:
    """Give a command, whose first parameter is `Asked`, the options of `Asked` before its own.

    `without` names options that the command does not have, or gives a form of its own.
    """
    hints = get_type_hints(Asked, include_extras=True)
    keyword = inspect.Parameter.KEYWORD_ONLY
    offered = [one for one in fields(Asked) if one.name not in without]
    shared = [
        inspect.Parameter(one.name, keyword, default=one.default, annotation=hints[one.name])
        for one in offered
    ]
    own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]

    @wraps(command)
    def typed(**given: Any) -> None:
        asked = Asked(**{one.name: given.pop(one.name) for one in offered})
        command(asked, **given)

    signature = inspect.Signature([*shared, *(one.replace(kind=keyword) for one in own)])
    typed.__annotations__ = {one.name: one.annotation for one in signature.parameters.values()}
    typed.__signature__ = signature  # type: ignore[attr-defined]  # typer reads its options from here
    return typed
