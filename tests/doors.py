"""The doors of the app, as a member with a token meets them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session, SessionTransaction
from werkzeug.test import TestResponse

from bindeledd.app import create_app
from bindeledd.features.access.domain import Scope
from bindeledd.features.access.service import make_token
from bindeledd.features.staff.domain import Actor, system
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.plugin.loading import Gathered, gather
from bindeledd.settings import read_settings
from strictly import strictly


def an_app(database: Database, home: Path, packs: Sequence[str] = ()) -> Flask:
    """The whole app of a test installation on `database`, with these packs switched on."""
    settings = replace(read_settings({"BINDELEDD_HOME": str(home)}), environment="test")
    made = create_app(settings, database=database, gathered=_gathered(tuple(packs)))
    return strictly(made)


@cache
def _gathered(packs: Sequence[str]) -> Gathered:
    return gather(packs)


@dataclass(frozen=True)
class Door:
    """JSON requests of one member."""

    app: Flask
    token: str

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        sent: dict[str, Any] = {} if body is None else {"json": body}
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.app.test_client().open(
            f"/api/v1{path}",
            method=method,
            headers={"Authorization": f"Bearer {self.token}", **names},
            **sent,
        )


def a_door(app: Flask, database: Database, member: Actor, scope: Scope = Scope.FULL) -> Door:
    """The API as `member` uses it, with a token of this scope for an hour."""
    at = clock.now()
    with database.transaction() as session:
        token = make_token(
            session,
            member.id,  # type: ignore[arg-type]
            label="test",
            until=at + timedelta(hours=1),
            scope=scope,
            by=system(member.tenant_id),
            at=at,
        )
    return Door(app, token)


@contextmanager
def writing(database: Database, table: str) -> Iterator[list[str]]:
    """What happens inside, in order: `row` for each row that is written, `end` of a transaction."""
    steps: list[str] = []

    def wrote(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(f"INSERT INTO {table} "):
            steps.append("row")

    def ended(_session: Session, ending: SessionTransaction) -> None:
        if ending.parent is None:
            steps.append("end")

    sa.event.listen(database.engine, "before_cursor_execute", wrote)
    sa.event.listen(Session, "after_transaction_end", ended)
    try:
        yield steps
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", wrote)
        sa.event.remove(Session, "after_transaction_end", ended)
