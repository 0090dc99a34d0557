"""A whole synthetic caseload through the real intake, and not a word of it in the open."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.intake import queries, service
from bindeledd.features.intake.domain.queue import Status
from bindeledd.features.intake.domain.reading import read
from bindeledd.features.intake.domain.safety import CannotRead
from bindeledd.features.intake.domain.synthetic.stories import STORIES, caseload
from bindeledd.features.intake.tables import MessageRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import Database, open_database
from features.intake.builders import BOOK, NOW, Inbox, an_inbox

SEED = 11


def take_all(session, patients: int = len(STORIES)) -> tuple[Inbox, Counter[str]]:
    inbox = an_inbox(session)
    told = Counter[str]()
    for message in caseload(SEED, patients, NOW):
        done = inbox.receive(message.data, at=message.at, name=message.name)
        told[done.status.value] += 1
    return inbox, told


def test_every_story_ends_where_it_should(session):
    _, told = take_all(session)

    assert told["opened"] >= 6
    assert told["updated"] >= 4
    assert told["duplicate"] >= 2
    assert told["to_decide"] >= 1
    assert told["refused"] >= 1
    assert sum(told.values()) == len(list(caseload(SEED, len(STORIES), NOW)))


def test_afterwards_everything_is_owned(session):
    inbox, _ = take_all(session)

    waiting = queries.queue(session, by=inbox.site.system, limit=200)
    owed = set(session.scalars(sa.select(TaskRow.subject_id).where(TaskRow.state == "open")))
    assert {one.id for one in waiting} <= owed
    stuck = sa.select(MessageRow.id).where(MessageRow.status == Status.RECEIVED.value)
    assert session.scalars(stuck).all() == []
    cases = session.scalars(sa.select(CaseRow)).all()
    assert cases
    assert all(case.next_task_id for case in cases)


def test_taking_everything_twice_changes_nothing(session):
    inbox, _ = take_all(session)
    before = _picture(session)

    for message in caseload(SEED, len(STORIES), NOW):
        done = inbox.receive(message.data, at=NOW)
        assert done.status is Status.DUPLICATE

    assert _picture(session) == before


def _picture(session) -> dict[str, object]:
    counted = {
        table.name: session.scalar(sa.select(sa.func.count()).select_from(table))
        for table in (MessageRow.__table__, CaseRow.__table__, TaskRow.__table__)
    }
    return {**counted, "states": {row[0]: row[1] for row in session.execute(_STATES)}}


_STATES = sa.select(TaskRow.state, sa.func.count()).group_by(TaskRow.state)


def _markers() -> set[str]:
    found = set()
    for message in caseload(SEED, len(STORIES), NOW):
        try:
            read_message = read(message.data)
        except CannotRead:
            continue
        who = read_message.patient
        found |= {who.family_name, who.given_name, *(held.value for held in who.ids), *who.phones}
        found |= {relative.name for relative in read_message.relatives}
        found |= {block.text for block in read_message.texts}
        found |= {appointment.place for appointment in read_message.appointments}
        found.add(message.name)
    return {marker for marker in found if len(marker) > 3}


@pytest.fixture
def on_file(tmp_path: Path, sqlite_template: Path, keyring) -> Database:
    file = tmp_path / "markers.db"
    file.write_bytes(sqlite_template.read_bytes())
    return open_database(f"sqlite:///{file}", info={type(keyring): keyring})


def test_no_name_number_or_word_stands_in_the_open_in_any_column(session):
    inbox, _ = take_all(session)
    service.call_in(
        session,
        words={"said": "MARKØR-ORD", "caller": "MARKØR-NAVN"},
        acute=True,
        by=inbox.site.anna,
        at=NOW,
        book=BOOK,
    )
    names = sa.inspect(session.connection()).get_table_names()

    text = "\n".join(
        str(row) for name in names for row in session.execute(sa.text(f'SELECT * FROM "{name}"'))
    )

    assert {
        marker for marker in (*_markers(), "MARKØR-ORD", "MARKØR-NAVN") if marker in text
    } == set()


def test_nor_in_the_database_file_or_its_journal(on_file: Database, tmp_path: Path):
    with on_file.transaction() as session:
        take_all(session)
    written = b"".join(file.read_bytes() for file in tmp_path.glob("markers.db*"))

    assert {marker for marker in _markers() if marker.encode() in written} == set()
    on_file.close()
