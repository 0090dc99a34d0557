"""What waits for a pack's reader: sealed and owed from the beginning, and asked of a person at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.cases.domain import IndexKind
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.intake import jobs, queries, service
from bindeledd.features.intake.domain.facts import (
    Checked,
    Diagnosis,
    Identifier,
    Kind,
    Message,
    Moment,
    Outcome,
    PersonFacts,
    Series,
    Stay,
    TextBlock,
)
from bindeledd.features.intake.domain.foreign import ForeignFormat, ReaderRefused
from bindeledd.features.intake.domain.queue import Reason, Status
from bindeledd.features.intake.domain.reading import ReaderFailed
from bindeledd.features.intake.domain.safety import CannotRead
from bindeledd.features.intake.service import Rules
from bindeledd.features.intake.tables import MessageRow
from bindeledd.features.reminders.tables import FaultRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.errors import Refusal
from features.intake.builders import BOOK, FRIDAY, IŊGÁ, NOW, Said, an_epikrise, an_inbox

FORMAT = ForeignFormat(key="example:adt", begins="MSH|")
RULES = Rules(book=BOOK, routes=(Said(opens="always"),), foreign=(FORMAT,))
DATA = b"MSH|^~\\&|EPJ"
SOON = NOW + timedelta(minutes=1)

FACTS = Message(
    format=FORMAT.key,
    kind=Kind.DISCHARGED,
    message_id="1",
    series=Series.NEW,
    generated_at=FRIDAY,
    patient=PersonFacts(
        family_name=IŊGÁ.family_name,
        given_name=IŊGÁ.given_name,
        ids=(Identifier(kind="FNR", value=IŊGÁ.number),),
    ),
    stay=Stay(admitted=Moment(at=FRIDAY - timedelta(days=3)), discharged=Moment(at=FRIDAY)),
    diagnoses=(Diagnosis(system="7110", code="X61", main=True),),
    texts=(TextBlock(heading="Notat", text="Noe som er skrevet"),),
    checked=Checked.PACK,
)


@dataclass
class FakeReader:
    """Answers as it is told, and remembers what it was given."""

    says: Callable[[bytes], Message | CannotRead | None] = lambda _: FACTS
    ready: bool = True
    format: str = FORMAT.key
    given: list[bytes] | None = None

    def is_ready(self) -> bool:
        return self.ready

    def read(self, data: bytes) -> Message | CannotRead | None:
        self.given = [*(self.given or []), data]
        return self.says(data)


def take_in(database, data: bytes = DATA, *, at: datetime = NOW):
    with database.transaction() as session:
        inbox = an_inbox(session)
        letter = service.read_letter(data, rules=RULES, name="a.hl7")
        done = service.receive_letter(session, letter, rules=RULES, by=inbox.site.system, at=at)
    return inbox, done


def tick(database, reader: FakeReader, *, at: datetime = SOON) -> int:
    return jobs.read_by_pack(database, reader, rules=RULES, clock=lambda: at)


def row_of(session, done) -> MessageRow:
    return session.get_one(MessageRow, done.message_id, populate_existing=True)


def task_of(session, done) -> TaskRow:
    return session.get_one(TaskRow, row_of(session, done).task_id, populate_existing=True)


def test_before_anybody_is_asked_it_stands_sealed_and_owed(database) -> None:
    inbox, done = take_in(database)
    with database.transaction() as session:
        row, task = row_of(session, done), task_of(session, done)
        assert (row.status, row.reason) == ("refused", "intake.waits_for_reader")
        assert row.format == "example:adt"
        assert queries.original_of(session, row) == DATA
        assert (task.state, task.kind) == ("open", "repair_message")
        assert task.owner_team_id == inbox.site.team
        assert task.next_rung_at is not None


def test_what_waits_for_a_pack_to_read_it_is_not_called_refused() -> None:
    assert service.stands_as("refused", "intake.waits_for_reader") == "Venter på å bli lest"
    assert service.stands_as("refused", "intake.not_xml") == "Avvist"


def test_what_was_read_is_asked_of_a_person_whatever_the_route_says(database) -> None:
    _, done = take_in(database)
    reader = FakeReader()
    assert tick(database, reader) == 1
    assert reader.given == [DATA]
    with database.transaction() as session:
        row, task = row_of(session, done), task_of(session, done)
        assert (row.status, row.reason) == (Status.TO_DECIDE, Reason.READ_BY_PACK)
        assert (task.state, task.kind) == ("open", "decide_message")
        assert row.checked == "pack"
        assert session.scalar(sa.select(sa.func.count()).select_from(CaseRow)) == 0
        said = set(session.scalars(sa.select(AuditEventRow.act)))
        assert {"message.given_to_pack", "message.to_decide"} <= said
    assert tick(database, reader) == 0


def test_ours_opens_a_follow_up_with_what_the_pack_said_and_without_asking_it_again(
    database,
) -> None:
    inbox, done = take_in(database)
    tick(database, FakeReader())
    with database.transaction() as session:
        shown = service.show_message(session, done.message_id, by=inbox.site.anna, at=SOON)
        assert shown.said is not None
        assert shown.said["texts"] == [{"heading": "Notat", "text": "Noe som er skrevet"}]
        assert shown.message.facts is not None
        assert shown.message.facts["name"] == f"{IŊGÁ.given_name} {IŊGÁ.family_name}"
        assert "told" not in shown.message.facts
        opened = service.decide(
            session,
            done.message_id,
            ours=True,
            index_kind=IndexKind.SUICIDE_ATTEMPT,
            by=inbox.site.anna,
            at=SOON,
            book=BOOK,
            routes=inbox.routes,
        )
    assert opened.status is Status.OPENED
    with database.transaction() as session:
        inbox = replace(inbox, session=session)
        assert {"index_event", "discharged", "message_received"} <= set(inbox.events(opened))


def test_not_ours_erases_what_the_pack_said(database) -> None:
    inbox, done = take_in(database)
    tick(database, FakeReader())
    with database.transaction() as session:
        service.decide(session, done.message_id, ours=False, by=inbox.site.anna, at=SOON, book=BOOK)
    with database.transaction() as session:
        row = row_of(session, done)
        assert (row.status, row.original, row.facts) == ("not_ours", None, None)


def test_the_word_of_a_pack_changes_nothing_that_runs(database) -> None:
    """A follow-up runs; a death and a discharge that only a pack has read wait for a person."""
    with database.transaction() as session:
        inbox = an_inbox(session)
        running = inbox.receive(an_epikrise())
        events = inbox.events(running)
        for number in ("2", "3"):
            letter = service.read_letter(DATA + number.encode(), rules=RULES)
            service.receive_letter(session, letter, rules=RULES, by=inbox.site.system, at=NOW)
    reader = FakeReader(
        lambda data: replace(
            FACTS,
            message_id=data.decode()[-1],
            outcome=Outcome.DEAD if data.endswith(b"2") else None,
            kind=Kind.DEATH if data.endswith(b"2") else Kind.DISCHARGED,
        )
    )
    assert tick(database, reader) == 2
    with database.transaction() as session:
        inbox = replace(inbox, session=session)
        assert inbox.events(running) == events
        reasons = session.scalars(
            sa.select(MessageRow.reason).where(MessageRow.format == FORMAT.key)
        )
        assert set(reasons) == {Reason.READ_BY_PACK.value}


def test_a_follow_up_that_opens_takes_nothing_up_that_a_pack_read(database) -> None:
    inbox, done = take_in(database)
    tick(database, FakeReader())
    with database.transaction() as session:
        opened = replace(inbox, session=session).receive(an_epikrise(), at=SOON)
    assert opened.status is Status.OPENED
    with database.transaction() as session:
        assert row_of(session, done).status == Status.TO_DECIDE


def test_an_id_that_a_pack_gives_names_no_message_of_the_core(database) -> None:
    """A pack that borrows the ids of a letter makes none of it a duplicate, nor overtaken."""
    _, done = take_in(database)
    borrowed = replace(
        FACTS,
        message_id="7b1c0f34-0c1e-4c1b-9a51-000000000001",
        document_id="d0000000-0000-4000-8000-000000000001",
        series=Series.CHANGED,
        generated_at=NOW,
    )
    tick(database, FakeReader(lambda _: borrowed))
    with database.transaction() as session:
        inbox = replace(an_inbox_again(session), session=session)
        assert inbox.receive(an_epikrise(), at=SOON).status is Status.OPENED
        assert row_of(session, done).status == Status.TO_DECIDE


def an_inbox_again(session):
    """The site that is there already, as messages are handed in to it."""
    from bindeledd.features.staff.domain import system
    from bindeledd.features.staff.tables import TenantRow
    from features.intake.builders import Inbox, routes

    tenant = session.scalars(sa.select(TenantRow.id)).one()

    @dataclass(frozen=True)
    class OnlySystem:
        system: object

    return Inbox(session=session, site=OnlySystem(system(tenant)), routes=routes())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("says", "reason", "fault"),
    [
        (ReaderFailed(kind="plugin.hung"), "intake.reader_failed", True),
        (ReaderRefused(), "intake.reader_refused", False),
    ],
)
def test_one_that_gives_no_facts_leaves_the_message_with_its_owner_and_its_clock(
    database, says: CannotRead, reason: str, fault: bool
) -> None:
    _, done = take_in(database)
    with database.transaction() as session:
        before = (task_of(session, done).id, task_of(session, done).due_at)
    assert tick(database, FakeReader(lambda _: says)) == 1
    with database.transaction() as session:
        row, task = row_of(session, done), task_of(session, done)
        assert (row.status, row.reason) == ("refused", reason)
        assert (task.id, task.due_at, task.state) == (*before, "open")
        assert queries.original_of(session, row) == DATA
        codes = session.scalars(sa.select(FaultRow.code)).all()
        assert codes == (["intake.reader_failed"] if fault else [])
    assert tick(database, FakeReader()) == 0  # not asked again and again


def test_one_that_cannot_be_asked_now_leaves_everything_waiting(database) -> None:
    _, done = take_in(database)
    for reader in (FakeReader(ready=False), FakeReader(lambda _: None)):
        assert tick(database, reader) == 0
        with database.transaction() as session:
            assert row_of(session, done).reason == "intake.waits_for_reader"
            assert task_of(session, done).state == "open"
    assert tick(database, FakeReader()) == 1


def test_read_again_has_the_pack_asked_again(database) -> None:
    inbox, done = take_in(database)
    tick(database, FakeReader(lambda _: ReaderFailed(kind="plugin.raised")))
    with database.transaction() as session:
        service.read_again(
            session,
            done.message_id,
            by=inbox.site.anna,
            at=SOON,
            book=BOOK,
            routes=inbox.routes,
            foreign=RULES.foreign,
        )
        assert row_of(session, done).reason == "intake.waits_for_reader"
    assert tick(database, FakeReader()) == 1


def test_whatever_a_person_answered_meanwhile_stands(database) -> None:
    inbox, done = take_in(database)

    def answered(_: bytes) -> Message:
        with database.transaction() as session:
            service.answer_refused(
                session, done.message_id, words={"done": "ringt"}, by=inbox.site.anna, at=SOON
            )
        return FACTS

    tick(database, FakeReader(answered))
    with database.transaction() as session:
        row = row_of(session, done)
        assert (row.status, row.decided_by) == ("refused", inbox.site.anna.id)
        assert row.decided_at == SOON


def test_being_read_late_makes_nothing_less_late(database) -> None:
    _, done = take_in(database)
    with database.transaction() as session:
        due = task_of(session, done).due_at
    tick(database, FakeReader(), at=due + timedelta(days=2))
    with database.transaction() as session:
        task = task_of(session, done)
        assert (task.kind, task.state, task.due_at) == ("decide_message", "open", due)


def test_the_same_bytes_again_ask_nobody_twice(database) -> None:
    inbox, _ = take_in(database)
    reader = FakeReader()
    tick(database, reader)
    with database.transaction() as session:
        letter = service.read_letter(DATA, rules=RULES)
        again = service.receive_letter(session, letter, rules=RULES, by=inbox.site.system, at=SOON)
    assert again.status is Status.DUPLICATE
    assert tick(database, reader) == 0
    assert reader.given == [DATA]


def test_facts_that_cannot_be_opened_decide_nothing(database) -> None:
    """Ours is refused, and it stays where it is, where what the pack said is not there to be read."""
    inbox, done = take_in(database)
    tick(database, FakeReader())
    with database.transaction() as session:
        row = row_of(session, done)
        row.facts = None
    with database.transaction() as session, pytest.raises(Refusal):
        service.decide(
            session,
            done.message_id,
            ours=True,
            index_kind=IndexKind.SUICIDE_ATTEMPT,
            by=inbox.site.anna,
            at=SOON,
            book=BOOK,
            routes=inbox.routes,
        )
    with database.transaction() as session:
        assert row_of(session, done).status == Status.TO_DECIDE
