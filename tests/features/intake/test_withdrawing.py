"""A discharge that its sender takes back: not known, never nothing. On both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.cases.queries import events_of, get_case, tasks_of
from bindeledd.features.intake.domain.facts import Kind, Series
from bindeledd.features.intake.domain.queue import Received, Status
from bindeledd.features.tasks.domain import Task
from features.intake.builders import (
    FRIDAY,
    NOW,
    Inbox,
    a_bundle,
    a_logistic,
    a_report,
    an_inbox,
    ids,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LATER = NOW + HOUR


class Stay:
    """Somebody of whom an admission told, and then a report that they were discharged."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.inbox: Inbox = an_inbox(session, opens="always")
        came = {"envelope": {"message_id": ids(1)}, "happened": FRIDAY - 3 * DAY}
        self.opened = self.inbox.receive(a_logistic(Kind.ADMITTED, **came))
        self.report(2)

    def report(self, number: int, *, at: datetime = NOW, discharged: datetime = FRIDAY) -> Received:
        told = {"message_id": ids(number), "generated_at": discharged + HOUR}
        return self.inbox.receive(a_report(envelope=told, discharged=discharged), at=at)

    def withdraw(self, number: int = 3, *, of: int = 2, at: datetime = LATER) -> Received:
        back = {"series": Series.CANCELLED, "parent_id": ids(of), "generated_at": at}
        return self.inbox.receive(a_report(envelope={"message_id": ids(number), **back}), at=at)

    @property
    def discharges(self) -> list[Event]:
        assert self.opened.case_id is not None
        found = events_of(self.session, self.opened.case_id)
        return [e for e in found if e.kind is EventKind.DISCHARGED and not e.in_error]

    @property
    def owed(self) -> list[Task]:
        assert self.opened.case_id is not None
        return [task for task in tasks_of(self.session, self.opened.case_id) if task.is_open]

    def kinds(self) -> set[str]:
        return {task.kind for task in self.owed}


@pytest.fixture
def stay(session: Session) -> Stay:
    return Stay(session)


def test_a_withdrawn_discharge_is_not_known_at_the_time_of_the_wrong_one(stay: Stay) -> None:
    [before] = stay.discharges
    done = stay.withdraw()

    [now] = stay.discharges
    assert (done.status, done.case_id) == (Status.UPDATED, stay.opened.case_id)
    assert now.is_assumed
    assert now.id != before.id
    assert (now.at, now.date_only) == (before.at, before.date_only)


def test_everything_that_the_withdrawn_discharge_made_owed_is_owed_as_it_was(stay: Stay) -> None:
    before = {(task.kind, task.step_key, task.due_at) for task in stay.owed}
    assert any(kind == "call_patient" for kind, _, _ in before)
    stay.withdraw()

    assert before <= {(task.kind, task.step_key, task.due_at) for task in stay.owed}


def test_somebody_owes_it_to_find_out_when_the_person_really_left(stay: Stay) -> None:
    assert "find_discharge" not in stay.kinds()
    stay.withdraw()

    assert "find_discharge" in stay.kinds()


def test_a_person_looks_at_what_was_withdrawn_and_nothing_is_closed(stay: Stay) -> None:
    stay.withdraw()

    assert "clinician_decides" in stay.kinds()
    assert stay.opened.case_id is not None
    tenant = stay.inbox.site.tenant
    assert get_case(stay.session, stay.opened.case_id, tenant_id=tenant).is_open


def test_a_withdrawal_that_comes_twice_assumes_one_discharge(stay: Stay) -> None:
    stay.withdraw()
    again = stay.withdraw()

    assert again.status is Status.DUPLICATE
    assert len(stay.discharges) == 1


def test_the_real_discharge_ends_the_search_and_counts_instead(stay: Stay) -> None:
    stay.withdraw()
    left = FRIDAY + 3 * DAY
    stay.report(4, at=left + 2 * HOUR, discharged=left)

    assert "find_discharge" not in stay.kinds()
    [real] = [event for event in stay.discharges if not event.is_assumed]
    assert real.at == left
    [call] = [task for task in stay.owed if task.step_key == "first-contact"]
    assert call.anchor_event_id == real.id


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_a_fhir_stay_that_is_taken_back_leaves_a_discharge_that_is_not_known(
    session: Session, status: str
) -> None:
    inbox = an_inbox(session, opens="always")
    came = {"envelope": {"message_id": ids(1)}, "happened": FRIDAY - 3 * DAY}
    first = inbox.receive(a_logistic(Kind.ADMITTED, **came))
    inbox.receive(a_bundle(envelope={"message_id": ids(2)}))
    back = {"message_id": ids(3), "generated_at": LATER}
    inbox.receive(a_bundle(envelope=back, status=status), at=LATER)

    assert first.case_id is not None
    stand = [e for e in events_of(session, first.case_id) if not e.in_error]
    assert [e.is_assumed for e in stand if e.kind is EventKind.DISCHARGED] == [True]
    assert {"find_discharge", "clinician_decides"} <= inbox.open_tasks(first)
