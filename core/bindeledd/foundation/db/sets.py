"""Rows written in one statement: many, or one that may be there already."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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


_TOGETHER = "db.together"


@contextmanager
def together(session: Session) -> Iterator[None]:
    """What `insert_set` writes inside is sent in its order at the end of the block: as one statement
    on PostgreSQL, where each is a message. Until then no question sees it.
    """
    if not _by_message(session) or is_together(session):
        yield
        return
    waiting = session.info[_TOGETHER] = list[tuple[sa.Table, Sequence[dict[str, Any]]]]()
    try:
        yield
    finally:
        del session.info[_TOGETHER]
    if waiting:
        _send(session, waiting)


def is_together(session: Session) -> bool:
    """Whether what `insert_set` writes now waits for the end of a block."""
    return _TOGETHER in session.info


def insert_set(session: Session, into: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """One statement for all rows on PostgreSQL, where each execution is a message."""
    if not _by_message(session):
        session.execute(sa.insert(into), list(rows))
    elif is_together(session):
        session.info[_TOGETHER].append((into, rows))
    else:
        _send(session, [(into, rows)])


def _by_message(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _send(session: Session, sets: Sequence[tuple[sa.Table, Sequence[dict[str, Any]]]]) -> None:
    shape = tuple((into.name, tuple(rows[0])) for into, rows in sets)
    said = {
        f"rows{number}": orjson.dumps(rows, default=_in_hex).decode()
        for number, (_, rows) in enumerate(sets)
    }
    session.execute(_as_sets(shape), said)


def _in_hex(value: object) -> str:
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(type(value).__name__)


@lru_cache(maxsize=64)
def _as_sets(shape: tuple[tuple[str, tuple[str, ...]], ...]) -> sa.TextClause:
    *first, last = (_as_set(number, *one) for number, one in enumerate(shape))
    each = ", ".join(f"set{number} AS ({one})" for number, one in enumerate(first))
    return sa.text(f"WITH {each} {last}" if first else last)


def _as_set(number: int, into: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(columns)
    return (
        f"INSERT INTO {into} ({names}) SELECT {names} "  # noqa: S608
        f"FROM jsonb_populate_recordset(CAST(NULL AS {into}), CAST(:rows{number} AS jsonb))"
    )
