"""Handovers within the tenant, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.handovers import queries, service
from bindeledd.features.handovers.domain import (
    FirstDate,
    FirstDateInPast,
    HandoverRuns,
    HandoverState,
    NotTheReceiver,
    NotTheSender,
    ReasonNeeded,
    SameTeam,
)
from bindeledd.features.handovers.service import Handed
from bindeledd.features.handovers.tables import HandoverRow
from bindeledd.features.staff.domain import Actor, TeamNotFound
from bindeledd.features.staff.tables import DutyRow
from bindeledd.foundation.ids import new_id
from builders import MONDAY, Followed, a_book

SENT = MONDAY + timedelta(hours=2)
ANSWERED = SENT + timedelta(hours=3)
FIRST = FirstDate(due_at=ANSWERED + timedelta(days=1), words="Ringer i morgen")


class Follow(Followed):
    def send(
        self, by: Actor | None = None, *, to: UUID | None = None, at: datetime = SENT
    ) -> Handed:
        return service.hand_over(
            self.session,
            self.case_id,
            to_team_id=to or self.site.other_team,
            words={"words": "Bor i kommunen deres"},
            by=by or self.site.anna,
            at=at,
            book=a_book(),
        )

    def accept(self, handed: Handed, by: Actor | None = None, first: FirstDate = FIRST) -> Handed:
        return service.accept(
            self.session,
            handed.handover.id,
            first=first,
            words={"words": "Vi tar over"},
            by=by or self.site.carl,
            at=ANSWERED,
            book=a_book(),
        )

    def send_back(self, handed: Handed, words: str = "Flyttet til en annen kommune") -> Handed:
        return service.send_back(
            self.session,
            handed.handover.id,
            words={"words": words},
            by=self.site.carl,
            at=ANSWERED,
            book=a_book(),
        )


@pytest.fixture
def follow(session: Session) -> Follow:
    return Follow(session, unit=True)


def test_s114_the_sender_stays_responsible_until_acceptance(follow: Follow) -> None:
    handed = follow.send()
    service.receive(
        follow.session, handed.handover.id, by=follow.site.carl, at=ANSWERED, book=a_book()
    )
    assert follow.case().responsible_team_id == follow.site.team

    follow.accept(handed)
    assert follow.case().responsible_team_id == follow.site.other_team


def test_there_is_a_clock_on_both_ends(follow: Follow) -> None:
    follow.send()

    [ours] = follow.open("follow_up_handover")
    [theirs] = follow.open("accept_handover")
    assert ours.owner_team_id == follow.site.team
    assert theirs.owner_team_id == follow.site.other_team


def test_both_clocks_stop_when_it_is_answered(follow: Follow) -> None:
    follow.accept(follow.send())

    assert follow.open("follow_up_handover") == []
    assert follow.open("accept_handover") == []


def test_the_receiver_sees_the_case_from_the_moment_it_is_sent(follow: Follow) -> None:
    with pytest.raises(OutOfSight):
        access.require_case(follow.session, follow.site.carl, follow.case_id)

    follow.send()

    assert access.require_case(follow.session, follow.site.carl, follow.case_id)


def test_nothing_that_is_missing_blocks_a_handover_and_all_of_it_is_told(follow: Follow) -> None:
    handed = follow.send()

    missing = {one.kind: one for one in handed.handover.missing}
    assert {"send_summary", "give_appointment", "assess_risk"} <= set(missing)
    assert missing["send_summary"].strength == "must"
    assert missing["send_summary"].team_id == follow.site.team
    [found] = queries.handovers_of(follow.session, follow.case_id, patient_id=follow.patient_id)
    assert found.missing == handed.handover.missing


def test_exactly_the_tasks_of_the_responsible_team_move(follow: Follow) -> None:
    handed = follow.send()
    before = {task.id: task for task in follow.tasks() if task.is_open}

    follow.accept(handed)

    for task in follow.tasks():
        if task.id not in before or not task.is_open:
            continue
        moves = task.owner in ("responsible_team", "lead")
        wanted = follow.site.other_team if moves else before[task.id].owner_team_id
        assert task.owner_team_id == wanted, task.kind
    [summary] = follow.open("send_summary")
    assert summary.owner_team_id == follow.site.team


def test_acceptance_carries_the_receivers_first_own_date(follow: Follow) -> None:
    handed = follow.accept(follow.send())

    first = follow.session.scalars(sa.select(HandoverRow.first_task_id)).one()
    [task] = [task for task in follow.tasks() if task.id == first]
    assert task.due_at == FIRST.due_at
    assert task.owner_team_id == follow.site.other_team
    assert handed.handover.state is HandoverState.ACCEPTED
    assert handed.recorded.events[0].facts["taken_over_by"] == "trust"


def test_a_first_date_that_has_passed_accepts_nothing(follow: Follow) -> None:
    handed = follow.send()

    with pytest.raises(FirstDateInPast):
        follow.accept(handed, first=FirstDate(due_at=ANSWERED))


def test_the_database_refuses_acceptance_without_a_date(follow: Follow) -> None:
    follow.send()

    with pytest.raises(sa.exc.IntegrityError), follow.session.begin_nested():
        follow.session.execute(
            sa.text("UPDATE handovers SET state='accepted', answered_at=sent_at")
        )


def test_a_sender_who_still_owes_something_goes_on_seeing_the_case(follow: Follow) -> None:
    follow.accept(follow.send())

    assert access.require_case(follow.session, follow.site.anna, follow.case_id)


def test_a_sender_who_owes_nothing_sees_it_no_longer(session: Session) -> None:
    follow = Follow(session, unit=True)
    follow.record(
        EventKind.SUMMARY_SENT,
        EventKind.APPOINTMENT_GIVEN,
        EventKind.RECEIVER_NAMED,
        at=SENT - timedelta(hours=1),
    )
    given = follow.open("confirm_appointment")
    follow.accept(follow.send())
    assert {task.owner_team_id for task in given} == {follow.site.team}

    with pytest.raises(OutOfSight):
        access.require_case(session, follow.site.anna, follow.case_id)


def test_on_return_the_sender_has_work_and_the_receiver_sees_nothing(follow: Follow) -> None:
    handed = follow.send()
    before = {task.id for task in follow.tasks()}

    follow.send_back(handed)

    assert follow.case().responsible_team_id == follow.site.team
    new = [task for task in follow.tasks() if task.id not in before and task.is_open]
    assert new
    assert {task.owner_team_id for task in new} == {follow.site.team}
    with pytest.raises(OutOfSight):
        access.require_case(follow.session, follow.site.carl, follow.case_id)


def test_it_is_returned_with_a_reason(follow: Follow) -> None:
    handed = follow.send()

    with pytest.raises(ReasonNeeded):
        follow.send_back(handed, words="  ")
    follow.send_back(handed)
    [found] = queries.handovers_of(follow.session, follow.case_id, patient_id=follow.patient_id)
    assert found.sealed["answer"] == {"words": "Flyttet til en annen kommune"}


def test_after_a_return_it_can_be_handed_over_again(follow: Follow) -> None:
    first = follow.send()
    follow.send_back(first)
    again = follow.send(at=ANSWERED + timedelta(hours=1))

    assert len(follow.open("accept_handover")) == 1
    assert follow.open("accept_handover")[0].anchor_event_id == again.recorded.events[0].id


def test_one_at_a_time(follow: Follow) -> None:
    follow.send()

    with pytest.raises(HandoverRuns):
        follow.send()


def test_only_the_responsible_team_sends_and_only_the_receiver_answers(follow: Follow) -> None:
    with pytest.raises(OutOfSight):
        follow.send(by=follow.site.carl)
    handed = follow.send()
    with pytest.raises(NotTheReceiver):
        follow.accept(handed, by=follow.site.anna)
    follow.accept(handed)
    with pytest.raises(NotTheSender):
        follow.send(to=follow.site.team, at=ANSWERED + timedelta(hours=1))


def test_it_goes_to_another_team_that_exists(follow: Follow) -> None:
    for team, wrong in ((follow.site.team, SameTeam), (new_id(), TeamNotFound)):
        with pytest.raises(wrong):
            follow.send(to=team)


def test_a_team_with_nobody_on_duty_may_be_handed_to_and_it_is_said(follow: Follow) -> None:
    follow.session.execute(sa.delete(DutyRow).where(DutyRow.team_id == follow.site.other_team))

    handed = follow.send()

    assert handed.nobody_on_duty
    assert len(follow.open("accept_handover")) == 1


def test_sent_is_accepted_and_returned_and_pending(follow: Follow) -> None:
    follow.send_back(follow.send())
    follow.send(at=ANSWERED + timedelta(hours=1))

    [pair] = queries.pairs(follow.session, follow.site.tenant)

    assert (pair.sent, pair.accepted, pair.returned, pair.pending) == (2, 0, 1, 1)
    assert pair.adds_up


def test_a_case_that_waits_for_an_answer_is_waiting_for_the_receiver(follow: Follow) -> None:
    handed = follow.send()

    waiting = queries.waiting_for(follow.session, [follow.site.other_team])

    assert [one.id for one in waiting] == [handed.handover.id]
    assert EventKind.HANDOVER_SENT in follow.kinds()
