"""A database that was upgraded step by step is the one that the code describes, guards included."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner

from architecture.snapshots import snapshot
from bindeledd.foundation.console import Site
from bindeledd.foundation.db import Database, guards, open_database
from bindeledd.foundation.errors import Misconfigured
from bindeledd.maintenance import db
from bindeledd.revising import (
    changed_guards,
    declared_guards,
    replayed_guards,
    write_revision,
)
from bindeledd.revisions import insist_upgraded, newest, revision_of
from bindeledd.tables import metadata
from bindeledd.upgrading import choices, folder_of_revisions, revisions, upgrade

SHIPPED = Path(__file__).parents[2] / "migrations"
VERSIONS = sorted((SHIPPED / "versions").glob("[0-9]*.py"))


@pytest.fixture(scope="session")
def written(scratch: Path) -> Path:
    """Revisions as the machinery would write them today, from nothing."""
    folder = scratch / "migrations"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("[0-9]*.py", "__pycache__"))
    assert write_revision("first tables", folder=folder) is not None
    return folder


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A copy: what a test writes never stands in the tree."""
    folder = tmp_path / "migrations"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(params=["written", *(["shipped"] if VERSIONS else [])])
def folder(request: pytest.FixtureRequest) -> Path:
    """A copy of the revisions that are shipped (as soon as there are any), or those of today."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    database = open_database(empty_url)
    yield database
    database.close()


def test_every_revision_step_by_step_ends_at_what_the_code_describes(
    folder: Path, empty: Database, database_url: str
) -> None:
    script = revisions(folder)
    for step in reversed(list(script.walk_revisions())):
        assert upgrade(empty, step.revision, folder=folder).after == step.revision
    described = open_database(database_url)
    with empty.engine.connect() as migrated, described.engine.connect() as made:
        assert snapshot(migrated) == snapshot(made)
    described.close()


def test_alembic_finds_no_difference_to_the_tables_of_the_code(
    folder: Path, empty: Database
) -> None:
    upgrade(empty, folder=folder)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=dict(choices(connection)))
        assert compare_metadata(context, metadata) == []


def test_after_every_revision_the_guards_are_those_that_the_revisions_say(
    folder: Path, empty: Database
) -> None:
    script = revisions(folder)
    for step in reversed(list(script.walk_revisions())):
        upgrade(empty, step.revision, folder=folder)
        said = replayed_guards(script, step.revision)
        wanted = {name for name, made in said.items() if made[empty.dialect]}
        assert _guards_in(empty) == wanted, step.revision
    assert replayed_guards(script) == declared_guards()


def _guards_in(database: Database) -> set[str]:
    with database.engine.connect() as connection:
        found = snapshot(connection)
    named = found["trigger" if database.dialect == "sqlite" else "guards"]
    return {name.split(".")[1].removesuffix("_all") for name in named}


def test_an_upgrade_that_has_nothing_to_do_does_nothing(folder: Path, empty: Database) -> None:
    first = upgrade(empty, folder=folder)
    again = upgrade(empty, folder=folder)
    assert first.before is None
    assert first.applied
    assert (again.before, again.after, again.applied) == (first.after, first.after, ())


def test_a_revision_that_fails_leaves_nothing_behind(
    written: Path, empty: Database, tmp_path: Path
) -> None:
    broken = tmp_path / "migrations"
    shutil.copytree(written, broken, ignore=shutil.ignore_patterns("__pycache__"))
    (broken / "versions" / "0002_breaks.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        "revision, down_revision = '0002', '0001'\n"
        "def upgrade():\n"
        "    op.create_table('half_done', sa.Column('id', sa.Integer()))\n"
        "    op.execute('no such statement')\n"
    )
    with pytest.raises(sa.exc.DBAPIError):
        upgrade(empty, folder=broken)
    with empty.engine.connect() as connection:
        assert revision_of(connection) is None
        assert sa.inspect(connection).get_table_names() == []


def test_a_database_of_a_newer_version_is_refused(written: Path, empty: Database) -> None:
    upgrade(empty, folder=written)
    with empty.transaction() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Misconfigured, match="9999"):
        upgrade(empty, folder=written)


def test_somebody_elses_tables_are_left_alone(written: Path, empty: Database) -> None:
    with empty.transaction() as session:
        session.execute(sa.text("CREATE TABLE theirs (id integer)"))
    with pytest.raises(Misconfigured, match="ingen revisjon"):
        upgrade(empty, folder=written)


@pytest.mark.skipif(not VERSIONS, reason="no revision is shipped yet")
def test_a_database_that_is_behind_is_told_what_to_do(empty: Database) -> None:
    with pytest.raises(Misconfigured, match="bindeledd db upgrade"):
        insist_upgraded(empty)
    upgrade(empty)
    insist_upgraded(empty)
    with empty.engine.connect() as connection:
        assert revision_of(connection) == newest()


def test_a_guard_that_changed_is_dropped_and_made_anew() -> None:
    before = declared_guards()
    after = {name: dict(made) for name, made in before.items()}
    after["keep_tasks"] = {
        dialect: [line.replace("never deleted", "kept") for line in made]
        for dialect, made in after["keep_tasks"].items()
    }
    dropped, made = changed_guards(before, after)
    assert list(dropped) == list(made) == ["keep_tasks"]
    assert dropped["keep_tasks"]["sqlite"] == ["DROP TRIGGER keep_tasks"]
    assert dropped["keep_tasks"]["postgresql"] == [
        "DROP FUNCTION keep_tasks() CASCADE",
        "DROP FUNCTION keep_tasks_all() CASCADE",
    ]


def test_the_code_and_the_newest_revision_agree(folder: Path) -> None:
    assert write_revision("nothing", folder=folder) is None


@pytest.mark.parametrize("version", VERSIONS, ids=lambda file: file.stem)
def test_a_guarded_table_is_never_rebuilt_behind_its_guards(version: Path) -> None:
    guarded = {guard.table for guard in guards()}
    rebuilt = {
        ast.literal_eval(call.args[0])
        for call in ast.walk(ast.parse(version.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "batch_alter_table"
    }
    assert not rebuilt & guarded


def test_the_newest_revision_is_the_head_that_alembic_sees() -> None:
    with folder_of_revisions() as place:
        assert newest() == revisions(place).get_current_head()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER TABLE cases ADD COLUMN extra text", "for mye: cases.extra"),
        ("ALTER TABLE tasks RENAME COLUMN ladder TO trapp", "mangler tasks.ladder"),
        ("DROP TABLE notices", "mangler notices"),
    ],
)
def test_a_revision_that_was_changed_in_place_is_known_by_its_tables(
    written: Path, empty: Database, change: str, said: str
) -> None:
    upgrade(empty, folder=written)
    insist_upgraded(empty)
    with empty.engine.begin() as connection:
        connection.exec_driver_sql(change)

    with pytest.raises(Misconfigured, match="laget av en annen utgave") as wrong:
        insist_upgraded(empty)

    assert said in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_db_upgrade_says_of_a_database_of_another_build_what_the_start_says(
    empty: Database,
) -> None:
    upgrade(empty)
    with empty.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE cases ADD COLUMN extra text")
    site = Site(open_settings=SimpleNamespace, open_database=lambda _: empty, gather=pytest.fail)

    done = CliRunner().invoke(db, ["upgrade"], obj=site)

    assert done.exit_code == 1
    assert "laget av en annen utgave" in str(done.exception)


def test_a_database_of_a_newer_version_stops_the_start(written: Path, empty: Database) -> None:
    upgrade(empty, folder=written)
    with empty.transaction() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(Misconfigured, match="nyere versjon"):
        insist_upgraded(empty)
