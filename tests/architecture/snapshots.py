"""What a database says of itself: tables, checks, keys, indexes, generated columns, guards.

Two databases that were made in different ways are compared by this, word for word.
"""

from __future__ import annotations

import re

import sqlalchemy as sa

Snapshot = dict[str, tuple[str, ...]]

_POSTGRES = {
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable, generation_expression,
               column_default
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "guards": """
        SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(pg_trigger.oid), prosrc
        FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal""",
}


def snapshot(connection: sa.Connection) -> dict[str, Snapshot]:
    """By kind of thing and by its name: how the database itself spells it."""
    if connection.dialect.name == "sqlite":
        return _of_sqlite(connection)
    found = {}
    for kind, question in _POSTGRES.items():
        rows = connection.exec_driver_sql(question).fetchall()
        named = {f"{row[0]}.{row[1]}": tuple(str(part) for part in row[2:]) for row in rows}
        found[kind] = {k: v for k, v in named.items() if not k.startswith("alembic_version")}
    return found


def _of_sqlite(connection: sa.Connection) -> dict[str, Snapshot]:
    rows = connection.exec_driver_sql(
        "SELECT type, tbl_name, name, sql FROM sqlite_master "
        "WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND tbl_name <> 'alembic_version'"
    ).fetchall()
    found: dict[str, Snapshot] = {"table": {}, "index": {}, "trigger": {}}
    for kind, table, name, text in rows:
        parts = _parts(text) if kind == "table" else (" ".join(text.split()),)
        found[kind][f"{table}.{name}"] = parts
    return found


def _parts(text: str) -> tuple[str, ...]:
    """The columns and constraints of a CREATE TABLE, in an order that does not matter."""
    inner = text[text.index("(") + 1 : text.rindex(")")]
    parts, depth, start, quoted = [], 0, 0, False
    for place, sign in enumerate(inner):
        quoted ^= sign == "'"
        depth += 0 if quoted else (sign == "(") - (sign == ")")
        if sign == "," and depth == 0 and not quoted:
            parts.append(inner[start:place])
            start = place + 1
    parts.append(inner[start:])
    return tuple(sorted(re.sub(r"\s+", " ", part).strip() for part in parts))
