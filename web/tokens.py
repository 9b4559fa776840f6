"""Who may change something: the bearer of a token, given by `yellowsea token add`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from store import tokens
from web.desk import AtDesk
from web.problems import Problem

_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A token of `yellowsea token add`; needed to change something, never to read.",
)


def changing(desk: AtDesk, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]) -> str:
    """The dependency of every route that changes something: in whose name the token was given.

    Raises
    ------
    Problem
        401 without a token, or with one that does not hold.
    """
    if given is not None:
        with desk.store.read() as connection:
            name = tokens.holder(connection, given.credentials)
        if name is not None:
            with desk.store.write() as connection:
                tokens.used(connection, name, datetime.now(UTC))
            return name
    said = "this token does not hold" if given else "to change something a token is needed"
    raise Problem(
        401,
        "token",
        f"{said}: `yellowsea token add NAME` gives one, sent as Authorization: Bearer TOKEN",
        {"WWW-Authenticate": "Bearer" if given is None else 'Bearer error="invalid_token"'},
    )


Changing = Annotated[str, Depends(changing)]
