"""The words that revisions are written with. What a shipped revision uses is never changed.

A guard is SQL text for both dialects, as it was when its revision was written: a later change
of the code that declares guards cannot change what an older revision did.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

Guards = Mapping[str, Mapping[str, Sequence[str]]]
JSON: sa.types.TypeEngine[Any] = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

_SEALED = {
    "sqlite": "{c} IS NULL OR (typeof({c}) = 'blob' AND length({c}) >= 32 "
    "AND hex(substr({c}, 1, 1)) = 'C1')",
    "postgresql": "{c} IS NULL OR (octet_length({c}) >= 32 AND get_byte({c}, 0) = 193)",
}


def dialect() -> str:
    """`sqlite` or `postgresql`: what this revision runs on."""
    return str(op.get_bind().dialect.name)


def sealed(table: str, column: str) -> sa.CheckConstraint:
    """The check that nothing but a sealed envelope, format 1, lands in the column."""
    text = _SEALED[dialect()].format(c=column)
    return sa.CheckConstraint(sa.text(text), name=op.f(f"ck_{table}_{column}_sealed"))


def run(statements: Mapping[str, Sequence[str]]) -> None:
    """Run the statements of this dialect, as they stand."""
    bind = op.get_bind()
    for statement in statements.get(dialect(), ()):
        bind.execute(sa.DDL(statement.replace("%", "%%")))


def make_guards(guards: Guards) -> None:
    """Make triggers and their functions."""
    for name in sorted(guards):
        run(guards[name])


def drop_guards(guards: Guards) -> None:
    """Take triggers and their functions away, because this revision restates or ends them."""
    for name in sorted(guards):
        run(guards[name])


def late_key(
    name: str,
    source: str,
    referent: str,
    local: Sequence[str],
    remote: Sequence[str],
    *,
    deferrable: bool,
    initially: str | None,
) -> None:
    """A foreign key in a circle of tables: here on PostgreSQL, inside the table on SQLite."""
    if dialect() == "postgresql":
        op.create_foreign_key(
            name, source, referent, local, remote, deferrable=deferrable, initially=initially
        )
