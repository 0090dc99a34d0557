"""What rows are declared on: instants, JSON, and columns that hold nothing but sealed envelopes."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.compiler import SQLCompiler

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Utc(sa.TypeDecorator[datetime]):
    """An instant. Always with a zone in Python, always UTC in the database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is UTC:
            return value
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


class Base(DeclarativeBase):
    """Every table of the core."""

    metadata = sa.MetaData(naming_convention=NAMES)
    type_annotation_map = {
        UUID: sa.Uuid(),
        datetime: Utc(),
        str: sa.Text(),
        bytes: sa.LargeBinary(),
        dict[str, Any]: Json,
        list[Any]: Json,
    }


def table(row: type[Base]) -> sa.Table:
    """The table of a row class, for statements over sets that need no entities."""
    found = row.__table__
    if not isinstance(found, sa.Table):
        raise TypeError(f"{row.__name__} has no table of its own")
    return found


class _IsEnvelope(sa.sql.expression.ColumnElement[bool]):
    """True for a sealed envelope (or nothing): plaintext cannot land in the column."""

    inherit_cache = True
    type = sa.Boolean()

    def __init__(self, column: str) -> None:
        self.column = column


@compiles(_IsEnvelope, "sqlite")
def _envelope_sqlite(element: _IsEnvelope, compiler: SQLCompiler, **_: object) -> str:
    c = element.column
    return (
        f"{c} IS NULL OR (typeof({c}) = 'blob' AND length({c}) >= 32 "
        f"AND hex(substr({c}, 1, 1)) = 'C1')"
    )


@compiles(_IsEnvelope, "postgresql")
def _envelope_postgresql(element: _IsEnvelope, compiler: SQLCompiler, **_: object) -> str:
    c = element.column
    return f"{c} IS NULL OR (octet_length({c}) >= 32 AND get_byte({c}, 0) = 193)"


def only_sealed(column: str) -> sa.CheckConstraint:
    """A check that nothing but a sealed envelope (or NULL) can land in `column`."""
    check = sa.CheckConstraint(_IsEnvelope(column), name=f"{column}_sealed")
    check.info["sealed"] = column
    return check
