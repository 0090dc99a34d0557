"""What moves to the right person, and what was sent out of the wrong registration."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from bindeledd.features.cases.domain import Event, EventKind, breaching, offering
from bindeledd.features.cases.domain.correcting import (
    CannotMove,
    going_together,
    marked_wrong,
    movable,
)
from bindeledd.features.cases.domain.recalling import recalls
from builders import MONDAY

K = EventKind
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CASE = uuid4()


def told(kind: EventKind, at: datetime, /, *, known: datetime | None = None, **facts: Any) -> Event:
    return Event(
        id=uuid4(), case_id=CASE, kind=kind, at=at, recorded_at=known or at, facts=facts
    )  # fmt: skip


def wrong(event: Event) -> Event:
    return replace(event, in_error=True)


def test_what_a_task_quotes_is_wrong_once_everything_that_told_of_it_is_marked() -> None:
    contact = uuid4()
    tried, no = (replace(told(k, MONDAY), source_id=contact) for k in (K.REACHED, K.DECLINED))
    added = told(K.TASK_ADDED, MONDAY, kind="review_case", about=str(contact))
    mark = told(K.MARKED_IN_ERROR, MONDAY + HOUR, events=[str(no.id), str(tried.id)])

    assert marked_wrong(added.id, (tried, no, added)) is None
    assert marked_wrong(added.id, (tried, wrong(no), added, mark)) is None
    assert marked_wrong(added.id, (wrong(tried), wrong(no), added, mark)) == mark
    assert marked_wrong(uuid4(), (wrong(tried), wrong(no), added, mark)) is None


@pytest.mark.parametrize("tie", ["quotes", "decides"])
def test_a_task_quotes_an_event_or_what_was_decided(tie: str) -> None:
    task = str(uuid4())
    said = told(K.TASK_DONE, MONDAY, task_id=task)
    named = {"quotes": str(said.id), "decides": task}[tie]
    added = told(K.TASK_ADDED, MONDAY, kind="free", **{tie: named})
    mark = told(K.MARKED_IN_ERROR, MONDAY + HOUR, events=[str(said.id)])

    assert marked_wrong(added.id, (said, added)) is None
    assert marked_wrong(added.id, (wrong(said), added, mark)) == mark


@pytest.mark.parametrize("kind", [K.GATE_BREACHED, K.ROUTINE_CHANGED])
def test_what_the_product_wrote_of_its_own_follow_up_is_nobody_elses(kind: EventKind) -> None:
    assert not movable(told(kind, MONDAY))


def test_a_correction_of_a_summary_keeps_nobody_from_moving_the_summary() -> None:
    document = str(uuid4())
    written = told(K.SUMMARY_WRITTEN, MONDAY, document_id=document)
    corrected = told(K.MARKED_IN_ERROR, MONDAY + HOUR, document_id=document)
    sent = told(K.SUMMARY_SENT, MONDAY + 2 * HOUR, document_id=document)

    assert going_together((written, corrected, sent), [sent.id]) == (written, sent)
    with pytest.raises(CannotMove):
        going_together((written, corrected, sent), [corrected.id])


def test_what_was_sent_before_the_error_was_found_is_called_back_though_told_of_afterwards() -> (
    None
):
    discharged = told(K.DISCHARGED, MONDAY)
    wrong = told(K.MARKED_IN_ERROR, MONDAY + DAY, events=[str(discharged.id)])
    before = told(K.HANDOVER_SENT, MONDAY + HOUR, known=MONDAY + 2 * DAY)
    after = told(K.SUMMARY_SENT, MONDAY + 2 * DAY)

    assert recalls((discharged, wrong)) == {}
    assert recalls((discharged, before, wrong, after)) == {wrong.id: (before,)}


def test_what_becomes_known_once_everybody_was_told_is_called_back_for_itself() -> None:
    discharged = told(K.DISCHARGED, MONDAY)
    first = told(K.HANDOVER_SENT, MONDAY + HOUR)
    wrong = told(K.MARKED_IN_ERROR, MONDAY + DAY, events=[str(discharged.id)])
    done = told(K.TASK_DONE, MONDAY + 2 * DAY, kind="recall_sent", task_id=str(uuid4()))
    soon = told(K.SUMMARY_SENT, MONDAY + 2 * HOUR, known=MONDAY + DAY + HOUR)
    late = told(K.SUMMARY_INTERIM, MONDAY + 2 * HOUR, known=MONDAY + 3 * DAY)

    found = recalls((discharged, first, soon, late, wrong, done))

    assert found == {wrong.id: (first, soon), late.id: (late,)}


def test_another_task_that_was_done_says_nothing_of_those_who_were_sent_it() -> None:
    discharged = told(K.DISCHARGED, MONDAY)
    wrong = told(K.MARKED_IN_ERROR, MONDAY + DAY, events=[str(discharged.id)])
    done = told(K.TASK_DONE, MONDAY + 2 * DAY, kind="free", task_id=str(uuid4()))
    late = told(K.SUMMARY_SENT, MONDAY + HOUR, known=MONDAY + 3 * DAY)

    assert recalls((discharged, late, wrong, done)) == {wrong.id: (late,)}


def test_a_breach_falls_with_its_own_discharge_and_with_no_other() -> None:
    first, second = told(K.DISCHARGED, MONDAY), told(K.DISCHARGED, MONDAY + DAY)
    breach = told(K.GATE_BREACHED, MONDAY, anchor=str(first.id))
    history = (first, second, breach)

    assert breaching.fallen_with(history, {second.id}) == []
    assert breaching.fallen_with(history, {first.id}) == [breach.id]


def test_a_no_by_mistake_stands_for_no_later_attempt() -> None:
    contact = uuid4()
    tried = replace(told(K.CONTACT_ATTEMPTED, MONDAY), source_id=contact)
    no = told(K.DECLINED, MONDAY, offer_again_at=(MONDAY + DAY).isoformat())
    no = replace(no, source_id=contact)

    assert offering.is_instead(tried, (tried, no))
    assert not offering.is_instead(tried, (tried, wrong(no)))
