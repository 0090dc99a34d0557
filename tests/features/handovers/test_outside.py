"""Handovers outside the tenant, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.planning import SatisfiedByEventOnly
from bindeledd.features.cases.service import work
from bindeledd.features.handovers import queries
from bindeledd.features.handovers import service as inside
from bindeledd.features.handovers.domain import (
    Answered,
    FirstDate,
    HandoverAction,
    HandoverRuns,
    HandoverState,
    NotTheReceiver,
    NotTheSender,
    ReasonNeeded,
    Way,
)
from bindeledd.features.handovers.domain.meeting import (
    MetBeforeAccepted,
    MetWhen,
    NotAsked,
    NotMetHasNoDay,
    NotMetYet,
    Told,
)
from bindeledd.features.handovers.domain.outside import (
    DeathReported,
    KnownInFuture,
    Outside,
    OutsideKnown,
    OutsideNotFound,
    PackageNotFound,
    PackageOutdated,
    PackageSent,
    PackageStayed,
    ReceiptOnly,
    WhoNeeded,
)
from bindeledd.features.handovers.service import Handed, answering, meeting, outside
from bindeledd.features.handovers.tables import HandoverRow, PackageRow
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.ids import new_id
from builders import MONDAY, Followed, a_book

SENT = MONDAY + timedelta(hours=2)
ANSWERED = SENT + timedelta(hours=20)
FIRST = ANSWERED + timedelta(days=3)
CONTENT = {"words": "Bor i kommunen deres"}


class Follow(Followed):
    def receiver(self, organisation: str = "Prøve kommune", **more: Any) -> Outside:
        said = Outside(
            id=new_id(),
            tenant_id=self.site.tenant,
            organisation=organisation,
            phone="77 00 00 00",
            **more,
        )
        return outside.set_outside(self.session, said, by=self.site.anna, at=MONDAY)

    def prepare(self, receiver: Outside | None = None, by: Actor | None = None) -> UUID:
        return outside.prepare(
            self.session,
            self.case_id,
            outside_id=(receiver or self.receiver()).id,
            content=CONTENT,
            by=by or self.site.anna,
            at=SENT,
        ).id

    def take_out(self, package_id: UUID, by: Actor | None = None, at: datetime = SENT) -> bool:
        """Whether it left."""
        by = by or self.site.anna
        found = outside.take_out(self.session, package_id, form="pdf", by=by, at=at, book=a_book())
        return found is not None

    def send(
        self, package_id: UUID | None = None, as_of: datetime | None = None, at: datetime = SENT
    ) -> Handed:
        if package_id is None:
            package_id = self.prepare()
            self.take_out(package_id)
        return outside.send(
            self.session,
            package_id,
            way=Way.E_MESSAGE,
            as_of=as_of,
            words={},
            by=self.site.anna,
            at=at,
            book=a_book(),
        )

    def answer(self, handed: Handed, action: HandoverAction, **said: Any) -> Handed:
        usual = {"how": Answered.PHONE, "who": "Sara Prøve, leder", "words": {"words": "Ja"}}
        return answering.answer(
            self.session,
            handed.handover.id,
            action,
            **{**usual, "by": self.site.anna, **said},
            at=ANSWERED,
            book=a_book(),
        )


@pytest.fixture
def follow(session: Session) -> Follow:
    return Follow(session, unit=True)


def test_sent_is_not_received_and_our_own_clock_runs(follow: Follow) -> None:
    handed = follow.send()

    assert handed.handover.state is HandoverState.SENT
    assert follow.case().responsible_team_id == follow.site.team
    [ours] = follow.open("follow_up_handover")
    assert ours.owner_team_id == follow.site.team
    assert follow.open("accept_handover") == []  # nobody here answers for somebody outside


def test_a_receipt_leaves_the_clock_running(follow: Follow) -> None:
    handed = follow.send()
    had = follow.answer(handed, HandoverAction.RECEIVE, how=Answered.RECEIPT, who="")

    assert had.handover.state is HandoverState.RECEIVED
    assert len(follow.open("follow_up_handover")) == 1


def test_an_acceptance_is_kept_with_who_when_and_how_we_know(follow: Follow) -> None:
    handed = follow.send()
    said = ANSWERED - timedelta(hours=1)
    follow.answer(handed, HandoverAction.ACCEPT, first_at=FIRST, as_of=said)

    assert follow.open("follow_up_handover") == []
    [found] = queries.handovers_of(follow.session, follow.case_id, patient_id=follow.patient_id)
    assert (found.state, found.answered_at, found.how_known, found.first_at) == (
        HandoverState.ACCEPTED,
        said,
        Answered.PHONE,
        FIRST,
    )
    assert found.sealed["answer"]["who"] == "Sara Prøve, leder"
    # Still ours until a lead has signed the ending: nothing is silently over.
    assert follow.case().responsible_team_id == follow.site.team
    assert [task for task in follow.tasks() if task.is_open]


def test_returned_falls_back_to_the_sender_who_owes_everything(follow: Follow) -> None:
    handed = follow.send()
    with pytest.raises(ReasonNeeded):
        follow.answer(handed, HandoverAction.RETURN, words={"words": "  "})
    follow.answer(handed, HandoverAction.RETURN, words={"words": "Bor et annet sted"})

    assert len(follow.open("name_receiver")) >= 1
    owners = {task.owner_team_id for task in follow.tasks() if task.is_open}
    assert owners == {follow.site.team}
    assert follow.open("follow_up_handover") == []


def test_after_a_return_it_goes_to_somebody_else(follow: Follow) -> None:
    follow.answer(follow.send(), HandoverAction.RETURN, words={"words": "Nei"})
    package = follow.prepare(follow.receiver("En annen kommune"))
    follow.take_out(package, at=ANSWERED)
    again = outside.send(
        follow.session,
        package,
        way=Way.LETTER,
        words={},
        by=follow.site.anna,
        at=ANSWERED + timedelta(hours=1),
        book=a_book(),
    )

    assert len(follow.open("follow_up_handover")) == 1
    pairs = {p.to_outside_id: p for p in queries.pairs(follow.session, follow.site.tenant)}
    assert pairs[again.handover.to_outside_id].pending == 1
    assert all(pair.adds_up for pair in pairs.values())
    assert sorted((p.returned, p.pending) for p in pairs.values()) == [(0, 1), (1, 0)]


def test_a_package_that_nobody_took_out_was_not_sent(follow: Follow) -> None:
    package = follow.prepare()
    with pytest.raises(PackageStayed):
        follow.send(package)
    follow.take_out(package)
    follow.send(package)
    assert follow.kinds().count(EventKind.HANDOVER_SENT) == 1


def test_a_package_is_sent_once_and_one_handover_waits_at_a_time(follow: Follow) -> None:
    receiver = follow.receiver()
    first, second = follow.prepare(receiver), follow.prepare(receiver)
    follow.take_out(first)
    follow.take_out(second)
    follow.send(first)

    with pytest.raises(PackageSent):
        follow.send(first)
    with pytest.raises(HandoverRuns):
        follow.send(second)
    with pytest.raises(HandoverRuns):
        follow.prepare(receiver)


def test_it_is_written_down_before_it_leaves(follow: Follow) -> None:
    package = follow.prepare()
    follow.take_out(package)

    acts = follow.session.scalars(
        sa.select(AuditEventRow.act).where(AuditEventRow.act.like("package.%"))
    ).all()
    assert sorted(acts) == ["package.left", "package.prepared"]


def test_what_is_in_it_is_sealed_and_never_changed(follow: Follow) -> None:
    package = follow.prepare()
    row = follow.session.get_one(PackageRow, package)

    assert b"kommunen" not in row.content
    assert (
        outside.show_package(follow.session, package, by=follow.site.anna, at=SENT).content
        == CONTENT
    )
    with pytest.raises(sa.exc.IntegrityError), follow.session.begin_nested():
        follow.session.execute(
            sa.text("UPDATE handover_packages SET made_at = :at"), {"at": "2020-01-01 00:00:00"}
        )


def test_a_reported_death_stops_everything_at_once(follow: Follow) -> None:
    ready, taken = follow.prepare(), follow.prepare(follow.receiver("En annen"))
    assert follow.take_out(taken)
    follow.record(EventKind.DEATH_REPORTED, at=SENT)

    assert not follow.take_out(ready)
    (held,) = (
        one
        for one in case_queries.events_of(follow.session, follow.case_id)
        if one.kind is EventKind.MESSAGE_HELD
    )
    assert held.facts == {"what": "handover_package"}
    assert follow.session.get_one(PackageRow, ready).left_at is None
    with pytest.raises(DeathReported):
        follow.send(taken)
    with pytest.raises(DeathReported):
        follow.prepare(follow.receiver("En tredje"))

    follow.record(EventKind.DEATH_REFUTED, at=SENT + timedelta(minutes=5))
    follow.send(taken)
    assert len(follow.open("follow_up_handover")) == 1


def test_a_death_that_was_confirmed_stops_what_was_sent_since_it_was_reported(
    follow: Follow,
) -> None:
    package = follow.prepare()
    assert follow.take_out(package)
    reported, confirmed = SENT + timedelta(hours=1), SENT + timedelta(hours=3)
    follow.record(EventKind.DEATH_REPORTED, at=reported)
    follow.record(EventKind.DEATH_CONFIRMED, at=confirmed)

    later = confirmed + timedelta(hours=1)
    with pytest.raises(DeathReported):
        follow.send(package, as_of=reported + timedelta(hours=1), at=later)
    follow.send(package, as_of=reported - timedelta(minutes=1), at=later)


def test_what_was_corrected_since_it_was_made_does_not_leave_the_house(follow: Follow) -> None:
    plan = follow.record(EventKind.PLAN_OFFERED, at=MONDAY + timedelta(hours=1)).events[0]
    package = follow.prepare()
    cases.mark_in_error(
        follow.session,
        follow.case_id,
        [plan.id],
        words={"words": "Gjaldt en annen"},
        by=follow.site.anna,
        at=SENT + timedelta(hours=1),
        book=a_book(),
    )

    later = SENT + timedelta(hours=2)
    with pytest.raises(PackageOutdated):
        follow.take_out(package, at=later)
    assert follow.session.get_one(PackageRow, package).left_at is None
    anew = outside.prepare(
        follow.session,
        follow.case_id,
        outside_id=follow.session.get_one(PackageRow, package).outside_id,
        content=CONTENT,
        by=follow.site.anna,
        at=later,
    )
    assert follow.take_out(anew.id, at=later)


def test_what_was_sent_before_anybody_knew_is_written_down_all_the_same(follow: Follow) -> None:
    package = follow.prepare()
    follow.take_out(package)
    follow.record(EventKind.DEATH_REPORTED, at=SENT + timedelta(hours=1))

    handed = follow.send(package, as_of=SENT, at=SENT + timedelta(hours=2))
    assert handed.handover.sent_at == SENT


def test_only_the_responsible_team_prepares_takes_out_and_answers(follow: Follow) -> None:
    package = follow.prepare()
    with pytest.raises(PackageNotFound):
        follow.take_out(package, by=follow.site.carl)
    follow.take_out(package)
    handed = follow.send(package)
    with pytest.raises(NotTheReceiver):  # the answer of somebody outside has a door of its own
        inside.receive(
            follow.session, handed.handover.id, by=follow.site.anna, at=ANSWERED, book=a_book()
        )
    within = Follow(follow.session, unit=True)
    asked = inside.hand_over(
        within.session,
        within.case_id,
        to_team_id=within.site.other_team,
        words={},
        by=within.site.anna,
        at=SENT,
        book=a_book(),
    )
    with pytest.raises(NotTheSender):
        within.answer(asked, HandoverAction.ACCEPT, first_at=FIRST)


def test_the_database_knows_no_acceptance_by_receipt_nor_without_their_date(
    follow: Follow,
) -> None:
    follow.send()
    for said in (
        "state='accepted', answered_at=sent_at, how_known='phone'",
        "state='accepted', answered_at=sent_at, first_at=sent_at, how_known='receipt'",
        "state='received'",
    ):
        with pytest.raises(sa.exc.IntegrityError), follow.session.begin_nested():
            follow.session.execute(sa.text(f"UPDATE handovers SET {said}"))
    assert follow.session.scalars(sa.select(HandoverRow.state)).all() == ["sent"]


def test_a_receiver_stands_once_in_the_register_and_is_taken_out_of_use(follow: Follow) -> None:
    one = follow.receiver(unit="Legesenteret")
    with pytest.raises(OutsideKnown):
        follow.receiver(unit="Legesenteret")
    outside.set_outside(follow.session, replace(one, active=False), by=follow.site.anna, at=SENT)
    with pytest.raises(OutsideNotFound):
        follow.prepare(one)
    assert one.id not in {o.id for o in queries.outsiders(follow.session, follow.site.tenant)}


# --- was the person met? --------------------------------------------------------------------------


def said_met(follow: Follow, *, met: bool, at: datetime = FIRST + timedelta(hours=2), **more: Any):
    [task] = follow.open("ask_whether_met")
    usual: dict[str, Any] = {"how": Answered.PHONE, "who": "Sara Prøve, leder"}
    usual |= {"met_at": at} if met else {}
    return meeting.say_whether_met(
        follow.session,
        follow.case_id,
        task.id,
        Told(met=met, **{**usual, **more}),
        words={},
        by=follow.site.anna,
        at=at,
        book=a_book(),
    )


def test_once_their_first_date_has_passed_the_sender_asks_whether_the_person_was_met(
    follow: Follow,
) -> None:
    follow.answer(follow.send(), HandoverAction.ACCEPT, first_at=FIRST)

    [asks] = follow.open("ask_whether_met")
    assert asks.owner_team_id == follow.site.team
    # Their date is a Friday: we ask by the end of Monday, and never before it.
    assert asks.due_at == datetime(2027, 3, 8, 15, tzinfo=UTC)
    # Nothing that happens answers it, and nobody ticks it off in words alone.
    follow.record(EventKind.REACHED, EventKind.REVIEWED, at=FIRST + timedelta(hours=1))
    assert follow.open("ask_whether_met") == [asks]
    with pytest.raises(SatisfiedByEventOnly):
        work.complete_task(
            follow.session,
            follow.case_id,
            asks.id,
            words={"words": "Ferdig"},
            by=follow.site.anna,
            at=FIRST + timedelta(hours=1),
            book=a_book(),
        )


def test_that_the_person_was_met_is_said_by_somebody_of_theirs_and_ends_the_question(
    follow: Follow,
) -> None:
    follow.answer(follow.send(), HandoverAction.ACCEPT, first_at=FIRST)
    with pytest.raises(WhoNeeded):
        said_met(follow, met=True, who=" ")
    with pytest.raises(ReceiptOnly):
        said_met(follow, met=True, how=Answered.RECEIPT)
    [asked] = follow.open("ask_whether_met")
    calls = {task.id for task in follow.open("call_patient")}
    said_met(follow, met=True)

    assert follow.open("ask_whether_met") == []
    assert {task.id for task in follow.open("call_patient")} == calls
    assert [task for task in follow.tasks() if task.is_open]  # ours until a lead has signed
    with pytest.raises(NotAsked):
        meeting.say_whether_met(
            follow.session,
            follow.case_id,
            asked.id,
            Told(met=False, how=Answered.PHONE, who="Sara"),
            words={},
            by=follow.site.anna,
            at=FIRST + timedelta(hours=3),
            book=a_book(),
        )


def test_somebody_who_was_not_met_is_called_before_the_team_goes_home(follow: Follow) -> None:
    follow.answer(follow.send(), HandoverAction.ACCEPT, first_at=FIRST)
    calls = {task.id for task in follow.open("call_patient")}
    at = FIRST + timedelta(hours=2)
    said_met(follow, met=False, at=at)

    [call] = [task for task in follow.open("call_patient") if task.id not in calls]
    assert at < call.due_at < at + timedelta(hours=24)
    follow.record(EventKind.REACHED, at=at + timedelta(hours=1))
    assert call.id not in {task.id for task in follow.open("call_patient")}


def test_before_their_first_date_nobody_says_that_the_person_was_not_met(follow: Follow) -> None:
    follow.answer(follow.send(), HandoverAction.ACCEPT, first_at=FIRST)
    [asks] = follow.open("ask_whether_met")
    with pytest.raises(NotMetYet) as early:
        said_met(follow, met=False, at=FIRST - timedelta(minutes=1))

    assert early.value.facts == {"first_at": FIRST, "asked_at": asks.due_at}
    assert follow.open("ask_whether_met") == [asks]
    said_met(follow, met=False, at=FIRST)
    assert follow.open("ask_whether_met") == []


def test_that_the_person_was_met_is_believed_with_its_moment_only(follow: Follow) -> None:
    follow.answer(follow.send(), HandoverAction.ACCEPT, first_at=FIRST)
    before = FIRST - timedelta(days=1)
    for refused, wrong in (
        (MetWhen, {"met_at": None}),
        (KnownInFuture, {"met_at": FIRST}),
        (MetBeforeAccepted, {"met_at": ANSWERED - timedelta(hours=1)}),
        (MetBeforeAccepted, {"met_at": ANSWERED - timedelta(days=1), "met_date_only": True}),
    ):
        with pytest.raises(refused):
            said_met(follow, met=True, at=before, **wrong)
    with pytest.raises(NotMetHasNoDay):
        said_met(follow, met=False, at=FIRST, met_at=FIRST)
    assert len(follow.open("ask_whether_met")) == 1


@pytest.mark.parametrize("date_only", [True, False])
def test_who_was_met_before_their_first_date_was_met_earlier(
    follow: Follow, *, date_only: bool
) -> None:
    follow.answer(follow.send(), HandoverAction.ACCEPT, first_at=FIRST)
    met_at = FIRST - timedelta(days=1)
    done = said_met(
        follow, met=True, at=met_at + timedelta(hours=1), met_at=met_at, met_date_only=date_only
    )

    assert follow.open("ask_whether_met") == []
    note = case_queries.notes_of(follow.session, done.case)[done.events[0].id]
    assert note["met_instead_of"] == FIRST.isoformat()
    assert (note["met_at"], note["met_date_only"]) == (met_at.isoformat(), date_only)


def test_on_the_day_of_their_first_date_the_person_was_not_met_earlier(follow: Follow) -> None:
    follow.answer(follow.send(), HandoverAction.ACCEPT, first_at=FIRST)
    morning = FIRST - timedelta(hours=2)
    done = said_met(follow, met=True, met_at=morning, met_date_only=True)

    note = case_queries.notes_of(follow.session, done.case)[done.events[0].id]
    assert "met_instead_of" not in note


def test_an_acceptance_inside_asks_nobody_whether_the_person_was_met(follow: Follow) -> None:
    asked = inside.hand_over(
        follow.session,
        follow.case_id,
        to_team_id=follow.site.other_team,
        words={},
        by=follow.site.anna,
        at=SENT,
        book=a_book(),
    )
    inside.accept(
        follow.session,
        asked.handover.id,
        first=FirstDate(due_at=FIRST),
        words={},
        by=follow.site.carl,
        at=ANSWERED,
        book=a_book(),
    )
    assert follow.open("ask_whether_met") == []


def test_an_acceptance_outside_settles_who_receives_and_a_receipt_does_not(follow: Follow) -> None:
    handed = follow.send()
    follow.answer(handed, HandoverAction.RECEIVE, how=Answered.RECEIPT, who="")
    assert len(follow.open("name_receiver")) == 1

    follow.answer(handed, HandoverAction.ACCEPT, first_at=FIRST)

    assert follow.open("name_receiver") == []
