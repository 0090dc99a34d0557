"""Writing a new revision: what the tables of the code have and the newest revision has not.

A developer's tool (`python -m bindeledd.revising "what changes"`). Tables are compared by
Alembic on an empty SQLite database; guards by replaying what the revisions say, for both
dialects. A person reads and completes what it writes before it is committed.
"""

import argparse
import pprint
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from alembic.operations import ops
from alembic.script import ScriptDirectory

from bindeledd.foundation.db import Json, Utc, guards, open_database
from bindeledd.tables import metadata
from bindeledd.upgrading import choices, folder_of_revisions, revisions, upgrade

DIALECTS = ("sqlite", "postgresql")
GuardTexts = dict[str, dict[str, list[str]]]

_FILE = '''"""{message}."""

import sqlalchemy as sa
from alembic import op

from bindeledd.migrations import pieces

revision = {revision!r}
down_revision = {down!r}
branch_labels = None
depends_on = None

GUARDS_DROPPED: pieces.Guards = {dropped}
GUARDS_MADE: pieces.Guards = {made}


def upgrade() -> None:
    pieces.drop_guards(GUARDS_DROPPED)
    {body}
    pieces.make_guards(GUARDS_MADE)
'''


def declared_guards() -> GuardTexts:
    """What the code declares: for each guard and dialect the statements that make it."""
    return {guard.name: {d: guard.create(d) for d in DIALECTS} for guard in guards()}


def replayed_guards(script: ScriptDirectory, until: str = "head") -> GuardTexts:
    """What the revisions leave behind, up to `until`, read from the revisions themselves."""
    standing: GuardTexts = {}
    for one in reversed(list(script.walk_revisions("base", until))):
        for name in getattr(one.module, "GUARDS_DROPPED", {}):
            standing.pop(name, None)
        for name, made in getattr(one.module, "GUARDS_MADE", {}).items():
            standing[name] = {dialect: list(made.get(dialect, ())) for dialect in DIALECTS}
    return standing


def changed_guards(before: GuardTexts, after: GuardTexts) -> tuple[GuardTexts, GuardTexts]:
    """Statements that drop what ended or changed, and statements that make what is new."""
    gone = {name: made for name, made in before.items() if after.get(name) != made}
    new = {name: made for name, made in after.items() if before.get(name) != made}
    dropped = {name: {d: _dropping(made[d]) for d in DIALECTS} for name, made in gone.items()}
    return dropped, new


def _dropping(made: list[str]) -> list[str]:
    """The statements that undo `made`: a function takes its trigger along."""
    functions = [s.split()[2] for s in made if s.startswith("CREATE FUNCTION ")]
    triggers = [s.split()[2] for s in made if s.startswith("CREATE TRIGGER ")]
    if functions:
        return [f"DROP FUNCTION {name} CASCADE" for name in functions]
    return [f"DROP TRIGGER {name}" for name in triggers]


def write_revision(message: str, *, folder: Path | None = None) -> Path | None:
    """Write the next revision; None when the code and the newest revision agree."""
    with folder_of_revisions(folder) as place:
        script = revisions(place)
        dropped, made = changed_guards(replayed_guards(script), declared_guards())
        body = _changes(place) or "pass"
        if body == "pass" and not dropped and not made:
            return None
        down = script.get_current_head()
        revision = f"{int(down or 0) + 1:04d}"
        slug = "_".join("".join(c if c.isalnum() else " " for c in message.lower()).split())
        file = place / "versions" / f"{revision}_{slug}.py"
    text = _FILE.format(
        message=message[0].upper() + message[1:].rstrip("."),
        revision=revision,
        down=down,
        dropped=pprint.pformat(dropped, width=96),
        made=pprint.pformat(made, width=96),
        body=body.strip(),
    )
    file.write_text(text)
    for step in (["check", "--fix", "--quiet"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *step, str(file)], check=False)  # noqa: S603
    return file


def _changes(place: Path) -> str:
    """The body of `upgrade`, without guards."""
    with tempfile.TemporaryDirectory() as scratch:
        database = open_database(f"sqlite:///{scratch}/revising.db")
        upgrade(database, folder=place)
        with database.engine.connect() as connection:
            options = dict(choices(connection)) | {"render_item": render_item}
            context = MigrationContext.configure(connection, opts=options)
            found = produce_migrations(context, metadata)
            assert found.upgrade_ops is not None  # noqa: S101
            found.upgrade_ops.ops.extend(_late_keys(found.upgrade_ops))
            text = render_python_code(
                found.upgrade_ops, render_item=render_item, migration_context=context
            )
        database.close()
    lines = [line for line in text.splitlines() if not line.strip().startswith("#")]
    return "\n".join(lines).strip()


def _late_keys(found: ops.UpgradeOps) -> list[ops.MigrateOperation]:
    """Keys in a circle of tables, which PostgreSQL wants after the tables."""
    made = [one.to_table() for one in found.ops if isinstance(one, ops.CreateTableOp)]
    return [
        _LateKey(key)
        for table in made
        for key in sorted(table.foreign_key_constraints, key=lambda k: str(k.name))
        if key.use_alter
    ]


class _LateKey(ops.MigrateOperation):
    def __init__(self, key: sa.ForeignKeyConstraint) -> None:
        self.key = key


def _render_late_key(_context: AutogenContext, operation: _LateKey) -> str:
    key = operation.key
    names = [key.name, key.table.name, key.referred_table.name]
    columns = [list(key.column_keys), [part.target_fullname.split(".")[1] for part in key.elements]]
    listed = ", ".join(
        repr(part if isinstance(part, list) else str(part)) for part in [*names, *columns]
    )
    return (
        f"pieces.late_key({listed}, deferrable={bool(key.deferrable)}, initially={key.initially!r})"
    )


def _register() -> None:
    from alembic.autogenerate.render import renderers

    renderers.dispatch_for(_LateKey)(_render_late_key)


_register()


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """How our own types and checks are spelt in a revision."""
    if kind == "type" and isinstance(item, Utc):
        return "sa.DateTime(timezone=True)"
    if (
        kind == "type"
        and isinstance(item, sa.JSON)
        and item._variant_mapping == Json._variant_mapping
    ):
        return "pieces.JSON"
    if kind == "check" and isinstance(item, sa.CheckConstraint) and "sealed" in item.info:
        return f"pieces.sealed({item.table.name!r}, {item.info['sealed']!r})"
    return False


def main() -> None:
    """Write the next revision, or say that there is nothing to write."""
    parser = argparse.ArgumentParser(prog="python -m bindeledd.revising", description=__doc__)
    parser.add_argument("message", help="what changes, in words: it names the file")
    written = write_revision(parser.parse_args().message)
    print(written or "the tables of the code and the newest revision agree")


if __name__ == "__main__":
    main()
