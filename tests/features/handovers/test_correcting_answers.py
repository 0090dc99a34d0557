"""A wrong or withdrawn answer of a receiver outside is put right, on both databases."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, IndexKind
from bindeledd.features.cases.domain.closing import Ending
from bindeledd.features.cases.domain.telling import ReasonNeeded
from bindeledd.features.cases.service import endings, work
from bindeledd.features.cases.service.writing import How
from bindeledd.features.handovers import queries
from bindeledd.features.handovers.domain import (
    Answered,
    Handover,
    HandoverAction,
    HandoverNotFound,
    HandoverState,
)
from bindeledd.features.handovers.domain.answering import AnotherSince, Correction, NotAnswered
from bindeledd.features.handovers.domain.outside import WhoNeeded
from bindeledd.features.handovers.service import Handed, answering
from bindeledd.features.staff.domain import Actor
from builders import a_book
from features.handovers.test_outside import ANSWERED, FIRST, SENT, Follow

LATER = ANSWERED + timedelta(hours=3)
WRONG = Correction(why="Det var en annen pasient de svarte om")


@pytest.fixture
def follow(session: Session) -> Follow:
    return Follow(session, unit=True)


def corrected(
    follow: Follow, handed: Handed, correction: Correction = WRONG, by: Actor | None = None
) -> Handed:
    by = by or follow.site.anna
    handover = handed.handover.id
    return answering.correct(follow.session, handover, correction, by=by, at=LATER, book=a_book())


def accepted(follow: Follow) -> Handed:
    return follow.answer(follow.send(), HandoverAction.ACCEPT, first_at=FIRST)


def shown(follow: Follow) -> Handover:
    [found] = queries.handovers_of(follow.session, follow.case_id, patient_id=follow.patient_id)
    return found


def test_a_wrong_acceptance_waits_again_with_our_own_clock(follow: Follow) -> None:
    handed = accepted(follow)
    [asked] = follow.open("ask_whether_met")
    corrected(follow, handed)

    found = shown(follow)
    assert (found.state, found.how_known, found.first_at) == (HandoverState.SENT, None, None)
    assert "answer" not in found.sealed
    assert len(follow.open("follow_up_handover")) == 1
    assert asked.id not in {task.id for task in follow.tasks() if task.is_open}
    assert follow.case().responsible_team_id == follow.site.team


def test_the_wrong_answer_stays_in_the_history_with_who_says_so_and_why(follow: Follow) -> None:
    corrected(follow, accepted(follow))

    history = case_queries.events_of(follow.session, follow.case_id)
    [told] = [e for e in history if e.kind is EventKind.HANDOVER_ACCEPTED]
    [mark] = [e for e in history if e.kind is EventKind.MARKED_IN_ERROR]
    notes = case_queries.notes_of(follow.session, follow.case())
    assert told.in_error
    assert (mark.facts["events"], mark.recorded_by) == ([str(told.id)], follow.site.anna.id)
    assert notes[mark.id] == {"words": WRONG.why}
    assert notes[told.id]["who"] == "Sara Prøve, leder"


def test_what_had_been_received_before_the_wrong_answer_is_received_still(follow: Follow) -> None:
    handed = follow.send()
    follow.answer(handed, HandoverAction.RECEIVE, how=Answered.RECEIPT, who="")
    follow.answer(handed, HandoverAction.ACCEPT, first_at=FIRST)
    corrected(follow, handed)

    found = shown(follow)
    assert (found.state, found.how_known) == (HandoverState.RECEIVED, Answered.RECEIPT)
    assert found.received_at == ANSWERED
    corrected(follow, handed)
    assert (shown(follow).state, shown(follow).received_at) == (HandoverState.SENT, None)


def test_a_return_that_was_misheard_takes_back_that_a_receiver_is_owed(follow: Follow) -> None:
    handed = follow.send()
    before = {task.id for task in follow.open("name_receiver")}
    follow.answer(handed, HandoverAction.RETURN)
    corrected(follow, handed)

    assert shown(follow).state is HandoverState.SENT
    assert {task.id for task in follow.open("name_receiver")} == before
    again = follow.answer(handed, HandoverAction.ACCEPT, first_at=FIRST)
    assert again.handover.state is HandoverState.ACCEPTED


def test_an_office_that_rings_back_and_says_no_returns_it(follow: Follow) -> None:
    handed = accepted(follow)
    with pytest.raises(WhoNeeded), follow.session.begin_nested():
        corrected(follow, handed, Correction(why="Har ikke plass", returned=True))
    no = Correction(why="Har ikke plass likevel", returned=True, who="Sara", as_of=LATER)
    corrected(follow, handed, no)

    found = shown(follow)
    assert (found.state, found.answered_at) == (HandoverState.RETURNED, LATER)
    assert found.sealed["answer"] == {"who": "Sara", "how": "phone", "words": no.why}
    assert follow.open("name_receiver")
    assert follow.open("follow_up_handover") == []
    assert follow.open("ask_whether_met") == []


@pytest.mark.parametrize("returned", [True, False])
def test_sent_is_accepted_returned_and_pending_after_a_correction(
    follow: Follow, *, returned: bool
) -> None:
    corrected(follow, accepted(follow), Correction(why="Feil", returned=returned, who="Sara"))

    [pair] = queries.pairs(follow.session, follow.site.tenant)
    assert pair.adds_up
    assert (pair.sent, pair.accepted, pair.returned, pair.pending) == (
        1,
        0,
        int(returned),
        int(not returned),
    )


def close(follow: Follow, ending: Ending) -> None:
    """Two persons close it after the answer."""
    closing = {"by": follow.site.anna, "at": ANSWERED + timedelta(hours=1), "book": a_book()}
    words = {"words": "Kommunen har tatt over"}
    endings.request_closing(
        follow.session, follow.case_id, ending=ending, words=words, override=True, **closing
    )
    for task in follow.open("recall_sent"):
        told = {"words": {"words": "De har fått vite det"}, **closing}
        work.complete_task(follow.session, follow.case_id, task.id, **told)
    lead = {**closing, "by": follow.site.berit, "at": ANSWERED + timedelta(hours=2)}
    endings.sign_closing(follow.session, follow.case_id, words=words, **lead)
    assert not follow.case().is_open


def begun_anew(follow: Follow) -> UUID:
    """A new follow-up of the same person, by another team, long after this one."""
    at = LATER + timedelta(days=400)
    return cases.open_case(
        follow.session,
        patient_id=follow.patient_id,
        index_kind=IndexKind.SELF_HARM,
        index_at=at,
        team_id=follow.site.other_team,
        by=follow.site.carl,
        at=at,
        book=a_book(),
    ).case.id


def looks(follow: Follow, case_id: UUID) -> int:
    """How often the lead of that follow-up has to look at this one."""
    found = case_queries.tasks_of(follow.session, case_id)
    return sum(task.is_open and task.kind == "review_correction" for task in found)


def test_a_case_that_was_closed_as_moved_on_because_of_it_opens(follow: Follow) -> None:
    handed = accepted(follow)
    close(follow, Ending.MOVED_ON)
    done = corrected(follow, handed)

    assert done.recorded.how is How.REOPENED
    assert follow.case().is_open
    assert len(follow.open("follow_up_handover")) == 1
    assert len(follow.open("review_correction")) == 1


@pytest.mark.parametrize("action", [HandoverAction.ACCEPT, HandoverAction.RETURN])
def test_what_waits_on_a_case_that_stays_closed_can_be_answered(
    follow: Follow, action: HandoverAction
) -> None:
    handed = accepted(follow)
    close(follow, Ending.REGISTERED_IN_ERROR)
    corrected(follow, handed)
    assert shown(follow).state is HandoverState.SENT

    first = {"first_at": FIRST} if action is HandoverAction.ACCEPT else {}
    follow.answer(handed, action, **first)

    assert not shown(follow).is_pending
    assert not follow.case().is_open
    assert not any(task.is_open for task in follow.tasks())


def test_an_answer_on_a_case_that_stays_closed_may_be_put_right_as_returned(
    follow: Follow,
) -> None:
    handed = accepted(follow)
    close(follow, Ending.REGISTERED_IN_ERROR)

    corrected(follow, handed, Correction(why="Sa nei likevel", returned=True, who="Sara"))

    assert shown(follow).state is HandoverState.RETURNED
    assert not follow.case().is_open


def test_the_lead_of_the_follow_up_that_runs_now_looks_once_at_what_waited(follow: Follow) -> None:
    handed = accepted(follow)
    close(follow, Ending.COMPLETED)
    new = begun_anew(follow)

    corrected(follow, handed, Correction(why="Sa nei likevel", returned=True, who="Sara"))

    assert shown(follow).state is HandoverState.RETURNED
    assert looks(follow, new) == 1


def test_what_is_answered_after_the_lead_has_looked_is_looked_at_again(follow: Follow) -> None:
    handed = accepted(follow)
    close(follow, Ending.COMPLETED)
    new = begun_anew(follow)
    corrected(follow, handed)
    [look] = [
        task
        for task in case_queries.tasks_of(follow.session, new)
        if task.kind == "review_correction"
    ]
    work.complete_task(
        follow.session,
        new,
        look.id,
        words={"words": "Vi spør dem"},
        by=follow.site.dina,
        at=LATER + timedelta(days=401),
        book=a_book(),
    )
    assert looks(follow, new) == 0

    follow.answer(handed, HandoverAction.RETURN)

    assert looks(follow, new) == 1


def test_only_the_sender_puts_it_right_with_a_reason_and_once(follow: Follow) -> None:
    handed = follow.send()
    with pytest.raises(NotAnswered):
        corrected(follow, handed)
    follow.answer(handed, HandoverAction.ACCEPT, first_at=FIRST)
    with pytest.raises(ReasonNeeded):
        corrected(follow, handed, Correction(why="  "))
    with pytest.raises(HandoverNotFound):
        corrected(follow, handed, by=follow.site.carl)
    corrected(follow, handed)
    with pytest.raises(NotAnswered):
        corrected(follow, handed)


def test_an_answer_that_made_way_for_another_handover_stands(follow: Follow) -> None:
    first = follow.send()
    follow.answer(first, HandoverAction.RETURN)
    package = follow.prepare(follow.receiver("Nabo kommune"))
    follow.take_out(package)
    follow.send(package, at=LATER, as_of=SENT + timedelta(hours=1))

    with pytest.raises(AnotherSince):
        corrected(follow, first)
