"""What the database itself refuses: triggers in both dialects, declared beside their tables."""

import re
from dataclasses import dataclass

import sqlalchemy as sa

from bindeledd.foundation.db.rows import Base


@dataclass(frozen=True, kw_only=True)
class Guard:
    """One trigger that refuses an operation, in both dialects."""

    name: str
    table: str
    on: str
    when: str
    message: str
    dialects: tuple[str, ...] = ("sqlite", "postgresql")
    quietly: bool = False

    def create(self, dialect: str) -> list[str]:
        """The statements that make it, empty where the guard is not for this dialect."""
        if dialect not in self.dialects:
            return []
        if dialect == "sqlite":
            how = "IGNORE" if self.quietly else f"ABORT, '{self.message}'"
            return [
                f"CREATE TRIGGER {self.name} BEFORE {self.on} ON {self.table} FOR EACH ROW "
                f"WHEN {self.when} BEGIN SELECT RAISE({how}); END"
            ]
        back = "OLD" if self.on == "DELETE" else "NEW"
        made = [
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {self.when} THEN RAISE EXCEPTION '{self.message}' USING ERRCODE = '23514'; "
            f"END IF; RETURN {back}; END $$",
            f"CREATE TRIGGER {self.name} BEFORE {self.on} ON {self.table} FOR EACH ROW "
            f"EXECUTE FUNCTION {self.name}()",
        ]
        if self.on == "DELETE" and self.when == "true":
            made.append(
                f"CREATE FUNCTION {self.name}_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"RAISE EXCEPTION '{self.message}' USING ERRCODE = '23514'; END $$"
            )
            made.append(
                f"CREATE TRIGGER {self.name}_all BEFORE TRUNCATE ON {self.table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {self.name}_all()"
            )
        return made

    def drop(self, dialect: str) -> list[str]:
        """The statements that take it away again (for a migration that restates it)."""
        if dialect not in self.dialects:
            return []
        if dialect == "sqlite":
            return [f"DROP TRIGGER {self.name}"]
        names = [self.name]
        if self.on == "DELETE" and self.when == "true":
            names.append(f"{self.name}_all")
        return [f"DROP FUNCTION {name}() CASCADE" for name in names]


def guards() -> list[Guard]:
    """Every guard that the tables declare, in the order of their names."""
    declared: dict[str, Guard] = Base.metadata.info.setdefault("guards", {})
    return [declared[name] for name in sorted(declared)]


def refuse(
    table: str,
    on: str,
    *,
    name: str,
    message: str,
    when: str = "true",
    dialects: tuple[str, ...] = ("sqlite", "postgresql"),
    quietly: bool = False,
) -> None:
    """Declare that the database refuses `on` (INSERT, UPDATE, DELETE) on `table` when `when`.

    `when` is SQL that both dialects understand, over `OLD` and `NEW`. `message` reaches whoever
    typed the statement: it says what is wrong, without content. `quietly` leaves the row out
    instead (SQLite only).
    """
    guard = Guard(
        name=name,
        table=table,
        on=on,
        when=when,
        message=message,
        dialects=dialects,
        quietly=quietly,
    )
    declared: dict[str, Guard] = Base.metadata.info.setdefault("guards", {})
    if declared.setdefault(name, guard) != guard:
        raise ValueError(f"two guards of the name {name}")


def never_deleted(table: str, *, twice: str = "refused") -> None:
    """Declare that rows of `table` are never deleted, whoever asks, nor replaced by others.

    SQLite's `OR REPLACE` deletes without asking the triggers of deletion: so what would collide
    is refused beforehand. `twice="left_out"` is for tables that are written with `ON CONFLICT DO
    NOTHING`: what is there stays, and nobody is told.
    """
    refuse(table, "DELETE", name=f"keep_{table}", message=f"rows of {table} are never deleted")
    keys = _unique_keys(Base.metadata.tables[table])
    same = [*(_same(table, key, where) for key, where in keys), f"({table}.rowid = NEW.rowid)"]
    found = f"EXISTS (SELECT 1 FROM {table} WHERE {{}})"  # noqa: S608
    refuse(
        table,
        "INSERT",
        name=f"replace_no_{table}",
        when=" OR ".join(found.format(one) for one in same),
        message=f"rows of {table} are never replaced",
        dialects=("sqlite",),
        quietly=twice == "left_out",
    )
    first = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in ("rowid", *keys[0][0]))
    others = [
        f"({_moved(table, *key)}) AND "
        + found.format(f"{_same(table, *key)} AND {table}.rowid <> OLD.rowid")
        for key in keys[1:]
    ]
    refuse(
        table,
        "UPDATE",
        name=f"displace_no_{table}",
        when=" OR ".join([first, *others]),
        message=f"rows of {table} are never replaced",
        dialects=("sqlite",),
    )


def _unique_keys(table: sa.Table) -> list[tuple[tuple[str, ...], str]]:
    """The columns of each unique key, the primary key first, with the rows for which it counts."""
    keys = [(tuple(table.primary_key.columns.keys()), "")]
    for one in sorted(table.constraints, key=lambda held: str(held.name)):
        if isinstance(one, sa.UniqueConstraint):
            keys.append((tuple(one.columns.keys()), ""))
    for index in sorted(table.indexes, key=lambda held: str(held.name)):
        if index.unique:
            where = index.dialect_options["sqlite"]["where"]
            keys.append((tuple(index.columns.keys()), "" if where is None else str(where)))
    primary = set(keys[0][0])
    return [keys[0], *(key for key in keys[1:] if not primary <= set(key[0]))]


def _moved(table: str, key: tuple[str, ...], where: str) -> str:
    """SQL: something of the unique key changes."""
    names = (column.name for column in Base.metadata.tables[table].columns)
    held = [name for name in names if re.search(rf"\b{name}\b", where)]
    return " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in dict.fromkeys([*key, *held]))


def _same(table: str, key: tuple[str, ...], where: str) -> str:
    """SQL: a row of `table` has the unique key of the new row."""
    names = "|".join(Base.metadata.tables[table].columns.keys())
    counts = [re.sub(rf"\b({names})\b", rf"{of}.\1", where) for of in (table, "NEW") if where]
    return "(" + " AND ".join([*(f"{table}.{n} = NEW.{n}" for n in key), *counts]) + ")"


def never_changed(table: str, *, twice: str = "refused") -> None:
    """Declare that `table` is only ever appended to."""
    never_deleted(table, twice=twice)
    refuse(table, "UPDATE", name=f"fix_{table}", message=f"rows of {table} are never changed")


@sa.event.listens_for(Base.metadata, "after_create")
def _create_guards(target: sa.MetaData, connection: sa.Connection, **_: object) -> None:
    for guard in guards():
        for statement in guard.create(connection.dialect.name):
            connection.exec_driver_sql(statement.replace("%", "%%"))
