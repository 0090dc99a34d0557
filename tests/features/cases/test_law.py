"""The law under raw SQL: the database refuses, whoever writes, on both databases.

On SQLite every case is tried twice: on our connection and on a plain one whose foreign keys are
switched off, as any tool would open the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bindeledd.foundation.db import Database
from bindeledd.tables import metadata
from builders import MONDAY, RawCase, Site, a_case_row, a_site, a_task_row


@pytest.fixture
def site_and_case(fresh_database: Database) -> tuple[Site, RawCase]:
    with fresh_database.transaction() as session:
        site = a_site(session)
        return site, a_case_row(session, site)


class Raw:
    """A connection on which anybody types SQL."""

    def __init__(self, database: Database, *, plain: bool) -> None:
        self.database, self.plain = database, plain

    def __call__(self, *statements: str, **values: UUID | str | None) -> None:
        with self.database.engine.connect() as connection:
            if self.plain:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            bound = {k: self._bind(v) for k, v in values.items()}
            for statement in statements:
                connection.execute(sa.text(statement), bound)
            connection.commit()

    def _bind(self, value: UUID | str | None) -> object:
        if isinstance(value, UUID) and self.database.dialect == "sqlite":
            return value.hex
        return value


@pytest.fixture(params=["ours", "plain"])
def raw(request: pytest.FixtureRequest, dialect: str, fresh_database: Database) -> Iterator[Raw]:
    if request.param == "plain" and dialect != "sqlite":
        yield Raw(fresh_database, plain=False)
        return
    yield Raw(fresh_database, plain=request.param == "plain")
    with fresh_database.engine.connect() as connection:
        if dialect == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.exec_driver_sql("BEGIN")


def refused(raw: Raw, *statements: str, **values: UUID | str | None) -> bool:
    """Whether the database refuses it."""
    try:
        raw(*statements, **values)
    except IntegrityError:
        return True
    return False


DONE = "UPDATE tasks SET state='done', ended_at=made_at WHERE id=:task"


def test_completing_the_only_task_is_refused(raw: Raw, site_and_case: tuple[Site, RawCase]) -> None:
    assert refused(raw, DONE, task=site_and_case[1].task)


def test_nulling_the_pointer_is_refused(raw: Raw, site_and_case: tuple[Site, RawCase]) -> None:
    assert refused(
        raw, "UPDATE cases SET next_task_id=NULL WHERE id=:case", case=site_and_case[1].id
    )


def test_pointing_at_the_task_of_another_case_is_refused(
    raw: Raw, fresh_database: Database, site_and_case: tuple[Site, RawCase]
) -> None:
    site, case = site_and_case
    with fresh_database.transaction() as session:
        other = a_case_row(session, site)
    assert refused(
        raw,
        "UPDATE cases SET next_task_id=:task WHERE id=:case",
        case=case.id,
        task=other.task,
    )


def test_pointing_at_nothing_is_refused(raw: Raw, site_and_case: tuple[Site, RawCase]) -> None:
    assert refused(
        raw,
        "UPDATE cases SET next_task_id=:task WHERE id=:case",
        case=site_and_case[1].id,
        task=uuid4(),
    )


def test_closing_without_a_closure_is_refused(
    raw: Raw, site_and_case: tuple[Site, RawCase]
) -> None:
    assert refused(
        raw,
        "UPDATE cases SET state='closed', next_task_id=NULL WHERE id=:case",
        case=site_and_case[1].id,
    )
    assert refused(
        raw,
        "UPDATE cases SET state='closed', next_task_id=NULL, closure_id=:closure WHERE id=:case",
        case=site_and_case[1].id,
        closure=uuid4(),
    )


CLOSURE = (
    "INSERT INTO closures (id, tenant_id, case_id, number, ending, signed_by, signed_at, "
    "second_signed_by, second_signed_at) SELECT :closure, tenant_id, id, :number, :ending, :by, "
    "opened_at, CAST(:second AS {uuid}), CASE WHEN CAST(:second AS {uuid}) IS NULL THEN NULL "
    "ELSE opened_at END FROM cases WHERE id=:case"
)


def closure(raw: Raw) -> str:
    text = CLOSURE.format(uuid="uuid" if raw.database.dialect == "postgresql" else "char(32)")
    if raw.database.dialect == "postgresql":
        return (
            text.replace(":closure,", "CAST(:closure AS uuid),")
            .replace(":number", "CAST(:number AS integer)")
            .replace(":by,", "CAST(:by AS uuid),")
        )
    return text


CLOSE = "UPDATE cases SET state='closed', next_task_id=NULL, closure_id=:closure WHERE id=:case"


@pytest.mark.parametrize("ending", ["declined", "unreachable", "died", "registered_in_error"])
def test_an_ending_of_two_signatures_signed_twice_by_one_person_is_refused(
    raw: Raw, site_and_case: tuple[Site, RawCase], ending: str
) -> None:
    site, case = site_and_case
    for second in (site.anna.id, None):
        assert refused(
            raw,
            closure(raw),
            CLOSE,
            closure=uuid4(),
            case=case.id,
            number="1",
            ending=ending,
            by=site.anna.id,
            second=second,
        )


def test_the_closure_of_another_case_closes_nothing(
    raw: Raw, fresh_database: Database, site_and_case: tuple[Site, RawCase]
) -> None:
    site, case = site_and_case
    with fresh_database.transaction() as session:
        other = a_case_row(session, site)
    made = uuid4()
    raw(
        closure(raw),
        closure=made,
        case=other.id,
        number="1",
        ending="completed",
        by=site.anna.id,
        second=None,
    )
    assert refused(raw, CLOSE, closure=made, case=case.id)


def test_a_signed_closure_closes_and_an_old_one_never_closes_again(
    raw: Raw, fresh_database: Database, site_and_case: tuple[Site, RawCase]
) -> None:
    site, case = site_and_case
    made = uuid4()
    raw(
        closure(raw),
        CLOSE,
        closure=made,
        case=case.id,
        number="1",
        ending="declined",
        by=site.anna.id,
        second=site.berit.id,
    )
    reopen = (
        "UPDATE cases SET state='open', closure_id=NULL, next_task_id=:task, "
        "closing_number=closing_number+{} WHERE id=:case"
    )
    assert refused(raw, reopen.format(0), case=case.id, task=case.task)
    raw(reopen.format(1), case=case.id, task=case.task)
    assert refused(raw, CLOSE, closure=made, case=case.id)
    assert refused(raw, "UPDATE cases SET closing_number=1 WHERE id=:case", case=case.id)


@pytest.mark.parametrize("table", ["tasks", "cases", "closures", "events"])
def test_nothing_of_a_case_is_deleted(
    raw: Raw, site_and_case: tuple[Site, RawCase], table: str
) -> None:
    site, case = site_and_case
    if table == "closures":
        raw(
            closure(raw),
            closure=uuid4(),
            case=case.id,
            number="1",
            ending="completed",
            by=site.anna.id,
            second=None,
        )
    column = "id" if table == "cases" else "case_id"
    assert refused(raw, f"DELETE FROM {table} WHERE {column}=:case", case=case.id)


def test_deleting_case_and_task_together_is_refused(
    raw: Raw, site_and_case: tuple[Site, RawCase]
) -> None:
    case = site_and_case[1]
    assert refused(
        raw,
        "DELETE FROM tasks WHERE case_id=:case",
        "DELETE FROM cases WHERE id=:case",
        case=case.id,
    )
    assert refused(
        raw,
        "DELETE FROM cases WHERE id=:case",
        "DELETE FROM tasks WHERE case_id=:case",
        case=case.id,
    )


def test_a_task_cannot_be_moved_to_another_case(
    raw: Raw, fresh_database: Database, site_and_case: tuple[Site, RawCase]
) -> None:
    site, case = site_and_case
    with fresh_database.transaction() as session:
        other = a_case_row(session, site)
    assert refused(
        raw, "UPDATE tasks SET case_id=:other WHERE id=:task", other=other.id, task=case.task
    )


def test_a_second_open_case_of_the_same_patient_is_refused(
    fresh_database: Database, site_and_case: tuple[Site, RawCase]
) -> None:
    site, case = site_and_case
    with pytest.raises(IntegrityError), fresh_database.transaction() as session:
        a_case_row(session, site, patient=case.patient)


def test_an_open_case_without_a_task_is_not_let_in(
    raw: Raw, site_and_case: tuple[Site, RawCase]
) -> None:
    case = site_and_case[1]
    assert refused(
        raw,
        "INSERT INTO cases (id, tenant_id, patient_id, state, pathway_id, pathway_version, "
        "responsible_team_id, opened_at, next_task_id, closing_number, version) "
        "SELECT :new, tenant_id, :patient, 'open', pathway_id, pathway_version, "
        "responsible_team_id, opened_at, :task, 1, 1 FROM cases WHERE id=:case",
        new=uuid4(),
        patient=case.patient,
        task=case.task,
        case=case.id,
    )


def test_history_is_never_rewritten(raw: Raw, site_and_case: tuple[Site, RawCase]) -> None:
    case = site_and_case[1]
    assert refused(raw, "UPDATE events SET kind='closed' WHERE id=:event", event=case.event)
    raw("UPDATE events SET in_error_at=at WHERE id=:event", event=case.event)
    assert refused(raw, "UPDATE events SET in_error_at=NULL WHERE id=:event", event=case.event)


@pytest.mark.parametrize(
    "change",
    ["facts='{}'", "source='nobody'", "date_only=NOT date_only", "recorded_by=tenant_id"],
)
def test_what_was_recorded_stays_as_it_was(
    raw: Raw, site_and_case: tuple[Site, RawCase], change: str
) -> None:
    assert refused(raw, f"UPDATE events SET {change} WHERE id=:event", event=site_and_case[1].event)


# --- what SQLite would delete without asking -----------------------------------------------------

REPLACED = {
    "tasks": {"state": "'done'", "ended_at": "made_at"},
    "cases": {"responsible_team_id": "responsible_team_id"},
    "events": {"kind": "'reviewed'"},
    "care_relations": {"until": "since"},
}


def copied(table: str, changed: dict[str, str], *, rowid: str = "") -> str:
    """Every row of the table once more, a little different, `OR REPLACE`."""
    columns = [c.name for c in metadata.tables[table].columns if c.computed is None]
    values = ", ".join(changed.get(name, name) for name in columns)
    into, first = (f"{rowid}, ", f"{rowid}, ") if rowid else ("", "")
    return (
        f"INSERT OR REPLACE INTO {table} ({into}{', '.join(columns)}) "
        f"SELECT {first}{values} FROM {table}"
    )


@pytest.mark.parametrize("table", REPLACED)
def test_nothing_is_replaced(
    raw: Raw, dialect: str, site_and_case: tuple[Site, RawCase], table: str
) -> None:
    if dialect != "sqlite":
        pytest.skip("only SQLite replaces rows")
    own = {"id": "lower(hex(randomblob(16)))", "step_key": "'another'"}
    assert refused(raw, copied(table, REPLACED[table]))
    assert refused(raw, copied(table, REPLACED[table] | own, rowid="rowid"))
    assert refused(raw, f"UPDATE OR REPLACE {table} SET rowid = rowid + 1")
    assert refused(raw, f"UPDATE OR REPLACE {table} SET id = lower(hex(randomblob(16)))")


def test_a_task_is_not_displaced_by_one_of_the_same_step(
    raw: Raw, dialect: str, fresh_database: Database, site_and_case: tuple[Site, RawCase]
) -> None:
    if dialect != "sqlite":
        pytest.skip("only SQLite replaces rows")
    site, case = site_and_case
    anchored = "UPDATE tasks SET step_key='one', anchor_event_id=:event WHERE id=:task"
    with fresh_database.transaction() as session:
        other = a_task_row(session, site, case=case.id)
    raw(anchored, event=case.event, task=case.task)
    assert refused(
        raw, anchored.replace("UPDATE", "UPDATE OR REPLACE"), event=case.event, task=other
    )
    new = {"id": "lower(hex(randomblob(16)))"}
    assert refused(raw, copied("tasks", REPLACED["tasks"] | new) + " WHERE step_key='one'")


def test_an_open_case_is_not_displaced_by_another_of_the_patient(
    raw: Raw, dialect: str, fresh_database: Database, site_and_case: tuple[Site, RawCase]
) -> None:
    if dialect != "sqlite":
        pytest.skip("only SQLite replaces rows")
    site, case = site_and_case
    with fresh_database.transaction() as session:
        spare = a_case_row(session, site)
    assert refused(
        raw,
        copied("cases", {"id": ":new", "next_task_id": ":task"}) + " WHERE id=:case",
        new=uuid4(),
        task=spare.task,
        case=case.id,
    )


def test_a_task_of_a_team_that_is_not_there_is_refused(
    raw: Raw, site_and_case: tuple[Site, RawCase]
) -> None:
    task = site_and_case[1].task
    assert refused(
        raw, "UPDATE tasks SET owner_team_id=:none WHERE id=:task", none=uuid4(), task=task
    )


def test_a_closure_signed_by_nobody_is_refused(
    raw: Raw, site_and_case: tuple[Site, RawCase]
) -> None:
    site, case = site_and_case
    for by, second in ((uuid4(), None), (site.anna.id, uuid4())):
        assert refused(
            raw,
            closure(raw),
            closure=uuid4(),
            case=case.id,
            number="1",
            ending="completed",
            by=by,
            second=second,
        )


def test_a_task_that_is_open_is_always_watched(
    raw: Raw, site_and_case: tuple[Site, RawCase]
) -> None:
    assert refused(
        raw, "UPDATE tasks SET next_rung_at=NULL WHERE id=:task", task=site_and_case[1].task
    )


def test_a_task_has_a_due_time_and_a_team(raw: Raw, site_and_case: tuple[Site, RawCase]) -> None:
    for column in ("due_at", "owner_team_id"):
        assert refused(
            raw, f"UPDATE tasks SET {column}=NULL WHERE id=:task", task=site_and_case[1].task
        )


def test_with_another_open_task_and_the_pointer_first_the_old_one_may_end(
    raw: Raw, fresh_database: Database, site_and_case: tuple[Site, RawCase]
) -> None:
    site, case = site_and_case
    with fresh_database.transaction() as session:
        new = a_task_row(session, site, case=case.id, due_at=MONDAY + timedelta(days=3))
    raw(
        "UPDATE cases SET next_task_id=:new WHERE id=:case",
        DONE,
        new=new,
        case=case.id,
        task=case.task,
    )
    with fresh_database.transaction() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM tasks WHERE state='done'")) == 1
