"""A whole story: somebody is reported dead who is alive; and one whose death is true.

From the report everything that goes out is held. Refuted, everything owed before is owed again by
its true time. Confirmed by a second person, what lies ahead is withdrawn and the bereaved are owed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from bindeledd.features.appointments import service as appointments
from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.domain.closing import (
    DeathNotConfirmed,
    Ending,
    MustStillOwed,
    SecondPersonNeeded,
)
from bindeledd.features.cases.domain.correcting import Outgoing
from bindeledd.features.cases.service import endings, saying, work
from bindeledd.features.cases.service.outgoing import may_go_out
from bindeledd.features.contacts import service as contacts
from bindeledd.features.contacts.domain import NewContact, Outcome
from bindeledd.features.reminders.tables import AlertRow
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.db import Database
from builders import Site, a_book, a_site, an_open_case
from journeys.story import DAY, HOUR, in_march, sweep_and_account

DISCHARGED, REPORTED, REFUTED = in_march(1, 10), in_march(2, 9), in_march(4, 11)


class Story:
    """One person, discharged on Monday at ten, with an appointment in their hand."""

    def __init__(self, database: Database) -> None:
        self.database, self.session = database, database.session()
        self.site: Site = a_site(self.session, DISCHARGED)
        opened = an_open_case(
            self.session, self.site, at=DISCHARGED, discharged_at=DISCHARGED, unit=True
        )
        self.case_id: UUID = opened.case.id
        appointments.book_appointment(
            self.session,
            self.case_id,
            starts_at=in_march(12, 13),
            detail={"where": "DPS"},
            give=True,
            by=self.site.anna,
            at=DISCHARGED + HOUR,
            book=a_book(),
        )
        self.go_on_to(DISCHARGED + HOUR)

    def go_on_to(self, at: datetime) -> None:
        sweep_and_account(self.database, self.session, self.site.tenant, at)

    def owed(self) -> dict[tuple[str, str], datetime]:
        """What is owed, by kind and rule, and by when."""
        return {(task.kind, task.step_key): task.due_at for task in self.open()}

    def open(self, kind: str = "") -> list[Task]:
        found = queries.tasks_of(self.session, self.case_id)
        return [task for task in found if task.is_open and kind in ("", task.kind)]

    def tell(self, kind: EventKind, *, by: Actor, at: datetime) -> None:
        saying.tell(
            self.session,
            self.case_id,
            kind,
            facts={"bereaved": "accepted"} if kind is EventKind.BEREAVED_OFFERED else None,
            words={"words": "Fra legevakten"},
            by=by,
            at=at,
            book=a_book(),
        )

    def send(self, what: Outgoing, at: datetime) -> bool:
        words = {"whom": "Fastlegen", "words": "Innkalling"}
        by = self.site.system
        return may_go_out(
            self.session, self.case_id, what, words=words, by=by, at=at, book=a_book()
        )

    def alerts(self, task: Task) -> int:
        return self.session.query(AlertRow).filter(AlertRow.task_id == task.id).count()

    def held(self) -> list[str]:
        events = queries.events_of(self.session, self.case_id)
        return [e.facts["what"] for e in events if e.kind is EventKind.MESSAGE_HELD]

    def end(self, **other: Any) -> dict[str, Any]:
        return {"words": {"words": "Ferdig"}, "book": a_book(), **other}


@pytest.fixture
def story(database: Database) -> Story:
    return Story(database)


def test_a_false_report_holds_everything_and_gives_everything_back(story: Story) -> None:
    before = story.owed()
    assert all(story.send(what, REPORTED - HOUR) for what in Outgoing)

    # Tuesday at nine: the emergency service rings and says that she has died.
    contacts.register_contact(
        story.session,
        story.case_id,
        NewContact(outcome=Outcome.DECEASED_REPORTED),
        by=story.site.anna,
        at=REPORTED,
        book=a_book(),
    )
    story.go_on_to(REPORTED)
    [confirm] = story.open("confirm_death")
    assert confirm.due_at == REPORTED + 2 * HOUR, "two working hours"
    kept = {key: due for key, due in story.owed().items() if key in before}
    stays = {"send_summary", "assess_risk", "name_receiver", "record_outcome"}
    assert {kind for kind, _ in kept} == stays
    assert not story.open("call_patient")

    # Every channel out is stopped at once, and each stop is written down.
    assert not any(story.send(what, REPORTED + HOUR) for what in Outgoing)
    assert story.held() == [what.value for what in Outgoing]

    # Nobody answers. Alerts to staff go on; nothing restarts by itself.
    for hours in (3, 8, 24, 30, 48):
        story.go_on_to(REPORTED + hours * HOUR)
    assert story.alerts(confirm) >= 2
    assert not story.open("call_patient")

    # Thursday: she answers the door. One person says that the report was wrong.
    story.tell(EventKind.DEATH_REFUTED, by=story.site.anna, at=REFUTED)

    again = story.owed()
    assert {key: again[key] for key in before} == before, "owed again, by the true times"
    assert not story.open("confirm_death")
    [look] = story.open("review_held")
    assert look.due_at == REFUTED + 2 * HOUR
    assert story.send(Outgoing.LETTER, REFUTED)
    story.go_on_to(REFUTED)
    late = [task for task in story.open("call_patient") if task.due_at < REFUTED]
    assert late == [] or all(story.alerts(task) for task in late)

    # What was held is decided by a person, one by one; it was never sent by itself.
    story.session.commit()
    work.complete_task(
        story.session,
        story.case_id,
        look.id,
        by=story.site.anna,
        at=REFUTED + HOUR,
        **story.end(),
    )
    story.go_on_to(REFUTED + 2 * HOUR)
    first = min(story.open("call_patient"), key=lambda task: task.due_at)
    assert first.due_at == before["call_patient", "first-contact"]


def test_what_happened_while_the_report_stood_is_owed_from_its_own_time(story: Story) -> None:
    story.tell(EventKind.DEATH_REPORTED, by=story.site.anna, at=REPORTED)
    again = NewEvent(kind=EventKind.DECLINED, at=REPORTED + HOUR)
    by = story.site.system
    cases.record(
        story.session, story.case_id, [again], by=by, at=REPORTED + 2 * HOUR, book=a_book()
    )
    assert ("call_patient", "offer-again") not in story.owed()

    story.tell(EventKind.DEATH_REFUTED, by=story.site.anna, at=REFUTED)

    offered = next(t for t in story.open("call_patient") if t.step_key == "offer-again")
    assert offered.window_from is not None
    assert offered.window_from - (REPORTED + HOUR) <= 7 * DAY


def test_what_was_held_under_a_false_report_is_nobodys_once_the_death_is_confirmed(
    story: Story,
) -> None:
    story.tell(EventKind.DEATH_REPORTED, by=story.site.anna, at=REPORTED)
    assert not story.send(Outgoing.LETTER, REPORTED + HOUR / 2)
    story.tell(EventKind.DEATH_REFUTED, by=story.site.anna, at=REPORTED + HOUR)
    assert story.open("review_held")

    story.tell(EventKind.DEATH_REPORTED, by=story.site.anna, at=REPORTED + 2 * HOUR)
    assert story.open("review_held"), "only reported: it may be wrong again"
    story.tell(EventKind.DEATH_CONFIRMED, by=story.site.berit, at=REPORTED + 3 * HOUR)
    assert not story.open("review_held")

    ended = queries.tasks_of(story.session, story.case_id)
    events = {e.id: e.kind for e in queries.events_of(story.session, story.case_id)}
    [held] = [task for task in ended if task.kind == "review_held"]
    assert held.ended_by_event_id is not None
    assert events[held.ended_by_event_id] is EventKind.DEATH_CONFIRMED


def test_nobody_is_bereaved_where_a_confirmed_death_is_refuted(story: Story) -> None:
    before = {kind for kind, _ in story.owed()}
    with pytest.raises(DeathNotConfirmed):
        story.tell(EventKind.BEREAVED_OFFERED, by=story.site.anna, at=REPORTED)
    story.tell(EventKind.DEATH_REPORTED, by=story.site.anna, at=REPORTED)
    story.tell(EventKind.DEATH_CONFIRMED, by=story.site.berit, at=REPORTED + HOUR)
    assert not story.open("ask_children"), "it is asked of the living"

    story.tell(EventKind.DEATH_REFUTED, by=story.site.anna, at=REPORTED + 2 * HOUR)

    after = {kind for kind, _ in story.owed()}
    assert before <= after
    assert not after & {"support_bereaved", "follow_up_bereaved", "support_bereaved_children"}
    assert "withdraw_booked" not in after
    story.go_on_to(REPORTED + 2 * HOUR)


def test_a_death_is_confirmed_by_a_second_person_and_the_bereaved_are_owed(story: Story) -> None:
    story.tell(EventKind.DEATH_REPORTED, by=story.site.anna, at=REPORTED)
    with pytest.raises(SecondPersonNeeded):
        story.tell(EventKind.DEATH_CONFIRMED, by=story.site.anna, at=REPORTED + HOUR)
    story.tell(EventKind.DEATH_CONFIRMED, by=story.site.berit, at=REPORTED + HOUR)
    story.go_on_to(REPORTED + HOUR)

    keys = {key for _, key in story.owed()}
    assert {"bereaved-offered-help", "bereaved-checkpoint", "bereaved-children"} <= keys
    assert {task.kind for task in story.open()} == {
        "support_bereaved",
        "follow_up_bereaved",
        "support_bereaved_children",
        "send_summary",
        "withdraw_booked",
    }
    assert not story.send(Outgoing.APPOINTMENT_NOTICE, REPORTED + 2 * HOUR)
    story.tell(EventKind.BEREAVED_OFFERED, by=story.site.anna, at=REPORTED + HOUR)
    assert not story.open("support_bereaved")
    [again] = story.open("follow_up_bereaved")
    assert again.window_from is not None

    # Appointments that lie ahead are cancelled by a person, and no new one is owed for them.
    [ahead] = appointments.show_appointments(
        story.session, story.case_id, by=story.site.anna, at=REPORTED + 2 * HOUR
    )
    appointments.act(
        story.session,
        ahead.id,
        appointments.AppointmentAction.CANCEL,
        by=story.site.anna,
        at=REPORTED + 2 * HOUR,
        **story.end(),
    )
    assert not story.open("give_appointment")
    [withdraw] = story.open("withdraw_booked")
    work.complete_task(
        story.session,
        story.case_id,
        withdraw.id,
        by=story.site.anna,
        at=REPORTED + 3 * HOUR,
        **story.end(),
    )

    # The children of the deceased are owed by law: the ending waits, or says why in words.
    later = REPORTED + 4 * HOUR
    asked: dict[str, Any] = {"ending": Ending.DIED, "by": story.site.anna, "at": later}
    with pytest.raises(MustStillOwed):
        endings.request_closing(story.session, story.case_id, **story.end(**asked))
    asked = {**asked, "by": story.site.berit, "override": True}
    endings.request_closing(story.session, story.case_id, **story.end(**asked))
    alone = story.end(by=story.site.berit, at=later + HOUR)
    with pytest.raises(SecondPersonNeeded):
        endings.sign_closing(story.session, story.case_id, **alone)
    endings.refuse_closing(story.session, story.case_id, **alone)

    asked = {**asked, "by": story.site.anna, "at": later + 2 * HOUR}
    endings.request_closing(story.session, story.case_id, **story.end(**asked))
    endings.sign_closing(
        story.session, story.case_id, **story.end(by=story.site.berit, at=later + 3 * HOUR)
    )
    case = queries.get_case(story.session, story.case_id, tenant_id=story.site.tenant)
    assert not case.is_open
