"""Every column is sealed, or stands on the written list of plain ones in docs/sealing.md.

And the database refuses plain words in every sealed column, whoever writes, on both databases.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import bindeledd
from bindeledd.foundation.db import Utc, guards
from bindeledd.tables import metadata

PAGE = Path(__file__).parents[2] / "docs" / "sealing.md"
KINDS: dict[str, tuple[type[Any], ...]] = {
    "ids": (sa.Uuid,),
    "times": (Utc, sa.Date, sa.Time),
    "numbers": (sa.Integer, sa.Boolean),
    "codes": (sa.Text, sa.String),
    "plain facts": (sa.JSON,),
    "directory": (sa.Text, sa.String),
    "outside ids": (sa.Text, sa.String),
    "hashes": (sa.Text, sa.String),
    "wrapped keys": (sa.LargeBinary,),
    "sealed": (sa.LargeBinary,),
}

SEALED = sorted(
    (table.name, check.info["sealed"])
    for table in metadata.tables.values()
    for check in table.constraints
    if "sealed" in check.info
)


def written() -> dict[tuple[str, str], str]:
    """(table, column) → kind, as the page says."""
    listed: dict[tuple[str, str], str] = {}
    table = ""
    for line in PAGE.read_text(encoding="utf-8").partition("## The list")[2].splitlines():
        if heading := re.fullmatch(r"### `(\w+)`", line):
            table = heading[1]
        elif table and (entry := re.fullmatch(r"- ([a-z ]+): (.+)", line)):
            for column in re.findall(r"`(\w+)`", entry[2]):
                assert (table, column) not in listed, f"{table}.{column} stands twice"
                listed[table, column] = entry[1]
    return listed


def lines_to_add(columns: list[sa.Column[Any]]) -> str:
    """What the page lacks, ready to be pasted, each column under the first kind that fits it."""
    wanted: dict[str, dict[str, list[str]]] = {}
    for column in columns:
        sealed = (column.table.name, column.name) in SEALED
        fitting = [kind for kind, types in KINDS.items() if isinstance(column.type, types)]
        kind = "sealed" if sealed or not fitting else fitting[0]
        wanted.setdefault(column.table.name, {}).setdefault(kind, []).append(f"`{column.name}`")
    return "\n".join(
        f"### `{table}`\n\n" + "\n".join(f"- {kind}: {' '.join(c)}" for kind, c in kinds.items())
        for table, kinds in wanted.items()
    )


def test_every_column_is_sealed_or_on_the_written_list() -> None:
    listed = written()

    missing = [
        column
        for table in metadata.tables.values()
        for column in table.columns
        if (table.name, column.name) not in listed
    ]

    assert not missing, (
        "docs/sealing.md does not know these columns. What holds words, numbers or outcomes of a "
        "person is sealed with only_sealed(…); the rest is added there, under the kind that fits "
        f"(codes, directory, outside ids or hashes for text):\n\n{lines_to_add(missing)}\n"
    )


def test_the_list_names_no_column_that_is_gone() -> None:
    there = {(t.name, c.name) for t in metadata.tables.values() for c in t.columns}

    gone = [f"{table}.{column}" for table, column in written() if (table, column) not in there]

    assert not gone, "docs/sealing.md names columns that the schema has not: " + ", ".join(gone)


def test_what_the_list_calls_sealed_is_what_the_database_keeps_sealed() -> None:
    said = sorted(place for place, kind in written().items() if kind == "sealed")

    assert said == SEALED


def test_every_column_has_a_type_that_fits_its_kind() -> None:
    """Nobody hides free words under `numbers`, nor bytes under `codes`."""
    listed = written()

    wrong = [
        f"{table.name}.{column.name}: {type(column.type).__name__} under {kind}"
        for table in metadata.tables.values()
        for column in table.columns
        if (kind := listed.get((table.name, column.name))) is not None
        and not isinstance(column.type, KINDS[kind])
    ]

    assert wrong == []


def test_bytes_are_sealed_or_wrapped_keys_and_nothing_else() -> None:
    plain = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.LargeBinary) and (table.name, column.name) not in SEALED
    ]

    assert plain == ["data_keys.wrapped"]


# --- the database refuses -------------------------------------------------------------------------

ENVELOPE = b"\xc1\x01\x00\x01" + b"\x00" * 44
PLAIN = {
    "a name": b"Kari Nordmann",
    "a long note": "Ánne fortalte at hun ikke har sovet på tre netter".encode(),
    "JSON": b'{"given": "Kari", "family": "Nordmann", "phone": "41234567"}',
    "nothing": b"",
    "a short envelope": b"\xc1" + b"\x00" * 30,
    "one byte beside": b"\xc0" + b"\x00" * 60,
}

# What a row needs beyond the first word of each closed list, for its other checks to let it in.
ROWS: dict[str, dict[str, Any]] = {
    "cases": {"next_task_id": uuid4()},
    "tasks": {"subject_id": uuid4(), "next_rung_at": datetime(2026, 3, 2, tzinfo=UTC)},
    "handovers": {"to_team_id": uuid4()},
    "takeover_decisions": {"case_id": uuid4(), "patient_id": uuid4()},
}


def value_of(column: sa.Column[Any]) -> Any:
    """Something that the column takes: the first word of its closed list, where it has one."""
    table = column.table
    assert isinstance(table, sa.Table)
    for check in table.constraints:
        if isinstance(check, sa.CheckConstraint) and isinstance(check.sqltext, sa.TextClause):
            closed = re.match(rf"\s*{column.name} IN \('([^']+)'", str(check.sqltext))
            if closed:
                return closed[1]
    python: dict[type[Any], Any] = {
        sa.Uuid: uuid4(),
        Utc: datetime(2026, 3, 2, tzinfo=UTC),
        sa.Boolean: False,
        sa.Integer: 1,
        sa.JSON: {},
        sa.Date: date(2026, 3, 2),
        sa.Time: time(8),
        sa.LargeBinary: ENVELOPE,
    }
    return next((v for t, v in python.items() if isinstance(column.type, t)), "x")


def a_row(table: sa.Table) -> dict[str, Any]:
    values = {
        column.name: value_of(column)
        for column in table.columns
        if not column.nullable and column.computed is None
    }
    return values | ROWS.get(table.name, {})


@pytest.fixture
def unguarded(session: Session) -> Iterator[Session]:
    """A session in which only checks stand: no triggers and no foreign keys until the roll-back."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))
    else:
        session.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
        for guard in guards():
            for statement in guard.drop("sqlite"):
                session.execute(sa.text(statement))
    return session


@pytest.mark.parametrize(("table_name", "column"), SEALED)
def test_the_database_refuses_plain_words_in_a_sealed_column(
    unguarded: Session, table_name: str, column: str
) -> None:
    """An envelope is let in; the same row with anything else is refused by the column's check."""
    table = metadata.tables[table_name]
    values = a_row(table) | {column: ENVELOPE}
    try:
        unguarded.execute(sa.insert(table).values(values))
    except IntegrityError as refused:
        pytest.fail(f"add to ROWS what a row of {table_name} needs: {refused.orig}")
    raw = sa.text(f"UPDATE {table_name} SET {column} = :plain")

    for what, plain in PLAIN.items():
        with pytest.raises(IntegrityError) as refused, unguarded.begin_nested():
            unguarded.execute(raw, {"plain": plain})
        assert f"ck_{table_name}_{column}_sealed" in str(refused.value.orig), what


@pytest.mark.parametrize(("table_name", "column"), SEALED)
def test_sqlite_refuses_text_and_numbers_in_a_sealed_column(
    unguarded: Session, dialect: str, table_name: str, column: str
) -> None:
    """SQLite would store any type anywhere, also text that begins like an envelope."""
    if dialect != "sqlite":
        pytest.skip("PostgreSQL has a type for bytes")
    table = metadata.tables[table_name]
    unguarded.execute(sa.insert(table).values(a_row(table) | {column: ENVELOPE}))
    raw = sa.text(f"UPDATE {table_name} SET {column} = :plain")

    for plain in ("Kari Nordmann", "Á" + "x" * 60, 12345678901, 1.5):
        with pytest.raises(IntegrityError), unguarded.begin_nested():
            unguarded.execute(raw, {"plain": plain})


# --- the code ---------------------------------------------------------------------------------


def places_in_code() -> Iterator[tuple[str, str | None, str | None]]:
    """(where, table, purpose) of every `Place(…)` that names its table or purpose as a word."""
    package = Path(bindeledd.__file__).parent
    for file in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Place":
                given = dict(zip(("tenant", "table", "purpose"), node.args, strict=False))
                given |= {word.arg: word.value for word in node.keywords if word.arg}
                named = {
                    name: value.value if isinstance(value, ast.Constant) else None
                    for name, value in given.items()
                }
                where = f"{file.relative_to(package)}:{node.lineno}"
                yield where, named.get("table"), named.get("purpose")


def test_every_place_in_the_code_is_a_sealed_column() -> None:
    """`purpose` is the name of the column: then no two columns can swap what they hold."""
    places = list(places_in_code())

    wrong = [
        f"{where}: {table}.{purpose}"
        for where, table, purpose in places
        if table is not None
        and not any(table == t and purpose in (None, column) for t, column in SEALED)
    ]

    assert len(places) > 5
    assert not wrong, "sealed at a place that is no sealed column: " + ", ".join(wrong)
