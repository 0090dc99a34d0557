"""A whole story: a girl of fifteen is asked before she goes home, says *not now*, and is not lost.

Monday she is asked what there is time for. A number was tried on the wrong person: it is owed
again. The question that she put off comes back on its day, is late, and the lead hears. Her parents
are told by the rule, one of them not; the week after she walks out of the emergency department.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from bindeledd.features.casefile import service as casefile
from bindeledd.features.casefile.domain.bedside import Bedside, Consent, Tried
from bindeledd.features.casefile.service.bedside import leave_before_assessment, write_bedside
from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, IndexKind, NewEvent
from bindeledd.features.patients import service as patients
from bindeledd.features.patients.domain import BornHow, ContactWay, Identity, VerifiedHow
from bindeledd.features.relatives import service as relatives
from bindeledd.features.relatives.domain import Carer
from bindeledd.features.relatives.domain.telling import Topic, may_know
from bindeledd.features.reminders.tables import AlertRow
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.db import Database
from builders import Site, a_book, a_site, an_open_case
from journeys.story import DAY, HOUR, OSLO, in_march, sweep_and_account

OWN = "+4741234567"


HOME = in_march(1, 13)


class Story:
    """A girl of fifteen with one number, who goes home on Monday at one."""

    def __init__(self, database: Database) -> None:
        self.database, self.session = database, database.session()
        self.site: Site = a_site(self.session, HOME)
        opened = an_open_case(self.session, self.site, at=HOME, discharged_at=HOME)
        self.case_id: UUID = opened.case.id
        self.patient_id: UUID = opened.case.patient_id
        who = Identity(full="Sunna", born_on=date(2011, 6, 1), born_how=BornHow.REGISTER)
        patients.change_identity(self.session, self.patient_id, who, by=self.site.anna, at=HOME)

    def ask(self, at: datetime, **said: Any) -> None:
        write_bedside(
            self.session, self.case_id, Bedside(**said), by=self.site.anna, at=at, book=a_book()
        )

    def go_on_to(self, at: datetime) -> None:
        sweep_and_account(self.database, self.session, self.site.tenant, at)

    def open(self, kind: str) -> list[Task]:
        found = queries.tasks_of(self.session, self.case_id)
        return [task for task in found if task.kind == kind and task.is_open]

    def heard_of(self, task: Task) -> set[str]:
        told = sa.select(AlertRow.audience).where(AlertRow.task_id == task.id)
        return set(self.session.scalars(told))

    def last(self, kind: EventKind) -> UUID:
        history = queries.events_of(self.session, self.case_id)
        return [event.id for event in history if event.kind is kind][-1]

    def may_know(self, relative: UUID, at: datetime) -> set[Topic]:
        shown = casefile.case_file(
            self.session, self.case_id, by=self.site.anna, at=at, book=a_book()
        )
        return set(may_know(shown.told[relative]))


@pytest.fixture
def story(database: Database) -> Story:
    return Story(database)


def test_what_was_put_off_comes_back_and_what_was_wrong_is_owed_again(story: Story) -> None:
    # Monday, before she goes: not now, ask on Thursday; the number rings in her hand.
    story.ask(
        HOME + HOUR,
        consent=Consent.LATER,
        ask_again_on=date(2027, 3, 4),
        ways=(ContactWay(value=OWN, safe_to_call=True, safe_to_leave_message=False),),
        tried=(Tried(value=OWN, how=VerifiedHow.RUNG),),
    )
    story.go_on_to(HOME + 2 * HOUR)
    assert story.open("verify_number") == []
    (again,) = story.open("ask_contact_consent")
    assert again.due_at.astimezone(OSLO).date() == date(2027, 3, 4)

    # Tuesday: it was another girl's number that rang. Nobody has tried hers.
    wrong = story.last(EventKind.NUMBER_VERIFIED)
    words = {"words": "Det var nummeret til en annen"}
    cases.mark_in_error(
        story.session,
        story.case_id,
        [wrong],
        words=words,
        by=story.site.anna,
        at=in_march(2, 9),
        book=a_book(),
    )
    story.go_on_to(in_march(2, 10))
    assert len(story.open("verify_number")) == 1
    story.ask(in_march(2, 11), tried=(Tried(value=OWN, how=VerifiedHow.TEXTED),))
    assert story.open("verify_number") == []

    # Thursday passes without the question: it is late, and does not go away.
    story.go_on_to(in_march(4, 17))
    story.go_on_to(in_march(5, 16))
    story.go_on_to(in_march(8, 16))
    assert [task.id for task in story.open("ask_contact_consent")] == [again.id]
    assert "lead" in story.heard_of(again)

    # Tuesday she says yes.
    story.ask(in_march(9, 10), consent=Consent.YES)
    story.go_on_to(in_march(9, 11))
    assert story.open("ask_contact_consent") == []


def test_her_parents_are_told_by_the_rule_and_one_of_them_not(story: Story) -> None:
    by, at = story.site.anna, HOME + HOUR
    mother, father = (
        relatives.add_relative(
            story.session,
            story.patient_id,
            name=name,
            carer=Carer.PARENTAL_RESPONSIBILITY,
            by=by,
            at=at,
        ).id
        for name in ("Inga", "Ole")
    )
    every = set(Topic) - {Topic.GENERAL}
    assert story.may_know(mother, at) == story.may_know(father, at) == every

    # She does not want her father to know; until a clinician has decided, he is told what he must.
    relatives.object_to(story.session, father, words="er redd ham", by=by, at=at, book=a_book())
    assert story.may_know(father, at) == {Topic.RESPONSIBILITY}
    relatives.change_relative(story.session, father, unsafe_to_contact=True, by=by, at=at)
    assert story.may_know(father, at) == set()
    assert story.may_know(mother, at) == every

    # In June she is sixteen: she decides, and her mother still gets what she needs.
    assert story.may_know(mother, datetime(2027, 6, 1, 8, tzinfo=UTC)) == {Topic.RESPONSIBILITY}
    assert story.may_know(mother, datetime(2029, 6, 1, 8, tzinfo=UTC)) == set()


def test_she_comes_back_on_a_saturday_and_walks_out_unassessed(story: Story) -> None:
    story.go_on_to(HOME + HOUR)
    night = in_march(13, 23)
    cases.open_case(
        story.session,
        patient_id=story.patient_id,
        index_kind=IndexKind.INTENT_UNCLARIFIED,
        index_at=night - HOUR,
        team_id=story.site.team,
        by=story.site.anna,
        at=night - HOUR,
        book=a_book(),
    )
    done = leave_before_assessment(
        story.session,
        story.case_id,
        words="var borte da legen kom",
        by=story.site.anna,
        at=night,
        book=a_book(),
    )
    assert [event.kind for event in done.events][:2] == [
        EventKind.LEFT_BEFORE_ASSESSMENT,
        EventKind.DISCHARGED,
    ]
    (call,) = [task for task in story.open("call_patient") if task.step_key == "left-reached"]
    assert call.due_at == night + DAY
    story.go_on_to(in_march(15, 10, 30))
    assert "lead" in story.heard_of(call)

    cases.record(
        story.session,
        story.case_id,
        [NewEvent(kind=EventKind.REACHED, at=in_march(15, 11))],
        by=story.site.anna,
        at=in_march(15, 11),
        book=a_book(),
    )
    story.go_on_to(in_march(15, 12))
    assert "left-reached" not in {task.step_key for task in story.open("call_patient")}
    assert story.open("assess_risk")
