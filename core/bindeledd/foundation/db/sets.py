"""Rows written in one statement: many, or one that may be there already."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bindeledd.foundation.db.rows import Base


def upsert(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows `ON CONFLICT`, for either database."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def insert_set(session: Session, into: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """One statement for all rows on PostgreSQL, where each execution is a message."""
    if session.get_bind().dialect.name != "postgresql":
        session.execute(sa.insert(into), list(rows))
        return
    plain = orjson.dumps(rows, default=_in_hex).decode()
    session.execute(_as_set(into.name, tuple(rows[0])), {"rows": plain})


def _in_hex(value: object) -> str:
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(type(value).__name__)


@lru_cache(maxsize=16)
def _as_set(into: str, columns: tuple[str, ...]) -> sa.TextClause:
    names = ", ".join(columns)
    return sa.text(
        f"INSERT INTO {into} ({names}) SELECT {names} "  # noqa: S608
        f"FROM jsonb_populate_recordset(CAST(NULL AS {into}), CAST(:rows AS jsonb))"
    )
